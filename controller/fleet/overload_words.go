package fleet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// names is what people call a group of boards.
func (c crowded) names() (zh, en string) {
	first := c.boards[0].Name
	at, atEn := "", ""
	if len(c.own) > 0 {
		at, atEn = c.own[0].Name, c.own[0].NameEn
		if atEn == "" {
			atEn = at
		}
	}
	zh, en = joined(at, first), fmt.Sprintf("%s at %s", first, atEn)
	if n := len(c.boards); n > 1 {
		zh, en = fmt.Sprintf("%s等 %d 块屏", zh, n), fmt.Sprintf("%s (one of %d alike)", en, n)
	}
	return zh, en
}

// joined writes a site and a screen of it without saying a word twice: 青禾县 and
// 县政府广场 LED 屏 are 青禾县政府广场 LED 屏.
func joined(site, screen string) string {
	for i := range site {
		if strings.HasPrefix(screen, site[i:]) {
			return site[:i] + screen
		}
	}
	return site + screen
}

// field names the playlist of which something is among what takes the time.
func field(c crowded, lists []playlist.Playlist, own func(playlist.Slot) bool) string {
	for i, l := range lists {
		if slices.ContainsFunc(c.when.Items, func(s playlist.Slot) bool {
			return own(s) && slices.ContainsFunc(l.Items, func(item playlist.Item) bool { return item.Notice == s.Notice.ID })
		}) {
			return fmt.Sprintf("playlists[%d].items", i)
		}
	}
	return "rules"
}

// starving puts into words who has no turn because of what is fixed.
func (f *Fleet) starving(c crowded, field string) playlist.Problem {
	name, nameEn := c.names()
	var who, whoEn []string
	for _, ch := range c.when.Starved {
		for _, site := range c.own {
			if site.ID == ch.Site {
				who, whoEn = append(who, site.Name), append(whoEn, cmp.Or(site.NameEn, site.Name))
			}
		}
	}
	return playlist.Problem{
		Field: field, Code: "starved", Severity: playlist.Warning,
		Message: fmt.Sprintf("%s：%s，固定内容占了 %s，%s的最新内容排不上。建议少放几条固定内容。",
			name, f.stretch(c.when), minutes(c.when.Length), strings.Join(who, "、")),
		MessageEn: fmt.Sprintf("%s: fixed items take %s of 3 minutes, so nothing new of %s is shown. Fix fewer items.",
			nameEn, c.when.Length.Round(time.Second), strings.Join(whoEn, ", ")),
	}
}

// overloaded puts into words what does not fit.
func (f *Fleet) overloaded(c crowded, ch playlist.ChannelID, field string, own func(playlist.Slot) bool, lists []playlist.Playlist) playlist.Problem {
	name, nameEn := c.names()
	p := playlist.Problem{Field: field, Code: "overload", Severity: playlist.Wrong}
	p.Message = fmt.Sprintf("%s：%s，这一轮要 %s，最多 3 分钟。其中%s。%s",
		name, f.stretch(c.when), minutes(c.when.Length), items(c, ch, "《%s》%d 秒", "、"), f.advice(c, own, lists))
	p.MessageEn = fmt.Sprintf("%s: from %s a round would take %s, at most 3 minutes are allowed: %s. Drop some of it or write shorter LED texts.",
		nameEn, c.when.From.In(f.cfg.Zone).Format("2006-01-02 15:04"), c.when.Length.Round(time.Second), items(c, ch, "%s %d s", ", "))
	return p
}

// What a message names at most.
const (
	mostItems   = 8
	mostDropped = 3
)

// items lists what takes the time, the longest first.
func items(c crowded, ch playlist.ChannelID, format, comma string) string {
	sorted := slices.Clone(c.when.Items)
	slices.SortStableFunc(sorted, func(a, b playlist.Slot) int { return int(b.Dwell - a.Dwell) })
	var parts []string
	rest := 0
	for i, s := range sorted {
		if i >= mostItems {
			rest += seconds(s.Dwell)
			continue
		}
		text := fmt.Sprintf(format, s.Notice.Title, seconds(s.Dwell))
		if s.Channel != ch {
			for _, site := range c.own {
				if site.ID == s.Channel.Site && comma == "、" {
					text = site.Name + "的" + text
				}
			}
		}
		parts = append(parts, text)
	}
	if n := len(sorted) - mostItems; n > 0 && comma == "、" {
		parts = append(parts, fmt.Sprintf("其余 %d 条共 %d 秒", n, rest))
	} else if n > 0 {
		parts = append(parts, fmt.Sprintf("%d more %d s", n, rest))
	}
	return strings.Join(parts, comma)
}

