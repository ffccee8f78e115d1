package console

import (
	"strings"

	"mingbai/controller/fleet"
)

// conduct is what a screen's device does and should not: a bit for each of
// misconducts, so that ten thousand of them are compared and counted quickly.
type conduct uint16

var misconducts = fleet.Misconducts()

func conductOf(signs []fleet.Sign) (c conduct) {
	for _, s := range signs {
		for i, m := range misconducts {
			if s.Kind == m.Kind {
				c |= 1 << i
			}
		}
	}
	return c
}

// conductSums counts screens: all that misbehave, and those of each kind.
type conductSums struct {
	all int
	of  [16]int
}

func (s *conductSums) add(c conduct) {
	if c == 0 {
		return
	}
	s.all++
	for i := range misconducts {
		if c&(1<<i) != 0 {
			s.of[i]++
		}
	}
}

// conductSum is how many screens misbehave in one way, and where they are listed.
type conductSum struct {
	Title, Path string
	Screens     int
}

func (v *visit) conducts(sums conductSums) (out []conductSum) {
	for i, m := range misconducts {
		if n := sums.of[i]; n > 0 {
			// The title is one word of the search: of several all are looked for.
			title := v.said(m.Title)
			out = append(out, conductSum{title, sift{Only: onlyConduct, Query: title}.path(), n})
		}
	}
	return out
}

// also says what is wrong with a screen beside the first of its signs, by their
// titles: the list of all screens shows it and is searched for it.
func (v *visit) also(signs []fleet.Sign) string {
	if len(signs) < 2 {
		return ""
	}
	titles := make([]string, 0, len(signs)-1)
	for _, s := range signs[1:] {
		titles = append(titles, v.words(s.Title.Zh, s.Title.En))
	}
	return v.t("另有：%s", strings.Join(titles, v.words("、", ", ")))
}
