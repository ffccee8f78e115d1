package fleet

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"mingbai/controller/hub"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Invalid is returned for a screen with errors in it.
type Invalid struct{ Problems []playlist.Problem }

func (e *Invalid) Error() string {
	for _, p := range e.Problems {
		if p.Severity == playlist.Wrong {
			return fmt.Sprintf("%s: %s", p.Field, p.MessageEn)
		}
	}
	return "the screen has problems"
}

func (f *Fleet) validate(ctx context.Context, r store.Reader, s playlist.Screen) error {
	sites, err := r.Sites(ctx)
	if err != nil {
		return err
	}
	problems := playlist.ValidateScreen(s, playlist.ValidateEnv{Sites: sites, Now: f.cfg.Now(), Zone: f.cfg.Zone})
	if playlist.HasErrors(problems) {
		return &Invalid{problems}
	}
	return nil
}

// treeAge is how long the tree is remembered; ten thousand screens that come
// back at once ask for it.
const treeAge = 5 * time.Second

// channels returns what a screen at a site shows, the nearest site first.
func (f *Fleet) channels(ctx context.Context, site playlist.SiteID) ([]playlist.ChannelID, error) {
	now := f.cfg.Now()
	f.mu.Lock()
	tree, fresh := f.tree, now.Sub(f.treeAt) < treeAge
	f.mu.Unlock()
	if tree == nil || !fresh {
		var err error
		if tree, err = f.cfg.Store.Tree(ctx); err != nil {
			return nil, err
		}
		f.mu.Lock()
		f.tree, f.treeAt = tree, now
		f.mu.Unlock()
	}
	return channelsOf(tree, site), nil
}

func channelsOf(tree *store.Tree, site playlist.SiteID) []playlist.ChannelID {
	var list []playlist.ChannelID
	for _, s := range tree.Path(site) {
		list = append(list, playlist.ChannelID{Site: s.ID}, playlist.ChannelID{Site: s.ID, Alert: true})
	}
	return list
}

// document is the settings of a screen as they should be, without a revision.
func (f *Fleet) document(ctx context.Context, r store.Reader, row store.Screen) (playlist.Settings, error) {
	return f.settingsOf(ctx, &look{reader: r, channels: map[playlist.ChannelID]store.Channel{}}, row)
}

func (f *Fleet) settingsOf(ctx context.Context, l *look, row store.Screen) (playlist.Settings, error) {
	tree, err := l.sites(ctx)
	if err != nil {
		return playlist.Settings{}, err
	}
	own, err := tree.Site(row.Site)
	if err != nil {
		return playlist.Settings{}, err
	}
	s := playlist.Settings{
		Screen: row.Screen, Hotline: own.Hotline, Duty: own.Duty, Zone: f.cfg.Zone.String(), Language: row.Language,
	}
	if f.cfg.Voices != nil {
		s.VoiceKey = f.cfg.Voices.PublicKey().Bytes()
	}
	for _, site := range tree.Path(row.Site) {
		s.Path = append(s.Path, nameOf(site))
		if s.Hotline == "" {
			s.Hotline = site.Hotline // the nearest that has one
		}
		if s.Duty == "" {
			s.Duty = site.Duty
		}
		if s.Place == (playlist.Place{}) {
			s.Place = playlist.Place{Latitude: site.Latitude, Longitude: site.Longitude}
		}
	}
	for _, site := range tree.Below(row.Site) {
		s.Below = append(s.Below, nameOf(site))
	}
	for _, ch := range channelsOf(tree, row.Site) {
		c, open, err := l.channel(ctx, ch)
		if err != nil {
			return playlist.Settings{}, err
		}
		if !open {
			continue
		}
		s.Channels = append(s.Channels, playlist.ChannelGrant{Channel: ch, Keys: [][]byte{c.Key}})
	}
	return s, nil
}

// look is what several screens have in common, read once for all of them.
type look struct {
	reader   store.Reader
	tree     *store.Tree
	channels map[playlist.ChannelID]store.Channel // without a key where nobody can publish yet
}

