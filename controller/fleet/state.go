package fleet

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Condition is how a screen is, in one word.
type Condition string

// The conditions, the worst first.
const (
	Offline  Condition = "offline"  // 离线
	Refusing Condition = "refusing" // 拒收: it refused what was sent
	Behind   Condition = "behind"   // 内容未更新
	Ailing   Condition = "ailing"   // 设备异常: the machine has trouble
	Pending  Condition = "pending"  // 待配对
	Fine     Condition = "fine"     // 正常
)

// Words is a text in the two languages of the console.
type Words struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// State is a screen as a technician sees it: the row, what is known at this
// moment, and what it means.
type State struct {
	store.Screen
	Online    bool         `json:"online"`
	Since     time.Time    `json:"since,omitzero"` // of being online or offline
	Remote    string       `json:"remote,omitempty"`
	Seen      time.Time    `json:"seen,omitzero"` // the last report
	Report    *wire.Report `json:"report,omitempty"`
	Condition Condition    `json:"condition"`
	Title     Words        `json:"title"` // 离线 12 分钟
	Cause     Words        `json:"cause,omitzero"`
	Next      Words        `json:"next,omitzero"` // what to do

	// Desired is the newest revision of every channel that the screen shows.
	Desired map[playlist.ChannelID]playlist.Revision `json:"desired"`
}

// Paired reports whether the screen has a device.
func (s State) Paired() bool { return s.Key != nil }

// List returns all screens with their state, by site and name.
func (f *Fleet) List(ctx context.Context) ([]State, error) {
	rows, err := f.screens(ctx)
	if err != nil {
		return nil, err
	}
	tree, err := f.cfg.Store.Tree(ctx)
	if err != nil {
		return nil, err
	}
	channels, err := f.cfg.Store.Channels(ctx)
	if err != nil {
		return nil, err
	}
	latest := make(map[playlist.ChannelID]playlist.Revision, len(channels))
	for _, c := range channels {
		if c.Revision > 0 {
			latest[c.ID] = c.Revision
		}
	}
	states := make([]State, 0, len(rows))
	for _, row := range rows {
		states = append(states, f.state(row, tree, latest))
	}
	return states, nil
}

// StateOf returns one screen with its state.
func (f *Fleet) StateOf(ctx context.Context, id playlist.ScreenID) (State, error) {
	row, err := f.cfg.Store.Screen(ctx, id)
	if err != nil {
		return State{}, err
	}
	tree, err := f.cfg.Store.Tree(ctx)
	if err != nil {
		return State{}, err
	}
	latest, err := f.cfg.Store.Revisions(ctx, channelsOf(tree, row.Site))
	if err != nil {
		return State{}, err
	}
	return f.state(row, tree, latest), nil
}

func (f *Fleet) state(row store.Screen, tree *store.Tree, latest map[playlist.ChannelID]playlist.Revision) State {
	s := State{Screen: row, Desired: map[playlist.ChannelID]playlist.Revision{}}
	for _, ch := range channelsOf(tree, row.Site) {
		if rev := latest[ch]; rev > 0 {
			s.Desired[ch] = rev
		}
	}
	now := f.cfg.Now()
	var why string
	f.mu.Lock()
	if l := f.live[row.ID]; l != nil && row.Key != nil && l.key == [32]byte(row.Key) {
		s.Online, s.Since, s.Remote, why = l.online, l.since, l.remote, l.why
		if l.health != nil {
			s.Seen, s.Report = l.health.At, &l.health.Report
		}
		if l.adopted != nil {
			s.ReportedSettings, s.Reported, s.ReportedAt, s.Refused = l.adopted.Settings, l.adopted.Have, l.at, l.refused
		}
	}
	f.mu.Unlock()
	if s.Since.IsZero() {
		s.Since = row.Enrolled
	}
	f.judge(&s, why, now)
	return s
}

// judge says what the state means, in the order in which a person should care.
func (f *Fleet) judge(s *State, why string, now time.Time) {
	if !s.Paired() {
		s.Condition, s.Title = Pending, Words{"待配对", "waiting to be paired"}
		s.Cause = Words{"还没有设备连接这块屏", "no device has been connected to this screen yet"}
		s.Next = Words{"开启屏上的程序，在“配对新屏”页输入屏上显示的六位数字", "start the program on the screen and enter the six digits that it shows on the page Pair a screen"}
		return
	}
	silent := now.Sub(cmp.Or(s.Seen, s.Since))
	if !s.Online || silent > f.cfg.Offline && now.Sub(s.Since) > f.cfg.Offline {
		s.Condition = Offline
		since := now.Sub(s.Since)
		if s.Online {
			since = silent
		}
		zh, en := span(since)
		s.Title = Words{"离线 " + zh, "offline for " + en}
		s.Cause = Words{"连接断开，屏上继续显示已下载的内容", "the connection is gone; the screen goes on with what it has"}
		if why != "" {
			s.Cause.En += " (" + why + ")"
		}
		if s.Online {
			s.Cause = Words{"连接还在，但很久没有收到它的报告", "it is connected but has not reported for long"}
		}
		s.Next = Words{"请看这块屏是否通电、网线是否插好；恢复后会自动续传", "check its power and its network; it catches up by itself"}
		return
	}
	if s.Refused != nil {
		s.Condition, s.Title = Refusing, Words{"拒收内容", "refuses content"}
		s.Cause = Words{"屏拒收了一期内容：" + reasonZh(s.Refused.Reason), "it refused an edition: " + s.Refused.Detail}
		s.Next = Words{"请点“重新加载”；仍不行请联系技术人员", "use reload; if that does not help call a technician"}
		if s.Refused.Reason == wire.ReasonStorage {
			s.Next = Words{"请检查这台机器的磁盘是否已满或损坏", "check whether the disk of this machine is full or failing"}
		}
		return
	}
	if s.judgeContent(now) {
		return
	}
	if s.Report != nil && f.judgeMachine(s, now) {
		return
	}
	s.Condition, s.Title = Fine, Words{"正常", "fine"}
	if s.Report != nil && s.Report.Showing.Page == wire.Dark {
		s.Title = Words{"正常 · 熄屏", "fine, dark"}
		s.Cause = Words{"现在是这块屏的熄屏时段", "these are its dark hours"}
		if l := s.Screen.Screen.Light; l != nil && l.Dark != nil {
			s.Cause = Words{fmt.Sprintf("现在是熄屏时段（%s—%s）", l.Dark.From, l.Dark.To), fmt.Sprintf("these are its dark hours, %s to %s", l.Dark.From, l.Dark.To)}
		}
		s.Cause.Zh += "，红色和橙色预警照样亮出来"
		s.Cause.En += "; red and orange alerts are shown nevertheless"
	}
}

