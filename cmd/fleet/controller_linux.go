package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mingbai/cmd/internal/swarm"
	"mingbai/configs"
	"mingbai/controller"
	"mingbai/controller/accounts"
	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// ready is where a server is to be found.
type ready struct {
	URL     string `json:"url"`
	Token   string `json:"token"`
	Metrics string `json:"metrics"`
}

// What the devices say that they are; the screens are seeded so, because a screen that
// comes with another program is written down.
const (
	benchProgram = "bench 1"
	benchSystem  = "linux/amd64"
	benchHost    = "bench"
)

// seed fills an empty data folder with a county and its enrolled screens.
func seed(ctx context.Context, c *controller.Controller, name string, screens int) error {
	sites, err := c.Store.Sites(ctx)
	if err != nil || len(sites) > 0 {
		return err
	}
	if err := swarm.Seed(ctx, c, name, screens); err != nil {
		return err
	}
	return c.Store.Update(ctx, func(t *store.Tx) error {
		for i := range screens {
			if err := t.SetProgram(ctx, swarm.Screen(name, i), benchProgram, benchSystem, benchHost); err != nil {
				return err
			}
		}
		return nil
	})
}

// notice is an announcement of the county with so many paragraphs.
func notice(title string, paragraphs int) playlist.Notice {
	n := playlist.Notice{
		Kind: playlist.KindAnnouncement, Site: swarm.County, Column: swarm.Column, Title: title, Issuer: "青禾县政务公开办公室",
		Issued: schedule.DateOf(time.Now()), Announcement: &playlist.Announcement{Genre: "公告"},
	}
	for range paragraphs {
		n.Announcement.Blocks = append(n.Announcement.Blocks, playlist.Block{
			Kind: playlist.Paragraph, Text: "自本月二十五日起，一楼大厅三号窗口办理时间调整为上午八时三十分至十一时三十分。",
		})
	}
	return n
}

// controllerChild is the process of a whole controller.
func controllerChild(ctx context.Context, config []byte) (err error) {
	var s serverConfig
	if err := json.Unmarshal(config, &s); err != nil {
		return err
	}
	cfg := configs.DefaultController()
	cfg.Data, cfg.Listen, cfg.Approvals.Policy, cfg.Speech.Enabled, cfg.Backup.At = s.Dir, s.Listen, "single", "off", ""
	cfg.TLS.Cert, cfg.TLS.Key = s.Cert, s.Key
	cfg.Metrics.TokenFile = filepath.Join(s.Dir, "metrics-token")
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return err
	}
	metrics := accounts.RandomToken()
	if err := os.WriteFile(cfg.Metrics.TokenFile, []byte(metrics+"\n"), 0o600); err != nil {
		return err
	}
	c, err := controller.New(cfg, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	fill := seed
	if s.Swarm {
		fill = swarm.Seed
	}
	if err := fill(ctx, c, s.Seed, s.Screens); err != nil {
		return fmt.Errorf("fill the database: %w", err)
	}
	token, err := os.ReadFile(cfg.TokenFile())
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	ran := make(chan error, 1)
	go func() { ran <- c.Run(running) }() // ends with stop
	defer func() {
		stop()
		err = errors.Join(err, <-ran)
	}()
	return obey(ctx, os.Stdin, os.Stdout, withCommon(webVerbs(c, s.Seed, verbs{
		"ready": told(func(context.Context, struct{}) (any, error) {
			return ready{URL: c.URL(), Token: strings.TrimSpace(string(token)), Metrics: metrics}, nil
		}),
		"sessions": told(func(context.Context, struct{}) (any, error) {
			n, in, out := c.Hub.Traffic()
			return sessions{n, in, out, int64(c.Fleet.Reports())}, nil
		}),
		"reports": told(func(ctx context.Context, n count) (any, error) {
			return nil, n.reached(ctx, func() int64 { return int64(c.Fleet.Reports()) })
		}),
		// write writes what screens have said.
		"write": told(func(ctx context.Context, _ struct{}) (any, error) { return nil, c.Store.FlushHealth(ctx) }),
		// head is the newest revision of a channel.
		"head": told(func(ctx context.Context, ch playlist.ChannelID) (any, error) {
			s, err := c.Store.Channel(ctx, ch)
			return s.Revision, err
		}),
		// spread waits until no connected screen lacks an edition and says when the last
		// one's word of it was taken.
		"spread": told(func(ctx context.Context, want allHave) (any, error) {
			var s fleet.Spread
			var failed error
			err := until(ctx, want.Seconds, func() bool {
				s, failed = c.Fleet.LastSpread(ctx)
				return failed != nil || s.Channel == want.Channel && s.Revision >= want.Revision && s.Waiting == 0
			})
			if err = errors.Join(failed, err); err != nil {
				return nil, fmt.Errorf("%d screens lack revision %s of %s: %w", s.Waiting, want.Revision, want.Channel, err)
			}
			return s.Last, nil
		}),
	})))
}
