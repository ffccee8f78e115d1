// Package mailbox keeps what residents said and what was counted until the
// controller has it.
//
// It promises that a voice whose Put returned nil is on disk and arrives exactly
// once (DOMAIN I9, E05), that counts lose at most a few minutes in a power cut
// and are never counted twice, and that what was delivered leaves the disk. It
// leaves to others how things travel.
package mailbox

import (
	"errors"
	"log/slog"
	"time"

	"mingbai/assets/durable"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// ErrTooMany is what Put returns when one screen says more than an office can
// read: the rate limit, or a full box.
var ErrTooMany = errors.New("too many messages from this screen for now")

// Mailbox is one screen's. It may be used by several goroutines.
type Mailbox struct{}

// Open reads the folder, which is made when missing.
func Open(fsys durable.FS, dir string, log *slog.Logger) (*Mailbox, error) { return &Mailbox{}, nil }

// Put stores a voice durably. ID and At are filled in when empty. It returns the
// short number that the person may write down.
func (m *Mailbox) Put(v wire.Voice, now time.Time) (number string, err error) { return "", nil }

// Waiting returns voices that are not acknowledged, oldest first.
func (m *Mailbox) Waiting(limit int) []wire.Voice { return nil }

// Count adds one to a count of the day.
func (m *Mailbox) Count(key string, n uint64, day schedule.Date) {}

// Empty notes a search that found nothing.
func (m *Mailbox) Empty(keys string, day schedule.Date) {}

// Usage returns the days that are not acknowledged as they are now, oldest first.
func (m *Mailbox) Usage(limit int) []wire.Usage { return nil }

// Heard removes what the controller has. A day whose counts have grown since
// they were sent stays.
func (m *Mailbox) Heard(h wire.Heard) error { return nil }

// Flush writes the counts.
func (m *Mailbox) Flush() error { return nil }

// Close flushes and closes.
func (m *Mailbox) Close() error { return nil }
