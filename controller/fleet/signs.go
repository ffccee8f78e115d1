package fleet

import (
	"cmp"
	"slices"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist/wire"
)

// view is all that the signs of a screen are judged by.
type view struct {
	State
	memory
	stranger stranger
	conduct  conduct
	starved  bool          // it waits for what its line does not carry any more this month
	patrol   *store.Patrol // the last one
	why      string        // why the last connection ended
	refused  time.Time     // when
	lagging  time.Time     // since when it lacks something; zero when it has all
	tree     *store.Tree
	newest   map[string]string // the version that devices of a program should run
	zone     *time.Location
	silence  time.Duration // that counts as offline
	now      moment
}

// kinds is their order among signs of one severity.
var kinds = []Kind{
	SignOffline, SignWrongKey, SignGarbage, SignFalse, SignStorming, SignGreedy, SignStalled, SignFlapping, SignUnplugged, SignUnlit, SignFrozen, SignBlack, SignPicture, SignOutputs, SignStale, SignRefused, SignCache,
	SignDisk, SignClock, SignHeat, SignCPU, SignMemory, SignRestarts, SignLine, SignTouch, SignBehind, SignAhead, SignUpdate,
	SignVersion, SignPatrol,
}

var rank = func() map[Kind]int {
	m := map[Kind]int{}
	for i, k := range kinds {
		m[k] = i
	}
	return m
}()

// judge says all that is wrong with a screen, the worst first. Of a screen that
// is offline nothing else is known but what the controller saw itself.
func (v *view) judge() []Sign {
	if !v.Paired() {
		return nil
	}
	var signs []Sign
	add := func(s Sign, is bool) {
		if is {
			signs = append(signs, s)
		}
	}
	add(v.offline())
	add(v.wrongKey())
	v.misbehaving(add)
	if len(signs) == 0 || signs[0].Kind != SignOffline {
		add(v.refusing())
		add(v.content())
		add(v.fallback())
		if v.Report != nil {
			for _, r := range rules {
				if k := v.marks[r.kind]; k.open {
					add(v.say(r.kind, k), true)
				}
			}
			add(v.update())
		}
		add(v.version())
		add(v.patrolled())
	}
	slices.SortStableFunc(signs, func(a, b Sign) int {
		return cmp.Or(cmp.Compare(first(b), first(a)), cmp.Compare(b.Severity, a.Severity), cmp.Compare(rank[a.Kind], rank[b.Kind]))
	})
	return slices.CompactFunc(signs, func(a, b Sign) bool { return a.Kind == b.Kind })
}

// first puts what hides all others before them.
func first(s Sign) int {
	if s.Kind == SignOffline {
		return 1
	}
	return 0
}

// condition is the one word for a sign.
func (s Sign) condition() Condition {
	switch s.Kind {
	case SignOffline:
		return Offline
	case SignRefused:
		return Refusing
	case SignBehind, SignAhead:
		return Behind
	}
	if s.Severity == Note {
		return Fine
	}
	return Ailing
}

// conclude fills the state in from its signs.
func (v *view) conclude() State {
	s := v.State
	if !s.Paired() {
		s.Condition, s.Title = Pending, Words{"待配对", "waiting to be paired"}
		s.Cause = Words{"还没有设备连接这块屏", "no device has been connected to this screen yet"}
		s.Next = Words{"开启屏上的程序，在“配对新屏”页输入屏上显示的六位数字", "start the program on the screen and enter the six digits that it shows on the page Pair a screen"}
		return s
	}
	s.Signs = v.judge()
	if len(s.Signs) > 0 {
		top := s.Signs[0]
		if s.Condition = top.condition(); s.Condition != Fine {
			s.Title, s.Cause, s.Next = top.Title, top.Cause, top.Next
			return s
		}
	}
	s.Condition, s.Title = Fine, Words{"正常", "fine"}
	if s.Report != nil && s.Report.Showing.Page == wire.Dark {
		s.Title = Words{"正常 · 熄屏", "fine, dark"}
		s.Cause = v.darkness()
		glow, next := glowing(v.Report.Vitals.Output)
		s.Cause, s.Next = s.Cause.with(glow), next
	} else if len(s.Signs) > 0 {
		top := s.Signs[0]
		s.Title = Words{"正常 · " + top.Title.Zh, "fine, " + top.Title.En}
		s.Cause, s.Next = top.Cause, top.Next
	}
	return s
}

func (v *view) darkness() Words {
	if until := v.Report.Vitals.Output.DarkUntil; !v.now.Reached(until) {
		at := v.clock(until)
		return Words{"技术人员让它熄屏到 " + at + "，红色和橙色预警照样亮出来", "a technician darkened it until " + at + "; red and orange alerts are shown nevertheless"}
	}
	w := Words{"现在是这块屏的熄屏时段", "these are its dark hours"}
	if l := v.State.Screen.Screen.Light; l != nil && l.Dark != nil {
		from, to := l.Dark.From.String(), l.Dark.To.String()
		w = Words{"现在是熄屏时段（" + from + "—" + to + "）", "these are its dark hours, " + from + " to " + to}
	}
	return Words{w.Zh + "，红色和橙色预警照样亮出来", w.En + "; red and orange alerts are shown nevertheless"}
}

// glowing says whether the monitor of a dark screen is really off, and if not what
// can be done about it.
func glowing(o wire.Output) (cause, next Words) {
	if o.Power == wire.PowerOff {
		return Words{"。显示器已经关掉（机器确认）", ". The monitor is off, as its machine confirms"}, next
	}
	switch o.Glow {
	case wire.GlowUnable:
		return Words{"。画面是黑的，但显示器还亮着：这台机器没有关显示器的办法（没有 DPMS）", ". The picture is black but the monitor stays lit: this machine has no means to switch it off (no DPMS)"},
			Words{"不碍事；要省电，请换带 DPMS 的显卡驱动，或用显示器自带的定时", "no harm is done; to save power use a graphics driver with DPMS, or the monitor's own timer"}
	case wire.GlowUnwanted:
		return Words{"。画面是黑的，显示器照常亮着：设备配置不让关（window.standby = false，或不是全屏）", ". The picture is black and the monitor stays lit: the device's configuration forbids to switch it off (window.standby = false, or no full screen)"}, next
	case wire.GlowFailed:
		return Words{"。画面是黑的，但显示器没有关：" + o.GlowDetail, ". The picture is black but the monitor is not off: " + o.GlowDetail},
			Words{"设备每 5 秒再试；一直不行请点“取日志”看原因", "the device tries again every 5 s; if that goes on fetch its log"}
	case wire.GlowDisobeys:
		return Words{"。画面是黑的，但显示器没有关：已发了关的命令，机器报告它还亮着", ". The picture is black but the monitor is not off: it was told to, and the machine says that it is still lit"},
			Words{"请看有没有别的程序在管显示器电源；仍不行请更新显卡驱动", "look whether another program manages the monitor's power; otherwise update the graphics driver"}
	}
	return cause, next
}
