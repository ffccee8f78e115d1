package console

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// contentWithin is how soon after its start a program is to show content.
const contentWithin = 20 * time.Second

// trySeen is what the screen itself reports about a step.
type trySeen struct {
	Lines []seenLine
	Good  bool // it agrees with passing the step
	Wait  bool // something is still to come
	Shot  string
	Drawn string // address of what should be there
	Wide  bool
}

type seenLine struct{ Text, Tone string }

func (s *trySeen) add(tone, text string) { s.Lines = append(s.Lines, seenLine{text, tone}) }

func (s trySeen) text() string {
	var all []string
	for _, l := range s.Lines {
		all = append(all, strings.TrimRight(l.Text, "。."))
	}
	return strings.Join(all, "；")
}

func (v *visit) tryTitle(name string) string {
	switch name {
	case tryOrientation:
		return v.t("方向和四边")
	case tryTouch:
		return v.t("触摸")
	case tryBrightness:
		return v.t("亮度")
	case trySound:
		return v.t("声音")
	case tryPicture:
		return v.t("画面")
	case tryPlug:
		return v.t("拔电源")
	case tryAlert:
		return v.t("预警")
	case tryClock:
		return v.words("时钟", "Clock")
	case tryNetwork:
		return v.t("网络")
	case tryPatrol:
		return v.t("自检")
	}
	return name
}

// tryStep says what is to be done in a step.
func (v *visit) tryStep(s fleet.State, one store.AcceptanceStep, number, of int) (tryStep, error) {
	p := tryStep{
		Name: one.Name, Title: v.tryTitle(one.Name), Number: number, Of: of, Asked: !one.Asked.IsZero(), Verdict: string(one.Verdict),
		Wide: s.Panel.Width > s.Panel.Height,
	}
	switch one.Name {
	case tryOrientation:
		p.Do, p.Ask = []string{v.t("站到屏前，点下面的按钮：屏上用大字显示自己的名字十秒。")}, v.t("让屏显示名字")
		p.Question = v.t("字是正的吗？四个角都看得见、没有被边框挡住吗？名字是这块屏吗？")
	case tryTouch:
		p.Do, p.Ask = []string{v.t("先点“开始看触摸”。"), v.t("用手指依次按屏的左上、右上、右下、左下四个角，再按正中。")}, v.t("开始看触摸")
		p.Question = v.t("五处都有反应、反应的就是按的地方吗？")
	case tryBrightness:
		p.Do, p.Ask = []string{v.t("点下面的按钮，屏调暗到 %d%%。", dimmed), v.t("看到变暗以后，再点“调回原来的亮度”。")}, v.t("调暗到 %d%%", dimmed)
		p.Question = v.t("看到变暗、又亮回来了吗？")
		if p.Asked {
			p.Back = max(one.Was, 1)
		}
	case trySound:
		p.Do, p.Ask = []string{v.t("点下面的按钮，屏放一声提示音。")}, v.t("放提示音")
		p.Question = v.t("在屏前一米听得清楚吗？没有喇叭的屏请跳过并写明。")
	case tryPicture:
		p.Do, p.Ask = []string{v.t("点下面的按钮，取回屏上现在的画面。"), v.t("和屏上真正看到的比一比：内容、颜色、清楚程度。")}, v.t("截屏")
		p.Question = v.t("屏上看到的和截屏一样，没有偏色、坏点、模糊吗？")
	case tryPlug:
		p.Do = []string{v.t("先点“开始计时”。"), v.t("拔下屏的电源，等这里出现“断开”；一般不超过一分钟。"), v.t("插回电源，什么都不要按，等屏自己回来。")}
		p.Ask, p.Question = v.t("开始计时"), v.t("屏自己回到内容，中间没有桌面、错误框吗？")
	case tryAlert:
		p.Do = []string{v.t("预警按站点发出，会到这个站点的每一块屏，不能只给一块屏，所以这里不发真的预警。"), v.t("下面是一条演练预警在这块屏上的样子，和屏上会画的一样。")}
		p.Question = v.t("字够大、看得全吗？下面报告预警频道已经就绪吗？")
		p.Alert = "/screens/" + string(s.ID) + "/acceptance/alert.png"
	case tryClock:
		p.Do, p.Question = []string{v.t("看屏上的时间，和手机对一下。")}, v.t("时间一样吗？")
	case tryNetwork:
		p.Do, p.Question = []string{v.t("不用操作。网线和电源线都固定好了再往下走。")}, v.t("线路稳定吗？")
	case tryPatrol:
		p.Do, p.Ask = []string{v.t("点下面的按钮，屏把自己检查一遍：内容、记录、时钟、磁盘、画面、触摸、声音、温度。")}, v.t("现在自检")
		p.Question = v.t("查出的问题都处理了吗？")
	}
	var err error
	p.Seen, err = v.reported(s, one)
	return p, err
}

