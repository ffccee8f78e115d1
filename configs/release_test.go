package configs

import (
	"crypto/ed25519"
	"testing"

	"mingbai/playlist"
	"mingbai/playlist/release"
)

// What the file pins goes before what the build stamped; a key that is none is
// refused before the program starts.
func TestReleasePin(t *testing.T) {
	text := func() string { return release.PublicText(release.NewKey().Public().(ed25519.PublicKey)) }
	one, two, three := text(), text(), text()
	s := DefaultScreen(playlist.Touch)
	if pin, err := s.ReleasePin(); err != nil || !pin.IsZero() {
		t.Errorf("nothing pins %+v, %v", pin, err)
	}
	releaseKeys = one + "," + two + "," + three
	t.Cleanup(func() { releaseKeys = "" })
	if pin, err := s.ReleasePin(); err != nil || len(pin.Keys) != 3 || pin.Threshold != 2 {
		t.Errorf("the build pins %+v, %v", pin, err)
	}
	s.Update.Keys, s.Update.Threshold = []string{two}, 1
	if pin, err := s.ReleasePin(); err != nil || len(pin.Keys) != 1 || release.PublicText(pin.Keys[0].Public) != two {
		t.Errorf("the file pins %+v, %v", pin, err)
	}
	for name, bad := range map[string]Update{
		"no key":        {Keys: []string{"AAAA"}, Trial: s.Update.Trial},
		"one key twice": {Keys: []string{one, one}, Trial: s.Update.Trial},
		"too many":      {Keys: []string{one}, Threshold: 2, Trial: s.Update.Trial},
	} {
		s.Update = bad
		if !Fatal(s.Check(playlist.Touch)) {
			t.Errorf("%s passes the check", name)
		}
	}
}
