package page_test

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/speech"
)

// A document leads to its explanation and back, near the top of both.
func TestDocumentAndExplanation(t *testing.T) {
	b, lib := book(t, specimen.Portrait)
	for from, to := range map[playlist.NoticeID]playlist.NoticeID{
		specimen.AnnouncementID: specimen.ExplanationID, specimen.ExplanationID: specimen.AnnouncementID,
	} {
		f, info := b.Draw(page.View{Kind: page.NoticePage, Notice: from}, lib, specimen.Now(), specimen.Online())
		found := false
		for _, r := range f.Regions {
			if r.Action == page.ToNotice(to) && r.Area.Max.Y < (info.Viewport.Min.Y+info.Viewport.Max.Y)/2+200 && strings.HasPrefix(r.Label, "看") {
				found = true
			}
		}
		if !found {
			t.Errorf("%s does not lead to %s in its upper half", from, to)
		}
	}
}

// An objection can be raised while the posting period runs and opinions can be
// stored, and at no other time.
func TestObjectionWhilePosted(t *testing.T) {
	action := page.Action{Verb: page.DoObject, Arg: string(specimen.FundID)}.String()
	over := *specimen.Notices()[3]
	if over.ID != specimen.FundID {
		t.Fatalf("the specimen is %s", over.ID)
	}
	ended := *over.Posting
	ended.From = ended.From.AddDays(-60)
	over.ID, over.Posting = "ended", &ended
	b, lib := book(t, specimen.Portrait, &over)
	takes, deaf := specimen.Online(), specimen.Online()
	takes.Feedback, deaf.Feedback = true, false
	for _, c := range []struct {
		id   playlist.NoticeID
		st   page.Status
		want bool
	}{{specimen.FundID, takes, true}, {specimen.FundID, deaf, false}, {"ended", takes, false}} {
		f, _ := b.Draw(page.View{Kind: page.NoticePage, Notice: c.id}, lib, specimen.Now(), c.st)
		if got := offers(f, strings.Replace(action, string(specimen.FundID), string(c.id), 1)); got != c.want {
			t.Errorf("%s with feedback %v: an objection is offered: %v", c.id, c.st.Feedback, got)
		}
	}
}

// Where the reader's village stands far down a table a button leads to its row,
// and the row is then in sight under the header.
func TestOwnRowIsFound(t *testing.T) {
	n := *specimen.Notices()[3]
	f := *n.Fund
	tab := f.Tables[0]
	tab.Rows, tab.Sites = nil, nil
	for i := range 60 {
		site, name := playlist.SiteID(fmt.Sprintf("v%d", i)), fmt.Sprintf("某%d村", i)
		if i == 44 {
			site, name = "liuxi", "柳溪村"
		}
		tab.Rows = append(tab.Rows, []string{name, "10", "100.0", "95.00", "9500.00"})
		tab.Sites = append(tab.Sites, site)
	}
	f.Tables, f.Total, f.Sources = []playlist.FundTable{tab}, 60*9500*100, nil
	n.ID, n.Fund = "far", &f
	for _, panel := range []playlist.Panel{specimen.Portrait, specimen.Landscape} {
		b, lib := book(t, panel, &n)
		v := page.View{Kind: page.NoticePage, Notice: "far"}
		drawn, info := b.Draw(v, lib, specimen.Now(), specimen.Online())
		if !offers(drawn, "scroll:own") {
			t.Fatal("no button leads to the village's row")
		}
		v.Scroll = info.Own
		drawn, info = b.Draw(v, lib, specimen.Now(), specimen.Online())
		header, row := image.Rectangle{}, image.Rectangle{}
		for _, x := range info.Texts {
			switch x.Text {
			case "村（社区）":
				header = x.Ink()
			case "柳溪村":
				if !x.Chrome && x.Area.Min.Y > header.Max.Y {
					row = x.Ink()
				}
			}
		}
		if header.Empty() || row.Empty() || row.Min.Y < header.Max.Y || row.Min.Y > info.Viewport.Min.Y+info.Viewport.Dy()/2 {
			t.Errorf("at %d the header is at %v and the row at %v", v.Scroll, header, row)
		}
		for _, p := range page.Audit(drawn, info, panel) {
			t.Error(p)
		}
	}
}

