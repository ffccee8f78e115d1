package page

import (
	"strings"

	"mingbai/playlist"
)

// carried is what a code carries of a notice, as plain text of at most so many
// bytes: the title, the answers that people came for, then as much of the text
// as fits, and whom to call. whole is false when text was left out.
func (x *ctx) carried(n *playlist.Notice, most int) (text string, whole bool) {
	end := x.signOff(n)
	room := most - len(end)
	var b strings.Builder
	whole = true
	for i, line := range x.factLines(n) {
		if line == "" {
			continue
		}
		if i > 0 {
			line = "\n" + line
		}
		if b.Len()+len(line) <= room {
			b.WriteString(line)
			continue
		}
		// What does not fit ends where a sentence does, and says that it goes on.
		more := "\n" + x.w.read.carriedMore
		b.WriteString(wholeSentences(line, room-b.Len()-len(more)))
		if b.Len()+len(more) <= room {
			b.WriteString(more)
		}
		whole = false
		break
	}
	b.WriteString(end)
	return b.String(), whole
}

// signOff is where the text comes from and whom to call about it.
func (x *ctx) signOff(n *playlist.Notice) string {
	line := n.Hotline
	if line == "" {
		line = x.settings.Hotline
	}
	out := "\n" + joinDots(n.Issuer, x.w.fullDay(n.Issued))
	if line != "" {
		out += "\n" + sprintf(x.w.hotline, line)
	}
	return out
}

// wholeSentences returns the longest beginning of text of at most room bytes that
// ends where a sentence or a part of one does.
func wholeSentences(text string, room int) string {
	end := 0
	for i, r := range text {
		next := i + len(string(r))
		if next > room {
			break
		}
		if strings.ContainsRune("。；！？\n", r) {
			end = next
		}
	}
	return strings.TrimRight(text[:end], "\n")
}

// factLines is a notice in lines of plain text, what matters first.
func (x *ctx) factLines(n *playlist.Notice) []string {
	out := []string{x.title(n)}
	put := func(label, text string) {
		if text != "" {
			out = append(out, label+"："+text)
		}
	}
	switch {
	case n.Guide != nil:
		g := n.Guide
		put(x.w.howLong, g.Limit)
		put(x.w.fee, g.Fee)
		put(x.w.where, joinSpace(g.Place, g.Hours))
		put(x.w.who, g.Phone)
		for i, m := range g.Materials {
			if i == 0 {
				out = append(out, x.w.read.bringShort+"：")
			}
			out = append(out, "□ "+x.materialLine(m))
		}
		put(x.w.read.who, g.Who)
		for i, s := range g.Steps {
			if i == 0 {
				out = append(out, x.w.read.stepsShort+"：")
			}
			out = append(out, itoa(i+1)+". "+joinDots(s.Name, s.Detail, s.Limit))
		}
	case n.Fund != nil:
		f := n.Fund
		put(joinDots(f.Period, x.w.total), x.w.written(f.Total))
		if name, mine, ok := x.mine(f); ok {
			put(name, x.w.written(mine))
		}
		if st, ok := x.lib.Posting(n, x.moment); ok {
			put(x.w.read.postingShort, joinSpan(x.w, st, x.now.Year()))
			out = append(out, n.Posting.Objection)
		}
		put(x.w.purpose, f.Purpose)
		put(x.w.standard, f.Standard)
		put(x.w.approver, f.Approver)
		put(x.w.status, f.Status)
		put(x.w.document, n.Document)
	case n.Roster != nil:
		out = append(out, x.rosterLines(n)...)
	default:
		out = append(out, n.Summary)
		if st, ok := x.lib.Posting(n, x.moment); ok {
			put(x.w.read.postingShort, joinSpan(x.w, st, x.now.Year()))
			out = append(out, n.Posting.Objection)
		}
		if n.Announcement != nil {
			put(x.w.document, n.Document)
			for _, b := range n.Announcement.Blocks {
				if b.Kind != playlist.Image {
					out = append(out, b.Text)
				}
				for _, row := range b.Rows {
					out = append(out, strings.Join(row, " ｜ "))
				}
			}
		}
		if n.Media != nil {
			out = append(out, n.Media.Text)
		}
	}
	return out
}

func joinSpace(a, b string) string { return strings.TrimSpace(a + " " + b) }

// materialLine is one thing to bring, in a line.
func (x *ctx) materialLine(m playlist.Material) string {
	var parts []string
	if m.Originals > 0 {
		parts = append(parts, sprintf(x.w.original, m.Originals))
	}
	if m.Copies > 0 {
		parts = append(parts, sprintf(x.w.copies, m.Copies))
	}
	return joinDots(m.Name, joinSpace(strings.Join(parts, " "), ""), m.Note)
}

// webAddress is where the same text is on the web, with the beginning of the
// notice's content address as its fragment: it proves which text was on the
// board and says nothing of who read it (DOMAIN U12).
func (x *ctx) webAddress(n *playlist.Notice) string {
	if n.Web == "" || strings.Contains(n.Web, "#") {
		return n.Web
	}
	if ref, ok := x.lib.Ref(n); ok {
		text := ref.String()
		return n.Web + "#" + text[len(text)-64:][:16] // of the 64 hexadecimal digits
	}
	return n.Web
}

// carriedNames says what a code holds, in a person's words.
func (x *ctx) carriedNames(n *playlist.Notice) string {
	w := x.w
	var names []string
	add := func(name string, has bool) {
		if has {
			names = append(names, name)
		}
	}
	_, posted := x.lib.Posting(n, x.moment)
	switch {
	case n.Guide != nil:
		names = []string{w.read.bringLabel, w.howLong, w.fee, w.where, w.who, w.steps}
	case n.Fund != nil:
		_, _, mine := x.mine(n.Fund)
		names = append(names, w.total)
		add(w.read.mineLabel, mine)
		add(w.read.postingShort, posted)
		names = append(names, w.purpose)
		add(w.standard, n.Fund.Standard != "")
	case n.Roster != nil:
		names = append(names, w.duties.inCode, w.duties.phone, w.duties.comingName)
	default:
		add(w.inShort, n.Summary != "")
		add(w.read.postingShort, posted)
		names = append(names, w.read.textLabel)
	}
	names = append(names, w.read.hotlineLabel)
	return w.read.inCode + strings.Join(names, w.read.listComma)
}
