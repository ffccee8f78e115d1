package console

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mingbai/controller/fleet"
	"mingbai/playlist"
)

// language is one of the two in which pages are written.
type language int

const (
	chinese language = iota
	english
)

func (l language) tag() string {
	if l == english {
		return "en"
	}
	return "zh-CN"
}

// say returns the text of a message in the language. Messages are named by
// their Chinese text; with arguments it is a format, and its English may hold
// {one|many}: see oneOrMany.
func (l language) say(message string, args ...any) string {
	if l == english {
		if t, ok := inEnglish[message]; ok {
			message = t
		}
	}
	if len(args) == 0 {
		return message
	}
	if l == english {
		message = oneOrMany(message, args)
	}
	return fmt.Sprintf(message, args...)
}

// oneOrMany settles every {one|many} of a format by the last whole number before
// it: "%d {screen|screens}" of 1 is "%d screen". Chinese has no such forms.
func oneOrMany(format string, args []any) string {
	if !strings.Contains(format, "{") {
		return format
	}
	var b strings.Builder
	one, arg := false, 0
	for i := 0; i < len(format); i++ {
		switch {
		case strings.HasPrefix(format[i:], "%%"):
			b.WriteString("%%")
			i++
			continue
		case format[i] == '%':
			if n, ok := wholeNumber(args, arg); ok {
				one = n == 1
			}
			arg++
		case format[i] == '{':
			few, rest, _ := strings.Cut(format[i+1:], "|")
			many, _, _ := strings.Cut(rest, "}")
			if one {
				b.WriteString(few)
			} else {
				b.WriteString(many)
			}
			i += len(few) + len(many) + 2
			continue
		}
		b.WriteByte(format[i])
	}
	return b.String()
}

func wholeNumber(args []any, i int) (int, bool) {
	if i >= len(args) {
		return 0, false
	}
	switch n := args[i].(type) {
	case int:
		return n, true
	case int64:
		return int(n), true
	}
	return 0, false
}

func (v *visit) t(message string, args ...any) string { return v.lang.say(message, args...) }

// words picks one of two texts that came with the data.
func (v *visit) words(zh, en string) string {
	if v.lang == english && en != "" {
		return en
	}
	return zh
}

func (v *visit) said(w fleet.Words) string { return sentence(v.words(w.Zh, w.En)) }

func (v *visit) problem(p playlist.Problem) string { return sentence(v.words(p.Message, p.MessageEn)) }

// sentence begins a text with a capital.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[n:]
}

// language finds the language of a request: what the person chose, else what
// the browser prefers, else the office's.
func (c *console) language(r *http.Request) language {
	if cookie, err := r.Cookie(languageCookie); err == nil {
		switch cookie.Value {
		case "zh":
			return chinese
		case "en":
			return english
		}
	}
	best, weight := chinese, 0.0
	if c.Language == "en" {
		best = english
	}
	for _, part := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if text, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			var err error
			if q, err = strconv.ParseFloat(text, 64); err != nil {
				continue
			}
		}
		base, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if q <= weight {
			continue
		}
		switch base {
		case "zh":
			best, weight = chinese, q
		case "en":
			best, weight = english, q
		}
	}
	return best
}

// chooseLanguage remembers a language and returns to the page.
func chooseLanguage(v *visit) error {
	lang := v.form("lang")
	if lang != "en" {
		lang = "zh"
	}
	v.setCookie(languageCookie, lang, 365*24*time.Hour)
	return v.to(localPath(v.form("back")))
}

// localPath keeps an address within this site.
func localPath(p string) string {
	if !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "\\\r\n\t") {
		return "/"
	}
	return p
}

// clock writes an instant as short as it can be understood today.
func (v *visit) clock(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	t, now := v.local(t), v.local(v.Now())
	switch {
	case t.Year() == now.Year() && t.YearDay() == now.YearDay():
		return t.Format("15:04")
	case t.Format(time.DateOnly) == now.AddDate(0, 0, -1).Format(time.DateOnly):
		return v.t("昨天 %s", t.Format("15:04"))
	case t.Year() == now.Year() && v.lang == english:
		return t.Format("2 Jan 15:04")
	case t.Year() == now.Year():
		return t.Format("1月2日 15:04")
	default:
		return t.Format("2006-01-02")
	}
}

// ago writes how long ago an instant was.
func (v *visit) ago(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	d := v.Now().Sub(t)
	if d < 90*time.Second {
		return v.t("刚刚")
	}
	return v.t("%s前", v.span(d))
}

// span writes a length of time as a person says it.
func (v *visit) span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return v.t("%d 秒", int(d/time.Second))
	case d < time.Hour:
		return v.t("%d 分钟", int(d/time.Minute))
	case d < 48*time.Hour:
		h, m := int(d/time.Hour), int(d%time.Hour/time.Minute)
		if m == 0 || h >= 10 {
			return v.t("%d 小时", h)
		}
		return v.t("%d 小时 %d 分", h, m)
	default:
		return v.t("%d 天", int(d/(24*time.Hour)))
	}
}

// bytesText writes a number of bytes.
func bytesText(n uint64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GB", n>>30)
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	default:
		return fmt.Sprintf("%d MB", n>>20)
	}
}
