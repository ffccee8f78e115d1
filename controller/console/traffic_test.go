package console_test

import (
	"testing"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// TestTrafficOfAScreen: a screen's page says how much came and went this month, by
// kind; and a controller without a site says what is missing instead of a page that
// is not there.
func TestTrafficOfAScreen(t *testing.T) {
	l := inhabited(t)
	ctx := t.Context()
	if err := l.c.Store.Update(ctx, func(tx *store.Tx) error { return tx.BindDevice(ctx, "led-1", make([]byte, 32), time.Now()) }); err != nil {
		t.Fatal(err)
	}
	boss := l.comes("techie", "", everything...)
	boss.get("/screens/led-1").wants(200, "本月流量", "0 MB")
	month := time.Now().In(time.FixedZone("", 8*3600)).Format("2006-01") // as the county counts
	err := l.c.Store.Update(ctx, func(tx *store.Tx) error {
		return tx.AddTraffic(ctx, month, store.Traffic{Site: "liuxi", Screen: playlist.ScreenID("led-1"), Received: 1_200_000, Sent: 3_400_000, Files: 56_000_000})
	})
	if err != nil {
		t.Fatal(err)
	}
	boss.get("/screens/led-1").wants(200, "60 MB", "1.2 MB", "3.4 MB", "56 MB")
	boss.get("/lines").wants(200, "Liuxi")
}

func TestProgrammeWithoutASite(t *testing.T) {
	o := bare(t, nil)
	o.comes("first", "", everything...).get("/programme").wants(404, "还没有站点", "开始使用")
}
