// Package controller composes one controller: store, desk, fleet, hub, API and
// console, behind one HTTP server.
//
// It promises that New finds everything that a crash left and brings it to where
// it should be before the first screen is answered, that Run serves until its
// context ends and then lets screens and requests go in order, and that two
// controllers never work on the same folder. What the parts do is theirs.
package controller

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/configs"
	"mingbai/configs/intake"
	"mingbai/controller/accounts"
	"mingbai/controller/api"
	"mingbai/controller/bus"
	"mingbai/controller/console"
	"mingbai/controller/fleet"
	"mingbai/controller/hub"
	"mingbai/controller/publish"
	"mingbai/controller/speaker"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/scene/typeset/rare"
	"mingbai/playlist/schedule"
)

// How often the controller looks after itself, and how long it keeps what is
// not for ever.
const (
	catchUpEvery   = 30 * time.Second
	tidyEvery      = time.Hour
	keepHistory    = 60 * 24 * time.Hour
	shutdownWithin = 10 * time.Second
)

// Controller is one controller with everything that it works with.
type Controller struct {
	Config   configs.Controller
	Log      *slog.Logger
	Store    *store.Store
	Blobs    *assets.Store
	Accounts *accounts.Accounts
	Desk     *publish.Desk
	Fleet    *fleet.Fleet
	Hub      *hub.Hub
	Bus      *bus.Bus

	zone     *time.Location
	handler  http.Handler
	listener net.Listener
	lock     *os.File
	closed   sync.Once
	closeErr error
}

// Options are what tests change about a controller.
type Options struct {
	Checkpoint  func(step string) error // see publish.Config
	SpeechEvery time.Duration           // see publish.Config
}

// New opens the data folder, makes it if it is missing, finishes what a crash
// interrupted, and listens. Close must be called at the end.
func New(cfg configs.Controller, log *slog.Logger) (*Controller, error) {
	return NewWith(cfg, log, Options{})
}

// NewWith is New with other options than the usual.
func NewWith(cfg configs.Controller, log *slog.Logger, opt Options) (_ *Controller, err error) {
	c := &Controller{Config: cfg, Log: log}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
		}
	}()
	ctx := context.Background() // nothing below waits for others
	if problems := cfg.Check(); configs.Fatal(problems) {
		var lines []string
		for _, p := range problems {
			lines = append(lines, p.String())
		}
		return nil, fmt.Errorf("settings of the controller:\n%s", strings.Join(lines, "\n"))
	}
	if c.zone, err = cfg.Location(); err != nil {
		return nil, fmt.Errorf("time zone: %w", err)
	}
	if err = durable.MkdirAll(durable.OS, cfg.Data); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	if c.lock, err = lockFile(filepath.Join(cfg.Data, "lock")); err != nil {
		return nil, fmt.Errorf("data folder %s: another controller works on it: %w", cfg.Data, err)
	}
	if c.Blobs, err = assets.Open(durable.OS, cfg.Blobs()); err != nil {
		return nil, err
	}
	if c.Store, err = store.Open(ctx, cfg.DatabaseFile()); err != nil {
		return nil, err
	}
	keys, err := publish.OpenKeys(durable.OS, cfg.Keys())
	if err != nil {
		return nil, err
	}
	root, err := keys.Root()
	if err != nil {
		return nil, err
	}
	voices, err := keys.Voices()
	if err != nil {
		return nil, err
	}
	if c.Accounts, err = accounts.New(c.Store, accounts.Config{Idle: cfg.Sessions.Lifetime}); err != nil {
		return nil, err
	}
	if err = c.adoptToken(ctx); err != nil {
		return nil, err
	}
	c.Bus = bus.New()
	c.Fleet, err = fleet.New(ctx, fleet.Config{
		Store: c.Store, Blobs: c.Blobs, Root: root, Voices: voices, Zone: c.zone, Language: cfg.Language, Log: log,
		Pairing: cfg.Screens.Pairing, Report: cfg.Screens.Report, Offline: cfg.Screens.Offline, PushInline: cfg.Limits.PushInline,
	})
	if err != nil {
		return nil, err
	}
	c.Hub = hub.New(c.Fleet, hub.Options{Log: log})
	c.Fleet.Attach(c.Hub)
	c.Desk = publish.New(publish.Config{
		Store: c.Store, Blobs: c.Blobs, Keys: keys, Zone: c.zone, TwoPerson: cfg.Approvals.TwoPerson, Log: log,
		Glyphs: glyphs(cfg.Fonts, log), TreeChanged: c.Fleet.RefreshAll, Checkpoint: opt.Checkpoint,
		Overload: c.Fleet.Overload, Lengthened: c.Fleet.Lengthened,
		Speaker: voice(cfg.Speech, log), SpeakAtOnce: cfg.Speech.Workers, SpeechEvery: opt.SpeechEvery,
		Announce: func(ch playlist.ChannelID, rev playlist.Revision) {
			c.Bus.Publish(bus.Announcement{Channel: ch, Revision: rev})
		},
	})
	if err = c.Desk.Recover(ctx); err != nil {
		return nil, err
	}
	if c.handler, err = c.route(); err != nil {
		return nil, err
	}
	if c.listener, err = net.Listen("tcp", cfg.Listen); err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return c, nil
}

