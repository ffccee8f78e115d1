package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"mingbai/assets"
	"mingbai/controller/hub"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// Errors of SetLine.
var ErrLine = errors.New("a line has a rate of 16 kbit/s or more, or none, and a volume of 1 to 10,000,000 MB a month, or none")

// The least rate and the most of both that a line may have.
const (
	LeastRate = 16         // kbit/s: less does not carry the reports of a few screens
	MostRate  = 10_000_000 // kbit/s
	MostMonth = 10_000_000 // MB
)

// allot takes what a screen asks for out of the budget of its site.
func (f *Fleet) allot(terms *hub.Terms, id playlist.ScreenID, ref assets.Ref, size int64, now time.Time) {
	if !f.lines.limited.Load() {
		return
	}
	l := &f.lines
	l.mu.Lock()
	site := l.site[id]
	b := l.of[site]
	over := b != nil && size > smallFile && b.over(l.used[site])
	l.mu.Unlock()
	if b == nil {
		return
	}
	if over && !f.alerts(site, ref) {
		l.mu.Lock()
		l.waiting[id] = now
		l.mu.Unlock()
		f.starve(true, id)
		*terms = hub.Terms{Status: http.StatusServiceUnavailable, Wait: pausedAsk, Why: "the volume of this site's line is used up"}
		return
	}
	if b.rate != nil {
		terms.Piece = b.piece()
		terms.Pace = func(ctx context.Context, n int) error { return b.pace(ctx, id, n) }
	}
}

// alerts reports whether an alert in force at a site names a blob: those go out
// whatever was used. It reads from the store, and is asked only where a volume is
// used up.
func (f *Fleet) alerts(site playlist.SiteID, ref assets.Ref) bool {
	named, err := f.alertNames(f.ctx, site, ref)
	if err != nil && f.ctx.Err() == nil {
		f.cfg.Log.Error("What an alert names could not be read; the file goes.", "site", string(site), "error", err)
		return true
	}
	return named
}

func (f *Fleet) alertNames(ctx context.Context, site playlist.SiteID, ref assets.Ref) (bool, error) {
	tree, err := f.cfg.Store.Tree(ctx)
	if err != nil {
		return false, err
	}
	for _, at := range tree.PathIDs(site) {
		c, err := f.cfg.Store.Channel(ctx, playlist.ChannelID{Site: at, Alert: true})
		if errors.Is(err, store.ErrNotFound) || err == nil && c.Revision == 0 {
			continue
		}
		if err != nil {
			return false, err
		}
		row, err := f.cfg.Store.Edition(ctx, c.ID, c.Revision)
		if err != nil {
			return false, err
		}
		e, err := playlist.DecodeEdition(row.Envelope.Payload)
		if err != nil {
			return false, fmt.Errorf("read edition %s of %s: %w", c.Revision, c.ID, err)
		}
		for _, n := range e.Notices {
			if n.Ref == ref || slices.ContainsFunc(n.Blobs, func(b playlist.Blob) bool { return b.Ref == ref }) {
				return true, nil
			}
		}
	}
	return false, nil
}

// over reports whether the volume is used up; the caller holds lines.mu.
func (b *budget) over(used int64) bool { return b.most() > 0 && used >= b.most() && !b.passed }

// starve notes whether screens wait for a file that their line does not carry any
// more this month.
func (f *Fleet) starve(waits bool, screens ...playlist.ScreenID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range screens {
		if l := f.live[id]; l != nil {
			l.starved = waits
		}
	}
}

// fed returns the screens that wait no more, or have not asked for long, and
// forgets them. The caller holds mu.
func (l *lines) fed(now time.Time) []playlist.ScreenID {
	var out []playlist.ScreenID
	for id, at := range l.waiting {
		if b := l.of[l.site[id]]; b == nil || !b.over(l.used[l.site[id]]) || now.Sub(at) > 2*pausedAsk {
			delete(l.waiting, id)
			out = append(out, id)
		}
	}
	return out
}

// spent reports whether the line of a screen carries nothing large this month.
func (f *Fleet) spent(id playlist.ScreenID) bool {
	if !f.lines.limited.Load() {
		return false
	}
	l := &f.lines
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.of[l.site[id]]
	return b != nil && b.over(l.used[l.site[id]])
}

// SetLine sets the line of a site and of those below, nil lets it follow the one
// above. ErrLine when no line is so.
func (f *Fleet) SetLine(ctx context.Context, actor string, site playlist.SiteID, line *store.Line) error {
	if line != nil && (line.Rate != 0 && (line.Rate < LeastRate || line.Rate > MostRate) || line.Month < 0 || line.Month > MostMonth) {
		return ErrLine
	}
	shown := func(l store.Line) (string, error) {
		b, err := json.Marshal(l)
		return string(b), err
	}
	err := f.cfg.Store.Update(ctx, func(t *store.Tx) error {
		r := store.Record{At: f.cfg.Now(), Actor: actor, Action: "line.put", Subject: string(site), Site: site}
		was, err := t.LineOf(ctx, []playlist.SiteID{site})
		if err == nil {
			r.Before, err = shown(was.Line)
		} else if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		if err != nil {
			return err
		}
		if line == nil {
			r.Action = "line.drop"
			return errors.Join(t.DropLine(ctx, site), t.Audit(ctx, r))
		}
		if r.After, err = shown(*line); err != nil {
			return err
		}
		return errors.Join(t.PutLine(ctx, site, *line), t.Audit(ctx, r))
	})
	if err != nil {
		return fmt.Errorf("set the line of %s: %w", site, err)
	}
	return f.knowLines(ctx, 0)
}

