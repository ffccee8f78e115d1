package fleet_test

import (
	"strings"
	"testing"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// TestMuteScreenIsNamed publishes to a screen that goes on to report and confirms
// nothing: at first it is downloading, after some minutes the cause says that it
// does not confirm, and when it does the sign is gone.
func TestMuteScreenIsNamed(t *testing.T) {
	y := newYard(t)
	h, id := y.board()
	ch := playlist.ChannelID{Site: "liuxi"}
	// A fresh connection, over which it confirms nothing.
	if _, err := y.Hello(t.Context(), h, "10.0.0.7:1"); err != nil {
		t.Fatal(err)
	}
	e := playlist.Edition{Channel: ch, Revision: 1}
	body, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	y.update(func(tx *store.Tx) error {
		return tx.PutReclaimed(t.Context(), store.Edition{Channel: ch, Revision: 1, Created: y.now, Envelope: wire.Envelope{Payload: body}})
	})
	var last fleet.Sign
	mute := func() bool {
		s, is := has(y.says(id, nil), fleet.SignBehind)
		if !is {
			t.Fatal("a screen that lacks an edition has no sign of it")
		}
		last = s
		return strings.Contains(s.Cause.Zh, "没有确认") && strings.Contains(s.Cause.En, "has not confirmed") && strings.Contains(s.Next.Zh, "重新加载")
	}
	after := time.Duration(0)
	for began := y.now; !mute(); after = y.now.Sub(began) {
		if after > 10*time.Minute {
			t.Fatalf("after %v it says %+v", after, last)
		}
	}
	if after < 4*time.Minute {
		t.Errorf("it is called mute after %v", after)
	}
	if err := y.Adopted(t.Context(), id, wire.Adopted{Settings: 1, Have: map[playlist.ChannelID]playlist.Revision{ch: 1}}); err != nil {
		t.Fatal(err)
	}
	if s, is := has(y.says(id, nil), fleet.SignBehind); is {
		t.Errorf("it has confirmed, and yet: %+v", s)
	}
}
