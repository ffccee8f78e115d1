//go:build unix

package console_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"mingbai/configs/intake"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// BenchmarkPagesOfMany opens every page that is about many screens, with 10,000 of
// them, a tenth of which has something wrong, all of which show one notice and have
// looked themselves over today. Between two pages 300 screens report, which is what
// comes in a second.
func BenchmarkPagesOfMany(b *testing.B) {
	const many = 10_000
	m := fillScreens(b, many)
	ctx := context.Background()
	id := m.notice(b)
	row, err := m.Store.Notice(ctx, id)
	if err != nil {
		b.Fatal(err)
	}
	day := m.Fleet.Today()
	err = m.Store.Update(ctx, func(t *store.Tx) error {
		for i, s := range m.all {
			found := wire.Patrol{At: time.Now(), Items: []wire.PatrolItem{{Check: wire.PatrolContent, OK: i%4 != 0, Zh: "内容不全", En: "not all content"}, {Check: wire.PatrolSound, OK: true}}}
			bad := 0
			if i%4 == 0 {
				bad = 1
			}
			if err := t.PutPatrol(ctx, store.Patrol{Screen: s.ID, Day: day.String(), At: time.Now(), Bad: bad, Found: found}); err != nil {
				return err
			}
			at := time.Now().Add(-time.Hour)
			if err := t.AddDisplay(ctx, store.DisplayDay{Notice: id, Screen: s.ID, Day: day.String(), Shown: time.Hour, Times: 7, First: at, Last: at, Version: row.Live}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for i, s := range m.all {
		if err := m.Fleet.Adopted(ctx, s.ID, wire.Adopted{Settings: 1, Have: map[playlist.ChannelID]playlist.Revision{{Site: "county"}: 1}}); err != nil {
			b.Fatal(err)
		}
		m.says(b, s.ID, 46+float64(i%10/9*45))
	}
	if err := m.Watch.Look(ctx, time.Now()); err != nil {
		b.Fatal(err)
	}
	for _, path := range []string{
		"/screens", "/screens?q=9997", "/screens?site=v-007", "/screens?view=pictures", "/todo", "/start", "/warnings", "/updates", "/patrol", "/screens/acceptances", "/usage",
		"/screens/s-00042", "/notices", "/notices/" + string(id), "/notices/" + string(id) + "/screens.xlsx", "/screens/s-00042/events", "/programme/county", "/backups", "/audit", "/alerts", "/pairing",
	} {
		b.Run(path, func(b *testing.B) {
			next := 0
			var took time.Duration
			for b.Loop() {
				b.StopTimer()
				for range 300 {
					m.says(b, m.all[next%many].ID, 46)
					next++
				}
				b.StartTimer()
				r := httptest.NewRequest(http.MethodGet, path, nil)
				r.AddCookie(m.cookie)
				w := httptest.NewRecorder()
				start := ownCPU(b)
				m.Handler().ServeHTTP(w, r)
				took += ownCPU(b) - start
				if w.Code != http.StatusOK {
					b.Skipf("%d", w.Code)
				}
				b.ReportMetric(float64(w.Body.Len())/1024, "KB")
			}
			b.ReportMetric(float64(took.Microseconds())/1000/float64(b.N), "cpu-ms/answer")
		})
	}
}

// notice puts one on all screens, with the county's column and programme.
func (m *manyScreens) notice(b *testing.B) playlist.NoticeID {
	b.Helper()
	ctx := context.Background()
	sites, err := m.Store.Sites(ctx)
	if err != nil {
		b.Fatal(err)
	}
	c := &intake.County{
		Name: "青禾县", Sites: sites, Columns: []playlist.Column{{ID: "news", Name: "通知公告", Field: playlist.Government, Tile: 1}},
		Playlists: []intake.Playlist{{Site: "county", Playlist: playlist.Playlist{ID: "loop", Name: "日常", Latest: &playlist.Select{Count: 10}}}},
		Rules:     []intake.Rule{{Site: "county", Rule: schedule.Rule{ID: "always", Name: "每天", Playlist: "loop", Level: schedule.Normal}}},
	}
	n := playlist.Notice{ID: "water", Version: 1, Kind: playlist.KindAnnouncement, Site: "county", Column: "news", Title: "关于停水的通知", Issuer: "青禾县", Issued: schedule.DateOf(time.Now()),
		Announcement: &playlist.Announcement{Genre: "公告", Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: "今日停水。"}}}}
	c.Drafts = []intake.Draft{{File: "water", Notice: n}}
	if _, err := m.Desk.Import(ctx, publish.Who{Actor: "bench"}, c); err != nil {
		b.Fatal(err)
	}
	return n.ID
}

// ownCPU is the processor time of this process, which says more than a clock on a
// machine with other work.
func ownCPU(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
