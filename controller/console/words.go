package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/guard"
)

// Who sees the lists of words, and who changes them.
var (
	looksUp = []accounts.Role{accounts.Drafter, accounts.FirstReviewer, accounts.SecondReviewer, accounts.Secrecy, accounts.Releaser, accounts.Auditor, accounts.Administrator}
	guards  = []accounts.Role{accounts.Secrecy, accounts.Releaser, accounts.Administrator}
)

type wordsPage struct {
	frame
	Query   string
	Builtin bool // the built-in list is shown, not the office's
	Own     int  // how many the office has
	Given   int  // how many are built in
	Rows    []wordRow
	Total   int
	First   int
	Last    int
	Earlier string
	Later   string
	May     bool
	Sites   []option
	Form    wordForm
	Lines   string   // what was pasted
	Note    string   // what came of it
	Wrong   []string // what is wrong with it
	Try     string   // the text to try
	Tried   bool
	Hits    []hitRow
}

type wordRow struct {
	guard.Word
	Site, SiteName string
	Kind, Tone     string
	Severity       string
	Should         string
	Mine           bool // may be changed by the visitor
	Edit           string
}

// wordForm is one word as it was typed.
type wordForm struct {
	Site, Text, Instead, Note, Kind, Severity, Except string
	Was                                               string // its text before
	Off                                               bool
}

type hitRow struct{ Before, Found, After, Text, Tone string }

func (v *visit) wordKind(k guard.WordKind) string {
	if k == guard.Sensitive {
		return v.t("敏感")
	}
	return v.t("易错")
}

func (v *visit) wordSeverity(s playlist.Severity) (label, tone string) {
	switch s {
	case playlist.Wrong:
		return v.t("必须改"), "bad"
	case playlist.Warning:
		return v.t("提醒"), "quiet"
	}
	return v.t("改正或说明理由"), "warn"
}

// wordsPage fills what all shows of the page have.
func (v *visit) wordsPage() (wordsPage, error) {
	p := wordsPage{frame: v.page(v.t("错敏词")), Query: v.query("q"), Builtin: v.query("list") == "builtin", May: v.person.May(guards...)}
	own, err := v.own()
	if err != nil {
		return p, err
	}
	here := v.person.Site
	if here == "" && len(own) > 0 {
		here = own[0].ID
	}
	p.Form = wordForm{Site: string(here), Kind: string(guard.Mistyped), Severity: string(playlist.Doubt)}
	if text, site := v.query("word"), playlist.SiteID(v.query("site")); text != "" {
		if w, err := v.Store.Word(v.ctx, site, text); err == nil {
			p.Form = formOfWord(w)
		} else if i := slices.IndexFunc(guard.Builtin(), func(w guard.Word) bool { return w.Text == text }); i >= 0 {
			p.Form = formOfWord(store.SiteWord{Site: here, Word: guard.Builtin()[i]})
		}
	}
	p.Sites = v.siteOptions(own, playlist.SiteID(p.Form.Site))
	p.Given = len(guard.Builtin())
	if p.Own, err = v.Store.CountWords(v.ctx, store.WordFilter{}); err != nil {
		return p, err
	}
	if p.Own == 0 && v.query("list") == "" {
		p.Builtin = true
	}
	return p, v.wordRows(&p)
}

func formOfWord(w store.SiteWord) wordForm {
	return wordForm{
		Site: string(w.Site), Text: w.Text, Was: w.Text, Instead: strings.Join(w.Instead, "、"), Note: w.Note,
		Kind: string(w.Kind), Severity: string(w.Severity), Except: strings.Join(w.Except, "、"), Off: w.Off,
	}
}

// wordRows fills the list.
func (v *visit) wordRows(p *wordsPage) error {
	from := v.count("from", 1<<30)
	var rows []store.SiteWord
	if p.Builtin {
		for _, w := range guard.Builtin() {
			if contains(p.Query, w.Text, w.Note, strings.Join(w.Instead, "、")) {
				rows = append(rows, store.SiteWord{Word: w})
			}
		}
		p.Total = len(rows)
		rows = rows[min(from, len(rows)):min(from+perPage, len(rows))]
	} else {
		filter := store.WordFilter{Text: p.Query, Offset: from, Limit: perPage}
		var err error
		if rows, err = v.Store.Words(v.ctx, filter); err != nil {
			return err
		}
		if p.Total, err = v.Store.CountWords(v.ctx, filter); err != nil {
			return err
		}
	}
	for _, w := range rows {
		r := wordRow{Word: w.Word, Site: string(w.Site), Kind: v.wordKind(w.Kind), Should: strings.Join(w.Instead, "、")}
		r.Severity, r.Tone = v.wordSeverity(w.Severity)
		if w.Site != "" {
			r.SiteName = v.siteName(w.Site)
		}
		r.Mine = p.May && (w.Site == "" || v.reach(w.Site) == nil)
		r.Edit = v.wordsAt(p, from, "word", w.Text, "site", string(w.Site))
		p.Rows = append(p.Rows, r)
	}
	if len(rows) > 0 {
		p.First, p.Last = from+1, from+len(rows)
	}
	if from > 0 {
		p.Earlier = v.wordsAt(p, max(from-perPage, 0))
	}
	if from+len(rows) < p.Total {
		p.Later = v.wordsAt(p, from+perPage)
	}
	return nil
}

