package page_test

import (
	"image"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
)

// scan reads the codes of a frame as a phone does.
func scan(t *testing.T, f *scene.Frame) []string {
	t.Helper()
	img := paint(f)
	var out []string
	for _, r := range whites(f) {
		bmp, err := gozxing.NewBinaryBitmapFromImage(img.SubImage(r))
		if err != nil {
			t.Fatal(err)
		}
		got, err := qrcode.NewQRCodeReader().Decode(bmp, map[gozxing.DecodeHintType]any{
			gozxing.DecodeHintType_CHARACTER_SET: "UTF-8", gozxing.DecodeHintType_TRY_HARDER: true,
		})
		if err != nil {
			t.Errorf("the code at %v cannot be read: %v", r, err)
			continue
		}
		out = append(out, got.GetText())
	}
	return out
}

// whites are the white squares on which codes stand.
func whites(f *scene.Frame) []image.Rectangle {
	var out []image.Rectangle
	for _, op := range f.Ops {
		if op.Kind == scene.OpFill && op.Color == scene.White && op.Dst.Dx() == op.Dst.Dy() && op.Dst.Dx() > 100 && op.Dst.Dx() < f.Size.X*9/10 {
			out = append(out, op.Dst)
		}
	}
	return out
}

// A phone reads from the sheet what the notice says, on every panel, in the
// dark as in high contrast; the codes are at least 50 mm wide (U12).
func TestCodesCanBeScanned(t *testing.T) {
	names := []string{"21-upright", "21-wide", "15-wide", "10-wide", "43-4k", "unknown"}
	if raceOn {
		names = names[:1]
	}
	for _, name := range names {
		panel := panels[name]
		b, lib := book(t, panel)
		for id, want := range map[playlist.NoticeID][]string{
			specimen.GuideID:        {"最低生活保障申请", "户口簿", "20 个工作日", "不收费", "本村便民服务站", "0000-6210345", "https://www.qinghe.example/zwfw/dibao-shenqing.html#"},
			specimen.FundID:         {"耕地地力保护补贴", "3,289,470.00 元", "柳溪村：417,306.50 元", "公示期：11月18日 至 11月26日", "0000-12317", "https://www.qinghe.example/zijin/2026/gengdi.html#"},
			specimen.AnnouncementID: {"12月31日前缴清", "青人社发〔2026〕58号", "0000-12333"},
			specimen.CultureID:      {"313.40 万元", "0000-6210888"},
		} {
			for _, high := range []bool{false, true} {
				v := page.View{Kind: page.NoticePage, Notice: id, Sheet: page.TakeSheet, HighContrast: high}
				f, info := b.Draw(v, lib, specimen.Now(), specimen.Online())
				said := strings.Join(scan(t, f), "\n")
				for _, text := range want {
					if !strings.Contains(said, text) {
						t.Errorf("%s: the codes of %s do not say %q but %q", name, id, text, said)
					}
				}
				for _, r := range whites(f) {
					perMM := float64(panel.Width) / float64(max(panel.WidthMM, 1))
					if mm := float64(r.Dx()) / perMM; panel.WidthMM > 0 && mm < 49.5 {
						t.Errorf("%s: a code of %s is %.1f mm wide", name, id, mm)
					}
				}
				for _, p := range page.Audit(f, info, panel) {
					t.Errorf("%s: %s: %s", name, id, p)
				}
			}
		}
	}
}

// The address of the web code proves which text was on the board.
func TestWebCodeNamesTheText(t *testing.T) {
	b, lib := book(t, specimen.Portrait)
	n, _, _, ok := lib.Notice(specimen.FundID, specimen.Now())
	if !ok {
		t.Fatal("the fund specimen is not in the library")
	}
	ref, ok := lib.Ref(n)
	if !ok {
		t.Fatal("the library does not know its own notice's address")
	}
	f, _ := b.Draw(page.View{Kind: page.NoticePage, Notice: n.ID, Sheet: page.TakeSheet}, lib, specimen.Now(), specimen.Online())
	codes := scan(t, f)
	if len(codes) != 2 {
		t.Fatalf("the sheet has %d codes", len(codes))
	}
	_, hash, _ := strings.Cut(codes[1], "#")
	if len(hash) != 16 || !strings.Contains(ref.String(), hash) {
		t.Errorf("the web code says %q, which does not name %v", codes[1], ref)
	}
}

// Printing is offered only where there is a printer.
func TestPrintNeedsPrinter(t *testing.T) {
	b, lib := book(t, specimen.Portrait)
	v := page.View{Kind: page.NoticePage, Notice: specimen.GuideID, Sheet: page.TakeSheet}
	for _, has := range []bool{false, true} {
		st := specimen.Online()
		st.Printer = has
		f, _ := b.Draw(v, lib, specimen.Now(), st)
		if got := offers(f, "print"); got != has {
			t.Errorf("with a printer: %v; printing is offered: %v", has, got)
		}
		if !offers(f, "close") {
			t.Error("the sheet can not be put away")
		}
		if offers(f, "scroll:down") || offers(f, "take") {
			t.Error("the page behind the sheet answers touches")
		}
	}
}

func offers(f *scene.Frame, action string) bool {
	for _, r := range f.Regions {
		if r.Action == action {
			return true
		}
	}
	return false
}
