package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"
)

// signer is who signs programs in the demonstration.
const signer = "chenming"

// keyLine is a line of what release-keys prints for the settings.
var keyLine = regexp.MustCompile(`(?m)^  "([A-Za-z0-9+/=]+)",`)

// keyFolder is where the release keys of the demonstration are.
func (w *world) keyFolder() string { return filepath.Join(w.data, "release-keys") }

// pin makes the key that signs programs, once, and remembers what the settings of
// controller and screens say of it.
func (w *world) pin(ctx context.Context) error {
	said := filepath.Join(w.data, "release-keys.txt")
	out, err := os.ReadFile(said)
	if errors.Is(err, fs.ErrNotExist) {
		if out, err = w.runController(ctx, "release-keys", "new", w.keyFolder(), signer); err == nil {
			err = os.WriteFile(said, out, 0o644)
		}
	}
	if err != nil {
		return fmt.Errorf("make a release key: %w", err)
	}
	m := keyLine.FindSubmatch(out)
	if m == nil {
		return fmt.Errorf("release-keys named no key: %s", out)
	}
	w.pinned = fmt.Sprintf("keys = [%q]\nthreshold = 1\n", m[1])
	return nil
}

func (w *world) runController(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, w.programs["controller"], args...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("controller %s: %w: %s", strings.Join(args, " "), err, complaint.String())
	}
	return out, nil
}

// bring packs the touchscreen's own program, signs it and uploads it.
func (w *world) bring(ctx context.Context) error {
	st, err := w.office.until(ctx, w.screens[0].id, "it has said which program it runs", func(st state) bool { return st.version() != "" })
	if err != nil {
		return err
	}
	file := filepath.Join(w.data, "kiosk-"+st.version()+".zip")
	_, err = w.runController(ctx, "release", "pack", "-keys", filepath.Join(w.keyFolder(), "release-keys.json"), "-key", filepath.Join(w.keyFolder(), signer+".key"),
		"-program", w.programs["kiosk"], "-name", "kiosk", "-version", st.version(), "-sequence", "1",
		"-notes-zh", "演示：就是触摸屏正在运行的这个程序。", "-notes-en", "For the demonstration: the very program that the touchscreen runs.", "-out", file)
	if err != nil {
		return err
	}
	c, err := w.seat(ctx, "zhenggang")
	if err != nil {
		return err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", filepath.Base(file))
	if err == nil {
		_, err = part.Write(data)
	}
	if err = errors.Join(err, form.Close()); err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/updates", &body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	_, err = c.do(req)
	return err
}

// backUp lets the administrator make a backup and waits until it is there and has
// passed its check.
func (w *world) backUp(ctx context.Context) error {
	c, err := w.seat(ctx, "admin")
	if err != nil {
		return err
	}
	p, err := c.post(ctx, "/backups")
	for ; err == nil; p, err = c.get(ctx, "/backups") {
		switch {
		case strings.Contains(p.text, " 备份失败</b>"):
			return fmt.Errorf("the backup failed: %w: %s", errRefused, complaint(p.text))
		case strings.Contains(p.text, `action="/backups/check"`) && !strings.Contains(p.text, `role="status"`) && strings.Contains(p.text, "已核对"):
			return nil
		}
		if err := rest(ctx, 5*pollEvery); err != nil {
			return fmt.Errorf("waiting for the backup: %w", err)
		}
	}
	return err
}

var (
	secretGroup  = regexp.MustCompile(`<i>([A-Z2-7]+)</i>`)
	recoveryCode = regexp.MustCompile(`<b class="typed">([a-z2-7-]+)</b>`)
)

// secure lets the administrator set up an authenticator, as a person would with a
// phone, and keeps the recovery codes.
func (w *world) secure(ctx context.Context) error {
	c, err := w.seat(ctx, "admin")
	if err != nil {
		return err
	}
	p, err := c.post(ctx, "/me", "do", "codes", "present", w.password)
	if err != nil {
		return err
	}
	secret := ""
	for _, m := range secretGroup.FindAllStringSubmatch(p.text, -1) {
		secret += m[1]
	}
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		return fmt.Errorf("the authenticator of admin: %w", err)
	}
	if p, err = c.post(ctx, "/me/codes", "otp", code); err != nil {
		return err
	}
	for _, m := range recoveryCode.FindAllStringSubmatch(p.text, -1) {
		w.recovery["admin"] = append(w.recovery["admin"], m[1])
	}
	if len(w.recovery["admin"]) == 0 {
		return fmt.Errorf("admin got no recovery codes: %w: %s", errRefused, complaint(p.text))
	}
	return nil
}

// spend takes a recovery code of somebody with a second factor; empty of others.
func (w *world) spend(login string) string {
	left := w.recovery[login]
	if len(left) == 0 {
		return ""
	}
	w.recovery[login] = left[1:]
	return left[0]
}
