// Package schedule is about time only: civil dates, the working-day calendar,
// rules that say when a playlist plays, and Set and Resolve, which say what plays
// now, until when, and why, or what plays through any stretch of time. It is
// pure: every instant is an argument.
//
// It promises that the same rules, calendar and instant give the same answer on
// a device, in the API and in the console. What a playlist holds and which
// screens exist is left to package playlist.
package schedule

import "time"

// Date is a civil date, without a time zone. The zero value means "not set".
// It is written 2026-11-22.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// Clock is a time of day in minutes after midnight, 0 to 1440. It is written
// 08:30; 24:00 is allowed as an end.
type Clock int

// Span is a part of a day, from From up to but not including To. A span whose
// To is not after its From goes on past midnight into the next day.
type Span struct {
	From Clock `json:"from" toml:"from"`
	To   Clock `json:"to" toml:"to"`
}

// Level orders what may push what aside.
type Level string

// The levels, highest first. A campaign (活动, such as the 5·15 disclosure day)
// replaces the ordinary programme of a screen while it lasts and gives it back.
const (
	Alert    Level = "alert"
	Urgent   Level = "urgent"
	Campaign Level = "campaign"
	Normal   Level = "normal"
	Filler   Level = "filler"
)

// DayKind narrows a rule to working days or to days off, by the calendar with
// its public holidays and make-up working days.
type DayKind string

// The kinds of day.
const (
	AnyDay     DayKind = ""
	WorkingDay DayKind = "working" // make-up working days are
	DayOff     DayKind = "off"     // weekends and public holidays
	Holiday    DayKind = "holiday" // public holidays only, as the calendar names them
)

// Period is a length of time in days, counted as posting periods are: Days days
// from and with the rule's first day, or Days working days of which the first
// day is one if it is a working day.
type Period struct {
	Days    int  `json:"days" toml:"days"`
	Working bool `json:"working,omitempty" toml:"working"`
}

// Rule says when and on which screens a playlist plays. All conditions must
// hold; an empty condition always holds.
type Rule struct {
	ID       string         `json:"id" toml:"id"`
	Name     string         `json:"name" toml:"name"`
	Playlist string         `json:"playlist" toml:"playlist"`
	Level    Level          `json:"level" toml:"level"`
	From     Date           `json:"from,omitzero" toml:"from"`   // first day
	Until    Date           `json:"until,omitzero" toml:"until"` // last day, inclusive
	Spans    []Span         `json:"spans,omitempty" toml:"spans"`
	Weekdays []time.Weekday `json:"weekdays,omitempty" toml:"weekdays"` // 0 is Sunday
	Days     DayKind        `json:"days,omitempty" toml:"days"`
	Tags     []string       `json:"tags,omitempty" toml:"tags"` // the screen must carry every one

	// Period ends the rule in place of Until; it needs From.
	Period *Period `json:"period,omitempty" toml:"period"`
	// Weeks is every how many weeks the rule holds, counted from the week of From
	// with weeks that begin on Monday; it needs From. 0 and 1 are every week.
	Weeks int `json:"weeks,omitempty" toml:"weeks"`
	// Recurrence is an RFC 5545 recurrence rule of days without DTSTART, which is
	// From, for example FREQ=MONTHLY;BYDAY=-1FR for every last Friday. From may be
	// missing where nothing in it depends on a beginning, as INTERVAL and COUNT
	// do; it is itself one of the days only if it fits the rule. Parts below a day
	// are refused: Spans are for those. So is BYWEEKNO.
	Recurrence string `json:"recurrence,omitempty" toml:"recurrence"`
	// Share weighs what the rule plays against the other rules of its level: the
	// time on screen of a channel is to that of another as their shares are. 0 is
	// 1.
	Share int `json:"share,omitempty" toml:"share"`
}

// Bound is a rule together with the channel that published it. Distance is how
// far the channel's site is above the screen: 0 for the screen's own site.
// Within one level the nearest channel's rules come first.
type Bound struct {
	Rule     Rule
	Channel  string
	Distance int
}

// Reason says what became of one rule at an instant.
type Reason struct {
	Rule    string  `json:"rule"`
	Channel string  `json:"channel"`
	Verdict Verdict `json:"verdict"`
	Detail  string  `json:"detail"` // in plain Chinese, for a technician or a clerk
	// DetailEn is Detail in English.
	DetailEn string `json:"detail_en,omitempty"`
	// By names the rules that beat this one, as channel and rule with a slash.
	By []string `json:"by,omitempty"`
}

// Verdict is the outcome for one rule.
type Verdict string

// The verdicts.
const (
	Chosen     Verdict = "chosen"      // plays, alone or in turn with others chosen
	Beaten     Verdict = "beaten"      // holds, but a higher level plays
	OutOfDate  Verdict = "out_of_date" // before From or after the last day
	OutOfHours Verdict = "out_of_hours"
	OtherDay   Verdict = "other_day" // week, weekday, kind of day or recurrence does not match
	OtherTags  Verdict = "other_tags"
	Nothing    Verdict = "nothing" // holds, but has nothing to play; Resolve does not know of playlists and never says it
)

// Decision is what Resolve answers.
type Decision struct {
	Level   Level
	Chosen  []Bound   // all rules of the winning level that hold, nearest channel first; they play in turn
	Until   time.Time // nothing changes before this instant; zero when nothing ever will
	Reasons []Reason  // one for each rule given, in the order given
}

// Exception is a day on which the calendar differs from Monday-to-Friday.
type Exception struct {
	Date    Date   `json:"date" toml:"date"`
	Working bool   `json:"working,omitempty" toml:"working"` // a make-up working day (调休); otherwise a public holiday
	Name    string `json:"name,omitempty" toml:"name"`       // 国庆节
}
