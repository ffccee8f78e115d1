package fleet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

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

// channels returns what a screen at a site shows, the nearest site first.
func (f *Fleet) channels(ctx context.Context, site playlist.SiteID) ([]playlist.ChannelID, error) {
	tree, err := f.cfg.Store.Tree(ctx)
	if err != nil {
		return nil, err
	}
	return channelsOf(tree, site), nil
}

func channelsOf(tree *store.Tree, site playlist.SiteID) []playlist.ChannelID {
	path := tree.PathIDs(site)
	list := make([]playlist.ChannelID, 0, 2*len(path))
	for _, id := range path {
		list = append(list, playlist.ChannelID{Site: id}, playlist.ChannelID{Site: id, Alert: true})
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
	payload, err := f.encode(&doc, row, row.SettingsRevision)
	if err != nil {
		return row, err
	}
	if bytes.Equal(payload, have.Payload) && row.SettingsRevision >= least {
		return row, nil
	}
	if payload, err = f.encode(&doc, row, max(row.SettingsRevision+1, least)); err != nil {
		return row, err
	}
	env := wire.Sign(wire.SettingsType, payload, f.cfg.Root)
	err = f.cfg.Store.Update(ctx, func(t *store.Tx) error { return t.PutSettings(ctx, id, doc.Revision, env) })
	if err != nil {
		return row, err
	}
	row.SettingsRevision = doc.Revision
	return row, nil
}

// encode writes settings of a revision, with the signed word on which device the
// screen is. The same input gives the same bytes.
func (f *Fleet) encode(doc *playlist.Settings, row store.Screen, rev playlist.Revision) ([]byte, error) {
	doc.Revision, doc.Enrolment = rev, nil
	if row.Key != nil {
		e := wire.Enrolment{Screen: row.Screen, Language: row.Language, Key: row.Key, Enrolled: row.Enrolled.UTC(), Revision: rev}
		if len(doc.Path) > 0 {
			e.Site = doc.Path[0].Name
		}
		var err error
		if doc.Enrolment, err = wire.SignEnrolment(e, f.cfg.Root); err != nil {
			return nil, err
		}
	}
	payload, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("encode settings of screen %s: %w", row.ID, err)
	}
	return payload, nil
}

// Refresh makes a screen's settings anew where they should differ and sends
// them if it is connected. It goes on when ctx ends: what they are made of is stored
// already, and who asked for it may have closed the page.
func (f *Fleet) Refresh(ctx context.Context, id playlist.ScreenID) error {
	ctx = context.WithoutCancel(ctx)
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
	ctx = context.WithoutCancel(ctx)
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

// screenText is a screen as it stands in the audit log.
func screenText(s playlist.Screen, language string) (string, error) {
	text, err := json.Marshal(struct {
		playlist.Screen
		Language string `json:"language,omitempty"`
	}{s, language})
	return string(text), err
}

// Change sets what a person may set of a screen: site, name, place, panel, tags,
// language. Kind and ID stay.
func (f *Fleet) Change(ctx context.Context, actor string, s playlist.Screen, language string) (store.Screen, error) {
	err := f.cfg.Store.Update(ctx, func(t *store.Tx) error {
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
		line := store.Record{At: f.cfg.Now(), Actor: actor, Action: "screen.change", Subject: string(s.ID), Site: s.Site, Detail: s.Name}
		if line.Before, err = screenText(have.Screen, have.Language); err != nil {
			return err
		}
		if line.After, err = screenText(s, language); err != nil {
			return err
		}
		return t.Audit(ctx, line)
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
	err := f.cfg.Store.Update(ctx, func(t *store.Tx) error {
		if _, err := t.Screen(ctx, s.ID); err == nil {
			return store.ErrConflict
		}
		if err := f.validate(ctx, t.Reader, s); err != nil {
			return err
		}
		if err := t.PutScreen(ctx, s, language); err != nil {
			return err
		}
		line := store.Record{At: f.cfg.Now(), Actor: actor, Action: "screen.add", Subject: string(s.ID), Site: s.Site, Detail: s.Name}
		var err error
		if line.After, err = screenText(s, language); err != nil {
			return err
		}
		return t.Audit(ctx, line)
	})
	if err != nil {
		return store.Screen{}, fmt.Errorf("add screen %s: %w", s.ID, err)
	}
	return f.cfg.Store.Screen(ctx, s.ID)
}

func sortBySize(blobs []playlist.Blob) {
	slices.SortFunc(blobs, func(a, b playlist.Blob) int {
		if a.Size != b.Size {
			return int(a.Size - b.Size)
		}
		return a.Ref.Compare(b.Ref)
	})
}

// settleAll makes anew the settings that should differ from what is stored: a crash
// kept them from being made after a screen was changed, the controller has another key
// for voices or another time zone than when they were signed, or they are of before
// settings said which device the screen is.
func (f *Fleet) settleAll(ctx context.Context) {
	err := func() error {
		screens, err := f.cfg.Store.Roster(ctx)
		if err != nil {
			return err
		}
		look := f.look()
		for _, s := range screens {
			if s.SettingsRevision == 0 {
				continue
			}
			old, err := f.outdated(ctx, look, *s)
			if err == nil && old {
				err = f.Refresh(ctx, s.ID)
			}
			if err != nil && !errors.Is(err, store.ErrNotFound) { // it was removed meanwhile
				return err
			}
		}
		return nil
	}()
	if err != nil && ctx.Err() == nil {
		f.cfg.Log.Error("It could not be seen whether all screens have the settings that they should; some may have older ones until the next start.", "error", err)
	}
}

// outdated reports whether the settings of a screen should differ from what is
// stored, as far as look knows.
func (f *Fleet) outdated(ctx context.Context, l *look, row store.Screen) (bool, error) {
	have, err := f.cfg.Store.Settings(ctx, row.ID)
	if err != nil {
		return false, err
	}
	doc, err := f.settingsOf(ctx, l, row)
	if err != nil {
		return false, err
	}
	payload, err := f.encode(&doc, row, row.SettingsRevision)
	if err != nil {
		return false, err
	}
	return !bytes.Equal(payload, have.Payload), nil
}
