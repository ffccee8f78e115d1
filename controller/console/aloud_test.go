package console_test

import (
	"context"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/configs/intake"
	"mingbai/controller/accounts"
	"mingbai/controller/publish"
	"mingbai/playlist/schedule"
)

// TestListen: the page of a notice says that it is being recorded, then that it
// was, and plays it; a controller without a voice says so.
func TestListen(t *testing.T) {
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Fatalf("the delivered voice can be tested only where it is installed (apt install espeak-ng): %v", err)
	}
	o := open(t, func(c *configs.Controller) { c.Speech.Enabled = "on" })
	county, err := intake.Load(configs.Sample(), schedule.DateOf(time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	county.Drafts, county.Playlists, county.Rules = county.Drafts[:1], nil, nil
	if _, err := o.c.Desk.Import(t.Context(), publish.Who{Actor: "test"}, county); err != nil {
		t.Fatal(err)
	}
	rows, err := o.c.Store.AllSpeech(t.Context())
	if err != nil || len(rows) != 0 {
		t.Fatalf("%d recordings, %v", len(rows), err)
	}
	id := county.Drafts[0].Notice.ID
	li := o.comes("li", "qinghe", accounts.Releaser)
	page := "/notices/" + string(id)
	if li.get(page); !strings.Contains(li.body, "朗读：正在生成") || strings.Contains(li.body, "<audio") {
		t.Errorf("before it was recorded the page says\n%s", li.body)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { o.c.Desk.ReadAloud(ctx); close(done) }()
	tick, limit := time.NewTicker(20*time.Millisecond), time.After(3*time.Minute)
	defer tick.Stop()
	for len(rows) == 0 {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatal("nothing was recorded within three minutes")
		}
		if rows, err = o.c.Store.AllSpeech(ctx); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	<-done
	li.get(page)
	if !strings.Contains(li.body, "朗读：已生成") || !strings.Contains(li.body, `src="`+page+`/speech.wav?v=1"`) {
		t.Errorf("the page says\n%s", li.body)
	}
	li.get(page + "/speech.wav?v=1")
	if li.status != http.StatusOK || !strings.HasPrefix(li.body, "RIFF") || len(li.body) < 16000*2*5 {
		t.Errorf("the recording: status %d, %d bytes", li.status, len(li.body))
	}
	if li.get(page + "/speech.wav?v=7"); li.status != http.StatusNotFound {
		t.Errorf("a recording that is not there: status %d", li.status)
	}

	mute := open(t, nil)
	county.Drafts[0].Notice.Version = 0
	if _, err := mute.c.Desk.Import(t.Context(), publish.Who{Actor: "test"}, county); err != nil {
		t.Fatal(err)
	}
	wang := mute.comes("wang", "qinghe", accounts.Releaser)
	if wang.get(page); !strings.Contains(wang.body, "没有装语音程序") || strings.Contains(wang.body, "<audio") {
		t.Errorf("without a voice the page says\n%s", wang.body)
	}
}
