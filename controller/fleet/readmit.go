package fleet

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Found is a device that this controller does not know and that shows the
// controller's own signature for being a screen: it was enrolled after the backup
// from which the data was restored (DOMAIN R20). It goes on showing what it has,
// so that there is no code on its display to be read; a person takes it back by
// name instead.
//
// That is as safe as a code on a display: the signature is of the root key, which
// nobody else has; it binds the device's key, which the handshake has proven; so
// what is listed was confirmed by a person before. It does not come back by itself,
// because nobody knows here whether it was removed after the backup. A device that
// was removed before the backup is on record as removed and never gets this far.
type Found struct {
	Fingerprint string          `json:"fingerprint"` // of its key, as in Waiting
	Screen      playlist.Screen `json:"screen"`      // as it was when its settings were last signed
	Enrolled    time.Time       `json:"enrolled"`    // when a person confirmed its code
	Program     string          `json:"program"`
	Host        string          `json:"host"`
	Remote      string          `json:"remote"`
	Since       time.Time       `json:"since"`               // of waiting
	Replaces    string          `json:"replaces,omitempty"`  // fingerprint of the older device that the screen has here
	SiteName    string          `json:"site_name,omitempty"` // of its site when its settings were last signed
	SiteGone    bool            `json:"site_gone,omitempty"`
	Trouble     Words           `json:"trouble,omitzero"` // why it cannot be taken back as it is, with the next step
	found       *waiting
}

// Ready reports whether the device can be taken back as it is.
func (d *Found) Ready() bool { return d.Trouble == Words{} }

// Proof is part of hub.Backend: a device in the lobby shows the enrolment that this
// controller has signed. What does not hold changes nothing: the device stays a
// stranger with a code.
func (f *Fleet) Proof(ctx context.Context, hello wire.Hello, p wire.Proof) error {
	e, err := wire.OpenEnrolment(p.Enrolment, ed25519.PublicKey(f.RootKey()))
	if err == nil && (!bytes.Equal(e.Key, hello.Key) || e.Screen.ID != hello.Screen) {
		err = errors.New("the enrolment is of another device or of another screen")
	}
	if err != nil {
		f.cfg.Log.Warn("a device shows an enrolment that does not hold", "screen", string(hello.Screen), "error", err)
		return nil
	}
	f.mu.Lock()
	w := f.byKey[[32]byte(hello.Key)]
	fresh := w != nil && w.proof == nil
	if w != nil {
		w.proof = &e
	}
	if l := f.live[e.Screen.ID]; l != nil {
		l.stranger = stranger{} // it is none: it was this screen's device
	}
	f.mu.Unlock()
	if fresh {
		f.cfg.Log.Warn("A screen that was enrolled after the backup waits to be taken back.", "screen", string(e.Screen.ID), "name", e.Screen.Name)
	}
	f.stir()
	return nil
}

