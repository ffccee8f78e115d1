package page_test

import (
	"image"
	"strconv"
	"strings"
	"testing"
	"time"

	"mingbai/assets/fonts"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/scene/typeset"
)

func book(t testing.TB, panel playlist.Panel, with ...*playlist.Notice) (*page.Book, *playlist.Library) {
	t.Helper()
	s := specimen.Settings("liuxi", panel)
	lib, err := specimen.Library(s, with...)
	if err != nil {
		t.Fatal(err)
	}
	return page.New(typeset.Default(), s, specimen.Pictures), lib
}

// says reports whether the page carries the text.
func says(info page.Info, text string) bool {
	for _, t := range info.Texts {
		if strings.Contains(t.Text, text) {
			return true
		}
	}
	return false
}

func TestSameInputSameFrame(t *testing.T) {
	b, lib := book(t, specimen.Portrait)
	for _, v := range specimen.Views() {
		f, one := b.Draw(v, lib, specimen.Now(), specimen.Online())
		g, two := b.Draw(v, lib, specimen.Now(), specimen.Online())
		if !f.Equal(g) {
			t.Errorf("drawing %v twice gives two frames", v)
		}
		if one.Characters != two.Characters || one.Down != two.Down || one.MaxScroll != two.MaxScroll {
			t.Errorf("drawing %v twice gives %d and %d characters, %d and %d to scroll", v, one.Characters, two.Characters, one.MaxScroll, two.MaxScroll)
		}
	}
}

// A page that cannot be drawn is the site's own card, never an empty frame.
func TestNeverBlank(t *testing.T) {
	b, lib := book(t, specimen.Portrait)
	for _, v := range []page.View{
		{}, {Kind: "nonsense"}, {Kind: page.NoticePage, Notice: "gone"}, {Kind: page.ColumnPage, Column: "gone"},
		{Kind: page.Attract, Notice: "gone"},
	} {
		for _, l := range []*playlist.Library{lib, nil} {
			_, info := b.Draw(v, l, specimen.Now(), page.Status{})
			if !says(info, "柳溪村") || !says(info, "0000-12317") {
				t.Errorf("view %+v does not show the site and its hotline", v)
			}
		}
	}
	empty := page.New(typeset.Default(), playlist.Settings{Screen: playlist.Screen{Panel: specimen.Portrait}}, nil)
	if f, _ := empty.Draw(page.View{Kind: page.Fallback}, nil, specimen.Now(), page.Status{}); len(f.Ops) == 0 {
		t.Error("a screen without settings shows nothing")
	}
}

// An exercise says so on every page of the screen, over everything else.
func TestExerciseOnEveryPage(t *testing.T) {
	b, lib := book(t, specimen.Portrait, specimen.Exercise())
	for _, v := range specimen.Views() {
		switch v.Kind {
		case page.Pairing, page.Identify, page.Fallback:
			continue
		}
		if v.Notice == specimen.AlertID {
			continue // not in this library
		}
		if _, info := b.Draw(v, lib, specimen.Now(), specimen.Online()); !says(info, "演练") {
			t.Errorf("%v %v does not say that there is an exercise", v.Kind, v.Notice)
		}
	}
}

// The bar stands at the same pixels on every page that has one.
func TestBarInTheSamePlace(t *testing.T) {
	for _, panel := range []playlist.Panel{specimen.Portrait, specimen.Landscape} {
		if raceOn && panel == specimen.Landscape {
			continue
		}
		b, lib := book(t, panel)
		var want map[string]image.Rectangle
		for _, v := range specimen.Views() {
			if v.Idle > 0 || v.Low {
				continue // the dialog stands over it; the low mode has its own place
			}
			f, _ := b.Draw(v, lib, specimen.Now(), specimen.Online())
			got := map[string]image.Rectangle{}
			for _, r := range f.Regions {
				switch a, _ := page.ParseAction(r.Action); a.Verb {
				case page.DoHome, page.DoBack, page.DoLarge, page.DoRead, page.DoLang, page.DoEnd:
					if _, lower := got[r.Action]; !lower { // a page may have a way of its own above the bar
						got[r.Action] = r.Area
					}
				}
			}
			if len(got) == 0 {
				continue
			}
			if want == nil {
				want = got
			}
			for action, area := range want {
				if v.Lang != "en" && got[action] != area {
					t.Errorf("%v: %s is at %v, elsewhere at %v", v.Kind, action, got[action], area)
				}
			}
		}
	}
}

