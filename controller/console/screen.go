package console

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// What one screen's page shows at most.
const (
	ledgerRows  = 12
	commandRows = 6
	slotRows    = 6
)

// resultWithin is how long a page waits for the result of a command before it
// comes back; the result comes into the page by itself later.
const resultWithin = 3 * time.Second

type screenPage struct {
	frame
	Row   screenRow
	Place string
	playing
	Picture preview
	Slot    int
	LED     bool
	Why     string // the forecast cannot be made
	Live    liveScreenPart
	Once    string
	Tend    bool
	Unknown bool // nobody has said how large a board is or how far away it is read
}

// playing is a forecast in words.
type playing struct {
	Forecast fleet.Forecast
	Level    string
	Until    string
	Slots    []slotRow // those that come first
	Later    []slotRow // the others
	Cycle    *cycle    // of a board
	Reasons  []reasonRow
}

// liveScreenPart is what is refreshed.
type liveScreenPart struct {
	Row       screenRow
	Also      []alsoRow // in zones of a board, at the same time
	Vitals    []vital
	Revisions []revisionRow
	Ledger    []ledgerRow
	Rows      uint64
	Commands  []commandRow
	Shot      string // address of the newest screenshot
	ShotAt    string
	CPU       string // path of a line
	Heat      string
}

type slotRow struct {
	fleet.ForecastNotice
	Index int // in the loop, alerts first
	Seen  bool
	Dwell string
	Alert bool
	From  string
	At    string // the instant, as addresses have it
}

type reasonRow struct {
	schedule.Reason
	Name, Verdict, Tone string
}

type vital struct{ Label, Value, Tone string }

type revisionRow struct {
	Channel    string
	Wants, Has playlist.Revision
	Behind     bool
}

type alsoRow struct {
	Place, Title string
	Notice       playlist.NoticeID // empty when the office does not know it
}

type ledgerRow struct {
	Title, Page, From, Time string
	Notice                  playlist.NoticeID
}

type commandRow struct {
	store.Command
	Name, When, Result, Tone string
}

func (v *visit) screenID() (playlist.ScreenID, error) {
	id, err := playlist.ParseScreenID(v.r.PathValue("screen"))
	if err != nil {
		return id, store.ErrNotFound
	}
	return id, nil
}

func showScreen(v *visit) error {
	id, err := v.screenID()
	if err != nil {
		return err
	}
	s, err := v.Fleet.StateOf(v.ctx, id)
	if err != nil {
		return err
	}
	p := screenPage{
		frame: v.page(s.Name), Place: s.Place, LED: s.Kind == playlist.LED, Once: newOnce(),
		Tend: v.may(tends, s.Site), Unknown: s.Kind == playlist.LED && s.DotsFor(playlist.ReadWell) == 0, Slot: v.count("slot", 1000),
	}
	if p.Live, err = v.liveScreenPart(s); err != nil {
		return err
	}
	p.Row = p.Live.Row
	width := pageWidth
	if p.Tend && p.Row.Paired() {
		width = columnWidth // beside the commands
	}
	if p.Picture, err = v.screenPicture(s.Screen.Screen, p.Slot, time.Time{}, width); err != nil {
		return err
	}
	forecast, err := v.Fleet.Forecast(v.ctx, id, v.Now())
	if err != nil {
		v.Log.Warn("what a screen should show cannot be told", "screen", string(id), "error", err)
		p.Why = v.t("还没有任何一期内容，屏幕显示本站名片。")
		return v.show("screen", p)
	}
	p.playing = v.describe(s.Screen.Screen, forecast, p.Slot)
	return v.show("screen", p)
}

// inStrip reports whether an alert is in a zone of a board and leaves it the rest.
func (v *visit) inStrip(s playlist.Screen, a fleet.ForecastNotice) bool {
	if s.Kind != playlist.LED {
		return false
	}
	ver, err := v.Store.NoticeVersion(v.ctx, a.Notice, a.Version)
	if err != nil {
		return false
	}
	n, err := ver.Decode()
	return err == nil && !led.TakesOver(n, s)
}