// The other periods of a fund are listed on its page.
func TestOtherPeriods(t *testing.T) {
	n := *specimen.Notices()[3]
	n.ID, n.Title = "last-year", strings.Replace(n.Title, "2026", "2025", 1)
	n.Issued.Year--
	b, lib := book(t, specimen.Portrait, &n)
	v := page.View{Kind: page.NoticePage, Notice: specimen.FundID}
	for range 9 {
		f, info := b.Draw(v, lib, specimen.Now(), specimen.Online())
		if offers(f, page.ToNotice("last-year")) {
			return
		}
		if info.Down <= v.Scroll {
			break
		}
		v.Scroll = info.Down
	}
	t.Error("last year's notice of the same fund is nowhere on the page")
}

// Every line that is read aloud is marked where it stands, wherever the page is
// scrolled to, and the page says where that is.
func TestSpokenLinesAreMarked(t *testing.T) {
	for _, panel := range []playlist.Panel{specimen.Portrait, specimen.Landscape} {
		if raceOn && panel != specimen.Portrait {
			continue
		}
		b, lib := book(t, panel)
		for _, id := range []playlist.NoticeID{specimen.AnnouncementID, specimen.GuideID, specimen.FundID, specimen.MediaID} {
			n, _, _, _ := lib.Notice(id, specimen.Now())
			lines := speech.Script(n)
			if len(lines) < 3 {
				t.Errorf("%s is read in %d lines", id, len(lines))
			}
			lost := 0
			for _, l := range lines {
				v := page.View{Kind: page.NoticePage, Notice: id, Spoken: l.Text}
				_, info := b.Draw(v, lib, specimen.Now(), specimen.Online())
				if info.Spoken.Empty() {
					lost++
					t.Logf("%s: %q is not on the page", id, l.Text)
					continue
				}
				v.Scroll = min(max(info.Spoken.Min.Y-100, 0), info.MaxScroll)
				v.Moving = true
				shown, info := b.Draw(v, lib, specimen.Now(), specimen.Online())
				v.Spoken = ""
				silent, _ := b.Draw(v, lib, specimen.Now(), specimen.Online())
				if len(shown.Ops) <= len(silent.Ops)-20 || shown.Equal(silent) {
					t.Errorf("%s: %q is not marked at %v of %d", id, l.Text, info.Spoken, info.ContentHeight)
				}
			}
			if lost*4 > len(lines) {
				t.Errorf("%d of the %d lines of %s are not on its page", lost, len(lines), id)
			}
		}
	}
}

// Text on the tint of the line that is read aloud is as legible as on paper:
// 4.5:1, 7:1 in high contrast.
func TestSpokenLineIsLegible(t *testing.T) {
	b, lib := book(t, specimen.Portrait)
	for _, high := range []bool{false, true} {
		n, _, _, _ := lib.Notice(specimen.GuideID, specimen.Now())
		v := page.View{Kind: page.NoticePage, Notice: n.ID, Spoken: n.Guide.Who, HighContrast: high}
		f, info := b.Draw(v, lib, specimen.Now(), specimen.Online())
		at := info.Spoken.Add(image.Pt(0, info.Viewport.Min.Y))
		ground := paint(f).RGBAAt(at.Min.X-3, (at.Min.Y+at.Max.Y)/2)
		pal, least := scene.Standard(), 4.5
		if high {
			pal, least = scene.HighContrast(), 7
		}
		if !high && ground == pal.Paper {
			t.Fatalf("at %v nothing is tinted", at)
		}
		if got := contrast(pal.Secondary, ground); got < least {
			t.Errorf("high contrast %v: small text stands %.2f:1 on the tint", high, got)
		}
	}
}

// contrast is WCAG's ratio of two colours' luminance.
func contrast(a, b color.RGBA) float64 {
	light := func(c color.RGBA) float64 {
		lin := func(v uint8) float64 {
			x := float64(v) / 255
			if x <= 0.03928 {
				return x / 12.92
			}
			return math.Pow((x+0.055)/1.055, 2.4)
		}
		return 0.2126*lin(c.R) + 0.7152*lin(c.G) + 0.0722*lin(c.B)
	}
	x, y := light(a)+0.05, light(b)+0.05
	return max(x, y) / min(x, y)
}
