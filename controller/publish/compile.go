package publish

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"slices"
	"time"

	"mingbai/assets"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

func pub(seed []byte) []byte {
	return ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
}

// line is the making of one channel's editions, one after the other.
type line struct {
	turn chan struct{} // holds one token; who has it works on the channel and may use what follows
	// notices are decoded versions in force, by Ref, so that a large channel is
	// not decoded anew for every change.
	notices map[assets.Ref]*playlist.Notice
	rare    map[assets.Ref][]rune // characters of notices that the embedded faces lack
	last    *playlist.Edition     // the newest edition, nil when not known
}

func (d *Desk) line(c playlist.ChannelID) *line {
	d.mu.Lock()
	defer d.mu.Unlock()
	l := d.lines[c]
	if l == nil {
		l = &line{turn: make(chan struct{}, 1), notices: map[assets.Ref]*playlist.Notice{}, rare: map[assets.Ref][]rune{}}
		l.turn <- struct{}{}
		d.lines[c] = l
	}
	return l
}

// settle waits until an edition holds the changes up to want. The edition is
// made in the background: when ctx ends, only the waiting does. Those who wait
// for the same channel share editions: whoever's turn comes finds the changes
// of all others in what it compiles.
func (d *Desk) settle(ctx context.Context, c playlist.ChannelID, want int64) (playlist.Revision, error) {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return 0, ErrClosed
	}
	d.work.Add(1)
	d.mu.Unlock()

	type answer struct {
		rev playlist.Revision
		err error
	}
	done := make(chan answer, 1)
	go func() {
		defer d.work.Done()
		rev, err := d.compileUpTo(d.ctx, c, want)
		if err != nil {
			d.cfg.Log.Error("an edition could not be made", "channel", c.String(), "error", err)
		}
		done <- answer{rev, err}
	}()
	select {
	case a := <-done:
		return a.rev, a.err
	case <-ctx.Done():
		return 0, fmt.Errorf("wait for the edition of %s, which goes on: %w", c, ctx.Err())
	}
}