// reported finds what the screen reports about a step since it was begun.
func (v *visit) reported(s fleet.State, one store.AcceptanceStep) (trySeen, error) {
	var p trySeen
	if !s.Online && one.Name != tryPlug {
		p.add("bad", v.t("这块屏现在不在线：%s", v.said(s.Cause)))
	}
	begun := !one.Asked.IsZero()
	switch one.Name {
	case tryOrientation, trySound, tryBrightness:
		return p, v.seenCommand(&p, s, one)
	case tryPicture:
		if err := v.seenCommand(&p, s, one); err != nil || !p.Good {
			return p, err
		}
		if c, err := v.Store.Command(v.ctx, one.Command); err == nil && c.OK {
			p.Shot, p.Wide = fmt.Sprintf("/screens/%s/shot.png?%s", s.ID, c.Shot.Short()), s.Panel.Width > s.Panel.Height
			p.Drawn = v.drawnThen(s, one.Notice, c.Created)
		}
		return p, nil
	case tryTouch:
		v.seenTouch(&p, s, one)
	case tryPlug:
		if !begun {
			p.Wait = true
			return p, nil
		}
		return p, v.seenPlug(&p, s, one)
	case tryAlert:
		v.seenAlert(&p, s)
	case tryClock:
		if s.Report != nil {
			m := s.Report.Vitals
			p.Good = !m.ClockSuspect && max(m.ClockOffset, -m.ClockOffset) < fleet.ClockLimit
			p.add(goodOr(p.Good), v.t("屏的时钟和总台相差 %.1f 秒", m.ClockOffset))
		}
	case tryNetwork:
		v.seenLine(&p, s)
	case tryPatrol:
		return p, v.seenPatrol(&p, s, one)
	}
	return p, nil
}

func goodOr(good bool) string {
	if good {
		return "good"
	}
	return "bad"
}

// seenCommand says what came of the command of a step.
func (v *visit) seenCommand(p *trySeen, s fleet.State, one store.AcceptanceStep) error {
	if one.Command == "" {
		p.Wait = true
		return nil
	}
	c, err := v.Store.Command(v.ctx, one.Command)
	if err != nil {
		return err
	}
	row := v.commandRow(c)
	p.Good, p.Wait = c.OK, c.Done.IsZero()
	text := row.Name + v.t("：") + row.Result
	if row.Took != "" {
		text += v.t("，") + row.Took
	}
	p.add(row.Tone, text)
	if o := s.Report; one.Name == tryBrightness && c.OK && s.Seen.After(c.Done) && o != nil && o.Vitals.Output.Brightness > 0 {
		p.add("", v.t("屏报告的亮度：%d%%", o.Vitals.Output.Brightness))
	}
	return nil
}

// drawnThen is the address of the picture of a notice as a screen should have shown
// it at an instant; empty when it was not its turn.
func (v *visit) drawnThen(s fleet.State, n playlist.NoticeID, at time.Time) string {
	f, err := v.Fleet.Forecast(v.ctx, s.ID, at)
	if err != nil || n == "" {
		return ""
	}
	for i, turn := range append(slices.Clone(f.Alerts), f.Slots...) {
		if turn.Notice == n {
			if p, err := v.screenPicture(s.Screen.Screen, i, at, columnWidth); err == nil && len(p.Pages) > 0 {
				return p.Pages[0].Src
			}
		}
	}
	return ""
}

