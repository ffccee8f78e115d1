// Package mailbox keeps what residents said and what was counted until the
// controller has it.
//
// It promises that a voice whose Put returned nil is on disk and arrives exactly
// once (DOMAIN I9, E05), that counts lose at most a few minutes in a power cut
// and are never counted twice, and that what was delivered leaves the disk
// (I10). It leaves to others how things travel.
//
// On disk a mailbox is a folder with one log of voices, which is written anew
// without those that were delivered, and one small file of counts for each day.
package mailbox

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"mingbai/assets/durable"
	"mingbai/playlist/wire"
)

// ErrTooMany is what Put returns when one screen says more than an office can
// read: the rate limit, or a full box.
var ErrTooMany = errors.New("too many messages from this screen for now")

// Bounds of a mailbox. A person needs a minute to type an opinion, and half a
// minute to come to a rating, so nobody in good faith meets them.
const (
	maxWaiting = 2000 // voices on disk
	maxRatings = 1200 // of them ratings: what was written always finds room
	maxDay     = 200  // in 24 hours
	window     = 10 * time.Minute
	maxWritten = 6  // opinions and objections in window
	maxTapped  = 20 // ratings in window
)

const voicesFile = "voices.log"

// Mailbox is one screen's. It may be used by several goroutines.
type Mailbox struct {
	fs  durable.FS
	dir string
	log *slog.Logger

	mu     sync.Mutex   // guards what follows
	file   *durable.Log // nil until the folder could be opened
	voices []wire.Voice // on disk and not delivered, oldest first
	// stale: the file holds voices that were delivered, because the disk refused
	// to take it without them.
	stale bool
	said  []saying // of the last 24 hours

	days dayBook // has its own lock: counting waits for no disk
}

// saying is what the rate limits remember of a voice.
type saying struct {
	at      time.Time
	written bool
}

// Open reads the folder, which is made when missing. What a bad disk has damaged
// is left out and logged, without its text; the rest goes on. The Mailbox is
// there even with an error, for a screen goes on without one: it counts in
// memory, takes no voices, and tries again with every Put and Flush.
func Open(fsys durable.FS, dir string, log *slog.Logger) (*Mailbox, error) {
	m := &Mailbox{fs: fsys, dir: dir, log: log}
	m.days.fs, m.days.dir, m.days.log = fsys, dir, log
	return m, m.ready()
}

// ready opens what is not open. The caller holds mu, or is the only one.
func (m *Mailbox) ready() error {
	if m.file != nil {
		return nil
	}
	if err := m.open(); err != nil {
		m.file, m.voices, m.said, m.stale = nil, nil, nil, false
		return fmt.Errorf("open the mailbox: %w", err)
	}
	return nil
}

func (m *Mailbox) open() error {
	if err := durable.MkdirAll(m.fs, m.dir); err != nil {
		return err
	}
	// Unfinished files hold words of people.
	if err := durable.RemoveTemp(m.fs, m.dir); err != nil {
		return err
	}
	path := filepath.Join(m.dir, voicesFile)
	known := map[string]bool{}
	file, damage, err := durable.SalvageLog(m.fs, path, func(record []byte) error {
		var v wire.Voice
		err := json.Unmarshal(record, &v)
		if err == nil {
			v, err = v.Clean()
		}
		if err != nil {
			m.log.Error("A voice on disk cannot be read and is left out.", "bytes", len(record))
			m.stale = true
			return nil
		}
		if known[v.ID] { // a Put that failed late and was tried again
			m.stale = true
			return nil
		}
		known[v.ID] = true
		m.voices = append(m.voices, v)
		m.said = append(m.said, saying{v.At, v.Kind != wire.Rating})
		return nil
	})
	if err != nil {
		return err
	}
	m.file = file
	if damage != nil {
		m.log.Error("The file of voices was damaged; what was whole is kept.", "error", damage)
	}
	// The copy of a damaged file would keep people's words for ever.
	if _, err := m.fs.Stat(path + ".damaged"); err == nil {
		err = durable.Remove(m.fs, path+".damaged")
		if err != nil {
			m.log.Error("The damaged copy of the file of voices could not be removed.", "error", err)
		}
	}
	if m.stale {
		if err := m.rewrite(); err != nil {
			m.log.Error("The file of voices could not be written anew.", "error", err)
		}
	}
	if err := m.days.open(); err != nil {
		return errors.Join(err, file.Close())
	}
	return nil
}

