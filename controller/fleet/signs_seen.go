package fleet

import (
	"cmp"
	"fmt"
	"strings"

	"mingbai/playlist/release"
	"mingbai/playlist/wire"
)

// What the controller sees itself, whatever the device reports.

// What reassures those who read all of it, and is left out of lists.
var (
	goesOn    = Words{"；如果有电，屏上继续显示已下载的内容", "; if it has power it goes on with what it has"}
	catchesUp = Words{"。恢复后会自动续传", ". It catches up by itself"}
)

func (w Words) with(more Words) Words { return Words{w.Zh + more.Zh, w.En + more.En} }

// Brief is a cause or a next step without what only reassures.
func (w Words) Brief() Words {
	for _, more := range []Words{goesOn, catchesUp} {
		w = Words{strings.TrimSuffix(w.Zh, more.Zh), strings.TrimSuffix(w.En, more.En)}
	}
	return w
}

// offline: the connection is gone, or nothing has come over it for long.
func (v *view) offline() (Sign, bool) {
	quiet := v.Online && v.now.Past(cmp.Or(v.Seen, v.Since).Add(v.silence)) && v.now.Past(v.Since.Add(v.silence))
	if v.Online && !quiet {
		return Sign{}, false
	}
	s := Sign{Kind: SignOffline, Severity: Warn, Since: v.Since}
	if quiet {
		s.Since = cmp.Or(v.Seen, v.Since)
	}
	zh, en := lasting(v.now.Sub(s.Since))
	s.Title = Words{"离线" + zh, "offline" + en}
	if !v.Seen.IsZero() {
		s.Cause = Words{"最后一次心跳 " + v.clock(v.Seen), "last heartbeat " + v.clock(v.Seen)}
	} else {
		s.Cause = Words{"配对后还没有收到过它的报告", "it has not reported since it was paired"}
	}
	cause, next := v.clue(quiet)
	s.Cause = Words{s.Cause.Zh + "，" + cause.Zh, s.Cause.En + "; " + cause.En}
	if v.Report != nil && v.Report.Showing.Page != wire.Dark && !leftByItself(v.why) {
		s.Cause = s.Cause.with(goesOn)
	}
	s.Next = v.call(next)
	s.Next = s.Next.with(catchesUp)
	return s, true
}

