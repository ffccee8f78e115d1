package fleet

import (
	"context"
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
	Since     time.Time    `json:"since,omitzero"`   // of being online or offline
	Left      bool         `json:"left,omitempty"`   // it said goodbye: the program was ended in order
	Silent    bool         `json:"silent,omitempty"` // it was given up because nothing came for 24 s
	Remote    string       `json:"remote,omitempty"`
	Seen      time.Time    `json:"seen,omitzero"` // the last report
	Report    *wire.Report `json:"report,omitempty"`
	Condition Condition    `json:"condition"`
	Title     Words        `json:"title"` // 离线 12 分钟
	Cause     Words        `json:"cause,omitzero"`
	Next      Words        `json:"next,omitzero"` // what to do

	// Signs is all that is wrong, the worst first; Condition, Title, Cause and
	// Next are those of the first.
	Signs []Sign `json:"signs,omitempty"`

	// Desired is the newest revision of every channel that the screen shows.
	Desired map[playlist.ChannelID]playlist.Revision `json:"desired"`
}

// Paired reports whether the screen has a device.
func (s State) Paired() bool { return s.Key != nil }

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
	latest, err := f.cfg.Store.Latest(ctx)
	if err != nil {
		return State{}, err
	}
	rows, err := f.cfg.Store.Roster(ctx)
	if err != nil {
		return State{}, err
	}
	f.census.mu.Lock()
	newest := f.newestOf(f.census.usually(rows))
	f.census.mu.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock() // what is remembered of the screen is read in place
	state, _ := f.judge(&row, f.live[id], tree, desiredAt(tree, row.Site, latest), newest, f.cfg.Now())
	return state, nil
}

// judge says how a screen is, by its row and by what is known of it, if anything,
// and until when it is that if only the clock goes on. The caller holds mu.
func (f *Fleet) judge(row *store.Screen, l *live, tree *store.Tree, desired map[playlist.ChannelID]playlist.Revision, newest map[string]string, now time.Time) (State, time.Time) {
	v := view{tree: tree, newest: newest, zone: f.cfg.Zone, silence: f.cfg.Offline, now: at(now)}
	s := &v.State
	s.Screen, s.Desired = *row, desired
	if l != nil && row.Key != nil && l.key == [32]byte(row.Key) {
		is := l.known()
		s.Online, s.Since, s.Remote = is.online, is.since, is.remote
		s.Left = !is.online && leftByItself(is.why)
		s.Silent = !is.online && fellSilent(is.why)
		v.why, v.refused, v.memory, v.stranger, v.patrol = is.why, is.refusedAt, l.memory, is.stranger, is.patrol
		v.conduct, v.starved = l.conduct.recent(&v.now), is.starved
		if is.health != nil {
			s.Seen, s.Report = is.health.At, &is.health.Report
		}
		if is.adopted != nil {
			s.ReportedSettings, s.Reported, s.ReportedAt, s.Refused = is.adopted.Settings, is.adopted.Have, is.at, is.refused
		}
		v.lagging = l.lag(&v)
	}
	if s.Since.IsZero() {
		s.Since = row.Enrolled
	}
	state := v.conclude()
	return state, v.now.until
}

// lag notes since when a screen lacks something and returns it.
func (l *live) lag(v *view) time.Time {
	behind, ahead := v.lag()
	switch lacks := behind > 0 || ahead || v.ReportedSettings < v.SettingsRevision; {
	case !lacks:
		l.lagging = time.Time{}
	case l.lagging.IsZero():
		l.lagging = v.now.t
	}
	return l.lagging
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