// Put stores a voice durably. ID and At are filled in when empty; ID makes a Put
// that is tried again after an error count once. It returns the short number
// that the person may write down. The error is ErrTooMany, a *wire.Refusal that
// names what is wrong with the voice, or that of the disk; then nothing was
// accepted.
func (m *Mailbox) Put(v wire.Voice, now time.Time) (number string, err error) {
	if v.ID == "" {
		v.ID = rand.Text()
	}
	if v.At.IsZero() {
		v.At = now
	}
	if v, err = v.Clean(); err != nil {
		return "", fmt.Errorf("put a voice: %w", err)
	}
	record, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("put a voice: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.ready(); err != nil {
		return "", err
	}
	if slices.ContainsFunc(m.voices, func(w wire.Voice) bool { return w.ID == v.ID }) {
		return v.Number(), nil
	}
	if !m.room(v.Kind != wire.Rating, now) {
		return "", ErrTooMany
	}
	if err := m.file.Append(record); err != nil {
		return "", fmt.Errorf("put a voice: %w", err)
	}
	m.voices = append(m.voices, v)
	m.said = append(m.said, saying{now, v.Kind != wire.Rating})
	return v.Number(), nil
}

// room reports whether one more is taken. The caller holds mu.
func (m *Mailbox) room(written bool, now time.Time) bool {
	// What is in the future was said before the clock was set right.
	m.said = slices.DeleteFunc(m.said, func(s saying) bool { return s.at.After(now) || now.Sub(s.at) > 24*time.Hour })
	lately, most := 0, maxTapped
	if written {
		most = maxWritten
	}
	for _, s := range m.said {
		if s.written == written && now.Sub(s.at) < window {
			lately++
		}
	}
	ratings := 0
	for _, v := range m.voices {
		if v.Kind == wire.Rating {
			ratings++
		}
	}
	return lately < most && len(m.said) < maxDay && len(m.voices) < maxWaiting && (written || ratings < maxRatings)
}

// Waiting returns voices that are not acknowledged, oldest first.
func (m *Mailbox) Waiting(limit int) []wire.Voice {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.voices[:min(len(m.voices), max(limit, 0))])
}

// Heard removes what the controller has. A day whose counts have grown since
// they were sent stays. When it returns nil the delivered voices are off the
// disk; after an error they are not sent again by this process, and Flush tries
// again to take them off the disk.
func (m *Mailbox) Heard(h wire.Heard) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.file == nil {
		return nil // nothing was sent from here
	}
	before := len(m.voices)
	if len(h.Voices) > 0 {
		gone := map[string]bool{}
		for _, id := range h.Voices {
			gone[id] = true
		}
		m.voices = slices.DeleteFunc(m.voices, func(v wire.Voice) bool { return gone[v.ID] })
	}
	m.stale = m.stale || len(m.voices) < before
	var err error
	if m.stale {
		err = m.rewrite()
	}
	if derr := m.days.heard(h.Days); err == nil {
		err = derr
	}
	if err != nil {
		return fmt.Errorf("take delivered voices off the disk: %w", err)
	}
	return nil
}

// rewrite writes the file without what was delivered. The caller holds mu.
func (m *Mailbox) rewrite() error {
	records := make([][]byte, len(m.voices))
	for i, v := range m.voices {
		record, err := json.Marshal(v)
		if err != nil {
			return err
		}
		records[i] = record
	}
	if err := m.file.Rewrite(records); err != nil {
		return err
	}
	m.stale = false
	return nil
}

// Flush writes the counts.
func (m *Mailbox) Flush() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.flush()
}

func (m *Mailbox) flush() error {
	err := m.ready()
	if err != nil {
		return err
	}
	if m.stale {
		err = m.rewrite()
	}
	m.days.disk.Lock()
	derr := m.days.flush()
	m.days.disk.Unlock()
	if err == nil {
		err = derr
	}
	if err != nil {
		return fmt.Errorf("write the mailbox: %w", err)
	}
	return nil
}

// Close flushes and closes.
func (m *Mailbox) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := m.flush()
	if m.file == nil {
		return err
	}
	if cerr := m.file.Close(); err == nil {
		err = cerr
	}
	return err
}
