package led

import (
	"slices"
	"strings"
	"time"

	"mingbai/playlist"
)

// seeTouch is added to what a board says of a notice with a table: rows of small
// characters are not for people who walk past.
const seeTouch = "详见触摸屏。"

func hasTable(n *playlist.Notice) bool {
	return n.Announcement != nil && slices.ContainsFunc(n.Announcement.Blocks, func(b playlist.Block) bool { return b.Kind == playlist.TableBlock })
}

// roster says who is on duty today, after the night hour who is tonight, and last
// the number to call. Before its first day, after its last, and where names are
// not for the street it is the number alone.
// Its date is the day of which it speaks.
func (b board) roster(n *playlist.Notice, o Options) []Page {
	r := n.Roster
	at := o.Now
	if at.IsZero() { // for how long a roster takes: as on its first day
		first, _ := r.Span()
		at = first.At(12*60, time.UTC)
	}
	w := r.At(at)
	var out []Page
	if n.LED != "" && !o.Totals {
		out = b.headline(n.LED)
	}
	when := "今日"
	if w.Night {
		when = "今晚"
	}
	if w.Listed && !o.Totals {
		out = append(out, b.duty(when, strings.TrimSpace(w.Shift.Lead), strings.TrimSpace(w.Answers()))...)
	}
	return b.under(append(out, b.answer("值班电话", tidy(w.Phone), Figure)...), tail{tidy(n.Issuer), w.Day.Chinese()})
}

// duty is who leads and who answers: on one page where the characters stay large,
// else each with its question.
func (b board) duty(when, lead, staff string) []Page {
	if lead == "" {
		return b.answer(when+"值班", staff, Plain)
	}
	for _, s := range sizesWithin(max(b.least, b.h/4, 24), b.h) {
		head := max(b.small, largest(s*2/3))
		lines := []Line{{Text: when, Size: head, Tone: Quiet}, {Text: "带班 " + lead, Size: s}, {Text: "值班 " + staff, Size: s}}
		if heightOf(lines) <= b.h-b.margin() && measure(lines[1].Text, s) <= b.w && measure(lines[2].Text, s) <= b.w {
			return []Page{b.put(lines...)}
		}
	}
	return append(b.answer(when+"带班", lead, Plain), b.answer(when+"值班", staff, Plain)...)
}
