package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// checkKept compares what is kept in memory with what the database has.
func checkKept(t *testing.T, s *store.Store, keys [][]byte) {
	t.Helper()
	ctx := context.Background()
	var want []store.Screen
	var tree *store.Tree
	var channels []store.Channel
	err := s.View(ctx, func(r store.Reader) (err error) {
		if want, err = r.Screens(ctx); err != nil {
			return err
		}
		if tree, err = r.Tree(ctx); err != nil {
			return err
		}
		channels, err = r.Channels(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys { // first: it must not need the roster
		kept, errKept := s.ScreenByKey(ctx, key)
		stored, errStored := s.Reader.ScreenByKey(ctx, key)
		if !reflect.DeepEqual(kept, stored) || errors.Is(errKept, store.ErrNotFound) != errors.Is(errStored, store.ErrNotFound) {
			t.Fatalf("by key %x, kept %+v %v\nstored %+v %v", key, kept, errKept, stored, errStored)
		}
	}
	got, err := s.Roster(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("%d screens are kept, there are %d", len(got), len(want))
	}
	for i := range want {
		if !reflect.DeepEqual(*got[i], want[i]) {
			t.Fatalf("kept  %+v\nstored %+v", *got[i], want[i])
		}
	}
	if kept, err := s.Tree(ctx); err != nil || !reflect.DeepEqual(kept, tree) {
		t.Fatalf("kept sites %v, %v; stored %v", kept.Sites(), err, tree.Sites())
	}
	latest := map[playlist.ChannelID]playlist.Revision{}
	for _, c := range channels {
		if c.Revision > 0 {
			latest[c.ID] = c.Revision
		}
	}
	if kept, err := s.Latest(ctx); err != nil || !reflect.DeepEqual(kept, latest) {
		t.Fatalf("kept revisions %v, %v; stored %v", kept, err, latest)
	}
}

// meddler changes whatever is kept, at random.
type meddler struct {
	*store.Store
	rnd  *rand.Rand
	seq  uint64
	keys [][]byte // of devices, all that ever were
}

func (m *meddler) screen() playlist.ScreenID {
	return playlist.ScreenID(fmt.Sprintf("s-%02d", m.rnd.IntN(30)))
}

func (m *meddler) site() playlist.SiteID { return playlist.SiteID(fmt.Sprint("v-", m.rnd.IntN(4))) }

func (m *meddler) change(ctx context.Context) error {
	at := time.UnixMilli(1_700_000_000_000 + m.rnd.Int64N(1e9))
	m.seq++
	id, undone := m.screen(), errors.New("it was not to be")
	err := m.Update(ctx, func(tx *store.Tx) error {
		for range 1 + m.rnd.IntN(3) {
			var err error
			switch m.rnd.IntN(12) {
			case 0:
				err = tx.PutSite(ctx, playlist.Site{ID: m.site(), Kind: playlist.Village, Name: fmt.Sprint(m.seq)})
			case 1, 2, 3:
				err = tx.PutScreen(ctx, playlist.Screen{ID: id, Site: m.site(), Name: fmt.Sprint(m.seq), Tags: []string{"a"}}, "zh")
			case 4:
				err = tx.SetLedgerHead(ctx, id, m.seq, fmt.Sprint(m.seq))
			case 5:
				err = tx.SetProgram(ctx, id, fmt.Sprint(m.seq), "x", "y")
			case 6:
				key := fmt.Append(nil, m.rnd.Uint64())
				if n := len(m.keys); n > 0 && m.rnd.IntN(3) == 0 {
					key = m.keys[m.rnd.IntN(n)] // it comes back, to this screen or another
				}
				m.keys = append(m.keys, key)
				err = tx.BindDevice(ctx, id, key, at)
			case 7:
				err = tx.PutSettings(ctx, id, playlist.Revision(m.seq), wire.Envelope{})
			case 8:
				err = tx.RetireScreen(ctx, store.Retired{Screen: playlist.Screen{ID: id}, At: at})
			case 9:
				_, err = tx.ReturnScreen(ctx, id)
			case 10:
				_, err = tx.NewEpoch(ctx, id)
			case 11:
				ch := playlist.ChannelID{Site: m.site()}
				if err = tx.AddChannel(ctx, ch, make([]byte, 32)); err == nil {
					err = tx.PutReclaimed(ctx, store.Edition{Channel: ch, Revision: playlist.Revision(m.seq), Created: at})
				}
			}
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		if m.rnd.IntN(8) == 0 {
			return undone
		}
		return nil
	})
	if m.rnd.IntN(2) == 0 {
		m.RecordAdopted(m.screen(), wire.Adopted{Settings: playlist.Revision(m.seq), Have: map[playlist.ChannelID]playlist.Revision{{Site: "v-1"}: 3}}, at)
	}
	if m.rnd.IntN(4) == 0 {
		m.RecordRefused(m.screen(), wire.Refused{Reason: wire.ReasonStorage})
	}
	if errors.Is(err, undone) || errors.Is(err, store.ErrConflict) {
		return nil
	}
	return err
}

// TestKept changes screens, sites and editions at random, first by one and then by
// several at once while others ask, and finds the same in memory as in the database.
func TestKept(t *testing.T) {
	ctx := t.Context()
	s := open(t, filepath.Join(t.TempDir(), "x.db"))
	m := &meddler{Store: s, rnd: rand.New(rand.NewPCG(1, 2))}
	for range 100 {
		if err := m.change(ctx); err != nil {
			t.Fatal(err)
		}
		if err := s.FlushHealth(ctx); err != nil {
			t.Fatal(err)
		}
		checkKept(t, s, m.keys)
	}
	for round := range uint64(3) {
		var all sync.WaitGroup
		var meddlers []*meddler
		for i := range uint64(4) {
			m := &meddler{Store: s, rnd: rand.New(rand.NewPCG(round, i)), seq: 1_000 * (1 + round*4 + i)}
			meddlers = append(meddlers, m)
			all.Go(func() {
				for range 15 {
					if err := m.change(ctx); err != nil {
						t.Error(err)
					}
				}
			})
			all.Go(func() {
				for range 50 {
					_, err := s.Roster(ctx)
					_, err2 := s.Latest(ctx)
					_, err3 := s.Tree(ctx)
					if err := errors.Join(err, err2, err3); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if err := s.FlushHealth(ctx); err != nil {
			t.Fatal(err)
		}
		for _, other := range meddlers {
			m.keys = append(m.keys, other.keys...)
		}
		checkKept(t, s, m.keys)
	}
}

// TestKeptIsSeenAtOnce changes one thing of 1,000 screens at a time and asks at once.
func TestKeptIsSeenAtOnce(t *testing.T) {
	ctx := t.Context()
	s := open(t, filepath.Join(t.TempDir(), "x.db"))
	update(t, s, func(tx *store.Tx) error {
		for i := range 1000 {
			if err := tx.PutScreen(ctx, playlist.Screen{ID: playlist.ScreenID(fmt.Sprintf("s-%04d", i)), Site: "v"}, "zh"); err != nil {
				return err
			}
		}
		return nil
	})
	before, err := s.Roster(ctx)
	if err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx *store.Tx) error { return tx.SetProgram(ctx, "s-0500", "touch 2", "", "") })
	after, err := s.Roster(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i := range after {
		switch same := after[i] == before[i]; {
		case i != 500 && !same:
			t.Fatalf("screen %d is another pointer although nothing changed", i)
		case i == 500 && (same || after[i].Program != "touch 2" || before[i].Program != ""):
			t.Fatalf("before %+v\nafter %+v", before[i], after[i])
		}
	}
}
