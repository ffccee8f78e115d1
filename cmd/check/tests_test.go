package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestCountKeepsTheOutputOfWhatFailed(t *testing.T) {
	const stream = `{"Action":"output","Package":"p","Test":"TestA","Output":"fine\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Test":"TestA/sub"}
{"Action":"output","Package":"p","Test":"TestB","Output":"the sum is wrong\n"}
{"Action":"fail","Package":"p","Test":"TestB"}
{"Action":"output","Package":"p","Test":"TestC","Output":"no printer\n"}
{"Action":"skip","Package":"p","Test":"TestC"}
{"Action":"fail","Package":"p"}
not json
`
	o, err := count(strings.NewReader(stream))
	if err != nil {
		t.Fatal(err)
	}
	if o.passed != 1 || o.failed != 2 || o.skipped != 1 {
		t.Errorf("passed %d, failed %d, skipped %d; want 1, 2 (the test and its package), 1", o.passed, o.failed, o.skipped)
	}
	for _, want := range []string{"the sum is wrong", "SKIPPED p TestC", "no printer", "not json"} {
		if !strings.Contains(o.detail, want) {
			t.Errorf("the detail lacks %q:\n%s", want, o.detail)
		}
	}
	if strings.Contains(o.detail, "fine") {
		t.Error("the detail has the output of a test that passed")
	}
}

func TestReasonComesFirst(t *testing.T) {
	const story = "=== RUN   TestStories/drill\n    testscript.go:609: WORK=$WORK\n        PATH=a\n        $=$\n        \n        # Devices are broken. (4.2s)\n" +
		"        > breaks hall-1 cut\n        FAIL: drill.txtar:27: it was never shown\n        the last words\n"
	const want = "        FAIL: drill.txtar:27: it was never shown\n        the last words\nbefore that:\n        \n        # Devices are broken. (4.2s)\n        > breaks hall-1 cut\n"
	if got := reasonFirst(story); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	const plain = "    sum_test.go:7: the sum is wrong\n--- FAIL: TestB (0.00s)\n"
	if got := reasonFirst("=== RUN   TestB\n" + plain); got != plain {
		t.Errorf("got %q, want %q", got, plain)
	}
}

// TestPlainTestsAreThere: a name in plain that no test of its package has would
// leave a test in the other step, or hide one of the same name elsewhere.
func TestPlainTestsAreThere(t *testing.T) {
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	is := regexp.MustCompile(plainNames())
	for p := range plain {
		if !slices.Contains(mixed, p) {
			t.Errorf("%s is not mixed: its tests run twice", p)
		}
	}
	for _, p := range mixed {
		files, err := filepath.Glob(filepath.Join("..", "..", strings.TrimPrefix(p, "mingbai/"), "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range declared.FindAllSubmatch(text, -1) {
				names = append(names, string(m[1]))
			}
		}
		for _, name := range names {
			if is.MatchString(name) && !slices.Contains(plain[p], name) {
				t.Errorf("%s of %s has the name of a plain test of another package", name, p)
			}
		}
		for _, name := range plain[p] {
			if !slices.Contains(names, name) {
				t.Errorf("%s has no %s", p, name)
			}
		}
	}
}

// TestStillIsStill: a package that starts a goroutine, or holds something that is
// made for several, belongs to those that are raced.
func TestStillIsStill(t *testing.T) {
	for _, p := range still {
		dir := filepath.Join("..", "..", strings.TrimPrefix(p, "mingbai/"))
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s has no files: %v", p, err)
		}
		for _, f := range files {
			file, err := parser.ParseFile(token.NewFileSet(), f, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range file.Imports {
				switch path := strings.Trim(i.Path.Value, `"`); path {
				case "sync", "sync/atomic", "testing/synctest", "golang.org/x/sync/errgroup", "net", "net/http", "net/http/httptest", "unsafe":
					t.Errorf("%s imports %s: race it", f, path)
				}
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.GoStmt:
					t.Errorf("%s starts a goroutine: race it", f)
				case *ast.SelectorExpr:
					if n.Sel.Name == "Parallel" {
						t.Errorf("%s has tests side by side: race it", f)
					}
				}
				return true
			})
		}
	}
}

// A database that cannot be reached is told at once, and does not fail CI; one that
// answers anything is for govulncheck to judge.
func TestDatabaseOutOfReach(t *testing.T) {
	there := httptest.NewServer(http.NotFoundHandler())
	defer there.Close()
	if err := answers(t.Context(), there.URL); err != nil {
		t.Errorf("a database that answers is out of reach: %v", err)
	}
	if err := answers(t.Context(), "file:///var/lib/vulnerabilities"); err != nil {
		t.Errorf("a folder needs a network: %v", err)
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	t.Setenv("GOVULNDB", gone.URL)
	o := govulncheck(t.Context())
	if o.skipped != 1 || o.failed != 0 || !o.tolerated || !strings.Contains(o.detail, "NOT CHECKED") {
		t.Errorf("a database out of reach: %+v", o)
	}
}
