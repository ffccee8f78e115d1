package fleet

import "testing"

// TestOnlyWhoWaitsIsRemembered: of commands that are never answered nothing is kept
// but while somebody waits.
func TestOnlyWhoWaitsIsRemembered(t *testing.T) {
	f := &Fleet{results: map[string]*awaited{}}
	done, leave := f.awaits("c-1")
	_, other := f.awaits("c-1")
	leave()
	if len(f.results) != 1 {
		t.Error("who else waits is forgotten")
	}
	f.finish("c-1")
	select {
	case <-done:
	default:
		t.Error("the result comes and who waits is not told")
	}
	_, again := f.awaits("c-1")
	other()
	if len(f.results) != 1 {
		t.Error("who waits for the next is forgotten")
	}
	again()
	f.finish("c-1")
	if len(f.results) != 0 {
		t.Errorf("%d commands are remembered", len(f.results))
	}
}
