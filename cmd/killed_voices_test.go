package cmd

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"mingbai/assets/durable"
	"mingbai/controller/store"
	"mingbai/kiosk/mailbox"
	"mingbai/playlist/wire"
)

// saidAccepted is what the program writes when a voice was accepted, before
// anybody at a touchscreen would read 已提交.
const saidAccepted = "A voice was accepted."

// speak says something every few frames and writes down what was accepted.
func (f *flicker) speak(now time.Time) {
	if f.turn%3 != 1 {
		return
	}
	v := wire.Voice{ID: rand.Text(), Kind: wire.Rating, At: now, Score: 3}
	if _, err := f.device.Say(v); err == nil {
		f.log.Info(saidAccepted, "voice", v.ID)
	} else if !errors.Is(err, mailbox.ErrTooMany) {
		f.log.Error("A voice was refused.", "error", err)
	}
}

// checkVoices holds every voice that was ever accepted against what the office
// has and what is on the disk: it is at one of the two, and the office, whose
// rows are one for each ID, has nothing that was never accepted (DOMAIN I9).
func (v *victim) checkVoices(p *process, log *slog.Logger) error {
	p.said(func(l logLine) bool {
		if l.Msg == saidAccepted {
			v.accepted[l.Voice] = true
		}
		return false
	})
	box, err := mailbox.Open(durable.OS, v.disk.Mailbox(), log)
	if err != nil {
		return err
	}
	here := map[string]bool{}
	for _, w := range box.Waiting(1 << 20) {
		here[w.ID] = true
	}
	if err := box.Close(); err != nil {
		return err
	}
	id, err := v.screenID()
	if err != nil {
		return err
	}
	for said := range v.accepted {
		row, err := v.o.c.Store.Voice(context.Background(), said)
		switch {
		case errors.Is(err, store.ErrNotFound) && !here[said]:
			return fmt.Errorf("voice %s was accepted and is neither here nor at the office", said)
		case err == nil && row.Screen != id:
			return fmt.Errorf("voice %s is at the office as of %s", said, row.Screen)
		case err != nil && !errors.Is(err, store.ErrNotFound):
			return err
		case err == nil && !here[said]:
			delete(v.accepted, said) // it has arrived and has left the disk
			v.arrived++
		}
	}
	return nil
}

// deliver lets the device run in peace until the office has every voice that was
// ever accepted, and checks the disk once more.
func (v *victim) deliver(t *testing.T) {
	p, err := v.start()
	if err != nil {
		t.Error(err)
		return
	}
	defer p.kill()
	await(t, p, "the delivery of what residents said", func() bool {
		for said := range v.accepted {
			if _, err := v.o.c.Store.Voice(context.Background(), said); err != nil {
				return false
			}
		}
		return true
	})
	p.kill()
	if err := v.check(p); err != nil {
		t.Errorf("%s, after all was delivered: %v", v.name, err)
	}
	// What it accepted in this last run, and what had not left the disk yet, may
	// be here still; everything else has arrived.
	v.arrived += len(v.accepted)
}
