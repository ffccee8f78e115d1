package console

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist/schedule"
)

// clashDays is how far ahead a rule is compared with others.
const clashDays = 30

// mostClashes is how many sentences about clashes stand beside a rule.
const mostClashes = 4

// shared returns the screens that two rules are for.
func shared(screens []store.Screen, a, b schedule.Rule) (out []store.Screen) {
	for _, s := range screens {
		if carries(s, a.Tags) && carries(s, b.Tags) {
			out = append(out, s)
		}
	}
	return out
}

// clashesOn says which rules push which aside on a day, and on which screens.
func (v *visit) clashesOn(rules []calendarRule, screens []store.Screen, date schedule.Date) []string {
	whole := []schedule.Spell{{From: date.In(v.Zone), Until: date.AddDays(1).In(v.Zone)}}
	var out []string
	for _, a := range rules {
		for _, b := range rules {
			if !a.Level.Beats(b.Level) || b.Level == schedule.Filler {
				continue // to give way is what a filler is for
			}
			both := schedule.Common(schedule.Common(a.holds, b.holds), whole)
			common := shared(screens, a.Rule, b.Rule)
			if len(both) == 0 || len(screens) > 0 && len(common) == 0 {
				continue
			}
			out = append(out, v.t("%s“%s”（%s）压过“%s”（%s），%s。", v.spans(both), cmp.Or(a.Name, a.ID), a.LevelName, cmp.Or(b.Name, b.ID), b.LevelName, v.reached(common, nil)))
		}
	}
	return out
}

func (v *visit) spans(spells []schedule.Spell) string {
	var parts []string
	for _, s := range spells {
		parts = append(parts, v.hours(s))
	}
	return strings.Join(parts, v.t("、")) + " "
}

// clashes says how a rule that is being written gets on with the others for the
// same screens over the next days: which it pushes aside, which push it aside,
// and whether it never plays at all.
func (v *visit) clashes(it programme, r schedule.Rule, days *schedule.Calendar) ([]string, error) {
	from := v.Now().Truncate(time.Minute)
	to := from.AddDate(0, 0, clashDays)
	all, err := v.rulesOver(it.Site.ID, nil, days, from, to)
	if err != nil {
		return nil, err
	}
	for _, own := range it.Rules { // as they would be, not as they are stored
		if i := slices.IndexFunc(all, func(c calendarRule) bool { return c.ID == own.ID && c.Site.ID == it.Site.ID }); i >= 0 {
			all[i].Rule, all[i].holds = own, own.Spells(days, v.Zone, from, to)
		}
	}
	holds := r.Spells(days, v.Zone, from, to)
	if len(holds) == 0 {
		return nil, nil
	}
	var out []string
	var over [][]schedule.Spell
	for _, o := range all {
		if o.ID == r.ID && o.Site.ID == it.Site.ID {
			continue
		}
		common := shared(it.Screens, r, o.Rule)
		both := schedule.Common(holds, o.holds)
		if len(both) == 0 || len(common) == 0 {
			continue
		}
		name, times := cmp.Or(o.Name, o.ID), v.firstTimes(both)
		switch {
		case o.Level.Beats(r.Level) && r.Level == schedule.Filler, r.Level.Beats(o.Level) && o.Level == schedule.Filler:
		case o.Level.Beats(r.Level):
			out = append(out, v.t("“%s”（%s）级别更高，那时它让位：%s。", name, v.levelName(cmp.Or(o.Level, schedule.Normal)), times))
			if covers(it.Screens, o.Rule, r) {
				over = append(over, o.holds)
			}
		case r.Level.Beats(o.Level):
			out = append(out, v.t("它压过“%s”（%s）：%s。", name, v.levelName(cmp.Or(o.Level, schedule.Normal)), times))
		case o.Playlist == r.Playlist && o.Site.ID == it.Site.ID && slices.Equal(o.Tags, r.Tags):
			out = append(out, v.t("“%s”同一时间在同样的屏上播同一个播放单，有一条就够了。", name))
		}
	}
	if len(schedule.Without(holds, over...)) == 0 {
		out = append([]string{v.t("今后 30 天它一次也播不到：每次都有级别更高的规则占着。")}, out...)
	}
	if more := len(out) - mostClashes; more > 0 {
		out = append(out[:mostClashes], v.t("另外还有 %d 条规则与它同时。", more))
	}
	return out, nil
}

// firstTimes names the first of some times and says how many there are.
func (v *visit) firstTimes(spells []schedule.Spell) string {
	s := spells[0]
	text := v.dayName(v.local(s.From)) + " " + v.local(s.From).Format("15:04") + "–"
	if v.local(s.From).YearDay() != v.local(s.Until).YearDay() && v.local(s.Until).Format("15:04") != "00:00" {
		text += v.moment(s.Until)
	} else {
		text += strings.SplitN(v.hours(s), "–", 2)[1]
	}
	if len(spells) > 1 {
		text += v.t(" 等 %d 次", len(spells))
	}
	return text
}

// clashing is clashes in one paragraph; that they cannot be told hides nothing of
// the form.
func (v *visit) clashing(it programme, r schedule.Rule) string {
	days, err := v.calendar()
	if err != nil {
		return ""
	}
	told, err := v.clashes(it, r, days)
	if err != nil {
		v.Log.Warn("rules cannot be compared", "site", string(it.Site.ID), "error", err)
		return ""
	}
	return strings.Join(told, "")
}
