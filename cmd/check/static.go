package main

import (
	"bytes"
	"context"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// formatting compares every Go file with what gofmt would write.
func formatting(context.Context) outcome {
	var wrong []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == ".git" {
			return fs.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		want, err := format.Source(src)
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("%s: %v", path, err))
		} else if !bytes.Equal(src, want) {
			wrong = append(wrong, path+": run gofmt -w on it")
		}
		return nil
	})
	if err != nil {
		return fail(err.Error())
	}
	if len(wrong) > 0 {
		return fail(strings.Join(wrong, "\n"))
	}
	return pass()
}

// modules makes sure that go.sum vouches for what was downloaded.
func modules(ctx context.Context) outcome { return must(goTool(ctx, nil, "mod", "verify")) }

func vet(ctx context.Context) outcome { return must(goTool(ctx, nil, "vet", "./...")) }

func staticcheck(ctx context.Context) outcome {
	return must(goTool(ctx, nil, "tool", "staticcheck", "./..."))
}

// govulncheck needs the public database of vulnerabilities. A network without a
// way to it is the one reason to skip it that does not fail CI: the tests are
// meant to pass with nothing but the package registries in reach.
func govulncheck(ctx context.Context) outcome {
	out, err := goTool(ctx, nil, "tool", "govulncheck", "./...")
	if err != nil && strings.Contains(out, "fetching vulnerabilities") {
		o := skip("NOT CHECKED for known vulnerabilities: the database cannot be reached from here.\n" + out)
		o.tolerated = true
		return o
	}
	return must(out, err)
}

// windows builds everything for the machines of many halls.
func windows(ctx context.Context) outcome {
	return must(goTool(ctx, []string{"GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0"}, "build", "./..."))
}

// static builds what must be one binary without C: the controller, and the LED
// board's program for machines without a display.
func static(ctx context.Context) outcome {
	out, err := goTool(ctx, []string{"CGO_ENABLED=0"}, "build", "-o", os.DevNull, "./cmd/controller")
	if err != nil {
		return must(out, err)
	}
	return must(goTool(ctx, []string{"CGO_ENABLED=0"}, "build", "-tags", "noebiten", "-o", os.DevNull, "./cmd/ledboard"))
}