func TestFundSaysWhenSumsDisagree(t *testing.T) {
	n := *specimen.Notices()[3]
	if n.Fund == nil {
		t.Fatal("the specimen is not a fund notice")
	}
	f := *n.Fund
	f.Total += playlist.Wan
	f.Sources = nil
	n.ID, n.Fund = "falsch", &f
	b, lib := book(t, specimen.Landscape, &n)
	v := page.View{Kind: page.NoticePage, Notice: "falsch"}
	for range 9 {
		_, info := b.Draw(v, lib, specimen.Now(), specimen.Online())
		if says(info, "合计相符") {
			t.Fatal("the page says that sums agree which do not")
		}
		if says(info, "合计不符") {
			return
		}
		v.Scroll = info.Down
	}
	t.Error("the page does not say that the sums disagree")
}

func TestActions(t *testing.T) {
	for _, s := range []string{"home", "end", "column:funds", "notice:a-1", "scroll:down", "scroll:own", "table:left", "picture:next"} {
		if a, ok := page.ParseAction(s); !ok || a.String() != s {
			t.Errorf("%q parses to %v, %v", s, a, ok)
		}
	}
	for _, s := range []string{"", "home:", "home:x", "column:", "column:A", "notice:../x", "scroll:sideways", "format"} {
		if a, ok := page.ParseAction(s); ok {
			t.Errorf("%q parses to %v", s, a)
		}
	}
}

func FuzzParseAction(f *testing.F) {
	for _, s := range []string{"home", "column:funds", "notice:x", "scroll:down", "table:", ":"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if a, ok := page.ParseAction(s); ok && a.String() != s {
			t.Errorf("%q comes back as %q", s, a)
		}
	})
}

func TestSlide(t *testing.T) {
	b, lib := book(t, specimen.Portrait)
	from, _ := b.Draw(page.View{Kind: page.Home}, lib, specimen.Now(), specimen.Online())
	to, info := b.Draw(page.View{Kind: page.NoticePage, Notice: specimen.GuideID}, lib, specimen.Now(), specimen.Online())
	within := info.Page
	if got := page.Slide(from, to, within, page.Forward, 1); got != to {
		t.Error("a finished slide is not the new page")
	}
	for _, p := range []float64{0, 0.3, 0.9} {
		f := page.Slide(from, to, within, page.Forward, p)
		for _, op := range f.Ops {
			if op.Clip != (image.Rectangle{}) && op.Dst.Intersect(op.Clip).Empty() {
				t.Fatalf("at %v an operation paints nothing", p)
			}
		}
		if len(f.Regions) != 0 {
			t.Errorf("at %v the page answers touches", p)
		}
	}
	// At the start the old page stands where it stood.
	start, old := paint(page.Slide(from, to, within, page.Forward, 0)), paint(from)
	for _, at := range []image.Point{{100, 250}, {540, 800}, {900, 1500}} {
		if start.RGBAAt(at.X, at.Y) != old.RGBAAt(at.X, at.Y) {
			t.Errorf("at the start pixel %v is not the old page's", at)
		}
	}
	if page.SlideTime != 180*time.Millisecond || page.FadeTime != 400*time.Millisecond {
		t.Error("the movements have other durations than LOOK.md says")
	}
}

