package console

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// The steps of an acceptance, in their order.
const (
	tryOrientation = "orientation"
	tryTouch       = "touch"
	tryBrightness  = "brightness"
	trySound       = "sound"
	tryPicture     = "picture"
	tryPlug        = "plug"
	tryAlert       = "alert"
	tryClock       = "clock"
	tryNetwork     = "network"
	tryPatrol      = "patrol"
)

// dimmed is how bright a display is made so that people see a difference.
const dimmed = 30 // per cent

// triesOf are the steps for a kind of screen.
func triesOf(k playlist.ScreenKind) []string {
	all := []string{tryOrientation, tryTouch, tryBrightness, trySound, tryPicture, tryPlug, tryAlert, tryClock, tryNetwork, tryPatrol}
	if k == playlist.LED {
		all = slices.DeleteFunc(all, func(s string) bool { return s == tryTouch || s == trySound })
	}
	return all
}

// asking is the command that a step sends; empty for steps that only look.
func asking(step string) (kind wire.CommandKind, value int) {
	switch step {
	case tryOrientation:
		return wire.CommandIdentify, 0
	case tryBrightness:
		return wire.CommandBrightness, dimmed
	case trySound:
		return wire.CommandTone, 0
	case tryPicture:
		return wire.CommandScreenshot, 0
	case tryPatrol:
		return wire.CommandPatrol, 0
	}
	return "", 0
}

type acceptancePage struct {
	frame
	Screen, Name, SiteName, Place string
	Open                          bool // it goes on; otherwise it has not begun
	Steps                         []tryRow
	Step                          tryStep
	Ready                         bool   // every step is judged
	Note, Problem                 string // what a person wrote, and what is wrong with it
	Undone                        string // why a step could not be begun
	Failed, Skipped               int
	Last                          string // address of the last record
}

// tryRow is a step in the list of steps.
type tryRow struct {
	Name, Title, Result, Tone, Note, Said, Who string
	Number                                     int
	Now                                        bool
}

// tryStep is the step that is being done.
type tryStep struct {
	Name, Title string
	Number, Of  int
	Do          []string // what the technician does, in order
	Ask         string   // the button that begins it; empty if there is nothing to begin
	Asked       bool
	Back        int // brightness to go back to; 0 is none
	Question    string
	Verdict     string
	Seen        trySeen
	Alert       string // address of a picture
	Wide        bool
}

// openAcceptance is the acceptance of a screen that goes on, or ErrNotFound.
func openAcceptance(ctx context.Context, r store.Reader, id playlist.ScreenID) (store.Acceptance, error) {
	a, err := r.LastAcceptance(ctx, id)
	if err == nil && !a.Finished.IsZero() {
		return store.Acceptance{}, store.ErrNotFound
	}
	return a, err
}

func stepOf(a store.Acceptance, name string) (store.AcceptanceStep, bool) {
	i := slices.IndexFunc(a.Steps, func(s store.AcceptanceStep) bool { return s.Name == name })
	if i < 0 {
		return store.AcceptanceStep{}, false
	}
	return a.Steps[i], true
}

