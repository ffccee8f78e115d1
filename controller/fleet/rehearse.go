package fleet

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// Rehearse returns what a screen would have, had a notice been published as it
// is: everything that is in force where the screen stands, with that notice in
// place of the version that is there. The notice need not be saved and the screen
// need not exist. Only what is drawn is right of it: nothing of it is signed.
func (f *Fleet) Rehearse(ctx context.Context, s playlist.Screen, language string, n *playlist.Notice) (*playlist.Library, error) {
	fail := func(err error) (*playlist.Library, error) {
		return nil, fmt.Errorf("rehearse notice %s on screen %s: %w", n.ID, s.ID, err)
	}
	look := f.look()
	doc, loaded, err := f.gather(ctx, look, store.Screen{Screen: s, Language: language})
	if err != nil {
		return fail(err)
	}
	if loaded, err = f.founded(ctx, &doc, loaded); err != nil {
		return fail(err)
	}
	i := f.standing(&doc, &loaded, playlist.ChannelID{Site: n.Site, Alert: n.Kind == playlist.KindAlert})
	if loaded[i], err = loaded[i].With(n); err != nil {
		return fail(err)
	}
	lib, err := playlist.NewLibrary(doc, loaded, playlist.WithPace(f.paces.of(doc)))
	if err != nil {
		return fail(err)
	}
	return lib, nil
}

// founded gives the root its catalogue and calendar, where nothing was published
// there yet.
func (f *Fleet) founded(ctx context.Context, doc *playlist.Settings, loaded []playlist.Loaded) ([]playlist.Loaded, error) {
	if len(doc.Path) == 0 {
		return nil, errors.New("the screen stands nowhere")
	}
	root := playlist.ChannelID{Site: doc.Path[len(doc.Path)-1].ID}
	if slices.ContainsFunc(loaded, func(l playlist.Loaded) bool { return l.Edition.Channel == root }) {
		return loaded, nil
	}
	i := f.standing(doc, &loaded, root)
	var err error
	if loaded[i].Edition.Columns, err = f.cfg.Store.Columns(ctx); err != nil {
		return nil, err
	}
	loaded[i].Edition.Days, err = f.cfg.Store.Days(ctx)
	return loaded, err
}

// standing finds the edition of a channel, making an empty one where nothing was
// published yet.
func (f *Fleet) standing(doc *playlist.Settings, loaded *[]playlist.Loaded, ch playlist.ChannelID) int {
	if i := slices.IndexFunc(*loaded, func(l playlist.Loaded) bool { return l.Edition.Channel == ch }); i >= 0 {
		return i
	}
	if !slices.ContainsFunc(doc.Channels, func(g playlist.ChannelGrant) bool { return g.Channel == ch }) {
		doc.Channels = append(slices.Clip(doc.Channels), playlist.ChannelGrant{Channel: ch})
	}
	*loaded = append(slices.Clip(*loaded), playlist.Loaded{
		Edition: playlist.Edition{Channel: ch, Revision: 1, Created: f.cfg.Now()}, Notices: map[playlist.NoticeID]*playlist.Notice{},
	})
	return len(*loaded) - 1
}
