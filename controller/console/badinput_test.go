package console_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"

	"mingbai/controller/accounts"
	"mingbai/controller/console"
	"mingbai/playlist/review"
)

// mean is what is typed where nobody expects it.
var mean = map[string]string{
	"nothing":        "",
	"a script":       `"><script>alert(1)</script><b id="evil">'{{.}}`,
	"bytes":          "a\x00b\xff\xfe\u202ec",
	"a negative":     "-1",
	"a huge number":  "99999999999999999999999999",
	"not a number":   "1e309",
	"no such day":    "2026-02-30",
	"a far year":     "99999-12-31",
	"an unknown id":  "n-nowhere",
	"a path":         "../../../etc/passwd",
	"a statement":    "'; DROP TABLE notices; --",
	"a formula":      "=cmd|' /C calc'!A0",
	"a long line":    strings.Repeat("长", 5000),
	"many lines":     strings.Repeat("一|二\n", 3000),
	"a percent sign": "%s%d%!v(MISSING)",
}

// sent is a form of a page: where it goes, what is in it, and its buttons.
type sent struct {
	page, action string
	fields       url.Values
	hidden       []string
	buttons      [][2]string
	files        bool
}

// forms returns the forms of a page that change something.
func (m markup) forms(page string) (out []sent) {
	for _, f := range m.all("form") {
		if !strings.EqualFold(attr(f, "method"), "post") {
			continue
		}
		s := sent{page: page, fields: url.Values{}}
		for _, n := range (markup{f, ""}).all("input", "select", "textarea", "button") {
			name, value := attr(n, "name"), attr(n, "value")
			switch kind := attr(n, "type"); {
			case n.Data == "button" || kind == "submit":
				if name != "" {
					s.buttons = append(s.buttons, [2]string{name, value})
				}
				continue
			case name == "":
				continue
			case kind == "file":
				s.files = true
				continue
			case (kind == "checkbox" || kind == "radio") && !has(n, "checked"):
				continue
			case kind == "hidden":
				s.hidden = append(s.hidden, name)
			case n.Data == "textarea":
				value = words(&html.Node{FirstChild: n.FirstChild, LastChild: n.LastChild})
			case n.Data == "select":
				value = chosen(n)
			}
			s.fields.Add(name, value)
		}
		if len(s.buttons) == 0 {
			s.buttons = append(s.buttons, [2]string{})
		}
		for _, s.action = range m.actions(f, page) {
			out = append(out, s)
		}
	}
	return out
}

func chosen(list *html.Node) (value string) {
	for i, o := range (markup{list, ""}).all("option") {
		v := attr(o, "value")
		if !has(o, "value") {
			v = words(o)
		}
		if has(o, "selected") {
			return v
		}
		if i == 0 {
			value = v
		}
	}
	return value
}

