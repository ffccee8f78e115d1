package console

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

var (
	inTemplate = regexp.MustCompile(`\bt "((?:[^"\\]|\\.)*)"`)
	verbs      = regexp.MustCompile(`%[-+.0-9]*[a-z%]`)
)

// messages finds every message that pages say.
func messages(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	names, err := fs.Glob(templates, "templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := templates.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		for _, m := range inTemplate.FindAllStringSubmatch(text, -1) {
			s, err := strconv.Unquote(`"` + m[1] + `"`)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			out[s] = name
		}
		rest := inTemplate.ReplaceAllString(text, "")
		for _, r := range strings.ReplaceAll(rest, ">中文<", "") {
			if unicode.Is(unicode.Han, r) {
				t.Errorf("%s has %q outside a message", name, r)
				break
			}
		}
	}
	for _, x := range troubles {
		out[x.what], out[x.next] = "errors.go", "errors.go"
	}
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			f, ok := call.Fun.(*ast.SelectorExpr)
			lit, isText := call.Args[0].(*ast.BasicLit)
			if ok && isText && (f.Sel.Name == "t" || f.Sel.Name == "say") && lit.Kind == token.STRING {
				s, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				out[s] = name
			}
			return true
		})
	}
	return out
}

// literals that explain makes beside the table.
var elsewhere = []string{"内容太大，没有收下", "请把正文分成几条发布。", "总台出了错", "已经记录，请告诉技术人员；稍后可以再试。"}

func TestEveryMessageHasEnglish(t *testing.T) {
	used := messages(t)
	for _, m := range elsewhere {
		used[m] = "errors.go"
	}
	for m, where := range used {
		en, ok := inEnglish[m]
		switch {
		case !ok:
			t.Errorf("%s says %q, which has no English", where, m)
		case strings.Join(verbs.FindAllString(m, -1), " ") != strings.Join(verbs.FindAllString(en, -1), " "):
			t.Errorf("%q and %q take different values", m, en)
		case strings.ContainsFunc(en, func(r rune) bool { return unicode.Is(unicode.Han, r) }):
			t.Errorf("the English of %q is %q", m, en)
		}
	}
	for m := range inEnglish {
		if used[m] == "" {
			t.Errorf("nothing says %q", m)
		}
	}
}

func TestLanguageOfARequest(t *testing.T) {
	for _, c := range []struct {
		cookie, header, office string
		want                   language
	}{
		{"", "", "", chinese},
		{"", "", "en", english},
		{"", "en-GB,en;q=0.9", "", english},
		{"", "zh-TW,zh;q=0.9,en;q=0.8", "", chinese},
		{"", "de,fr;q=0.9", "", chinese},
		{"", "de,en;q=0.5,zh;q=0.7", "", chinese},
		{"", "en;q=nonsense", "", chinese},
		{"zh", "en", "en", chinese},
		{"en", "zh", "", english},
		{"xx", "en", "", english},
	} {
		r := get("/")
		r.Header.Set("Accept-Language", c.header)
		if c.cookie != "" {
			r.Header.Set("Cookie", languageCookie+"="+c.cookie)
		}
		co := &console{Config: Config{Language: c.office}}
		if got := co.language(r); got != c.want {
			t.Errorf("cookie %q, header %q, office %q: %v, want %v", c.cookie, c.header, c.office, got, c.want)
		}
	}
}
