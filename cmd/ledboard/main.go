// Command ledboard is the LED board's program: it puts the board's dots into a
// window at configured pixels, where a sending card copies them, sends them to
// pixel controllers on the network, or both.
//
//	ledboard -config /etc/mingbai/ledboard.toml
//	ledboard launch -config FILE    the same, looked after and updated: what services run
//	ledboard -check -config FILE    say what is wrong with the file
//	ledboard -version
//
// Built with the tag noebiten it needs neither C nor a display.
package main

import (
	"log/slog"
	"os"

	"mingbai/cmd/internal/screen"
	"mingbai/kiosk"
	"mingbai/kiosk/led"
	"mingbai/kiosk/player"
	"mingbai/playlist"
)

func main() {
	os.Exit(screen.Main("ledboard", playlist.LED, func(d *kiosk.Device, log *slog.Logger) player.Program {
		cfg := d.Config()
		p := led.New(d, cfg.Panel)
		if err := p.Follow(cfg.Pair, log); err != nil {
			log.Error("The other board of the pair cannot be asked for the time; this board goes by its own clock.", "error", err)
		}
		return p
	}))
}
