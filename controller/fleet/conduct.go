package fleet

import (
	"fmt"
	"time"

	"mingbai/controller/hub"
	"mingbai/playlist"
)

// conductFor is how long a sign stays after the last time that a device did it: a
// device that was sent away comes back within five minutes, and does it again.
const conductFor = 15 * time.Minute

// conduct is what a device did that it should not, as the hub and the server of
// blobs saw it. Nearly no screen has any.
type conduct map[hub.Deed]done

// done is how often something was done without a break of conductFor.
type done struct {
	first, last time.Time
	times       int
}

// Greedy is a deed that the server of blobs sees: the same files again and again.
const Greedy hub.Deed = "greedy"

// deeds are the signs that deeds make, in the order of kinds.
var deeds = []struct {
	deed  hub.Deed
	kind  Kind
	least int // times until it is a sign
	title Words
}{
	{hub.Garbled, SignGarbage, 1, Words{"发来的数据读不懂", "sends what cannot be read"}},
	{hub.Boasted, SignFalse, 1, Words{"报告不实", "claims what it lacks"}},
	{hub.Stormed, SignStorming, 1, Words{"报告太多", "says too much"}},
	{Greedy, SignGreedy, 1, Words{"反复下载", "downloads again and again"}},
	{hub.Stalled, SignStalled, 2, Words{"收不下数据", "does not take data"}}, // once is a line that was cut
	{hub.Flapped, SignFlapping, 1, Words{"反复断开又连上", "connects again and again"}},
}

// Misconduct is a kind of sign of what a device does and should not, with the
// title that each such sign has.
type Misconduct struct {
	Kind  Kind
	Title Words
}

// Misconducts are all there are, the gravest first.
func Misconducts() []Misconduct {
	out := make([]Misconduct, 0, len(deeds))
	for _, d := range deeds {
		out = append(out, Misconduct{d.kind, d.title})
	}
	return out
}

// Misdeed notes what a device did and should not; hub.Options.Told.
func (f *Fleet) Misdeed(screen playlist.ScreenID, deed hub.Deed, at time.Time) {
	f.mu.Lock()
	l := f.live[screen]
	fresh := false
	if l != nil {
		if l.conduct == nil {
			l.conduct = conduct{}
		}
		d := l.conduct[deed]
		if fresh = at.Sub(d.last) > conductFor; fresh {
			d = done{first: at}
		}
		d.last = at
		d.times++
		l.conduct[deed] = d
	}
	f.mu.Unlock()
	if l == nil {
		return
	}
	if fresh {
		f.cfg.Log.Warn("A device is over its measure.", "screen", string(screen), "deed", string(deed))
	}
	f.stir()
}

// recent copies what still counts; the caller holds mu.
func (c conduct) recent(now *moment) conduct {
	var out conduct
	for deed, d := range c {
		if !now.Past(d.last.Add(conductFor)) {
			if out == nil {
				out = conduct{}
			}
			out[deed] = d
		}
	}
	return out
}

// conducted tells one conduct from another: every deed makes another one.
type conducted struct {
	times int
	last  time.Time
}

func (c conduct) conducted() (is conducted) {
	for _, d := range c {
		is.times += d.times
		if d.last.After(is.last) {
			is.last = d.last
		}
	}
	return is
}

// misbehaving adds the signs of what the controller itself saw the device do.
func (v *view) misbehaving(add func(Sign, bool)) {
	for _, known := range deeds {
		if d := v.conduct[known.deed]; d.times >= known.least {
			add(v.sayDeed(known.kind, d), true)
		}
	}
}

