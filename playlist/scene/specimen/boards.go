package specimen

import (
	"mingbai/playlist"
	"mingbai/playlist/scene/led"
)

// Shown is a notice as a board shows it.
type Shown struct {
	Name    string // of files
	Notice  *playlist.Notice
	Options led.Options
}

// Boards are the notices of every kind that a board shows, with what changes
// their pages: staff's own short text or none, totals only, the levels of a
// warning, its end, an exercise, and another notice during one.
func Boards() []Shown {
	own := led.Options{Own: []playlist.SiteID{"liuxi", "wangchuan", "qinghe"}, Zone: Zone}
	street := own
	street.Totals = true
	drill := own
	drill.Exercise = true
	byID := map[playlist.NoticeID]*playlist.Notice{}
	for _, n := range Notices() {
		byID[n.ID] = n
	}
	list := short("linshi-mingdan", "relief", "2026年11月临时救助对象名单公示", "望川镇人民政府", "公示", day(11, 19), "本月拟给予5户临时救助。", nil)
	coloured := func(c playlist.AlertColour) *playlist.Notice {
		n := Alert()
		n.Alert.Colour = c
		return n
	}
	lifted := Alert()
	lifted.Alert.Lifted = true
	return []Shown{
		{"announcement-led", byID[AnnouncementID], own},
		{"announcement", byID["tingshui"], own},
		{"announcement-names", list, street},
		{"media", byID[MediaID], own},
		{"guide", byID[GuideID], own},
		{"guide-long", byID[LongGuideID], own},
		{"fund", byID[FundID], own},
		{"fund-items", byID[CultureID], own},
		{"fund-totals", byID[FundID], street},
		{"alert-red", coloured(playlist.Red), own},
		{"alert-orange", coloured(playlist.Orange), own},
		{"alert-yellow", coloured(playlist.Yellow), own},
		{"alert-blue", coloured(playlist.Blue), own},
		{"alert-lifted", lifted, own},
		{"alert-exercise", Exercise(), own},
		{"during-exercise", byID["tingshui"], drill},
	}
}
