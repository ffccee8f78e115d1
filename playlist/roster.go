package playlist

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mingbai/playlist/schedule"
)

// eveningFrom is when the night shift counts of a roster that does not say.
const eveningFrom = "18:00"

// Watch is what a roster says at an instant.
type Watch struct {
	Day    schedule.Date // the civil day
	Shift  Shift         // of that day; zero when nobody is listed
	Listed bool          // somebody is
	Night  bool          // the night shift counts
	Begun  bool          // the first day of the roster has come
	Ended  bool          // its last day is over
	Phone  string        // the day's, or else the roster's
	Until  time.Time     // when any of this may change: the night hour, or midnight
}

// Answers returns who answers now: the staff, or after the night hour the night
// shift.
func (w Watch) Answers() string {
	if w.Night {
		return w.Shift.AtNight()
	}
	return w.Shift.Staff
}

// AtNight returns who answers at night: the night shift, or the staff where one
// shift has all of the day.
func (s Shift) AtNight() string {
	if s.Night != "" {
		return s.Night
	}
	return s.Staff
}

// At returns what the roster says at t, whose location is that of the screen.
func (r *Roster) At(t time.Time) Watch {
	w := Watch{Day: schedule.DateOf(t), Phone: r.Phone}
	w.Until = w.Day.AddDays(1).In(t.Location())
	night := w.Day.At(r.evening(), t.Location())
	if w.Night = !t.Before(night); !w.Night {
		w.Until = night
	}
	w.Ended = true
	for _, s := range r.Shifts {
		switch c := s.Day.Compare(w.Day); {
		case c == 0:
			w.Shift, w.Listed, w.Begun, w.Ended = s, true, true, false
			if s.Phone != "" {
				w.Phone = s.Phone
			}
		case c > 0:
			w.Ended = false
		default:
			w.Begun = true
		}
	}
	return w
}

// Evening is from when the night shift counts, written 18:00.
func (r *Roster) Evening() string {
	if r.Night != "" {
		return r.Night
	}
	return eveningFrom
}

// evening is Evening as a time of day; a text that is none counts as 18:00, so
// that a screen goes on with what Validate would have refused.
func (r *Roster) evening() schedule.Clock {
	c, err := schedule.ParseClock(r.Evening())
	if err != nil {
		c, _ = schedule.ParseClock(eveningFrom) // is one
	}
	return c
}

// After returns the shifts of the days after d, in order of their days.
func (r *Roster) After(d schedule.Date) []Shift {
	var out []Shift
	for _, s := range r.Shifts {
		if s.Day.After(d) {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b Shift) int { return a.Day.Compare(b.Day) })
	return out
}

// Span returns the first and the last day of the roster; zero when it has none.
func (r *Roster) Span() (first, last schedule.Date) {
	for i, s := range r.Shifts {
		if i == 0 || s.Day.Before(first) {
			first = s.Day
		}
		if i == 0 || s.Day.After(last) {
			last = s.Day
		}
	}
	return first, last
}

// Phase says in which state a notice is that changes by itself, at t in the
// screen's location: it differs when what is shown of the notice does. It is ""
// for every notice but a roster.
func (n *Notice) Phase(t time.Time) string {
	if n.Roster == nil {
		return ""
	}
	w := n.Roster.At(t)
	if w.Night {
		return w.Day.String() + " night"
	}
	return w.Day.String()
}

// maxShifts bounds the days of a roster: a year, and the week that its clerk
// begins early.
const maxShifts = 400

// roster asks for what people look for: who answers on which day, and where one
// calls (E17).
func (c *checker) roster(r *Roster) {
	c.text("roster.place", r.Place, label{"值班地点", "the place"}, false, maxName)
	c.phone("roster.phone", r.Phone, label{"值班电话", "the telephone of the duty room"}, true)
	if _, err := schedule.ParseClock(r.Evening()); err != nil {
		c.wrong("roster.night", "invalid", "夜班开始时间应写成 18:00 这样", "the night begins at a time such as 18:00")
	}
	c.text("roster.note", r.Note, label{"说明", "the note"}, false, 300)
	if len(r.Shifts) == 0 {
		c.wrong("roster.shifts", "required", "请至少排一天的班", "at least one day is required")
	}
	if len(r.Shifts) > maxShifts {
		c.wrong("roster.shifts", "too_many", fmt.Sprintf("一张值班表最多 %d 天", maxShifts), fmt.Sprintf("a roster has %d days at most", maxShifts))
		return
	}
	seen := make(map[schedule.Date]int, len(r.Shifts))
	for i, s := range r.Shifts {
		field := at("roster.shifts", i)
		switch before, twice := seen[s.Day]; {
		case s.Day.IsZero():
			c.wrong(field+".day", "required", "请填写日期", "the day is required")
		case !s.Day.Valid():
			c.wrong(field+".day", "invalid", "没有这一天", "there is no such day")
		case twice:
			c.wrong(field+".day", "twice", fmt.Sprintf("%s 在第 %d 行已经排过了", s.Day.Chinese(), before+1), fmt.Sprintf("%s is in row %d already", s.Day, before+1))
		default:
			seen[s.Day] = i
		}
		c.text(field+".lead", s.Lead, label{"带班领导", "the leader on duty"}, false, maxName)
		c.text(field+".staff", s.Staff, label{"值班人员", "who is on duty"}, true, maxName)
		c.text(field+".night", s.Night, label{"夜班人员", "who is on duty at night"}, false, maxName)
		c.phone(field+".phone", s.Phone, label{"当天电话", "the telephone of the day"}, false)
	}
	c.gaps(r)
	if _, last := r.Span(); !c.env.Now.IsZero() && last.Valid() && last.Before(schedule.DateOf(c.env.Now.In(c.env.zone()))) {
		c.warn("roster.shifts", "over", "这张值班表的最后一天已经过了", "the last day of this roster is over")
	}
}

// gaps points out days between the first and the last on which nobody is listed.
func (c *checker) gaps(r *Roster) {
	have := map[schedule.Date]bool{}
	for _, s := range r.Shifts {
		have[s.Day] = true
	}
	first, last := r.Span()
	if !first.Valid() || !last.Valid() || last.DaysSince(first) > maxShifts {
		return
	}
	var missing []string
	for d := first; d.Before(last); d = d.AddDays(1) {
		if !have[d] {
			missing = append(missing, fmt.Sprintf("%d月%d日", d.Month, d.Day))
		}
	}
	if n := len(missing); n > 0 {
		named := strings.Join(missing[:min(n, 3)], "、")
		if n > 3 {
			named += "等"
		}
		c.warn("roster.shifts", "gap", fmt.Sprintf("中间有 %d 天没有排班：%s", n, named), fmt.Sprintf("nobody is on duty on %d days between the first and the last", n))
	}
}
