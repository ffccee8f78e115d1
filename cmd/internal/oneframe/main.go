// Command oneframe opens a window over the whole display through ebiten, fills it
// with one colour and stays. It is the floor of how soon a screen can show
// something: the benchmark of cmd/fleet times it beside the touchscreen's program.
package main

import (
	"fmt"
	"image/color"
	"os"

	"github.com/hajimehoshi/ebiten/v2"
)

// plain is a game that only fills the window.
type plain struct{ drawn bool }

func (p *plain) Update() error { return nil }

func (p *plain) Draw(screen *ebiten.Image) {
	if !p.drawn {
		screen.Fill(color.RGBA{30, 90, 160, 255}) // the benchmark waits for this one
		p.drawn = true
	}
}

func (p *plain) Layout(w, h int) (int, int) { return w, h }

func main() {
	ebiten.SetFullscreen(true)
	ebiten.SetScreenClearedEveryFrame(false)
	ebiten.SetRunnableOnUnfocused(true)
	if err := ebiten.RunGameWithOptions(&plain{}, &ebiten.RunGameOptions{InitUnfocused: true, SingleThread: true}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