// named finds the names of all fields that the code reads, so that routes which
// only scripts send to get them too.
func named(t *testing.T) []string {
	t.Helper()
	read := regexp.MustCompile(`(?:form|text|get|date|flag|number|PostForm\.Get)\("([a-z_.]+)"|PostForm\["([a-z_]+)"\]`)
	names := []string{}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		data, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range read.FindAllStringSubmatch(string(data), -1) {
			names = append(names, m[1]+m[2])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// answer sends something and says what is wrong with what comes back, whatever
// was sent.
func (p *person) answer(path, kind, body string) (faults []string) {
	p.Helper()
	r, err := http.NewRequestWithContext(p.Context(), "POST", p.base+path, strings.NewReader(body))
	if err != nil {
		p.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	resp, err := p.Do(r)
	if err != nil {
		return []string{err.Error()}
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return []string{err.Error()}
	}
	p.status, p.body, p.path = resp.StatusCode, string(data), path
	if p.status >= 500 || p.status == http.StatusUnauthorized {
		faults = append(faults, fmt.Sprint("status ", p.status))
	}
	for _, trace := range []string{"goroutine ", "runtime error", "panic", ".go:", "SQL logic", "sqlite"} {
		if strings.Contains(p.body, trace) && p.status >= 400 {
			faults = append(faults, "the answer says "+trace)
		}
	}
	for name, values := range resp.Header {
		if strings.ContainsAny(strings.Join(values, ""), "\r\n\x00") {
			faults = append(faults, "the header "+name+" holds what was typed")
		}
	}
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		return faults
	}
	if strings.Contains(p.body, "<script>alert") || strings.Contains(p.body, `<b id="evil"`) {
		faults = append(faults, "what was typed is part of the page")
	}
	if strings.ContainsRune(p.body, 0) || !utf8.ValidString(p.body) {
		faults = append(faults, "the page is not text")
	}
	// What was typed comes back, beside what is wrong with it and in the preview.
	if len(data) > 1<<20+4*len(body) {
		faults = append(faults, fmt.Sprint("the page has ", len(data), " bytes"))
	}
	return faults
}

const encoded = "application/x-www-form-urlencoded"

// attack is the people and the forms of an inhabited office.
type attack struct {
	lived
	boss, root *person
	forms      []sent
	routes     routing
}

func attacked(t *testing.T) attack {
	t.Helper()
	l := inhabited(t)
	a := attack{lived: l, routes: routed()}
	// Nobody would be asked before a notice is out: all reach the forms.
	if err := l.c.Accounts.SetPolicy(t.Context(), accounts.Person{Login: "test"}, "qinghe", &review.Single); err != nil {
		t.Fatal(err)
	}
	a.boss = l.arrives(accounts.Details{Login: "chief", Name: "Chief", Roles: everything})
	a.root = l.arrives(accounts.Details{Login: "root", Name: "Root", Roles: []accounts.Role{accounts.Administrator}})
	seen := map[string]bool{}
	for _, p := range []*person{a.boss, a.root} {
		for _, page := range l.pagesOf() {
			if p.get(page); p.status != http.StatusOK {
				continue
			}
			m, err := parsed(p.body)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range m.forms(p.path) {
				rt, ok := a.routes.of("POST", f.action)
				names := []string{}
				for name := range f.fields {
					names = append(names, inID.ReplaceAllString(name, "-"))
				}
				slices.Sort(names)
				key := fmt.Sprint(rt.Pattern, slices.Compact(names), f.buttons)
				if strings.HasPrefix(rt.Pattern, "POST /write/{form}") {
					key += f.action
				}
				if ok && !seen[key] && rt.Pattern != "POST /signout" && rt.Pattern != "POST /language" {
					seen[key] = true
					a.forms = append(a.forms, f)
				}
			}
		}
	}
	for _, p := range []*person{a.boss, a.root} {
		p.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	return a
}

var inID = regexp.MustCompile(`-n-[a-z0-9]+$`)

// by is who may send to a route.
func (a attack) by(rt console.Route) *person {
	if len(rt.Roles) > 0 && !slices.ContainsFunc(rt.Roles, func(r accounts.Role) bool { return slices.Contains(everything, r) }) {
		return a.root
	}
	return a.boss
}

// TestFormsWithBadInput sends every form of every page with something mean in
// every field, in one after the other, and with every button: nothing breaks,
// nothing of it becomes part of a page, and what is refused comes back as it
// was typed, with what is wrong.
func TestFormsWithBadInput(t *testing.T) {
	a := attacked(t)
	began, posts, slowest := time.Now(), 0, time.Duration(0)
	asked, told := 0, map[string]int{}
	send := func(f sent, what string, fields url.Values) {
		t.Helper()
		if asked++; asked%oneOf != 0 {
			return
		}
		rt, _ := a.routes.of("POST", f.action)
		p := a.by(rt)
		start := time.Now()
		faults := p.answer(f.action, encoded, fields.Encode())
		if took := time.Since(start); took > slowest {
			slowest = took
		}
		posts++
		if p.status == http.StatusUnprocessableEntity {
			faults = append(faults, a.refusal(p, f, fields)...)
		}
		for _, fault := range faults {
			if key := rt.Pattern + fault; told[key] == 0 {
				told[key]++
				t.Errorf("%s with %s: %s", f.action, what, fault)
			}
		}
	}
	order := []string{}
	for what := range mean {
		order = append(order, what)
	}
	slices.Sort(order)
	for i, f := range a.forms {
		for j, what := range order {
			for k, button := range f.buttons {
				if k > 0 && (j+k)%6 != 0 {
					continue
				}
				all := url.Values{button[0]: {button[1]}}
				for name, values := range f.fields {
					if slices.Contains(f.hidden, name) && j%2 == 0 {
						all[name] = values
						continue
					}
					all[name] = slices.Repeat([]string{mean[what]}, len(values)+j%2) // also doubled
				}
				send(f, what+" everywhere", all)
			}
		}
		for j, name := range slices.Sorted(mapsKeys(f.fields)) {
			for k := range 2 {
				what := order[(i+j+k*5)%len(order)]
				one := url.Values{}
				for n, v := range f.fields {
					one[n] = v
				}
				one[name] = []string{mean[what]}
				b := f.buttons[(j+k)%len(f.buttons)]
				if b[0] != "" && b[0] != name {
					one[b[0]] = []string{b[1]}
				}
				send(f, what+" in "+name, one)
			}
		}
	}
	// What was taken all the same stands on the pages as text.
	for _, p := range []*person{a.boss, a.root} {
		for _, page := range a.pagesOf() {
			p.get(page)
			if p.status >= 500 || strings.Contains(p.body, "<script>alert") || strings.Contains(p.body, `<b id="evil"`) {
				t.Errorf("afterwards %s: status %d", page, p.status)
			}
		}
	}
	if len(a.forms) < 35 || posts < 1000/oneOf {
		t.Errorf("only %d forms and %d posts", len(a.forms), posts)
	}
	t.Logf("%d forms, %d posts in %v, the slowest %v", len(a.forms), posts, time.Since(began), slowest)
}

func mapsKeys(v url.Values) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range v {
			if !yield(k) {
				return
			}
		}
	}
}

// refusal says what is wrong with a page that refuses a form: it is to say why,
// and to have everything that was typed.
func (a attack) refusal(p *person, f sent, fields url.Values) (out []string) {
	m, err := parsed(p.body)
	if err != nil || len(m.all("main")) == 0 {
		return nil // for a script
	}
	says := false
	for n := range m.Descendants() {
		class := strings.Fields(attr(n, "class"))
		if attr(n, "role") == "alert" || slices.Contains(class, "stop") || slices.Contains(class, "bad") || slices.Contains(class, "wrong") {
			says = true
		}
	}
	if !says {
		out = append(out, "the page does not say what is wrong")
	}
	got := map[string][]string{} // without the number of a row: empty ones above may be gone
	for _, n := range m.all("input", "textarea") {
		name, kind := attr(n, "name"), attr(n, "type")
		form := within(n, "form")
		if form == nil || len(fields[name]) != 1 || slices.Contains(f.hidden, name) || slices.Contains([]string{"password", "hidden", "checkbox", "radio", "file"}, kind) {
			continue
		}
		if !slices.Contains(m.actions(form, f.action), f.action) {
			continue
		}
		value := attr(n, "value")
		for c := range n.ChildNodes() {
			value += c.Data // of a textarea
		}
		name = strings.TrimRight(name, "0123456789")
		got[name] = append(got[name], value)
	}
	for typed := range fields {
		values, shown := got[strings.TrimRight(typed, "0123456789")]
		if !shown || slices.Contains(f.hidden, typed) || len(fields[typed]) != 1 {
			continue
		}
		name, want := typed, strings.ReplaceAll(fields.Get(typed), "\r\n", "\n")
		back := func(s string) bool {
			return strings.Join(strings.Fields(s), " ") == strings.Join(strings.Fields(want), " ")
		}
		if want != "" && want != mean["bytes"] && !strings.HasSuffix(name, "paste") && !slices.ContainsFunc(values, back) {
			out = append(out, fmt.Sprintf("%s came back as %.40q, not %.40q", inID.ReplaceAllString(name, ""), values, want))
		}
	}
	// What was typed may look like what a template left behind.
	return append(out, slices.DeleteFunc(m.faults(), func(f string) bool { return strings.HasPrefix(f, "it holds") })...)
}

// TestRoutesWithBadRequests sends to every route of the table that changes
// something what no page would: every field that there is, none, too many, too
// long, in another encoding, broken, and to things that do not exist.
func TestRoutesWithBadRequests(t *testing.T) {
	a := attacked(t)
	names := named(t)
	if len(names) < 80 {
		t.Fatalf("only %d fields were found", len(names))
	}
	every := func(value string) string {
		v := url.Values{}
		for _, n := range names {
			v.Set(n, value)
		}
		return v.Encode()
	}
	many := strings.Repeat("a=1&", 12_000)
	different := strings.Builder{}
	for i := range 9_999 {
		fmt.Fprintf(&different, "order-n-%d=1&row_day=%d&", i, i)
	}
	million := strings.Repeat("长", 1<<20/3)
	bodies := []struct{ what, kind, body string }{
		{"nothing", encoded, ""},
		{"no type", "", "a=1"},
		{"JSON", "application/json", `{"title":"x"}`},
		{"plain text", "text/plain", "title=x"},
		{"a broken type", "multipart/form-data; boundary", "x"},
		{"no boundary", "multipart/form-data", "title=x"},
		{"an empty part", "multipart/form-data; boundary=x", ""},
		{"a cut part", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nabc"},
		{"a file without an end", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.xlsx\"\r\n\r\nPK\x03\x04"},
		{"a file of rubbish", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../a.xlsx\"\r\n\r\nPK\x03\x04\r\n--x--\r\n"},
		{"broken escapes", encoded, "title=%zz&do=%"},
		{"semicolons", encoded, "a;b=1;c"},
		{"too many fields", encoded, many},
		{"ten thousand different fields", encoded, strings.TrimSuffix(different.String()[:len(different.String())/2], "&")},
		{"bytes for names", encoded, "%00=%ff&%ff%fe=%00&reason.=1&reason..=x&order-=1"},
	}
	for _, what := range []string{"a script", "bytes", "a huge number", "no such day"} {
		bodies = append(bodies, struct{ what, kind, body string }{what + " in every field", encoded, every(mean[what])})
	}
	for _, what := range []string{"title", "text", "name", "reason"} {
		bodies = append(bodies, struct{ what, kind, body string }{"a megabyte of " + what, encoded, url.Values{what: {million}, "site": {"liuxi"}, "column": {"news"}}.Encode()})
	}
	began, posts, routes := time.Now(), 0, 0
	for _, rt := range console.Table() {
		method, pattern, _ := strings.Cut(rt.Pattern, " ")
		if method != "POST" || rt.Pattern == "POST /signout" {
			continue
		}
		routes++
		p := a.by(rt)
		for i, b := range bodies {
			if strings.HasPrefix(b.what, "a megabyte") && (i+routes)%5 != 0 && pattern != "/write/{form}" && pattern != "/write/{form}/check" {
				continue
			}
			if (i+routes)%oneOf != 0 {
				continue
			}
			posts++
			start := time.Now()
			for _, fault := range p.answer(a.address(rt.Pattern), b.kind, b.body) {
				t.Errorf("%s with %s: %s", rt.Pattern, b.what, fault)
			}
			if took := time.Since(start); took > time.Second {
				t.Logf("%s with %s took %v", rt.Pattern, b.what, took)
			}
		}
		for _, id := range []string{"nowhere", "%00", strings.Repeat("x", 3000), "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E"} {
			at := inPath.ReplaceAllString(pattern, strings.ReplaceAll(id, "$", "$$"))
			if at == pattern {
				break
			}
			posts++
			for _, fault := range p.answer(at, encoded, every("1")) {
				t.Errorf("%s with %.20s in the address: %s", rt.Pattern, id, fault)
			}
		}
	}
	t.Logf("%d routes, %d posts in %v", routes, posts, time.Since(began))
}
