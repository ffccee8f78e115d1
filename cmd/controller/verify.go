package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"mingbai/assets/durable"
	"mingbai/configs"
	"mingbai/controller/backup"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist/release"
)

// verify judges the record of the office as an auditor does: it trusts what was
// noted outside, the public key of the root and heads of the audit log, and
// nothing that the controller says.
func verify(ctx context.Context, cfg configs.Controller, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	flags.SetOutput(out)
	rootText := flags.String("root", "", "the root's public `KEY` as it was noted, in base64; without it the key beside the data is believed")
	var heads []store.AuditHead
	flags.Func("head", "a `HEAD` of the audit log as it was noted: the number of a line and its value; may be given again", func(text string) error {
		h, err := store.ParseHead(text)
		heads = append(heads, h)
		return err
	})
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 1 {
		return errors.New("verify looks at the data of the settings, or at one backup")
	}
	keys := cfg.Keys()
	read := func(do func(store.Reader) error) error {
		s, err := store.Open(ctx, cfg.DatabaseFile())
		if err != nil {
			return err
		}
		return errors.Join(do(s.Reader), s.Close())
	}
	if dir := flags.Arg(0); dir != "" {
		report, err := backup.Check(ctx, dir)
		if err != nil {
			return err
		}
		if err := report.Err(); err != nil {
			return unsound(cfg, out, err)
		}
		keys = filepath.Join(dir, "keys")
		read = func(do func(store.Reader) error) error { return store.Inspect(ctx, backup.Database(dir), do) }
	} else if _, err := os.Stat(cfg.DatabaseFile()); err != nil {
		return fmt.Errorf("there is no database: %w", err)
	}
	root, err := rootOf(*rootText, keys)
	if err != nil {
		return err
	}
	wrong := 0
	fault := func(err error) {
		wrong++
		fmt.Fprintln(out, "-", err)
	}
	err = read(func(r store.Reader) error {
		n, err := r.CheckAudit(ctx)
		if errors.Is(err, store.ErrBroken) {
			fault(err)
		} else if err != nil {
			return err
		}
		for _, h := range heads {
			if err := r.CheckHead(ctx, h); errors.Is(err, store.ErrBroken) {
				fault(err)
			} else if err != nil {
				return err
			}
		}
		head, err := r.AuditHead(ctx)
		if err != nil {
			return err
		}
		found, err := publish.Verify(ctx, r, root)
		if err != nil {
			return err
		}
		for _, f := range found.Faults {
			fault(f)
		}
		fmt.Fprintf(out, "audit log: %d lines follow from each other, %d noted heads were compared; it ends at %s\n", n, len(heads), head)
		fmt.Fprintf(out, "approvals: %d notices in the newest editions of %d channels were judged by the root key %s\n", found.Notices, found.Channels, release.PublicText(root))
		shown, err := walkLedgers(ctx, r, fault)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, "display:", shown)
		return nil
	})
	if err != nil {
		return err
	}
	if wrong > 0 {
		return fmt.Errorf("%d things are not as they were signed; keep the data and the backups as they are and tell whoever supervises the office", wrong)
	}
	fmt.Fprintln(out, "sound: everything that screens are sent was approved by the people whom the policy asks for")
	return nil
}

// mostFaults is how many places in ledgers are named.
const mostFaults = 100

// walkLedgers follows the chains of the rows of display, half an hour for a thousand
// million of them, and returns in words what it walked.
func walkLedgers(ctx context.Context, r store.Reader, fault func(error)) (string, error) {
	schema, err := r.Schema(ctx)
	if err != nil || !store.Packed(schema) {
		return "the database is of an older program; the rows of screens were not walked", err
	}
	wrong := 0
	found, err := r.CheckLedger(ctx, time.Now(), func(err error) {
		if wrong++; wrong <= mostFaults {
			fault(err)
		}
	})
	if wrong > mostFaults {
		fault(fmt.Errorf("and %d more places in the ledgers of screens", wrong-mostFaults))
	}
	return fmt.Sprintf("%d rows of %d screens lead to where their ledgers end", found.Rows, found.Screens), err
}

// rootOf reads the public key of the root: the one that was noted, or else that of
// the private key beside the data.
func rootOf(text, dir string) ([]byte, error) {
	if text != "" {
		key, err := release.ParsePublic(text)
		return key, err
	}
	return publish.RootOf(durable.OS, dir)
}
