package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// The pace of the writer of reports. While as many screens speak at once as after an
// announcement or a storm, it waits until they are done, and for some seconds at
// most: what it writes then would hold up what they are waiting for, and most of it
// is replaced by what they say next.
const (
	beatEvery = 500 * time.Millisecond
	beatRush  = 256                   // messages within beatEvery that are a rush
	beatWait  = 4 * time.Second       // the most that it waits for the end of one
	beatTurn  = 25 * time.Millisecond // the most that one transaction takes
	beatLeast = 5 * time.Millisecond  // and the most if others wait for their turn
)

// Health is a report with the controller's time.
type Health struct {
	Screen playlist.ScreenID `json:"screen"`
	At     time.Time         `json:"at"` // controller clock
	Online bool              `json:"online"`
	Report wire.Report       `json:"report"`
}

// said is what a screen said that is not written yet; nil parts were not said.
type said struct {
	health  *Health
	adopted *wire.Adopted
	at      time.Time // of adopted
	refused *wire.Refused
}

// beats is the one writer of what screens say of themselves. It comes by the
// thousand, and only the newest of each screen is worth a row, so it is kept in
// memory and written together. What a crash loses is half a second of it, or a few
// seconds in a rush, which the screens say again when they come back.
type beats struct {
	store *Store
	quit  context.CancelFunc
	done  chan struct{}

	writing sync.Mutex // held while a batch is written

	mu      sync.Mutex // guards what follows
	pending map[playlist.ScreenID]said
	events  []Event
	puts    int       // messages since the last tick
	rush    bool      // there were many of them in the last tick
	oldest  time.Time // since when the first of pending and events waits; zero when nothing does
	failed  error     // the last flush's error
	began   time.Time // of the flush that is under way or has failed; zero when all is well
}

func startBeats(s *Store) *beats {
	ctx, quit := context.WithCancel(context.Background()) // ends with Close
	b := &beats{
		store: s, quit: quit, done: make(chan struct{}),
		pending: map[playlist.ScreenID]said{},
	}
	go b.run(ctx)
	return b
}

func (b *beats) run(ctx context.Context) {
	defer close(b.done)
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		b.mu.Lock()
		b.rush = b.puts >= beatRush
		b.puts = 0
		b.mu.Unlock()
		if b.waits() {
			continue
		}
		err := b.flush(ctx, true)
		b.mu.Lock()
		b.failed = err
		b.mu.Unlock()
	}
}

// stop ends the writer and writes what is left.
func (b *beats) stop() error {
	b.quit()
	<-b.done
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return b.flush(ctx, false)
}

// waits reports whether what is to be written is better written later.
func (b *beats) waits() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return (b.rush || b.puts >= beatRush) && (b.oldest.IsZero() || time.Since(b.oldest) < beatWait)
}

// came counts a message. The caller holds mu.
func (b *beats) came() {
	b.puts++
	if b.oldest.IsZero() {
		b.oldest = time.Now()
	}
}

func (b *beats) put(id playlist.ScreenID, change func(*said)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.came()
	v := b.pending[id]
	change(&v)
	b.pending[id] = v
}

// merge puts what was said later over what was said earlier.
func (v said) merge(later said) said {
	if later.health != nil {
		v.health = later.health
	}
	if later.adopted != nil {
		v.adopted, v.at, v.refused = later.adopted, later.at, nil
	}
	if later.refused != nil {
		v.refused = later.refused
	}
	return v
}

