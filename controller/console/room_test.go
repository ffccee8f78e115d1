package console_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/controller/accounts"
	"mingbai/controller/store"
	"mingbai/controller/store/storetest"
)

// TestRoom: the page of backups says what takes the room on the controller's disk,
// the largest first, and how it grows.
func TestRoom(t *testing.T) {
	o := bare(t, nil)
	boss := o.comes("boss", "", accounts.Administrator)
	boss.get("/backups").wants(200, "磁盘用在哪里", "还没有统计")

	now := time.Now()
	o = bare(t, func(cfg *configs.Controller) {
		storetest.Put(t, cfg.DatabaseFile())
		s, err := store.Open(t.Context(), cfg.DatabaseFile())
		if err != nil {
			t.Fatal(err)
		}
		err = s.Update(t.Context(), func(tx *store.Tx) error {
			var errs []error
			for _, z := range []store.Size{
				{At: now.Add(-30 * 24 * time.Hour), What: store.HeldDatabase, Bytes: 100 << 20}, {At: now, What: store.HeldDatabase, Bytes: 340 << 20},
				{At: now.Add(-30 * 24 * time.Hour), What: store.HeldBackups, Bytes: 3 << 30}, {At: now, What: store.HeldBackups, Bytes: 2 << 30},
				{At: now, What: store.HeldEditions, Bytes: 77 << 20}, {At: now, What: store.HeldPacks, Bytes: 7 << 20},
				{At: now, What: store.HeldBlobs, Bytes: 20 << 30}, {At: now, What: store.HeldSpeech, Bytes: 5 << 30},
			} {
				errs = append(errs, tx.PutSize(t.Context(), z))
			}
			return errors.Join(errs...)
		})
		if err := errors.Join(err, s.Close()); err != nil {
			t.Fatal(err)
		}
	})
	boss = o.comes("boss", "", accounts.Administrator)
	page := boss.get("/backups")
	page.wants(200, "20 GB", "其中朗读录音 5.0 GB", "还不知道", "340 MB", "&#43;240 MB", "其中完整的历次版本 77 MB，打包的显示记录 7.0 MB", "−1.0 GB")
	at := -1
	for _, name := range []string{"<b>图片、录音、程序</b>", "<b>备份</b>", "<b>数据库</b>"} {
		next := strings.Index(page.body, name)
		if next <= at {
			t.Errorf("%s is not behind what is larger", name)
		}
		at = next
	}
}