// acceptancePage shows one step: that of the address, or the first that nobody
// has judged.
func (v *visit) acceptancePage(name string) (acceptancePage, error) {
	row, err := v.tended()
	if err != nil {
		return acceptancePage{}, err
	}
	s, err := v.Fleet.StateOf(v.ctx, row.ID)
	if err != nil {
		return acceptancePage{}, err
	}
	p := acceptancePage{frame: v.page(v.t("验收“%s”", s.Name)), Screen: string(s.ID), Name: s.Name, SiteName: v.siteName(s.Site), Place: s.Place}
	if !s.Paired() {
		return p, store.ErrNotFound
	}
	a, err := openAcceptance(v.ctx, v.Store.Reader, s.ID)
	if errors.Is(err, store.ErrNotFound) {
		if last, err := v.Store.LastAcceptance(v.ctx, s.ID); err == nil {
			p.Last = "/screens/" + p.Screen + "/acceptance/" + last.ID
		}
		for i, name := range triesOf(s.Kind) {
			p.Steps = append(p.Steps, tryRow{Number: i + 1, Title: v.tryTitle(name)})
		}
		return p, nil
	}
	if err != nil {
		return p, err
	}
	p.Open = true
	p.Steps = v.tryRows(a)
	left := slices.IndexFunc(a.Steps, func(s store.AcceptanceStep) bool { return s.Verdict == "" })
	p.Ready = left < 0
	for _, one := range a.Steps {
		switch one.Verdict {
		case store.Failed:
			p.Failed++
		case store.Skipped:
			p.Skipped++
		}
	}
	at := slices.IndexFunc(a.Steps, func(s store.AcceptanceStep) bool { return s.Name == name })
	if at < 0 {
		at = left
	}
	if at < 0 {
		return p, nil // all is judged: it can be finished
	}
	p.Steps[at].Now = true
	p.Note = a.Steps[at].Note
	p.Step, err = v.tryStep(s, a.Steps[at], at+1, len(a.Steps))
	return p, err
}

func (v *visit) tryRows(a store.Acceptance) (rows []tryRow) {
	for i, one := range a.Steps {
		r := tryRow{Number: i + 1, Name: one.Name, Title: v.tryTitle(one.Name), Note: one.Note, Said: sentence(v.words(one.Zh, one.En))}
		if one.Verdict != "" {
			r.Result, r.Tone = v.verdictOf(one.Verdict)
			r.Who = v.clock(one.At) + " " + v.personName(one.By)
		}
		rows = append(rows, r)
	}
	return rows
}

func (v *visit) verdictOf(x store.Verdict) (text, tone string) {
	switch x {
	case store.Passed:
		return v.t("通过"), "good"
	case store.Failed:
		return v.t("不通过"), "bad"
	case store.Skipped:
		return v.t("跳过"), "warn"
	}
	return "", ""
}

func showAcceptance(v *visit) error {
	p, err := v.acceptancePage(v.query("step"))
	if err != nil {
		return err
	}
	return v.show("acceptance", p)
}

// liveAcceptance refreshes what the screen reports about one step.
func liveAcceptance(v *visit) error {
	row, err := v.tended()
	if err != nil {
		return err
	}
	a, err := openAcceptance(v.ctx, v.Store.Reader, row.ID)
	if err != nil {
		return err
	}
	one, ok := stepOf(a, v.query("step"))
	if !ok {
		return store.ErrNotFound
	}
	s, err := v.Fleet.StateOf(v.ctx, row.ID)
	if err != nil {
		return err
	}
	seen, err := v.reported(s, one)
	if err != nil {
		return err
	}
	return v.part("acceptance", "seen", seen)
}

// doAcceptance begins an acceptance, begins a step, judges it, or ends all.
func doAcceptance(v *visit) error {
	row, err := v.tended()
	if err != nil {
		return err
	}
	if row.Key == nil {
		return store.ErrNotFound
	}
	switch v.form("do") {
	case "start":
		return v.startAcceptance(row)
	case "ask", "back":
		return v.askStep(row)
	case "judge":
		return v.judgeStep(row)
	case "finish":
		return v.finishAcceptance(row)
	}
	return errForm
}

func (v *visit) startAcceptance(row store.Screen) error {
	a := store.Acceptance{
		ID: "a-" + strings.ToLower(rand.Text()[:16]), Screen: row.ID, Started: v.Now(), By: v.person.Login, Device: fleet.Fingerprint(row.Key),
	}
	for _, name := range triesOf(row.Kind) {
		a.Steps = append(a.Steps, store.AcceptanceStep{Name: name})
	}
	err := v.Store.Update(v.ctx, func(t *store.Tx) error {
		if _, err := openAcceptance(v.ctx, t.Reader, row.ID); !errors.Is(err, store.ErrNotFound) {
			return err // somebody has begun it, or it cannot be read
		}
		if err := t.PutAcceptance(v.ctx, a); err != nil {
			return err
		}
		return t.Audit(v.ctx, store.Record{At: a.Started, Actor: v.person.Login, Action: "acceptance.start", Subject: string(row.ID), Site: row.Site, Detail: a.ID})
	})
	if err != nil {
		return err
	}
	return v.to("/screens/" + string(row.ID) + "/acceptance")
}

