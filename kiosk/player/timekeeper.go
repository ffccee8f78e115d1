package player

import (
	"time"

	"mingbai/playlist/schedule"
)

// Timekeeper turns what a device knows of the time into a schedule.Moment, by
// DOMAIN 3.5. It is safe for several goroutines. Monotonic readings are the time
// since an arbitrary start, including sleep where the machine can tell.
type Timekeeper struct{}

// NewTimekeeper starts from the floor that was persisted and the time at which
// the program was built; the true time is surely after both.
func NewTimekeeper(floor, built time.Time) *Timekeeper { return &Timekeeper{} }

// Now returns the moment, given the machine's wall clock and a monotonic reading.
func (k *Timekeeper) Now(wall time.Time, mono time.Duration) schedule.Moment {
	return schedule.Sure(wall)
}

// Signed takes a time out of a signed object: the true time is surely not before.
func (k *Timekeeper) Signed(t time.Time, mono time.Duration) {}

// Controller takes the controller's clock from a Challenge, Welcome or Push.
func (k *Timekeeper) Controller(t, wall time.Time, mono time.Duration) {}

// Floor returns what to persist every ten minutes.
func (k *Timekeeper) Floor(mono time.Duration) time.Time { return time.Time{} }

// Offset returns the machine's clock minus the controller's; false when the
// controller has not been heard.
func (k *Timekeeper) Offset() (time.Duration, bool) { return 0, false }

// Suspect reports whether the machine's clock cannot be believed.
func (k *Timekeeper) Suspect() bool { return false }
