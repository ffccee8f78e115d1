package listing

import (
	"slices"
	"strconv"
	"strings"

	"mingbai/playlist"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Change is a field that differs.
type Change struct {
	Field         Described
	Before, After string
}

// Apply puts what the file says into a copy of a notice, leaving fields alone of
// which it does not speak.
func (it *Item) Apply(base *playlist.Notice) playlist.Notice {
	n := *base
	g := playlist.Guide{}
	if base.Guide != nil {
		g = *base.Guide
	}
	n.Kind, n.Guide = playlist.KindGuide, &g
	from := it.Notice
	if from.Guide == nil {
		return n
	}
	for f := range it.Has {
		if to := line(&n, f); to != nil {
			*to = *line(&from, f)
			continue
		}
		switch f {
		case Basis:
			g.Basis = slices.Clone(from.Guide.Basis)
		case Conditions:
			g.Conditions = slices.Clone(from.Guide.Conditions)
		case Tips:
			g.Tips = slices.Clone(from.Guide.Tips)
		case Steps:
			g.Steps = slices.Clone(from.Guide.Steps)
		case Materials:
			g.Materials = slices.Clone(from.Guide.Materials)
		}
	}
	return n
}

// Compare lists the fields in which two guides differ.
func Compare(before, after *playlist.Notice) []Change {
	var out []Change
	for _, d := range Fields {
		if d.Field == Column {
			continue // judged by who knows the catalogue
		}
		if a, b := Show(before, d.Field), Show(after, d.Field); a != b {
			out = append(out, Change{Field: d, Before: a, After: b})
		}
	}
	return out
}

// Show gives a field as it is written into a sheet.
func Show(n *playlist.Notice, f Field) string {
	if n.Guide == nil {
		c := *n
		c.Guide = &playlist.Guide{}
		n = &c
	}
	if l := line(n, f); l != nil {
		return *l
	}
	g := n.Guide
	switch f {
	case Basis:
		return strings.Join(g.Basis, "\n")
	case Conditions:
		return strings.Join(g.Conditions, "\n")
	case Tips:
		return strings.Join(g.Tips, "\n")
	case Steps:
		lines := make([]string, len(g.Steps))
		for i, s := range g.Steps {
			lines[i] = barred(s.Name, s.Detail, s.Limit)
		}
		return strings.Join(lines, "\n")
	case Materials:
		lines := make([]string, len(g.Materials))
		for i, m := range g.Materials {
			var pieces []string
			if m.Originals > 0 {
				pieces = append(pieces, "原件"+itoa(m.Originals))
			}
			if m.Copies > 0 {
				pieces = append(pieces, "复印"+itoa(m.Copies))
			}
			optional := ""
			if m.Optional {
				optional = "视情况"
			}
			lines[i] = barred(m.Name, strings.Join(pieces, " "), m.Note, optional)
		}
		return strings.Join(lines, "\n")
	}
	return ""
}

// barred joins parts with | and leaves out empty ones at the end, but for the
// first of them, so that a material is told from a text.
func barred(parts ...string) string {
	n := len(parts)
	for n > 1 && parts[n-1] == "" {
		n--
	}
	return strings.TrimSpace(strings.Join(parts[:n], " | "))
}
