package typeset

import (
	"image"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
	"weak"

	"mingbai/assets/fonts"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/golden"
)

func texts(p *Para) []string {
	var out []string
	for _, l := range p.Lines {
		out = append(out, l.Text)
	}
	return out
}

func ems(n int) (Style, int) { return Style{Size: 20, Color: scene.Ink, Align: Justify}, n * 20 }

func TestBreaks(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		ems        int
		want       []string
	}{
		{"fits", "公示期七个工作日", 8, []string{"公示期七个工作日"}},
		{"closing mark does not start a line", "一二三四五六七八，九十百千万亿", 8,
			[]string{"一二三四五六七", "八，九十百千万亿"}},
		{"a closing mark gives up its half to fit", "一二三，五六七，八九十百千万", 0,
			[]string{"一二三，五六七，", "八九十百千万"}},
		{"opening mark does not end a line", "一二三四五六七（八九十百千万亿）", 8,
			[]string{"一二三四五六七", "（八九十百千万亿）"}},
		{"no last line of one character", "一二三四五六七八九十百千万亿兆吉时", 8,
			[]string{"一二三四五六七八", "九十百千万亿兆", "吉时"}},
		{"a mark does not save an orphan", "一二三四五六七八九十百千万亿兆吉时。", 8,
			[]string{"一二三四五六七八", "九十百千万亿兆", "吉时。"}},
		{"a range of hours stays whole", "周一至周五上午9:00—17:30办理", 7,
			[]string{"周一至周五上", "午9:00—17:30", "办理"}},
		{"a number keeps its unit", "望川镇共有村社二2026年", 10,
			[]string{"望川镇共有村社二", "2026年"}},
		{"a Chinese dash stays whole", "一二三四五六七——八九十百千万亿兆", 8,
			[]string{"一二三四五六七", "——八九十百千万", "亿兆"}},
		{"hard breaks", "甲\n\n乙\r\n丙", 8, []string{"甲", "", "乙", "丙"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			st, w := ems(tt.ems)
			if tt.ems == 0 {
				w = 145 // seven and a quarter ems
			}
			if got := texts(Default().Paragraph(tt.text, st, w)); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestJustifiedLinesEndTogether(t *testing.T) {
	st, _ := ems(0)
	p := Default().Paragraph("根据《青禾县耕地地力保护补贴实施方案》（青农发〔2026〕41号），现将望川镇22个村（社区）2026年补贴面积、标准、金额予以公示。公示期自2026年11月18日至11月26日，共7个工作日。", st, 415)
	if len(p.Lines) < 4 {
		t.Fatalf("%d lines", len(p.Lines))
	}
	for _, l := range p.Lines[:len(p.Lines)-1] {
		if l.Width != 400 {
			t.Errorf("line %q is %d wide, want 20 whole ems in 415 pixels", l.Text, l.Width)
		}
	}
}

func TestAdjacentMarksAreSqueezed(t *testing.T) {
	st := Style{Size: 20}
	for text, want := range map[string]int{
		"社":       20,
		"社）":      40,
		"社）、":     50,
		"社）（":     50,
		"社。”":     50,
		"（社）":     50, // an opening mark at the start of a line gives up its half
		"（《社》）":   70,
		"社《“社”》社": 120,
	} {
		if got := Default().Width(text, st); got != want {
			t.Errorf("%s is %d wide, want %d", text, got, want)
		}
	}
	st.Align = End
	if got := Default().Width("标准（元）", st); got != 90 {
		t.Errorf("set to the right, 标准（元） is %d wide, want 90", got)
	}
}

func TestNumeralsLineUp(t *testing.T) {
	for _, role := range []Role{Sans, Bold} { // titles keep the serif's own figures
		for size := 12; size < 100; size += 7 {
			st := Style{Role: role, Size: size}
			want := Default().Width("000,000.00", st)
			for _, n := range []string{"371,089.11", "417,306.50", "111,111.11"} {
				if got := Default().Width(n, st); got != want {
					t.Errorf("role %d size %d: %s is %d wide, 000,000.00 is %d", role, size, n, got, want)
				}
			}
		}
	}
}

func TestFitStepsDown(t *testing.T) {
	st := Style{Role: Serif, Size: 60, Leading: 75}
	title := "青禾县2026年城乡居民基本养老保险待遇领取资格认证工作通告"
	p := Default().Fit(title, st, 952, 2, 40)
	if len(p.Lines) != 2 || p.Style.Size != 60 {
		t.Errorf("a title that fits is set in %d lines of %d", len(p.Lines), p.Style.Size)
	}
	p = Default().Fit(title, st, 700, 2, 40)
	if len(p.Lines) != 2 || p.Style.Size >= 60 || p.Style.Size < 40 || p.Style.Leading != (75*p.Style.Size+30)/60 {
		t.Errorf("a long title is set in %d lines of %d, leading %d", len(p.Lines), p.Style.Size, p.Style.Leading)
	}
	if p = Default().Fit(title, st, 200, 2, 40); p.Style.Size != 40 || len(p.Lines) < 3 {
		t.Errorf("a title too long for its place is set in %d lines of %d", len(p.Lines), p.Style.Size)
	}
}

func TestClamp(t *testing.T) {
	st := Style{Size: 20}
	p := Default().Clamp("家庭人均收入低于低保标准的本县户籍居民可以申请", st, 200, 1)
	if len(p.Lines) != 1 || !strings.HasSuffix(p.Text, "…") || p.Width > 200 || utf8.RuneCountInString(p.Text) < 9 {
		t.Errorf("clamped to %q, %d wide", p.Text, p.Width)
	}
	if p := Default().Clamp("短", st, 200, 1); p.Text != "短" {
		t.Errorf("what fits is clamped to %q", p.Text)
	}
}

func TestAlignment(t *testing.T) {
	for align, want := range map[Align]int{Start: 0, End: 140, Centre: 70, Justify: 0} {
		p := Default().Paragraph("三个字", Style{Size: 20, Align: align}, 200)
		if got := p.Lines[0].X; got != want || p.Width != 60 {
			t.Errorf("aligned %d: begins at %d, want %d; width %d", align, got, want, p.Width)
		}
	}
}

func TestMissing(t *testing.T) {
	if got := Missing("青禾县 2026年——“公示”\n\t㐀䶵龥鿕，e\u0301"); len(got) != 0 {
		t.Errorf("characters of GB 18030 level 2 are reported: %q", got)
	}
	if got := Missing("张\U0002A6C7家\U0001F600\U0002A6C7"); !slices.Equal(got, []rune{0x2A6C7, 0x1F600}) {
		t.Errorf("missing %U", got)
	}
	var lacking []rune
	// The serif lacks the names of five elements, which the bold stands in for.
	faces := []Role{Sans, Bold, Serif}
	for r := rune(0x3400); r <= 0x9FFF; r++ {
		if r > 0x4DBF && r < 0x4E00 {
			continue
		}
		for _, role := range faces {
			if role == Serif && r >= 0x9FEB {
				continue
			}
			if _, ok := Default().face(role).Glyph(r); !ok {
				lacking = append(lacking, r)
			}
		}
	}
	// The standard's second level ends the blocks at U+4DB5 and U+9FEF.
	lacking = slices.DeleteFunc(lacking, func(r rune) bool { return r > 0x9FEF || r > 0x4DB5 && r < 0x4E00 })
	if len(lacking) > 0 {
		t.Errorf("%d characters of GB 18030 level 2 have no glyph in some face, the first %U", len(lacking), lacking[0])
	}
}

func TestAMissingCharacterIsMarked(t *testing.T) {
	p := Default().Line("张\U0002A6C7家", Style{Size: 20})
	q := Default().Line("张〓家", Style{Size: 20})
	if p.Width != q.Width || len(p.Lines[0].Glyphs) != 3 || p.Lines[0].Glyphs[1] != q.Lines[0].Glyphs[1] {
		t.Error("a character without a glyph is not set as 〓")
	}
}

func TestGlyphsAndParagraphsAreShared(t *testing.T) {
	st := Style{Size: 20, Color: scene.Ink}
	a, b := Default().Line("公示", st), Default().Line("公示", st)
	if a != b {
		t.Error("a paragraph that was set before is set again")
	}
	c := Default().Line("示公", st)
	if a.Lines[0].Glyphs[0].Mask != c.Lines[0].Glyphs[1].Mask {
		t.Error("a glyph that was drawn before is drawn again")
	}
}

func TestOpsAreCut(t *testing.T) {
	p := Default().Paragraph("一二三四五六七八九十百千", Style{Size: 20, Color: scene.Ink}, 120)
	clip := image.Rect(30, 10, 90, 45)
	all := p.Ops(image.Pt(10, 0), image.Rectangle{})
	for _, op := range all {
		if op.Clip != (image.Rectangle{}) {
			t.Fatal("an operation is cut without a clip")
		}
	}
	cut := p.Ops(image.Pt(10, 0), clip)
	var want []scene.Op
	for _, op := range all {
		if !op.Dst.Overlaps(clip) {
			continue
		}
		if !op.Dst.In(clip) {
			op.Clip = op.Dst.Intersect(clip)
		}
		want = append(want, op)
	}
	if !slices.Equal(cut, want) {
		t.Errorf("cutting gives %d operations, want %d", len(cut), len(want))
	}
}

func TestGoldenSample(t *testing.T) {
	s := Default()
	c := scene.NewCanvas(1080, 1720, scene.Paper)
	y := 40
	put := func(p *Para) {
		p.Draw(c, image.Pt(64, y))
		y += p.Height + 24
	}
	title := Style{Role: Serif, Size: 60, Leading: 76, Color: scene.Ink, Balance: true}
	put(s.Fit("2026年耕地地力保护补贴发放公示", title, 952, 2, 40))
	put(s.Fit("青禾县2026年城乡居民基本养老保险待遇领取资格认证工作的通告", title, 952, 2, 40))
	body := Style{Size: 32, Leading: 52, Color: scene.Ink, Align: Justify, Indent: 2}
	put(s.Paragraph("根据《青禾县耕地地力保护补贴实施方案》（青农发〔2026〕41号），现将望川镇22个村（社区）2026年补贴面积、标准、金额予以公示。公示期自2026年11月18日至11月26日，共7个工作日。对名单或金额有异议，可在这里提出，或拨打0000-12317，3个工作日内答复。\n"+
		"办公时间：上午9:00—12:00，下午13:30—17:30（法定节假日除外）；网址：https://www.qinghe.example.gov.cn/zwgk/fdzdgknr/2026/11/notice-000118.html?from=kiosk&page=1。\n"+
		"“十四五”以来，全县累计投入资金1,286.40万元，同比增长3.5%；其中：中央303万元、省级10.4万元……——以上数据由财政局提供。", body, 952))
	body.Indent = 0
	put(s.Paragraph("家庭人均收入低于低保标准的本县户籍居民可以申请，由村（社区）便民服务站或者镇窗口当天受理并出具回执单。", body, 952))
	put(s.Paragraph("家庭人均收入低于低保标准的本县户籍居民可以申请，由村服务站或镇窗口当天受理并出具回", body, 952-13*32))
	put(s.Paragraph("The village’s “service station” accepts applications on weekdays, 9:00–17:30; bring your ID card (original and 1 copy) and your household register.", Style{Size: 32, Leading: 48, Color: scene.Secondary}, 952))
	row := y
	for i, n := range []string{"371,089.00", "417,306.50", "65,027.50", "1,412,726.00", "95.11"} {
		p := s.Line(n, Style{Size: 32, Role: Role(i % 2), Leading: 44, Color: scene.Ink})
		p.Draw(c, image.Pt(500-p.Width, row))
		row += p.Height
	}
	narrow := Style{Size: 28, Color: scene.Secondary}
	s.Paragraph("镇里两人上门10个工作日内", narrow, 220).Draw(c, image.Pt(64, y))
	s.Paragraph("《中华人民共和国政府信息公开条例》", narrow, 224).Draw(c, image.Pt(560, y))
	narrow.Align = End
	s.Paragraph("标准（元/亩）\n金额（元）\n公示中", narrow, 200).Draw(c, image.Pt(816, y))
	c.VLine(1016, y, row, 1, scene.Party)
	golden.Frame(t, "sample", c.Frame(), 1)
}

func TestFacesThatCannotBeRead(t *testing.T) {
	s := New(nil, []byte("not a font"), nil)
	if err := s.Warm(Sans, Bold); err == nil {
		t.Error("reading no font reports no error")
	}
	if got := s.Missing("公示"); string(got) != "公示" {
		t.Errorf("without faces %q is missing", string(got))
	}
	if p := s.Paragraph("公示，2026", Style{Size: 20}, 60); len(p.Lines) == 0 || len(p.Lines[0].Glyphs) != 0 {
		t.Error("without faces something is drawn")
	}
	if err := s.SetRare([]byte("nor this")); err == nil {
		t.Error("adding what is no font reports no error")
	}
	// What an edition brings along is used at once, also for text that was set
	// before.
	if err := s.SetRare(fonts.Sans()); err != nil {
		t.Fatal(err)
	}
	if got := s.Missing("公示"); len(got) != 0 {
		t.Errorf("with a face added %q is missing", string(got))
	}
	if p := s.Paragraph("公示，2026", Style{Size: 20}, 60); len(p.Lines[0].Glyphs) == 0 {
		t.Error("with a face added nothing is drawn")
	}
}

func TestASetterIsShared(t *testing.T) {
	s := New(fonts.Sans(), fonts.Bold(), fonts.Serif())
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for n := range 20 {
				s.Paragraph(page1500[n*30:n*30+300], Style{Size: 16 + i%3, Role: Role(i % 3)}, 200)
				s.Clamp("家庭人均收入低于低保标准", Style{Size: 20}, 100+n, 1)
			}
		})
	}
	wait.Wait()
}

func TestForgottenTextLeavesMemory(t *testing.T) {
	s := Default()
	p := s.Paragraph("张三的电话 13800000000", Style{Role: Sans, Size: 30, Leading: 40}, 900)
	held := weak.Make(p)
	runtime.KeepAlive(p)
	runtime.GC()
	if held.Value() == nil {
		t.Fatal("set text is not kept at all")
	}
	s.Forget()
	runtime.GC()
	if held.Value() != nil {
		t.Error("forgotten text is still in memory")
	}
	if texts, _, _ := s.Held(); texts != 0 {
		t.Errorf("%d texts are kept", texts)
	}
}
