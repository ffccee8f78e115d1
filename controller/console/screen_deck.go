package console

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"mingbai/controller/fleet"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// deck is what can be asked of a screen, with what was typed and is wrong.
type deck struct {
	Screen   string
	Online   bool
	Loud     bool // it can have a voice
	Settings []deckSetting
}

// deckSetting is a command with a value.
type deckSetting struct {
	Kind, Label, Unit, Deed string
	Value, Problem          string
	Least, Most             int
}

// deck fills the form in with what the screen says of itself; typed and problem
// are what was wrong with the command of one kind.
func (v *visit) deck(s fleet.State, kind wire.CommandKind, typed, problem string) deck {
	d := deck{Screen: string(s.ID), Online: s.Online, Loud: s.Kind == playlist.Touch}
	brightness, volume, dark := "", "", "30"
	if s.Report != nil && s.Report.Vitals.Output != (wire.Output{}) {
		if b := s.Report.Vitals.Output.Brightness; b > 0 {
			brightness = strconv.Itoa(b)
		}
		if l := s.Report.Vitals.Output.Volume; l >= 0 {
			volume = strconv.Itoa(l)
		}
	}
	add := func(k wire.CommandKind, label, unit, deed, value string) {
		one := deckSetting{Kind: string(k), Label: label, Unit: unit, Deed: deed, Value: value}
		one.Least, one.Most, _ = fleet.CommandBounds(k)
		if k == kind {
			one.Value, one.Problem = typed, problem
		}
		d.Settings = append(d.Settings, one)
	}
	add(wire.CommandBrightness, v.t("亮度"), "%", v.t("调"), brightness)
	if d.Loud {
		add(wire.CommandVolume, v.t("音量"), "%", v.t("调"), volume)
	}
	add(wire.CommandDark, v.t("熄屏"), v.t("分钟"), v.t("熄屏")+"…", dark)
	return d
}

// commandScreen asks something of a screen and waits a moment for the result.
func commandScreen(v *visit) error {
	row, err := v.tended()
	if err != nil {
		return err
	}
	id, back := row.ID, "/screens/"+string(row.ID)
	kind, typed, value := wire.CommandKind(v.form("kind")), v.form("value"), 0
	_, _, takes := fleet.CommandBounds(kind)
	if takes || typed != "" {
		if value, err = strconv.Atoi(numeral(typed)); err != nil {
			value = -1 // no kind has such a value: its own words say what it takes
		}
	}
	if err := fleet.CheckCommand(kind, value); err != nil {
		if bad, ok := errors.AsType[*fleet.BadCommand](err); ok && takes {
			p, err := v.screenPage(row.ID)
			if err != nil {
				return err
			}
			p.Deck = v.deck(p.Row.State, kind, typed, v.said(bad.Words))
			return v.showAs(http.StatusUnprocessableEntity, "screen", p)
		}
		return err
	}
	if dangerous(kind) && v.form("sure") == "" {
		return v.to(back+"/sure", "kind", string(kind), "value", strconv.Itoa(value))
	}
	c, err := v.Fleet.Command(v.ctx, v.person.Login, id, kind, value)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(v.ctx, resultWithin)
	defer cancel()
	if _, err := v.Fleet.Await(ctx, c.ID); err != nil {
		return err
	}
	if v.form("back") == "log" && kind == wire.CommandLog {
		return v.to(back+"/log", "done", "sent")
	}
	return v.to(back, "done", "sent")
}

// commandSays names a command with its value.
func (v *visit) commandSays(k wire.CommandKind, value int) string {
	switch k {
	case wire.CommandBrightness:
		return v.t("亮度调到 %d%%", value)
	case wire.CommandVolume:
		return v.t("音量调到 %d%%", value)
	case wire.CommandDark:
		return v.t("熄屏 %d 分钟", value)
	}
	return v.commandName(k)
}

// deviceSays chooses from what a device said in both languages: English, a stroke,
// Chinese.
func (v *visit) deviceSays(text string) string {
	en, zh, both := strings.Cut(text, " / ")
	if !both {
		return text
	}
	return v.words(cmp.Or(zh, en), en)
}

type logPage struct {
	frame
	Screen, Name string
	Online, Tend bool
	Part         logPart
}

type logPart struct {
	Screen, Text, At, Asked string
	Lines                   int
}

func (v *visit) logPart(id playlist.ScreenID) logPart {
	p := logPart{Screen: string(id)}
	if c, err := v.Store.LatestLog(v.ctx, id); err == nil {
		p.Text, p.At = c.Text, v.local(c.Done).Format("2006-01-02 15:04:05")
		p.Lines = strings.Count(strings.TrimRight(c.Text, "\n"), "\n") + 1
	}
	if last, err := v.Store.Commands(v.ctx, id, commandRows); err == nil {
		for _, c := range last {
			if c.Kind == wire.CommandLog && !(c.OK && !c.Done.IsZero()) {
				row := v.commandRow(c)
				p.Asked = v.t("%s 又取了一次：%s", row.When, row.Result)
			}
			if c.Kind == wire.CommandLog {
				break // the newest counts
			}
		}
	}
	return p
}

// showLog shows the newest lines of a device's own log. They name machines and
// addresses: they are for those who tend the screen.
func showLog(v *visit) error {
	row, err := v.tended()
	if err != nil {
		return err
	}
	s, err := v.Fleet.StateOf(v.ctx, row.ID)
	if err != nil {
		return err
	}
	p := logPage{frame: v.page(v.t("“%s”的日志", row.Name)), Screen: string(row.ID), Name: row.Name, Online: s.Online, Tend: true, Part: v.logPart(row.ID)}
	return v.show("log", p)
}

func liveLog(v *visit) error {
	row, err := v.tended()
	if err != nil {
		return err
	}
	return v.part("log", "lines", v.logPart(row.ID))
}

// logFile sends the newest log as a file.
func logFile(v *visit) error {
	row, err := v.tended()
	if err != nil {
		return err
	}
	c, err := v.Store.LatestLog(v.ctx, row.ID)
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+string(row.ID)+c.Done.UTC().Format("-20060102-150405")+`.txt"`)
	h.Set("Last-Modified", c.Done.UTC().Format(time.RFC1123))
	if _, err := v.w.Write([]byte(c.Text)); err != nil && v.ctx.Err() == nil {
		v.Log.Debug("a browser went away", "path", v.r.URL.Path, "error", err)
	}
	return nil
}
