package playlist

import (
	"fmt"
	"slices"

	"mingbai/playlist/schedule"
)

// Bounds of what a board is divided into.
const (
	maxZones       = 12
	leastZoneHigh  = 12 // dots: the lowest characters that there are (V02)
	leastZoneWide  = 32 // two characters of 16 dots
	maxLightPoints = 24
)

var zoneNames = map[ZoneKind]label{
	NoticeZone: {"公告", "notices"}, NameZone: {"名称", "name"}, ClockZone: {"时钟", "clock"}, DateZone: {"日期", "date"},
	TextZone: {"文字", "text"}, PhoneZone: {"电话", "phone"}, AlertZone: {"预警", "alert"},
}

// board checks what LED boards have and touchscreens have not. Fields are
// written zones[2].width and light.table[0].at.
func (c *checker) board(s Screen) {
	if s.Kind != LED {
		if len(s.Zones) > 0 {
			c.wrong("zones", "touch", "触摸屏不分版块", "a touchscreen has no zones")
		}
		if l := s.Light; l != nil {
			c.light(*l)
			if l.Sun || len(l.Table) > 0 || l.Cap > 0 || l.Night != l.Day {
				c.wrong("light.day", "touch", "触摸屏只设一个亮度和开关屏时间", "a touchscreen has one brightness, and hours of light")
			}
		}
		if v := s.Volume; v != nil && (*v < 0 || *v > 100) {
			c.wrong("volume", "range", "音量应为 0 至 100（%）", "the volume is 0 to 100 per cent")
		}
		if s.Pair != "" {
			c.wrong("pair", "touch", "触摸屏不能与别的屏同步", "a touchscreen can not be one of a pair")
		}
		return
	}
	if s.Volume != nil {
		c.wrong("volume", "led", "LED 屏没有声音", "an LED board has no sound")
	}
	if s.Pair != "" {
		if _, err := parseName(s.Pair, 40); err != nil {
			c.wrong("pair", "invalid", "同步组的名称只能用小写字母、数字和连字符："+s.Pair, err.Error())
		}
	}
	c.zones(s)
	if s.Light != nil {
		c.light(*s.Light)
		if s.Light.Sun && len(s.Light.Table) == 0 && !c.placed(s.Site) {
			c.warn("light.sun", "place", "站点没有填经纬度，日出日落按早六点、晚六点算", "the site has no latitude and longitude, so the sun is taken to rise and set at six")
		}
	}
}

// placed reports whether it is known where on earth a site is: it or one above it
// has a place.
func (c *checker) placed(id SiteID) bool {
	if len(c.env.Sites) == 0 {
		return true // not checked
	}
	for range len(ranks) {
		i := slices.IndexFunc(c.env.Sites, func(s Site) bool { return s.ID == id })
		if i < 0 {
			return false
		}
		if c.env.Sites[i].Latitude != 0 || c.env.Sites[i].Longitude != 0 {
			return true
		}
		id = c.env.Sites[i].Parent
	}
	return false
}

func (c *checker) zones(s Screen) {
	if len(s.Zones) == 0 {
		return
	}
	if len(s.Zones) > maxZones {
		c.wrong("zones", "too_many", fmt.Sprintf("版块最多 %d 个", maxZones), fmt.Sprintf("at most %d zones are allowed", maxZones))
		return
	}
	notices := 0
	for i, z := range s.Zones {
		field := at("zones", i)
		name, known := zoneNames[z.Kind]
		if !known {
			c.wrong(field+".kind", "unknown", "没有这种版块："+string(z.Kind), "there is no such kind of zone")
			continue
		}
		if z.Kind == NoticeZone {
			notices++
		}
		inside := c.zoneSize(field, z, name, s.Panel)
		switch {
		case z.Kind == TextZone:
			if z.Column == "" {
				c.wrong(field+".column", "required", "文字版块要选择栏目，它显示这个栏目里最新的一条", "a text zone needs a column, of which it shows the newest notice")
			} else if c.env.Columns != nil && !slices.ContainsFunc(c.env.Columns, func(o Column) bool { return o.ID == z.Column }) {
				c.wrong(field+".column", "unknown", "没有这个栏目："+string(z.Column), "there is no such column")
			}
		case z.Column != "":
			c.wrong(field+".column", "needless", name.zh+"版块不用选栏目", "only a text zone has a column")
		}
		if !inside {
			continue
		}
		for j, o := range s.Zones[:i] {
			if z.X < o.X+o.Width && o.X < z.X+z.Width && z.Y < o.Y+o.Height && o.Y < z.Y+z.Height {
				c.wrong(field+".x", "overlap", fmt.Sprintf("第 %d 个版块（%s）与第 %d 个（%s）重叠", i+1, name.zh, j+1, zoneNames[o.Kind].zh),
					fmt.Sprintf("zone %d (%s) overlaps zone %d (%s)", i+1, name.en, j+1, zoneNames[o.Kind].en))
			}
		}
	}
	if notices != 1 {
		c.wrong("zones", "notices", fmt.Sprintf("公告版块应有一个，现在有 %d 个", notices), fmt.Sprintf("there must be one notices zone, there are %d", notices))
	}
}

