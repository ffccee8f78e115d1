package fleet

import (
	"context"
	"errors"
	"slices"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// Still is a screen that may still show a notice which was taken down: it has
// not said that it adopted an edition without it.
type Still struct {
	Screen  playlist.ScreenID `json:"screen"`
	Name    string            `json:"name"`
	Site    playlist.SiteID   `json:"site"`
	Online  bool              `json:"online"`
	Offline time.Time         `json:"offline_since,omitzero"`
	Seen    time.Time         `json:"seen,omitzero"` // its last report
	Now     bool              `json:"now"`           // on the display at that report
}

// StillShowing lists the screens that may still show a notice which is not in
// force any more, by site and name; none for one that is. A screen drops it when
// the edition reaches it, within a second if it is connected, and otherwise at
// once when it comes back.
func (f *Fleet) StillShowing(ctx context.Context, id playlist.NoticeID) ([]Still, error) {
	row, err := f.cfg.Store.Notice(ctx, id)
	if err != nil || row.Live > 0 {
		return nil, err
	}
	tree, err := f.cfg.Store.Tree(ctx)
	if err != nil {
		return nil, err
	}
	states, err := f.List(ctx)
	if err != nil {
		return nil, err
	}
	carried := map[playlist.Revision]bool{} // by what screens say they have
	var out []Still
	for _, s := range states {
		if !s.Paired() || !slices.Contains(tree.PathIDs(s.Site), row.Site) {
			continue
		}
		rev := s.Reported[row.Channel()]
		if rev == 0 {
			continue // it never had anything of this channel
		}
		if _, known := carried[rev]; !known {
			if carried[rev], err = f.carries(ctx, row.Channel(), rev, id); err != nil {
				return nil, err
			}
		}
		if !carried[rev] {
			continue
		}
		one := Still{Screen: s.ID, Name: s.Name, Site: s.Site, Online: s.Online, Seen: s.Seen, Now: s.Report != nil && shows(s.Report, id)}
		if !s.Online {
			one.Offline = s.Since
		}
		out = append(out, one)
	}
	return out, nil
}

// carries reports whether an edition has a notice. One that is not kept any more
// counts as if it had.
func (f *Fleet) carries(ctx context.Context, c playlist.ChannelID, rev playlist.Revision, id playlist.NoticeID) (bool, error) {
	row, err := f.cfg.Store.Edition(ctx, c, rev)
	if errors.Is(err, store.ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	e, err := playlist.DecodeEdition(row.Envelope.Payload)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(e.Notices, func(n playlist.Entry) bool { return n.ID == id }), nil
}
