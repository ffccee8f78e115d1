package screen

import (
	"context"
	"image"
	"log/slog"
	"sync"
	"time"

	"mingbai/configs"
	"mingbai/kiosk"
	"mingbai/kiosk/led/pixel"
	"mingbai/kiosk/player"
	"mingbai/playlist/scene"
)

// send starts the network output and puts it behind program, so that it gets every
// frame that is presented. stop ends it.
func send(ctx context.Context, cfg configs.Screen, device *kiosk.Device, program *player.Program, log *slog.Logger) (stop func(), err error) {
	source := pixel.Source{CID: device.UUID(), Name: "明白 " + cfg.Name}
	out, err := pixel.New(cfg.Output, image.Pt(cfg.Panel.Width, cfg.Panel.Height), source, log)
	if err != nil {
		return nil, err
	}
	device.Outputs(func() []string { return out.Report().Failing })
	*program = &sent{Program: *program, out: out}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { out.Run(ctx) })
	log.Info("Frames are sent to pixel controllers.", "protocol", cfg.Output.Protocol, "address", cfg.Output.Address, "parts", len(cfg.Output.Parts))
	return func() {
		cancel()
		wg.Wait()
	}, nil
}

// sent is a program whose frames go over the network as well.
type sent struct {
	player.Program
	out *pixel.Output
}

func (s *sent) Presented(f *scene.Frame, at time.Time) {
	s.out.Show(f)
	s.Program.Presented(f, at)
}

// Close closes the program if it can be closed, which the device asks for.
func (s *sent) Close() { closeProgram(s.Program) }

// watched is a program that says that it is well, where no window does.
type watched struct {
	player.Program
	alive func()
	said  time.Time
}

func (w *watched) Presented(f *scene.Frame, at time.Time) {
	if at.Sub(w.said) >= time.Second {
		w.said = at
		w.alive()
	}
	w.Program.Presented(f, at)
}

func (w *watched) Close() { closeProgram(w.Program) }

func closeProgram(p player.Program) {
	if c, ok := p.(interface{ Close() }); ok {
		c.Close()
	}
}