// describe puts a forecast of a screen into words; slot is the turn whose picture
// is shown.
func (v *visit) describe(screen playlist.Screen, f fleet.Forecast, slot int) playing {
	p := playing{Forecast: f, Level: v.levelName(f.Level), Until: v.clock(f.Until)}
	for _, a := range f.Alerts {
		row := slotRow{ForecastNotice: a, Alert: true, From: v.siteName(a.Channel.Site)}
		if v.inStrip(screen, a) {
			row.Dwell = v.t("在预警条里")
		} else {
			p.Level = v.levelName(schedule.Alert)
		}
		p.Slots = append(p.Slots, row)
	}
	for _, s := range f.Slots {
		p.Slots = append(p.Slots, slotRow{ForecastNotice: s, Dwell: v.t("%d 秒", int(s.Seconds+0.5)), From: v.siteName(s.Channel.Site)})
	}
	for i := range p.Slots {
		p.Slots[i].Index, p.Slots[i].Seen, p.Slots[i].At = i, i == slot, v.local(f.At).Format(dayTime)
	}
	if len(p.Slots) > slotRows+1 && slot < slotRows {
		p.Slots, p.Later = p.Slots[:slotRows], p.Slots[slotRows:]
	}
	if f.LimitSeconds > 0 {
		c := v.forecastCycle(f)
		p.Cycle = &c
	}
	for _, r := range f.Reasons {
		row := reasonRow{Reason: r, Verdict: v.verdict(r.Verdict), Tone: "quiet", Name: v.ruleTitle(r.Channel, r.Rule)}
		switch r.Verdict {
		case schedule.Chosen:
			row.Tone = "good"
		case schedule.Beaten:
			row.Tone = "warn"
		}
		row.Detail = sentence(v.words(r.Detail, r.DetailEn))
		p.Reasons = append(p.Reasons, row)
	}
	order := map[string]int{"good": 0, "warn": 1, "quiet": 2}
	slices.SortStableFunc(p.Reasons, func(a, b reasonRow) int { return order[a.Tone] - order[b.Tone] })
	return p
}

// ruleTitle names a rule of a channel with its site.
func (v *visit) ruleTitle(channel, rule string) string {
	ch, err := playlist.ParseChannelID(channel)
	if err != nil {
		return rule
	}
	return v.siteName(ch.Site) + " · " + v.ruleName(ch.Site, rule)
}

func (v *visit) ruleName(site playlist.SiteID, id string) string {
	rules, err := v.Store.Rules(v.ctx, site)
	if err == nil {
		for _, r := range rules {
			if r.ID == id && r.Name != "" {
				return r.Name
			}
		}
	}
	if id == "newest" { // made by the desk for sites without rules
		return v.t("本单位最新发布")
	}
	return id
}

func (v *visit) levelName(l schedule.Level) string {
	switch l {
	case schedule.Alert:
		return v.t("预警")
	case schedule.Urgent:
		return v.t("紧急")
	case schedule.Campaign:
		return v.t("活动")
	case schedule.Normal:
		return v.t("日常")
	case schedule.Filler:
		return v.t("垫播")
	}
	return ""
}

func (v *visit) verdict(x schedule.Verdict) string {
	switch x {
	case schedule.Chosen:
		return v.t("正在播")
	case schedule.Beaten:
		return v.t("让位给更高级别")
	case schedule.OutOfDate:
		return v.t("不在日期内")
	case schedule.OutOfHours:
		return v.t("不在时段内")
	case schedule.OtherDay:
		return v.t("不是这种日子")
	case schedule.OtherTags:
		return v.t("不给这块屏")
	case schedule.Nothing:
		return v.t("没有可播的内容")
	}
	return string(x)
}

func liveScreen(v *visit) error {
	id, err := v.screenID()
	if err != nil {
		return err
	}
	s, err := v.Fleet.StateOf(v.ctx, id)
	if err != nil {
		return err
	}
	part, err := v.liveScreenPart(s)
	if err != nil {
		return err
	}
	if v.query("part") == "state" {
		return v.part("screen", "state", part)
	}
	return v.part("screen", "live", part)
}

