package api

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"mingbai/assets"
	"mingbai/controller/rollout"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Package is a program of screens that was brought in.
type Package struct {
	ID       string     `json:"id"`
	Program  string     `json:"program"` // name, system and processor: kiosk/linux/amd64
	Version  string     `json:"version"`
	KeySet   uint64     `json:"key_set"`  // the newer package has the higher one,
	Sequence uint64     `json:"sequence"` // and under the same one the higher sequence
	Ref      assets.Ref `json:"ref"`
	Size     int64      `json:"size"` // of the program, in bytes
	NotesZh  string     `json:"notes_zh,omitempty"`
	NotesEn  string     `json:"notes_en,omitempty"`
	Built    time.Time  `json:"built,omitzero"`
	Uploaded time.Time  `json:"uploaded"`
	Actor    string     `json:"actor"`
}

func packageOf(p store.Package) Package {
	return Package{
		ID: p.ID, Program: p.Program, Version: p.Version, KeySet: p.KeySet, Sequence: p.Sequence, Ref: p.Ref, Size: p.Size,
		NotesZh: p.NotesZh, NotesEn: p.NotesEn, Built: p.Built, Uploaded: p.Uploaded, Actor: p.Actor,
	}
}

// Rollout is how a package goes to more and more screens.
type Rollout struct {
	store.Rollout
	Fits    int           `json:"fits"`    // screens that it is for
	Target  int           `json:"target"`  // of them in this stage
	Reached int           `json:"reached"` // that were offered it
	Done    int           `json:"done"`
	Broken  int           `json:"broken"` // failed or refused
	Working int           `json:"working"`
	Away    int           `json:"away"`           // offered, not done and not connected
	Until   time.Time     `json:"until,omitzero"` // when this stage has been watched for long enough
	Acts    []rollout.Act `json:"acts"`           // that are possible now
}

// RolloutDetail is a rollout with its screens, what went wrong first.
type RolloutDetail struct {
	Rollout Rollout         `json:"rollout"`
	Screens []RolloutScreen `json:"screens"`
	Total   int             `json:"total"` // of all screens that were offered it
}

// RolloutScreen is what became of an offer at one screen.
type RolloutScreen struct {
	Screen  playlist.ScreenID `json:"screen"`
	Name    string            `json:"name"`
	Site    playlist.SiteID   `json:"site"`
	Online  bool              `json:"online"`
	Stage   store.Stage       `json:"stage"`   // in which it was chosen
	Offered time.Time         `json:"offered"` // first
	Before  string            `json:"before,omitempty"`
	Step    wire.UpdateStep   `json:"step,omitempty"`
	At      time.Time         `json:"at,omitzero"` // of the step
	Error   string            `json:"error,omitempty"`
	// Warned says what is wrong with it since it was offered the package.
	WarnedZh string `json:"warned_zh,omitempty"`
	WarnedEn string `json:"warned_en,omitempty"`
}

// RolloutStart says which package goes to the screens of which site and below.
type RolloutStart struct {
	Package string          `json:"package"`
	Site    playlist.SiteID `json:"site"`
}

func (a *api) listPackages(c *call) (any, error) {
	known, err := a.Store.Packages(c.ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Package, 0, len(known))
	for _, p := range known {
		out = append(out, packageOf(p))
	}
	return listOf(out), nil
}

// bringPackage takes a package file in. It is not held in memory: it lies in a
// temporary file until its signatures and its program are judged.
func (a *api) bringPackage(c *call) (any, error) {
	f, err := os.CreateTemp("", "mingbai-package-*")
	if err != nil {
		return nil, fmt.Errorf("keep an uploaded package: %w", err)
	}
	defer os.Remove(f.Name()) // what stays behind is the system's to tidy
	defer f.Close()
	size, err := io.Copy(f, http.MaxBytesReader(c.w, c.r.Body, a.Package))
	if err != nil {
		return nil, badBody(err)
	}
	p, err := a.Depot.Bring(c.ctx, c.person.Login, f, size)
	if err != nil {
		return nil, err
	}
	return packageOf(p), nil
}

func rolloutOf(p rollout.Progress) Rollout {
	acts := p.Acts
	if acts == nil {
		acts = []rollout.Act{}
	}
	return Rollout{
		Rollout: p.Rollout, Fits: p.Fits, Target: p.Target, Reached: p.Reached, Done: p.Done, Broken: p.Broken,
		Working: p.Working, Away: p.Away, Until: p.Until, Acts: acts,
	}
}

func (a *api) listRollouts(c *call) (any, error) {
	all, err := a.Depot.List(c.ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Rollout, 0, len(all))
	for _, p := range all {
		out = append(out, rolloutOf(p))
	}
	return listOf(out), nil
}

func (a *api) getRollout(c *call) (any, error) {
	offset, err := c.number("offset", 0, 1<<30)
	if err != nil {
		return nil, err
	}
	limit, err := c.number("limit", 100, 1000)
	if err != nil {
		return nil, err
	}
	p, err := a.Depot.Progress(c.ctx, c.r.PathValue("rollout"))
	if err != nil {
		return nil, err
	}
	out := RolloutDetail{Rollout: rolloutOf(p), Screens: []RolloutScreen{}, Total: len(p.Rows)}
	from := min(offset, len(p.Rows))
	for _, r := range p.Rows[from:min(from+limit, len(p.Rows))] {
		m, s := r.Member, r.State
		out.Screens = append(out.Screens, RolloutScreen{
			Screen: s.ID, Name: s.Name, Site: s.Site, Online: s.Online, Stage: m.Stage, Offered: m.Offered, Before: m.Before,
			Step: m.Step, At: m.At, Error: m.Error, WarnedZh: r.WarnedZh, WarnedEn: r.WarnedEn,
		})
	}
	return out, nil
}

func (a *api) startRollout(c *call) (any, error) {
	var b RolloutStart
	if err := c.read(&b); err != nil {
		return nil, err
	}
	if err := c.reach(b.Site); err != nil {
		return nil, err
	}
	ro, err := a.Depot.Start(c.ctx, c.person.Login, b.Package, b.Site)
	if err != nil {
		return nil, err
	}
	return a.progress(c, ro.ID)
}

func (a *api) changeRollout(c *call) (any, error) {
	act := rollout.Act(c.r.PathValue("act"))
	switch act {
	case rollout.Pause, rollout.Resume, rollout.Next, rollout.Stop, rollout.Back:
	default:
		return nil, badField("act", "应为 pause、resume、next、stop 或 back", "must be pause, resume, next, stop or back")
	}
	p, err := a.Depot.Progress(c.ctx, c.r.PathValue("rollout"))
	if err != nil {
		return nil, err
	}
	if err := c.reach(p.Rollout.Site); err != nil {
		return nil, err
	}
	ro, err := a.Depot.Do(c.ctx, c.person.Login, p.Rollout.ID, act)
	if err != nil {
		return nil, err
	}
	return a.progress(c, ro.ID)
}

func (a *api) progress(c *call, id string) (any, error) {
	p, err := a.Depot.Progress(c.ctx, id)
	if err != nil {
		return nil, err
	}
	return rolloutOf(p), nil
}
