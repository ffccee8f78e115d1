package console

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// liveScreenPart is what the page of a screen refreshes.
type liveScreenPart struct {
	Row       screenRow
	Away      bool      // it is offline: what is said of the display is of before
	Why       string    // what is on the display is there
	Signs     []signRow // what is wrong; none is told by Row alone
	Also      []alsoRow // in zones of a board, at the same time
	Machine   []vital
	Outputs   []vital
	Program   []vital
	Cache     []vital
	Traffic   []vital // this month
	Revisions []revisionRow
	Ledger    []ledgerRow
	Damaged   bool // the newest rows cannot be read
	Rows      uint64
	Events    []eventRow
	More      bool // events than are shown
	Patrol    *patrolPart
}

type signRow struct{ Title, Cause, Next, Since, Tone, Weight string }

type vital struct{ Label, Value, Tone, Note string }

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

type patrolPart struct {
	When  string
	Bad   int
	Items []patrolRow
}

type patrolRow struct {
	Name, Text, Detail string
	OK                 bool
}

// liveScreen sends a part of the page for the script that refreshes it.
func liveScreen(v *visit) error {
	id, err := v.screenID()
	if err != nil {
		return err
	}
	s, err := v.Fleet.StateOf(v.ctx, id)
	if err != nil {
		return err
	}
	switch v.query("part") {
	case "charts":
		part, err := v.chartsPart(s)
		if err != nil {
			return err
		}
		return v.part("screen", "charts", part)
	case "asked":
		part, err := v.askedPart(s)
		if err != nil {
			return err
		}
		return v.part("screen", "asked", part)
	case "state":
		part := v.statePart(s)
		return v.part("screen", "state", part)
	}
	part, err := v.liveScreenPart(s)
	if err != nil {
		return err
	}
	return v.part("screen", "live", part)
}

// statePart is how the screen is and what is on it.
func (v *visit) statePart(s fleet.State) liveScreenPart {
	p := liveScreenPart{Row: v.screenRow(s), Rows: s.LedgerSeq, Away: !s.Online}
	if s.Report != nil {
		p.Why = v.why(s.Report.Showing.Why)
	}
	for _, sign := range s.Signs {
		row := signRow{Title: v.said(sign.Title), Cause: v.said(sign.Cause), Next: v.said(sign.Next), Tone: "warn"}
		if !sign.Since.IsZero() {
			row.Since = v.t("自 %s", v.clock(sign.Since))
		}
		switch sign.Severity {
		case fleet.Urgent:
			row.Tone, row.Weight = "bad", v.t("紧急")
		case fleet.Warn:
			row.Weight = v.t("注意")
		default:
			row.Tone, row.Weight = "quiet", v.t("提示")
		}
		p.Signs = append(p.Signs, row)
	}
	if s.Report != nil {
		for _, show := range s.Report.Also {
			row := alsoRow{Place: v.pageName(show.Page), Title: string(show.Notice)}
			if n, err := v.noticeRow(show.Notice); err == nil {
				row.Title, row.Notice = n.Title, n.ID
			}
			p.Also = append(p.Also, row)
		}
	}
	return p
}

