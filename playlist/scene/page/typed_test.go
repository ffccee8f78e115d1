package page_test

import (
	"fmt"
	"image"
	"math"
	"strings"
	"testing"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/search"
)

// actions are the regions of a page by action.
func actions(f *scene.Frame) map[string]image.Rectangle {
	out := map[string]image.Rectangle{}
	for _, r := range f.Regions {
		out[r.Action] = r.Area
	}
	return out
}

// keysOf are the keys that a pad must have.
func keysOf(pad page.Pad) []string {
	letters := map[page.Pad]string{page.PinyinPad: "abcdefghijklmnopqrstuvwxyz", page.StrokePad: "hspnz", page.DigitPad: "0123456789"}
	return append(strings.Split(letters[pad], ""), "delete", "clear")
}

// Every key of every pad is there, 15 mm or more and 3 mm from the next (U01),
// on every panel and wherever the page stands.
func TestKeysAreLargeAndApart(t *testing.T) {
	for name, panel := range panels {
		perMM := float64(panel.Width) / float64(panel.WidthMM)
		if panel.WidthMM == 0 {
			perMM = math.Hypot(float64(panel.Width), float64(panel.Height)) / 546
		}
		b, lib := book(t, panel)
		for _, pad := range []page.Pad{page.PinyinPad, page.StrokePad, page.DigitPad} {
			for _, v := range []page.View{
				{Kind: page.SearchPage, Typing: &page.Typing{Pad: pad}},
				{Kind: page.SearchPage, Low: true, Typing: &page.Typing{Pad: pad}},
				{Kind: page.OpinionPage, Typing: &page.Typing{Pad: pad, Field: page.TextField}},
				{Kind: page.OpinionPage, Low: true, Large: 2, Typing: &page.Typing{Pad: pad, Field: page.TextField}},
			} {
				f, _ := b.Draw(v, lib, specimen.Now(), specimen.Online())
				have := actions(f)
				for _, k := range keysOf(pad) {
					if _, ok := have["key:"+k]; !ok {
						t.Errorf("%s, %s, %s: there is no key %q", name, v.Kind, pad, k)
					}
				}
				var keys []scene.Region
				for _, r := range f.Regions {
					if strings.HasPrefix(r.Action, "key:") || strings.HasPrefix(r.Action, "pad:") {
						keys = append(keys, r)
					}
				}
				for i, r := range keys {
					if mm := float64(min(r.Area.Dx(), r.Area.Dy())+1) / perMM; mm < 15 {
						t.Errorf("%s, %s, %s: %s is %.1f mm", name, v.Kind, pad, r.Action, mm)
					}
					for _, o := range keys[:i] {
						across := max(r.Area.Min.X-o.Area.Max.X, o.Area.Min.X-r.Area.Max.X)
						down := max(r.Area.Min.Y-o.Area.Max.Y, o.Area.Min.Y-r.Area.Max.Y)
						if mm := float64(max(across, down)+1) / perMM; mm < 3 {
							t.Errorf("%s, %s, %s: %s and %s are %.1f mm apart", name, v.Kind, pad, o.Action, r.Action, mm)
						}
					}
				}
			}
		}
	}
}

// A key that goes down changes at once, and nothing but the key changes.
func TestPressedKey(t *testing.T) {
	for _, contrast := range []bool{false, true} {
		b, lib := book(t, specimen.Portrait)
		v := page.View{Kind: page.SearchPage, HighContrast: contrast, Typing: &page.Typing{Pad: page.PinyinPad}}
		up, _ := b.Draw(v, lib, specimen.Now(), specimen.Online())
		v.Pressed = "key:k"
		down, _ := b.Draw(v, lib, specimen.Now(), specimen.Online())
		changed := scene.Damage(up, down)
		if len(changed) == 0 {
			t.Errorf("contrast %v: a pressed key looks like any other", contrast)
		}
		for _, r := range changed {
			if !r.In(actions(up)["key:k"]) {
				t.Errorf("contrast %v: pressing K changes %v", contrast, r)
			}
		}
	}
}

// hit is a result with one notice in it.
func hit(n *playlist.Notice, marks ...search.Span) *search.Result {
	return &search.Result{Total: 1, Groups: []search.Group{{
		Kinds: []playlist.Kind{n.Kind}, Total: 1, Hits: []search.Hit{{Notice: n, Title: marks}},
	}}}
}

