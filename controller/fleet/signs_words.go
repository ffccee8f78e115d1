package fleet

import (
	"fmt"
	"math"
	"strings"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// say writes a sign that reports made.
func (v *view) say(kind Kind, k mark) Sign {
	s := Sign{Kind: kind, Severity: Warn, Since: k.since}
	m := v.Report.Vitals
	lasted, lastedEn := lasting(v.now.Sub(k.since))
	set := func(title, cause, next Words) { s.Title, s.Cause, s.Next = title, cause, next }
	switch kind {
	case SignUnplugged:
		s.Severity = Urgent
		name := ""
		if m.Output.Connector != "" {
			name = "（" + m.Output.Connector + "）"
		}
		set(Words{"显示器没接上", "display unplugged"},
			Words{"机器在运行，但接口" + name + "上认不出显示器", strings.TrimSpace("the machine runs but sees no display on its output " + m.Output.Connector)},
			v.call(Words{"请看显示器是否通电，把视频线两头拔下重新插紧", "check the display's power and plug both ends of the video cable in again"}))
	case SignUnlit:
		s.Severity = Urgent
		set(Words{"显示器没有亮" + lasted, "monitor off" + lastedEn},
			Words{"熄屏已经结束，机器却报告显示器还关着", "dark hours are over, but the machine says that its monitor is still off"},
			v.call(Words{"请在屏上摸一下，或点“重启机器”；每天都这样请把设备配置里的 window.standby 设为 false", "touch the screen or reboot the machine; if it happens every day set window.standby to false on the device"}))
	case SignFrozen:
		s.Severity = Urgent
		s.Since = m.Heartbeat
		if !v.now.Reached(s.Since) || v.now.Sub(s.Since) > v.now.Sub(k.since)+time.Hour {
			s.Since = k.since // the device's clock is wrong
		}
		lasted, lastedEn = lasting(v.now.Sub(s.Since))
		set(Words{"画面不动" + lasted, "picture frozen" + lastedEn},
			Words{"程序还在报告，但画面已经不再刷新", "the program reports but does not paint any more"},
			Words{"请点“重启程序”；仍不动请点“重启机器”", "restart the program; if that does not help reboot the machine"})
	case SignBlack:
		s.Severity = Urgent
		set(Words{"黑屏" + lasted, "black" + lastedEn},
			Words{fmt.Sprintf("从显示口读回的画面是黑的（亮度 %.0f/255），而此刻应有内容", m.Picture.Luma), fmt.Sprintf("the picture read back from the display is black (brightness %.0f of 255) although something should be shown", m.Picture.Luma)},
			Words{"请点“重启程序”；仍是黑屏请点“重启机器”", "restart the program; if it stays black reboot the machine"})
	case SignPicture:
		s.Severity = Urgent
		set(Words{"画面不对", "wrong picture"},
			Words{fmt.Sprintf("屏上有 %.0f%% 的画面不是程序画的，可能有别的窗口挡住", m.Picture.Differs), fmt.Sprintf("%.0f %% of the pixels are not what the program drew; another window may cover it", m.Picture.Differs)},
			Words{"请截屏看看挡住的是什么，再点“重启程序”", "take a screenshot to see what covers it, then restart the program"})
	case SignOutputs:
		s.Severity = Urgent
		set(Words{"LED 控制器连不上" + lasted, "LED controllers lost" + lastedEn},
			Words{"LED 控制器连不上：" + m.OutputsLost, "LED controllers cannot be sent to: " + m.OutputsLost},
			v.call(Words{"请检查控制器的电源、网线和地址", "check power, cable and address of the LED controllers"}))
	case SignStale:
		age, ageEn := span(v.now.Sub(m.ContentAsOf))
		set(Words{"内容过旧 " + age, "content is " + ageEn + " old"},
			Words{"屏连着总台，但屏上信息还停在 " + v.clock(m.ContentAsOf), "it is connected, but its information is as of " + v.clock(m.ContentAsOf)},
			Words{"请点“重新加载”", "use reload"})
	case SignCache:
		cause := Words{fmt.Sprintf("缓存里有 %d 个文件不完整", m.Storage.Missing), fmt.Sprintf("%d files of the cache are not whole", m.Storage.Missing)}
		if m.Storage.Missing == 0 {
			cause = Words{fmt.Sprintf("缓存里发现 %d 个损坏的文件，已重新下载", m.Storage.Damaged), fmt.Sprintf("%d files of the cache were damaged and have been fetched again", m.Storage.Damaged)}
		}
		set(Words{"缓存损坏", "cache damaged"}, cause,
			Words{"程序会自动重新下载；反复出现说明存储卡快坏了，请更换", "it fetches them again by itself; if this comes back the storage is wearing out: replace it"})
	case SignDisk:
		v.sayDisk(&s)
	case SignClock:
		off := time.Duration(math.Abs(m.ClockOffset) * float64(time.Second))
		zh, en := length(off)
		title, cause := Words{"时钟快 " + zh, "clock " + en + " fast"}, Words{"机器时间比总台快 " + zh, "the machine's clock is ahead by " + en}
		if m.ClockOffset < 0 {
			title, cause = Words{"时钟慢 " + zh, "clock " + en + " slow"}, Words{"机器时间比总台慢 " + zh, "the machine's clock is behind by " + en}
		}
		if off.Seconds() < clockWell {
			title, cause = Words{"时钟不准", "clock doubtful"}, Words{"机器的时钟不可信，可能跳动过", "the machine's clock cannot be trusted; it may have jumped"}
		}
		set(title, cause, Words{"请打开系统的自动校时；断电后又不准，请换主板电池", "switch on time synchronisation; if it is wrong after a power cut replace the mainboard battery"})
	case SignHeat:
		set(Words{fmt.Sprintf("温度过高 %.0f ℃%s", m.Temperature, lasted), fmt.Sprintf("too hot: %.0f °C%s", m.Temperature, lastedEn)},
			Words{fmt.Sprintf("最热的部件已有 %.0f ℃", m.Temperature), fmt.Sprintf("the hottest part has %.0f °C", m.Temperature)},
			v.call(Words{"请看风扇转不转、通风口是否堵住或被太阳直晒", "see whether the fan turns, the vents are blocked or the sun shines on it"}))
	case SignCPU:
		set(Words{"处理器吃紧" + lasted, "processor busy" + lastedEn},
			Words{fmt.Sprintf("处理器占用 %.0f%%", m.CPU), fmt.Sprintf("the processor is %.0f %% busy", m.CPU)},
			Words{"请看是否有别的程序在运行；没有就点“重启程序”", "see whether other programs run on it; if not restart the program"})
	case SignMemory:
		set(Words{"内存吃紧" + lasted, "short of memory" + lastedEn},
			Words{fmt.Sprintf("内存用了 %.0f%%，本程序占 %d MB", share(m.MemoryUsed, m.MemoryTotal), m.RSS>>20), fmt.Sprintf("%.0f %% of the memory is used, %d MB by this program", share(m.MemoryUsed, m.MemoryTotal), m.RSS>>20)},
			Words{"请点“重启程序”；常出现请点“重启机器”", "restart the program; if it comes back reboot the machine"})
	case SignRestarts:
		n := max(m.Program.Crashes, len(v.crashed))
		set(Words{"程序反复重启", "the program keeps restarting"},
			Words{fmt.Sprintf("程序最近 24 小时异常退出 %d 次", n), fmt.Sprintf("the program ended unexpectedly %d times in 24 hours", n)},
			Words{"请看这块屏的日志；仍反复请点“重启机器”", "look at this screen's log; if it goes on reboot the machine"})
	case SignLine:
		v.sayLine(&s)
	case SignTouch:
		set(Words{"触摸失灵", "touch lost"},
			Words{"机器认不出触摸板", "the machine does not see its touch panel"},
			v.call(Words{"请把触摸板的 USB 线重新插紧，再点“重启机器”", "plug the USB cable of the touch panel in again, then reboot the machine"}))
	}
	return s
}

func (v *view) sayDisk(s *Sign) {
	m := v.Report.Vitals
	if m.DiskFree < diskGone && m.DiskTotal > 0 {
		s.Severity = Urgent
	}
	free := fmt.Sprintf("%d MB", m.DiskFree>>20)
	if m.DiskFree >= 1<<30 {
		free = fmt.Sprintf("%.1f GB", float64(m.DiskFree)/(1<<30))
	}
	s.Title = Words{"磁盘将满", "disk nearly full"}
	s.Cause = Words{fmt.Sprintf("磁盘只剩 %s（%.0f%%），新内容可能下载不了", free, share(m.DiskFree, m.DiskTotal)),
		fmt.Sprintf("only %s (%.0f %%) of the disk are left; new content may not fit", free, share(m.DiskFree, m.DiskTotal))}
	s.Next = Words{"请删掉这台机器上与本系统无关的文件", "delete what does not belong to this system from the machine"}
	if m.Storage.Trouble != "" && lookFree(m) != bad {
		s.Severity = Urgent
		s.Title = Words{"磁盘写不进去", "disk cannot be written"}
		s.Cause = Words{"最近一次写入失败：" + m.Storage.Trouble, "the last write failed: " + m.Storage.Trouble}
		s.Next = Words{"请点“重启机器”；仍写不进去，说明磁盘坏了，请更换", "reboot the machine; if it still fails the disk is broken: replace it"}
	}
}

func (v *view) sayLine(s *Sign) {
	l := v.Report.Vitals.Line
	var zh, en []string
	if l.Pings >= linePings && l.Lost >= lostWell {
		zh, en = append(zh, fmt.Sprintf("丢包 %.0f%%", l.Lost)), append(en, fmt.Sprintf("%.0f %% lost", l.Lost))
	}
	if l.Pings >= linePings && l.RTT >= rttWell {
		zh, en = append(zh, fmt.Sprintf("延迟 %.1f 秒", l.RTT/1000)), append(en, fmt.Sprintf("%.1f s delay", l.RTT/1000))
	}
	if l.Dropped > droppedOK {
		zh, en = append(zh, fmt.Sprintf("一小时断线 %d 次", l.Dropped)), append(en, fmt.Sprintf("broke %d times in an hour", l.Dropped))
	}
	s.Title = Words{"线路不稳", "poor line"}
	s.Cause = Words{"网络" + strings.Join(zh, "、"), "network: " + strings.Join(en, ", ")}
	s.Next = v.call(Words{"请检查网线接头和路由器；用无线的请改用网线，仍不行请报修宽带", "check plugs and router; use a cable instead of wireless; if that does not help call the line's provider"})
}

// lookFree is lookDisk for the room alone.
func lookFree(m wire.Vitals) finding {
	if m.DiskTotal > 0 && (share(m.DiskFree, m.DiskTotal) < diskLowShare || m.DiskFree < diskLow) {
		return bad
	}
	return well
}

// call adds to a next step that needs hands on site whom to ring there.
func (v *view) call(next Words) Words { return Call(v.tree, v.Site, next) }

// Call adds to a next step whom to ring at a site: its own telephone, or that of
// the nearest site above which has one.
func Call(tree *store.Tree, at playlist.SiteID, next Words) Words {
	if tree == nil {
		return next
	}
	for _, site := range tree.Path(at) {
		if site.Hotline == "" {
			continue
		}
		who, whoEn := site.Duty, site.Duty
		if who == "" {
			who, whoEn = site.Name, site.NameEn
		}
		if whoEn == "" {
			whoEn = who
		}
		return Words{next.Zh + "。电话：" + who + " " + site.Hotline, next.En + ". Call " + whoEn + ", " + site.Hotline}
	}
	return next
}

// clock writes an instant as people at the site read it off a wall clock, with
// the day if it is another one.
func (v *view) clock(t time.Time) string { return Clock(t.In(v.zone), v.now.In(v.zone)) }

// Clock writes an instant without the day if it is that of now. Both are in the
// zone of the office.
func Clock(t, now time.Time) string {
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04")
	}
	if t.Year() == now.Year() {
		return t.Format("01-02 15:04")
	}
	return t.Format("2006-01-02 15:04")
}

// Lasting writes a length of time as a person says it.
func Lasting(d time.Duration) Words {
	zh, en := span(d)
	return Words{zh, en}
}

// length writes a length of time that matters to the second.
func length(d time.Duration) (zh, en string) {
	if d < 2*time.Minute {
		return fmt.Sprintf("%d 秒", int(d.Seconds())), fmt.Sprintf("%d s", int(d.Seconds()))
	}
	return span(d)
}

// lasting is span behind a title, and nothing for what has just begun.
func lasting(d time.Duration) (zh, en string) {
	if d < time.Minute {
		return "", ""
	}
	zh, en = span(d)
	return " " + zh, " for " + en
}

// span writes a length of time as a person says it.
func span(d time.Duration) (zh, en string) {
	switch {
	case d < time.Minute:
		return "不到 1 分钟", "less than a minute"
	case d < time.Hour:
		return fmt.Sprintf("%d 分钟", int(d/time.Minute)), fmt.Sprintf("%d min", int(d/time.Minute))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d 小时", int(d/time.Hour)), fmt.Sprintf("%d h", int(d/time.Hour))
	default:
		return fmt.Sprintf("%d 天", int(d/(24*time.Hour))), fmt.Sprintf("%d days", int(d/(24*time.Hour)))
	}
}