func (f *Fleet) look() *look {
	return &look{reader: f.cfg.Store.Reader, channels: map[playlist.ChannelID]store.Channel{}}
}

func (l *look) sites(ctx context.Context) (_ *store.Tree, err error) {
	if l.tree == nil {
		l.tree, err = l.reader.Tree(ctx)
	}
	return l.tree, err
}

// channel returns a channel, and whether anybody can publish on it yet.
func (l *look) channel(ctx context.Context, id playlist.ChannelID) (store.Channel, bool, error) {
	c, known := l.channels[id]
	if !known {
		var err error
		if c, err = l.reader.Channel(ctx, id); err != nil && !errors.Is(err, store.ErrNotFound) {
			return c, false, err
		}
		l.channels[id] = c
	}
	return c, len(c.Key) > 0, nil
}

func nameOf(s playlist.Site) playlist.SiteName {
	return playlist.SiteName{ID: s.ID, Kind: s.Kind, Name: s.Name, NameEn: s.NameEn}
}

// settle makes and signs a screen's settings if they should differ from what is
// stored, or if their revision is below least.
func (f *Fleet) settle(ctx context.Context, id playlist.ScreenID, least playlist.Revision) (store.Screen, error) {
	f.settling.Lock()
	defer f.settling.Unlock()
	var row store.Screen
	var doc playlist.Settings
	var have wire.Envelope
	err := f.cfg.Store.View(ctx, func(r store.Reader) error {
		var err error
		if row, err = r.Screen(ctx, id); err != nil {
			return err
		}
		if row.SettingsRevision > 0 {
			if have, err = r.Settings(ctx, id); err != nil {
				return err
			}
		}
		doc, err = f.document(ctx, r, row)
		return err
	})
	if err != nil {
		return row, fmt.Errorf("make settings of screen %s: %w", id, err)
	}
	doc.Revision = row.SettingsRevision
	payload, err := json.Marshal(doc)
	if err != nil {
		return row, fmt.Errorf("encode settings of screen %s: %w", id, err)
	}
	if bytes.Equal(payload, have.Payload) && row.SettingsRevision >= least {
		return row, nil
	}
	doc.Revision = max(row.SettingsRevision+1, least)
	if payload, err = json.Marshal(doc); err != nil {
		return row, fmt.Errorf("encode settings of screen %s: %w", id, err)
	}
	env := wire.Sign(wire.SettingsType, payload, f.cfg.Root)
	err = f.update(ctx, func(t *store.Tx) error { return t.PutSettings(ctx, id, doc.Revision, env) })
	if err != nil {
		return row, err
	}
	row.SettingsRevision = doc.Revision
	return row, nil
}

// Refresh makes a screen's settings anew where they should differ and sends
// them if it is connected.
func (f *Fleet) Refresh(ctx context.Context, id playlist.ScreenID) error {
	before, err := f.cfg.Store.Screen(ctx, id)
	if err != nil {
		return err
	}
	after, err := f.settle(ctx, id, 0)
	if err != nil || after.SettingsRevision == before.SettingsRevision || f.hub == nil {
		return err
	}
	if err := f.hub.SendSettings(ctx, id); err != nil && !errors.Is(err, hub.ErrNotConnected) {
		return fmt.Errorf("send settings to screen %s: %w", id, err)
	}
	return nil
}

