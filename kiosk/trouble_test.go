package kiosk

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/configs/intake"
	"mingbai/controller"
	"mingbai/controller/publish"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

const (
	healed      = 60 * time.Second // within which every screen is right again (DOMAIN R07)
	troubleFor  = 6 * time.Second
	pictureSize = 300 << 10 // bytes, more than rides along in a push
)

// troubles are the faults by name. begin makes a line bad; connections that are
// open then are ended only by those that say so.
var troubles = []struct {
	name    string
	little  bool // stands in the village that has little content
	patient bool // its line answers after seconds
	begin   func(*testing.T, *badLine, <-chan struct{})
	// most is how many times the bytes that the content needs may come down
	// beside an allowance for every connection; 0 judges nothing. Where a screen
	// gives a line up, what was on its way is lost; a blob that is fetched anew
	// would be twice.
	most float64
}{
	{name: "none", most: 1},
	{name: "none, little content", little: true, most: 1},
	{name: "cut at random bytes coming down", most: 1.25, begin: func(t *testing.T, l *badLine, _ <-chan struct{}) {
		l.down.cut(2<<10, 120<<10)
		l.drop(t)
	}},
	{name: "cut at random bytes going up", most: 1.25, begin: func(t *testing.T, l *badLine, _ <-chan struct{}) {
		l.up.cut(200, 6<<10)
		l.drop(t)
	}},
	{name: "reset at random bytes", most: 1.25, begin: func(t *testing.T, l *badLine, _ <-chan struct{}) {
		// Its toxic makes every close a reset; that it never acts leaves the moment
		// to the shears.
		l.toxicAt(t, "downstream", "reset_peer", `{"timeout":0}`, 0)
		l.down.cut(2<<10, 120<<10)
		l.drop(t)
	}},
	{name: "reset as soon as something comes", begin: func(t *testing.T, l *badLine, _ <-chan struct{}) {
		l.toxicAt(t, "downstream", "reset_peer", `{"timeout":50}`, 0.8)
		l.drop(t)
	}},
	{name: "limited to 40 KB", most: 1.25, begin: func(t *testing.T, l *badLine, _ <-chan struct{}) {
		l.toxic(t, "downstream", "limit_data", `{"bytes":40000}`)
		l.drop(t)
	}},
	{name: "flapping once a second", begin: func(t *testing.T, l *badLine, over <-chan struct{}) {
		go func() { // ends with the trouble
			up := true
			for {
				select {
				case <-over:
					if !up {
						_ = l.proxy.Start() // a line that stays down is seen
					}
					l.settled <- struct{}{}
					return
				case <-time.After(time.Second / 2):
				}
				if up = !up; up {
					_ = l.proxy.Start()
				} else {
					l.proxy.Stop()
				}
			}
		}()
	}},
	{name: "64 kbit/s", most: 1.6, begin: func(t *testing.T, l *badLine, _ <-chan struct{}) {
		l.toxic(t, "downstream", "bandwidth", `{"rate":8}`)
		l.toxic(t, "upstream", "bandwidth", `{"rate":8}`)
	}},
	{name: "2 s late, more or less", patient: true, most: 1.6, begin: func(t *testing.T, l *badLine, _ <-chan struct{}) {
		l.toxic(t, "downstream", "latency", `{"latency":1000,"jitter":400}`)
		l.toxic(t, "upstream", "latency", `{"latency":1000,"jitter":400}`)
	}},
	{name: "cut, and closed late", most: 1.6, begin: func(t *testing.T, l *badLine, _ <-chan struct{}) {
		l.toxic(t, "downstream", "slow_close", `{"delay":1500}`)
		l.toxic(t, "upstream", "slow_close", `{"delay":1500}`)
		l.down.cut(2<<10, 120<<10)
		l.drop(t)
	}},
	{name: "one byte at a time", little: true, most: 1.25, begin: func(t *testing.T, l *badLine, _ <-chan struct{}) {
		l.toxic(t, "downstream", "slicer", `{"average_size":1,"size_variation":0,"delay":0}`)
		l.toxic(t, "upstream", "slicer", `{"average_size":1,"size_variation":0,"delay":0}`)
	}},
	{name: "nothing comes down", most: 1.6, begin: func(_ *testing.T, l *badLine, _ <-chan struct{}) { l.down.hold() }},
	{name: "nothing goes up", most: 1.6, begin: func(_ *testing.T, l *badLine, _ <-chan struct{}) { l.up.hold() }},
	{name: "partition", most: 1.6, begin: func(_ *testing.T, l *badLine, _ <-chan struct{}) { l.down.hold(); l.up.hold() }},
	{name: "what goes up is lost", begin: func(t *testing.T, l *badLine, _ <-chan struct{}) {
		l.toxic(t, "upstream", "timeout", `{"timeout":0}`)
	}},
}

