package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mingbai/configs"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

type word = func(ts *testscript.TestScript, neg bool, args []string)

// words is what a story can say.
var words = map[string]word{
	"office":    office,
	"publish":   publishWord,
	"take-down": takeDown,
	"alert":     alertWord,
	"lift":      lift,
	"programme": programmeWord,
	"forecast":  forecastWord,

	"back-up":   backUp,
	"burn-down": burnDown,
	"found":     foundWord,
	"take-back": takeBack,
	"restore":   restoreWord,
	"lost":      lostWord,
	"recall":    recallWord,

	"far":          far,
	"wire":         wireWord,
	"count":        count,
	"carried":      carried,
	"right":        right,
	"publish-long": publishLong,

	"vendor":       vendorWord,
	"launched":     launched,
	"crowd":        crowdWord,
	"bring":        bring,
	"roll-out":     rollOut,
	"rolled-out":   rolledOut,
	"stops-itself": stopsItself,
	"roll-back":    rollBack,
	"runs":         runsWord,

	"refused-screen": refusedScreen,
	"says":           says,
	"no-rows":        noRows,
	"forecast-dark":  forecastDark,
	"exercise-pages": exercisePages,

	"screen":     screenWord,
	"board":      boardWord,
	"pair":       pair,
	"replace":    replaceWord,
	"new-book":   newBook,
	"stopped":    stopped,
	"set":        set,
	"goes-dark":  goesDark,
	"lamps":      lampsWord,
	"switch-off": switchOff,
	"switch-on":  switchOn,
	"unplug":     unplug,
	"restart":    restart,
	"clock":      clock,
	"cut":        lineWord(func(l *line) { l.down = true }),
	"mend":       lineWord(func(l *line) { l.down, l.rate, l.damage = false, 0, 0 }),
	"slow":       lineWord(func(l *line) { l.rate = 16 << 10 }),
	"damage":     lineWord(func(l *line) { l.damage = 9000 }),
	"keep-disk":  keepDisk,
	"back-disk":  backDisk,
	"break-disk": breakDisk,
	"heal-disk":  healDisk,

	"shown":       shown,
	"not-shown":   notShown,
	"never-shown": neverShown,
	"offered":     offered,
	"connected":   connected,
	"page":        pageWord,
	"up-to-date":  upToDate,
	"ledger-in":   ledgerIn,
	"refuses":     refuses,
	"forge":       forge,
	"command":     commandWord,

	"drill":    drillWord,
	"breaks":   breaks,
	"mends":    mends,
	"warned":   warned,
	"clear":    clearWord,
	"measured": measuredWord,

	"tap":     tap,
	"type":    typeWord,
	"sees":    sees,
	"idles":   idles,
	"fingers": fingers,
	"said":    said,
	"counted": counted,
}

// need checks the number of arguments of a word.
func need(ts *testscript.TestScript, neg bool, args []string, from, to int, usage string) *world {
	if neg || len(args) < from || len(args) > to {
		ts.Fatalf("usage: %s", usage)
	}
	return of(ts)
}

// office [starts | starts with calm reports | starts on every address | starts with the sample county | stops | is killed | dies at STEP | is AHEAD ahead]
func office(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 5, "office [starts | stops | is killed | dies at STEP | is AHEAD ahead]")
	switch said := strings.Join(args, " "); {
	case said == "starts":
		w.startOffice(ts)
	case said == "starts with calm reports":
		w.calm = true
		w.startOffice(ts)
	case said == "starts on every address":
		w.open = true
		w.startOffice(ts)
	case said == "starts with the sample county":
		w.county = filepath.Join(w.dir, "county")
		ts.Check(copySample(w.county))
		w.startOffice(ts)
	case said == "stops":
		ts.Check(w.office.stop())
		w.relay.setOffice("")
	case said == "is killed":
		w.office.kill()
	case strings.HasPrefix(said, "dies at "):
		ts.Check(os.WriteFile(w.plug(), []byte(strings.TrimPrefix(said, "dies at ")), 0o644))
	case len(args) == 3 && args[0] == "is" && args[2] == "ahead":
		ahead, err := days(args[1])
		ts.Check(err)
		w.relay.mu.Lock()
		w.relay.ahead = ahead
		w.relay.mu.Unlock()
	default:
		ts.Fatalf("an office does not %q", said)
	}
}

// partOfSample is what stories need of the sample county: to bring in all of it
// takes a slow machine half a minute.
var partOfSample = []string{
	"county.toml", "sites.csv", "columns.csv", "holidays.csv", "screens.toml",
	"guides/dibao-*", "guides/yanglao-*", "funds/gengdi-2026*", "pictures/dibao-*", "pictures/gengdi-*",
}

func copySample(dir string) error {
	sample := configs.Sample()
	files := map[string][]byte{"playlists.toml": nil, "rules.toml": nil}
	for _, pattern := range partOfSample {
		names, err := fs.Glob(sample, pattern)
		if err != nil || len(names) == 0 {
			return fmt.Errorf("the sample county has no %s (%v)", pattern, err)
		}
		for _, name := range names {
			if files[name], err = fs.ReadFile(sample, name); err != nil {
				return err
			}
		}
	}
	for name, data := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, data, 0o644)); err != nil {
			return err
		}
	}
	return nil
}

// plug is the file that makes the office die.
func (w *world) plug() string { return filepath.Join(w.dir, "plug") }

