package browse_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"mingbai/controller"
	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// herd is many screens without machines: rows of the store, and what devices
// would have told the fleet.
type herd struct {
	c       *controller.Controller
	sites   []playlist.Site
	have    map[playlist.SiteID]map[playlist.ChannelID]playlist.Revision // newest editions, by site
	screens []playlist.Screen
	now     time.Time
}

// rooms are where screens hang.
var rooms = []string{"便民服务站", "文化礼堂", "村口", "一楼大厅", "卫生室门口", "党群服务中心"}

// drive puts n screens into a controller's villages and towns and lets all of
// them say that they are well.
func drive(ctx context.Context, c *controller.Controller, n int) (*herd, error) {
	h := &herd{c: c, now: time.Now(), have: map[playlist.SiteID]map[playlist.ChannelID]playlist.Revision{}}
	tree, err := c.Store.Tree(ctx)
	if err != nil {
		return nil, err
	}
	channels, err := c.Store.Channels(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range tree.Sites() {
		if s.Parent == "" {
			continue
		}
		h.sites = append(h.sites, s)
		have := map[playlist.ChannelID]playlist.Revision{}
		for _, up := range tree.PathIDs(s.ID) {
			for _, ch := range channels {
				if ch.ID.Site == up && ch.Revision > 0 {
					have[ch.ID] = ch.Revision
				}
			}
		}
		h.have[s.ID] = have
	}
	err = c.Store.Update(ctx, func(t *store.Tx) error {
		for i := range n {
			site := h.sites[i%len(h.sites)]
			s := playlist.Screen{ID: playlist.ScreenID(fmt.Sprintf("h-%05d", i)), Site: site.ID, Kind: playlist.Touch, Name: fmt.Sprintf("%s %s", site.Name, rooms[i%len(rooms)]),
				Panel: playlist.Panel{Width: 1080, Height: 1920, WidthMM: 529, HeightMM: 941}}
			if i >= len(h.sites) {
				s.Name = fmt.Sprintf("%s%d 号", s.Name, i/len(h.sites)+1)
			}
			if i%3 == 1 {
				s.Kind, s.Panel = playlist.LED, playlist.Panel{Width: 192, Height: 64, WidthMM: 1920, HeightMM: 640}
			}
			if err := t.PutScreen(ctx, s, "zh"); err != nil {
				return err
			}
			if err := t.BindDevice(ctx, s.ID, h.key(s.ID), h.now.AddDate(0, 0, -40)); err != nil {
				return err
			}
			if err := t.PutSettings(ctx, s.ID, 1, wire.Envelope{}); err != nil {
				return err
			}
			if err := t.SetProgram(ctx, s.ID, "kiosk 1.4.0", "linux/amd64", string(s.ID)); err != nil {
				return err
			}
			h.screens = append(h.screens, s)
		}
		return nil
	})
	for _, s := range h.screens {
		if err == nil {
			err = h.well(ctx, s)
		}
	}
	return h, err
}

func (h *herd) key(id playlist.ScreenID) []byte {
	sum := sha256.Sum256([]byte(id))
	return sum[:]
}

// well lets a screen connect and report that nothing is wrong.
func (h *herd) well(ctx context.Context, s playlist.Screen) error {
	_, err := h.c.Fleet.Hello(ctx, wire.Hello{
		Key: h.key(s.ID), Screen: s.ID, Program: "kiosk 1.4.0", System: "linux/amd64", Kind: s.Kind, Panel: s.Panel, Host: string(s.ID), Settings: 1, Have: h.have[s.Site],
	}, "10.20.0.9:4711")
	if err != nil {
		return err
	}
	return h.says(ctx, s, nil)
}

// says lets a screen report; change makes of a well one another.
func (h *herd) says(ctx context.Context, s playlist.Screen, change func(*wire.Report)) error {
	at := time.Now()
	r := wire.Report{Time: at, Showing: wire.Showing{Page: "fallback", Since: at.Add(-time.Minute), Why: "没有可播的内容"}, Vitals: wire.Vitals{
		CPU: 12 + float64(len(s.Name)%9), MemoryUsed: 1 << 30, MemoryTotal: 4 << 30, DiskFree: 20 << 30, DiskTotal: 60 << 30, Temperature: 46, Uptime: 83 * 86400, Running: 83 * 86400,
		Heartbeat: at, ContentAsOf: at, Output: wire.Output{Display: wire.Plugged, Touch: wire.Plugged, Brightness: 80, Volume: 40},
		Picture: wire.Picture{At: at, Luma: 120, Changed: at}, Program: wire.Program{Version: "1.4.0", Starts: 1, Before: wire.EndedPower}, Line: wire.Line{RTT: 18, Pings: 60},
	}}
	r.Showing.Page, r.Showing.Why = "home", "有人在用"
	if change != nil {
		change(&r)
	}
	return h.c.Fleet.Report(ctx, s.ID, r)
}

// away lets a screen be away since ago.
func (h *herd) away(s playlist.Screen, ago time.Duration) {
	h.c.Fleet.Gone(s.ID, h.now.Add(-ago), "no answer to pings")
}

// ill gives the first screens every condition that there is, one each, with
// notices on their displays.
func (h *herd) ill(ctx context.Context) error {
	notices, err := h.c.Store.Notices(ctx, store.NoticeFilter{Limit: 8})
	if err != nil {
		return err
	}
	ails := []func(*wire.Report){
		func(r *wire.Report) { r.Vitals.Picture.Black, r.Vitals.Picture.Luma = true, 0 },
		func(r *wire.Report) { r.Vitals.Heartbeat = r.Time.Add(-4 * time.Minute) },
		func(r *wire.Report) { r.Vitals.Temperature = 91 },
		func(r *wire.Report) { r.Vitals.DiskFree = 1 << 30 },
		func(r *wire.Report) { r.Vitals.ClockOffset = -187 },
		func(r *wire.Report) { r.Vitals.Output.Display = wire.Unplugged },
		func(r *wire.Report) { r.Vitals.Output.Touch = wire.Unplugged },
		func(r *wire.Report) { r.Vitals.Line = wire.Line{RTT: 640, Pings: 60, Lost: 30, Dropped: 9} },
		func(r *wire.Report) { r.Vitals.Program.Crashes, r.Vitals.Program.Starts = 5, 6 },
		func(r *wire.Report) { r.Vitals.Storage.Missing = 3 },
		func(r *wire.Report) { r.Vitals.OutputsLost = "192.168.8.21,192.168.8.22" },
		func(r *wire.Report) { r.Vitals.ContentAsOf = r.Time.Add(-50 * time.Hour) },
		func(r *wire.Report) { r.Vitals.Program.Version = "1.3.2" },
		func(r *wire.Report) {
			r.Vitals.Program.Update = wire.UpdateState{Version: "1.5.0", Step: wire.UpdateFailed, At: r.Time.Add(-time.Hour), Error: "no frame within a minute"}
		},
		func(r *wire.Report) { r.Showing = wire.Showing{Page: wire.Dark, Since: r.Time.Add(-time.Hour)} },
	}
	for i, s := range h.screens {
		var change func(*wire.Report)
		if i < len(ails) {
			change = ails[i]
		}
		n := notices[i%len(notices)]
		err := h.says(ctx, s, func(r *wire.Report) {
			r.Showing = wire.Showing{Notice: n.ID, Version: 1, Page: "loop", Since: r.Time.Add(-time.Minute), Why: "工作日循环播放"}
			if change != nil {
				change(r)
			}
		})
		if err != nil {
			return err
		}
	}
	if len(h.screens) > len(ails)+4 {
		rest := h.screens[len(ails):]
		h.away(rest[0], 42*time.Minute)
		h.away(rest[1], 3*time.Hour+10*time.Minute)
		h.away(rest[2], 30*time.Hour)
		for ch, rev := range h.have[rest[3].Site] {
			return h.c.Fleet.Refused(ctx, rest[3].ID, wire.Refused{Channel: ch, Revision: rev, Reason: wire.ReasonWrongKey, Detail: "the key is not the one of the settings"})
		}
	}
	return nil
}

// warn puts warnings into the store: a line that is down, one that somebody took,
// and some that are over.
func (h *herd) warn(ctx context.Context) error {
	at := func(ago time.Duration) time.Time { return h.now.Add(-ago) }
	site, s := h.sites[0], h.screens
	line := store.Warning{
		ID: "w-line", Scope: "site:" + string(site.ID), Site: site.ID, Screens: []playlist.ScreenID{s[0].ID, s[1].ID, s[2].ID}, Kind: string(fleet.SignOffline), Severity: int(fleet.Urgent),
		Opened: at(42 * time.Minute), Shown: at(41 * time.Minute), TitleZh: site.Name + "线路中断，3 块屏幕离线", TitleEn: "The line of " + site.Name + " is down: 3 screens are offline",
		CauseZh: "3 块屏在一分钟内先后断开；断线前丢包 30%", CauseEn: "3 screens went within a minute; 30 % of packets were lost before", NextZh: "请先打电话问村里是否停电，再看光猫", NextEn: "telephone and ask for a power cut, then look at the modem",
	}
	taken := line
	taken.ID, taken.Scope, taken.Screens, taken.Kind, taken.Severity = "w-taken", string(s[3].ID), []playlist.ScreenID{s[3].ID}, string(fleet.SignDisk), int(fleet.Warn)
	taken.Opened, taken.Shown, taken.Acknowledged, taken.Actor, taken.Remark = at(26*time.Hour), at(26*time.Hour), at(2*time.Hour), "wangfang", "已打电话，下午去换盘"
	taken.TitleZh, taken.TitleEn, taken.CauseZh, taken.CauseEn = "磁盘将满", "the disk is filling", "只剩 1.0 GB，占 2%", "1.0 GB free, 2 %"
	over := taken
	over.ID, over.Closed, over.Shown, over.Opened = "w-over", at(3*time.Hour), at(30*time.Hour), at(30*time.Hour)
	alone := over
	alone.ID, alone.Acknowledged, alone.Actor, alone.Remark = "w-alone", time.Time{}, "", ""
	alone.Shown, alone.Opened, alone.Closed = at(200*time.Hour), at(200*time.Hour), at(199*time.Hour)
	return h.c.Store.Update(ctx, func(t *store.Tx) error {
		for _, w := range []store.Warning{line, taken, over, alone} {
			if err := t.PutWarning(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

// patrol lets screens look themselves over on a day: every eleventh does not, and
// every seventh finds something.
func (h *herd) patrol(ctx context.Context, day time.Time) error {
	return h.c.Store.Update(ctx, func(t *store.Tx) error {
		for i, s := range h.screens {
			if i%11 == 10 {
				continue
			}
			at := time.Date(day.Year(), day.Month(), day.Day(), 5, i%60, 0, 0, day.Location())
			p := store.Patrol{Screen: s.ID, Day: day.Format(time.DateOnly), At: at, Found: wire.Patrol{At: at, Items: []wire.PatrolItem{
				{Check: wire.PatrolContent, OK: true, Zh: "内容完整", En: "the content is whole"},
				{Check: wire.PatrolClock, OK: true, Zh: "时钟准", En: "the clock is right"},
			}}}
			if i%7 == 3 {
				p.Bad = 1
				p.Found.Items[i%2] = wire.PatrolItem{Check: []wire.PatrolCheck{wire.PatrolDisk, wire.PatrolTouch}[i%2], Zh: "触摸屏没有接上", En: "the touch panel is not connected", Detail: "no device in /dev/input"}
				if i%2 == 0 {
					p.Found.Items[0].Zh, p.Found.Items[0].En, p.Found.Items[0].Detail = "磁盘只剩 1.2 GB", "1.2 GB are free on the disk", "1.2 of 60 GB"
				}
			}
			if err := t.PutPatrol(ctx, p); err != nil {
				return err
			}
		}
		return nil
	})
}
