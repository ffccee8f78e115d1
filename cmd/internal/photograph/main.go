// Command photograph saves pictures of a console's pages. The demonstration runs
// it; it is a program of its own so that the demonstration starts without a
// browser's whole protocol being compiled first.
//
//	photograph < JOB
//
// JOB is JSON: {"base": "http://127.0.0.1:8420", "dir": "shots", "visits": [{"language": "zh-CN",
// "login": "wang", "password": "…", "pages": [{"name": "todo", "path": "/todo"}]}]}. A visit
// without a login looks at its pages as a stranger; "code" is the recovery code of
// somebody with a second factor, and who is "half" gives no more than the password. Visits of one language
// share a browser and follow each other; languages run side by side. The
// pictures are dir/NAME.png, or dir/NAME-en.png in English, and are printed with
// what they show, one on each line: file, tab, login, tab, path.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sync/errgroup"

	"mingbai/cmd/internal/browse"
)

type job struct {
	Base   string  `json:"base"`
	Dir    string  `json:"dir"`
	Visits []visit `json:"visits"`
}

type visit struct {
	Language string `json:"language"`
	Login    string `json:"login"`
	Password string `json:"password"`
	Code     string `json:"code"` // a recovery code, of somebody with a second factor
	Half     bool   `json:"half"` // gives the password only
	Pages    []page `json:"pages"`
}

type page struct {
	Name string `json:"name"`
	Path string `json:"path"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "photograph:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, in io.Reader) error {
	var j job
	dec := json.NewDecoder(in)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&j); err != nil {
		return fmt.Errorf("read the job: %w", err)
	}
	if err := os.MkdirAll(j.Dir, 0o755); err != nil {
		return fmt.Errorf("folder for the pictures: %w", err)
	}
	byLanguage := map[string][]visit{}
	for _, v := range j.Visits {
		byLanguage[v.Language] = append(byLanguage[v.Language], v)
	}
	group, ctx := errgroup.WithContext(ctx)
	for language, visits := range byLanguage {
		group.Go(func() error { return j.tour(ctx, language, visits) })
	}
	return group.Wait()
}

// tour takes the pictures of one language.
func (j job) tour(ctx context.Context, language string, visits []visit) error {
	b, err := browse.Start(ctx, language)
	if err != nil {
		return err
	}
	defer b.Close()
	suffix := ""
	if !strings.HasPrefix(language, "zh") {
		suffix = "-" + language
	}
	for _, v := range visits {
		if err := b.Forget(); err != nil {
			return err
		}
		if err := j.enter(b, v); err != nil {
			return err
		}
		for _, p := range v.Pages {
			data, err := b.ShotOf(j.Base + p.Path)
			if err != nil {
				return fmt.Errorf("page %s for %s: %w", p.Path, v.Login, err)
			}
			if complaints := b.Complaints(); len(complaints) > 0 {
				return fmt.Errorf("page %s for %s complains: %s", p.Path, v.Login, strings.Join(complaints, "; "))
			}
			file := p.Name + suffix + ".png"
			if err := os.WriteFile(filepath.Join(j.Dir, file), data, 0o644); err != nil {
				return err
			}
			fmt.Printf("%s\t%s\t%s\n", file, v.Login, p.Path)
		}
	}
	return nil
}

// enter signs in whoever makes a visit.
func (j job) enter(b *browse.Browser, v visit) error {
	switch {
	case v.Login == "":
		return nil
	case v.Half:
		return b.GivePassword(j.Base, v.Login, v.Password)
	case v.Code != "":
		return b.SignInTwice(j.Base, v.Login, v.Password, v.Code)
	}
	return b.SignIn(j.Base, v.Login, v.Password)
}
