package fleet

import (
	"context"
	"errors"
	"slices"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Proof is where and how long a notice has been up.
type Proof struct {
	Notice   playlist.NoticeID `json:"notice"`
	Version  int               `json:"version"`  // in force, 0 for none
	Revision playlist.Revision `json:"revision"` // the edition that first carried it
	Screens  []ScreenProof     `json:"screens"`  // every screen in its scope, and those that showed it before
	Adopted  int               `json:"adopted"`  // screens that have it
	Waiting  int               `json:"waiting"`  // screens in scope that do not have it yet
	Shown    int               `json:"shown"`    // screens that have displayed it
	Seconds  int64             `json:"seconds"`  // of display on all screens, by their ledgers
	Days     int               `json:"days"`     // civil days on which any screen displayed it
	First    time.Time         `json:"first,omitzero"`
	Last     time.Time         `json:"last,omitzero"`
}

// ScreenProof is the part of one screen.
type ScreenProof struct {
	Screen  playlist.ScreenID `json:"screen"`
	Name    string            `json:"name"`
	Site    playlist.SiteID   `json:"site"`
	Has     bool              `json:"has"` // the version in force is on the screen's disk
	Online  bool              `json:"online"`
	Offline time.Time         `json:"offline_since,omitzero"`
	Seen    time.Time         `json:"seen,omitzero"` // its last report
	Seconds int64             `json:"seconds"`
	Times   int               `json:"times"` // how often it came
	Days    []DayProof        `json:"days,omitempty"`
	First   time.Time         `json:"first,omitzero"`
	Last    time.Time         `json:"last,omitzero"`
	Now     bool              `json:"now"`              // on the display at the last report
	Retired time.Time         `json:"retired,omitzero"` // since when it is out of service

	Place  string `json:"-"`
	Ledger Head   `json:"-"`
}

// Head is how far the ledger of a screen is stored: its present epoch, the last
// row and the chain of hashes up to it, in hexadecimal.
type Head struct {
	Epoch int
	Seq   uint64
	Chain string
}

// DayProof is one civil day on one screen.
type DayProof struct {
	Day     string `json:"day"`
	Seconds int64  `json:"seconds"`
	Times   int    `json:"times"`
}

// ProofOf tells where and how long a notice has been up. The time shown comes
// from the ledgers of the screens; those that are offline may know of more.
func (f *Fleet) ProofOf(ctx context.Context, id playlist.NoticeID) (Proof, error) {
	row, err := f.cfg.Store.Notice(ctx, id)
	if err != nil {
		return Proof{}, err
	}
	p := Proof{Notice: id, Version: row.Live}
	if row.Live > 0 {
		v, err := f.cfg.Store.NoticeVersion(ctx, id, row.Live)
		if err != nil {
			return Proof{}, err
		}
		p.Revision = v.Edition
	}
	days, err := f.cfg.Store.DisplayOf(ctx, id)
	if err != nil {
		return Proof{}, err
	}
	tree, err := f.cfg.Store.Tree(ctx)
	if err != nil {
		return Proof{}, err
	}
	states, err := f.List(ctx)
	if err != nil {
		return Proof{}, err
	}
	byScreen := map[playlist.ScreenID][]store.DisplayDay{}
	anyDay := map[string]bool{}
	for _, d := range days {
		byScreen[d.Screen] = append(byScreen[d.Screen], d)
		anyDay[d.Day] = true
	}
	p.Days = len(anyDay)
	for _, s := range states {
		inScope := row.Live > 0 && s.Paired() && slices.Contains(tree.PathIDs(s.Site), row.Site)
		shown := byScreen[s.ID]
		if !inScope && len(shown) == 0 {
			continue
		}
		delete(byScreen, s.ID)
		sp := screenProof(s.ID, s.Name, s.Site, shown)
		sp.Online, sp.Seen, sp.Place = s.Online, s.Seen, s.Place
		sp.Ledger = Head{s.Epoch, s.LedgerSeq, s.LedgerChain}
		if !s.Online {
			sp.Offline = s.Since
		}
		sp.Has = inScope && p.Revision > 0 && s.Reported[row.Channel()] >= p.Revision
		sp.Now = s.Online && s.Report != nil && shows(s.Report, id)
		p.add(sp, inScope)
	}
	for screen, shown := range byScreen { // screens that are out of service
		sp := screenProof(screen, "", "", shown)
		gone, err := f.cfg.Store.RetiredScreen(ctx, screen)
		switch {
		case err == nil:
			sp.Name, sp.Site, sp.Place, sp.Retired = gone.Screen.Name, gone.Screen.Site, gone.Screen.Place, gone.At
		case !errors.Is(err, store.ErrNotFound):
			return Proof{}, err
		}
		p.add(sp, false)
	}
	slices.SortFunc(p.Screens, func(a, b ScreenProof) int {
		if a.Site != b.Site {
			return compare(a.Site, b.Site)
		}
		return compare(a.Screen, b.Screen)
	})
	return p, nil
}

// shows reports whether a notice was on the display, in the loop or in a zone.
func shows(r *wire.Report, id playlist.NoticeID) bool {
	return r.Showing.Notice == id || slices.ContainsFunc(r.Also, func(s wire.Showing) bool { return s.Notice == id })
}

func compare[T ~string](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func screenProof(id playlist.ScreenID, name string, site playlist.SiteID, days []store.DisplayDay) ScreenProof {
	sp := ScreenProof{Screen: id, Name: name, Site: site}
	for _, d := range days {
		sp.Seconds += int64(d.Shown / time.Second)
		sp.Times += d.Times
		sp.Days = append(sp.Days, DayProof{Day: d.Day, Seconds: int64(d.Shown / time.Second), Times: d.Times})
		if sp.First.IsZero() || d.First.Before(sp.First) {
			sp.First = d.First
		}
		if d.Last.After(sp.Last) {
			sp.Last = d.Last
		}
	}
	return sp
}

func (p *Proof) add(s ScreenProof, inScope bool) {
	p.Screens = append(p.Screens, s)
	p.Seconds += s.Seconds
	if s.Times > 0 {
		p.Shown++
	}
	switch {
	case s.Has:
		p.Adopted++
	case inScope:
		p.Waiting++
	}
	if !s.First.IsZero() && (p.First.IsZero() || s.First.Before(p.First)) {
		p.First = s.First
	}
	if s.Last.After(p.Last) {
		p.Last = s.Last
	}
}
