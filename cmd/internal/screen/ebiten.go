//go:build !noebiten

package screen

import (
	"log/slog"

	"mingbai/configs"
	"mingbai/kiosk/display"
	"mingbai/kiosk/display/mount"
	"mingbai/kiosk/player"
)

// withEbiten says that the program can paint through OpenGL. A program with ebiten
// does not even start where there is no display, whatever its settings say; one
// that is built with the tag noebiten does, and needs no C.
const withEbiten = true

func openEbiten(title string, cfg configs.Screen, well func(), log *slog.Logger) (player.Presenter, error) {
	w, panel := cfg.Window, cfg.Panel
	return display.New(display.Options{
		Title: title, Width: panel.Width, Height: panel.Height,
		Fullscreen: w.Fullscreen, Monitor: w.Monitor, X: w.X, Y: w.Y, Borderless: w.Borderless,
		Scale: w.Scale, Turn: mount.Turn(w.Rotate), Dots: w.Dots, HideCursor: w.HideCursor, Log: log,
		Watchdog: well,
	})
}
