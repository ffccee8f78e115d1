package schedule

import (
	"slices"
	"time"
)

// Spell is a time through which a rule holds, whatever else plays.
type Spell struct{ From, Until time.Time }

// Spells returns when a rule holds between two instants, in order and apart from
// each other. Tags are not asked.
func (r Rule) Spells(cal *Calendar, zone *time.Location, from, to time.Time) []Spell {
	set := NewSet([]Bound{{Rule: r}}, r.Tags, cal, zone)
	var out []Spell
	for s := range set.Timeline(from, to, nil) {
		if len(s.Chosen) > 0 {
			out = append(out, Spell{s.From, s.Until})
		}
	}
	return out
}

// Beats reports whether a rule of one level pushes those of another aside.
func (l Level) Beats(o Level) bool { return l.orNormal().rank() > o.orNormal().rank() }

// Common returns the times that lie in both of two lists of spells.
func Common(a, b []Spell) []Spell {
	var out []Spell
	for i, j := 0, 0; i < len(a) && j < len(b); {
		s := Spell{latest(a[i].From, b[j].From), earliest(a[i].Until, b[j].Until)}
		if s.From.Before(s.Until) {
			out = append(out, s)
		}
		if a[i].Until.Before(b[j].Until) {
			i++
		} else {
			j++
		}
	}
	return out
}

// Without returns what of a list of spells lies in none of the others.
func Without(a []Spell, others ...[]Spell) []Spell {
	left := slices.Clone(a)
	for _, b := range others {
		var next []Spell
		for _, s := range left {
			for _, cut := range b {
				if !cut.From.Before(s.Until) {
					break
				}
				if !cut.Until.After(s.From) {
					continue
				}
				if s.From.Before(cut.From) {
					next = append(next, Spell{s.From, cut.From})
				}
				s.From = cut.Until
				if !s.From.Before(s.Until) {
					break
				}
			}
			if s.From.Before(s.Until) {
				next = append(next, s)
			}
		}
		left = next
	}
	return left
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
