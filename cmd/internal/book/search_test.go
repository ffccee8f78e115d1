package book

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/hanzi"
	"mingbai/playlist/search"
)

// Every notice of the sample county is found by the first four characters of its
// title, spelt out, by their initials and by their strokes, and by its telephone.
func TestEveryNoticeIsFound(t *testing.T) {
	p, err := Open("liuxi", Upright, time.Date(2026, time.November, 22, 10, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	x := search.Build(p.Library)
	all := p.Library.List(playlist.Query{}, p.Moment)
	if len(all) < 80 {
		t.Fatalf("the sample has only %d notices here", len(all))
	}
	for _, n := range all {
		var full, initials, strokes string
		for _, r := range n.Title {
			if readings := hanzi.ReadingsInUse(r); len(readings) > 0 && len(initials) < 4 {
				full, initials, strokes = full+readings[0], initials+readings[0][:1], strokes+hanzi.StrokeOrder(r)
			} else if !strings.ContainsRune("“”《》（） ·", r) && len(initials) < 4 {
				full, initials, strokes = "", "", "" // only what stands together
			}
			if len(initials) == 4 {
				break
			}
		}
		if len(initials) < 4 {
			continue
		}
		for _, q := range []search.Query{
			{Mode: search.Pinyin, Keys: full}, {Mode: search.Pinyin, Keys: initials}, {Mode: search.Strokes, Keys: strokes},
			{Mode: search.Digits, Keys: n.Hotline},
		} {
			if q.Limit = 200; q.Keys == "" {
				continue
			}
			if !finds(x.Find(q, p.Moment), n) {
				t.Errorf("%s %s does not find %q", q.Mode, q.Keys, n.Title)
			}
		}
	}
}

func finds(r *search.Result, n *playlist.Notice) bool {
	return slices.ContainsFunc(r.Groups, func(g search.Group) bool {
		return slices.ContainsFunc(g.Hits, func(h search.Hit) bool { return h.Notice == n && h.Exact })
	})
}
