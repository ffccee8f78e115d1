package duty

import (
	"slices"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// LeastShown is for how many days a village's money must be up: what was shown
// for less has to be published again (重庆市村务公开办法 28–31; DOMAIN L12).
const LeastShown = 10

// Kept is how far the time that the law wants a notice to be up was kept.
type Kept struct {
	Wanted  int  // days
	Counted int  // days on which it was really shown, not capped
	Working bool // both count working days only
	From    schedule.Date
	Last    schedule.Date // of the posting period; zero where there is none
	Over    bool          // Last is past
}

// Enough reports whether it was up for as long as is wanted.
func (k Kept) Enough() bool { return k.Counted >= k.Wanted }

// KeptOf counts the days on which a notice was shown, of those that count: from
// the first of the posting period on, working days where it is told in working
// days. A fund notice without a posting period is to be shown for LeastShown
// days. ok is false where no time is wanted.
func KeptOf(n *playlist.Notice, shown []schedule.Date, cal *schedule.Calendar, today schedule.Date) (k Kept, ok bool) {
	switch p := n.Posting; {
	case p != nil && p.Days > 0 && p.From.Valid():
		k = Kept{Wanted: p.Days, Working: p.Working, From: p.From, Last: cal.PeriodEnd(p.From, schedule.Period{Days: p.Days, Working: p.Working})}
		k.Over = k.Last.Before(today)
	case n.Fund != nil:
		k = Kept{Wanted: LeastShown}
	default:
		return k, false
	}
	days := slices.Clone(shown)
	slices.SortFunc(days, schedule.Date.Compare)
	for _, d := range slices.Compact(days) {
		if !d.Before(k.From) && (!k.Working || cal.IsWorking(d)) {
			k.Counted++
		}
	}
	return k, true
}
