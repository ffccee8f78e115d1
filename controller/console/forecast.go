package console

import (
	"slices"
	"strings"
	"time"

	"mingbai/controller/fleet"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// forecastDays is how far a forecast looks ahead.
const forecastDays = 30

type forecastPage struct {
	frame
	playing
	ID      playlist.ScreenID
	Name    string
	Place   string
	LED     bool
	At      string // as a field for date and time has it
	Moment  string
	First   string // the least and the greatest that may be asked
	Last    string
	Now     bool
	Picture preview
	Months  []dayRow
	Levels  []choice // the legend
	Beaten  int
	Asked   asked
}

// dayRow is one day of the overview.
type dayRow struct {
	Label string
	Today bool
	Off   bool // a day on which people do not work
	Parts []dayPart
}

// dayPart is a part of a day in which nothing changes.
type dayPart struct {
	X, W  float64 // of barWidth for the day
	Level string
	Tint  int    // the same for the same rules
	Say   string // 08:30–17:30 日常：…
	At    string
}

func showForecast(v *visit) error {
	row, err := v.named()
	if err != nil {
		return err
	}
	id := row.ID
	today := schedule.DateOf(v.local(v.Now()))
	first, last := today.In(v.Zone), today.AddDays(forecastDays).In(v.Zone).Add(-time.Minute)
	at := v.at()
	if at.Before(first) || at.After(last) {
		at = v.Now()
	}
	p := forecastPage{
		frame: v.page(v.t("播放预报")), ID: id, Name: row.Name, Place: v.siteName(row.Site), LED: row.Kind == playlist.LED,
		At: v.local(at).Format(dayTime), Moment: v.moment(at), First: first.Format(dayTime), Last: last.Format(dayTime), Now: v.query("at") == "",
	}
	f, err := v.Fleet.Forecast(v.ctx, id, at)
	if err != nil {
		return err
	}
	slot := v.count("slot", 1000)
	p.playing = v.describe(row.Screen, f, slot)
	p.Until = ""
	if !f.Until.IsZero() {
		p.Until = v.moment(f.Until)
	}
	for _, r := range f.Reasons {
		if r.Verdict == schedule.Beaten {
			p.Beaten++
		}
	}
	if p.Picture, err = v.screenPicture(row.Screen, slot, at, asideWidth); err != nil {
		return err
	}
	from := today.In(v.Zone)
	line, err := v.Fleet.Timeline(v.ctx, id, from, today.AddDays(forecastDays).In(v.Zone).Sub(from))
	if err != nil {
		return err
	}
	if p.Months, err = v.overview(line, today); err != nil {
		return err
	}
	if p.Asked, err = v.asked(id, f, p.Reasons, line); err != nil {
		return err
	}
	for _, l := range []schedule.Level{schedule.Alert, schedule.Urgent, schedule.Campaign, schedule.Normal, schedule.Filler} {
		p.Levels = append(p.Levels, choice{Value: string(l), Label: v.levelName(l)})
	}
	p.Levels = append(p.Levels, choice{Value: "none", Label: v.t("本站名片")})
	return v.show("forecast", p)
}

// overview draws what plays on the days from first on.
func (v *visit) overview(line fleet.Timeline, first schedule.Date) ([]dayRow, error) {
	days, err := v.calendar()
	if err != nil {
		return nil, err
	}
	all := together(line.Stretches)
	tints := map[string]int{}
	var out []dayRow
	for i := range forecastDays {
		date := first.AddDays(i)
		from, to := date.In(v.Zone), date.AddDays(1).In(v.Zone)
		day := dayRow{Label: v.dayName(from), Today: i == 0, Off: !days.IsWorking(date)}
		for _, s := range all {
			if s.From.Before(to) && s.Until.After(from) {
				p := v.dayPart(s, day.Label, from, to)
				p.Tint = tint(tints, s)
				day.Parts = append(day.Parts, p)
			}
		}
		out = append(out, day)
	}
	return out, nil
}

// together joins stretches in which the same rules play, though other notices.
func together(all []fleet.Stretch) []fleet.Stretch {
	var out []fleet.Stretch
	for _, s := range all {
		if n := len(out); n > 0 && out[n-1].Level == s.Level && slices.Equal(out[n-1].Rules, s.Rules) && (len(out[n-1].Alerts) > 0) == (len(s.Alerts) > 0) {
			out[n-1].Until = s.Until
			continue
		}
		out = append(out, s)
	}
	return out
}

// tint gives every set of rules one of a few tints of its level's colour, in the
// order in which they come.
func tint(known map[string]int, s fleet.Stretch) int {
	const most = 4
	key := string(s.Level)
	for _, r := range s.Rules {
		key += " " + r.Channel + "/" + r.Rule
	}
	if _, ok := known[key]; !ok {
		known[key] = len(known) % most
	}
	return known[key]
}

// dayPart draws what of a stretch falls on the day between two midnights.
func (v *visit) dayPart(s fleet.Stretch, label string, from, to time.Time) dayPart {
	begin, end := s.From, s.Until
	if begin.Before(from) {
		begin = from
	}
	until := "24:00"
	if end.Before(to) {
		until = v.local(end).Format("15:04")
	} else {
		end = to
	}
	whole := to.Sub(from).Seconds()
	p := dayPart{
		X: begin.Sub(from).Seconds() / whole * barWidth, W: max(end.Sub(begin).Seconds()/whole*barWidth-1, 0.5),
		At: v.local(begin).Format(dayTime), Level: string(s.Level),
	}
	var rules []string
	for _, r := range s.Rules {
		rules = append(rules, v.ruleSays(r.Rule, r.Name))
	}
	words := v.levelName(s.Level) + v.t("：") + strings.Join(rules, v.t("、"))
	switch {
	case len(s.Alerts) > 0:
		p.Level, words = string(schedule.Alert), v.levelName(schedule.Alert)+v.t("：")+s.Alerts[0].Title
	case len(s.Rules) == 0:
		p.Level, words = "none", v.t("本站名片")
	}
	p.Say = label + " " + v.local(begin).Format("15:04") + "–" + until + " " + words
	return p
}
