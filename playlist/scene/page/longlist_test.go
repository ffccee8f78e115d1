package page_test

import (
	"fmt"
	"slices"
	"testing"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
)

// A column of a county holds thousands of notices. Its page lists the latest and
// leads on to the search, so that a frame of a scroll never sets thousands of
// rows.
func TestLongListEndsWithTheSearch(t *testing.T) {
	var many []*playlist.Notice
	for _, n := range specimen.Notices() {
		if n.ID != specimen.AnnouncementID {
			continue
		}
		for i := range 700 {
			more := *n
			more.ID, more.Column = playlist.NoticeID(fmt.Sprintf("n-%d", i)), "funds"
			many = append(many, &more)
		}
	}
	for name, panel := range panels {
		b, lib := book(t, panel, many...)
		for _, v := range []page.View{
			{Kind: page.ColumnPage, Column: "funds"}, {Kind: page.Latest, Lang: "en"}, {Kind: page.ColumnPage, Column: "funds", Large: 2},
		} {
			_, info := b.Draw(v, lib, specimen.Now(), specimen.Online())
			if info.Characters > 20000 {
				t.Errorf("%s: %s lays out %d characters", name, v.Kind, info.Characters)
			}
			v.Scroll = info.MaxScroll
			f, info := b.Draw(v, lib, specimen.Now(), specimen.Online())
			if !slices.ContainsFunc(f.Regions, func(r scene.Region) bool {
				return r.Action == "search" && r.Area.Overlaps(info.Viewport) && r.Area.Dx() > info.Viewport.Dx()/4
			}) {
				t.Errorf("%s: the end of %s does not lead to the search", name, v.Kind)
			}
			for _, problem := range page.Audit(f, info, panel) {
				t.Errorf("%s %s: %s", name, v.Kind, problem)
			}
		}
	}
}
