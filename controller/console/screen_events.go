package console

import (
	"slices"
	"strconv"
	"strings"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist/wire"
)

// eventRows is how many events the page of a screen shows; their own page has
// perPage.
const eventRows = 10

type eventsPage struct {
	frame
	Screen, Name string
	Events       []eventRow
	Older        string // address
	Newest       string // address, when this is not the first page
}

type eventRow struct {
	When, Text, Detail, Tone, Who string
}

// showEvents lists what happened to a screen, page by page.
func showEvents(v *visit) error {
	s, err := v.named()
	if err != nil {
		return err
	}
	before, _ := strconv.ParseInt(v.query("before"), 10, 64) // anything else begins with the newest
	events, err := v.Store.Events(v.ctx, s.ID, max(before, 0), perPage+1)
	if err != nil {
		return err
	}
	p := eventsPage{frame: v.page(v.t("“%s”发生过什么", s.Name)), Screen: string(s.ID), Name: s.Name}
	here := "/screens/" + p.Screen + "/events"
	if len(events) > perPage {
		events = events[:perPage]
		p.Older = here + "?before=" + strconv.FormatInt(events[perPage-1].ID, 10)
	}
	if before > 0 {
		p.Newest = here
	}
	p.Events = v.eventRows(events)
	return v.show("events", p)
}

func (v *visit) eventRows(events []store.Event) []eventRow {
	out := make([]eventRow, 0, len(events))
	for _, e := range events {
		row := eventRow{When: v.clock(e.At), Who: v.takerName(e.Actor)}
		if v.Now().Sub(e.At) < 300*24*60*60*1e9 {
			row.When = v.local(e.At).Format("01-02 15:04:05")
		}
		row.Text, row.Detail, row.Tone = v.eventWords(e)
		out = append(out, row)
	}
	return out
}

// eventWords says what an event was: in words, with what a technician may want to
// look up beside it.
func (v *visit) eventWords(e store.Event) (text, detail, tone string) {
	switch e.Kind {
	case store.EventOnline:
		return v.t("连上总台"), e.Detail, "good"
	case store.EventOffline:
		return v.t("断开连接"), v.parting(e.Detail), "bad"
	case store.EventStarted:
		switch wire.Ending(e.Detail) {
		case wire.EndedCrashed:
			return v.t("程序启动"), v.t("上一次自己退出或被杀掉"), "warn"
		case wire.EndedPower:
			return v.t("程序启动"), v.t("上一次是机器断电或重启"), "warn"
		case wire.EndedAsked:
			return v.t("程序启动"), v.t("上一次是按命令重启"), ""
		case wire.EndedStopped:
			return v.t("程序启动"), v.t("上一次被正常停止"), ""
		}
		return v.t("程序启动"), "", ""
	case store.EventVersion:
		return v.t("换了程序"), e.Detail, ""
	case store.EventWarned, store.EventCleared:
		title := e.Detail
		if w, err := v.Store.Warning(v.ctx, e.Detail); err == nil {
			title = v.said(fleet.Words{Zh: w.TitleZh, En: w.TitleEn})
		}
		if e.Kind == store.EventCleared {
			return v.t("告警解除：%s", title), "", "good"
		}
		return v.t("告警：%s", title), "", "bad"
	case store.EventCommand:
		c, err := v.Store.Command(v.ctx, e.Detail)
		if err != nil {
			return v.t("收到命令"), e.Detail, ""
		}
		row := v.commandRow(c)
		return v.t("命令：%s", row.Name), row.Result, map[string]string{"bad": "warn"}[row.Tone]
	case store.EventEnrolled:
		return v.t("配对，设备指纹 %s", e.Detail), "", ""
	case store.EventReplaced:
		return v.t("换了新设备，指纹 %s", e.Detail), v.t("旧设备再连上来会被停止"), ""
	case store.EventReadmitted:
		return v.t("恢复后找回，设备指纹 %s", e.Detail), v.t("总台恢复的备份里没有它"), ""
	case store.EventRetired:
		return v.t("停用"), e.Detail, "warn"
	case store.EventRefused:
		return v.t("拒收一期内容：%s", v.refusal(wire.Reason(e.Detail))), "", "bad"
	case store.EventUpdate:
		step, version, _ := strings.Cut(e.Detail, " ")
		text, tone = v.updateStep(wire.UpdateStep(step))
		return v.t("更新：%s", text), version, tone
	case store.EventAccepted:
		return v.t("通过验收"), "", "good"
	case store.EventPatrolled:
		if n, err := strconv.Atoi(e.Detail); err == nil && n > 0 {
			return v.t("巡检：%d 项有问题", n), "", "warn"
		}
		return v.t("巡检：全部正常"), "", "good"
	case store.EventStranger:
		return v.t("有设备冒用这块屏的名字，没有放行"), e.Detail, "bad"
	case store.EventFormer:
		return v.t("换下的旧设备又连上来，已让它停止"), e.Detail, "warn"
	}
	return string(e.Kind), e.Detail, ""
}

// parting puts why a connection ended into words: what the hub wrote down, RFC 6455
// and the system below it. What it does not know stays as it is.
func (v *visit) parting(why string) string {
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(why, part) })
	}
	switch {
	case has("close 1000"):
		return v.t("程序正常退出")
	case has("the controller stops"):
		return v.t("总台停止运行")
	case has("another device took over"):
		return v.t("换上了新设备")
	case has("nothing came in time", "i/o timeout", "connection timed out"):
		return v.t("对方很久没有回应，多半是断网或断电")
	case has("EOF", "close 1006", "reset by peer", "broken pipe"):
		return v.t("连接突然断开，程序中断或断电")
	}
	return why
}

func (v *visit) refusal(r wire.Reason) string {
	switch r {
	case wire.ReasonUnsigned:
		return v.t("没有签名")
	case wire.ReasonWrongKey:
		return v.t("签名的密钥不对")
	case wire.ReasonChannel:
		return v.t("不是这块屏的频道")
	case wire.ReasonOlder:
		return v.t("版本比屏上的旧")
	case wire.ReasonDamaged:
		return v.t("数据损坏")
	case wire.ReasonOversized:
		return v.t("超过大小限制")
	case wire.ReasonStorage:
		return v.t("磁盘写不进去")
	}
	return string(r)
}

func (v *visit) updateStep(s wire.UpdateStep) (text, tone string) {
	switch s {
	case wire.UpdateFetching:
		return v.t("正在下载新程序"), ""
	case wire.UpdateReady:
		return v.t("已下载，等空闲时换上"), ""
	case wire.UpdateTrial:
		return v.t("正在试运行"), "warn"
	case wire.UpdateDone:
		return v.t("已换上，运行正常"), "good"
	case wire.UpdateFailed:
		return v.t("没有成功，已退回旧程序"), "bad"
	case wire.UpdateRefused:
		return v.t("屏没有接受这个程序"), "bad"
	}
	return string(s), ""
}
