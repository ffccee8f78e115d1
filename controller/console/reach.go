package console

import (
	"slices"
	"strings"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// below lists the screens of a site and below it.
func (v *visit) below(site playlist.SiteID) ([]store.Screen, error) {
	rows, err := v.Store.Screens(v.ctx)
	if err != nil {
		return nil, err
	}
	tree, err := v.sites()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(rows), func(s store.Screen) bool { return !slices.Contains(tree.PathIDs(s.Site), site) }), nil
}

// carries reports whether a screen has every tag. The kind of a screen counts as
// one of its tags, as in the rules.
func carries(s store.Screen, tags []string) bool {
	for _, t := range tags {
		if t != string(s.Kind) && !slices.Contains(s.Tags, t) {
			return false
		}
	}
	return true
}

// reached says in words which screens carry every tag.
func (v *visit) reached(screens []store.Screen, tags []string) string {
	touch, boards := 0, 0
	for _, s := range screens {
		switch {
		case !carries(s, tags):
		case s.Kind == playlist.LED:
			boards++
		default:
			touch++
		}
	}
	var parts []string
	if touch > 0 {
		parts = append(parts, v.t("%d 台触摸屏", touch))
	}
	if boards > 0 {
		parts = append(parts, v.t("%d 块 LED 屏", boards))
	}
	if len(parts) == 0 {
		return v.t("没有一块屏")
	}
	return strings.Join(parts, v.t("、"))
}

// mostNamed is how many screens are named; of more it is told how many.
const mostNamed = 3

// where ends a sentence with the screens that carry every tag, by name if they
// are few.
func (v *visit) where(screens []store.Screen, tags []string) string {
	var names []string
	for _, s := range screens {
		if carries(s, tags) {
			names = append(names, v.screenTitle(s))
		}
	}
	if len(names) == 0 || len(names) > mostNamed {
		return v.t("；在 %s 上播。", v.reached(screens, tags))
	}
	return v.t("；只在%s上播。", strings.Join(names, v.t("、")))
}

// screenTitle names a screen with its site.
func (v *visit) screenTitle(s store.Screen) string {
	return s.Name + v.t("（%s）", v.siteName(s.Site))
}

// alone finds tags that a screen carries and no other screen carries together:
// as few as may be, and those of the form first. There may be none.
func alone(screens []store.Screen, s store.Screen) []string {
	own := append(slices.Clone(s.Tags), string(s.Kind))
	only := func(tags []string) bool {
		return !slices.ContainsFunc(screens, func(o store.Screen) bool { return o.ID != s.ID && carries(o, tags) })
	}
	for _, a := range own {
		if only([]string{a}) {
			return []string{a}
		}
	}
	for i, a := range own {
		for _, b := range own[i+1:] {
			if only([]string{a, b}) {
				return []string{a, b}
			}
		}
	}
	if only(own) {
		return own
	}
	return nil
}

// tagName is a tag as it stands on pages.
func (v *visit) tagName(tag string) string {
	switch playlist.ScreenKind(tag) {
	case playlist.Touch:
		return v.t("所有触摸屏")
	case playlist.LED:
		return v.t("所有 LED 屏")
	}
	return tag
}

// mostTags is how many tags a form offers; others are typed.
const mostTags = 24

// tagsOf lists the tags of screens, those of their kinds first, then as most
// screens carry them.
func tagsOf(screens []store.Screen) []string {
	count := map[string]int{}
	var out []string
	for _, s := range screens {
		for _, t := range s.Tags {
			if count[t]++; count[t] == 1 && t != string(playlist.Touch) && t != string(playlist.LED) {
				out = append(out, t)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return count[b] - count[a] })
	out = out[:min(len(out), mostTags)]
	return append([]string{string(playlist.Touch), string(playlist.LED)}, out...)
}
