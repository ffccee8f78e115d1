package console_test

import (
	"context"
	"errors"
	"testing"

	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// TestBusyKeepsTheForm writes while the desk has no place left: the page says so,
// and what was typed goes again with one press.
func TestBusyKeepsTheForm(t *testing.T) {
	o := open(t, nil)
	wang := o.comes("wang", "", everything...)
	wang.get("/write/announcement").wants(200)
	holding, let := make(chan struct{}), make(chan struct{})
	held := make(chan error, 1)
	go func() {
		held <- o.c.Store.Update(context.Background(), func(*store.Tx) error { close(holding); <-let; return nil })
	}()
	<-holding
	answers := make(chan error, 1000)
	waiting := 0
	for busy := false; !busy; {
		for range 65 { // one more than there are places
			waiting++
			go func() {
				_, _, err := o.c.Desk.Draft(context.Background(), publish.Who{Actor: "li"}, playlist.Notice{Site: "liuxi", Kind: playlist.KindAnnouncement, Title: "占位"})
				answers <- err
			}()
		}
		err := <-answers
		waiting--
		if busy = errors.Is(err, publish.ErrBusy); !busy {
			t.Fatalf("a draft while the database is held: %v", err)
		}
	}
	wang.post("/write/announcement", with(announcement, "do", "draft", "title", "忙时写的长文")...).wants(503, "总台正忙，这次没有保存", "没有丢", "再提交一次")
	form := wang.held()
	close(let)
	if err := <-held; err != nil {
		t.Fatal(err)
	}
	for range waiting {
		if err := <-answers; err != nil && !errors.Is(err, publish.ErrBusy) {
			t.Error(err)
		}
	}
	wang.post("/resume", "held", form)
	rows, err := o.c.Store.Notices(t.Context(), store.NoticeFilter{Text: "忙时写的长文", Limit: 10})
	if err != nil || len(rows) != 1 {
		t.Errorf("%d notices were saved, %v: %d %s", len(rows), err, wang.status, wang.body)
	}
}
