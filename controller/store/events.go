package store

import (
	"context"
	"time"

	"mingbai/playlist"
)

// EventKind says what happened to a screen.
type EventKind string

// The kinds of events.
const (
	EventOnline     EventKind = "online"     // Detail: the address it came from
	EventOffline    EventKind = "offline"    // Detail: why the connection ended
	EventStarted    EventKind = "started"    // the program started; Detail: wire.Ending of the run before
	EventVersion    EventKind = "version"    // another program; Detail: its version
	EventWarned     EventKind = "warned"     // Detail: the id of the warning
	EventCleared    EventKind = "cleared"    // Detail: the id of the warning
	EventCommand    EventKind = "command"    // Detail: the id of the command
	EventEnrolled   EventKind = "enrolled"   // Detail: the device's fingerprint
	EventReplaced   EventKind = "replaced"   // another device took over; Detail: its fingerprint
	EventReadmitted EventKind = "readmitted" // taken back after a restore; Detail: the device's fingerprint
	EventRetired    EventKind = "retired"    // taken out of service
	EventRefused    EventKind = "refused"    // Detail: the reason
	EventUpdate     EventKind = "update"     // Detail: step and version
	EventAccepted   EventKind = "accepted"   // Detail: the id of the acceptance
	EventPatrolled  EventKind = "patrolled"  // Detail: how many checks found something
	EventStranger   EventKind = "stranger"   // somebody without the key used its name; Detail: the address
	EventFormer     EventKind = "former"     // the device before came back and was told to stop; Detail: the address
)

// Event is something that happened to a screen.
type Event struct {
	ID     int64             `json:"id"`
	Screen playlist.ScreenID `json:"screen"`
	At     time.Time         `json:"at"`
	Kind   EventKind         `json:"kind"`
	Detail string            `json:"detail,omitempty"`
	Actor  string            `json:"actor,omitempty"` // login, or empty when it happened by itself
}

// AddEvent appends an event.
func (t *Tx) AddEvent(ctx context.Context, e Event) error {
	_, err := exec(ctx, t.q, "save event of screen "+string(e.Screen),
		`INSERT INTO screen_events (screen, at, kind, detail, actor) VALUES ($1, $2, $3, $4, $5)`,
		string(e.Screen), millis(e.At), string(e.Kind), e.Detail, e.Actor)
	return err
}

// Events returns what happened to a screen, newest first, at most limit, from
// before the event with that id; 0 begins with the newest.
func (r Reader) Events(ctx context.Context, screen playlist.ScreenID, before int64, limit int) ([]Event, error) {
	if before <= 0 {
		before = 1<<62 - 1
	}
	return collect(ctx, r.q, "events of "+string(screen), func(s scanner) (Event, error) {
		var e Event
		var at int64
		err := s.Scan(&e.ID, &e.Screen, &at, &e.Kind, &e.Detail, &e.Actor)
		e.At = fromMillis(at)
		return e, err
	}, `SELECT id, screen, at, kind, detail, actor FROM screen_events WHERE screen = $1 AND id < $2 ORDER BY id DESC LIMIT $3`,
		string(screen), before, limit)
}

// ForgetEvents drops events from before an instant.
func (t *Tx) ForgetEvents(ctx context.Context, before time.Time) error {
	_, err := exec(ctx, t.q, "forget events of screens", `DELETE FROM screen_events WHERE at < $1`, millis(before))
	return err
}
