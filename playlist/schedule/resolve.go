package schedule

import (
	"iter"
	"slices"
	"strings"
	"time"
)

// Set is a list of rules made ready for one screen. It is safe for concurrent
// use; the rules must not be changed any more.
type Set struct {
	rules []Bound
	plans []*plan
	order []int // the rules, nearest channel first
	zone  *time.Location
}

// NewSet prepares the rules for a screen with the given tags. Rules are taken in
// the zone of the screen; nil is UTC.
func NewSet(rules []Bound, tags []string, cal *Calendar, zone *time.Location) *Set {
	if zone == nil {
		zone = time.UTC
	}
	s := &Set{rules: rules, plans: make([]*plan, len(rules)), zone: zone}
	for i := range rules {
		s.plans[i] = prepare(&rules[i].Rule, tags, cal)
		s.order = append(s.order, i)
	}
	slices.SortStableFunc(s.order, func(a, b int) int { return rules[a].Distance - rules[b].Distance })
	return s
}

// Resolve says which rules play at now on a screen with the given tags, until
// when exactly, and why. Who asks more than once makes a Set.
func Resolve(rules []Bound, tags []string, cal *Calendar, now time.Time, zone *time.Location) Decision {
	return NewSet(rules, tags, cal, zone).At(now)
}

// At says which rules play at now, until when exactly, and why.
//
// A span that goes on past midnight belongs to the day on which it begins: dates,
// weekdays and working days are asked of that day. Times that clocks skip or show
// twice count as Date.At says, so a span is never on twice.
func (s *Set) At(now time.Time) Decision { return s.Among(now, nil) }

// Among is At with rules that have something to play: those for which plays is
// false push nothing aside. A nil plays is true for all; otherwise it has one
// entry for each rule.
func (s *Set) Among(now time.Time, plays []bool) Decision {
	state := s.start(now.Unix(), plays)
	d := Decision{Reasons: make([]Reason, len(s.rules))}
	chosen, beaten := state.split()
	if len(chosen) > 0 {
		d.Level, d.Chosen = s.rules[chosen[0]].Rule.Level.orNormal(), s.bounds(chosen)
	}
	local := now.In(s.zone)
	for i, b := range s.rules {
		r := Reason{Rule: b.Rule.ID, Channel: b.Channel}
		switch p := s.plans[i]; {
		case !state.holds[i]:
			verdict, why := p.refusal(local, &state.dial)
			r.Verdict = verdict
			why.put(&r)
		case !state.plays(i):
			r.Verdict = Nothing
			words{"播放单里现在没有可以显示的内容", "its playlist has nothing to show now"}.put(&r)
		case b.Rule.Level.rank() < d.Level.rank():
			r.Verdict = Beaten
			beatenDetail(d.Level, d.Chosen).put(&r)
			for _, c := range d.Chosen {
				r.By = append(r.By, c.Channel+"/"+c.Rule.ID)
			}
		default:
			r.Verdict = Chosen
			p.chosenDetail(len(chosen), len(beaten)).put(&r)
		}
		d.Reasons[i] = r
	}
	// Whatever a rule below the playing level does changes nothing; whatever
	// one at or above it does changes the choice.
	until, changes := int64(0), false
	for i, b := range s.rules {
		if !state.plays(i) || len(chosen) > 0 && b.Rule.Level.rank() < d.Level.rank() {
			continue
		}
		if t, ok := s.plans[i].next(state.now, state.holds[i], &state.dial); ok && (!changes || t < until) {
			until, changes = t, true
		}
	}
	if changes {
		d.Until = s.instant(until)
	}
	return d
}

func (s *Set) instant(t int64) time.Time { return time.Unix(t, 0).In(s.zone) }

// state is which rules hold at an instant.
type state struct {
	set     *Set
	dial    dial
	now     int64
	holds   []bool
	playing []bool // nil for all
}

func (s *Set) start(now int64, plays []bool) *state {
	v := &state{set: s, dial: dial{zone: s.zone}, now: now, holds: make([]bool, len(s.rules)), playing: plays}
	for i, p := range s.plans {
		v.holds[i] = p.holds(now, &v.dial)
	}
	return v
}

func (v *state) plays(i int) bool { return v.playing == nil || v.playing[i] }