func (w *world) startOffice(ts *testscript.TestScript) {
	if w.office.running() {
		ts.Fatalf("the office runs already")
	}
	if err := os.Remove(w.plug()); err != nil && !os.IsNotExist(err) {
		ts.Check(err)
	}
	data, config := filepath.Join(w.dir, "office"), filepath.Join(w.dir, "office.toml")
	report := "2s"
	if w.calm {
		report = "30s"
	}
	listen := "127.0.0.1:0"
	if w.open {
		listen = "0.0.0.0:0"
	}
	text := fmt.Sprintf("listen = %q\ndata = %q\n\n[screens]\nreport = %q\n\n[approvals]\npolicy = \"single\"\n\n[speech]\nenabled = \"off\"\n%s", listen, data, report, w.updates())
	ts.Check(os.WriteFile(config, []byte(text), 0o644))
	var err error
	w.office, err = start("office", w.dir, "mingbai-office", "-config", config, "-county", w.county, "-plug", w.plug())
	ts.Check(err)
	w.until(ts, "the office is ready", func() (bool, string) {
		l, ok := w.office.said(func(l logLine) bool { return strings.Contains(l.Msg, "controller is ready") })
		if ok {
			w.url = l.URL
			if u, err := url.Parse(l.URL); w.open && err == nil {
				w.url = "http://" + net.JoinHostPort("127.0.0.1", u.Port())
			}
		} else if !w.office.running() {
			w.fail(ts, "the office has ended")
		}
		return ok, ""
	})
	token, err := os.ReadFile(filepath.Join(data, "api-token"))
	ts.Check(err)
	w.token = strings.TrimSpace(string(token))
	w.relay.setOffice(strings.TrimPrefix(w.url, "http://"))
}

// days reads a duration that may be in days: 60d, 90m.
func days(text string) (time.Duration, error) {
	if n, ok := strings.CutSuffix(text, "d"); ok {
		d, err := strconv.Atoi(n)
		return time.Duration(d) * 24 * time.Hour, err
	}
	return time.ParseDuration(text)
}

// publish SITE NOTICE TITLE [lasting DURATION] [sensitive]: an announcement. With
// a "!" before it the office must fail to answer.
func publishWord(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: publish SITE NOTICE TITLE [lasting DURATION] [sensitive]")
	}
	w := of(ts)
	n := playlist.Notice{
		ID: playlist.NoticeID(args[1]), Kind: playlist.KindAnnouncement, Site: playlist.SiteID(args[0]), Column: "tongzhi",
		Title: args[2], LED: args[2], Issuer: "青禾县政务公开办公室", Issued: schedule.DateOf(time.Now()),
		Announcement: &playlist.Announcement{Genre: "公告", Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: args[2] + "，特此公告。"}}},
	}
	for rest := args[3:]; len(rest) > 0; rest = rest[1:] {
		switch {
		case rest[0] == "lasting" && len(rest) > 1:
			d, err := days(rest[1])
			ts.Check(err)
			n.NotAfter = time.Now().Add(w.officeAhead() + d).UTC()
			rest = rest[1:]
		case rest[0] == "sensitive":
			n.Sensitive = true
		default:
			ts.Fatalf("a notice is not %q", rest[0])
		}
	}
	w.began = time.Now()
	err := w.call("POST", "/notices", map[string]any{"notice": n}, nil)
	switch {
	case neg && err == nil:
		ts.Fatalf("the office has published it")
	case !neg && err != nil:
		w.fail(ts, "%v", err)
	}
	if neg && w.office.running() {
		w.until(ts, "the office is dead", func() (bool, string) { return !w.office.running(), "it runs" })
	}
}

func (w *world) officeAhead() time.Duration {
	w.relay.mu.Lock()
	defer w.relay.mu.Unlock()
	return w.relay.ahead
}

// take-down NOTICE
func takeDown(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 1, "take-down NOTICE")
	w.began = time.Now()
	w.must(ts, "POST", "/notices/"+args[0]+"/takedown", map[string]string{"reason": "内容有误"}, nil)
}

// colours of warnings, as people call them.
var colours = map[playlist.AlertColour]string{playlist.Red: "红色", playlist.Orange: "橙色", playlist.Yellow: "黄色", playlist.Blue: "蓝色"}

// alert NOTICE at SITE for DURATION [COLOUR] [exercise]: orange when it has none.
func alertWord(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 5, 7, "alert NOTICE at SITE for DURATION [COLOUR] [exercise]")
	d, err := days(args[4])
	ts.Check(err)
	now := time.Now()
	alert := playlist.Alert{
		Type: "暴雨", Colour: playlist.Orange, Area: "全域", Action: "停止户外作业，低洼地带人员转移", Start: now.UTC(),
	}
	for _, a := range args[5:] {
		if alert.Exercise = alert.Exercise || a == "exercise"; a != "exercise" {
			alert.Colour = playlist.AlertColour(a)
		}
	}
	w.began = now
	w.must(ts, "POST", "/alerts", map[string]any{
		"id": args[0], "site": args[2], "title": "暴雨" + colours[alert.Colour] + "预警", "issuer": "青禾县应急管理局", "hotline": "0000-12345",
		"until": now.Add(w.officeAhead() + d).UTC(), "alert": alert,
	}, nil)
	w.answered = time.Now()
}

// lift NOTICE
func lift(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 1, "lift NOTICE")
	w.began = time.Now()
	w.must(ts, "POST", "/alerts/"+args[0]+"/lift", nil, nil)
	w.answered = time.Now()
}
