package publish

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/speech"
)

// Reading aloud never holds a publication up: the edition goes out without the
// recording, the recording is made in the background, and an edition after it
// brings it to the screens.
const (
	speakBatch = 8                // notices looked up at a time; what is published meanwhile comes after them
	speakAgain = 10 * time.Minute // after a failure
	speakFails = 3                // failures in a row after which the voice rests
)

// Speaks reports whether this machine has a voice.
func (d *Desk) Speaks() bool { return d.cfg.Speaker != nil }

// listen tells ReadAloud that there may be something to record.
func (d *Desk) listen() {
	select {
	case d.unspoken <- struct{}{}:
	default:
	}
}

// recordings are those that an edition of a channel names. One whose blob is
// gone is left out: it is made again.
func (d *Desk) recordings(ctx context.Context, r store.Reader, c playlist.ChannelID) (map[playlist.NoticeID]playlist.Blob, error) {
	rows, err := r.LiveSpeech(ctx, c)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	out := make(map[playlist.NoticeID]playlist.Blob, len(rows))
	for _, s := range rows {
		if d.cfg.Blobs.Hold(s.Blob.Ref, s.Blob.Size) {
			out[s.Notice] = s.Blob
		}
	}
	return out, nil
}

// aloud is the state of ReadAloud.
type aloud struct {
	*Desk
	mu      sync.Mutex // guards all below
	later   map[spokenKey]time.Time
	dirty   map[playlist.ChannelID]int64 // what an edition still has to hold
	flushed map[playlist.ChannelID]time.Time
	fails   int // in a row
	silent  bool
	rest    time.Time // the voice rests until then
	made    int       // since the last word in the log
}

type spokenKey struct {
	notice  playlist.NoticeID
	version int
}

