package console

import (
	"strings"
	"unicode/utf8"

	"mingbai/playlist"
)

// ledForm writes a sentence for boards: an announcement that says nothing else.
// Touchscreens show the same sentence.
func ledForm() *kindForm {
	return &kindForm{
		name: "led", kind: playlist.KindAnnouncement, page: "write_led", without: []string{"title", "document", "posting", "summary", "led", "hotline"},
		words: func(v *visit) formWords {
			return formWords{Name: v.t("LED 短文"), Sentence: v.t("大屏上的一两句话：提示、标语、天气提醒。边写边看每块屏上的样子。")}
		},
		takes: func(n *playlist.Notice) bool {
			a := n.Announcement
			return a != nil && n.LED != "" && len(a.Blocks) == 1 && a.Blocks[0].Kind == playlist.Paragraph && a.Blocks[0].Text == n.LED &&
				n.Title == titleOf(n.LED) && n.Posting == nil && len(n.Pictures) == 0 && n.Summary == ""
		},
		fresh: func(v *visit, f fields) { f.Set("genre", ledGenres[0]) },
		fill: func(v *visit, f fields, n *playlist.Notice) {
			f.Set("led", n.LED)
			f.Set("genre", n.Announcement.Genre)
		},
		read: func(v *visit, f fields, n *playlist.Notice) []playlist.Problem {
			text := strings.Join(strings.Fields(f.text("led")), " ")
			a := playlist.Announcement{Genre: f.text("genre")}
			if text != "" {
				a.Blocks = []playlist.Block{{Kind: playlist.Paragraph, Text: text}}
			}
			n.LED, n.Title, n.Announcement = text, titleOf(text), &a
			return nil
		},
		field: func(v *visit, f fields, path string) (string, string, bool) {
			switch {
			case path == "announcement.genre":
				return "genre", "", true
			case path == "title" || path == "led" || strings.HasPrefix(path, "announcement."):
				return "led", "", true
			}
			return "", "", false
		},
		view: func(v *visit, f fields, n *playlist.Notice) (any, error) { return v.genres(ledGenres, f), nil },
	}
}

var ledGenres = []string{"提示", "标语", "提醒", "通知"}

const longestLEDTitle = 24 // characters

// titleOf makes the title by which lists name a sentence: its first part.
func titleOf(text string) string {
	if i := strings.IndexAny(text, "。！？；"); i > 0 && utf8.RuneCountInString(text[:i]) <= longestLEDTitle {
		return text[:i]
	}
	if r := []rune(text); len(r) > longestLEDTitle {
		return strings.TrimRight(string(r[:longestLEDTitle-1]), "，、：； ") + "…"
	}
	return strings.TrimRight(text, "。")
}
