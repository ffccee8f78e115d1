package main

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"mingbai/assets/durable"
	"mingbai/configs"
	"mingbai/kiosk"
	"mingbai/kiosk/cache"
	"mingbai/kiosk/player"
	"mingbai/kiosk/touch"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/schedule"
	"mingbai/playlist/search/corpus"
	"mingbai/playlist/wire"
)

// listed is the column that has all guides in it.
const listed playlist.ColumnID = "medical"

// keep fills the data folder of a screen with the content of a large county, signed
// as a controller signs it and admitted as a screen admits it.
func keep(dir string, guides, others int, now time.Time) error {
	s := specimen.Settings("liuxi", specimen.Portrait)
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	public := []byte(key.Public().(ed25519.PublicKey))
	for i := range s.Channels {
		s.Channels[i].Keys = [][]byte{public}
	}
	log := slog.New(slog.DiscardHandler)
	cfg := configs.Screen{Data: dir}
	c, err := cache.Open(durable.OS, cfg.Cache(), log)
	if err != nil {
		return err
	}
	if err := c.Enrol(cache.Identity{Screen: s.Screen.ID, Root: public}); err != nil {
		return err
	}
	payload, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := c.Offer(wire.Push{Revision: s.Revision, Envelope: wire.Sign(wire.SettingsType, payload, key)}, nil); err != nil {
		return err
	}
	all := corpus.New(1, "qinghe", specimen.Columns(), now).Notices(guides, others)
	for _, n := range all[:guides] {
		n.Column = listed
		n.NotBefore = time.Time{}
	}
	in := playlist.CompileInput{
		Channel: playlist.ChannelID{Site: "qinghe"}, Revision: 1, Created: now.Add(-time.Minute), Notices: all, Columns: specimen.Columns(),
		Playlists: []playlist.Playlist{{ID: "daily", Name: "日常", Latest: &playlist.Select{Count: 1}}},
		Rules:     []schedule.Rule{{ID: "daily", Name: "每天", Playlist: "daily", Level: schedule.Normal}},
	}
	e, blobs, err := playlist.Compile(in)
	if err != nil {
		return err
	}
	if payload, err = e.Encode(); err != nil {
		return err
	}
	var attached [][]byte
	for _, entry := range e.Notices {
		attached = append(attached, blobs[entry.Ref])
	}
	if err := c.Blobs().PutAll(attached); err != nil {
		return err
	}
	if err := c.Offer(wire.Push{Channel: in.Channel, Revision: in.Revision, Envelope: wire.Sign(wire.EditionType, payload, key)}, nil); err != nil {
		return err
	}
	if _, err := c.Commit(); err != nil {
		return err
	}
	if g := c.Current(); g == nil || g.Notices < guides+others {
		return errors.New("the cache does not show what it was given")
	}
	return nil
}

// mirror is the touchscreen's program once more, in this process and without a
// display: it is told what the measured one is told, and says what must be on the
// screen and where things to touch are.
type mirror struct {
	device  *kiosk.Device
	program *touch.Program
	frame   *scene.Frame
	finger  int
}

func openMirror(dir string) (*mirror, error) {
	cfg := configs.DefaultScreen(playlist.Touch)
	cfg.Data, cfg.Controller, cfg.Panel, cfg.Idle = dir, nowhere, specimen.Portrait, time.Hour
	d, err := kiosk.New(cfg, playlist.Touch, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	return &mirror{device: d, program: touch.New(source{d}, touch.Options{Panel: cfg.Panel, Idle: cfg.Idle, Console: cfg.Controller})}, nil
}

// source is a device that has no presenter to wake.
type source struct{ *kiosk.Device }

func (source) Wake() {}

// settle lets the program run until its page has not changed for a while.
func (m *mirror) settle(ctx context.Context, input ...player.Event) error {
	tick := time.NewTicker(15 * time.Millisecond)
	defer tick.Stop()
	for still := 0; still < 40; {
		f, _ := m.program.Step(time.Now(), input)
		input = nil
		m.program.Presented(f, time.Now())
		if still++; !f.Equal(m.frame) {
			still = 0
		}
		m.frame = f // the last one of a movement looks the same and has nothing to touch
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// touched is a finger that came down and went up at one place.
func (m *mirror) touched(ctx context.Context, at image.Point) error {
	m.finger++
	now := time.Now()
	down := player.Event{Kind: player.Down, ID: m.finger, At: at, Time: now}
	f, _ := m.program.Step(now, []player.Event{down})
	m.program.Presented(f, now)
	return m.settle(ctx, player.Event{Kind: player.Up, ID: m.finger, At: at, Time: time.Now()})
}

// picture is what must be on the screen.
func (m *mirror) picture() *image.RGBA {
	img := image.NewRGBA(image.Rectangle{Max: m.frame.Size})
	scene.Paint(img, m.frame)
	return img
}

// regions are the things to touch whose action fits and that nothing lies over.
func (m *mirror) regions(fits func(action string) bool) (out []scene.Region) {
	for _, r := range m.frame.Regions {
		at := middle(r)
		if top, ok := m.frame.At(at); ok && top.Action == r.Action && fits(r.Action) {
			out = append(out, r)
		}
	}
	return out
}

func middle(r scene.Region) image.Point { return r.Area.Min.Add(r.Area.Size().Div(2)) }

// nowhere is a controller that does not answer.
const nowhere = "http://127.0.0.1:9"

// configure writes the configuration of a screen with a data folder and a backend.
func configure(dir, data string, backend configs.Backend) (string, error) {
	p := specimen.Portrait
	file := filepath.Join(dir, "kiosk-"+string(backend)+".toml")
	text := fmt.Sprintf("controller = %q\ndata = %q\nidle = \"1h\"\n[panel]\nwidth = %d\nheight = %d\nwidth_mm = %d\nheight_mm = %d\n[window]\nbackend = %q\n",
		nowhere, data, p.Width, p.Height, p.WidthMM, p.HeightMM, backend)
	return file, os.WriteFile(file, []byte(text), 0o600)
}
