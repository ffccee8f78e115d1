package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"mingbai/cmd/internal/book"
)

// villageOfBook is where the picture book's touchscreen stands: a village has
// notices of its own, of its town and of the county.
const villageOfBook = "liuxi"

func openBook(m book.Mode) (*book.Place, error) { return book.Open(villageOfBook, m.Panel, time.Now()) }

// drawBook draws nothing but the whole picture book; it returns the exit code.
func drawBook(ctx context.Context, dir string) int {
	n, err := book.Write(ctx, dir, book.Modes(), openBook, true)
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		return 1
	}
	fmt.Printf("%d pictures; open %s in a browser.\n", n, filepath.Join(dir, "index.html"))
	return 0
}

// photographTouchscreen draws the short picture book and the contact sheets of
// LED boards beside the other pictures.
func (w *world) photographTouchscreen(ctx context.Context, sum *summary) (err error) {
	if w.shots == "" {
		return nil
	}
	if sum.BookPages, err = book.Write(ctx, filepath.Join(w.shots, "book"), book.Modes(), openBook, false); err != nil {
		return err
	}
	place, err := book.Open(villageOfBook, book.Upright, time.Now())
	if err != nil {
		return err
	}
	sum.Boards, err = book.Boards(ctx, w.shots, place)
	return err
}

// shot is one page of the console in the picture book: whose it is, and what for.
type shot struct{ login, name, path string }

// consolePages lists every page of the console, each for somebody whose page it is.
func (w *world) consolePages(notice string) []shot {
	touch, board := "/screens/"+w.screens[0].id, "/screens/"+w.screens[1].id
	d := w.desks
	return []shot{
		{"", "signin", "/signin"},

		{"wangfang", "todo", "/todo"},
		{"wangfang", "notices", "/notices"},
		{"wangfang", "notice-draft", "/notices/" + d.draft},
		{"wangfang", "notice-returned", "/notices/" + d.returned},
		{"wangfang", "notice-in-review", "/notices/" + d.secrecy},
		{"wangfang", "notice-shown", "/notices/" + notice},
		{"wangfang", "write", "/write"},
		{"wangfang", "write-announcement", "/notices/" + d.returned + "/revise"},
		{"wangfang", "write-fund", "/write/fund"},
		{"wangfang", "write-fund-table", "/notices/" + d.fund + "/revise"},
		{"wangfang", "write-guide", "/write/guide"},
		{"wangfang", "write-media", "/write/media"},
		{"wangfang", "write-led", "/write/led"},
		{"wangfang", "write-roster", "/write/roster"},
		{"wangfang", "import", "/import"},
		{"wangfang", "column", "/columns/zijin-xiangmu"},
		{"wangfang", "me", "/me"},
		{"wangfang", "columns", "/columns"},
		{"wangfang", "register", "/register"},
		{"wangfang", "register-paper", "/register/paper"},
		{"wangfang", "programme", "/programme/qinghe"},
		{"wangfang", "calendar", "/programme/qinghe/calendar"},

		{"lina", "todo-reviewer", "/todo"},
		{"lina", "review-first", "/notices/" + d.waiting + "/review"},
		{"sunli", "review-secrecy", "/notices/" + d.secrecy + "/review"},

		{"zhoutao", "rule-new", "/programme/qinghe/rules/new"},
		{"zhoutao", "list", "/programme/qinghe/lists/dengping"},
		{"zhoutao", "words", "/words"},
		{"zhoutao", "words-scan", "/words/scan"},
		{"zhoutao", "alerts", "/alerts"},
		{"zhoutao", "voices", "/voices"},
		{"zhoutao", "ratings", "/voices/ratings"},
		{"zhoutao", "usage", "/usage"},

		{"huangmei", "todo-town", "/todo"},
		{"luojun", "notices-town", "/notices"},

		{"zhenggang", "screens", "/screens"},
		{"zhenggang", "screens-pictures", "/screens?view=pictures"},
		{"zhenggang", "pairing", "/pairing"},
		{"zhenggang", "lines", "/lines"},
		{"zhenggang", "line", "/lines/wangchuan"},
		{"zhenggang", "screen-touch", touch},
		{"zhenggang", "screen-board", board},
		{"zhenggang", "forecast", board + "/forecast"},
		{"zhenggang", "screen-calendar", board + "/calendar"},
		{"zhenggang", "screen-edit", board + "/edit"},
		{"zhenggang", "screen-events", touch + "/events"},
		{"zhenggang", "screen-sure", touch + "/sure?kind=dark&value=60"},
		{"zhenggang", "screen-log", touch + "/log"},
		{"zhenggang", "screen-acceptance", touch + "/acceptance"},
		{"zhenggang", "acceptances", "/screens/acceptances"},
		{"zhenggang", "screen-replace", board + "/replace"},
		{"zhenggang", "screen-retire", board + "/retire"},
		{"zhenggang", "screens-retired", "/screens/retired"},
		{"zhenggang", "warnings-none", "/warnings"},
		{"zhenggang", "warnings-history", "/warnings?state=closed"},
		{"zhenggang", "warning-cleared", w.warning},
		{"zhenggang", "warnings-told", "/warnings/told"},
		{"zhenggang", "patrol", "/patrol"},
		{"zhenggang", "updates", "/updates"},

		{"wumin", "audit", "/audit"},
		{"admin", "signin-second", secondStep},
		{"admin", "start", "/start"},
		{"admin", "me-second", "/me"},
		{"admin", "backups", "/backups"},
		{"admin", "people", "/people"},
		{"admin", "person-new", "/people/new"},
		{"admin", "people-import", "/people/import"},
		{"admin", "departments", "/people/departments"},
		{"admin", "department", "/people/departments/wenlvju"},
		{"admin", "deputies", "/people/deputies"},
		{"admin", "policies", "/policies"},
		{"admin", "policy", "/policies/wangchuan"},
		{"admin", "column-edit", "/columns/zijin-xiangmu/edit"},
		{"admin", "column-new", "/columns/new"},
	}
}

