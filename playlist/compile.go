package playlist

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"mingbai/assets"
	"mingbai/playlist/schedule"
)

// CompileInput is all that a channel publishes.
type CompileInput struct {
	Channel   ChannelID
	Revision  Revision // of the new edition, one more than the last
	Created   time.Time
	Notices   []*Notice
	Columns   []Column // in the order of the catalogue
	Playlists []Playlist
	Rules     []schedule.Rule
	Days      []schedule.Exception
	Takedowns []Takedown
	Glyphs    *Blob // what Edition.Glyphs is
	// Speech has the recordings of Notices, as far as there are any. One of a
	// notice that is left out is left out as well.
	Speech map[NoticeID]Blob
	// Last is the edition before, nil when this is the first. Versions that it
	// lists already keep their Entry.Since.
	Last *Edition
}

// Compile makes an edition and returns with it the blobs of its notices, by Ref.
// The same input gives the same edition, whatever the order of notices,
// playlists, rules, days and take-downs; the order of columns is the catalogue's.
//
// Notices that have expired at Created are left out. Items of playlists that
// name an expired or taken-down notice are dropped, because taking down must
// never fail; an item that names a notice that is not there at all is an error.
func Compile(in CompileInput) (Edition, map[assets.Ref][]byte, error) {
	e := Edition{
		Channel:  in.Channel,
		Revision: in.Revision,
		Created:  utc(in.Created).Truncate(time.Millisecond),
		Columns:  slices.Clone(in.Columns),
		Days:     slices.Clone(in.Days),
		Rules:    slices.Clone(in.Rules),
		Glyphs:   in.Glyphs,
	}
	fail := func(err error) (Edition, map[assets.Ref][]byte, error) {
		return Edition{}, nil, fmt.Errorf("compile channel %s: %w", in.Channel, err)
	}
	slices.SortStableFunc(e.Days, func(a, b schedule.Exception) int { return a.Date.Compare(b.Date) })
	slices.SortStableFunc(e.Rules, func(a, b schedule.Rule) int { return cmp.Compare(a.ID, b.ID) })
	e.Takedowns = mergeTakedowns(in.Takedowns)

	blobs := make(map[assets.Ref][]byte, len(in.Notices))
	gone := map[NoticeID]bool{}
	for _, t := range e.Takedowns {
		gone[t.Notice] = true
	}
	e.Notices = make([]Entry, 0, len(in.Notices))
	for _, n := range in.Notices {
		if !n.NotAfter.IsZero() && !n.NotAfter.After(e.Created) {
			gone[n.ID] = true
			continue
		}
		entry, data, err := compileNotice(n)
		if err != nil {
			return fail(err)
		}
		if err := e.Matches(entry, n); err != nil {
			return fail(err)
		}
		if b, ok := in.Speech[n.ID]; ok {
			entry.Speech = &b
		}
		entry.Since = e.Created
		if in.Last != nil {
			if last, ok := in.Last.entry(n.ID); ok && last.Version == n.Version {
				entry.Since = last.Since
			}
		}
		e.Notices = append(e.Notices, entry)
		blobs[entry.Ref] = data
	}
	slices.SortFunc(e.Notices, func(a, b Entry) int { return cmp.Compare(a.ID, b.ID) })

	for _, p := range in.Playlists {
		p.Items = slices.DeleteFunc(slices.Clone(p.Items), func(i Item) bool {
			_, listed := e.entry(i.Notice)
			return !listed && gone[i.Notice]
		})
		e.Playlists = append(e.Playlists, p)
	}
	slices.SortStableFunc(e.Playlists, func(a, b Playlist) int { return cmp.Compare(a.ID, b.ID) })
	if err := e.Check(); err != nil {
		return fail(err)
	}
	return e, blobs, nil
}

func compileNotice(n *Notice) (Entry, []byte, error) {
	if err := n.Shape(); err != nil {
		return Entry{}, nil, err
	}
	data, err := n.Encode()
	if err != nil {
		return Entry{}, nil, err
	}
	return Entry{
		ID:        n.ID,
		Version:   n.Version,
		Ref:       assets.RefOf(data),
		Size:      int64(len(data)),
		NotBefore: utc(n.NotBefore),
		NotAfter:  utc(n.NotAfter),
		Blobs:     n.Blobs(),
	}, data, nil
}

// mergeTakedowns keeps for each notice the take-down of the highest version, and
// of those the earliest.
func mergeTakedowns(in []Takedown) []Takedown {
	out := slices.Clone(in)
	for i := range out {
		out[i].At = utc(out[i].At)
	}
	slices.SortStableFunc(out, func(a, b Takedown) int {
		return cmp.Or(cmp.Compare(a.Notice, b.Notice), cmp.Compare(b.Version, a.Version), a.At.Compare(b.At))
	})
	return slices.CompactFunc(out, func(a, b Takedown) bool { return a.Notice == b.Notice })
}

// entry finds a notice in the edition's sorted list.
func (e *Edition) entry(id NoticeID) (Entry, bool) {
	i, ok := slices.BinarySearchFunc(e.Notices, id, func(n Entry, id NoticeID) int { return cmp.Compare(n.ID, id) })
	if !ok {
		return Entry{}, false
	}
	return e.Notices[i], true
}

// takedown finds a take-down in the edition's sorted list.
func (e *Edition) takedown(id NoticeID) (Takedown, bool) {
	i, ok := slices.BinarySearchFunc(e.Takedowns, id, func(t Takedown, id NoticeID) int { return cmp.Compare(t.Notice, id) })
	if !ok {
		return Takedown{}, false
	}
	return e.Takedowns[i], true
}

// With returns what a device would have, had the notice been published as it is,
// in place of the version that is there. What it is called on stays as it was.
func (l Loaded) With(n *Notice) (Loaded, error) {
	entry, _, err := compileNotice(n)
	if err != nil {
		return Loaded{}, fmt.Errorf("put notice %s on channel %s: %w", n.ID, l.Edition.Channel, err)
	}
	e := l.Edition
	entry.Since = e.Created
	e.Notices = slices.DeleteFunc(slices.Clone(e.Notices), func(o Entry) bool { return o.ID == n.ID })
	at, _ := slices.BinarySearchFunc(e.Notices, n.ID, func(o Entry, id NoticeID) int { return cmp.Compare(o.ID, id) })
	if old, ok := l.Edition.entry(n.ID); ok && old.Version == n.Version {
		entry.Since, entry.Speech = old.Since, old.Speech
	}
	e.Notices = slices.Insert(e.Notices, at, entry)
	e.Takedowns = slices.DeleteFunc(slices.Clone(e.Takedowns), func(t Takedown) bool { return t.Notice == n.ID })
	notices := maps.Clone(l.Notices)
	if notices == nil {
		notices = map[NoticeID]*Notice{}
	}
	notices[n.ID] = n
	return Loaded{Edition: e, Notices: notices}, nil
}