// TestTrouble has screens behind lines that fail, each in its own way. Meanwhile the
// office publishes, corrects, takes down and warns. When the lines are healed every
// screen is right within a minute, with hardly more bytes than the content needs,
// and its record has come once, without a gap.
func TestTrouble(t *testing.T) {
	c := twoVillages(t)
	wrong := publishedIn(t, c, announced("qinghe", "cuowu", "写错了的公告"))
	publishedIn(t, c, announced("qinghe", "gaizheng", "将要更正的公告"))
	var screens []*troubled
	var all sync.WaitGroup
	for _, f := range troubles {
		s := &troubled{name: f.name, line: newBadLine(t, f.name, c.URL())}
		screens = append(screens, s)
		site := playlist.SiteID("liuxi")
		if f.little {
			site = "shiqiao"
		}
		all.Go(func() {
			s.switchOn(t, c, site, f.patient)
		})
	}
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
	for _, s := range screens {
		s.until(t, "it is up to date", func() bool { return s.has(t, c) })
	}

	over := make(chan struct{})
	for i, f := range troubles {
		if f.begin != nil {
			f.begin(t, screens[i].line, over)
		}
		screens[i].line.count(t)
	}
	pace := time.NewTicker(troubleFor / 6)
	defer pace.Stop()
	who := publish.Who{Actor: "test"}
	<-pace.C
	publishedIn(t, c, announced("liuxi", "tupian", "有图的公告", photographs(t, c, 2)...))
	<-pace.C
	if _, err := c.Desk.TakeDown(t.Context(), who, wrong.Notice, "内容有误"); err != nil {
		t.Fatal(err)
	}
	<-pace.C
	_, err := c.Desk.RaiseAlert(t.Context(), who, publish.AlertRequest{
		Site: "qinghe", Title: "暴雨橙色预警", Issuer: "青禾县应急管理局", Hotline: "0000-12345", Until: time.Now().Add(time.Hour),
		Alert: playlist.Alert{Type: "暴雨", Colour: playlist.Orange, Area: "全域", Action: "停止户外作业，低洼地带人员转移"},
	})
	if err != nil {
		t.Fatal(err)
	}
	<-pace.C
	better := announced("qinghe", "gaizheng", "更正了的公告")
	better.Version = 1
	corrected := publishedIn(t, c, better)
	<-pace.C
	publishedIn(t, c, announced("liuxi", "tupian-2", "又一个有图的公告", photographs(t, c, 2)...))
	<-pace.C

	began := time.Now()
	close(over)
	for _, s := range screens {
		all.Go(func() {
			if strings.HasPrefix(s.name, "flapping") {
				<-s.line.settled
			}
			s.line.heal(t)
			s.until(t, "it is right again", func() bool { return s.has(t, c) })
			s.right = time.Since(began)
		})
	}
	all.Wait()
	if t.Failed() {
		return
	}
	need := map[bool]int64{false: screens[0].line.arrived.passed.Load(), true: screens[1].line.arrived.passed.Load()} // of little content or not
	t.Logf("%-34s %12s %6s %12s %8s", "the line", "right after", "calls", "bytes down", "of need")
	for i, s := range screens {
		if s.right > healed {
			t.Errorf("%s: right again after %v", s.name, s.right)
		}
		bytes, opens, need := s.line.arrived.passed.Load(), s.line.arrived.opened.Load(), need[troubles[i].little]
		of := float64(bytes) / float64(need)
		t.Logf("%-34s %12v %6d %12d %8.2f", s.name, s.right.Round(time.Millisecond), opens, bytes, of)
		if f := troubles[i]; f.most > 0 && float64(bytes) > f.most*float64(need)+float64(opens)*perConnection {
			t.Errorf("%s: %d bytes came down over %d connections, %d are needed", s.name, bytes, opens, need)
		}
		s.judge(t, c, wrong.Notice, corrected)
	}
}

// perConnection is what a connection may cost beside the content, in bytes: the
// upgrade, challenge, welcome with a token, settings and small pushes that were cut.
const perConnection = 6 << 10

// twoVillages runs an office with a village that has pictures and one without.
func twoVillages(t *testing.T) *controller.Controller {
	t.Helper()
	cfg := configs.DefaultController()
	cfg.Approvals.Policy, cfg.Speech.Enabled = "single", "off"
	cfg.Data, cfg.Listen, cfg.Screens.Report = t.TempDir(), "127.0.0.1:0", time.Second
	c, err := controller.New(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Desk.Import(t.Context(), publish.Who{Actor: "test"}, &intake.County{
		Name: "青禾县",
		Sites: []playlist.Site{
			{ID: "qinghe", Kind: playlist.County, Name: "青禾县"},
			{ID: "liuxi", Parent: "qinghe", Kind: playlist.Village, Name: "柳溪村"},
			{ID: "shiqiao", Parent: "qinghe", Kind: playlist.Village, Name: "石桥村"},
		},
		Columns: []playlist.Column{{ID: "news", Name: "通知公告", Field: playlist.Government, Tile: 1}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-done, c.Close()); err != nil {
			t.Error(err)
		}
	})
	return c
}

func announced(site playlist.SiteID, id playlist.NoticeID, title string, pictures ...playlist.Picture) playlist.Notice {
	return playlist.Notice{
		ID: id, Kind: playlist.KindAnnouncement, Site: site, Column: "news", Title: title, Issuer: "青禾县政务公开办公室",
		Issued: schedule.DateOf(time.Now()), Pictures: pictures,
		Announcement: &playlist.Announcement{Genre: "公告", Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: title + "，特此公告。"}}},
	}
}

func publishedIn(t *testing.T, c *controller.Controller, n playlist.Notice) publish.Receipt {
	t.Helper()
	r, err := c.Desk.Publish(t.Context(), publish.Who{Actor: "test"}, n)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// photographs are pictures that no line makes smaller.
func photographs(t *testing.T, c *controller.Controller, n int) []playlist.Picture {
	t.Helper()
	var list []playlist.Picture
	for range n {
		data := make([]byte, pictureSize)
		for i := range data {
			data[i] = byte(rand.Uint32())
		}
		ref, err := c.Blobs.PutBytes(data)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, playlist.Picture{Renditions: []playlist.Rendition{{Ref: ref, Size: int64(len(data)), Type: "image/jpeg", Width: 1080, Height: 1440}}})
	}
	return list
}