// changeStep changes one step of the acceptance that goes on.
func (v *visit) changeStep(row store.Screen, name string, audit bool, change func(*store.AcceptanceStep)) error {
	return v.Store.Update(v.ctx, func(t *store.Tx) error {
		a, err := openAcceptance(v.ctx, t.Reader, row.ID)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(a.Steps, func(s store.AcceptanceStep) bool { return s.Name == name })
		if at < 0 {
			return store.ErrNotFound
		}
		before := string(a.Steps[at].Verdict)
		change(&a.Steps[at])
		if err := t.PutAcceptance(v.ctx, a); err != nil || !audit {
			return err
		}
		return t.Audit(v.ctx, store.Record{
			At: v.Now(), Actor: v.person.Login, Action: "acceptance.step", Subject: string(row.ID), Site: row.Site, Detail: name,
			Before: before, After: strings.TrimSpace(string(a.Steps[at].Verdict) + " " + a.Steps[at].Note),
		})
	})
}

// askStep begins a step: it sends what is to be seen or heard, and from now on the
// page looks for what the screen reports of it.
func (v *visit) askStep(row store.Screen) error {
	name, now := v.form("step"), v.Now()
	back := "/screens/" + string(row.ID) + "/acceptance"
	a, err := openAcceptance(v.ctx, v.Store.Reader, row.ID)
	if err != nil {
		return err
	}
	one, ok := stepOf(a, name)
	if !ok {
		return store.ErrNotFound
	}
	s, err := v.Fleet.StateOf(v.ctx, row.ID)
	if err != nil {
		return err
	}
	kind, value := asking(name)
	id := ""
	if v.form("do") == "back" {
		return v.brighten(row, one, true)
	}
	if kind != "" {
		c, err := v.Fleet.Command(v.ctx, v.person.Login, row.ID, kind, value)
		if errors.Is(err, fleet.ErrOffline) {
			return v.acceptanceAgain(name, http.StatusConflict, "", v.t("这块屏现在不在线，命令送不到。"))
		}
		if err != nil {
			return err
		}
		id = c.ID
		ctx, cancel := context.WithTimeout(v.ctx, resultWithin)
		defer cancel()
		if _, err := v.Fleet.Await(ctx, c.ID); err != nil {
			return err
		}
	}
	err = v.changeStep(row, name, false, func(x *store.AcceptanceStep) {
		x.Asked, x.Command = now, id
		if name == tryPicture && s.Report != nil {
			x.Notice = s.Report.Showing.Notice
		}
		if name == tryBrightness && s.Report != nil && s.Report.Vitals.Output.Brightness > 0 && s.Report.Vitals.Output.Brightness != dimmed {
			x.Was = s.Report.Vitals.Output.Brightness
		}
	})
	if err != nil {
		return err
	}
	return v.to(back, "step", name)
}

// brighten gives the display back the brightness that it had.
func (v *visit) brighten(row store.Screen, one store.AcceptanceStep, told bool) error {
	was := one.Was
	if was == 0 {
		was = 100
	}
	_, err := v.Fleet.Command(v.ctx, v.person.Login, row.ID, wire.CommandBrightness, was)
	if !told {
		if err != nil {
			v.Log.Warn("the brightness of a screen in acceptance was not given back", "screen", string(row.ID), "error", err)
		}
		return nil
	}
	if errors.Is(err, fleet.ErrOffline) {
		return v.acceptanceAgain(one.Name, http.StatusConflict, "", v.t("这块屏现在不在线，命令送不到。"))
	}
	if err != nil {
		return err
	}
	return v.to("/screens/"+string(row.ID)+"/acceptance", "step", one.Name)
}