// judgeContent looks whether the screen has what it should show.
func (s *State) judgeContent(now time.Time) bool {
	behind, ahead := 0, false
	for ch, want := range s.Desired {
		have := s.Reported[ch]
		if have < want {
			behind++
		}
		ahead = ahead || have > want
	}
	switch {
	case ahead:
		s.Condition, s.Title = Behind, Words{"版本高于总台", "newer than the controller"}
		s.Cause = Words{"总台的数据可能从旧备份恢复过，屏不会倒退", "the controller's data may come from an older backup; the screen does not go back"}
		s.Next = Words{"请联系技术人员：恢复更新的备份，或删除这块屏后重新配对", "call a technician: restore a newer backup, or remove the screen and pair it again"}
	case behind > 0:
		zh, en := span(now.Sub(cmp.Or(s.ReportedAt, s.Since)))
		s.Condition, s.Title = Behind, Words{"内容未更新", "content not up to date"}
		s.Cause = Words{fmt.Sprintf("有 %d 个频道的新内容还没有换上，%s前有过更新", behind, zh), fmt.Sprintf("%d channels have newer content; last change %s ago", behind, en)}
		s.Next = Words{"正在下载，请稍候；超过十分钟请点“重新加载”", "it is downloading; after ten minutes use reload"}
	case s.ReportedSettings < s.SettingsRevision:
		s.Condition, s.Title = Behind, Words{"设置未更新", "settings not up to date"}
		s.Cause = Words{"新的设置还没有生效", "the newest settings are not in use yet"}
		s.Next = Words{"请稍候；超过十分钟请点“重新加载”", "wait; after ten minutes use reload"}
	default:
		return false
	}
	return true
}

// judgeMachine looks at the vitals of the last report.
func (f *Fleet) judgeMachine(s *State, now time.Time) bool {
	v := s.Report.Vitals
	switch {
	case !v.Heartbeat.IsZero() && s.Report.Time.Sub(v.Heartbeat) > time.Minute:
		s.Cause = Words{"画面超过一分钟没有刷新", "nothing was painted for over a minute"}
		s.Next = Words{"请点“重启程序”", "restart the program"}
	case v.OutputsLost != "":
		s.Cause = Words{"LED 控制器连不上：" + v.OutputsLost, "LED controllers cannot be sent to: " + v.OutputsLost}
		s.Next = Words{"请检查控制器的电源、网线和地址", "check power, cable and address of the LED controllers"}
	case v.ClockSuspect || v.ClockOffset > 300 || v.ClockOffset < -300:
		s.Cause = Words{fmt.Sprintf("机器时钟不准，相差 %.0f 秒", v.ClockOffset), fmt.Sprintf("the machine's clock is off by %.0f s", v.ClockOffset)}
		s.Next = Words{"请校准这台机器的时间；主板电池可能没电了", "set the clock of this machine; its battery may be empty"}
	case v.DiskTotal > 0 && v.DiskFree < 200<<20:
		s.Cause = Words{fmt.Sprintf("磁盘只剩 %d MB", v.DiskFree>>20), fmt.Sprintf("only %d MB of disk are left", v.DiskFree>>20)}
		s.Next = Words{"请清理这台机器的磁盘", "make room on the disk of this machine"}
	case v.Temperature >= 85:
		s.Cause = Words{fmt.Sprintf("温度 %.0f ℃，过热", v.Temperature), fmt.Sprintf("it is %.0f °C, too hot", v.Temperature)}
		s.Next = Words{"请检查风扇和通风", "check fan and ventilation"}
	case v.MemoryTotal > 0 && float64(v.MemoryUsed) > 0.95*float64(v.MemoryTotal):
		s.Cause = Words{"内存几乎用完", "memory is nearly used up"}
		s.Next = Words{"请点“重启程序”；常出现请联系技术人员", "restart the program; if it comes back call a technician"}
	default:
		return false
	}
	s.Condition, s.Title = Ailing, Words{"设备异常", "machine trouble"}
	return true
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

func reasonZh(r wire.Reason) string {
	switch r {
	case wire.ReasonUnsigned:
		return "没有签名"
	case wire.ReasonWrongKey:
		return "签名的密钥不对"
	case wire.ReasonChannel:
		return "不是这块屏的频道"
	case wire.ReasonOlder:
		return "版本比屏上的旧"
	case wire.ReasonDamaged:
		return "数据损坏"
	case wire.ReasonOversized:
		return "超过大小限制"
	case wire.ReasonStorage:
		return "磁盘写不进去"
	}
	return string(r)
}