func (v *visit) liveScreenPart(s fleet.State) (liveScreenPart, error) {
	p := liveScreenPart{Row: v.screenRow(s), Rows: s.LedgerSeq}
	if s.Report != nil {
		p.Vitals = v.vitals(s)
		for _, show := range s.Report.Also {
			row := alsoRow{Place: v.pageName(show.Page), Title: string(show.Notice)}
			if n, err := v.Store.Notice(v.ctx, show.Notice); err == nil {
				row.Title, row.Notice = n.Title, n.ID
			}
			p.Also = append(p.Also, row)
		}
	}
	for ch, want := range s.Desired {
		name := v.siteName(ch.Site)
		if ch.Alert {
			name += v.t("（预警）")
		}
		p.Revisions = append(p.Revisions, revisionRow{Channel: name, Wants: want, Has: s.Reported[ch], Behind: s.Reported[ch] < want})
	}
	slices.SortFunc(p.Revisions, func(a, b revisionRow) int { return strings.Compare(a.Channel, b.Channel) })
	if err := v.ledger(&p, s); err != nil {
		return p, err
	}
	commands, err := v.Store.Commands(v.ctx, s.ID, commandRows)
	if err != nil {
		return p, err
	}
	for _, c := range commands {
		p.Commands = append(p.Commands, v.commandRow(c))
	}
	if shot, err := v.Store.LatestShot(v.ctx, s.ID); err == nil {
		p.Shot, p.ShotAt = fmt.Sprintf("/screens/%s/shot.png?%s", s.ID, shot.Shot.Short()), v.clock(shot.Done)
	}
	history, err := v.Store.HealthHistory(v.ctx, s.ID, v.Now().Add(-24*time.Hour), 400)
	if err != nil {
		return p, err
	}
	p.CPU = spark(history, func(m wire.Vitals) float64 { return m.CPU }, 100)
	p.Heat = spark(history, func(m wire.Vitals) float64 { return m.Temperature }, 100)
	return p, nil
}

// spark draws a line of 240 by 32 units from past reports; it is empty when
// there are fewer than two.
func spark(history []store.Health, value func(wire.Vitals) float64, most float64) string {
	if len(history) < 2 {
		return ""
	}
	first, last := history[0].At, history[len(history)-1].At
	whole := last.Sub(first).Seconds()
	if whole <= 0 {
		return ""
	}
	var b strings.Builder
	for i, h := range history {
		letter := "L"
		if i == 0 {
			letter = "M"
		}
		x := h.At.Sub(first).Seconds() / whole * 240
		y := 31 - 30*min(max(value(h.Report.Vitals)/most, 0), 1)
		fmt.Fprintf(&b, "%s%.1f %.1f", letter, x, y)
	}
	return b.String()
}

func (v *visit) vitals(s fleet.State) []vital {
	m := s.Report.Vitals
	out := []vital{{v.t("处理器"), fmt.Sprintf("%.0f%%", m.CPU), ""}}
	add := func(label, value string, bad bool) {
		t := ""
		if bad {
			t = "bad"
		}
		out = append(out, vital{label, value, t})
	}
	if m.MemoryTotal > 0 {
		add(v.t("内存"), bytesText(m.MemoryUsed)+" / "+bytesText(m.MemoryTotal), float64(m.MemoryUsed) > 0.95*float64(m.MemoryTotal))
	}
	add(v.t("本程序内存"), bytesText(m.RSS), false)
	if m.DiskTotal > 0 {
		add(v.t("磁盘剩余"), bytesText(m.DiskFree), m.DiskFree < 200<<20)
	}
	if m.Temperature > 0 {
		add(v.t("温度"), fmt.Sprintf("%.0f ℃", m.Temperature), m.Temperature >= 85)
	}
	add(v.t("已开机"), v.span(time.Duration(m.Uptime)*time.Second), false)
	add(v.t("程序已运行"), v.span(time.Duration(m.Running)*time.Second), false)
	add(v.t("时钟偏差"), v.t("%.1f 秒", m.ClockOffset), m.ClockSuspect)
	add(v.t("画一帧"), fmt.Sprintf("%.1f / %.1f ms", m.FrameP50, m.FrameP99), false)
	if !m.ContentAsOf.IsZero() {
		add(v.t("信息截至"), v.clock(m.ContentAsOf), false)
	}
	return out
}

