package controller_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/controller/publish"
	"mingbai/controller/speaker"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/speech"
)

// TestMain lets the test binary be a voice: "voice FILE" notes in FILE that it
// spoke, and fails as long as FILE.broken is there.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "voice" {
		os.Exit(fakeVoice(os.Args[2]))
	}
	os.Exit(m.Run())
}

func fakeVoice(file string) int {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return 1
	}
	if _, err := os.Stat(file + ".broken"); err == nil {
		return 3
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return 1
	}
	if _, err := fmt.Fprintf(f, "%s\n", strings.TrimSpace(string(text))); err != nil || f.Close() != nil {
		return 1
	}
	pcm := make([]int16, 1600)
	for i := range pcm {
		pcm[i] = int16(4000 - 100*(i%80))
	}
	if _, err := os.Stdout.Write((&speech.Recording{Rate: 16000, PCM: pcm}).WAV()); err != nil {
		return 1
	}
	return 0
}

// newVoice returns a voice and how many lines it has spoken.
func newVoice(t *testing.T) (*speaker.Speaker, string, func() int) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "spoken")
	s, err := speaker.New(speaker.Config{Command: []string{exe, "voice", file}, Timeout: 3 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	return s, file, func() int {
		text, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Error(err)
		}
		return strings.Count(string(text), "\n")
	}
}

// readAloud runs the desk's reader until what it waits for is true.
func (o *office) readAloud(t *testing.T, until func() bool) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { o.desk.ReadAloud(ctx); close(done) }()
	defer func() { stop(); <-done }()
	eventually(t, until)
}

func eventually(t *testing.T, until func() bool) {
	t.Helper()
	tick, limit := time.NewTicker(20*time.Millisecond), time.After(3*time.Minute)
	defer tick.Stop()
	for !until() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatal("it did not come to pass within three minutes")
		}
	}
}

