package specimen

import (
	"image"
	"image/color"
	"math"
	"sync"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/schedule"
)

// Zone is the time zone of the specimens.
var Zone = time.FixedZone("CST", 8*60*60)

// Now is the moment of every specimen: Friday 20 November 2026, 09:30.
func Now() schedule.Moment {
	return schedule.Sure(time.Date(2026, time.November, 20, 9, 30, 0, 0, Zone))
}

// Panels of the specimens.
var (
	Portrait  = playlist.Panel{Width: 1080, Height: 1920, WidthMM: 268, HeightMM: 476}
	Landscape = playlist.Panel{Width: 1920, Height: 1080, WidthMM: 476, HeightMM: 268}
	Board     = playlist.Panel{Width: 192, Height: 64, WidthMM: 1920, HeightMM: 640, Colours: playlist.FullColour}
	Strip     = playlist.Panel{Width: 320, Height: 32, WidthMM: 3200, HeightMM: 320, Colours: playlist.SingleColour}
)

// Settings are those of a screen with the given panel. own is the site that it
// stands at: "liuxi", a village, or "hall", the county's service hall.
func Settings(own playlist.SiteID, panel playlist.Panel) playlist.Settings {
	kind := playlist.Touch
	if panel.Height < 400 {
		kind = playlist.LED
	}
	county := playlist.SiteName{ID: "qinghe", Kind: playlist.County, Name: "青禾县", NameEn: "Qinghe County"}
	s := playlist.Settings{
		Revision: 1,
		Screen:   playlist.Screen{ID: "s-specimen", Site: own, Kind: kind, Name: "一楼大厅 1 号触摸屏", Place: "一楼大厅", Panel: panel},
		Hotline:  "0000-12317", Duty: "大厅值班台 0000-6210000", Zone: "Asia/Shanghai",
	}
	if kind == playlist.LED {
		s.Screen.Name = "一楼大厅东侧屏"
	}
	if own == "liuxi" {
		s.Path = []playlist.SiteName{
			{ID: "liuxi", Kind: playlist.Village, Name: "柳溪村", NameEn: "Liuxi Village"},
			{ID: "wangchuan", Kind: playlist.Town, Name: "望川镇", NameEn: "Wangchuan Town"}, county,
		}
		s.Screen.Place = "村便民服务站"
	} else {
		s.Path = []playlist.SiteName{{ID: "hall", Kind: playlist.Hall, Name: "青禾县政务服务中心", NameEn: "Qinghe County Service Centre"}, county}
	}
	for _, p := range s.Path {
		s.Channels = append(s.Channels,
			playlist.ChannelGrant{Channel: playlist.ChannelID{Site: p.ID}, Keys: [][]byte{make([]byte, 32)}},
			playlist.ChannelGrant{Channel: playlist.ChannelID{Site: p.ID, Alert: true}, Keys: [][]byte{make([]byte, 32)}})
	}
	return s
}

// Columns is the catalogue of the specimens.
func Columns() []playlist.Column {
	return []playlist.Column{
		{ID: "social", Name: "社保与养老", NameEn: "Social insurance", Hint: "参保登记、待遇领取、资格认证", Field: playlist.Government, Tile: 1},
		{ID: "medical", Name: "医保与看病", NameEn: "Health insurance", Hint: "异地就医、门诊报销、医疗救助", Field: playlist.Government, Tile: 2},
		{ID: "papers", Name: "户口与证件", NameEn: "Registration, ID", Hint: "落户迁移、身份证、居住证", Field: playlist.Government, Tile: 3},
		{ID: "relief", Name: "低保与救助", NameEn: "Relief", Hint: "低保、特困、临时救助", Field: playlist.Government, Tile: 4},
		{ID: "funds", Name: "惠民资金公示", NameEn: "Public funds", Hint: "补贴发给谁、发了多少", Field: playlist.Money, Tile: 5},
		{ID: "village", Name: "村务公开", NameEn: "Village affairs", Hint: "望川镇 22 个村（社区）", Field: playlist.VillageDo, Tile: 6},
		{ID: "policy", Name: "政策与解读", NameEn: "Policies", Hint: "文件全文，配一看就懂的说明", Field: playlist.Government, Tile: 7},
		{ID: "party", Name: "党务公开", NameEn: "Party affairs", Hint: "决议、任免、民生承诺", Field: playlist.Party, Tile: 8},
		{ID: "funds-farm", Parent: "funds", Name: "惠农补贴", NameEn: "Farm subsidies", Field: playlist.Money},
		{ID: "funds-culture", Parent: "funds", Name: "文化专项", NameEn: "Culture", Field: playlist.Money},
		{ID: "funds-poor", Parent: "funds", Name: "救助资金", NameEn: "Relief funds", Field: playlist.Money},
		{ID: "funds-road", Parent: "funds", Name: "农村道路", NameEn: "Rural roads", Field: playlist.Money},
	}
}

// Library is what the screen may show. with adds notices, for example an alert.
func Library(s playlist.Settings, with ...*playlist.Notice) (*playlist.Library, error) {
	return library(s, Columns(), with)
}