func (v *visit) seenTouch(p *trySeen, s fleet.State, one store.AcceptanceStep) {
	if s.Report == nil {
		return
	}
	o := s.Report.Vitals.Output
	if o.Touch == wire.Unplugged {
		p.add("bad", v.t("屏报告触摸面板没接上"))
		return
	}
	if one.Asked.IsZero() {
		p.Wait = true
		return
	}
	at := o.Touched.Add(-time.Duration(s.Report.Vitals.ClockOffset * float64(time.Second)))
	if o.Touched.IsZero() || at.Before(one.Asked.Add(-time.Second)) {
		p.Wait = true
		p.add("warn", v.t("还没有收到触摸。按一下屏，几秒钟后这里会变。"))
		return
	}
	p.Good = true
	p.add("good", v.t("收到触摸，最近一次 %s", v.local(at).Format("15:04:05")))
}

func (v *visit) seenAlert(p *trySeen, s fleet.State) {
	p.Good = s.Report != nil
	for ch, want := range s.Desired {
		if !ch.Alert {
			continue
		}
		has := s.Reported[ch]
		p.Good = p.Good && has >= want
		text := v.t("%s的预警频道：应有第 %d 版，已有第 %d 版", v.siteName(ch.Site), want, has)
		p.add(goodOr(has >= want), text)
	}
	if len(p.Lines) == 0 && s.Online {
		p.add("good", v.t("线路是通的；这块屏的站点还没有发过预警"))
	}
	p.Good = p.Good && s.Online
}

func (v *visit) seenLine(p *trySeen, s fleet.State) {
	if s.Report == nil {
		return
	}
	l := s.Report.Vitals.Line
	if l.Pings == 0 {
		p.Wait = true
		p.add("warn", v.t("还没有量过，请等半分钟"))
		return
	}
	p.Good = s.Online && l.Lost < fleet.LostLimit && l.RTT < fleet.RTTLimit
	p.add(goodOr(p.Good), v.t("十分钟内往返 %.0f 毫秒，丢包 %.0f%%（%d 次）", l.RTT, l.Lost, l.Pings))
	if l.Dropped > 0 {
		p.add("warn", v.t("一小时断开 %d 次", l.Dropped))
	}
}

func (v *visit) seenPatrol(p *trySeen, s fleet.State, one store.AcceptanceStep) error {
	if one.Asked.IsZero() {
		p.Wait = true
		return nil
	}
	if err := v.seenCommand(p, s, one); err != nil || !p.Good {
		return err
	}
	p.Lines = nil
	patrol, err := v.Store.LastPatrol(v.ctx, s.ID)
	if err != nil || patrol.At.Before(one.Asked) {
		p.Good, p.Wait = false, true
		p.add("warn", v.t("正在自检，请稍等"))
		return nil
	}
	p.Good = patrol.Bad == 0
	for _, i := range patrol.Found.Items {
		p.add(goodOr(i.OK), v.patrolCheck(i.Check)+v.t("：")+sentence(v.words(i.Zh, i.En)))
	}
	return nil
}

// plugged is how a screen came back after its plug was pulled.
type plugged struct {
	off, on, started, content time.Time // controller's clock; zero: not yet
	booted                    bool      // the machine itself went down
}

// seenPlug tells the pulling of a plug from what the controller saw, and when there
// was content again from the device's own record of display.
func (v *visit) seenPlug(p *trySeen, s fleet.State, one store.AcceptanceStep) error {
	k, err := v.plugged(s, one.Asked)
	if err != nil {
		return err
	}
	at := func(t time.Time) string { return v.local(t).Format("15:04:05") }
	p.Wait = k.content.IsZero()
	if k.off.IsZero() {
		p.add("warn", v.t("开始于 %s，屏还在线。请拔电源", at(one.Asked)))
		return nil
	}
	p.add("good", v.t("%s 断开", at(k.off)))
	if k.on.IsZero() {
		p.add("warn", v.t("还没有回来。插回电源后什么都不要按"))
		return nil
	}
	p.add("good", v.t("%s 自己连上，离线 %s", at(k.on), v.span(k.on.Sub(k.off))))
	if k.started.IsZero() {
		p.add("warn", v.t("正在等它的第一份报告"))
		return nil
	}
	if k.started.Before(k.off.Add(-2 * time.Second)) {
		p.Wait = false
		p.add("bad", v.t("程序没有重新启动：断的是网线，不是电源"))
		return nil
	}
	if k.content.IsZero() {
		p.add("warn", v.t("程序已启动，还没有内容"))
		return nil
	}
	took := max(k.content.Sub(k.started), 0)
	p.Good = took <= contentWithin
	p.add(goodOr(p.Good), v.t("程序启动后 %.0f 秒有内容（不应超过 %.0f 秒）", took.Seconds(), contentWithin.Seconds()))
	if !k.booted {
		p.add("warn", v.t("机器没有断过电，重启的只是程序"))
	}
	return nil
}

