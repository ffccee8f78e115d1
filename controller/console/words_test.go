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
	numbered   = regexp.MustCompile(`^[^{}]*%d([^{}]*\{[^{}|]*\|[^{}|]*\})+[^{}]*$`)
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
		case strings.Contains(en, "{") && !numbered.MatchString(en):
			t.Errorf("the English of %q has no number for its {one|many}, or half of one", m)
		case strings.ContainsFunc(en, func(r rune) bool { return unicode.Is(unicode.Han, r) }):
			t.Errorf("the English of %q is %q", m, en)
		}
	}
	entries := 0
	for _, p := range englishParts {
		entries += len(p)
	}
	if entries != len(inEnglish) {
		t.Errorf("%d messages are translated twice", entries-len(inEnglish))
	}
	for m := range inEnglish {
		if used[m] == "" {
			t.Errorf("nothing says %q", m)
		}
	}
}

func TestOneAndMany(t *testing.T) {
	for _, c := range []struct {
		want, message string
		args          []any
	}{
		{"1 day", "%d 天", []any{1}},
		{"2 days", "%d 天", []any{2}},
		{"0 days", "%d 天", []any{0}},
		{"1 screen does not have it yet; 1 offline, the first since 09:00", "还有 %d 块屏没收到，其中 %d 块离线，最早从 %s 起", []any{1, 1, "09:00"}},
		{"Read 1 paragraph, 3 headings and 1 table; fonts, colours, comments and tracked changes were left out.", "已读入 %d 段、%d 个小标题、%d 张表；字体、颜色、批注和修订没有带进来。", []any{1, 3, 1}},
	} {
		if got := english.say(c.message, c.args...); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
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
