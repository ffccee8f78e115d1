package cmd

import (
	"context"
	"flag"
	"image"
	"image/color"
	"log/slog"
	"os"
	"time"

	"mingbai/configs"
	"mingbai/kiosk"
	"mingbai/kiosk/headless"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// syncProgram is a device whose program draws next to nothing and changes what it
// shows many times a second, so that generations, take-downs and ledger rows are
// written as often as can be.
func syncProgram() error {
	orphaned()
	file := flag.String("config", "", "")
	flag.Parse()
	cfg, err := configs.LoadScreen(*file, playlist.LED)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	log.Info("The program has started.")
	device, err := kiosk.New(cfg, playlist.LED, log)
	if err != nil {
		return err
	}
	return device.Run(context.Background(), &flicker{device: device, log: log}, headless.New(image.Pt(8, 8)))
}

// flicker shows every notice for an instant, and beside it another for a few.
type flicker struct {
	device *kiosk.Device
	log    *slog.Logger
	turn   int
	show   wire.Showing
	beside wire.Showing
}

func (f *flicker) Step(now time.Time, _ []player.Event) (*scene.Frame, time.Time) {
	st := f.device.Status()
	f.turn++
	f.speak(now)
	f.show, f.beside = wire.Showing{Page: "fallback"}, wire.Showing{}
	if st.Library != nil {
		if list := st.Library.List(playlist.Query{}, schedule.Sure(st.Moment.Now)); len(list) > 0 {
			show := func(page string, n *playlist.Notice) wire.Showing {
				_, ch, rev, _ := st.Library.Notice(n.ID, st.Moment)
				return wire.Showing{Page: page, Notice: n.ID, Version: n.Version, Channel: ch, Revision: rev}
			}
			f.show = show("loop", list[f.turn%len(list)])
			f.beside = show("zone", list[f.turn/3%len(list)])
		}
	}
	return &scene.Frame{Size: image.Pt(8, 8), Ground: color.RGBA{uint8(f.turn), 0, 0, 255}}, now.Add(25 * time.Millisecond)
}

func (f *flicker) Presented(*scene.Frame, time.Time) { f.device.Showed(f.show, f.beside) }
