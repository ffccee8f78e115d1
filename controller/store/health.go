package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// The pace of the writer of reports and the thinning of their history.
const (
	beatEvery   = 500 * time.Millisecond
	beatRows    = 1000
	historyStep = 5 * time.Minute
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
// memory and written together. What a crash loses is at most half a second of
// it, which the screens say again when they come back.
type beats struct {
	store *Store
	wake  chan struct{}
	quit  context.CancelFunc
	done  chan struct{}

	writing sync.Mutex // held while a batch is written

	mu      sync.Mutex // guards what follows
	pending map[playlist.ScreenID]said
	history map[playlist.ScreenID]time.Time // when the last row of history was written
	failed  error                           // the last flush's error
}

func startBeats(s *Store) *beats {
	ctx, quit := context.WithCancel(context.Background()) // ends with Close
	b := &beats{
		store: s, wake: make(chan struct{}, 1), quit: quit, done: make(chan struct{}),
		pending: map[playlist.ScreenID]said{}, history: map[playlist.ScreenID]time.Time{},
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
		case <-b.wake:
		}
		err := b.flush(ctx)
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
	return b.flush(ctx)
}

func (b *beats) put(id playlist.ScreenID, change func(*said)) {
	b.mu.Lock()
	v := b.pending[id]
	change(&v)
	b.pending[id] = v
	full := len(b.pending) >= beatRows
	b.mu.Unlock()
	if full {
		select {
		case b.wake <- struct{}{}:
		default:
		}
	}
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

func (b *beats) flush(ctx context.Context) error {
	b.writing.Lock() // a batch must not overtake an earlier one
	defer b.writing.Unlock()
	b.mu.Lock()
	batch := b.pending
	b.pending = make(map[playlist.ScreenID]said, len(batch))
	b.mu.Unlock()
	if len(batch) == 0 {
		return nil
	}
	kept := map[playlist.ScreenID]time.Time{}
	err := b.store.Update(ctx, func(t *Tx) error {
		clear(kept)
		for id, v := range batch {
			if err := b.write(ctx, t, id, v, kept); err != nil {
				return err
			}
		}
		return nil
	})
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		for id, v := range batch {
			b.pending[id] = v.merge(b.pending[id])
		}
		return fmt.Errorf("write what screens said: %w", err)
	}
	for id, at := range kept {
		b.history[id] = at
	}
	return nil
}

// write stores what one screen said. A screen that was removed meanwhile is
// passed over.
func (b *beats) write(ctx context.Context, t *Tx, id playlist.ScreenID, v said, kept map[playlist.ScreenID]time.Time) error {
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
	b.mu.Lock()
	keep := v.health.At.Sub(b.history[id]) >= historyStep
	b.mu.Unlock()
	if keep {
		kept[id] = v.health.At
	}
	return t.putHealth(ctx, *v.health, keep)
}

// RecordHealth takes a report to be written within half a second. It does not
// wait for the disk.
func (s *Store) RecordHealth(h Health) {
	s.beat.put(h.Screen, func(v *said) { v.health = &h })
}

// RecordAdopted takes the generation on a screen, to be written within half a
// second; it also says that nothing is refused.
func (s *Store) RecordAdopted(id playlist.ScreenID, a wire.Adopted, at time.Time) {
	s.beat.put(id, func(v *said) { *v = v.merge(said{adopted: &a, at: at}) })
}

// RecordRefused takes a screen's refusal, to be written within half a second.
func (s *Store) RecordRefused(id playlist.ScreenID, r wire.Refused) {
	s.beat.put(id, func(v *said) { v.refused = &r })
}

// FlushHealth writes what RecordHealth took.
func (s *Store) FlushHealth(ctx context.Context) error { return s.beat.flush(ctx) }

// HealthTrouble is why the last write of reports in the background failed, or
// nil. The reports are kept and written again.
func (s *Store) HealthTrouble() error {
	s.beat.mu.Lock()
	defer s.beat.mu.Unlock()
	return s.beat.failed
}

func (t *Tx) putHealth(ctx context.Context, h Health, history bool) error {
	body, err := encode(h.Report)
	if err != nil {
		return err
	}
	online := 0
	if h.Online {
		online = 1
	}
	if _, err := exec(ctx, t.q, "save health", `INSERT INTO health (screen, at, online, body) VALUES ($1, $2, $3, $4)
		ON CONFLICT (screen) DO UPDATE SET at = excluded.at, online = excluded.online, body = excluded.body`,
		string(h.Screen), millis(h.At), online, body); err != nil || !history {
		return err
	}
	_, err = exec(ctx, t.q, "save health history", `INSERT INTO health_history (screen, at, body) VALUES ($1, $2, $3)
		ON CONFLICT (screen, at) DO NOTHING`, string(h.Screen), millis(h.At), body)
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

// HealthHistory returns reports of one screen from since on, one in five
// minutes, oldest first, at most limit.
func (r Reader) HealthHistory(ctx context.Context, id playlist.ScreenID, since time.Time, limit int) ([]Health, error) {
	return collect(ctx, r.q, "health history", func(s scanner) (Health, error) {
		h := Health{Screen: id}
		var at int64
		var body []byte
		if err := s.Scan(&at, &body); err != nil {
			return h, err
		}
		h.At = fromMillis(at)
		return h, json.Unmarshal(body, &h.Report)
	}, `SELECT at, body FROM health_history WHERE screen = $1 AND at >= $2 ORDER BY at LIMIT $3`, string(id), millis(since), limit)
}

// ForgetHistory drops history from before an instant.
func (t *Tx) ForgetHistory(ctx context.Context, before time.Time) error {
	_, err := exec(ctx, t.q, "forget health history", `DELETE FROM health_history WHERE at < $1`, millis(before))
	return err
}