func library(s playlist.Settings, columns []playlist.Column, with []*playlist.Notice) (*playlist.Library, error) {
	bySite := map[playlist.ChannelID][]*playlist.Notice{}
	for _, n := range append(Notices(), with...) {
		ch := playlist.ChannelID{Site: n.Site, Alert: n.Kind == playlist.KindAlert}
		bySite[ch] = append(bySite[ch], n)
	}
	var loaded []playlist.Loaded
	for _, g := range s.Channels {
		in := playlist.CompileInput{
			Channel: g.Channel, Revision: 1, Created: time.Date(2026, time.November, 20, 9, 28, 0, 0, Zone),
			Notices: bySite[g.Channel],
		}
		if g.Channel.Site == "qinghe" && !g.Channel.Alert {
			in.Columns = columns
			in.Playlists = []playlist.Playlist{{ID: "daily", Name: "日常", Latest: &playlist.Select{Count: 12}}}
			in.Rules = []schedule.Rule{{ID: "daily", Name: "每天", Playlist: "daily", Level: schedule.Normal}}
		}
		e, _, err := playlist.Compile(in)
		if err != nil {
			return nil, err
		}
		l := playlist.Loaded{Edition: e, Notices: map[playlist.NoticeID]*playlist.Notice{}}
		for _, n := range in.Notices {
			l.Notices[n.ID] = n
		}
		loaded = append(loaded, l)
	}
	return playlist.NewLibrary(s, loaded)
}

// PictureRef is the content address of the specimens' picture.
var PictureRef = assets.RefOf([]byte("specimen picture"))

// FormRef is the content address of the specimens' page of paper.
var FormRef = assets.RefOf([]byte("specimen form"))

// Pictures is a page.Pictures that knows the specimens' pictures: terraced hills
// under a morning sky, and a page of paper.
func Pictures(ref assets.Ref) (image.Image, error) {
	if ref == FormRef {
		return form1(), nil
	}
	return terraces(), nil
}

var terraces = sync.OnceValue(func() image.Image {
	const w, h = 1200, 800
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	hills := []struct {
		base, high, wave, phase float64
		col                     color.RGBA
	}{
		{430, 90, 260, 0.6, color.RGBA{0x9F, 0xB6, 0xA4, 255}},
		{520, 70, 190, 2.1, color.RGBA{0x76, 0x9A, 0x7C, 255}},
		{610, 60, 230, 4.0, color.RGBA{0x4F, 0x7D, 0x58, 255}},
		{700, 36, 150, 1.2, color.RGBA{0x2F, 0x5E, 0x3C, 255}},
	}
	for y := range h {
		t := float64(y) / h
		sky := color.RGBA{uint8(0xD8 + 30*t), uint8(0xE4 + 10*t), uint8(0xEE - 40*t), 255}
		for x := range w {
			c := sky
			if dx, dy := float64(x-860), float64(y-230); dx*dx+dy*dy < 70*70 {
				c = color.RGBA{0xF4, 0xC9, 0x7A, 255}
			}
			for _, g := range hills {
				edge := g.base + g.high*math.Sin(float64(x)/g.wave+g.phase)
				if float64(y) >= edge {
					c = g.col
					if int(float64(y)-edge)%26 < 2 {
						c = color.RGBA{g.col.R + 16, g.col.G + 16, g.col.B + 16, 255}
					}
				}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
})

// form1 is a page of paper at 200 dots an inch, as an office's scanner gives it:
// a head in red, lines of text, a table, a seal.
var form1 = sync.OnceValue(func() image.Image {
	const w, h, perMM = 1654, 2339, 200 / 25.4
	c := scene.NewCanvas(w, h, scene.White)
	red := color.RGBA{0xC8, 0x1E, 0x1E, 255}
	set := typeset.Default()
	size := func(mm float64) int { return int(mm * perMM) }
	put := func(text string, st typeset.Style, y float64) {
		set.Paragraph(text, st, w-2*size(26)).Draw(c, image.Pt(size(26), size(y)))
	}
	put("青禾县农业农村局文件", typeset.Style{Role: typeset.Serif, Size: size(11), Color: red, Align: typeset.Centre}, 34)
	put("青农发〔2026〕41号", typeset.Style{Size: size(4.6), Color: scene.Ink, Align: typeset.Centre}, 60)
	c.HLine(size(26), w-size(26), size(72), size(0.8), red)
	put("关于发放2026年耕地地力保护补贴的通知", typeset.Style{Role: typeset.Serif, Size: size(7), Color: scene.Ink, Align: typeset.Centre, Balance: true}, 82)
	put("各乡镇人民政府，各村（社区）：\n根据省、市有关文件精神，经县人民政府同意，现将2026年耕地地力保护补贴发放的有关事项通知如下。\n一、补贴对象为拥有耕地承包权的种地农民，标准为每亩95元，全县统一。\n二、补贴面积以农村土地承包经营权确权登记的面积为准。抛荒两年以上、改变用途的耕地不予补贴。\n三、各村要把补贴名单张榜公示不少于7个工作日，公示无异议后，由县财政通过一卡通发放到户。\n四、任何单位和个人不得截留、挪用、抵扣补贴资金。",
		typeset.Style{Size: size(4.6), Leading: size(9), Color: scene.Ink, Align: typeset.Justify, Indent: 2}, 102)
	put("青禾县农业农村局　　\n2026年11月16日　　", typeset.Style{Size: size(4.6), Leading: size(9), Color: scene.Ink, Align: typeset.End}, 228)
	c.Mask(scene.Circle(size(40), size(1.2)), image.Pt(size(138), size(214)), scene.Alpha(red, 200))
	c.Icon(scene.IconStar, image.Pt(size(152), size(228)), size(12), scene.Alpha(red, 200))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	scene.Paint(img, c.Frame())
	return img
})
