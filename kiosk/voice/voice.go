// Package voice plays recordings through the machine's own player (aplay,
// ffplay or what is configured), as a supervised subprocess.
//
// It promises that a machine without sound loses nothing but the sound, that
// Stop is silent at once, and that no process outlives the program. It leaves to
// others what is said.
package voice

import (
	"log/slog"

	"mingbai/playlist/speech"
)

// Player speaks one recording at a time. It may be used by several goroutines.
type Player struct{}

// New makes a player. command is the player's command line, which gets a WAV
// file on its standard input; empty finds one on the machine.
func New(command string, log *slog.Logger) *Player { return &Player{} }

// Ready reports whether there is something to play with.
func (p *Player) Ready() bool { return false }

// Speak begins r from its beginning, in place of what is spoken now.
func (p *Player) Speak(r *speech.Recording) error { return nil }

// Stop ends it.
func (p *Player) Stop() {}

// Spoken returns which mark is spoken now; false when nothing is spoken.
func (p *Player) Spoken() (mark int, speaking bool) { return 0, false }