// secondStep is the page that asks for a second factor: there is one half of
// somebody.
const secondStep = "/signin/second"

// incidentPages are those that show what is wrong while it is.
func (w *world) incidentPages() []shot {
	return []shot{
		{technician, "incident-screens", "/screens"},
		{technician, "incident-warnings", "/warnings"},
		{technician, "incident-warning", w.warning},
		{technician, "incident-screen", "/screens/" + w.screens[len(w.screens)-1].id},
	}
}

// photographConsole saves a picture of every page of the console, and a page to
// leaf through them all. It returns the names of the files.
func (w *world) photographConsole(ctx context.Context, notice string) ([]string, error) {
	if w.shots == "" {
		return nil, nil
	}
	linked, err := w.linkedPages(ctx)
	if err != nil {
		return nil, err
	}
	if err := w.tour(ctx, append(w.consolePages(notice), linked...)); err != nil {
		return nil, err
	}
	if err := w.keepCertificate(ctx, notice); err != nil {
		return nil, err
	}
	return w.pages, bindConsole(w.album(), w.shown)
}

// linkedPages are those of one row of a list, whose address only the list knows.
func (w *world) linkedPages(ctx context.Context) (shots []shot, err error) {
	for _, s := range []shot{
		{"zhoutao", "voice", "/voices"},
		{"admin", "person", "/people"},
	} {
		c, err := w.seat(ctx, s.login)
		if err != nil {
			return nil, err
		}
		p, err := c.get(ctx, s.path)
		if err != nil {
			return nil, err
		}
		row := regexp.MustCompile(`<tr[^>]*>(?s:.*?)href="(` + s.path + `/[^"/?]+)"`).FindStringSubmatch(p.text)
		if row == nil {
			return nil, fmt.Errorf("no row of %s has a page of its own", s.path)
		}
		shots = append(shots, shot{s.login, s.name, row[1]})
	}
	return shots, nil
}

// album is the folder of the console's pictures.
func (w *world) album() string { return filepath.Join(w.shots, "console") }

// tour takes pictures of pages in Chinese and in English.
func (w *world) tour(ctx context.Context, shots []shot) error {
	if w.shots == "" {
		return nil
	}
	type page struct {
		Name string `json:"name"`
		Path string `json:"path"`
	}
	type visit struct {
		Language string `json:"language"`
		Login    string `json:"login"`
		Password string `json:"password"`
		Code     string `json:"code,omitempty"`
		Half     bool   `json:"half,omitempty"`
		Pages    []page `json:"pages"`
	}
	job := struct {
		Base   string  `json:"base"`
		Dir    string  `json:"dir"`
		Visits []visit `json:"visits"`
	}{Base: w.office.base, Dir: w.album()}
	shots = slices.DeleteFunc(shots, func(s shot) bool { return strings.Contains(s.path, "//") })
	for _, language := range []string{"zh-CN", "en"} {
		for _, s := range shots {
			half := s.path == secondStep
			if n := len(job.Visits); n == 0 || job.Visits[n-1].Language != language || job.Visits[n-1].Login != s.login || job.Visits[n-1].Half != half {
				v := visit{Language: language, Login: s.login, Password: w.password, Half: half}
				if !half {
					v.Code = w.spend(s.login)
				}
				job.Visits = append(job.Visits, v)
			}
			last := &job.Visits[len(job.Visits)-1]
			last.Pages = append(last.Pages, page{s.name, s.path})
		}
	}
	in, err := json.Marshal(job)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, w.programs[photographer])
	cmd.Stdin = bytes.NewReader(in)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w: %s", err, complaint.String())
	}
	for line := range strings.Lines(out.String()) {
		file, _, _ := strings.Cut(line, "\t")
		w.pages = append(w.pages, "console/"+file)
	}
	w.shown = append(w.shown, shots...)
	return nil
}

// keepCertificate saves the certificate of display of a notice beside the pictures.
func (w *world) keepCertificate(ctx context.Context, notice string) error {
	c, err := w.seat(ctx, "wangfang")
	if err != nil {
		return err
	}
	p, err := c.get(ctx, "/notices/"+notice+"/certificate.pdf")
	if err != nil {
		return err
	}
	if !strings.HasPrefix(p.text, "%PDF-") {
		return fmt.Errorf("the certificate of %s is no PDF", notice)
	}
	return os.WriteFile(filepath.Join(w.shots, "certificate.pdf"), []byte(p.text), 0o644)
}

// bindConsole writes the page that shows all pictures, Chinese and English side
// by side.
func bindConsole(dir string, shots []shot) error {
	var b strings.Builder
	b.WriteString("<!doctype html>\n<html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>明白 console</title>\n<style>body{background:#F6F4EF;font:14px sans-serif;margin:24px}img{width:49%;border:1px solid #DCD6CA}</style>\n")
	for _, s := range shots {
		by := "—"
		if s.login != "" {
			by = who(s.login).Name + " " + who(s.login).Post
		}
		fmt.Fprintf(&b, "<h2>%s</h2><p>%s · %s</p><img loading=\"lazy\" src=\"%s.png\" alt=\"\"> <img loading=\"lazy\" src=\"%s-en.png\" alt=\"\">\n",
			html.EscapeString(s.name), html.EscapeString(by), html.EscapeString(s.path), s.name, s.name)
	}
	return os.WriteFile(filepath.Join(dir, "index.html"), []byte(b.String()), 0o644)
}