// clue is what the last minutes before the end say about its cause, with what to
// try first.
func (v *view) clue(quiet bool) (cause, next Words) {
	look := Words{"请看这块屏是否通电、网线是否插好", "check its power and its network"}
	if quiet {
		return Words{"连接还在，但很久没有收到它的报告", "it is connected but has not reported for long"},
			Words{"请点“重启程序”；没有反应请到现场断电再通电", "restart the program; if nothing happens switch the machine off and on"}
	}
	var m wire.Vitals
	if v.Report != nil {
		m = v.Report.Vitals
	}
	if cause, next, is := v.sentAway(); is {
		return cause, next
	}
	switch l := m.Line; {
	case v.stranger.last.After(v.Since):
		return Words{"有一台密钥不同的设备用它的名字连过来（" + v.stranger.remote + "）", "a device with another key uses its name (" + v.stranger.remote + ")"},
			Words{"如果换过机器或重装过系统，请在“配对新屏”页把它配到这块屏上", "if the machine was replaced or installed anew pair it with this screen"}
	case leftByItself(v.why):
		return Words{"程序正常退出，多半是有人关机或重启", "the program ended in order: somebody switched the machine off or restarts it"},
			Words{"请开机；不是有人关的，请看插座和定时开关", "switch it on; if nobody switched it off look at the socket and its timer"}
	case l.Pings >= 5 && l.Lost >= lostHigh:
		return Words{fmt.Sprintf("此前网络丢包 %.0f%%", l.Lost), fmt.Sprintf("the network lost %.0f %% before", l.Lost)},
			Words{"请先看网线、光猫和路由器，再看电源", "look at cable, modem and router first, then at the power"}
	case l.Pings >= 5 && l.RTT >= rttHigh:
		return Words{fmt.Sprintf("此前网络延迟 %.1f 秒", l.RTT/1000), fmt.Sprintf("the network took %.1f s before", l.RTT/1000)},
			Words{"请先看网线、光猫和路由器，再看电源", "look at cable, modem and router first, then at the power"}
	case l.Dropped > droppedOK:
		return Words{fmt.Sprintf("此前一小时断线 %d 次", l.Dropped), fmt.Sprintf("the line broke %d times in the hour before", l.Dropped)},
			Words{"请先看网线、光猫和路由器，再看电源", "look at cable, modem and router first, then at the power"}
	case m.Temperature >= heatWell:
		return Words{fmt.Sprintf("此前温度 %.0f ℃，可能过热关机", m.Temperature), fmt.Sprintf("it had %.0f °C before and may have switched off", m.Temperature)},
			Words{"请看风扇和通风口，凉下来再开机", "look at fan and vents; switch it on when it has cooled"}
	case m.Program.Crashes > 0 && strings.Contains(v.why, "EOF"):
		return Words{fmt.Sprintf("程序突然中断，24 小时内异常退出 %d 次", m.Program.Crashes), fmt.Sprintf("the program broke off; it ended unexpectedly %d times in 24 hours", m.Program.Crashes)},
			Words{"请等一分钟；没有恢复请断电再通电", "wait a minute; if it does not come back switch it off and on"}
	case lookFree(m) == bad:
		return Words{fmt.Sprintf("此前磁盘只剩 %d MB", m.DiskFree>>20), fmt.Sprintf("%d MB of disk were left before", m.DiskFree>>20)}, look
	case brokeOff(v.why):
		return Words{"连接突然断开，程序中断或断电", "the connection broke off: the program died or the power went"}, look
	case v.why != "":
		return Words{"此前没有异常，多半是断网或断电", "nothing was wrong before: the network or the power went"}, look
	}
	return Words{"总台启动后它还没有连过来", "it has not connected since the controller started"}, look
}

// leftByItself reports whether a device said goodbye, by why its connection
// ended: a websocket closed as normal (RFC 6455, 7.4.1).
func leftByItself(why string) bool { return strings.Contains(why, "close 1000") }

// fellSilent reports whether a device was not heard for so long that the hub gave
// it up.
func fellSilent(why string) bool { return strings.Contains(why, "nothing came in time") }

// brokeOff reports whether the other side's kernel closed the connection.
func brokeOff(why string) bool {
	return strings.Contains(why, "EOF") || strings.Contains(why, "close 1006") || strings.Contains(why, "reset by peer")
}

// wrongKey: two devices have one key, or somebody uses the name of a screen
// without its key.
func (v *view) wrongKey() (Sign, bool) {
	s := Sign{Kind: SignWrongKey, Severity: Urgent}
	if since, is := v.cloned(&v.now); is {
		s.Since = since
		s.Title = Words{"两台设备用同一个身份", "two devices with one identity"}
		s.Cause = Words{"同一把密钥从两台机器轮流连接，最近一台是 " + v.host + "（" + v.origin + "）；多半是整盘复制过系统", "one key connects from two machines in turn, lately from " + v.host + " (" + v.origin + "); the disk was probably copied"}
		s.Next = Words{"请停掉复制出来的那台，清空它的数据文件夹后重新配对", "stop the copy, empty its data folder and pair it anew"}
		return s, true
	}
	if v.stranger.last.IsZero() || v.now.Sub(v.stranger.last) > strangerFor {
		return s, false
	}
	s.Since = v.stranger.first
	if v.Online {
		s.Severity = Warn
	}
	s.Title = Words{"身份不符", "wrong identity"}
	s.Cause = Words{"一台没有这块屏密钥的设备自称是它，来自 " + v.stranger.remote, "a device without this screen's key says that it is this screen, from " + v.stranger.remote}
	s.Next = Words{"换过机器或重装过系统，请在“配对新屏”页重新配对；否则请查这个地址是谁", "if the machine was replaced or installed anew pair it again; otherwise find out whose address that is"}
	return s, true
}