// timed reports whether a playlist says itself how long a notice stays.
func timed(lists []playlist.Playlist, s playlist.Slot) bool {
	return slices.ContainsFunc(lists, func(l playlist.Playlist) bool {
		return slices.ContainsFunc(l.Items, func(i playlist.Item) bool { return i.Notice == s.Notice.ID && i.Dwell > 0 })
	})
}

// advice says what of one's own to drop or to shorten so that the rest fits.
func (f *Fleet) advice(c crowded, own func(playlist.Slot) bool, lists []playlist.Playlist) string {
	excess := c.when.Length - playlist.MaxCycle
	var mine []playlist.Slot
	total := time.Duration(0)
	for _, s := range c.when.Items {
		if own(s) {
			mine = append(mine, s)
			total += s.Dwell
		}
	}
	slices.SortStableFunc(mine, func(a, b playlist.Slot) int { return int(b.Dwell - a.Dwell) })
	if total < excess {
		return fmt.Sprintf("要减少 %s，本单位的固定内容全部去掉也不够，请与上下级单位商量。", minutes(excess))
	}
	// One that is just long enough, or else the longest until it fits.
	drop := slices.Clone(mine)
	if i := slices.IndexFunc(mine, func(s playlist.Slot) bool { return s.Dwell < excess }); i != 0 {
		if i < 0 {
			i = len(mine)
		}
		drop = mine[i-1 : i]
	}
	var titles []string
	for left := excess; left > 0 && len(drop) > 0; drop = drop[1:] {
		titles = append(titles, "《"+drop[0].Notice.Title+"》")
		left -= drop[0].Dwell
	}
	text := fmt.Sprintf("要减少 %s：请去掉%s", minutes(excess), strings.Join(titles, "、"))
	if len(titles) > mostDropped {
		text = fmt.Sprintf("要减少 %s：请去掉%s等 %d 条", minutes(excess), strings.Join(titles[:mostDropped], "、"), len(titles))
	}
	set := func(s playlist.Slot) bool { return timed(lists, s) }
	if slices.ContainsFunc(mine, set) {
		// A shorter text would not help where seconds are set.
		return text + "，或把播放单里写的停留秒数改小。"
	}
	if s, chars := shorter(mine, excess); chars > 0 {
		return text + fmt.Sprintf("，或给《%s》写一条 %d 个字以内的 LED 短文。", s.Notice.Title, chars)
	}
	return text + "，或把几条的 LED 短文写短一些。"
}

// shorter finds a notice that a short LED text alone would shorten enough, and
// how long that may be: a page takes two seconds and a quarter for each
// character, at least six (DOMAIN V03), and has at most 48 (V04).
func shorter(mine []playlist.Slot, excess time.Duration) (playlist.Slot, int) {
	for _, s := range mine {
		left := s.Dwell - excess
		if s.Notice.LED == "" && left >= 6*time.Second {
			return s, min(int((left-2*time.Second)/(250*time.Millisecond)), 48)
		}
	}
	return playlist.Slot{}, 0
}

func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// minutes writes a length of time as people say it: 4 分 12 秒.
func minutes(d time.Duration) string {
	s := seconds(d)
	if s < 60 {
		return fmt.Sprintf("%d 秒", s)
	}
	if s%60 == 0 {
		return fmt.Sprintf("%d 分钟", s/60)
	}
	return fmt.Sprintf("%d 分 %d 秒", s/60, s%60)
}

// stretch says when something is so.
func (f *Fleet) stretch(o playlist.Overrun) string {
	from, until := o.From.In(f.cfg.Zone), o.Until.In(f.cfg.Zone)
	day := func(t time.Time) string {
		return fmt.Sprintf("%d月%d日（周%s）", t.Month(), t.Day(), []string{"日", "一", "二", "三", "四", "五", "六"}[t.Weekday()])
	}
	begin := day(from) + from.Format("15:04")
	if !o.From.After(f.cfg.Now()) {
		begin = "从现在"
	} else {
		begin += " "
	}
	end := until.Format("15:04")
	switch {
	case !o.Until.Before(f.cfg.Now().Add(lookAhead - time.Hour)): // what was looked at ends there, and looking took a while
		return strings.TrimSpace(begin) + "起"
	case schedule.DateOf(from) != schedule.DateOf(until):
		end = day(until) + end
	}
	return begin + "至 " + end
}
