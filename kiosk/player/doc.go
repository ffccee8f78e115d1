// Package player decides what a screen shows now: it asks the schedule, walks
// the playlist, lets alerts take over, and falls back to the last good content
// and then to the site's own card. It is pure state and time; it neither draws
// nor talks to the network, and it tells the ledger what was really presented.
package player
