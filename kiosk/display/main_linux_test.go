package display

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"
)

// bench runs the tests inside a running ebiten game, where images can be
// painted and read.
type bench struct {
	m    *testing.M
	code int
}

func (b *bench) Update() error {
	b.code = b.m.Run()
	return ebiten.Termination
}

func (b *bench) Draw(*ebiten.Image)         {}
func (b *bench) Layout(w, h int) (int, int) { return w, h }

// TestMain opens a small window first: ebiten paints only inside a running
// game, and one process can run only one.
func TestMain(m *testing.M) {
	if probe := os.Getenv(probeVariable); probe != "" {
		os.Exit(runProbe(probe))
	}
	b := &bench{m: m, code: 1}
	ebiten.SetWindowSize(320, 240)
	err := ebiten.RunGameWithOptions(b, &ebiten.RunGameOptions{InitUnfocused: true})
	if err != nil && !errors.Is(err, ebiten.Termination) {
		fmt.Fprintln(os.Stderr, "running the tests inside a window:", err)
		os.Exit(1)
	}
	os.Exit(b.code)
}