// What matched is set apart by weight and colour, and nothing else is.
func TestMatchIsMarked(t *testing.T) {
	b, lib := book(t, specimen.Portrait)
	n, _, _, _ := lib.Notice(specimen.AnnouncementID, specimen.Now())
	draw := func(r *search.Result) *scene.Frame {
		f, info := b.Draw(page.View{Kind: page.SearchPage, Typing: &page.Typing{Keys: "ylbx", Result: r}}, lib, specimen.Now(), specimen.Online())
		if !says(info, n.Title) {
			t.Fatal("the title of what was found is not on the page")
		}
		return f
	}
	blue := func(f *scene.Frame) (count int) {
		row := actions(f)[page.ToNotice(n.ID)]
		for _, op := range f.Ops {
			if op.Kind == scene.OpMask && op.Color == scene.Government && op.Dst.In(row) {
				count++
			}
		}
		return count
	}
	if got := blue(draw(hit(n))); got != 0 {
		t.Errorf("%d characters are marked where nothing matches", got)
	}
	// 养老保险 in the title, and a span that says too much.
	if got := blue(draw(hit(n, search.Span{From: 14, To: 18}))); got != 4 {
		t.Errorf("%d characters are marked, 4 match", got)
	}
	if got := blue(draw(hit(n, search.Span{From: 20, To: 999}))); got != len([]rune(n.Title))-20 {
		t.Errorf("%d characters are marked of a span to the end", got)
	}
}

func TestSearchPage(t *testing.T) {
	b, lib := book(t, specimen.Portrait)
	draw := func(ty *page.Typing) (map[string]image.Rectangle, page.Info) {
		f, info := b.Draw(page.View{Kind: page.SearchPage, Typing: ty}, lib, specimen.Now(), specimen.Online())
		return actions(f), info
	}
	// Before anything is typed one can already go somewhere.
	if open, _ := draw(nil); open[page.ToNotice(specimen.GuideID)].Empty() {
		t.Error("the empty search page suggests no guide")
	}
	if _, info := draw(&page.Typing{Pad: page.StrokePad, Keys: "hspnz"}); !says(info, "一丨丿丶乛") || !says(info, "正在准备") {
		t.Error("strokes are not shown as strokes, or the wait for the index is not told")
	}
	none, info := draw(&page.Typing{Keys: "xqv", Result: &search.Result{}})
	if !says(info, "XQV") || !says(info, "0000-12317") || none["opinion"].Empty() || none["home"].Empty() {
		t.Error("who finds nothing is not told what was looked for, who to call and where else to look")
	}
	// However much is typed, its end can be seen.
	long := strings.Repeat("zhong", 8) + "x"
	if _, info := draw(&page.Typing{Keys: long}); !says(info, "ZHONGX") {
		t.Error("the end of a long search is not shown")
	}
}

// A form is submitted without a key; its keys come when a field is touched.
func TestFormWithoutKeys(t *testing.T) {
	b, lib := book(t, specimen.Portrait)
	v := page.View{Kind: page.OpinionPage}
	f, info := b.Draw(v, lib, specimen.Now(), specimen.Online())
	have := actions(f)
	for _, want := range []string{"topic:0", "topic:5", "field:text", "field:contact", "submit"} {
		if have[want].Empty() {
			t.Errorf("the form has no %s", want)
		}
	}
	if !have["key:a"].Empty() || !says(info, "不记名") || !says(info, "就可以提交") {
		t.Error("the form shows keys, or does not say that it is anonymous and what it waits for")
	}
	v.Typing = &page.Typing{Topics: 4}
	if _, info = b.Draw(v, lib, specimen.Now(), specimen.Online()); says(info, "就可以提交") {
		t.Error("a form with a topic still waits")
	}
	v.Typing = &page.Typing{Text: "路灯不亮", Contact: "0000621", Problem: "等十分钟再来"}
	_, info = b.Draw(v, lib, specimen.Now(), specimen.Online())
	for _, want := range []string{"等十分钟再来", "路灯不亮", "0000621"} {
		if !says(info, want) {
			t.Errorf("after a refusal the form does not say %q", want)
		}
	}
	shut, info := b.Draw(v, lib, specimen.Now(), page.Status{Online: true})
	if _, open := actions(shut)["submit"]; open || !says(info, "0000-12317") {
		t.Error("a machine that cannot store opinions asks for them, or does not say who to call")
	}
}

func TestComposing(t *testing.T) {
	for name, panel := range panels {
		b, lib := book(t, panel)
		for from := range 3 {
			ty := &page.Typing{Pad: page.PinyinPad, Field: page.TextField, Text: "路灯", Keys: "bul", From: from * 4}
			for i := range 30 {
				ty.Candidates = append(ty.Candidates, []string{"不亮", "布料", "不利于", "部"}[i%4])
			}
			f, info := b.Draw(page.View{Kind: page.OpinionPage, Typing: ty}, lib, specimen.Now(), specimen.Online())
			have := actions(f)
			picks := 0
			for i := range ty.Candidates {
				if !have[fmt.Sprintf("pick:%d", i)].Empty() {
					picks++
				}
			}
			if picks == 0 || picks != info.Candidates || have[fmt.Sprintf("pick:%d", ty.From)].Empty() {
				t.Errorf("%s: %d candidates can be touched from %d on, Info says %d", name, picks, ty.From, info.Candidates)
			}
			if have["more:next"].Empty() || have["more:prev"].Empty() != (from == 0) {
				t.Errorf("%s: from candidate %d one cannot go where there is more", name, ty.From)
			}
			if !says(info, "路灯BUL") || have["field:none"].Empty() {
				t.Errorf("%s: what is being written is not shown, or cannot be put away", name)
			}
		}
	}
}