func (v *view) refusing() (Sign, bool) {
	r := v.Refused
	if r == nil {
		return Sign{}, false
	}
	s := Sign{Kind: SignRefused, Severity: Warn, Since: cmp.Or(v.refused, v.ReportedAt, v.Since)}
	s.Title = Words{"拒收内容", "refuses content"}
	s.Cause = Words{"屏拒收了一期内容：" + reasonZh(r.Reason), "it refused an edition: " + cmp.Or(r.Detail, string(r.Reason))}
	s.Next = Words{"请点“重新加载”；仍不行请点“日志”，把日志交给软件供应方", "use reload; if that does not help fetch its log and hand it to the maker"}
	if r.Reason == wire.ReasonStorage {
		s.Next = Words{"请检查这台机器的磁盘是否已满或损坏", "check whether the disk of this machine is full or failing"}
	}
	return s, true
}

// content looks whether the screen has what it should show.
func (v *view) content() (Sign, bool) {
	behind, ahead := v.lag()
	if behind == 0 && !ahead && v.ReportedSettings >= v.SettingsRevision {
		return Sign{}, false
	}
	s := Sign{Kind: SignBehind, Severity: Note, Since: cmp.Or(v.lagging, v.now.t)}
	lasted := v.now.Sub(s.Since)
	zh, en := lasting(lasted)
	if lasted > behindAfter {
		s.Severity = Warn
	}
	switch {
	case ahead:
		s.Kind, s.Severity = SignAhead, Warn
		s.Title = Words{"版本高于总台", "newer than the controller"}
		s.Cause = Words{"总台的数据可能从旧备份恢复过，屏不会倒退", "the controller's data may come from an older backup; the screen does not go back"}
		s.Next = Words{"请到“备份”页点“从屏幕取回”，或恢复更新的备份", "take it back from the screen on the page Backups, or restore a newer backup"}
	case behind > 0:
		s.Title = Words{"内容未更新" + zh, "content not up to date" + en}
		s.Cause = Words{fmt.Sprintf("有 %d 个频道的新内容还没有换上", behind), fmt.Sprintf("%d channels have newer content", behind)}
		if !v.ReportedAt.IsZero() {
			s.Cause.Zh += "，上次换内容 " + v.clock(v.ReportedAt)
			s.Cause.En += "; last change " + v.clock(v.ReportedAt)
		}
		s.Next = Words{"正在下载，请稍候；超过十分钟请点“重新加载”", "it is downloading; after ten minutes use reload"}
		switch {
		case v.starved: // which a warning of the whole site says, too
			s.Severity = Note
			s.Cause = Words{"新的图片和视频还没下载：这里线路的本月流量用完了；文字、预警和撤下照常", "new pictures and videos are not fetched: the volume of this line is used up for the month; text, alerts and take-downs go as before"}
			s.Next = Words{"会等到下月自动下载；急用请在“线路流量”页点“本月放行”", "it fetches them next month by itself; if it is urgent use Let everything through on the page Line volumes"}
		case v.mute(lasted):
			s.Cause, s.Next = v.sayMute(lasted)
		}
	default:
		s.Title = Words{"设置未更新" + zh, "settings not up to date" + en}
		s.Cause = Words{"新的设置还没有生效", "the newest settings are not in use yet"}
		s.Next = Words{"请稍候；超过十分钟请点“重新加载”", "wait; after ten minutes use reload"}
	}
	return s, true
}

// lag counts the channels of which the screen has an older edition, and says
// whether it has a newer one than the controller.
func (v *view) lag() (behind int, ahead bool) {
	for ch, want := range v.Desired {
		have := v.Reported[ch]
		if have < want {
			behind++
		}
		ahead = ahead || have > want
	}
	return behind, ahead
}