// RefreshAll is Refresh for every screen, for when sites or keys changed.
func (f *Fleet) RefreshAll(ctx context.Context) error {
	f.changed()
	f.mu.Lock()
	f.tree = nil
	f.mu.Unlock()
	rows, err := f.cfg.Store.Screens(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, row := range rows {
		errs = append(errs, f.Refresh(ctx, row.ID))
	}
	return errors.Join(errs...)
}

// Change sets what a person may set of a screen: site, name, place, panel, tags,
// language. Kind and ID stay.
func (f *Fleet) Change(ctx context.Context, actor string, s playlist.Screen, language string) (store.Screen, error) {
	err := f.update(ctx, func(t *store.Tx) error {
		have, err := t.Screen(ctx, s.ID)
		if err != nil {
			return err
		}
		s.Kind = have.Kind
		if err := f.validate(ctx, t.Reader, s); err != nil {
			return err
		}
		if err := t.PutScreen(ctx, s, language); err != nil {
			return err
		}
		return t.Register(ctx, store.Record{At: f.cfg.Now(), Actor: actor, Action: "screen.change", Subject: string(s.ID), Site: s.Site, Detail: s.Name})
	})
	if err != nil {
		return store.Screen{}, fmt.Errorf("change screen %s: %w", s.ID, err)
	}
	if err := f.Refresh(ctx, s.ID); err != nil {
		return store.Screen{}, err
	}
	return f.cfg.Store.Screen(ctx, s.ID)
}

// Add makes a screen that waits for its device.
func (f *Fleet) Add(ctx context.Context, actor string, s playlist.Screen, language string) (store.Screen, error) {
	err := f.update(ctx, func(t *store.Tx) error {
		if _, err := t.Screen(ctx, s.ID); err == nil {
			return store.ErrConflict
		}
		if err := f.validate(ctx, t.Reader, s); err != nil {
			return err
		}
		if err := t.PutScreen(ctx, s, language); err != nil {
			return err
		}
		return t.Register(ctx, store.Record{At: f.cfg.Now(), Actor: actor, Action: "screen.add", Subject: string(s.ID), Site: s.Site, Detail: s.Name})
	})
	if err != nil {
		return store.Screen{}, fmt.Errorf("add screen %s: %w", s.ID, err)
	}
	return f.cfg.Store.Screen(ctx, s.ID)
}

// Remove forgets a screen and tells its device to stop. What it displayed stays
// on record.
func (f *Fleet) Remove(ctx context.Context, actor string, id playlist.ScreenID) error {
	now := f.cfg.Now()
	err := f.update(ctx, func(t *store.Tx) error {
		row, err := t.Screen(ctx, id)
		if err != nil {
			return err
		}
		if err := t.RemoveScreen(ctx, id, now); err != nil {
			return err
		}
		return t.Register(ctx, store.Record{At: now, Actor: actor, Action: "screen.remove", Subject: string(id), Site: row.Site, Detail: row.Name})
	})
	if err != nil {
		return fmt.Errorf("remove screen %s: %w", id, err)
	}
	f.mu.Lock()
	delete(f.live, id)
	f.mu.Unlock()
	if f.hub != nil {
		f.hub.Kick(id, wire.CloseRemoved, "this screen was removed")
	}
	return nil
}

func sortBySize(blobs []playlist.Blob) {
	slices.SortFunc(blobs, func(a, b playlist.Blob) int {
		if a.Size != b.Size {
			return int(a.Size - b.Size)
		}
		return a.Ref.Compare(b.Ref)
	})
}

// handOutKey gives the key for voices to screens whose settings were signed
// before this controller had it.
func (f *Fleet) handOutKey(ctx context.Context) {
	key := []byte(base64.StdEncoding.EncodeToString(f.cfg.Voices.PublicKey().Bytes())) // as JSON writes it
	err := func() error {
		screens, err := f.screens(ctx)
		if err != nil {
			return err
		}
		for _, s := range screens {
			if s.SettingsRevision == 0 {
				continue
			}
			env, err := f.cfg.Store.Settings(ctx, s.ID)
			if err == nil && !bytes.Contains(env.Payload, key) {
				err = f.Refresh(ctx, s.ID)
			}
			if err != nil && !errors.Is(err, store.ErrNotFound) { // it was removed meanwhile
				return err
			}
		}
		return nil
	}()
	if err != nil && ctx.Err() == nil {
		f.cfg.Log.Error("the key for voices could not be handed out; what residents write travels unsealed to some screens", "error", err)
	}
}
