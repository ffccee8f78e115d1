package schedule

import "time"

// Resolve says which rules play at now on a screen with the given tags, until
// when exactly, and why. Rules are taken in the zone of the screen; nil is UTC.
// A span that goes on past midnight belongs to the day on which it begins: dates,
// weekdays and working days are asked of that day.
func Resolve(rules []Bound, tags []string, cal *Calendar, now time.Time, zone *time.Location) Decision {
	return Decision{}
}