// PassLine lets everything go to a site until the end of the month although its
// volume is used up, or not any more.
func (f *Fleet) PassLine(ctx context.Context, actor string, site playlist.SiteID, pass bool) error {
	now := f.cfg.Now()
	this := now.In(f.cfg.Zone).Format(month)
	err := f.cfg.Store.Update(ctx, func(t *store.Tx) error {
		r := store.Record{At: now, Actor: actor, Action: "line.pass", Subject: string(site), Site: site, Detail: this}
		if !pass {
			r.Action = "line.hold"
		}
		return errors.Join(t.PassLine(ctx, site, this, pass), t.Audit(ctx, r))
	})
	if err != nil {
		return fmt.Errorf("open the line of %s: %w", site, err)
	}
	return f.knowLines(ctx, 0)
}

// LineUse is how much of its line a site has used this month.
type LineUse struct {
	Site    playlist.SiteID
	Line    store.Line // zero without a limit
	Used    int64      // bytes
	Passed  bool       // everything goes although the volume is used up
	Over    bool       // and large files wait
	Waiting int        // screens that do
	Screens []store.Traffic
}

// Share is how much of the volume is used, in per cent; 0 without one.
func (u LineUse) Share() int {
	if u.Line.Month == 0 {
		return 0
	}
	return int(u.Used / (u.Line.Month * 10_000))
}

// TrafficOf is what went from and to a screen this month at the site where it is,
// the last minutes included, in bytes.
func (f *Fleet) TrafficOf(ctx context.Context, screen playlist.ScreenID, site playlist.SiteID) (store.Traffic, error) {
	this := f.cfg.Now().In(f.cfg.Zone).Format(month)
	t, err := f.cfg.Store.TrafficOf(ctx, this, site, screen)
	if err != nil {
		return t, err
	}
	f.lines.mu.Lock()
	defer f.lines.mu.Unlock()
	more := f.lines.pending[trafficKey{this, site, screen}] // not on disk yet
	t.Received, t.Sent, t.Files = t.Received+more.Received, t.Sent+more.Sent, t.Files+more.Files
	return t, nil
}

// LineUses returns the sites that have screens or a limit, with what went to each
// screen this month, the most first.
func (f *Fleet) LineUses(ctx context.Context) ([]LineUse, error) {
	if err := f.knowLines(ctx, 0); err != nil { // a screen of a moment ago is among them
		return nil, err
	}
	now := f.cfg.Now()
	this := now.In(f.cfg.Zone).Format(month)
	if err := f.FlushTraffic(ctx); err != nil {
		return nil, err
	}
	rows, err := f.cfg.Store.Traffic(ctx, this)
	if err != nil {
		return nil, err
	}
	l := &f.lines
	l.mu.Lock()
	defer l.mu.Unlock()
	uses := map[playlist.SiteID]*LineUse{}
	at := func(site playlist.SiteID) *LineUse {
		u := uses[site]
		if u == nil {
			u = &LineUse{Site: site, Used: l.used[site]}
			if b := l.of[site]; b != nil {
				u.Line, u.Passed, u.Over = b.line, b.passed, b.over(u.Used)
			}
			uses[site] = u
		}
		return u
	}
	for id, site := range l.site {
		u := at(site)
		if _, waits := l.waiting[id]; waits && u.Over {
			u.Waiting++
		}
	}
	for _, t := range rows {
		u := at(t.Site)
		u.Screens = append(u.Screens, t)
	}
	var out []LineUse
	for _, u := range uses {
		slices.SortFunc(u.Screens, func(a, b store.Traffic) int { return int(max(min(b.All()-a.All(), 1), -1)) })
		out = append(out, *u)
	}
	slices.SortFunc(out, func(a, b LineUse) int {
		if d := b.Share() - a.Share(); d != 0 {
			return d
		}
		if a.Used != b.Used {
			return int(max(min(b.Used-a.Used, 1), -1))
		}
		return compare(a.Site, b.Site)
	})
	return out, nil
}

// LineSigns says which lines have used most of their volume, for the watch. It
// reads nothing from disk.
func (f *Fleet) LineSigns(now time.Time) []Sign {
	l := &f.lines
	if !l.limited.Load() {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []Sign
	for site, b := range l.of {
		used := l.used[site]
		if b.most() == 0 || b.passed || used*100 < b.most()*LineLow {
			continue
		}
		share := used * 100 / b.most()
		s := Sign{Kind: SignVolume, Severity: Warn, Since: now, Site: site}
		figures := fmt.Sprintf("%d / %d MB", used/1_000_000, b.line.Month)
		s.Title = Words{"本月流量快用完", "this month's volume is nearly used up"}
		s.Cause = Words{fmt.Sprintf("这里的线路本月已用 %s（%d%%）", figures, share), fmt.Sprintf("the line here has used %s (%d %%) this month", figures, share)}
		s.Next = Words{"请在“全部屏幕 › 线路流量”看谁用得最多；不够请改大或换套餐", "see on All screens, Line volumes what uses most; raise it or change the contract"}
		if b.over(used) {
			s.Title = Words{"本月流量用完", "this month's volume is used up"}
			s.Cause = s.Cause.with(Words{"；文字、预警和撤下照常，新的图片、视频、程序和定时截屏等到下月", "; text, alerts and take-downs go as before; new pictures, videos, programs and daily screenshots wait for the next month"})
			s.Next = Words{"急用请在“全部屏幕 › 线路流量”点“本月放行”，或把流量改大", "if it is urgent use Let everything through on All screens, Line volumes, or raise the volume"}
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Sign) int { return compare(a.Site, b.Site) })
	return out
}