// voice finds the program that reads notices aloud; nil when there is none.
func voice(cfg configs.Speech, log *slog.Logger) *speaker.Speaker {
	if cfg.Enabled == "off" {
		return nil
	}
	s, err := speaker.New(speaker.Config{Command: cfg.Command, Rate: cfg.Rate, Timeout: cfg.Timeout})
	if err != nil {
		level := slog.LevelInfo
		if cfg.Enabled == "on" {
			level = slog.LevelWarn
		}
		log.Log(context.Background(), level, "Notices are not read aloud: this machine has no voice.", "error", err)
		return nil
	}
	return s
}

// glyphs opens the fonts that rare characters are taken from.
func glyphs(cfg configs.Fonts, log *slog.Logger) *publish.Glyphs {
	paths := cfg.Rare
	if len(paths) == 0 {
		paths = rare.Usual
	}
	sources, missing := rare.Open(paths)
	if len(missing) > 0 && len(cfg.Rare) > 0 {
		log.Warn("Fonts for rare characters are not there.", "files", missing)
	}
	return publish.NewGlyphs(sources, typeset.Default())
}

// adoptToken reads the file with the API's token, or writes a new one.
func (c *Controller) adoptToken(ctx context.Context) error {
	path := c.Config.TokenFile()
	text, err := durable.ReadFile(durable.OS, path)
	if errors.Is(err, fs.ErrNotExist) {
		text = []byte(accounts.RandomToken() + "\n")
		err = publish.WriteSecret(durable.OS, path, text)
	}
	if err != nil {
		return fmt.Errorf("token of the API: %w", err)
	}
	if err := c.Accounts.AdoptToken(ctx, strings.TrimSpace(string(text)), "api", accounts.Roles); err != nil {
		return fmt.Errorf("token of the API in %s: %w", path, err)
	}
	return nil
}

// Addr is the address that the controller listens on, host:port.
func (c *Controller) Addr() string { return c.listener.Addr().String() }

// URL is where people and screens reach the controller.
func (c *Controller) URL() string {
	if c.Config.PublicURL != "" {
		return c.Config.PublicURL
	}
	if c.Config.TLS.Cert != "" {
		return "https://" + c.Addr()
	}
	return "http://" + c.Addr()
}

// Handler is everything that the controller serves.
func (c *Controller) Handler() http.Handler { return c.handler }

func (c *Controller) route() (http.Handler, error) {
	mux := http.NewServeMux()
	mux.Handle("GET /device/v1/ws", c.Hub)
	mux.Handle("/device/v1/blobs/", hub.BlobHandler(c.Blobs, c.Fleet.BlobAllowed))
	mux.Handle("/api/v1/", api.New(api.Config{
		Store: c.Store, Blobs: c.Blobs, Accounts: c.Accounts, Desk: c.Desk, Fleet: c.Fleet, Hub: c.Hub,
		Office: c.Config.Office, Version: configs.Version, Zone: c.zone, Upload: c.Config.Limits.Upload, Log: c.Log,
	}))
	pages, err := console.New(console.Config{
		Store: c.Store, Blobs: c.Blobs, Accounts: c.Accounts, Desk: c.Desk, Fleet: c.Fleet,
		Office: c.Config.Office, Language: c.Config.Language, PublicURL: c.Config.PublicURL, Zone: c.zone, Log: c.Log,
	})
	if err != nil {
		return nil, err
	}
	mux.Handle("/", pages)
	return mux, nil
}

