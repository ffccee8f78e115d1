package console

import (
	"cmp"
	"errors"
	"io"
	"slices"
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
	Charts  chartsPart
	Asked   askedPart
	Deck    deck
	Accept  acceptedLine
	Once    string
	Tend    bool
	Unknown bool // nobody has said how large a board is or how far away it is read
}

// playing is a forecast in words.
type playing struct {
	Forecast fleet.Forecast
	Rules    []fleet.ForecastRule // of the forecast, named in the visitor's language
	Level    string
	Until    string
	Slots    []slotRow // those that come first
	Later    []slotRow // the others
	Cycle    *cycle    // of a board
	Reasons  []reasonRow
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

type commandRow struct {
	store.Command
	Name, When, Who, Result, Tone string
	Took                          string // how long the screen needed
}

func (v *visit) screenID() (playlist.ScreenID, error) {
	id, err := playlist.ParseScreenID(v.r.PathValue("screen"))
	if err != nil {
		return id, store.ErrNotFound
	}
	return id, nil
}

// named finds the screen of the address.
func (v *visit) named() (store.Screen, error) {
	id, err := v.screenID()
	if err != nil {
		return store.Screen{}, err
	}
	return v.Store.Screen(v.ctx, id)
}

func showScreen(v *visit) error {
	id, err := v.screenID()
	if err != nil {
		return err
	}
	p, err := v.screenPage(id)
	if errors.Is(err, store.ErrNotFound) {
		return v.retiredInstead(id, err)
	}
	if err != nil {
		return err
	}
	return v.show("screen", p)
}

func (v *visit) screenPage(id playlist.ScreenID) (screenPage, error) {
	s, err := v.Fleet.StateOf(v.ctx, id)
	if err != nil {
		return screenPage{}, err
	}
	p := screenPage{
		frame: v.page(s.Name), Place: s.Place, LED: s.Kind == playlist.LED, Once: newOnce(),
		Tend: v.may(tends, s.Site), Unknown: s.Kind == playlist.LED && s.DotsFor(playlist.ReadWell) == 0, Slot: v.count("slot", 1000),
	}
	if p.Live, err = v.liveScreenPart(s); err != nil {
		return p, err
	}
	p.Row = p.Live.Row
	if p.Charts, err = v.chartsPart(s); err != nil {
		return p, err
	}
	if p.Asked, err = v.askedPart(s); err != nil {
		return p, err
	}
	p.Deck = v.deck(s, "", "", "")
	if p.Row.Paired() {
		p.Accept = v.acceptedLine(s, p.Tend)
	}
	width := pageWidth
	if p.Tend && p.Row.Paired() {
		width = columnWidth // beside the commands
	}
	if p.Picture, err = v.screenPicture(s.Screen.Screen, p.Slot, time.Time{}, width); err != nil {
		return p, err
	}
	forecast, err := v.Fleet.Forecast(v.ctx, id, v.Now())
	if err != nil {
		v.Log.Warn("what a screen should show cannot be told", "screen", string(id), "error", err)
		p.Why = v.t("还没有任何一期内容，屏幕显示本站名片。")
		return p, nil
	}
	p.playing = v.describe(s.Screen.Screen, forecast, p.Slot)
	return p, nil
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
	p.Rules = slices.Clone(f.Rules)
	for i, r := range p.Rules {
		p.Rules[i].Name = v.ruleSays(r.Rule, r.Name)
	}
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
	return v.ruleSays(id, "")
}

// ruleSays is the name of a rule: its own, or in the visitor's language that of
// the one which the desk makes for sites without rules.
func (v *visit) ruleSays(id, name string) string {
	if id == "newest" {
		return v.t("本单位最新发布")
	}
	return cmp.Or(name, id)
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
	case wire.CommandReboot:
		return v.t("重启机器")
	case wire.CommandDark:
		return v.t("熄屏")
	case wire.CommandLit:
		return v.t("亮屏")
	case wire.CommandBrightness:
		return v.t("调亮度")
	case wire.CommandVolume:
		return v.t("调音量")
	case wire.CommandLog:
		return v.t("取日志")
	case wire.CommandPatrol:
		return v.t("巡检")
	case wire.CommandTone:
		return v.t("放提示音")
	}
	return string(k)
}

// outcome says what came of a command that went well.
func (v *visit) outcome(k wire.CommandKind) string {
	switch k {
	case wire.CommandRestart, wire.CommandReboot:
		return v.t("收到，正在重启")
	case wire.CommandPatrol:
		return v.t("收到，结果在“最近一次巡检”里")
	case wire.CommandTone:
		return v.t("放了")
	}
	return v.t("完成")
}

func (v *visit) commandRow(c store.Command) commandRow {
	r := commandRow{Command: c, Name: v.commandSays(c.Kind, c.Value), When: v.clock(c.Created), Who: v.takerName(c.Actor)}
	switch {
	case c.Done.IsZero() && v.Now().Sub(c.Created) > time.Minute:
		r.Result, r.Tone = v.t("没有回音"), "bad"
	case c.Done.IsZero():
		r.Result, r.Tone = v.t("等待结果"), "warn"
	case c.OK:
		r.Result, r.Tone = v.outcome(c.Kind), "good"
	default:
		r.Result, r.Tone = v.t("失败：%s", v.deviceSays(c.Error)), "bad"
	}
	if !c.Done.IsZero() {
		r.Took = v.t("用时 %.1f 秒", c.Done.Sub(c.Created).Seconds())
	}
	return r
}

// screenShot sends the newest screenshot.
func screenShot(v *visit) error {
	id, err := v.screenID()
	if err != nil {
		return err
	}
	shot, err := v.Fleet.LatestShot(v.ctx, id)
	if err != nil {
		return err
	}
	f, _, err := v.Fleet.ShotFile(shot.Shot)
	if err != nil {
		return err
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	return v.png(data, err)
}
