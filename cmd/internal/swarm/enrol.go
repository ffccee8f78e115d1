package swarm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"mingbai/controller/api"
	"mingbai/controller/fleet"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Tag marks the screens that Enrol and Seed make, so that nobody takes them for
// real ones.
const Tag = "simulated"

// Of enrolment.
const (
	enrolAtOnce = 32
	enrolTries  = 8
	noCode      = "000000" // of a device that is enrolled and learns its name
)

// Enrol pairs the devices of cfg as people do: each connects, shows its code, and
// the API confirms it. The screens stand at the given sites in turn; without any,
// at those of the controller that have none below. It returns their names in
// order, for Config.Screens; those that could not be enrolled are empty, and the
// error says why the first could not.
func Enrol(ctx context.Context, cfg Config, to *API, sites ...playlist.SiteID) ([]playlist.ScreenID, error) {
	cfg.Screens, cfg.Manner, cfg.Real = make([]playlist.ScreenID, cfg.Count), nil, nil
	s, err := New(cfg)
	if err != nil {
		return nil, err
	}
	if len(sites) == 0 {
		if sites, err = leaves(ctx, to); err != nil {
			return nil, err
		}
	}
	names := make([]playlist.ScreenID, cfg.Count)
	next := make(chan int)
	var wg sync.WaitGroup
	var once sync.Once
	var first error
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for range min(enrolAtOnce, cfg.Count) {
		wg.Go(func() {
			for k := range next {
				var err error
				if names[k], err = s.devices[k].enrol(ctx, to, sites[k%len(sites)]); err != nil {
					once.Do(func() { first = fmt.Errorf("enrol device %d: %w", s.devices[k].i, err) })
					cancel() // what one is refused the others are too
				}
			}
		})
	}
feed:
	for k := range names {
		select {
		case next <- k:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	wg.Wait()
	if first == nil {
		first = ctx.Err()
	}
	return names, first
}

// leaves returns the sites that have none below.
func leaves(ctx context.Context, to *API) ([]playlist.SiteID, error) {
	var all struct {
		Items []playlist.Site `json:"items"`
	}
	if err := to.Do(ctx, http.MethodGet, "/sites", nil, &all); err != nil {
		return nil, err
	}
	above := map[playlist.SiteID]bool{}
	for _, s := range all.Items {
		above[s.Parent] = true
	}
	var list []playlist.SiteID
	for _, s := range all.Items {
		if !above[s.ID] {
			list = append(list, s.ID)
		}
	}
	if len(list) == 0 {
		return nil, errors.New("the controller has no site where a screen could stand")
	}
	return list, nil
}

// enrol pairs one device, with patience for a controller that is busy.
func (d *device) enrol(ctx context.Context, to *API, site playlist.SiteID) (playlist.ScreenID, error) {
	backoff := d.swarm.cfg.Backoff
	backoff.Seed += uint64(d.i)
	for attempt := 0; ; attempt++ {
		name, err := d.pair(ctx, to, site)
		if err == nil || ctx.Err() != nil || attempt == enrolTries {
			return name, err
		}
		if a, ok := errors.AsType[*Answer](err); ok && a.Status/100 == 4 && a.Status != http.StatusTooManyRequests {
			return "", err // asking again would not help
		}
		wait, stop := d.swarm.counts.ended(err)
		if stop || !rest(ctx, max(backoff.Delay(attempt), wait)) {
			return "", err
		}
	}
}

// pair makes one attempt.
func (d *device) pair(ctx context.Context, to *API, site playlist.SiteID) (name playlist.ScreenID, err error) {
	l, err := d.swarm.dial(ctx, d.i, d.manner.shape)
	if err != nil {
		return "", err
	}
	defer l.conn.Close()
	defer context.AfterFunc(ctx, func() { l.conn.Close() })()
	if err := d.greet(l); err != nil {
		return "", err
	}
	ping := time.AfterFunc(pingEvery, func() { l.write(opPing, nil) }) // a busy controller may take that long; the reader finds out
	defer ping.Stop()
	for name == "" {
		err := l.read(func(data []byte, deflated bool) error {
			m, err := decode(data, deflated)
			if err != nil {
				return err
			}
			switch m.Type {
			case wire.TypePairing:
				var p wire.Pairing
				if err := m.Into(&p); err != nil || p.Code == noCode {
					return err
				}
				return to.Do(ctx, http.MethodPost, "/pairing", api.Confirmation{Code: p.Code, Enrolment: fleet.Enrolment{
					Site: site, Name: fmt.Sprintf("模拟屏 %05d", d.i), Place: "模拟", Tags: []string{Tag},
				}}, nil)
			case wire.TypeEnrolled:
				var e wire.Enrolled
				err := m.Into(&e)
				name = e.Screen
				return err
			}
			return nil
		}, d.pong)
		if err != nil {
			return "", err
		}
	}
	l.bye()
	return name, nil
}