// zoneSize checks that a zone lies on the panel and can hold text.
func (c *checker) zoneSize(field string, z Zone, name label, p Panel) bool {
	ok := true
	wrong := func(of, code, zh, en string) {
		ok = false
		c.wrong(field+"."+of, code, name.zh+"版块"+zh, "the "+name.en+" zone "+en)
	}
	for _, d := range []struct {
		at, size           int
		start, length      string
		least, panel       int
		zhLength, enLength string
	}{
		{z.X, z.Width, "x", "width", leastZoneWide, p.Width, "宽", "wide"},
		{z.Y, z.Height, "y", "height", leastZoneHigh, p.Height, "高", "high"},
	} {
		switch {
		case d.size < d.least:
			wrong(d.length, "small", fmt.Sprintf("%s %d 点，至少要 %d 点才放得下字", d.zhLength, d.size, d.least),
				fmt.Sprintf("is %d dots %s; text needs at least %d", d.size, d.enLength, d.least))
		case d.at < 0 || d.at >= d.panel:
			wrong(d.start, "outside", fmt.Sprintf("从第 %d 点开始，不在屏上（%d×%d 点）", d.at, p.Width, p.Height),
				fmt.Sprintf("begins at dot %d, which is not on the board of %d×%d dots", d.at, p.Width, p.Height))
		case d.size > d.panel || d.at+d.size > d.panel:
			wrong(d.length, "outside", fmt.Sprintf("超出屏幕 %d 点", d.at+d.size-d.panel),
				fmt.Sprintf("reaches %d dots beyond the board", d.at+d.size-d.panel))
		}
	}
	return ok
}

func (c *checker) light(l Light) {
	share := func(field string, v, least int, name label) {
		if v < least || v > 100 {
			c.wrong("light."+field, "range", fmt.Sprintf("%s应为 %d 至 100（%%）", name.zh, least), fmt.Sprintf("%s is %d to 100 per cent", name.en, least))
		}
	}
	share("day", l.Day, 1, label{"白天亮度", "the brightness by day"})
	share("night", l.Night, 1, label{"夜间亮度", "the brightness by night"})
	share("cap", l.Cap, 0, label{"夜间上限", "the night cap"})
	if l.Night > l.Day && l.Day >= 1 && l.Night <= 100 {
		c.warn("light.night", "brighter", "夜间比白天还亮", "the nights are brighter than the days")
	}
	if len(l.Table) > maxLightPoints {
		c.wrong("light.table", "too_many", fmt.Sprintf("亮度时间表最多 %d 行", maxLightPoints), fmt.Sprintf("the timetable has at most %d lines", maxLightPoints))
	}
	last := schedule.Clock(-1)
	for i, p := range l.Table {
		field := at("table", i)
		share(field+".percent", p.Percent, 1, label{"亮度", "the brightness"})
		switch {
		case p.At < 0 || p.At >= schedule.Midnight:
			c.wrong("light."+field+".at", "range", "时间应在 00:00 至 23:59 之间", "the time is 00:00 to 23:59")
		case p.At <= last:
			c.wrong("light."+field+".at", "order", fmt.Sprintf("%s 应晚于上一行的 %s", p.At, last), fmt.Sprintf("%s must be later than %s of the line before", p.At, last))
		}
		last = max(last, p.At)
	}
	if d := l.Dark; d != nil {
		switch {
		case d.From < 0 || d.From >= schedule.Midnight || d.To < 0 || d.To > schedule.Midnight:
			c.wrong("light.dark", "range", "熄屏时段应写成 22:00-06:00 这样", "dark hours are written 22:00-06:00")
		case d.From == d.To%schedule.Midnight:
			c.wrong("light.dark", "always", "熄屏时段的起止相同，屏会一直不亮", "dark hours that end when they begin leave the board dark always")
		}
	}
}