// ReadAloud records what is in force and has no recording yet, now and after
// every publication, until ctx ends. Without a voice it returns at once.
func (d *Desk) ReadAloud(ctx context.Context) {
	if !d.Speaks() {
		return
	}
	a := &aloud{Desk: d, later: map[spokenKey]time.Time{}, dirty: map[playlist.ChannelID]int64{}, flushed: map[playlist.ChannelID]time.Time{}}
	if err := a.forgetLost(ctx); err != nil && ctx.Err() == nil {
		d.cfg.Log.Error("recordings could not be looked through", "error", err)
	}
	for {
		more, err := a.round(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			d.cfg.Log.Error("recordings wait; it is tried again", "error", err)
		}
		if more && err == nil {
			continue
		}
		wait := time.NewTimer(speakAgain)
		select {
		case <-ctx.Done():
		case <-wait.C:
		case <-d.unspoken:
		}
		wait.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// forgetLost forgets the recordings whose blobs are not there, so that they are
// made again.
func (a *aloud) forgetLost(ctx context.Context) error {
	rows, err := a.cfg.Store.AllSpeech(ctx)
	if err != nil {
		return err
	}
	return a.cfg.Store.Update(ctx, func(t *store.Tx) error {
		for _, s := range rows {
			if size, ok := a.cfg.Blobs.Size(s.Blob.Ref); ok && size == s.Blob.Size {
				continue
			}
			if err := t.ForgetSpeech(ctx, s.Notice, s.Version); err != nil {
				return err
			}
		}
		return nil
	})
}

// round records one batch and makes the editions that are due. It reports
// whether there is more to do at once.
func (a *aloud) round(ctx context.Context) (more bool, err error) {
	batch, err := a.pending(ctx)
	if err != nil {
		return false, err
	}
	var group errgroup.Group
	group.SetLimit(a.cfg.SpeakAtOnce)
	for _, v := range batch {
		group.Go(func() error {
			err := a.speak(ctx, v)
			a.note(ctx, v, err)
			return nil
		})
	}
	_ = group.Wait() // what failed is noted
	return len(batch) > 0, a.flush(ctx, len(batch) == 0)
}

// pending returns what is to be recorded now.
func (a *aloud) pending(ctx context.Context) ([]store.NoticeVersion, error) {
	now := a.cfg.Now()
	a.mu.Lock()
	resting, skip := now.Before(a.rest), len(a.later)
	a.mu.Unlock()
	if resting {
		return nil, nil
	}
	rows, err := a.cfg.Store.Unspoken(ctx, a.cfg.Speaker.Voice(), now, speakBatch+skip)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	var batch []store.NoticeVersion
	for _, v := range rows {
		if now.Before(a.later[spokenKey{v.Notice, v.Version}]) || len(batch) == speakBatch {
			continue
		}
		batch = append(batch, v)
	}
	return batch, nil
}

// speak records one version, or takes the recording of the same words.
func (a *aloud) speak(ctx context.Context, v store.NoticeVersion) error {
	n, err := v.Decode()
	if err != nil {
		return err
	}
	script := speech.Script(n)
	if len(script) == 0 {
		return errors.New("the notice has no words")
	}
	row := store.Speech{Notice: v.Notice, Version: v.Version, Voice: a.cfg.Speaker.Voice(), Script: a.cfg.Speaker.Key(script), Made: a.cfg.Now()}
	have, err := a.cfg.Store.SpeechOfScript(ctx, row.Script)
	switch {
	case err == nil && a.cfg.Blobs.Hold(have.Blob.Ref, have.Blob.Size):
		row.Blob, row.Length = have.Blob, have.Length
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return err
	default:
		if row.Blob, row.Length, err = a.record(ctx, script); err != nil {
			return err
		}
	}
	if err := a.cfg.Checkpoint("speech recorded"); err != nil {
		return err
	}
	return a.cfg.Store.Update(ctx, func(t *store.Tx) error {
		now, err := t.Notice(ctx, v.Notice)
		if err != nil || now.Live != v.Version {
			return err // it was revised or taken down meanwhile
		}
		if err := t.PutSpeech(ctx, row); err != nil {
			return err
		}
		// Asked for in the same transaction, so that a crash leaves it to be seen.
		want, err := t.Want(ctx, now.Channel())
		if err != nil {
			return err
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.dirty[now.Channel()] = want
		return nil
	})
}

func (a *aloud) record(ctx context.Context, script []speech.Line) (playlist.Blob, time.Duration, error) {
	r, err := a.cfg.Speaker.Record(ctx, script)
	if err != nil {
		return playlist.Blob{}, 0, err
	}
	data, err := speech.Encode(r)
	if err != nil {
		return playlist.Blob{}, 0, err
	}
	ref, err := a.cfg.Blobs.PutBytes(data)
	if err != nil {
		return playlist.Blob{}, 0, fmt.Errorf("store the recording: %w", err)
	}
	return playlist.Blob{Ref: ref, Size: int64(len(data))}, r.Duration(), nil
}

// note remembers what came of one recording. A voice that fails is mentioned in
// the log once, not for every notice.
func (a *aloud) note(ctx context.Context, v store.NoticeVersion, err error) {
	if ctx.Err() != nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	key, now := spokenKey{v.Notice, v.Version}, a.cfg.Now()
	if err == nil {
		delete(a.later, key)
		if a.silent {
			a.cfg.Log.Info("the voice reads aloud again")
		}
		a.fails, a.silent = 0, false
		a.made++
		return
	}
	if !a.silent {
		a.cfg.Log.Error("a notice cannot be read aloud; it is shown without, and tried again", "notice", v.Notice, "error", err)
	}
	a.silent = true
	for k, t := range a.later {
		if now.After(t) {
			delete(a.later, k)
		}
	}
	a.later[key] = now.Add(speakAgain)
	if a.fails++; a.fails >= speakFails {
		a.rest, a.fails = now.Add(speakAgain), 0
	}
}

// flush makes the editions that bring recordings to the screens: when there is
// nothing left to record, and else not more often than is good for the line.
func (a *aloud) flush(ctx context.Context, all bool) error {
	now := a.cfg.Now()
	due := map[playlist.ChannelID]int64{}
	a.mu.Lock()
	for c, want := range a.dirty {
		if _, seen := a.flushed[c]; !seen {
			a.flushed[c] = now // a batch may follow
		}
		if all || now.Sub(a.flushed[c]) >= a.cfg.SpeechEvery {
			due[c] = want
			delete(a.dirty, c)
			a.flushed[c] = now
		}
	}
	if all {
		clear(a.flushed)
		if a.made > 0 {
			a.cfg.Log.Info("notices were read aloud", "recordings", a.made)
		}
		a.made = 0
	}
	a.mu.Unlock()
	var errs []error
	for c, want := range due {
		if _, err := a.settle(ctx, c, want); err != nil && !errors.Is(err, ErrClosed) {
			errs = append(errs, err) // it stays asked for, and CatchUp makes it
		}
	}
	return errors.Join(errs...)
}
