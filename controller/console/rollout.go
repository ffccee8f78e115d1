package console

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"mingbai/controller/rollout"
	"mingbai/controller/store"
	"mingbai/playlist/wire"
)

// maxRows bounds the screens of one page.
const maxRows = 300

// rolloutCard is a rollout with how far it is, in words and as a bar.
type rolloutCard struct {
	ID, Name, System, Site string
	Title, Tone            string // 进行中 · 第 2 步（10%）
	Cause, Next            string
	Counts, Started        string
	Bar                    []barPart
	Stages                 []stageMark
	Acts                   []actButton
	Notes                  []string // screens that it is not for, and why
	Reach                  bool     // the visitor acts at its site
}

// barPart is a part of a bar a thousand wide.
type barPart struct {
	Tone string
	X, W int
	Say  string
}

type stageMark struct {
	Label string
	Now   bool
	Past  bool
}

type actButton struct{ Act, Label, Class string }

type rolloutPage struct {
	frame
	Live rolloutLive
}

type rolloutLive struct {
	Card rolloutCard
	Rows []rolloutRow
	More int
}

type rolloutRow struct {
	ID, Name, Site, Tone, Step, Reason, Before, When string
	Stage                                            string
}

func (v *visit) rollouts() (rolloutList, error) {
	all, err := v.Depot.List(v.ctx)
	if err != nil {
		return rolloutList{}, err
	}
	var out rolloutList
	for _, p := range all {
		out.Rollouts = append(out.Rollouts, v.rolloutCard(p))
	}
	return out, nil
}

func showRollout(v *visit) error {
	live, err := v.rolloutLive()
	if err != nil {
		return err
	}
	return v.show("rollout", rolloutPage{frame: v.page(live.Card.Name), Live: live})
}

func liveRollout(v *visit) error {
	live, err := v.rolloutLive()
	if err != nil {
		return err
	}
	return v.part("rollout", "live", live)
}

func (v *visit) rolloutLive() (rolloutLive, error) {
	p, err := v.Depot.Progress(v.ctx, v.r.PathValue("rollout"))
	if err != nil {
		return rolloutLive{}, err
	}
	out := rolloutLive{Card: v.rolloutCard(p)}
	for i, r := range p.Rows {
		if i == maxRows {
			out.More = len(p.Rows) - i
			break
		}
		out.Rows = append(out.Rows, v.rolloutRow(r))
	}
	return out, nil
}

func (v *visit) rolloutRow(r rollout.Row) rolloutRow {
	m := r.Member
	row := rolloutRow{
		ID: string(r.State.ID), Name: r.State.Name, Site: v.siteName(r.State.Site), Before: cmp.Or(m.Before, "—"),
		When: v.ago(cmp.Or(m.At, m.Offered)), Stage: stageLabel(m.Stage),
	}
	row.Step, row.Tone = v.stepName(m), stepTone(m)
	switch {
	case rollout.Broken(m), rollout.Waits(m):
		row.Reason = sentence(v.words(rollout.Said(m.Error)))
	case r.WarnedZh != "":
		row.Tone, row.Reason = "warn", v.t("更新后出现新警告：%s", v.words(r.WarnedZh, r.WarnedEn))
	case !r.State.Online && m.Step != wire.UpdateDone:
		row.Tone, row.Reason = "quiet", v.t("不在线，连上后继续")
	case m.Step == wire.UpdateReady:
		row.Reason = v.t("等没有人用的时候换上")
	case m.Step == wire.UpdateTrial:
		row.Reason = v.t("新程序正在试运行，不好会自动换回")
	}
	return row
}

func (v *visit) stepName(m store.Member) string {
	switch m.Step {
	case wire.UpdateFetching:
		return v.t("下载中")
	case wire.UpdateReady:
		return v.t("已下载，待更换")
	case wire.UpdateTrial:
		return v.t("试运行中")
	case wire.UpdateDone:
		return v.t("已完成")
	case wire.UpdateFailed:
		if rollout.Waits(m) {
			return v.t("等磁盘腾出空间")
		}
		return v.t("失败，已换回旧版")
	case wire.UpdateRefused:
		return v.t("设备拒绝")
	}
	return v.t("未开始")
}

func stepTone(m store.Member) string {
	switch {
	case rollout.Broken(m):
		return "bad"
	case rollout.Waits(m):
		return "warn"
	case m.Step == wire.UpdateDone:
		return "good"
	}
	return ""
}

func stageLabel(s store.Stage) string { return fmt.Sprintf("%d%%", s) }

// rolloutCard says how a rollout stands.
func (v *visit) rolloutCard(p rollout.Progress) rolloutCard {
	ro := p.Rollout
	name, system := v.programName(ro.Program)
	c := rolloutCard{ID: ro.ID, Name: name + " " + ro.Version, System: system, Site: v.siteName(ro.Site), Reach: v.may(tends, ro.Site)}
	if ro.Back {
		c.Name = v.t("退回 %s", c.Name)
	}
	c.Started = v.t("%s 由%s开始", v.clock(ro.Started), v.personName(ro.Actor))
	v.rolloutStands(&c, p)
	c.Counts = v.t("合适的屏 %d 块；这一步 %d 块：完成 %d，正在更新 %d，失败 %d，不在线 %d", p.Fits, max(p.Target, p.Reached), p.Done, p.Working, p.Broken, p.Away)
	c.Bar = v.rolloutBar(p)
	for _, s := range []store.Stage{store.StageFew, store.StageSome, store.StageAll} {
		if ro.Back && s != store.StageAll {
			continue
		}
		c.Stages = append(c.Stages, stageMark{Label: stageLabel(s), Now: s == ro.Stage && ro.State != store.RolloutDone, Past: s < ro.Stage || ro.State == store.RolloutDone})
	}
	if c.Reach {
		for _, a := range p.Acts {
			c.Acts = append(c.Acts, v.actButton(a, ro))
		}
	}
	c.Notes = v.misfits(p)
	return c
}