// Run serves until ctx ends, and returns when all requests and sessions are
// done. An error means that serving failed.
func (c *Controller) Run(ctx context.Context) error {
	if token, needed, err := c.Accounts.SetupToken(context.WithoutCancel(ctx)); err != nil {
		return err
	} else if needed {
		c.Log.Info("nobody has signed up yet; open this address to become the first administrator", "url", c.URL()+"/setup?token="+token)
	}
	srv := &http.Server{
		Handler: c.handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(c.Log.Handler(), slog.LevelWarn), Protocols: new(http.Protocols),
	}
	srv.Protocols.SetHTTP1(true) // a websocket needs its own connection
	listener := c.listener
	if c.Config.TLS.Cert != "" {
		cert, err := tls.LoadX509KeyPair(c.Config.TLS.Cert, c.Config.TLS.Key)
		if err != nil {
			return fmt.Errorf("load certificate: %w", err)
		}
		listener = tls.NewListener(listener, &tls.Config{
			Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		})
	}
	inner, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() { c.announce(inner) })
	work.Go(func() { c.lookAfter(inner) })
	work.Go(func() { c.Desk.ReadAloud(inner) })
	served := make(chan error, 1)
	go func() { served <- srv.Serve(listener) }() // ends with Shutdown or Close below
	c.Log.Info("the controller is ready", "url", c.URL(), "data", c.Config.Data)

	var err error
	select {
	case err = <-served:
		err = fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownWithin)
	defer cancel()
	c.Log.Info("the controller stops")
	err = errors.Join(err, c.Hub.Close(limit))
	if down := srv.Shutdown(limit); down != nil {
		err = errors.Join(err, down, srv.Close())
	}
	stop()
	work.Wait()
	return err
}

// Close ends everything and waits for it. It is safe after a failed New.
func (c *Controller) Close() error {
	c.closed.Do(func() {
		var errs []error
		if c.listener != nil {
			if err := c.listener.Close(); !errors.Is(err, net.ErrClosed) {
				errs = append(errs, err)
			}
		}
		if c.Hub != nil {
			limit, cancel := context.WithTimeout(context.Background(), shutdownWithin)
			errs = append(errs, c.Hub.Close(limit))
			cancel()
		}
		if c.Desk != nil {
			c.Desk.Close()
		}
		if c.Fleet != nil {
			c.Fleet.Close()
		}
		if c.Bus != nil {
			c.Bus.Close()
		}
		if c.Store != nil {
			errs = append(errs, c.Store.Close())
		}
		if c.lock != nil {
			errs = append(errs, c.lock.Close())
		}
		c.closeErr = errors.Join(errs...)
	})
	return c.closeErr
}

// announce hands every new edition to the screens that are connected here.
func (c *Controller) announce(ctx context.Context) {
	sub := c.Bus.Subscribe()
	defer sub.Close()
	for {
		a, err := sub.Next(ctx)
		if err != nil {
			return // the bus or ctx ended
		}
		content, err := c.Fleet.Latest(ctx, a.Channel, a.Revision-1)
		if err == nil && content.Push.Revision > 0 {
			var p *hub.Prepared
			if p, err = hub.Prepare(content.Push, content.Blobs...); err == nil {
				n := c.Hub.Announce(p)
				c.Log.Info("an edition was announced", "channel", a.Channel.String(), "revision", uint64(content.Push.Revision), "screens", n)
			}
		}
		if err != nil && ctx.Err() == nil {
			// Screens learn of it when they connect the next time.
			c.Log.Error("an edition could not be announced", "channel", a.Channel.String(), "revision", uint64(a.Revision), "error", err)
		}
	}
}

// lookAfter makes up for editions that failed and forgets what is not kept for
// ever.
func (c *Controller) lookAfter(ctx context.Context) {
	catchUp, tidy := time.NewTicker(catchUpEvery), time.NewTicker(tidyEvery)
	defer catchUp.Stop()
	defer tidy.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-catchUp.C:
			err = c.Desk.CatchUp(ctx)
		case now := <-tidy.C:
			err = c.Store.Update(ctx, func(t *store.Tx) error {
				return errors.Join(t.ForgetSessions(ctx, now), t.ForgetAnswers(ctx, now.Add(-publish.KeepAnswers)), t.ForgetHistory(ctx, now.Add(-keepHistory)),
					t.ForgetContacts(ctx, now.Add(-fleet.KeepContacts)))
			})
		}
		if err != nil && ctx.Err() == nil {
			c.Log.Error("looking after the controller failed; it is tried again", "error", err)
		}
	}
}

// ImportSample loads the sample county that is built in, with its dates moved to
// today. It does nothing if there is a site already.
func (c *Controller) ImportSample(ctx context.Context) (publish.Imported, error) {
	sites, err := c.Store.Sites(ctx)
	if err != nil || len(sites) > 0 {
		return publish.Imported{}, err
	}
	county, err := intake.Load(configs.Sample(), schedule.DateOf(time.Now().In(c.zone)))
	if err != nil {
		return publish.Imported{}, fmt.Errorf("read the sample county: %w", err)
	}
	return c.Desk.Import(ctx, publish.Who{Actor: "system"}, county)
}
