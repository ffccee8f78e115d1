package configs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mingbai/playlist"
)

func TestPairCheck(t *testing.T) {
	key, short := filepath.Join(t.TempDir(), "key"), filepath.Join(t.TempDir(), "short")
	for file, text := range map[string]string{key: "0123456789abcdef\n", short: "secret"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		pair      Pair
		key, says string // of the first problem; empty for none
	}{
		{Pair{}, "", ""},
		{Pair{Listen: "192.168.1.20:7460", Peers: []string{"192.168.1.21:7460", "[fd00::2]:7460"}, KeyFile: key}, "", ""},
		{Pair{Listen: "192.168.1.20:7460", Peers: []string{"192.168.1.21:7460"}}, "pair.key_file", "anybody"},
		{Pair{Peers: []string{"192.168.1.21:7460"}}, "pair.listen", "no address"},
		{Pair{Listen: ":7460", Peers: []string{"192.168.1.21:7460"}, KeyFile: key}, "pair.listen", "not an IP address"},
		{Pair{Listen: "192.168.1.20:0", Peers: []string{"192.168.1.21:7460"}, KeyFile: key}, "pair.listen", "not an IP address"},
		{Pair{Listen: "192.168.1.20:7460", KeyFile: key}, "pair.peers", "0 other boards"},
		{Pair{Listen: "192.168.1.20:7460", Peers: make([]string, 9), KeyFile: key}, "pair.peers", "9 other boards"},
		{Pair{Listen: "192.168.1.20:7460", Peers: []string{"gate:7460"}, KeyFile: key}, "pair.peers", "not the IP address"},
		{Pair{Listen: "192.168.1.20:7460", Peers: []string{"224.0.0.1:7460"}, KeyFile: key}, "pair.peers", "not the IP address"},
		{Pair{Listen: "192.168.1.20:7460", Peers: []string{"192.168.1.21:7460"}, KeyFile: short}, "pair.key_file", "6 bytes"},
		{Pair{Listen: "192.168.1.20:7460", Peers: []string{"192.168.1.21:7460"}, KeyFile: key + "s"}, "pair.key_file", "no such file"},
	} {
		s := DefaultScreen(playlist.LED)
		s.Data, s.Pair = t.TempDir(), c.pair
		got := s.Check(playlist.LED)
		switch {
		case c.key == "" && got != nil:
			t.Errorf("%+v: %v", c.pair, got)
		case c.key != "" && (len(got) == 0 || !strings.Contains(got[0].String(), c.key) || !strings.Contains(got[0].String(), c.says)):
			t.Errorf("%+v: %v, want %s to be said of %s", c.pair, got, c.says, c.key)
		}
	}
	if got, err := (Pair{KeyFile: key}).Key(); err != nil || string(got) != "0123456789abcdef" {
		t.Errorf("the key is %q, %v", got, err)
	}
}