// newest returns the newest edition of a channel.
func newest(t *testing.T, s *store.Store, c playlist.ChannelID) *playlist.Edition {
	t.Helper()
	ctx := context.Background()
	ch, err := s.Channel(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	row, err := s.Edition(ctx, c, ch.Revision)
	if err != nil {
		t.Fatal(err)
	}
	e, err := playlist.DecodeEdition(row.Envelope.Payload)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// spoken reports whether every entry of the newest editions of the small county
// has a recording that can be played.
func (o *office) spoken(t *testing.T) bool {
	t.Helper()
	for _, site := range []playlist.SiteID{"qinghe", "wangchuan", "liuxi"} {
		for _, n := range newest(t, o.store, playlist.ChannelID{Site: site}).Notices {
			if n.Speech == nil {
				return false
			}
			data, err := o.blobs.Read(n.Speech.Ref, n.Speech.Size)
			if errors.Is(err, assets.ErrNotFound) {
				return false // it was lost
			}
			if r, bad := speech.Decode(data); err != nil || bad != nil || len(r.Marks) == 0 {
				t.Fatalf("the recording of %s: %v, %v", n.ID, err, bad)
			}
		}
	}
	return true
}

// TestReadAloudAfterwards: a publication does not wait for its recording; one
// more edition of each channel brings all of them; the same words are recorded
// once; take-downs and restarts are as ever.
func TestReadAloudAfterwards(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	voice, _, lines := newVoice(t)
	o := openSpeakingOffice(t, dir, nil, voice)
	if _, err := o.desk.Import(ctx, publish.Who{Actor: "test"}, smallCounty()); err != nil {
		t.Fatal(err)
	}
	if o.spoken(t) || lines() != 0 {
		t.Fatal("the import waited for recordings")
	}
	o.readAloud(t, func() bool { return o.spoken(t) })
	for _, site := range []playlist.SiteID{"qinghe", "wangchuan", "liuxi"} {
		if rev := newest(t, o.store, playlist.ChannelID{Site: site}).Revision; rev != 2 {
			t.Errorf("%s has edition %d, want one more than the first", site, rev)
		}
	}
	// The four notices have the same three lines. Two may have been recorded side
	// by side.
	script := speech.Script(&smallCounty().Drafts[0].Notice)
	if got := lines(); got < len(script) || got > 2*len(script) {
		t.Errorf("%d lines were spoken for the same %d", got, len(script))
	}
	o.check(t)
	o.close(t)

	// Another start has nothing to do; a revision is recorded, and only it.
	before := lines()
	o = openSpeakingOffice(t, dir, nil, voice)
	defer o.close(t)
	if err := o.desk.Recover(ctx); err != nil {
		t.Fatal(err)
	}
	n := announcement("liuxi", "news", "关于村道维修的公告")
	n.ID = "village-1"
	if _, err := o.desk.Publish(ctx, publish.Who{Actor: "li"}, n); err != nil {
		t.Fatal(err)
	}
	if e := newest(t, o.store, playlist.ChannelID{Site: "liuxi"}); e.Notices[0].Version != 2 || e.Notices[0].Speech != nil {
		t.Errorf("the revision carries %+v", e.Notices[0])
	}
	if _, err := o.desk.TakeDown(ctx, publish.Who{Actor: "li"}, "county-2", "有误"); err != nil {
		t.Fatal(err)
	}
	o.readAloud(t, func() bool { return o.spoken(t) })
	if got := lines() - before; got != len(speech.Script(&n)) {
		t.Errorf("%d lines were spoken for a revision of %d", got, len(speech.Script(&n)))
	}
	o.check(t)
}

// TestReadAloudCrash kills the desk after a recording was made and before it is
// noted, and again after it was noted and before an edition has it.
func TestReadAloudCrash(t *testing.T) {
	ctx := context.Background()
	voice, _, _ := newVoice(t)
	for _, step := range []string{"speech recorded", "blobs stored"} {
		t.Run(step, func(t *testing.T) {
			dir, crashed := t.TempDir(), make(chan string, 1)
			aloud := false
			o := openSpeakingOffice(t, dir, func(s string) error {
				if s != step || !aloud {
					return nil
				}
				select {
				case crashed <- snapshot(t, dir):
				default:
				}
				return errors.New("crash")
			}, voice)
			if _, err := o.desk.Import(ctx, publish.Who{Actor: "test"}, smallCounty()); err != nil {
				t.Fatal(err)
			}
			aloud = true
			var left string
			o.readAloud(t, func() bool {
				select {
				case left = <-crashed:
				default:
				}
				return left != ""
			})
			o.close(t)
			o = openSpeakingOffice(t, left, nil, voice)
			defer o.close(t)
			if err := o.desk.Recover(ctx); err != nil {
				t.Fatal(err)
			}
			o.check(t)
			o.readAloud(t, func() bool { return o.spoken(t) })
		})
	}
}

// TestReadAloudLostBlob makes a recording again whose blob is gone.
func TestReadAloudLostBlob(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	voice, _, _ := newVoice(t)
	o := openSpeakingOffice(t, dir, nil, voice)
	if _, err := o.desk.Import(ctx, publish.Who{Actor: "test"}, smallCounty()); err != nil {
		t.Fatal(err)
	}
	o.readAloud(t, func() bool { return o.spoken(t) })
	lost := newest(t, o.store, playlist.ChannelID{Site: "liuxi"}).Notices[0].Speech
	o.close(t)
	path := ""
	err := filepath.WalkDir(filepath.Join(dir, "blobs"), func(p string, d os.DirEntry, err error) error {
		if info, ierr := d.Info(); err == nil && ierr == nil && !d.IsDir() && info.Size() == lost.Size {
			path = p
			return os.Remove(p)
		}
		return err
	})
	if err != nil || path == "" {
		t.Fatalf("the recording is not on disk: %v", err)
	}
	o = openSpeakingOffice(t, dir, nil, voice)
	defer o.close(t)
	// A change made meanwhile leaves the lost one out.
	if _, err := o.desk.Publish(ctx, publish.Who{Actor: "li"}, announcement("liuxi", "news", "关于村道维修的公告")); err != nil {
		t.Fatal(err)
	}
	o.readAloud(t, func() bool { return o.spoken(t) })
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the recording was not made again: %v", err)
	}
}

// TestReadAloudOtherVoice: another voice records everything anew, and screens
// take it as the same versions.
func TestReadAloudOtherVoice(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	voice, _, _ := newVoice(t)
	o := openSpeakingOffice(t, dir, nil, voice)
	if _, err := o.desk.Import(ctx, publish.Who{Actor: "test"}, smallCounty()); err != nil {
		t.Fatal(err)
	}
	o.readAloud(t, func() bool { return o.spoken(t) })
	o.close(t)
	other, _, lines := newVoice(t)
	o = openSpeakingOffice(t, dir, nil, other)
	defer o.close(t)
	if err := o.desk.Recover(ctx); err != nil {
		t.Fatal(err)
	}
	liuxi := playlist.ChannelID{Site: "liuxi"}
	o.readAloud(t, func() bool { return newest(t, o.store, liuxi).Revision == 3 })
	if lines() == 0 || newest(t, o.store, liuxi).Notices[0].Version != 1 {
		t.Errorf("%d lines were spoken anew for %+v", lines(), newest(t, o.store, liuxi).Notices[0])
	}
	rows, err := o.store.AllSpeech(ctx)
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d recordings, %v", len(rows), err)
	}
	for _, r := range rows {
		if r.Voice != other.Voice() {
			t.Errorf("%s is read by %s", r.Notice, r.Voice)
		}
	}
}