func (v *visit) liveScreenPart(s fleet.State) (liveScreenPart, error) {
	p := v.statePart(s)
	if s.Report != nil {
		p.Machine, p.Outputs, p.Program = v.machine(s.Report.Vitals), v.outputs(s), v.program(s)
		p.Cache = v.cache(s)
	}
	if s.Paired() {
		t, err := v.Fleet.TrafficOf(v.ctx, s.ID, s.Site)
		if err != nil {
			return p, err
		}
		p.Traffic = []vital{
			{v.t("本月流量"), megabytes(t.All()), "", ""}, {v.t("屏发来的"), megabytes(t.Received), "", v.t("报告、截屏、显示记录")},
			{v.t("发给屏的"), megabytes(t.Sent), "", v.t("文字、预警、命令")}, {v.t("屏下载的"), megabytes(t.Files), "", v.t("图片、视频、程序")},
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
	events, err := v.Store.Events(v.ctx, s.ID, 0, eventRows+1)
	if err != nil {
		return p, err
	}
	if len(events) > eventRows {
		events, p.More = events[:eventRows], true
	}
	p.Events = v.eventRows(events)
	if patrol, err := v.Store.LastPatrol(v.ctx, s.ID); err == nil {
		p.Patrol = &patrolPart{When: v.clock(patrol.At), Bad: patrol.Bad}
		for _, i := range patrol.Found.Items {
			p.Patrol.Items = append(p.Patrol.Items, patrolRow{Name: v.patrolCheck(i.Check), Text: sentence(v.words(i.Zh, i.En)), Detail: i.Detail, OK: i.OK})
		}
	}
	return p, nil
}

func (v *visit) patrolCheck(c wire.PatrolCheck) string {
	switch c {
	case wire.PatrolContent:
		return v.t("内容文件")
	case wire.PatrolLedger:
		return v.t("显示记录")
	case wire.PatrolClock:
		return v.words("时钟", "Clock")
	case wire.PatrolDisk:
		return v.t("磁盘")
	case wire.PatrolDisplay:
		return v.t("画面")
	case wire.PatrolBrightness:
		return v.t("亮度")
	case wire.PatrolTouch:
		return v.t("触摸")
	case wire.PatrolSound:
		return v.t("声音")
	case wire.PatrolHeat:
		return v.t("温度")
	}
	return string(c)
}

func (v *visit) machine(m wire.Vitals) []vital {
	var out []vital
	add := func(label, value, tone, note string) { out = append(out, vital{label, value, tone, note}) }
	add(v.t("处理器"), fmt.Sprintf("%.0f%%", m.CPU), warn(m.CPU >= fleet.CPULimit), "")
	if m.MemoryTotal > 0 {
		add(v.t("内存"), bytesText(m.MemoryUsed)+" / "+bytesText(m.MemoryTotal), bad(float64(m.MemoryUsed)*100 >= fleet.MemoryLimit*float64(m.MemoryTotal)), v.t("本程序 %s", bytesText(m.RSS)))
	}
	if m.DiskTotal > 0 {
		add(v.t("磁盘剩余"), bytesText(m.DiskFree)+" / "+bytesText(m.DiskTotal), bad(m.DiskFree < fleet.DiskLimit(m.DiskTotal)), "")
	}
	if m.Temperature > 0 {
		add(v.t("温度"), fmt.Sprintf("%.0f ℃", m.Temperature), bad(m.Temperature >= fleet.HeatLimit), "")
	}
	clock := v.t("相差 %.1f 秒", m.ClockOffset)
	add(v.words("时钟", "Clock"), clock, bad(m.ClockSuspect), "")
	if l := m.Line; l.Pings > 0 {
		note := ""
		if l.Dropped > 0 {
			note = v.t("一小时断开 %d 次", l.Dropped)
		}
		add(v.t("线路"), v.t("%.0f 毫秒，丢包 %.0f%%", l.RTT, l.Lost), warn(l.Lost >= fleet.LostLimit), note)
	}
	add(v.t("已开机"), v.span(time.Duration(m.Uptime)*time.Second), "", "")
	return out
}

func bad(is bool) string {
	if is {
		return "bad"
	}
	return ""
}

func warn(is bool) string {
	if is {
		return "warn"
	}
	return ""
}

func (v *visit) outputs(s fleet.State) []vital {
	o := s.Report.Vitals.Output
	var out []vital
	add := func(label, value, tone, note string) { out = append(out, vital{label, value, tone, note}) }
	plug := func(label string, p wire.Plug, note string) {
		switch p {
		case wire.Plugged:
			add(label, v.t("已接上"), "good", note)
		case wire.Unplugged:
			add(label, v.t("没接上"), "bad", note)
		}
	}
	plug(v.t("显示器"), o.Display, o.Connector)
	power := func(value, tone, note string) { add(v.words("显示器电源", "Monitor's power"), value, tone, note) }
	switch {
	case o.Glow == wire.GlowDead:
		power(v.words("关着，叫不亮", "off, does not light up"), "bad", v.words("请到现场摸一下屏，或点“重启机器”", "touch the screen or reboot the machine"))
	case o.Power == wire.PowerOff:
		power(v.words("已关", "off"), "good", v.words("机器确认", "confirmed by the machine"))
	case o.Glow == wire.GlowDisobeys:
		power(v.words("关不掉", "stays lit"), "warn", v.words("画面已是黑的；请看有没有别的程序在管显示器电源", "the picture is black; look for another program that manages the monitor's power"))
	case o.Glow == wire.GlowFailed:
		power(v.words("问不到", "unknown"), "warn", o.GlowDetail)
	case o.Glow == wire.GlowUnable:
		power(v.words("一直亮", "always lit"), "quiet", v.words("这台机器没有 DPMS，熄屏时只有黑画面", "this machine has no DPMS: when dark only the picture is black"))
	case o.Glow == wire.GlowUnwanted:
		power(v.words("一直亮", "always lit"), "quiet", v.words("设备配置不让关（window.standby = false，或不是全屏），熄屏时只有黑画面", "its configuration forbids more (window.standby = false, or no full screen): when dark only the picture is black"))
	case o.Power == wire.PowerOn:
		power(v.words("亮着", "lit"), "good", v.words("机器确认", "confirmed by the machine"))
	}
	if s.Kind == playlist.Touch {
		note := ""
		if !o.Touched.IsZero() {
			note = v.t("最后一次触摸 %s", v.clock(o.Touched))
		}
		plug(v.t("触摸"), o.Touch, note)
	}
	if lost := s.Report.Vitals.OutputsLost; lost != "" {
		add(v.t("LED 控制器"), v.t("连不上"), "bad", lost)
	}
	if pic := s.Report.Vitals.Picture; !pic.At.IsZero() {
		switch {
		case pic.Error != "":
			add(v.t("回读画面"), v.t("读不到"), "warn", pic.Error)
		case pic.Black:
			add(v.t("回读画面"), v.t("全黑"), "bad", "")
		case pic.Differs >= 1:
			add(v.t("回读画面"), v.t("%.0f%% 的像素不对", pic.Differs), "bad", "")
		default:
			add(v.t("回读画面"), v.t("与应显示的一致"), "good", "")
		}
	}
	if s.Report.Vitals.Output != (wire.Output{}) {
		if o.Brightness >= 0 {
			note, tone := "", ""
			switch o.Light {
			case wire.LightLamp:
				note = v.words("由背光调", "set by the backlight")
			case wire.LightPainted:
				if s.Kind == playlist.Touch {
					note = v.words("由画面调暗：机器没有可调的背光", "by dimming the picture: the machine has no backlight to set")
				}
			case wire.LightDenied:
				note, tone = v.words("由画面调暗：程序无权调背光，请装 90-mingbai-backlight.rules", "by dimming the picture: the program may not set the backlight; install 90-mingbai-backlight.rules"), "warn"
			case wire.LightFails:
				note, tone = v.words("由画面调暗：背光调不了，请取日志看原因", "by dimming the picture: the backlight cannot be set; fetch the log"), "warn"
			}
			add(v.t("亮度"), fmt.Sprintf("%d%%", o.Brightness), tone, note)
		}
		if o.Volume >= 0 {
			add(v.t("音量"), fmt.Sprintf("%d%%", o.Volume), "", "")
		} else if s.Kind == playlist.Touch {
			add(v.t("音量"), v.t("没有声音设备"), "quiet", "")
		}
	}
	if o.DarkUntil.After(v.Now()) {
		add(v.words("熄屏", "Darkened"), v.t("到 %s", v.clock(o.DarkUntil)), "warn", v.t("按命令熄的；点“亮屏”提前结束"))
	}
	m := s.Report.Vitals
	if m.FrameP99 > 0 {
		add(v.t("画一帧"), v.t("%.1f 毫秒", m.FrameP50), "", v.t("最慢的百分之一 %.1f 毫秒", m.FrameP99))
	}
	return out
}

func (v *visit) program(s fleet.State) []vital {
	m := s.Report.Vitals
	var out []vital
	add := func(label, value, tone, note string) { out = append(out, vital{label, value, tone, note}) }
	slot := ""
	switch m.Program.Slot {
	case "":
	case wire.SlotBuiltIn:
		slot = v.t("手工安装的")
	default:
		slot = v.t("在 %s 槽", strings.ToUpper(m.Program.Slot))
	}
	add(v.t("版本"), cmp.Or(m.Program.Version, s.Program, "—"), "", slot)
	add(v.t("已运行"), v.span(time.Duration(m.Running)*time.Second), "", "")
	if m.Program.Starts > 0 {
		note := ""
		if m.Program.Crashes > 0 {
			note = v.t("其中 %d 次是自己退出后", m.Program.Crashes)
		}
		add(v.t("一天内启动"), v.t("%d 次", m.Program.Starts), warn(m.Program.Crashes > 0), note)
	}
	switch m.Program.Before {
	case wire.EndedAsked:
		add(v.t("上一次怎样结束"), v.t("按命令重启"), "", "")
	case wire.EndedStopped:
		add(v.t("上一次怎样结束"), v.t("被正常停止"), "", "")
	case wire.EndedCrashed:
		add(v.t("上一次怎样结束"), v.t("自己退出或被杀掉"), "warn", "")
	case wire.EndedPower:
		add(v.t("上一次怎样结束"), v.t("机器断电或重启"), "warn", "")
	}
	if u := m.Program.Update; u.Step != "" {
		text, tone := v.updateStep(u.Step)
		add(v.t("更新"), text, tone, strings.TrimSpace(u.Version+" "+u.Error))
	}
	if s.Host != "" {
		add(v.t("机器名"), s.Host, "", s.Remote)
	}
	return out
}

// cache is what the device says of its store of content.
func (v *visit) cache(s fleet.State) []vital {
	m := s.Report.Vitals
	var out []vital
	if c := m.Storage; c != (wire.Storage{}) {
		out = append(out, vital{v.t("缓存"), v.t("%d 个文件", c.Blobs), "", bytesText(uint64(max(c.Bytes, 0)))})
		out = append(out, vital{v.t("缺"), v.t("%d 个", c.Missing), bad(c.Missing > 0), ""})
		out = append(out, vital{v.t("损坏过"), v.t("%d 个", c.Damaged), warn(c.Damaged > 0), ""})
		if c.Trouble != "" {
			out = append(out, vital{v.t("写盘"), v.t("失败"), "bad", c.Trouble})
		}
	}
	if !s.ReportedAt.IsZero() {
		out = append(out, vital{v.t("最近一次换内容"), v.clock(s.ReportedAt), "", ""})
	}
	if !m.ContentAsOf.IsZero() {
		out = append(out, vital{v.t("信息截至"), v.clock(m.ContentAsOf), "", ""})
	}
	return out
}

func (v *visit) ledger(p *liveScreenPart, s fleet.State) error {
	after := uint64(0)
	if s.LedgerSeq > ledgerRows {
		after = s.LedgerSeq - ledgerRows
	}
	rows, err := v.Store.LedgerRows(v.ctx, s.ID, s.Epoch, after, ledgerRows)
	if errors.Is(err, store.ErrDamaged) {
		p.Damaged = true
		return nil
	}
	if err != nil {
		return err
	}
	titles := map[playlist.NoticeID]string{}
	for _, r := range slices.Backward(rows) {
		if _, ok := titles[r.Notice]; !ok {
			titles[r.Notice] = string(r.Notice)
			if row, err := v.noticeRow(r.Notice); err == nil {
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
