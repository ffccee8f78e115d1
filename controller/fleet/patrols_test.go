package fleet_test

import (
	"strings"
	"testing"
	"time"

	"mingbai/controller/fleet"
	"mingbai/playlist/wire"
)

// TestPatrolSign has a screen find a broken record of display, which nothing else
// tells, then heat, which has a sign of its own, then nothing; and stay away.
func TestPatrolSign(t *testing.T) {
	y := newYard(t)
	_, id := y.board()
	found := func(items ...wire.PatrolItem) (fleet.Sign, bool) {
		t.Helper()
		items = append(items, wire.PatrolItem{Check: wire.PatrolClock, OK: true, Zh: "时钟准。", En: "The clock is right."})
		if err := y.Patrol(t.Context(), id, wire.Patrol{At: y.now, Items: items}); err != nil {
			t.Fatal(err)
		}
		return has(y.says(id, nil), fleet.SignPatrol)
	}
	chain := wire.PatrolItem{Check: wire.PatrolLedger, Zh: "显示记录的链在第 12 行断开。", En: "The record of display is broken at row 12."}
	s, ok := found(chain)
	if !ok || s.Severity != fleet.Warn || !strings.Contains(s.Cause.Zh, "第 12 行") || !strings.Contains(s.Cause.En, "row 12") {
		t.Errorf("a broken record of display: %+v", s)
	}
	if s, ok := found(wire.PatrolItem{Check: wire.PatrolHeat, Zh: "温度 90 ℃。", En: "It has 90 °C."}); !ok || s.Severity != fleet.Note {
		t.Errorf("heat: %+v", s)
	}
	if s, ok := found(); ok {
		t.Errorf("nothing was found, and it says %+v", s)
	}
	found(chain)
	y.set(y.now.Add(49 * time.Hour))
	if s, ok := has(y.says(id, nil), fleet.SignPatrol); ok {
		t.Errorf("what was found two days ago still stands: %+v", s)
	}
}