// TestReadAloudBrokenVoice: a voice that fails holds nothing up and is asked
// again at the next start.
func TestReadAloudBrokenVoice(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	voice, file, lines := newVoice(t)
	if err := os.WriteFile(file+".broken", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	o := openSpeakingOffice(t, dir, nil, voice)
	reading, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { o.desk.ReadAloud(reading); close(done) }()
	if _, err := o.desk.Import(ctx, publish.Who{Actor: "test"}, smallCounty()); err != nil {
		t.Errorf("a broken voice held the import up: %v", err)
	}
	stop()
	<-done
	o.check(t)
	o.close(t)
	if lines() != 0 {
		t.Fatal("a broken voice spoke")
	}
	if err := os.Remove(file + ".broken"); err != nil {
		t.Fatal(err)
	}
	o = openSpeakingOffice(t, dir, nil, voice)
	defer o.close(t)
	o.readAloud(t, func() bool { return o.spoken(t) })
}

// TestControllerSpeaks runs a whole controller with the voice that is delivered.
func TestControllerSpeaks(t *testing.T) {
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Fatalf("the delivered voice can be tested only where it is installed (apt install espeak-ng): %v", err)
	}
	cfg := settings(t.TempDir())
	cfg.Speech.Enabled = "auto"
	c, _ := start(t, cfg)
	load(t, c)
	eventually(t, func() bool {
		e := newest(t, c.Store, playlist.ChannelID{Site: "liuxi"})
		return e.Notices[0].Speech != nil
	})
	row, err := c.Store.Speech(context.Background(), "village-1", 1)
	if err != nil || row.Length < 5*time.Second || row.Length > time.Minute {
		t.Errorf("the recording takes %v, %v", row.Length, err)
	}
	if got, err := c.Blobs.Read(row.Blob.Ref, row.Blob.Size); err != nil || int64(len(got)) != row.Blob.Size {
		t.Errorf("the recording: %v", err)
	}
}

// A controller that must not speak, or cannot, works as ever.
func TestControllerIsMute(t *testing.T) {
	cfg := settings(t.TempDir())
	cfg.Speech.Enabled, cfg.Speech.Command = "auto", []string{"no-such-voice-on-this-machine"}
	c, _ := start(t, cfg)
	load(t, c)
	if c.Desk.Speaks() {
		t.Error("it speaks without a voice")
	}
}