// acceptanceAgain shows a step once more with what was typed and what is wrong.
func (v *visit) acceptanceAgain(name string, status int, note, problem string) error {
	p, err := v.acceptancePage(name)
	if err != nil {
		return err
	}
	p.Note, p.Problem = note, problem
	if status == http.StatusConflict {
		p.Problem, p.Undone = "", problem
	}
	return v.showAs(status, "acceptance", p)
}

// judgeStep saves what a person says of a step, with what the screen reported. To
// pass a step against what the screen reports needs a word why.
func (v *visit) judgeStep(row store.Screen) error {
	name, verdict, note := v.form("step"), store.Verdict(v.form("verdict")), v.form("note")
	a, err := openAcceptance(v.ctx, v.Store.Reader, row.ID)
	if err != nil {
		return err
	}
	one, ok := stepOf(a, name)
	if !ok {
		return store.ErrNotFound
	}
	s, err := v.Fleet.StateOf(v.ctx, row.ID)
	if err != nil {
		return err
	}
	zh, en := *v, *v
	zh.lang, en.lang = chinese, english
	seen, err := zh.reported(s, one)
	if err != nil {
		return err
	}
	other, err := en.reported(s, one)
	if err != nil {
		return err
	}
	problem := ""
	switch n := utf8.RuneCountInString(note); {
	case n > maxReason:
		problem = v.t("最多 %d 个字", maxReason)
	case verdict == store.Failed && n == 0:
		problem = v.t("请写明哪里不对")
	case verdict == store.Skipped && n == 0:
		problem = v.t("请写明为什么跳过")
	case verdict == store.Passed && n == 0 && !seen.Good:
		problem = v.t("屏报告的和“通过”对不上。仍要通过，请写明原因。")
	}
	if t, _ := v.verdictOf(verdict); t == "" {
		return errForm
	}
	if problem != "" {
		return v.acceptanceAgain(name, http.StatusUnprocessableEntity, note, problem)
	}
	err = v.changeStep(row, name, true, func(x *store.AcceptanceStep) {
		x.Verdict, x.Note, x.By, x.At = verdict, note, v.person.Login, v.Now()
		x.Zh, x.En = seen.text(), other.text()
	})
	if err != nil {
		return err
	}
	if name == tryBrightness && !one.Asked.IsZero() && s.Online {
		_ = v.brighten(row, one, false) // it says so itself
	}
	return v.to("/screens/" + string(row.ID) + "/acceptance")
}

func (v *visit) finishAcceptance(row store.Screen) error {
	program := ""
	if s, err := v.Fleet.StateOf(v.ctx, row.ID); err == nil && s.Report != nil {
		program = s.Report.Vitals.Program.Version
	}
	now, id := v.Now(), ""
	err := v.Store.Update(v.ctx, func(t *store.Tx) error {
		a, err := openAcceptance(v.ctx, t.Reader, row.ID)
		if err != nil {
			return err
		}
		failed := 0
		for _, one := range a.Steps {
			switch one.Verdict {
			case "":
				return store.ErrConflict
			case store.Failed:
				failed++
			}
		}
		id = a.ID
		a.Finished, a.EndedBy, a.Passed, a.Program, a.Device = now, v.person.Login, failed == 0, program, fleet.Fingerprint(row.Key)
		if err := t.PutAcceptance(v.ctx, a); err != nil {
			return err
		}
		line := store.Record{At: now, Actor: v.person.Login, Action: "acceptance.passed", Subject: string(row.ID), Site: row.Site, Detail: a.ID}
		if !a.Passed {
			line.Action, line.After = "acceptance.failed", strconv.Itoa(failed)
			return t.Audit(v.ctx, line)
		}
		if err := t.AddEvent(v.ctx, store.Event{Screen: row.ID, At: now, Kind: store.EventAccepted, Detail: a.ID, Actor: v.person.Login}); err != nil {
			return err
		}
		return t.Audit(v.ctx, line)
	})
	if err != nil {
		return err
	}
	return v.to("/screens/"+string(row.ID)+"/acceptance/"+id, "done", "acceptance")
}
