package update

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/playlist"
	"mingbai/playlist/release"
	"mingbai/playlist/wire"
)

// maxBoots is how often a program may be started before it has shown that it is
// well.
const maxBoots = 2

// maxFailed is how many offers that failed are remembered.
const maxFailed = 16

// state is what the next start must know. Fields that a later version adds are
// lost when an older program writes it, so none may be needed to start.
type state struct {
	// Current is well and runs unless a trial is on. Before was well before it.
	Current Slot `json:"current"`
	Before  Slot `json:"before"`
	// Installed is the version of the built-in program that Current was chosen
	// over. When another is installed by hand, that is what its installer wants.
	Installed string         `json:"installed,omitempty"`
	Slots     map[Slot]held  `json:"slots,omitempty"` // what is whole in them
	Ready     Slot           `json:"ready,omitempty"` // its program waits for a quiet moment; empty when none does
	Trial     *trial         `json:"trial,omitempty"`
	Floor     release.Order  `json:"floor,omitzero"` // of the newest package that was ever well
	Keys      release.KeySet `json:"keys,omitzero"`  // the newest that was verified
	Pin       release.KeySet `json:"pin,omitzero"`   // from which Keys was reached
	// Last is what is told of the newest offer, Failed which offers are not tried
	// again, newest last.
	Last   wire.UpdateState `json:"last,omitzero"`
	Failed []assets.Ref     `json:"failed,omitempty"`
}

// held is the program in a slot.
type held struct {
	Version string        `json:"version"`
	Order   release.Order `json:"order"`
	Blob    playlist.Blob `json:"blob"`
	Offer   assets.Ref    `json:"offer"` // see offerRef
}

// trial is a program that has not shown yet that it is well.
type trial struct {
	Slot  Slot `json:"slot"`
	Boots int  `json:"boots"`
	// What the old program could do when it gave way, the new one must do as well.
	Content bool `json:"content"`
	Online  bool `json:"online"`
}

// load reads the state. One that cannot be read is as good as none: the built-in
// program runs. Only an error of the disk is returned.
func load(fsys durable.FS, dir string, log *slog.Logger) (state, error) {
	b, err := durable.ReadFile(fsys, filepath.Join(dir, stateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return state{}, nil
	}
	if err != nil {
		return state{}, fmt.Errorf("read the state of the slots: %w", err)
	}
	var s state
	err = json.Unmarshal(b, &s)
	if err == nil {
		err = s.check()
	}
	if err != nil {
		log.Error("The state of the slots cannot be read; the installed program runs.", "error", err)
		return state{}, nil
	}
	return s, nil
}

// check says what would lead a launcher astray.
func (s state) check() error {
	if !s.Current.valid() || !s.Before.valid() || !s.Ready.valid() || s.Trial != nil && (!s.Trial.Slot.valid() || s.Trial.Slot == BuiltIn) {
		return errors.New("a slot has another name than a and b")
	}
	return nil
}

func (s state) save(fsys durable.FS, dir string) error {
	b, err := json.Marshal(s)
	if err == nil {
		err = durable.MkdirAll(fsys, dir)
	}
	if err == nil {
		err = durable.WriteFile(fsys, filepath.Join(dir, stateFile), b)
	}
	if err != nil {
		return fmt.Errorf("save the state of the slots: %w", err)
	}
	return nil
}

// spare is the slot that an offer may be written to while running runs.
func (s state) spare(running Slot) Slot {
	for _, slot := range []Slot{A, B} {
		if slot != running && slot != s.Current {
			return slot
		}
	}
	// Neither is free: the program runs in the place of Current, which did not
	// start. That one has to go.
	return s.Current
}

// holds returns the slot with the program of an offer.
func (s state) holds(blob playlist.Blob, order release.Order) (Slot, bool) {
	for slot, h := range s.Slots {
		if h.Blob == blob && h.Order == order {
			return slot, true
		}
	}
	return BuiltIn, false
}

// pinned is the key set that an offer is judged by.
func (s state) pinned(pin release.KeySet) release.KeySet {
	if s.Keys.IsZero() || !s.Pin.Equal(pin) {
		return pin // never walked, or somebody has pinned others by hand since
	}
	return s.Keys
}

// failed ends what is tried: the program is not run again unless it is offered anew.
func (s *state) failed(h held, reason release.Reason, detail string, at time.Time) {
	s.Last = wire.UpdateState{Version: h.Version, Step: wire.UpdateFailed, At: at,
		Error: (&release.Refusal{Reason: reason, Detail: detail}).Error()}
	s.Trial, s.Ready = nil, BuiltIn
	if !h.Offer.IsZero() && !slices.Contains(s.Failed, h.Offer) {
		s.Failed = append(s.Failed, h.Offer)
		s.Failed = s.Failed[max(0, len(s.Failed)-maxFailed):]
	}
}

// committed makes the program on trial the one that runs.
func (s *state) committed(at time.Time) {
	slot := s.Trial.Slot
	h := s.Slots[slot]
	s.Before, s.Current, s.Trial, s.Ready = s.Current, slot, nil, BuiltIn
	if s.Floor.Less(h.Order) {
		s.Floor = h.Order
	}
	s.Last = wire.UpdateState{Version: h.Version, Step: wire.UpdateDone, At: at}
}

// offerRef tells an offer from all others: the same package offered again is the
// same offer, unless it was signed anew or a technician asked for it again.
func offerRef(o wire.Offer) assets.Ref {
	b, err := json.Marshal(struct {
		Package wire.Envelope
		Again   uint64
	}{o.Package, o.Again})
	if err != nil {
		panic(err) // an envelope is bytes and strings
	}
	return assets.RefOf(b)
}
