package schedule

import "time"

// Moment is what a device knows of the time: an interval, not an instant
// (DOMAIN 3.5). The true time is surely not before Lo. Hi is the machine's own
// clock when that is plausible, and the zero time when it is not. Now is the
// best guess and is what a clock on screen shows.
type Moment struct {
	Lo, Hi, Now time.Time
}

// Sure is the moment of a machine whose clock is trusted, such as the
// controller.
func Sure(now time.Time) Moment { return Moment{Lo: now, Hi: now, Now: now} }

// Caution says how an unsure clock counts.
type Caution uint8

// From the most careful to the least.
const (
	// Strict is for names and personal data: shown only when surely inside the
	// window; an unknown Hi hides.
	Strict Caution = iota + 1
	// Ordinary is for notices: hidden as soon as either clock says expired.
	Ordinary
	// Lenient is for service guides and warnings, where failing dark is worse:
	// hidden only when surely expired.
	Lenient
)

// Within reports whether something with the window [notBefore, notAfter) may be
// shown. Zero bounds are open.
func (m Moment) Within(notBefore, notAfter time.Time, c Caution) bool {
	switch c {
	case Lenient:
		return !m.Now.Before(notBefore) && (notAfter.IsZero() || m.Lo.Before(notAfter))
	case Ordinary:
		late := m.Lo
		if m.Hi.After(late) {
			late = m.Hi
		}
		return !m.Now.Before(notBefore) && (notAfter.IsZero() || late.Before(notAfter))
	default:
		return !m.Lo.Before(notBefore) && (notAfter.IsZero() || !m.Hi.IsZero() && m.Hi.Before(notAfter))
	}
}
