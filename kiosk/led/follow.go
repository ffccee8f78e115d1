package led

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"mingbai/configs"
	"mingbai/kiosk"
	"mingbai/kiosk/led/pair"
)

// follower asks the other boards of a pair for the time.
type follower struct {
	clock *pair.Clock
	stop  context.CancelFunc
	done  sync.WaitGroup
}

// Follow makes the board agree on the time with the others of its pair over the
// network, if cfg says where they are. It is called before the first Step; Close
// ends it.
func (p *Program) Follow(cfg configs.Pair, log *slog.Logger) error {
	if cfg.Listen == "" {
		return nil
	}
	key, err := cfg.Key()
	if err != nil {
		return err
	}
	clock, err := pair.Open(pair.Options{Listen: cfg.Listen, Peers: cfg.Peers, Key: key, Log: log})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	p.pair = &follower{clock: clock, stop: stop}
	p.pair.done.Go(func() { clock.Run(ctx) })
	return nil
}

// Close ends what Follow has begun and waits for what is being laid out. The
// device calls it when the display is gone.
func (p *Program) Close() {
	p.work.Wait()
	if p.pair != nil {
		p.pair.stop()
		p.pair.done.Wait()
	}
}

// aim is the time that the board should run by: that of the board that leads the
// pair, or the machine's own.
func (p *Program) aim(status kiosk.Status, now time.Time) time.Time {
	if p.pair != nil {
		if at, ok := p.pair.clock.Lead(now); ok {
			return at
		}
	}
	return own(status, now)
}

// tell lets the others of the pair ask for this board's time.
func (p *Program) tell(at, now time.Time) {
	if p.pair != nil {
		s := p.settings.Screen
		name := s.Pair
		if name != "" {
			name = string(s.Site) + "/" + name
		}
		p.pair.clock.Name(string(s.ID), name)
		p.pair.clock.Tell(at, now)
	}
}
