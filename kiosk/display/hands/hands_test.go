package hands

import (
	"slices"
	"testing"
	"time"

	"mingbai/kiosk/display/xinput"
	"mingbai/kiosk/player"
)

func TestHandsNumberFingers(t *testing.T) {
	var q Queue
	h := New(&q)
	now := time.Unix(1, 0)
	for _, e := range []xinput.Event{
		{Kind: xinput.TouchBegin, Finger: 900, X: 1},
		{Kind: xinput.PointerMove, X: 500}, // hovering
		{Kind: xinput.TouchBegin, Finger: 901, X: 2},
		{Kind: xinput.TouchUpdate, Finger: 900, X: 3},
		{Kind: xinput.TouchUpdate, Finger: 901, X: 4},
		{Kind: xinput.TouchUpdate, Finger: 900, X: 5}, // replaces the unseen move
		{Kind: xinput.TouchEnd, Finger: 900, X: 6},
		{Kind: xinput.TouchBegin, Finger: 902, X: 7},
		{Kind: xinput.TouchEnd, Finger: 12345, X: 8}, // unknown
		{Kind: xinput.PointerDown, X: 9},
	} {
		h.Take(e, now)
	}
	h.Cancel(now)
	type seen struct {
		kind player.EventKind
		id   int
		x    float64
	}
	got := map[seen]int{}
	held := q.Take()
	for _, e := range held {
		got[seen{e.Kind, e.ID, e.X}]++
	}
	for _, want := range []seen{
		{player.Down, 1, 1}, {player.Down, 2, 2}, {player.Move, 1, 5}, {player.Move, 2, 4}, {player.Up, 1, 6},
		{player.Down, 1, 7}, {player.Down, 0, 9}, {player.Cancel, 0, 0}, {player.Cancel, 1, 0}, {player.Cancel, 2, 0},
	} {
		if got[want] != 1 {
			t.Errorf("%+v arrived %d times, want once", want, got[want])
		}
	}
	if len(held) != 10 {
		t.Errorf("%d events arrived, want 10: %+v", len(held), held)
	}
	if len(q.Take()) != 0 {
		t.Error("events were delivered twice")
	}
}

func TestKeysAndWheelArrive(t *testing.T) {
	var q Queue
	h := New(&q)
	now := time.Unix(1, 0)
	for _, e := range []xinput.Event{
		{Kind: xinput.KeyPress, Code: 8 + 32},                          // D
		{Kind: xinput.KeyPress, Code: 8 + 48},                          // B
		{Kind: xinput.KeyPress, Code: 8 + 11},                          // 0
		{Kind: xinput.KeyPress, Code: 8 + 82},                          // 0 of the number pad
		{Kind: xinput.KeyPress, Code: 8 + 14},                          // backspace
		{Kind: xinput.KeyPress, Code: 8 + 15},                          // tab
		{Kind: xinput.KeyPress, Code: 8 + 15, Shift: true},             // and back
		{Kind: xinput.KeyPress, Code: 8 + 42}, {Kind: xinput.KeyPress}, // shift alone, nothing
		{Kind: xinput.WheelTurn, Code: 5}, {Kind: xinput.WheelTurn, Code: 4},
	} {
		h.Take(e, now)
	}
	var got []any
	for _, e := range q.Take() {
		if e.Kind == player.Wheel {
			got = append(got, e.Turn)
			continue
		}
		got = append(got, e.Key)
	}
	want := []any{
		player.Key("d"), player.Key("b"), player.Key("0"), player.Key("0"), player.KeyBackspace, player.KeyTab, player.KeyBackTab, 1, -1,
	}
	if !slices.Equal(got, want) {
		t.Errorf("arrived %v, want %v", got, want)
	}
}