func (v *visit) plugged(s fleet.State, asked time.Time) (k plugged, err error) {
	events, err := v.Store.Events(v.ctx, s.ID, 0, 60)
	if err != nil {
		return k, err
	}
	for i := len(events) - 1; i >= 0; i-- { // the oldest first
		e := events[i]
		switch {
		case e.At.Before(asked):
		case e.Kind == store.EventOffline:
			k.off, k.on = e.At, time.Time{} // the last time counts
		case e.Kind == store.EventOnline && !k.off.IsZero() && k.on.IsZero():
			k.on = e.At
		}
	}
	if k.on.IsZero() || !s.Online || s.Report == nil || s.Seen.Before(k.on) {
		return k, nil
	}
	m := s.Report.Vitals
	k.started = s.Seen.Add(-time.Duration(m.Running) * time.Second)
	k.booted = s.Seen.Add(-time.Duration(m.Uptime) * time.Second).After(k.off.Add(-5 * time.Second))
	offset := time.Duration(m.ClockOffset * float64(time.Second))
	if show := s.Report.Showing; show.Notice != "" || show.Page == "fallback" || show.Page == "home" {
		k.content = show.Since.Add(-offset)
	}
	const back = 120 // rows: some twenty minutes
	rows, err := v.Store.LedgerRows(v.ctx, s.ID, s.Epoch, max(s.LedgerSeq, back)-back, back)
	if err != nil {
		return k, err
	}
	for _, r := range rows {
		if from := r.From.Add(-offset); from.After(k.off) && (k.content.IsZero() || from.Before(k.content)) {
			k.content = from
		}
	}
	return k, nil
}

// alertPicture draws an alert that is an exercise as the screen would draw it.
func alertPicture(v *visit) error {
	row, err := v.tended()
	if err != nil {
		return err
	}
	q := v.request(warning{Site: string(row.Site), Type: "暴雨", Colour: "orange", Hours: "1", Exercise: true, Action: "这是验收时的样子，请不要离开"})
	n := draft(q)
	return v.drawFor(target{Screen: row.Screen, Language: row.Language, Count: 1, Outdoor: row.Outdoor && row.Kind == playlist.LED}, n)
}

// acceptedLine is what the page of a screen says of its acceptance.
type acceptedLine struct{ Text, Tone, Link, Deed string }

func (v *visit) acceptedLine(s fleet.State, tend bool) acceptedLine {
	here := "/screens/" + string(s.ID) + "/acceptance"
	a, err := v.Store.LastAcceptance(v.ctx, s.ID)
	line := acceptedLine{}
	if tend {
		line.Link, line.Deed = here, v.t("去验收")
	}
	switch {
	case err != nil:
		line.Text, line.Tone = v.t("未验收"), "warn"
	case a.Finished.IsZero():
		done := 0
		for _, one := range a.Steps {
			if one.Verdict != "" {
				done++
			}
		}
		line.Text, line.Tone = v.t("验收到第 %d 步，共 %d 步", done, len(a.Steps)), "warn"
		if tend {
			line.Deed = v.t("接着验收")
		}
	case a.Device != fleet.Fingerprint(s.Key):
		line.Text, line.Tone = v.t("换过设备，要重新验收"), "warn"
	case !a.Passed:
		line.Text, line.Tone, line.Link, line.Deed = v.t("验收不通过"), "bad", here+"/"+url.PathEscape(a.ID), v.clock(a.Finished)
	default:
		line.Text, line.Tone, line.Link, line.Deed = v.t("通过验收"), "good", here+"/"+url.PathEscape(a.ID), v.clock(a.Finished)
	}
	return line
}
