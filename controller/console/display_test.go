package console_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"errors"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/controller/accounts"
	"mingbai/controller/fleet"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// TestScreenPageSaysWhatZonesShow: a board reports the notices in its zones beside
// that of its loop, and its record has rows of both.
func TestScreenPageSaysWhatZonesShow(t *testing.T) {
	o := open(t, nil)
	key, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	hello := wire.Hello{Version: wire.Version, Key: key, Program: "test 1", Kind: playlist.LED, Panel: playlist.Panel{Width: 192, Height: 64, WidthMM: 1920, HeightMM: 640}}
	v, err := o.c.Fleet.Hello(t.Context(), hello, "10.0.0.7:1")
	if err != nil {
		t.Fatal(err)
	}
	board, err := o.c.Fleet.Confirm(t.Context(), "li", v.Pairing.Code, fleet.Enrolment{Site: "liuxi", Name: "村口屏"})
	if err != nil {
		t.Fatal(err)
	}
	var ids []playlist.NoticeID
	for _, title := range []string{"关于停水的通知", "今天多云转晴"} {
		r, err := o.c.Desk.Publish(t.Context(), publish.Who{Actor: "test"}, playlist.Notice{
			Kind: playlist.KindAnnouncement, Site: "liuxi", Column: "news", Title: title, Issuer: "村委会", Issued: schedule.Date{Year: 2026, Month: 11, Day: 20},
			Announcement: &playlist.Announcement{Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: "正文"}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.Notice)
	}
	now := time.Now().Truncate(time.Second)
	if err := o.c.Fleet.Report(t.Context(), board.ID, wire.Report{Time: now,
		Showing: wire.Showing{Page: "loop", Notice: ids[0], Version: 1},
		Also:    []wire.Showing{{Page: "zone", Notice: ids[1], Version: 1}, {Page: "alert", Notice: "gone", Version: 1}},
	}); err != nil {
		t.Fatal(err)
	}
	var rows []wire.Row
	var chain assets.Ref
	for i, page := range []string{"loop", "zone"} {
		r := wire.Row{Seq: uint64(i + 1), Notice: ids[i], Version: 1, Channel: playlist.ChannelID{Site: "liuxi"}, Revision: 1, Page: page, From: now.Add(-20 * time.Second), Until: now}
		r.Chain = wire.Link(chain, r)
		chain, rows = r.Chain, append(rows, r)
	}
	if taken, err := o.c.Fleet.Ledger(t.Context(), board.ID, rows); err != nil || taken != 2 {
		t.Fatalf("taken %d, %v", taken, err)
	}
	p := o.comes("wu", "liuxi", accounts.Technician)
	p.get("/screens/"+string(board.ID)).wants(200, "关于停水的通知", `分区 · <a href="/notices/`+string(ids[1])+`">今天多云转晴</a>`, "预警 · gone", "轮播", "<td>分区</td>")
	p.get("/screens/"+string(board.ID)+"/live?part=state").wants(200, "分区 · ")
	p.get("/notices/"+string(ids[1])).wants(200, "20 秒")

	// Two days later the rows are packed, and look the same; damaged ones are said to be.
	if err := o.c.Store.Update(t.Context(), func(tx *store.Tx) error {
		n, _, _, err := tx.PackLedger(t.Context(), board.ID, store.LedgerMark{}, now.AddDate(0, 0, 1), now.AddDate(0, 0, 2), time.UTC)
		if n != 2 {
			t.Errorf("%d rows were packed", n)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	p.get("/screens/"+string(board.ID)).wants(200, "<td>分区</td>")
	db, err := sql.Open("sqlite", o.c.Config.DatabaseFile())
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), `UPDATE ledger_packs SET sum = ''`)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	p.get("/screens/"+string(board.ID)).wants(200, "最近的显示记录已损坏")
}