func (v *view) sayDeed(kind Kind, d done) Sign {
	s := Sign{Kind: kind, Severity: Warn, Since: d.first}
	for _, known := range deeds {
		if known.kind == kind {
			s.Title = known.title
		}
	}
	set := func(cause, next Words) { s.Cause, s.Next = cause, next }
	restart := Words{"请点“重启程序”；还这样，请看它的日志，联系软件供应方", "restart the program; if it goes on look at its log and call the maker"}
	switch kind {
	case SignStorming:
		set(Words{"它不停地发报告，总台已让它慢下来，再多就先断开它；别的屏不受影响", "it reports without a pause; the controller slows it down and cuts it if it goes on; other screens are not affected"}, restart)
	case SignGarbage:
		set(Words{fmt.Sprintf("它发来 %d 次读不懂的数据，总台每次都断开它，再发就几分钟不让它连", d.times), fmt.Sprintf("it sent unreadable data %d times and was cut each time; if it goes on it is refused for some minutes", d.times)},
			Words{"请点“重启程序”；还这样，请重装屏上的程序，再不行多半是内存或网卡坏了，请换机器", "restart the program; if it goes on install it anew, then replace the machine: its memory or network card may be failing"})
	case SignFalse:
		set(Words{"它说已换上的内容，总台从来没有发给它；总台没有采信", "it says that it shows content that was never sent to it; the controller does not believe it"},
			Words{"请到现场看屏上是什么；请查这台机器有没有被人动过，清空它的数据文件夹后重新配对", "see on site what it shows; find out whether somebody tampered with it, empty its data folder and pair it anew"})
	case SignGreedy:
		set(Words{"它反复来要已经给过的文件，总台已限制它；多半是缓存存不住", "it asks for files again that it has got; the controller limits it; probably its cache does not keep them"},
			Words{"请看它的磁盘是否已满或损坏，再点“重启机器”", "check whether its disk is full or failing, then reboot the machine"})
	case SignStalled:
		set(Words{fmt.Sprintf("它连着却不收数据，总台断开了它 %d 次；它回来后会补发", d.times), fmt.Sprintf("it is connected but does not read; the controller cut it %d times and sends everything when it is back", d.times)},
			v.call(Words{"请先看线路是否太慢，再点“重启程序”", "see whether its line is too slow, then restart the program"}))
	case SignFlapping:
		set(Words{fmt.Sprintf("它连得太频繁，总台已有 %d 次让它等一会儿再来", d.times), fmt.Sprintf("it connects too often; the controller told it %d times to wait a little", d.times)},
			v.call(Words{"请看网线、路由器和电源是否接触不良；都好的话请看它的日志，程序可能反复重启", "look for a loose cable, router or power plug; if all is well look at its log, the program may keep restarting"}))
	}
	return s
}

// sentAway is why the controller itself keeps an offline device away for a while,
// with what to try first.
func (v *view) sentAway() (cause, next Words, is bool) {
	for _, known := range deeds {
		if d := v.conduct[known.deed]; d.times >= known.least && known.deed != Greedy && known.deed != hub.Boasted {
			s := v.sayDeed(known.kind, d)
			return s.Cause, s.Next, true
		}
	}
	return cause, next, false
}

// muteAfter is how long a connected device may leave an edition unanswered before
// that is said of it.
const muteAfter = 5 * time.Minute

// mute reports whether a device that lacks something for so long is connected and
// reports, but does not acknowledge anything.
func (v *view) mute(lacks time.Duration) bool {
	return v.Online && lacks >= muteAfter && v.now.Reached(v.Since.Add(muteAfter)) && !v.now.Past(v.Seen.Add(v.silence)) && v.ReportedAt.Before(v.lagging)
}

func (v *view) sayMute(lacks time.Duration) (cause, next Words) {
	zh, en := span(lacks)
	return Words{"总台早已发给它，它还在报告，却 " + zh + "没有确认换上；屏上还是旧内容", "it was sent everything and reports, but has not confirmed it for " + en + "; it shows what it had before"},
		Words{"请点“重新加载”；还不确认请点“重启程序”，仍不行请看它的日志和磁盘", "use reload; if it does not confirm then restart the program, and if that does not help look at its log and disk"}
}