// compileUpTo makes the next edition of a channel unless the newest one holds
// the changes up to want already.
func (d *Desk) compileUpTo(ctx context.Context, c playlist.ChannelID, want int64) (playlist.Revision, error) {
	l := d.line(c)
	select {
	case <-l.turn:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	defer func() { l.turn <- struct{}{} }()

	var in playlist.CompileInput
	var state store.Channel
	var site playlist.Site
	err := d.cfg.Store.View(ctx, func(r store.Reader) error {
		var err error
		if state, err = r.Channel(ctx, c); err != nil || state.Compiled >= want {
			return err
		}
		if in, err = d.gather(ctx, r, c, l); err != nil {
			return err
		}
		site, err = r.Site(ctx, c.Site)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read what %s publishes: %w", c, err)
	}
	if state.Compiled >= want {
		return state.Revision, nil
	}
	if in, err = d.withGlyphs(l, in, site.Name); err != nil {
		return 0, fmt.Errorf("make an edition of %s: %w", c, err)
	}
	in.Revision = state.Revision + 1
	made, err := d.makeEdition(ctx, l, in, state.Wanted)
	if err != nil {
		return 0, fmt.Errorf("make edition %s of %s: %w", in.Revision, c, err)
	}
	d.cfg.Announce(made)
	d.listen()
	return in.Revision, d.cfg.Checkpoint("announced")
}

// gather reads all that a channel publishes.
func (d *Desk) gather(ctx context.Context, r store.Reader, c playlist.ChannelID, l *line) (playlist.CompileInput, error) {
	in := playlist.CompileInput{Channel: c, Created: d.cfg.Now().UTC()}
	rows, err := r.LiveNotices(ctx, c)
	if err != nil {
		return in, err
	}
	decoded := make(map[assets.Ref]*playlist.Notice, len(rows))
	for _, row := range rows {
		n := l.notices[row.Ref]
		if n == nil {
			if n, err = row.Decode(); err != nil {
				return in, err
			}
		}
		decoded[row.Ref] = n
		in.Notices = append(in.Notices, n)
	}
	l.notices = decoded
	for ref := range l.rare {
		if decoded[ref] == nil {
			delete(l.rare, ref)
		}
	}
	if in.Speech, err = d.recordings(ctx, r, c); err != nil {
		return in, err
	}
	if in.Takedowns, err = r.Takedowns(ctx, c); err != nil || c.Alert {
		return in, err
	}
	if in.Playlists, err = r.Playlists(ctx, c.Site); err != nil {
		return in, err
	}
	if in.Rules, err = r.Rules(ctx, c.Site); err != nil {
		return in, err
	}
	in.Playlists, in.Rules = withNewest(in.Playlists, in.Rules)
	in.Playlists, in.Rules = withUrgent(in.Playlists, in.Rules, in.Notices, in.Created)
	site, err := r.Site(ctx, c.Site)
	if err != nil || site.Parent != "" {
		return in, err
	}
	if in.Columns, err = r.Columns(ctx); err != nil {
		return in, err
	}
	in.Days, err = r.Days(ctx)
	return in, err
}

// newest is the name of the playlist and the rule of a channel that plays nothing
// by itself.
const newest = "newest"

// withNewest gives a channel whose rules play fixed notices only, or nothing, a
// rule that always plays its newest ones: what a clerk publishes must come on
// screen although nobody in that village has ever heard of playlists.
func withNewest(lists []playlist.Playlist, rules []schedule.Rule) ([]playlist.Playlist, []schedule.Rule) {
	for _, p := range lists {
		played := slices.ContainsFunc(rules, func(r schedule.Rule) bool { return r.Playlist == p.ID })
		if p.ID == newest || played && p.Latest != nil {
			return lists, rules
		}
	}
	if slices.ContainsFunc(rules, func(r schedule.Rule) bool { return r.ID == newest }) {
		return lists, rules // the name is theirs
	}
	lists = append(slices.Clone(lists), playlist.Playlist{ID: newest, Name: "最新发布", Latest: &playlist.Select{
		Kinds: []playlist.Kind{playlist.KindAnnouncement, playlist.KindFund, playlist.KindMedia}, Count: 12,
	}})
	return lists, append(slices.Clone(rules), schedule.Rule{ID: newest, Name: "本单位最新发布", Playlist: newest, Level: schedule.Normal})
}

// urgent is the name of the playlist and the rule of urgent notices.
const urgent = "urgent"

// withUrgent gives a channel with urgent notices a rule that plays them at level
// urgent. On screens it holds for as long as one of them may be shown.
func withUrgent(lists []playlist.Playlist, rules []schedule.Rule, notices []*playlist.Notice, now time.Time) ([]playlist.Playlist, []schedule.Rule) {
	p := playlist.Playlist{ID: urgent, Name: "紧急发布"}
	for _, n := range notices {
		if n.Urgent && now.Before(n.NotAfter) {
			p.Items = append(p.Items, playlist.Item{Notice: n.ID})
		}
	}
	taken := slices.ContainsFunc(lists, func(p playlist.Playlist) bool { return p.ID == urgent }) ||
		slices.ContainsFunc(rules, func(r schedule.Rule) bool { return r.ID == urgent })
	if len(p.Items) == 0 || taken {
		return lists, rules
	}
	return append(slices.Clone(lists), p), append(slices.Clone(rules), schedule.Rule{ID: urgent, Name: p.Name, Playlist: urgent, Level: schedule.Urgent})
}

// makeEdition compiles, signs and stores an edition that holds the changes up to
// wanted. The caller holds the line's turn.
func (d *Desk) makeEdition(ctx context.Context, l *line, in playlist.CompileInput, wanted int64) (Made, error) {
	if err := d.previous(ctx, l, in); err != nil {
		return Made{}, err
	}
	if l.last != nil && !in.Created.After(l.last.Created) {
		in.Created = l.last.Created.Add(1e6) // a clock that was set back must not make time go back on screens
	}
	in.Last = l.last
	edition, blobs, err := playlist.Compile(in)
	if err != nil {
		return Made{}, fmt.Errorf("compile: %w", err)
	}
	if err := edition.Follows(l.last); err != nil {
		return Made{}, fmt.Errorf("screens would refuse it: %w", err)
	}
	for ref, data := range blobs {
		if d.cfg.Blobs.Hold(ref, int64(len(data))) {
			continue
		}
		if _, err := d.cfg.Blobs.PutBytes(data); err != nil {
			return Made{}, fmt.Errorf("store blob %s: %w", ref.Short(), err)
		}
	}
	for _, e := range edition.Notices {
		for _, b := range e.Blobs {
			if !d.cfg.Blobs.Hold(b.Ref, b.Size) {
				return Made{}, fmt.Errorf("notice %s names blob %s: %w", e.ID, b.Ref.Short(), assets.ErrNotFound)
			}
		}
	}
	if err := d.cfg.Checkpoint("blobs stored"); err != nil {
		return Made{}, err
	}
	payload, err := edition.Encode()
	if err != nil {
		return Made{}, fmt.Errorf("encode: %w", err)
	}
	if len(payload) > wire.MaxPayload {
		return Made{}, fmt.Errorf("it has %d bytes, a device takes %d", len(payload), wire.MaxPayload)
	}
	key, err := d.cfg.Keys.Channel(in.Channel)
	if err != nil {
		return Made{}, err
	}
	made := Made{Channel: in.Channel, Revision: in.Revision, Urgent: takesDown(l.last, &edition)}
	row := store.Edition{
		Channel: in.Channel, Revision: in.Revision, Created: in.Created,
		Envelope: wire.Sign(wire.EditionType, payload, key), Fresh: freshBlobs(l.last, &edition),
	}
	if made.Urgent || in.Channel.Alert {
		ctx = store.Urgently(ctx)
	}
	err = d.cfg.Store.Update(ctx, func(t *store.Tx) error {
		if err := t.PutEdition(ctx, row, wanted); err != nil {
			return err
		}
		return t.MarkCarried(ctx, in.Channel, in.Revision)
	})
	if err != nil {
		l.last = nil // what is stored is not known any more
		return Made{}, err
	}
	l.last, made.Edition = &edition, &row
	return made, d.cfg.Checkpoint("edition stored")
}

// takesDown reports whether an edition takes something down that the one before
// did not.
func takesDown(prev, next *playlist.Edition) bool {
	had := map[playlist.NoticeID]int{}
	if prev != nil {
		for _, t := range prev.Takedowns {
			had[t.Notice] = t.Version
		}
	}
	return slices.ContainsFunc(next.Takedowns, func(t playlist.Takedown) bool { return t.Version > had[t.Notice] })
}

// previous makes sure that the line knows the newest edition.
func (d *Desk) previous(ctx context.Context, l *line, in playlist.CompileInput) error {
	if in.Revision == 1 {
		l.last = nil
		return nil
	}
	if l.last != nil && l.last.Revision == in.Revision-1 {
		return nil
	}
	row, err := d.cfg.Store.Edition(ctx, in.Channel, in.Revision-1)
	if err != nil {
		return err
	}
	l.last, err = playlist.DecodeEdition(row.Envelope.Payload)
	return err
}

// freshBlobs lists the blobs of an edition that the one before did not have,
// the smallest first, so that as many as possible ride along.
func freshBlobs(prev, next *playlist.Edition) []playlist.Blob {
	had := map[assets.Ref]bool{}
	if prev != nil {
		for b := range prev.Needs {
			had[b.Ref] = true
		}
	}
	fresh := []playlist.Blob{}
	for b := range next.Needs {
		if !had[b.Ref] {
			had[b.Ref] = true
			fresh = append(fresh, b)
		}
	}
	slices.SortFunc(fresh, func(a, b playlist.Blob) int {
		if a.Size != b.Size {
			return int(a.Size - b.Size)
		}
		return a.Ref.Compare(b.Ref)
	})
	return fresh
}