func (v *visit) ledger(p *liveScreenPart, s fleet.State) error {
	after := uint64(0)
	if s.LedgerSeq > ledgerRows {
		after = s.LedgerSeq - ledgerRows
	}
	rows, err := v.Store.LedgerRows(v.ctx, s.ID, s.Epoch, after, ledgerRows)
	if err != nil {
		return err
	}
	titles := map[playlist.NoticeID]string{}
	for _, r := range slices.Backward(rows) {
		if _, ok := titles[r.Notice]; !ok {
			titles[r.Notice] = string(r.Notice)
			if row, err := v.Store.Notice(v.ctx, r.Notice); err == nil {
				titles[r.Notice] = row.Title
			}
		}
		p.Ledger = append(p.Ledger, ledgerRow{
			Title: titles[r.Notice], Notice: r.Notice, Page: v.pageName(r.Page),
			From: v.local(r.From).Format("15:04:05"), Time: v.span(r.Until.Sub(r.From)),
		})
	}
	return nil
}

func (v *visit) pageName(p string) string {
	switch p {
	case "loop":
		return v.t("轮播")
	case "notice":
		return v.t("有人翻看")
	case "alert":
		return v.t("预警")
	case "zone":
		return v.t("分区")
	}
	return p
}

func (v *visit) commandName(k wire.CommandKind) string {
	switch k {
	case wire.CommandReload:
		return v.t("重新加载")
	case wire.CommandScreenshot:
		return v.t("截屏")
	case wire.CommandRestart:
		return v.t("重启程序")
	case wire.CommandIdentify:
		return v.t("识别")
	}
	return string(k)
}

func (v *visit) commandRow(c store.Command) commandRow {
	r := commandRow{Command: c, Name: v.commandName(c.Kind), When: v.clock(c.Created)}
	switch {
	case c.Done.IsZero() && v.Now().Sub(c.Created) > time.Minute:
		r.Result, r.Tone = v.t("没有回音"), "bad"
	case c.Done.IsZero():
		r.Result, r.Tone = v.t("等待结果"), "warn"
	case c.OK:
		r.Result, r.Tone = v.t("完成"), "good"
	default:
		r.Result, r.Tone = v.t("失败：%s", c.Error), "bad"
	}
	return r
}

// commandScreen asks something of a screen and waits a moment for the result.
func commandScreen(v *visit) error {
	id, err := v.screenID()
	if err != nil {
		return err
	}
	row, err := v.Store.Screen(v.ctx, id)
	if err != nil {
		return err
	}
	if err := v.reach(row.Site); err != nil {
		return err
	}
	kind := wire.CommandKind(v.form("kind"))
	switch kind {
	case wire.CommandReload, wire.CommandScreenshot, wire.CommandRestart, wire.CommandIdentify:
	default:
		return store.ErrNotFound
	}
	c, err := v.Fleet.Command(v.ctx, v.person.Login, id, kind)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(v.ctx, resultWithin)
	defer cancel()
	if _, err := v.Fleet.Await(ctx, c.ID); err != nil {
		return err
	}
	return v.to("/screens/"+string(id), "done", "sent")
}

// screenShot sends the newest screenshot.
func screenShot(v *visit) error {
	id, err := v.screenID()
	if err != nil {
		return err
	}
	shot, err := v.Store.LatestShot(v.ctx, id)
	if err != nil {
		return err
	}
	f, _, err := v.Blobs.File(shot.Shot)
	if err != nil {
		return err
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	return v.png(data, err)
}