func TestFade(t *testing.T) {
	b, lib := book(t, specimen.Portrait)
	from, _ := b.Draw(page.View{Kind: page.Attract, Notice: specimen.FundID}, lib, specimen.Now(), specimen.Online())
	to, _ := b.Draw(page.View{Kind: page.Attract, Notice: specimen.GuideID}, lib, specimen.Now(), specimen.Online())
	middle := paint(page.Fade(from, to, 0.5))
	for _, at := range []image.Point{{100, 300}, {300, 350}, {70, 60}} {
		got := middle.RGBAAt(at.X, at.Y)
		for i, c := range [3][2]uint8{{got.R, to.Ground.R}, {got.G, to.Ground.G}, {got.B, to.Ground.B}} {
			if d := int(c[0]) - int(c[1]); d > 36 || d < -36 {
				t.Errorf("half way channel %d of pixel %v is %d, far from the ground", i, at, c[0])
			}
		}
	}
	blank := true
	for i := 4; i < len(middle.Pix) && blank; i++ {
		blank = middle.Pix[i] == middle.Pix[i-4]
	}
	if blank {
		t.Error("half way the screen is blank: that is a flash")
	}
	if page.Fade(from, to, 1) != to {
		t.Error("a finished fade is not the new slide")
	}
}

func paint(f *scene.Frame) *image.RGBA {
	img := image.NewRGBA(image.Rectangle{Max: f.Size})
	scene.Paint(img, f)
	return img
}

// BenchmarkFirstPaint lays pages out that were never opened before, in a setter
// that has set no text yet, against painting the same frame on the CPU. A page
// turn has 300 ms (DOMAIN U15).
func BenchmarkFirstPaint(b *testing.B) {
	for _, v := range []page.View{
		{Kind: page.Home}, {Kind: page.ColumnPage, Column: "funds"}, {Kind: page.NoticePage, Notice: specimen.AnnouncementID},
		{Kind: page.NoticePage, Notice: specimen.GuideID}, {Kind: page.NoticePage, Notice: specimen.FundID}, {Kind: page.NoticePage, Notice: specimen.MediaID},
		{Kind: page.NoticePage, Notice: specimen.GuideID, Sheet: page.TakeSheet}, {Kind: page.PicturePage, Notice: specimen.FundID},
		{Kind: page.PicturePage, Notice: specimen.FundID, Zoom: 200}, {Kind: page.SearchPage}, {Kind: page.OpinionPage}, {Kind: page.ThanksPage},
	} {
		b.Run(string(v.Kind)+" "+string(v.Notice)+" "+string(v.Sheet)+strconv.Itoa(v.Zoom), func(b *testing.B) {
			s := specimen.Settings("liuxi", specimen.Portrait)
			lib, err := specimen.Library(s)
			if err != nil {
				b.Fatal(err)
			}
			var draw, floor time.Duration
			for b.Loop() {
				b.StopTimer()
				setter := typeset.New(fonts.Sans(), fonts.Bold(), fonts.Serif())
				if err := setter.Warm(typeset.Sans, typeset.Bold, typeset.Serif); err != nil {
					b.Fatal(err)
				}
				fresh := page.New(setter, s, specimen.Pictures)
				b.StartTimer()
				start := time.Now()
				f, _ := fresh.Draw(v, lib, specimen.Now(), specimen.Online())
				middle := time.Now()
				paint(f)
				draw, floor = draw+middle.Sub(start), floor+time.Since(middle)
			}
			b.ReportMetric(float64(draw)/float64(max(floor, 1)), "ratio")
			b.ReportMetric(draw.Seconds()*1000/float64(b.N), "ms/first")
		})
	}
}

func BenchmarkDraw(b *testing.B) {
	book, lib := book(b, specimen.Portrait)
	for _, id := range []playlist.NoticeID{specimen.AnnouncementID, specimen.GuideID, specimen.FundID} {
		b.Run(string(id), func(b *testing.B) {
			v := page.View{Kind: page.NoticePage, Notice: id}
			for b.Loop() {
				v.Scroll = (v.Scroll + 7) % 400
				v.Moving = true
				book.Draw(v, lib, specimen.Now(), specimen.Online())
			}
		})
	}
}
