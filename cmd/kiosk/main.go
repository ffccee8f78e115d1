// Command kiosk is the touchscreen's program.
//
//	kiosk -config /etc/mingbai/kiosk.toml
//	kiosk launch -config FILE    the same, looked after and updated: what services run
//	kiosk -check -config FILE    say what is wrong with the file
//	kiosk -version
package main

import (
	"log/slog"
	"os"

	"mingbai/cmd/internal/screen"
	"mingbai/kiosk"
	"mingbai/kiosk/player"
	"mingbai/kiosk/printer"
	"mingbai/kiosk/touch"
	"mingbai/kiosk/voice"
	"mingbai/playlist"
)

func main() {
	os.Exit(screen.Main("kiosk", playlist.Touch, func(d *kiosk.Device, log *slog.Logger) player.Program {
		cfg := d.Config()
		speaker := voice.New(cfg.Voice.Command, log)
		speaker.SetVolume(cfg.Voice.Volume)
		d.Sounds(speaker)
		return touch.New(d, touch.Options{
			Panel: cfg.Panel, Idle: cfg.Idle, Console: cfg.Controller, Voice: speaker,
			Printer: printer.New(printer.Config{
				Name: cfg.Printer.Name, Session: cfg.Printer.SessionSheets, Day: cfg.Printer.DaySheets, Folder: cfg.Spool(),
			}, log),
		})
	}))
}
