package page_test

import (
	"slices"
	"testing"

	"mingbai/playlist"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/scene/typeset"
)

func deep(t testing.TB, panel playlist.Panel) (*page.Book, *playlist.Library) {
	t.Helper()
	s := specimen.Settings("liuxi", panel)
	lib, err := specimen.Deep(s)
	if err != nil {
		t.Fatal(err)
	}
	return page.New(typeset.Default(), s, specimen.Pictures), lib
}

// walk turns the page to its end and calls with every turn's regions.
func walk(t *testing.T, b *page.Book, lib *playlist.Library, v page.View, panel playlist.Panel, see func(action string)) {
	t.Helper()
	for turn := range 150 {
		f, info := b.Draw(v, lib, specimen.Now(), specimen.Online())
		for _, problem := range page.Audit(f, info, panel) {
			t.Errorf("%s, turn %d: %s", label(v), turn+1, problem)
		}
		for _, r := range f.Regions {
			see(r.Action)
		}
		if v.Scroll >= info.MaxScroll {
			return
		}
		if info.Down <= v.Scroll {
			t.Fatalf("%s does not go on at %d of %d", label(v), v.Scroll, info.MaxScroll)
		}
		v.Scroll = info.Down
	}
	t.Fatalf("%s does not end in 150 turns", label(v))
}

// From home every column of a catalogue of 353 can be reached in three touches,
// and from each of them every column above it (DOMAIN U05).
func TestDeepCatalogueIsWalked(t *testing.T) {
	panel := specimen.Portrait
	b, lib := deep(t, panel)
	depth := map[string]int{}
	next := []page.View{{Kind: page.Home}, {Kind: page.ColumnPage}}
	offered := false
	for level := range 3 {
		var found []page.View
		for _, v := range next {
			var ways []string
			walk(t, b, lib, v, panel, func(action string) { ways = append(ways, action) })
			offered = offered || v.Kind == page.Home && slices.Contains(ways, string(page.DoColumns))
			for _, w := range ways {
				a, _ := page.ParseAction(w)
				if _, known := depth[a.Arg]; a.Verb != page.DoColumn || known {
					continue
				}
				depth[a.Arg] = level + 1
				found = append(found, page.View{Kind: page.ColumnPage, Column: playlist.ColumnID(a.Arg)})
			}
			for _, up := range lib.Path(v.Column) {
				if up.ID != v.Column && !slices.Contains(ways, page.ToColumn(up.ID)) {
					t.Errorf("%s has no way up to %s", label(v), up.ID)
				}
			}
		}
		next = found
	}
	for i, v := range next {
		if i%60 != 0 {
			continue // the lowest columns are alike
		}
		var ways []string
		walk(t, b, lib, v, panel, func(action string) { ways = append(ways, action) })
		for _, up := range lib.Path(v.Column) {
			if up.ID != v.Column && !slices.Contains(ways, page.ToColumn(up.ID)) {
				t.Errorf("%s has no way up to %s", label(v), up.ID)
			}
		}
	}
	if !offered {
		t.Error("home does not lead to the columns that have no tile")
	}
	if want := specimen.DeepMain + specimen.DeepSecond + specimen.DeepThird; len(depth) != want {
		t.Errorf("%d columns are reached, want %d", len(depth), want)
	}
}

// The largest pages of the catalogue hold in every mode.
func TestDeepCatalogueHolds(t *testing.T) {
	for name, panel := range panels {
		if raceOn && name != "21-wide" || name == "43-4k" || name == "32-upright" {
			continue
		}
		b, lib := deep(t, panel)
		for _, mode := range []page.View{{}, {Large: 2, Low: true, Lang: "en"}} {
			for _, v := range []page.View{
				{Kind: page.Home}, {Kind: page.ColumnPage}, {Kind: page.ColumnPage, Column: "m3"}, {Kind: page.ColumnPage, Column: "s2"},
				{Kind: page.ColumnPage, Column: "t0"},
			} {
				v.Large, v.HighContrast, v.Low, v.Lang = mode.Large, mode.HighContrast, mode.Low, mode.Lang
				walk(t, b, lib, v, panel, func(string) {})
			}
		}
	}
}