// flush writes what is pending. patiently, it leaves the rest for later when a rush
// begins.
func (b *beats) flush(ctx context.Context, patiently bool) error {
	b.writing.Lock() // a batch must not overtake an earlier one
	defer b.writing.Unlock()
	b.mu.Lock()
	batch := b.pending
	b.pending = make(map[playlist.ScreenID]said, len(batch))
	events := b.events
	b.events = nil
	oldest := b.oldest
	b.oldest = time.Time{}
	if b.began.IsZero() && len(batch)+len(events) > 0 {
		b.began = time.Now()
	}
	b.mu.Unlock()
	var err error
	order := slices.Sorted(maps.Keys(batch)) // neighbours lie on one page of the file
	for err == nil && len(batch)+len(events) > 0 {
		err = b.some(ctx, batch, &order, &events)
		if patiently && time.Since(oldest) < beatWait && b.waits() {
			break
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(batch)+len(events) > 0 {
		b.events = append(events, b.events...)
		for id, v := range batch {
			b.pending[id] = v.merge(b.pending[id])
		}
		b.oldest = oldest
	}
	if err != nil {
		return fmt.Errorf("write what screens said: %w", err)
	}
	b.began = time.Time{}
	return nil
}

// some writes a part of a batch, in order, in one transaction and takes it out: what else is to
// be written waits for no more than beatLeast, and what is urgent for no more than one
// row.
func (b *beats) some(ctx context.Context, batch map[playlist.ScreenID]said, order *[]playlist.ScreenID, events *[]Event) error {
	done, told := 0, 0
	err := b.store.Update(ctx, func(t *Tx) error {
		began := time.Now()
		ends := func() bool {
			took := time.Since(began)
			return told+done > 0 && (t.Pressed() || took > beatTurn || took > beatLeast && t.awaited() || ctx.Err() != nil)
		}
		row := context.WithoutCancel(ctx) // the driver starts a goroutine for each statement that can be cancelled
		for _, id := range *order {
			if ends() {
				return nil
			}
			if err := b.write(row, t, id, batch[id]); err != nil {
				return err
			}
			done++
		}
		for _, e := range *events {
			if ends() {
				return nil
			}
			if err := t.AddEvent(row, e); err != nil {
				return err
			}
			told++
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range (*order)[:done] {
		delete(batch, id)
	}
	*order = (*order)[done:]
	*events = (*events)[told:]
	return nil
}

// write stores what one screen said. A screen that was removed meanwhile is
// passed over.
func (b *beats) write(ctx context.Context, t *Tx, id playlist.ScreenID, v said) error {
	if v.adopted != nil {
		if err := t.setReported(ctx, id, v.adopted.Settings, v.adopted.Have, v.at); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	if v.refused != nil {
		if err := t.setRefused(ctx, id, *v.refused); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	if v.health == nil {
		return nil
	}
	return t.putHealth(ctx, *v.health)
}

// RecordHealth takes a report to be written within half a second, or within a few
// seconds while very many screens speak at once. It does not wait for the disk, and
// nobody may change the report any more.
func (s *Store) RecordHealth(h *Health) {
	s.beat.put(h.Screen, func(v *said) { v.health = h })
}

// RecordAdopted takes the generation on a screen, to be written as soon as a report;
// it also says that nothing is refused.
func (s *Store) RecordAdopted(id playlist.ScreenID, a wire.Adopted, at time.Time) {
	s.beat.put(id, func(v *said) { *v = v.merge(said{adopted: &a, at: at}) })
}

// RecordRefused takes a screen's refusal, to be written as soon as a report.
func (s *Store) RecordRefused(id playlist.ScreenID, r wire.Refused) {
	s.beat.put(id, func(v *said) { v.refused = &r })
}

// mostEvents bounds the events that wait while the disk takes nothing; the newest
// are dropped beyond it.
const mostEvents = 100_000

// RecordEvent takes an event of a screen to be written as soon as a report. It does
// not wait for the disk.
func (s *Store) RecordEvent(e Event) {
	s.beat.mu.Lock()
	defer s.beat.mu.Unlock()
	s.beat.came()
	if len(s.beat.events) < mostEvents {
		s.beat.events = append(s.beat.events, e)
	}
}

// FlushHealth writes what RecordHealth, RecordEvent and their like took.
func (s *Store) FlushHealth(ctx context.Context) error { return s.beat.flush(ctx, false) }

// Behind is for how long what screens said has been on its way to disk; 0 when it is
// there, but for what just came.
func (s *Store) Behind(now time.Time) time.Duration {
	s.beat.mu.Lock()
	defer s.beat.mu.Unlock()
	if s.beat.began.IsZero() {
		return 0
	}
	return max(now.Sub(s.beat.began), 0)
}

// Unwritten is of how many screens something is not written yet.
func (s *Store) Unwritten() int {
	s.beat.mu.Lock()
	defer s.beat.mu.Unlock()
	return len(s.beat.pending)
}

// HealthTrouble is why the last write of reports in the background failed, or
// nil. The reports are kept and written again.
func (s *Store) HealthTrouble() error {
	s.beat.mu.Lock()
	defer s.beat.mu.Unlock()
	return s.beat.failed
}

func (t *Tx) putHealth(ctx context.Context, h Health) error {
	body, err := encode(h.Report)
	if err != nil {
		return err
	}
	online := 0
	if h.Online {
		online = 1
	}
	_, err = exec(ctx, t.q, "save health", `INSERT INTO health (screen, at, online, body) VALUES ($1, $2, $3, $4)
		ON CONFLICT (screen) DO UPDATE SET at = excluded.at, online = excluded.online, body = excluded.body`,
		string(h.Screen), millis(h.At), online, body)
	return err
}

// Health returns the last written report of every screen.
func (r Reader) Health(ctx context.Context) ([]Health, error) {
	return collect(ctx, r.q, "health", func(s scanner) (Health, error) {
		var h Health
		var at, online int64
		var body []byte
		if err := s.Scan(&h.Screen, &at, &online, &body); err != nil {
			return h, err
		}
		h.At, h.Online = fromMillis(at), online != 0
		return h, json.Unmarshal(body, &h.Report)
	}, `SELECT screen, at, online, body FROM health ORDER BY screen`)
}
