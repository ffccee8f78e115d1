package page_test

import (
	"slices"
	"strings"
	"testing"

	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
)

// The audit sees each fault that a page is given.
func TestAuditSees(t *testing.T) {
	b, lib := book(t, specimen.Portrait)
	for want, spoil := range map[string]func(f *scene.Frame, info *page.Info){
		"contrast":         func(f *scene.Frame, _ *page.Info) { f.Ground = scene.Ink },
		"less than 8 mm":   func(_ *scene.Frame, info *page.Info) { info.Large = 1 },
		"out of reach":     func(_ *scene.Frame, info *page.Info) { info.Reach = 400 },
		"does not say":     func(f *scene.Frame, _ *page.Info) { f.Regions[0].Label = "" },
		"does nothing":     func(f *scene.Frame, _ *page.Info) { f.Regions[0].Action = "format" },
		"share":            func(f *scene.Frame, _ *page.Info) { f.Regions[2].Area.Min.X -= 40 },
		"less than 15 mm":  func(f *scene.Frame, _ *page.Info) { f.Regions[0].Area.Max.X = f.Regions[0].Area.Min.X + 30 },
		"lies on":          func(_ *scene.Frame, info *page.Info) { info.Texts = append(info.Texts, info.Texts[0]) },
		"leaves the frame": func(_ *scene.Frame, info *page.Info) { info.Texts[0].Clip.Min.X -= 5 },
	} {
		f, info := b.Draw(page.View{Kind: page.NoticePage, Notice: specimen.GuideID}, lib, specimen.Now(), specimen.Online())
		if problems := page.Audit(f, info, specimen.Portrait); len(problems) > 0 {
			t.Fatalf("the page has faults before it is given any: %v", problems)
		}
		spoil(f, &info)
		if got := page.Audit(f, info, specimen.Portrait); !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, want) }) {
			t.Errorf("%q is not seen; seen is %v", want, got)
		}
	}
}