// What is as long as it may be is shown by its end and breaks nothing.
func TestFullFields(t *testing.T) {
	ty := &page.Typing{Pad: page.StrokePad, Field: page.TextField, Keys: strings.Repeat("hspnz", 8), Text: strings.Repeat("村口的路灯不亮了，", 55) + "请修。", Contact: strings.Repeat("0", 40)}
	for name, panel := range panels {
		b, lib := book(t, panel)
		for large := range 3 {
			for _, field := range []page.Field{page.NoField, page.TextField, page.ContactField} {
				use := *ty
				use.Field = field
				f, info := b.Draw(page.View{Kind: page.OpinionPage, Large: large, Typing: &use}, lib, specimen.Now(), specimen.Online())
				for _, p := range page.Audit(f, info, panel) {
					t.Errorf("%s, size %d, field %q: %s", name, large, field, p)
				}
			}
		}
	}
}

func TestThanks(t *testing.T) {
	b, lib := book(t, specimen.Landscape)
	f, info := b.Draw(page.View{Kind: page.ThanksPage, Notice: specimen.FundID, Typing: &page.Typing{Number: "4827 16"}}, lib, specimen.Now(), specimen.Online())
	if !says(info, "已提交") || !says(info, "4827 16") || !says(info, "0000-12317") || actions(f)[page.ToNotice(specimen.FundID)].Empty() {
		t.Error("the page does not say that it is done, by which number to ask whom, or leads not back to the notice")
	}
}

// The rating stands at the end of notices, where it can be stored.
func TestRating(t *testing.T) {
	b, lib := book(t, specimen.Portrait)
	end := func(st page.Status) map[string]image.Rectangle {
		v := page.View{Kind: page.NoticePage, Notice: specimen.GuideID}
		_, info := b.Draw(v, lib, specimen.Now(), st)
		v.Scroll = info.MaxScroll
		f, _ := b.Draw(v, lib, specimen.Now(), st)
		return actions(f)
	}
	for _, score := range []string{"rate:1", "rate:2", "rate:3"} {
		if end(specimen.Online())[score].Empty() {
			t.Errorf("a guide ends without %s", score)
		}
		if _, there := end(page.Status{Online: true})[score]; there {
			t.Errorf("%s is offered where it cannot be stored", score)
		}
	}
}

// Whatever was typed, there is a page.
func FuzzTyping(f *testing.F) {
	b, lib := book(f, playlist.Panel{Width: 1280, Height: 800, WidthMM: 217, HeightMM: 136})
	f.Add("ylbx", "路灯", 0, byte(0))
	f.Add("hspnz", "a\nb", -3, byte(9))
	f.Fuzz(func(t *testing.T, keys, text string, from int, how byte) {
		ty := &page.Typing{
			Pad: []page.Pad{page.PinyinPad, page.StrokePad, page.DigitPad, "x"}[how%4], Keys: keys, Text: text, Contact: keys,
			Field: []page.Field{page.NoField, page.TextField, page.ContactField, "y"}[how/4%4], From: from, Candidates: strings.Fields(text),
			Result: hit(lib.List(playlist.Query{}, specimen.Now())[0], search.Span{From: from, To: from + len(keys)}),
		}
		for _, kind := range []page.Kind{page.SearchPage, page.OpinionPage} {
			if frame, _ := b.Draw(page.View{Kind: kind, Typing: ty, Low: how&128 != 0}, lib, specimen.Now(), specimen.Online()); len(frame.Ops) == 0 {
				t.Error("nothing is drawn")
			}
		}
	})
}

func BenchmarkSearchPage(b *testing.B) {
	book, lib := book(b, specimen.Portrait)
	var r search.Result
	for _, n := range lib.List(playlist.Query{}, specimen.Now()) {
		one := hit(n, search.Span{From: 1, To: 4})
		r.Groups, r.Total = append(r.Groups, one.Groups...), r.Total+1
	}
	v := page.View{Kind: page.SearchPage, Typing: &page.Typing{Keys: "ylbx", Result: &r}}
	for b.Loop() {
		book.Draw(v, lib, specimen.Now(), specimen.Online())
	}
}
