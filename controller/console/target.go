package console

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mingbai/assets"
	"mingbai/playlist"
)

// target is one size of screen on which a notice will be seen.
type target struct {
	Screen   playlist.Screen // one of them, or an example
	Language string          // of its pages, empty for the office's
	Count    int             // screens of this size
	Outdoor  bool            // all of them stand in the street: totals only
	Any      bool            // no screen is there yet; the size is an example
}

func (t target) size() string {
	return fmt.Sprintf("%dx%d", t.Screen.Panel.Width, t.Screen.Panel.Height)
}

// example is a target where no screen is.
func example(kind playlist.ScreenKind, panel playlist.Panel) target {
	return target{Screen: playlist.Screen{ID: "s-example", Kind: kind, Panel: panel}, Any: true}
}

// panelOf reads a panel from an address: touch or led, and 1080x1920.
func panelOf(kind, size string) (playlist.ScreenKind, playlist.Panel, bool) {
	w, h, ok := strings.Cut(size, "x")
	width, err1 := strconv.Atoi(w)
	height, err2 := strconv.Atoi(h)
	k := playlist.ScreenKind(kind)
	if !ok || err1 != nil || err2 != nil || width < 32 || height < 8 || width > maxPanel || height > maxPanel || k != playlist.Touch && k != playlist.LED {
		return k, playlist.Panel{}, false
	}
	return k, playlist.Panel{Width: width, Height: height}, true
}

// targetOf reads what an address names: a screen, or an example.
func (v *visit) targetOf() (target, error) {
	if name := v.query("screen"); name != "" {
		id, err := playlist.ParseScreenID(name)
		if err != nil {
			return target{}, assets.ErrNotFound
		}
		row, err := v.Store.Screen(v.ctx, id)
		return target{Screen: row.Screen, Language: row.Language, Count: 1, Outdoor: v.query("outdoor") != ""}, err
	}
	kind, panel, ok := panelOf(v.query("kind"), v.query("panel"))
	if !ok {
		return target{}, assets.ErrNotFound
	}
	panel.Colours = playlist.LEDColours(v.query("colours"))
	t := example(kind, panel)
	t.Outdoor = v.query("outdoor") != ""
	return t, nil
}

// targets finds the sizes of screens at a site and below, the most common of
// each kind first: one touchscreen and at most two boards.
func (v *visit) targets(site playlist.SiteID) ([]target, error) {
	rows, err := v.Store.Screens(v.ctx)
	if err != nil {
		return nil, err
	}
	tree, err := v.sites()
	if err != nil {
		return nil, err
	}
	type key struct {
		kind          playlist.ScreenKind
		width, height int
	}
	found := map[key]*target{}
	for _, s := range rows {
		if !slices.Contains(tree.PathIDs(s.Site), site) {
			continue
		}
		k := key{s.Kind, s.Panel.Width, s.Panel.Height}
		if found[k] == nil {
			found[k] = &target{Screen: s.Screen, Outdoor: true}
		}
		t := found[k]
		t.Count++
		t.Outdoor = t.Outdoor && s.Outdoor
		if t.Screen.Panel.Pitch() == 0 && s.Panel.Pitch() > 0 {
			t.Screen = s.Screen // it can be told how far away it is read
		}
	}
	var all []target
	for _, t := range found {
		all = append(all, *t)
	}
	slices.SortFunc(all, func(a, b target) int {
		return cmp.Or(cmp.Compare(b.Screen.Kind, a.Screen.Kind), cmp.Compare(b.Count, a.Count), cmp.Compare(b.size(), a.size()))
	})
	var out []target
	touch, boards := 0, 0
	for _, t := range all {
		switch {
		case t.Screen.Kind == playlist.Touch && touch < 1:
			touch++
			out = append(out, t)
		case t.Screen.Kind == playlist.LED && boards < 2:
			boards++
			out = append(out, t)
		}
	}
	if touch == 0 {
		out = append([]target{example(playlist.Touch, playlist.Panel{Width: 1080, Height: 1920})}, out...)
	}
	if boards == 0 {
		out = append(out, example(playlist.LED, playlist.Panel{Width: 192, Height: 64}))
	}
	return out, nil
}

// label says what a preview shows.
func (v *visit) label(t target) string {
	size := panelText(t.Screen.Panel)
	switch {
	case t.Any && t.Screen.Kind == playlist.Touch:
		return v.t("范围内还没有触摸屏，样例 %s", size)
	case t.Any:
		return v.t("范围内还没有 LED 屏，样例 %s", size)
	case t.Screen.Kind == playlist.Touch:
		return v.t("将显示在 %d 台触摸屏（%s）", t.Count, size)
	default:
		return v.t("将显示在 %d 块 LED 屏（%s）", t.Count, size)
	}
}

// sample says on what a preview is, for a notice of whose place on screens
// something else tells.
func (v *visit) sample(t target) string {
	size := panelText(t.Screen.Panel)
	if t.Screen.Kind == playlist.LED {
		return v.t("在 LED 屏上的样子（%s）", size)
	}
	return v.t("在触摸屏上的样子（%s）", size)
}