// wordsAt is the address of the list from a line on.
func (v *visit) wordsAt(p *wordsPage, from int, more ...string) string {
	q := url.Values{}
	if p.Query != "" {
		q.Set("q", p.Query)
	}
	if q.Set("list", "own"); p.Builtin {
		q.Set("list", "builtin")
	}
	if from > 0 {
		q.Set("from", strconv.Itoa(from))
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return "/words?" + q.Encode()
}

func listWords(v *visit) error {
	p, err := v.wordsPage()
	if err != nil {
		return err
	}
	return v.show("words", p)
}

// changeWords saves, removes or takes in words.
func changeWords(v *visit) error {
	site := playlist.SiteID(v.form("site"))
	if err := v.reach(site); err != nil {
		return err
	}
	form := wordForm{
		Site: string(site), Text: v.form("text"), Instead: v.form("instead"), Note: v.form("note"), Kind: v.form("kind"),
		Severity: v.form("severity"), Except: v.form("except"), Was: v.form("was"), Off: v.form("off") != "",
	}
	switch v.form("do") {
	case "drop":
		if err := v.Desk.DropWord(v.ctx, v.who(), site, form.Was); err != nil {
			return err
		}
		return v.to("/words", "done", "words")
	case "import":
		return v.importWords(site)
	}
	word := guard.Word{
		Text: form.Text, Instead: parts(form.Instead), Note: form.Note, Kind: guard.WordKind(form.Kind), Severity: playlist.Severity(form.Severity),
		Except: parts(form.Except), Off: form.Off,
	}
	_, err := v.Desk.PutWords(v.ctx, v.who(), site, []guard.Word{word})
	if errors.Is(err, guard.ErrWord) {
		p, err := v.wordsPage()
		if err != nil {
			return err
		}
		p.Form = form
		p.Wrong = []string{v.wordTrouble(word)}
		return v.showAs(http.StatusUnprocessableEntity, "words", p)
	}
	if err != nil {
		return err
	}
	if form.Was != "" && form.Was != form.Text {
		if err := v.Desk.DropWord(v.ctx, v.who(), site, form.Was); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return v.to("/words", "done", "words")
}

// wordTrouble says in a person's words why an entry is refused.
func (v *visit) wordTrouble(w guard.Word) string {
	switch {
	case w.Text == "":
		return v.t("请填写要查找的词")
	case slices.Contains(w.Instead, w.Text):
		return v.t("“应为”和词一样")
	}
	for _, e := range w.Except {
		if !strings.Contains(e, w.Text) {
			return v.t("“%s”里没有“%s”，不能作为例外", e, w.Text)
		}
	}
	return v.t("词最多 40 个字，写在一行里")
}

// parts reads several words of one field.
func parts(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、,，|; ；\n", r) })
}

// importWords takes in lines as guard.ParseWords reads them.
func (v *visit) importWords(site playlist.SiteID) error {
	lines := v.r.PostFormValue("lines")
	words, wrong := guard.ParseWords(lines)
	added := 0
	if len(words) > 0 && len(wrong) == 0 {
		var err error
		if added, err = v.Desk.PutWords(v.ctx, v.who(), site, words); errors.Is(err, guard.ErrWord) {
			wrong = append(wrong, err)
		} else if err != nil {
			return err
		}
	}
	p, err := v.wordsPage()
	if err != nil {
		return err
	}
	switch {
	case len(wrong) > 0:
		p.Lines = lines
		p.Note = v.t("有 %d 行看不懂，一个词也没有导入。请改好再导入。", len(wrong))
		for _, w := range wrong[:min(len(wrong), 10)] {
			p.Wrong = append(p.Wrong, w.Error())
		}
		return v.showAs(http.StatusUnprocessableEntity, "words", p)
	case len(words) == 0:
		p.Note = v.t("没有可以导入的行。")
		return v.showAs(http.StatusUnprocessableEntity, "words", p)
	}
	p.Note = v.t("已导入 %d 个词，其中新增 %d 个。", len(words), added)
	return v.show("words", p)
}

// tryWords says what would be found in a text, and saves nothing.
func tryWords(v *visit) error {
	p, err := v.wordsPage()
	if err != nil {
		return err
	}
	p.Try, p.Tried = strings.ReplaceAll(v.r.PostFormValue("text"), "\r\n", "\n"), true
	finder, err := v.Desk.FinderOf(v.ctx, playlist.SiteID(p.Form.Site))
	if err != nil {
		return err
	}
	n := playlist.Notice{Kind: playlist.KindMedia, Media: &playlist.Media{Text: p.Try}}
	for _, f := range guard.Inspect(&n, guard.Env{Words: finder}) {
		h := hitRow{Found: f.Found, Text: v.problem(f.Problem), Tone: "look"}
		if f.Severity != playlist.Warning {
			h.Tone = "stop"
		}
		h.Before, h.After = wordsAround(p.Try, f.From, f.To)
		p.Hits = append(p.Hits, h)
	}
	return v.show("words", p)
}

// wordsCSV sends the office's list as a table that can be taken in again.
func wordsCSV(v *visit) error {
	words, err := v.Store.Words(v.ctx, store.WordFilter{Limit: 50_000})
	if err != nil {
		return err
	}
	rows := [][]string{{v.t("词"), v.t("应为"), v.t("说明"), v.t("类别"), v.t("程度"), v.t("在这些词里是对的"), v.t("站点"), v.t("停用")}}
	for _, w := range words {
		severity, _ := v.wordSeverity(w.Severity)
		off := ""
		if w.Off {
			off = v.t("停用")
		}
		rows = append(rows, []string{w.Text, strings.Join(w.Instead, "、"), w.Note, v.wordKind(w.Kind), severity, strings.Join(w.Except, "、"), v.siteName(w.Site), off})
	}
	return v.csv(v.t("错敏词"), rows)
}