// fallback: the site's own card has been up for a while although there is
// content. It may be meant so, at night for example.
func (v *view) fallback() (Sign, bool) {
	if v.Report == nil || v.Report.Showing.Page != "fallback" || len(v.Desired) == 0 {
		return Sign{}, false
	}
	since := v.Report.Showing.Since
	if since.IsZero() || !v.now.Reached(since.Add(fallbackAfter)) {
		return Sign{}, false
	}
	zh, en := span(v.now.Sub(since))
	return Sign{Kind: SignStale, Severity: Note, Since: since,
		Title: Words{"此刻没有内容可播 " + zh, "nothing to play for " + en},
		Cause: Words{"屏上是本站点的备用页：" + cmp.Or(v.Report.Showing.Why, "没有在有效期内、又安排在此刻的内容"), "the site's own card is up: nothing that is in force is planned for this time"},
		Next:  Words{"请看播放安排是否该有内容；夜间没有安排属正常", "look whether something should be planned now; at night this may be meant so"},
	}, true
}

// update: the program that was offered does not run.
func (v *view) update() (Sign, bool) {
	u := v.Report.Vitals.Program.Update
	if u.Step != wire.UpdateFailed && u.Step != wire.UpdateRefused {
		return Sign{}, false
	}
	s := Sign{Kind: SignUpdate, Severity: Warn, Since: cmp.Or(u.At, v.Seen)}
	s.Title = Words{"更新失败", "update failed"}
	s.Cause = Words{"新版本 " + u.Version + " 试运行不正常，已自动退回原版本", "version " + u.Version + " was not well; the old one runs again"}
	if u.Step == wire.UpdateRefused {
		s.Title = Words{"更新被拒", "update refused"}
		s.Cause = Words{"设备拒收了新版本 " + u.Version, "the device refused version " + u.Version}
	}
	if reason, detail := release.ReasonOf(u.Error); reason == release.Storage {
		s.Title = Words{"更新等磁盘空间", "update waits for disk space"}
		s.Cause = Words{"新版本 " + u.Version + " 存不下，设备每 10 分钟自动再试：" + detail, "there is no room for version " + u.Version + "; the device tries again every 10 minutes: " + detail}
		s.Next = Words{"屏照常显示；请清理磁盘", "it shows as before; make room on its disk"}
		return s, true
	}
	if zh, en := updateError(u.Error); zh != "" {
		s.Cause = Words{s.Cause.Zh + "：" + zh, s.Cause.En + ": " + en}
	}
	s.Next = Words{"屏照常显示；请把日志交给软件供应方，换一个版本再更新", "it shows as before; hand its log to the maker and offer another version"}
	return s, true
}

// updateError says why a program was not taken: in words if the device gave a
// reason that is known here, else as it said.
func updateError(text string) (zh, en string) {
	reason, detail := release.ReasonOf(text)
	if reason == "" {
		return text, text
	}
	zh, en = reason.Words()
	if detail != "" {
		zh, en = zh+"（"+detail+"）", en+" ("+detail+")"
	}
	return zh, en
}

// version: the program is older than what its kind should run.
func (v *view) version() (Sign, bool) {
	name, have := programOf(v.Program)
	if v.Report != nil && v.Report.Vitals.Program.Version != "" {
		have = v.Report.Vitals.Program.Version
	}
	want := v.newest[name]
	if want == "" || !olderVersion(have, want) {
		return Sign{}, false
	}
	return Sign{Kind: SignVersion, Severity: Note, Since: v.Since,
		Title: Words{"程序太旧", "old program"},
		Cause: Words{"它运行 " + have + "，现在应是 " + want, "it runs " + have + "; it should run " + want},
		Next:  Words{"请在“更新”页把它纳入更新", "include it in an update on the page Updates"},
	}, true
}
