package cmd

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/kiosk/link"
	"mingbai/playlist"
	"mingbai/playlist/release"
	"mingbai/playlist/wire"
)

// extra is an LED board that is not there: it speaks over a real line, shows
// nothing, and is well with every program that it is offered.
type extra struct {
	screen playlist.ScreenID
	key    ed25519.PrivateKey
	store  *assets.Store

	link *link.Link // nil while it is off; only the story changes it
	stop func()
	code chan string

	mu       sync.Mutex // guards all below
	version  string
	update   wire.UpdateState
	settings playlist.Revision
	have     map[playlist.ChannelID]playlist.Revision
}

// crowd COUNT at SITE: so many boards are switched on and paired, which are only
// their lines. "crowd off" and "crowd on" are for all of them.
func crowdWord(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 3, "crowd COUNT at SITE, crowd off, crowd on")
	switch args[0] {
	case "off":
		for _, o := range w.crowd {
			o.off()
		}
		return
	case "on":
		for _, o := range w.crowd {
			ts.Check(o.on(w.url))
		}
		return
	}
	var count int
	_, err := fmt.Sscan(args[0], &count)
	ts.Check(err)
	for i := range count {
		o := &extra{
			screen: playlist.ScreenID(fmt.Sprintf("extra-%d", i+1)), key: release.NewKey(), version: "1.0",
			code: make(chan string, 1), have: map[playlist.ChannelID]playlist.Revision{},
		}
		o.store, err = assets.Open(durable.OS, filepath.Join(w.dir, string(o.screen)))
		ts.Check(err)
		w.crowd = append(w.crowd, o)
		ts.Check(o.on(w.url))
		w.must(ts, "POST", "/screens", map[string]any{"screen": playlist.Screen{
			ID: o.screen, Site: playlist.SiteID(args[2]), Kind: playlist.LED, Name: string(o.screen), Panel: panels["led"],
		}}, nil)
		select {
		case code := <-o.code:
			w.must(ts, "POST", "/pairing", map[string]any{"code": code, "screen": o.screen}, nil)
		case <-time.After(patience):
			w.fail(ts, "%s has no pairing code", o.screen)
		}
	}
	for _, o := range w.crowd {
		w.until(ts, string(o.screen)+" has reported", func() (bool, string) {
			var st state
			err := w.call("GET", "/screens/"+string(o.screen), nil, &st)
			return err == nil && st.Report != nil, fmt.Sprint(err)
		})
	}
}

func (o *extra) on(url string) error {
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	var l *link.Link // before its handlers are called
	var err error
	l, err = link.New(link.Options{
		URL: url, Key: o.key, Store: o.store, Hello: o.hello, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Backoff: link.Backoff{Min: 50 * time.Millisecond, Max: 400 * time.Millisecond},
		Handler: link.Handler{
			Pairing: func(p wire.Pairing) {
				select {
				case o.code <- p.Code:
				default:
				}
			},
			Enrolled: func(wire.Enrolled) error { return nil },
			Welcome:  func(wire.Welcome) { o.report(l) },
			Push:     func(_ context.Context, p wire.Push, _ [][]byte) { o.push(l, p) },
			Offer: func(offer wire.Offer) {
				work.Go(func() { o.offer(ctx, l, offer) })
			},
		},
	})
	if err != nil {
		cancel()
		return err
	}
	work.Go(func() { _ = l.Run(ctx) }) // it ends with the context
	work.Go(func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				o.report(l)
			}
		}
	})
	o.link, o.stop = l, func() { cancel(); work.Wait() }
	return nil
}

func (o *extra) off() {
	if o.link != nil {
		o.stop()
		o.link = nil
	}
}

func (o *extra) hello() wire.Hello {
	o.mu.Lock()
	defer o.mu.Unlock()
	return wire.Hello{
		Screen: o.screen, Program: "ledboard " + o.version, System: runtime.GOOS + "/" + runtime.GOARCH, Kind: playlist.LED,
		Panel: panels["led"], Host: string(o.screen), Settings: o.settings, Have: o.have,
	}
}

func (o *extra) report(l *link.Link) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	l.Report(wire.Report{
		Time: now, Showing: wire.Showing{Page: "loop", Since: now},
		Vitals: wire.Vitals{
			Heartbeat: now, ContentAsOf: now, DiskFree: 1 << 40, DiskTotal: 1 << 41,
			Program: wire.Program{Version: o.version, Slot: "a", Starts: 1, Update: o.update},
		},
	})
}

func (o *extra) push(l *link.Link, p wire.Push) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if p.Channel == (playlist.ChannelID{}) {
		o.settings = p.Revision
	} else {
		o.have = maps.Clone(o.have)
		o.have[p.Channel] = p.Revision
	}
	l.Adopted(wire.Adopted{Settings: o.settings, Have: o.have})
}

// offer takes a program as a board does: its bytes must come, and be right.
func (o *extra) offer(ctx context.Context, l *link.Link, offer wire.Offer) {
	var said wire.UpdateState
	if offer.Package.Payload != nil {
		p, err := release.OpenPackage(offer.Package)
		if err == nil {
			err = l.FetchInto(ctx, o.store, []playlist.Blob{p.Blob})
		}
		said = wire.UpdateState{Version: p.Version, Step: wire.UpdateDone, At: time.Now()}
		if err != nil {
			said.Step, said.Error = wire.UpdateFailed, err.Error()
		}
	}
	o.mu.Lock()
	if o.update = said; said.Step == wire.UpdateDone {
		o.version = said.Version
	}
	o.mu.Unlock()
	o.report(l)
}
