package player

import (
	"time"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// Mode says what kind of thing is on the screen when nobody touches it.
type Mode string

// The modes.
const (
	Loop     Mode = "loop"
	Alerting Mode = "alert"
	Fallback Mode = "fallback" // nothing valid: the site's own card
	Identify Mode = "identify" // the screen's own name, for a technician
)

// State is what plays.
type State struct {
	Mode   Mode
	Slot   playlist.Slot      // Loop: what is on; Slot.Notice is never nil there
	Alert  *playlist.Notice   // Alerting: the alert that is on
	Alerts []*playlist.Notice // Alerting: all of them, in order
	Since  time.Time          // when this came on
	Until  time.Time          // nothing changes before, unless Player is told something
	Why    string             // Chinese, for the report to the controller
	Index  int                // Loop: place in the loop, from 0
	Count  int                // Loop: length of the loop
}

// Player decides which notice is on. One goroutine uses it.
type Player struct {
	lib *playlist.Library
}

// New makes a player; lib may be nil when there is nothing yet.
func New(lib *playlist.Library) *Player { return &Player{lib: lib} }

// SetLibrary changes to another generation. What is new in it comes on next.
func (p *Player) SetLibrary(lib *playlist.Library, m schedule.Moment) { p.lib = lib }

// Library returns the generation in use, nil when there is none.
func (p *Player) Library() *playlist.Library { return p.lib }

// Identify shows the screen's name for d from m on.
func (p *Player) Identify(m schedule.Moment, d time.Duration) {}

// Step returns what is on at m.
func (p *Player) Step(m schedule.Moment) State { return State{Mode: Fallback} }