// rolloutStands puts the state into words, with cause and next step.
func (v *visit) rolloutStands(c *rolloutCard, p rollout.Progress) {
	ro := p.Rollout
	step := v.t("第 %d 步（%s）", slices.Index([]store.Stage{store.StageFew, store.StageSome, store.StageAll}, ro.Stage)+1, stageLabel(ro.Stage))
	if ro.Back {
		step = v.t("一次全部")
	}
	switch ro.State {
	case store.RolloutRunning:
		c.Title, c.Tone = v.t("进行中 · %s", step), ""
		switch {
		case p.Reached == 0:
			c.Cause, c.Next = v.t("还没有合适的屏在线"), v.t("有屏上线就开始")
		case p.Until.IsZero():
			c.Cause, c.Next = v.t("推给 %d 块，已完成 %d 块", p.Reached, p.Done), v.t("在线的屏完成八成后开始观察；失败多了会自动停下")
		case ro.Stage == store.StageAll:
			c.Cause, c.Next = v.t("推给 %d 块，已完成 %d 块，观察到 %s", p.Reached, p.Done, v.clock(p.Until)), v.t("没有问题就算完成")
		default:
			c.Cause, c.Next = v.t("推给 %d 块，已完成 %d 块，观察到 %s", p.Reached, p.Done, v.clock(p.Until)), v.t("没有问题就自动进入下一步")
		}
	case store.RolloutPaused:
		c.Title, c.Tone = v.t("已暂停 · %s", step), "warn"
		c.Cause, c.Next = v.t("%s 于 %s 暂停；还没开始的屏先不更新", v.personName(ro.ReasonBy), v.clock(ro.Changed)), v.t("点“继续”接着推")
	case store.RolloutStopped:
		c.Tone = "bad"
		if ro.ReasonBy != "" {
			c.Title = v.t("已停下 · %s", step)
			c.Cause, c.Next = v.t("%s 于 %s 停下；还没开始的屏已撤回", v.personName(ro.ReasonBy), v.clock(ro.Changed)), v.t("可以退回旧版，或者继续")
			return
		}
		c.Title = v.t("已自动停下 · %s", step)
		c.Cause = v.clock(ro.Changed) + v.t("：") + v.words(ro.ReasonZh, sentence(ro.ReasonEn))
		c.Next = v.t("请先看下面失败的屏。是程序的问题就退回旧版；与程序无关就点“继续”，这些屏不再计较。")
	case store.RolloutDone:
		c.Title, c.Tone = v.t("已完成"), "good"
		c.Cause, c.Next = v.t("%d 块屏已更新", p.Done), v.t("以后上线的屏也会更新")
	}
}

func (v *visit) actButton(a rollout.Act, ro store.Rollout) actButton {
	b := actButton{Act: string(a)}
	switch a {
	case rollout.Next:
		b.Label = v.t("现在就进入下一步")
	case rollout.Pause:
		b.Label = v.t("暂停")
	case rollout.Resume:
		b.Label = v.t("继续")
	case rollout.Stop:
		b.Label, b.Class = v.t("停下"), "danger"
	case rollout.Back:
		b.Label = v.t("退回旧版")
		if ro.State == store.RolloutStopped {
			b.Class = "primary"
		}
	}
	return b
}

// rolloutBar is the fitting screens as one bar: done, under way, broken, away.
func (v *visit) rolloutBar(p rollout.Progress) []barPart {
	if p.Fits == 0 {
		return nil
	}
	var out []barPart
	x := 0
	for _, part := range []struct {
		tone string
		n    int
		say  string
	}{
		{"done-part", p.Done, v.t("完成 %d 块", p.Done)}, {"work-part", p.Working, v.t("正在更新 %d 块", p.Working)},
		{"broken-part", p.Broken, v.t("失败 %d 块", p.Broken)}, {"away-part", p.Away, v.t("不在线 %d 块", p.Away)},
	} {
		if part.n == 0 {
			continue
		}
		w := max(part.n*1000/p.Fits, 6) // one of ten thousand is seen too
		out = append(out, barPart{Tone: part.tone, X: x, W: min(w, 1000-x), Say: part.say})
		x = min(x+w, 1000)
	}
	return out
}

// misfits says which screens cannot be offered it, and why.
func (v *visit) misfits(p rollout.Progress) (out []string) {
	if n := p.Misfits[rollout.UnknownSystem]; n > 0 {
		out = append(out, v.t("%d 块屏的程序太旧，不会远程更新：请到现场装一次新程序", n))
	}
	if n := p.Misfits[rollout.NoSlots]; n > 0 {
		out = append(out, v.t("%d 块屏的程序不是由启动器启动的，或者还没有报告过：请按说明用 launch 方式启动", n))
	}
	return out
}

// barWords says a bar to who does not see it.
func (c rolloutCard) BarWords() string {
	var says []string
	for _, b := range c.Bar {
		says = append(says, b.Say)
	}
	return strings.Join(says, ", ")
}
