// Package controller composes one controller: store, desk, fleet, hub, API and
// console, behind one HTTP server.
//
// It promises that New finds everything that a crash left and brings it to where
// it should be before the first screen is answered, that Run serves until its
// context ends and then lets screens and requests go in order, and that two
// controllers never work on the same folder. What the parts do is theirs.
package controller

import (
	"cmp"
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
	"slices"
	"strings"
	"sync"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/configs"
	"mingbai/configs/intake"
	"mingbai/controller/accounts"
	"mingbai/controller/api"
	"mingbai/controller/backup"
	"mingbai/controller/bus"
	"mingbai/controller/console"
	"mingbai/controller/fleet"
	"mingbai/controller/hub"
	"mingbai/controller/publish"
	"mingbai/controller/rollout"
	"mingbai/controller/speaker"
	"mingbai/controller/store"
	"mingbai/controller/tidy"
	"mingbai/controller/watch"
	"mingbai/playlist"
	"mingbai/playlist/release"
	"mingbai/playlist/review"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/scene/typeset/rare"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// How often the controller looks after itself, and how long it keeps what is
// not for ever.
const (
	catchUpEvery   = 30 * time.Second
	tidyEvery      = time.Hour
	keepEvents     = 400 * 24 * time.Hour // of screens, and warnings: a year and a month
	shutdownWithin = 10 * time.Second
)

// deviceSocket is where screens connect.
const deviceSocket = "/device/v1/ws"

// Controller is one controller with everything that it works with.
type Controller struct {
	Config   configs.Controller
	Log      *slog.Logger
	Store    *store.Store
	Blobs    *assets.Store
	Shots    *assets.Store // screenshots
	Accounts *accounts.Accounts
	Desk     *publish.Desk
	Fleet    *fleet.Fleet
	Hub      *hub.Hub
	Bus      *bus.Bus
	Depot    *rollout.Depot
	Watch    *watch.Watch
	Backups  *backup.Keeper
	Tidy     *tidy.Tidy

	load *load

	fresh     fresh
	zone      *time.Location
	patience  time.Duration
	unhurried bool
	handler   http.Handler
	listener  net.Listener
	lock      *os.File
	closed    sync.Once
	closeErr  error
}

// Options are what tests change about a controller.
type Options struct {
	Checkpoint  func(step string) error // see publish.Config
	SpeechEvery time.Duration           // see publish.Config
	AtOnce      int                     // see publish.Config
	TurnEvery   time.Duration           // see rollout.Config
	Patience    time.Duration           // with clients that send and take nothing
	BackupStep  func(step string) error // see backup.Request
	Passwords   accounts.Cost           // see accounts.Config
	Unhurried   bool                    // whatever load the machine has, nothing is left out by itself
}

// New opens the data folder, makes it if it is missing, finishes what a crash
// interrupted, and listens. Close must be called at the end.
func New(cfg configs.Controller, log *slog.Logger) (*Controller, error) {
	return NewWith(cfg, log, Options{})
}

// NewWith is New with other options than the usual.
func NewWith(cfg configs.Controller, log *slog.Logger, opt Options) (_ *Controller, err error) {
	c := &Controller{Config: cfg, Log: log, patience: cmp.Or(opt.Patience, patience), unhurried: opt.Unhurried}
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
	if err = backup.Unfinished(cfg.Data); err != nil {
		return nil, fmt.Errorf("data folder %s: %w", cfg.Data, err)
	}
	if c.Blobs, err = assets.Open(durable.OS, cfg.Blobs()); err != nil {
		return nil, err
	}
	if c.Shots, err = assets.Open(durable.OS, cfg.Shots()); err != nil {
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
	factors, err := keys.Factors()
	if err != nil {
		return nil, err
	}
	var second []accounts.Role
	for _, name := range cfg.SignIn.SecondFactor {
		second = append(second, accounts.Role(name)) // Check knows them
	}
	c.Accounts, err = accounts.New(c.Store, accounts.Config{
		Idle: cfg.Sessions.Idle, Absolute: cfg.Sessions.Lifetime, Seal: factors, Second: second, Grace: cfg.SignIn.Grace, Zone: c.zone, Cost: opt.Passwords,
	})
	if err != nil {
		return nil, err
	}
	if err = c.adoptToken(ctx); err != nil {
		return nil, err
	}
	c.Bus = bus.New()
	at, err := schedule.ParseClock(cfg.Screens.ScreenshotAt)
	if err != nil {
		return nil, fmt.Errorf("screens.screenshot_at: %w", err)
	}
	c.Fleet, err = fleet.New(ctx, fleet.Config{
		Shots: c.Shots, ShotEvery: cfg.Screens.ScreenshotEvery, ShotAt: time.Duration(at) * time.Minute,
		Store: c.Store, Blobs: c.Blobs, Root: root, Voices: voices, Zone: c.zone, Language: cfg.Language, Log: log,
		Pairing: cfg.Screens.Pairing, Report: cfg.Screens.Report, Offline: cfg.Screens.Offline, PushInline: cfg.Limits.PushInline,
	})
	if err != nil {
		return nil, err
	}
	admitted := 0 // the hub's own limit
	if cfg.TLS.Cert != "" {
		admitted = 1024 // who has paid for the handshake of TLS is not sent away behind it
	}
	c.Hub = hub.New(c.Fleet, hub.Options{Handshakes: admitted, Log: log, Told: c.Fleet.Misdeed, Metered: c.Fleet.Metered})
	c.Fleet.Attach(c.Hub)
	if c.Depot, err = c.depot(ctx, opt); err != nil {
		return nil, err
	}
	c.Fleet.Offers(c.Depot.Offer)
	policy, _ := review.Preset(cfg.Approvals.Policy) // Check knows it
	c.Desk = publish.New(publish.Config{
		Store: c.Store, Blobs: c.Blobs, Keys: keys, Zone: c.zone, Policy: policy, Log: log,
		Glyphs: glyphs(cfg.Fonts, log), TreeChanged: c.Fleet.RefreshAll, Checkpoint: opt.Checkpoint, AtOnce: opt.AtOnce,
		Overload: c.Fleet.Overload, Lengthened: c.Fleet.Lengthened,
		Speaker: voice(cfg.Speech, log), SpeakAtOnce: cfg.Speech.Workers, SpeechEvery: opt.SpeechEvery,
		Announce: func(made publish.Made) {
			c.fresh.put(made)
			c.Bus.Publish(bus.Announcement{Channel: made.Channel, Revision: made.Revision, Urgent: made.Urgent})
		},
	})
	c.Fleet.Reclaims(func(ctx context.Context, actor string, ch playlist.ChannelID, env wire.Envelope) ([]playlist.Blob, error) {
		return c.Desk.Reclaim(ctx, publish.Who{Actor: actor}, ch, env)
	})
	if err = c.Desk.Recover(ctx); err != nil {
		return nil, err
	}
	told, err := post(cfg)
	if err != nil {
		return nil, err
	}
	c.load = c.newLoad()
	if c.Backups, err = c.keeper(ctx, opt); err != nil {
		return nil, err
	}
	if c.Tidy, err = tidy.New(ctx, tidy.Config{
		Store: c.Store, Blobs: c.Blobs, Backups: c.Backups, Fleet: c.Fleet, Data: cfg.Data, Shots: cfg.Shots(), Backup: cfg.Backups(),
		Voices: days(cfg.Keep.Voices), Ledger: days(cfg.Keep.Ledger), Packages: c.Depot.Forget, Zone: c.zone, Log: log,
	}); err != nil {
		return nil, err
	}
	if c.Watch, err = watch.New(ctx, watch.Config{Store: c.Store, Fleet: c.Fleet, Zone: c.zone, Post: told, Office: c.office, Log: log}); err != nil {
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

// office says what is wrong with the controller itself, and with lines of sites.
func (c *Controller) office(now time.Time) []fleet.Sign {
	return slices.Concat(c.load.Signs(now), c.Tidy.Signs(now), c.Backups.Signs(now), c.Fleet.LineSigns(now))
}

// days is a number of days as a duration.
func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// keeper opens the backups.
func (c *Controller) keeper(ctx context.Context, opt Options) (*backup.Keeper, error) {
	cfg, at := c.Config.Backup, -1
	if cfg.At != "" {
		clock, err := configs.ParseClock(cfg.At)
		if err != nil {
			return nil, fmt.Errorf("time of the daily backup: %w", err)
		}
		at = int(clock)
	}
	return backup.New(ctx, backup.Config{
		Store: c.Store, Place: backup.Of(c.Config), Folder: c.Config.Backups(), At: at, Daily: cfg.Daily, Weekly: cfg.Weekly, Zone: c.zone, Office: c.Config.Office,
		Log: c.Log, Step: opt.BackupStep,
	})
}

// depot opens the depot of programs for screens.
func (c *Controller) depot(ctx context.Context, opt Options) (*rollout.Depot, error) {
	cfg := c.Config.Updates
	keys := make([][]byte, 0, len(cfg.Keys))
	for _, text := range cfg.Keys {
		key, err := release.ParsePublic(text)
		if err != nil {
			return nil, fmt.Errorf("release keys: %w", err)
		}
		keys = append(keys, key)
	}
	return rollout.New(ctx, rollout.Config{
		Store: c.Store, Blobs: c.Blobs, Fleet: c.Fleet, Hub: c.Hub, Pinned: release.Pin(keys, cfg.Threshold), Every: opt.TurnEvery, Log: c.Log,
		Rules: rollout.Rules{Few: cfg.SoakFew, Some: cfg.SoakSome, All: cfg.SoakFew},
	})
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
	mux.Handle("GET "+deviceSocket, c.Hub)
	mux.Handle("PUT /device/v1/editions/{channel}", c.Fleet.Returns())
	mux.Handle("PUT /device/v1/blobs/{ref}", c.Fleet.Returns())
	mux.Handle("/device/v1/blobs/", c.Hub.Blobs(c.Blobs, c.Fleet.BlobAllowed, c.Fleet.BlobTerms))
	mux.Handle("/api/v1/", api.New(api.Config{
		Store: c.Store, Blobs: c.Blobs, Accounts: c.Accounts, Desk: c.Desk, Fleet: c.Fleet, Hub: c.Hub, Depot: c.Depot, Watch: c.Watch,
		Office: c.Config.Office, Version: configs.Version, Zone: c.zone, Upload: c.Config.Limits.Upload, Package: c.Config.Updates.Upload,
		Proxy: c.Config.TrustProxy, Log: c.Log,
	}))
	pages, err := console.New(console.Config{
		Store: c.Store, Blobs: c.Blobs, Accounts: c.Accounts, Desk: c.Desk, Fleet: c.Fleet, Depot: c.Depot, Watch: c.Watch, Backups: c.Backups, Tidy: c.Tidy, Package: c.Config.Updates.Upload,
		Office: c.Config.Office, Language: c.Config.Language, PublicURL: c.Config.PublicURL, Proxy: c.Config.TrustProxy, Zone: c.zone, Log: c.Log,
	})
	if err != nil {
		return nil, err
	}
	mux.Handle("/", pages)
	figures, err := newMetrics(c)
	if err != nil || figures == nil {
		return patient(mux, c.patience), err
	}
	mux.Handle("GET /metrics", figures)
	return patient(figures.timed(mux), c.patience), nil
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
		Handler: c.handler, ReadHeaderTimeout: min(headerIn, c.patience), IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(c.Log.Handler(), slog.LevelWarn), Protocols: new(http.Protocols),
	}
	srv.Protocols.SetHTTP1(true) // a websocket needs its own connection
	listener := c.listener
	if c.Config.TLS.Cert != "" {
		cert, err := tls.LoadX509KeyPair(c.Config.TLS.Cert, c.Config.TLS.Key)
		if err != nil {
			return fmt.Errorf("load certificate: %w", err)
		}
		listener = hub.Secure(listener, keyExchange(&tls.Config{
			Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		}), hub.SecureOptions{Timeout: min(headerIn, c.patience), Log: c.Log})
	}
	inner, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	editions := c.Bus.Subscribe() // before anybody can publish
	work.Go(func() { c.announce(inner, editions) })
	work.Go(func() { c.lookAfter(inner) })
	if !c.unhurried {
		work.Go(func() { c.load.run(inner) })
	}
	work.Go(func() { c.Desk.ReadAloud(inner) })
	work.Go(func() { c.Watch.Run(inner) })
	work.Go(func() { c.Fleet.Photographer(time.Now()).Run(inner) })
	work.Go(func() { c.Depot.Run(inner) })
	work.Go(func() { c.Backups.Run(inner) })
	work.Go(func() { c.Tidy.Run(inner) })
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
		if c.Accounts != nil {
			c.Accounts.Close()
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
				return errors.Join(t.ForgetSessions(ctx, now), t.ForgetAnswers(ctx, now.Add(-publish.KeepAnswers)),
					t.ForgetContacts(ctx, now.Add(-fleet.KeepContacts)),
					t.ForgetEvents(ctx, now.Add(-keepEvents)), t.ForgetWarnings(ctx, now.Add(-keepEvents)), t.ForgetDeliveries(ctx, now.Add(-keepEvents)))
			})
			err = errors.Join(err, c.Store.FoldSamples(ctx, now))
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
