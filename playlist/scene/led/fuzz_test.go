package led_test

import (
	"image"
	"testing"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/scene/specimen"
)

// made is a notice of any kind made of two texts.
func made(kind uint8, title, text string, amount int64) *playlist.Notice {
	n := &playlist.Notice{ID: "fuzz", Version: 1, Kind: playlist.KindAnnouncement, Title: title, Issuer: "某局", Issued: specimen.Notices()[0].Issued}
	cut := func(i int) string {
		runes := []rune(text)
		return string(runes[min(i, len(runes)):])
	}
	switch kind % 8 {
	case 0:
		n.Summary = text
	case 1:
		n.LED = text
	case 2:
		n.Announcement = &playlist.Announcement{Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: text}}}
	case 3:
		n.Media, n.Kind = &playlist.Media{Text: text}, playlist.KindMedia
	case 4:
		n.Guide, n.Kind = &playlist.Guide{Place: text, Hours: cut(5), Phone: cut(9)}, playlist.KindGuide
	case 5:
		n.Kind, n.Hotline = playlist.KindFund, cut(20)
		n.Fund = &playlist.Fund{Period: cut(12), Total: playlist.Amount(amount), Tables: []playlist.FundTable{{
			By: "village", Sites: []playlist.SiteID{"a", "b", "liuxi"},
			Columns: []playlist.FundColumn{{Name: cut(3), Type: playlist.TextColumn}, {Name: cut(6), Unit: "元", Type: playlist.SumColumn, Money: true}},
			Rows:    [][]string{{title, "1.50"}, {text, playlist.Amount(amount).Plain()}, {cut(2), "12"}, {"短"}, {cut(4), "x"}},
		}}}
	default:
		colours := []playlist.AlertColour{playlist.Red, playlist.Orange, playlist.Yellow, playlist.Blue, ""}
		n.Kind = playlist.KindAlert
		n.Alert = &playlist.Alert{Type: title, Colour: colours[int(kind/8)%5], Area: cut(7), Action: text, Exercise: kind%16 > 7, Lifted: kind%8 == 7, Start: specimen.Now().Now}
	}
	return n
}

// FuzzPaginate lays notices of every kind out on boards of every size: there are
// pages, they have time, and all that they say lies on the board.
func FuzzPaginate(f *testing.F) {
	f.Add(uint8(0), "关于停水的通知", "11月23日停水，请储水。", int64(5), uint16(192), uint16(64), uint8(0))
	f.Add(uint8(1), "（（（", "", int64(-7), uint16(64), uint16(16), uint8(24))
	f.Add(uint8(2), "A very long title without any Chinese in it", "1234567890123456789012345678901234567890", int64(1), uint16(320), uint16(32), uint8(16))
	f.Add(uint8(4), "最低生活保障申请", "本村便民服务站", int64(0), uint16(96), uint16(16), uint8(12))
	f.Add(uint8(5), "柳溪村", "二〇二六年耕地地力保护补贴发放公示，各村金额", int64(1<<62), uint16(384), uint16(128), uint8(40))
	f.Add(uint8(6), "暴雨", "立即转移到高处和安置点，不要过桥、不要趟水", int64(0), uint16(65), uint16(47), uint8(9))
	f.Add(uint8(14), "森林火险", "禁止一切野外用火", int64(0), uint16(64), uint16(16), uint8(0))
	f.Add(uint8(15), "", "〔\n〕 \u3000 é𠀀", int64(0), uint16(1920), uint16(540), uint8(128))
	f.Add(uint8(0), "关于停水的通知", "11月23日停水。", int64(4), uint16(91), uint16(195), uint8(28)) // 演练 wider than the board
	f.Fuzz(func(t *testing.T, kind uint8, title, text string, amount int64, w, h uint16, least uint8) {
		if len(title)+len(text) > 1200 || w < 64 || w > 1920 || h < 16 || h > 540 {
			return
		}
		panel := playlist.Panel{Width: int(w), Height: int(h)}
		o := led.Options{Totals: kind > 127, Own: []playlist.SiteID{"liuxi"}, Exercise: amount%2 == 0, Least: int(least), Zone: specimen.Zone}
		pages := led.Paginate(made(kind, title, text, amount), panel, o)
		if len(pages) == 0 {
			t.Fatal("no pages")
		}
		for i, p := range pages {
			if p.Dwell < 6*time.Second {
				t.Fatalf("page %d stands for %v", i+1, p.Dwell)
			}
			inside(t, led.Frame(p, panel, time.Second, specimen.Now(), nil), p)
		}
	})
}

// inside holds that every character's cell lies on the board, or as much of it as
// has dots.
func inside(t *testing.T, f *scene.Frame, p led.Page) {
	t.Helper()
	board := image.Rectangle{Max: f.Size}
	for _, op := range f.Ops {
		if op.Kind == scene.OpFill && !op.Dst.In(board) {
			t.Fatalf("a field at %v lies outside", op.Dst)
		}
		if op.Kind != scene.OpMask || p.Marquee {
			continue
		}
		room := board
		if op.Clip != (image.Rectangle{}) {
			room = room.Intersect(op.Clip)
		}
		for i, v := range op.Mask.Pix {
			if at := op.Dst.Min.Add(image.Pt(i%op.Mask.W, i/op.Mask.W)); v != 0 && !at.In(room) {
				t.Fatalf("%q: a character at %v is cut off by %v", p.Text(), op.Dst, room)
			}
		}
	}
}