// Found lists the devices that can be taken back, by site and name.
func (f *Fleet) Found(ctx context.Context) ([]Found, error) {
	waiting := f.proven()
	out := make([]Found, 0, len(waiting))
	err := f.cfg.Store.View(ctx, func(r store.Reader) error {
		for _, w := range waiting {
			d, err := f.judgeFound(ctx, r, w, waiting, "")
			if err != nil {
				return err
			}
			out = append(out, d)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the screens that can be taken back: %w", err)
	}
	slices.SortFunc(out, func(a, b Found) int {
		return strings.Compare(string(a.Screen.Site)+"\x00"+a.Screen.Name+a.Fingerprint, string(b.Screen.Site)+"\x00"+b.Screen.Name+b.Fingerprint)
	})
	return out, nil
}

// FoundCount is how many devices Found lists.
func (f *Fleet) FoundCount() int { return len(f.proven()) }

// proven returns copies of the devices in the lobby that have shown an enrolment.
func (f *Fleet) proven() map[[32]byte]*waiting {
	now := f.cfg.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	out := map[[32]byte]*waiting{}
	for _, w := range f.waiting {
		if w.proof != nil && now.Before(w.expires) {
			c := *w
			out[c.key] = &c
		}
	}
	return out
}

// judgeFound says whether a device can be taken back, onto another site when one is
// given. all are those that wait beside it.
func (f *Fleet) judgeFound(ctx context.Context, r store.Reader, w *waiting, all map[[32]byte]*waiting, site playlist.SiteID) (Found, error) {
	e := w.proof
	d := Found{
		Fingerprint: Fingerprint(w.key[:]), Screen: e.Screen, SiteName: e.Site, Enrolled: e.Enrolled, Program: w.hello.Program, Host: w.hello.Host,
		Remote: w.remote, Since: w.since, found: w,
	}
	if site != "" {
		d.Screen.Site = site
	}
	trouble := func(zh, en string) (Found, error) { d.Trouble = Words{zh, en}; return d, nil }
	removed, err := r.IsRemoved(ctx, w.key[:])
	if err != nil {
		return d, err
	}
	if removed {
		return trouble("这台设备已被停用或替换，不能找回", "This device was retired or replaced and cannot be taken back")
	}
	for _, other := range all {
		if other.key != w.key && other.proof.Screen.ID == e.Screen.ID && other.proof.Revision > e.Revision {
			return trouble("另一台设备后来接替了这块屏，请找回那一台", "Another device took this screen over later; take that one back")
		}
	}
	if err := otherKind(w.hello.Kind, e.Screen.Kind); err != nil {
		return trouble("机器和登记的种类不同，请到现场重新配对", "The machine is of another kind than it was enrolled as; pair it on site")
	}
	if err := f.judgePlace(ctx, r, &d); err != nil || !d.Ready() {
		return d, err
	}
	problem, err := f.judgeScreen(ctx, r, d.Screen)
	if err != nil {
		return d, err
	}
	if problem != nil && problem.Field == "site" {
		d.SiteGone = true
		return trouble("它的站点“"+e.Site+"”在备份里没有，请先选一个站点", "Its site “"+e.Site+"” is not in the backup; choose a site first")
	}
	if problem != nil {
		return trouble(problem.Message+"；请到现场重新配对", problem.MessageEn+"; pair it on site")
	}
	return d, nil
}

// judgePlace holds a device against what is known here of its screen.
func (f *Fleet) judgePlace(ctx context.Context, r store.Reader, d *Found) error {
	e := d.found.proof
	have, err := r.Screen(ctx, e.Screen.ID)
	if errors.Is(err, store.ErrNotFound) {
		gone, err := r.RetiredScreen(ctx, e.Screen.ID)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return nil // the usual case: nothing is known of it
		case err != nil:
			return err
		case e.Revision <= gone.Revision:
			d.Trouble = Words{"这块屏已经停用，不能找回；要再用，请到现场重新配对", "This screen is out of service and cannot be taken back; to use it again, pair it on site"}
		}
		return nil
	}
	if err != nil || have.Key == nil {
		return err
	}
	f.mu.Lock()
	l := f.live[e.Screen.ID]
	online := l != nil && l.online
	f.mu.Unlock()
	switch {
	case online:
		d.Trouble = Words{"这块屏现在由另一台在线的设备显示；请先看哪一台是对的，再到现场重新配对", "Another device, which is connected, shows this screen now; see which of them is right and pair it on site"}
	case !e.Enrolled.After(have.Enrolled): // by date: settings may have been signed anew here since
		d.Trouble = Words{"这块屏后来换了设备；要再用这一台，请到现场重新配对", "This screen has a newer device; to use this one again, pair it on site"}
	default:
		d.Replaces = Fingerprint(have.Key)
	}
	return nil
}

// judgeScreen returns the first error of a screen's description.
func (f *Fleet) judgeScreen(ctx context.Context, r store.Reader, s playlist.Screen) (*playlist.Problem, error) {
	err := f.validate(ctx, r, s)
	bad, is := errors.AsType[*Invalid](err)
	if !is {
		return nil, err
	}
	for _, p := range bad.Problems {
		if p.Severity == playlist.Wrong {
			return &p, nil
		}
	}
	return nil, nil
}

// Readmit makes a found device the screen that it was, under its own name, at its
// site or at another when one is given, and tells it so. What it displayed and has
// not handed over yet comes as a new ledger. store.ErrNotFound when no such device
// waits, *Invalid when it cannot be taken back as it is.
func (f *Fleet) Readmit(ctx context.Context, actor, fingerprint string, site playlist.SiteID) (store.Screen, error) {
	all := f.proven()
	var w *waiting
	for _, one := range all {
		if Fingerprint(one.key[:]) == fingerprint {
			w = one
		}
	}
	if w == nil {
		return store.Screen{}, fmt.Errorf("take a screen back: %w", store.ErrNotFound)
	}
	var d Found
	err := f.cfg.Store.Update(ctx, func(t *store.Tx) (err error) {
		if d, err = f.judgeFound(ctx, t.Reader, w, all, site); err != nil {
			return err
		}
		if !d.Ready() {
			return &Invalid{[]playlist.Problem{{Field: "fingerprint", Severity: playlist.Wrong, Message: d.Trouble.Zh, MessageEn: d.Trouble.En}}}
		}
		return f.bindFound(ctx, t, actor, d)
	})
	if err != nil {
		return store.Screen{}, fmt.Errorf("take screen %s back: %w", w.proof.Screen.ID, err)
	}
	id := d.Screen.ID
	f.mu.Lock()
	if now := f.byKey[w.key]; now != nil {
		delete(f.waiting, now.code)
		delete(f.byKey, w.key)
	}
	*f.liveOf(id) = live{key: w.key, since: f.cfg.Now()}
	f.mu.Unlock()
	// Its settings go on from where it is.
	if _, err := f.settle(ctx, id, max(w.hello.Settings, w.proof.Revision)+1); err != nil {
		return store.Screen{}, fmt.Errorf("take screen %s back: %w", id, err)
	}
	f.welcome(ctx, w.key, id)
	f.stir()
	return f.cfg.Store.Screen(ctx, id)
}

// bindFound stores the screen and its device, with an event and a line of the audit
// log that says what stood there before.
func (f *Fleet) bindFound(ctx context.Context, t *store.Tx, actor string, d Found) error {
	now, w := f.cfg.Now(), d.found
	line := store.Record{At: now, Actor: actor, Action: "screen.readmit", Subject: string(d.Screen.ID), Site: d.Screen.Site, Detail: d.Screen.Name + " " + d.Fingerprint}
	have, err := f.had(ctx, t, d.Screen.ID)
	switch {
	case err == nil:
		if line.Before, err = screenText(have.Screen, have.Language); err != nil {
			return err
		}
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	if line.After, err = screenText(d.Screen, w.proof.Language); err != nil {
		return err
	}
	if err := t.PutScreen(ctx, d.Screen, w.proof.Language); err != nil {
		return err
	}
	if err := t.BindDevice(ctx, d.Screen.ID, w.key[:], w.proof.Enrolled); err != nil {
		return err
	}
	if err := t.SetProgram(ctx, d.Screen.ID, w.hello.Program, w.hello.System, w.hello.Host); err != nil {
		return err
	}
	if err := t.AddEvent(ctx, store.Event{Screen: d.Screen.ID, At: now, Kind: store.EventReadmitted, Detail: d.Fingerprint, Actor: actor}); err != nil {
		return err
	}
	return t.Audit(ctx, line)
}
