package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"go/format"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
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

// pure makes packages of this machine the same as those of programs without C, so
// that both, and most of what is checked without the race detector, are compiled
// once: names are looked up by Go, as on the machines of an office. Under the
// detector, and in a plain go test, the C library does it.
const pure = "-tags=netgo,osusergo"

// build builds everything for this machine.
func build(ctx context.Context) outcome {
	return must(goTool(ctx, roomy(), "build", pure, "./..."))
}

// modules makes sure that go.sum vouches for what was downloaded.
func modules(ctx context.Context) outcome { return must(goTool(ctx, nil, "mod", "verify")) }

func vet(ctx context.Context) outcome { return must(goTool(ctx, roomy(), "vet", pure, "./...")) }

// staticcheck keeps the whole program in memory, more than compilers may have.
func staticcheck(ctx context.Context) outcome {
	return must(goTool(ctx, nil, "tool", "staticcheck", pure, "./..."))
}

// database is where govulncheck reads known vulnerabilities when GOVULNDB names no
// other place.
const database = "https://vuln.go.dev"

// govulncheck needs the public database of vulnerabilities. A network without a
// way to it is the one reason to skip it that does not fail CI: the tests are
// meant to pass with nothing but the package registries in reach. It is asked for
// its index first: without it half a minute of work would come to nothing.
func govulncheck(ctx context.Context) outcome {
	from := cmp.Or(os.Getenv("GOVULNDB"), database)
	if err := answers(ctx, from); err != nil {
		return unreachable(from, err.Error())
	}
	out, err := goTool(ctx, nil, "tool", "govulncheck", "./...")
	if err != nil && strings.Contains(out, "fetching vulnerabilities") {
		return unreachable(from, out)
	}
	return must(out, err)
}

func unreachable(from, why string) outcome {
	o := skip("NOT CHECKED for known vulnerabilities: the database " + from + " cannot be reached from here.\n" + why)
	o.tolerated = true
	return o
}

// answers says whether a database of vulnerabilities is within reach: whether
// anything at all answers there. What it says is for govulncheck to judge. A place
// that is no web address, such as a folder, needs no network.
func answers(ctx context.Context, from string) error {
	if !strings.HasPrefix(from, "http://") && !strings.HasPrefix(from, "https://") {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, strings.TrimRight(from, "/")+"/index/db.json", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// windows builds everything for the machines of many halls.
func windows(ctx context.Context) outcome {
	return must(goTool(ctx, append(roomy(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0"), "build", "./..."))
}

// static builds what must be one binary without C: the controller, and the LED
// board's program for machines without a display.
func static(ctx context.Context) outcome {
	env := append(roomy(), "CGO_ENABLED=0")
	out, err := goTool(ctx, env, "build", pure, "-o", os.DevNull, "./cmd/controller")
	if err != nil {
		return must(out, err)
	}
	return must(goTool(ctx, env, "build", pure+",noebiten", "-o", os.DevNull, "./cmd/ledboard"))
}