// split returns the rules of the highest level of those that hold and play, and
// the others of those, nearest channel first.
func (v *state) split() (chosen, beaten []int) {
	top := -1
	for i, holds := range v.holds {
		if holds && v.plays(i) {
			top = max(top, v.set.plans[i].rank)
		}
	}
	for _, i := range v.set.order {
		switch {
		case !v.holds[i] || !v.plays(i):
		case v.set.plans[i].rank == top:
			chosen = append(chosen, i)
		default:
			beaten = append(beaten, i)
		}
	}
	return chosen, beaten
}

// Stretch is a time through which the same rules are chosen.
type Stretch struct {
	From, Until time.Time
	Level       Level
	Chosen      []Bound // as in Decision
	Beaten      []Bound // of lower levels, that hold at some time of the stretch; nearest channel first
}

// Timeline yields what plays from an instant up to another, without gaps: every
// stretch begins where the one before it ended, and something changes there. The
// parameter plays is as for Among. At says why for any instant of a stretch.
func (s *Set) Timeline(from, to time.Time, plays []bool) iter.Seq[Stretch] {
	return func(yield func(Stretch) bool) {
		if !from.Before(to) {
			return
		}
		v := s.start(from.Unix(), plays)
		end := to.Unix()
		if to.Nanosecond() > 0 {
			end++
		}
		next := make([]int64, len(s.rules)) // when each rule changes next
		for i, p := range s.plans {
			next[i] = v.changes(p, i, end)
		}
		chosen, beaten := v.split()
		open := from
		emit := func(until time.Time) bool {
			out := Stretch{From: open, Until: until, Chosen: s.bounds(chosen), Beaten: s.bounds(beaten)}
			if len(chosen) > 0 {
				out.Level = s.rules[chosen[0]].Rule.Level.orNormal()
			}
			return yield(out)
		}
		for {
			t := end
			for _, at := range next {
				t = min(t, at)
			}
			if t >= end {
				emit(to)
				return
			}
			v.now = t
			for i, p := range s.plans {
				if next[i] == t {
					v.holds[i] = !v.holds[i]
					next[i] = v.changes(p, i, end)
				}
			}
			now, below := v.split()
			if slices.Equal(now, chosen) {
				beaten = s.union(beaten, below)
				continue
			}
			if !emit(s.instant(t)) {
				return
			}
			open, chosen, beaten = s.instant(t), now, below
		}
	}
}

// changes returns when a rule changes next, or end when not before that.
func (v *state) changes(p *plan, i int, end int64) int64 {
	if !v.plays(i) {
		return end
	}
	t, ok := p.next(v.now, v.holds[i], &v.dial)
	if !ok {
		return end
	}
	return t
}

func (s *Set) bounds(of []int) []Bound {
	if len(of) == 0 {
		return nil
	}
	out := make([]Bound, len(of))
	for i, at := range of {
		out[i] = s.rules[at]
	}
	return out
}

// union merges two lists that are in the order of the set.
func (s *Set) union(a, b []int) []int {
	if slices.Equal(a, b) {
		return a
	}
	var out []int
	for _, i := range s.order {
		if slices.Contains(a, i) || slices.Contains(b, i) {
			out = append(out, i)
		}
	}
	return out
}

// rank orders levels; a level that is not known never pushes anything aside.
func (l Level) rank() int {
	switch l.orNormal() {
	case Alert:
		return 5
	case Urgent:
		return 4
	case Campaign:
		return 3
	case Normal:
		return 2
	case Filler:
		return 1
	}
	return 0
}

// orNormal reads a level that is not set as Normal.
func (l Level) orNormal() Level {
	if l == "" {
		return Normal
	}
	return l
}

// Chinese returns the level as it stands on pages.
func (l Level) Chinese() string {
	switch l.orNormal() {
	case Alert:
		return "预警"
	case Urgent:
		return "紧急"
	case Campaign:
		return "活动"
	case Normal:
		return "日常"
	case Filler:
		return "垫播"
	}
	return string(l)
}

// title names the rule for people.
func (b Bound) title() string {
	if name := strings.TrimSpace(b.Rule.Name); name != "" {
		return "“" + name + "”"
	}
	return "“" + b.Rule.ID + "”"
}
