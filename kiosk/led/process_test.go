package led

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"image"
	"io"
	"log/slog"
	"maps"
	"net"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/configs/intake"
	"mingbai/controller"
	"mingbai/controller/fleet"
	"mingbai/controller/publish"
	"mingbai/controller/store/storetest"
	"mingbai/kiosk"
	"mingbai/kiosk/headless"
	"mingbai/kiosk/link"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/schedule"
)

// childVariable makes this binary a board.
const childVariable = "MINGBAI_LED_CHILD"

func TestMain(m *testing.M) {
	if text := os.Getenv(childVariable); text != "" {
		os.Exit(child(text))
	}
	os.Exit(m.Run())
}

// birth is what a board's process is told.
type birth struct {
	Controller, Data string
	Panel            playlist.Panel
	Pair             configs.Pair
	Wrong            time.Duration // of the machine's clock
}

// record is a frame that a board's process has presented.
type record struct {
	At     int64 // ns since 1970 by the true clock
	Frame  int64 // its index
	Hash   uint64
	Page   string
	Notice playlist.NoticeID
	Code   string // in place of all this: it wants to be enrolled
}

// recorder writes down what is presented.
type recorder struct {
	*Program
	device  *kiosk.Device
	out     *json.Encoder
	code    string
	last    *scene.Frame
	hash    uint64
	picture *image.RGBA
}

func (r *recorder) Presented(f *scene.Frame, at time.Time) {
	r.Program.Presented(f, at)
	if code := r.device.Status().Code; code != r.code {
		r.code = code
		_ = r.out.Encode(record{Code: code})
	}
	if f != r.last {
		if r.picture == nil {
			r.picture = image.NewRGBA(image.Rectangle{Max: f.Size})
		}
		scene.Paint(r.picture, f)
		h := fnv.New64a()
		h.Write(r.picture.Pix)
		r.last, r.hash = f, h.Sum64()
	}
	_ = r.out.Encode(record{At: at.UnixNano(), Frame: r.frames.last, Hash: r.hash, Page: r.show.Page, Notice: r.show.Notice})
}

func child(text string) int {
	var b birth
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		return 2
	}
	cfg := configs.DefaultScreen(playlist.LED)
	cfg.Controller, cfg.Data, cfg.Panel, cfg.Pair, cfg.Report = b.Controller, b.Data, b.Panel, b.Pair, time.Second
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	d, err := kiosk.NewWith(cfg, playlist.LED, log, kiosk.Options{
		Now:     func() time.Time { return time.Now().Add(b.Wrong) },
		Backoff: link.Backoff{Min: 10 * time.Millisecond, Max: 100 * time.Millisecond},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	p := New(d, b.Panel)
	if err := p.Follow(b.Pair, log); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // until the test is over or has died
		cancel()
	}()
	out := bufio.NewWriterSize(os.Stdout, 128) // a line is on its way at once
	r := &recorder{Program: p, device: d, out: json.NewEncoder(out)}
	if err := d.Run(ctx, r, headless.New(image.Pt(b.Panel.Width, b.Panel.Height))); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

var _ player.Program = (*recorder)(nil)

// process is a board's process and what it has shown.
type process struct {
	t    *testing.T
	born birth
	cmd  *exec.Cmd
	in   io.Closer

	mu    sync.Mutex // guards what follows
	shown []record
	code  string
	more  chan struct{} // capacity 1
	ended chan struct{}
}

func (p *process) start() {
	p.t.Helper()
	text, err := json.Marshal(p.born)
	if err != nil {
		p.t.Fatal(err)
	}
	p.cmd = exec.Command(os.Args[0])
	p.cmd.Env = append(os.Environ(), childVariable+"="+string(text))
	p.cmd.Stderr = os.Stderr
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		p.t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.ended = make(chan struct{})
	go func() {
		defer close(p.ended)
		for dec := json.NewDecoder(out); ; {
			var r record
			if dec.Decode(&r) != nil {
				return
			}
			p.mu.Lock()
			if r.At == 0 {
				p.code = r.Code
			} else {
				p.shown = append(p.shown, r)
			}
			p.mu.Unlock()
			select {
			case p.more <- struct{}{}:
			default:
			}
		}
	}()
}

// kill pulls the plug.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
	_ = p.cmd.Wait()
}

// last is what was shown last.
func (p *process) last() (r record, code string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.shown) > 0 {
		r = p.shown[len(p.shown)-1]
	}
	return r, p.code
}

// until waits for what the board shows.
func (p *process) until(what string, ok func(r record, code string) bool) {
	p.t.Helper()
	late := time.After(3 * time.Minute)
	for !ok(p.last()) {
		select {
		case <-p.more:
		case <-p.ended:
			p.t.Fatalf("the board ended before %s", what)
		case <-late:
			p.t.Fatalf("waiting in vain until %s", what)
		}
	}
}

// hall is a controller with a pair of boards, each in its own process.
type hall struct {
	t      *testing.T
	office *controller.Controller
	boards [2]*process
}

var hallPanel = playlist.Panel{Width: 320, Height: 16, WidthMM: 3200, HeightMM: 160, Colours: playlist.FullColour}

func told(id, title string) playlist.Notice {
	return playlist.Notice{
		ID: playlist.NoticeID(id), Version: 1, Kind: playlist.KindAnnouncement, Site: "liuxi", Column: "news", Title: title, Issuer: "柳溪村",
		Issued:       schedule.DateOf(time.Now()),
		Announcement: &playlist.Announcement{Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: "请相互转告，有疑问请到村委会询问。"}}},
	}
}

func newHall(t *testing.T, change func(i int, b *birth)) *hall {
	cfg := configs.DefaultController()
	cfg.Approvals.Policy = "single"
	cfg.Speech.Enabled = "off"
	cfg.Data, cfg.Listen, cfg.Screens.Report = t.TempDir(), "127.0.0.1:0", time.Second
	storetest.Put(t, cfg.DatabaseFile())
	c, err := controller.New(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	var drafts []intake.Draft
	for id, title := range map[string]string{
		"tingshui": "关于明日八时至十七时全村停水的公告", "tijian": "六十五岁以上老人免费体检本周六在村卫生室进行",
		"yimiao": "疫苗接种时间改为每周三上午",
	} {
		drafts = append(drafts, intake.Draft{File: id, Notice: told(id, title)})
	}
	slices.SortFunc(drafts, func(a, b intake.Draft) int { return len(a.File) - len(b.File) })
	_, err = c.Desk.Import(t.Context(), publish.Who{Actor: "test"}, &intake.County{
		Name:    "柳溪村",
		Sites:   []playlist.Site{{ID: "liuxi", Kind: playlist.County, Name: "柳溪村"}},
		Columns: []playlist.Column{{ID: "news", Name: "通知公告", Field: playlist.Government, Tile: 1}},
		Drafts:  drafts,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	h := &hall{t: t, office: c}
	t.Cleanup(func() {
		for _, b := range h.boards {
			if b != nil {
				_ = b.in.Close()
				<-b.ended
				_ = b.cmd.Wait()
			}
		}
		cancel()
		if err := errors.Join(<-done, c.Close()); err != nil {
			t.Error(err)
		}
	})
	for i := range h.boards {
		b := &process{t: t, more: make(chan struct{}, 1), born: birth{Controller: c.URL(), Data: t.TempDir(), Panel: hallPanel}}
		if change != nil {
			change(i, &b.born)
		}
		b.start()
		h.boards[i] = b
	}
	for i, b := range h.boards {
		b.until("it shows a code", func(_ record, code string) bool { return code != "" })
		_, code := b.last()
		row, err := c.Fleet.Confirm(t.Context(), "test", code, fleet.Enrolment{Site: "liuxi", Name: fmt.Sprintf("大门屏 %d", i)})
		if err != nil {
			t.Fatal(err)
		}
		s := row.Screen
		s.Pair, s.Zones = "gate", led.Presets(hallPanel)[1].Zones
		if _, err := c.Fleet.Change(t.Context(), "test", s, row.Language); err != nil {
			t.Fatal(err)
		}
	}
	for _, b := range h.boards {
		b.until("it has content", func(r record, _ string) bool { return r.Page == "loop" })
	}
	return h
}

// apart compares what two boards have shown in a span of true time. Every picture
// of one must be what the other one shows at the same frame of the common grid or
// at the next to it. missed is how many frames of one the other has left out, as
// it does on a busy machine; late is how far apart in true time they showed the same
// frame, every tenth time at least; -1 when hardly anything moved. How late a busy
// machine wakes a process says nothing of the boards: two that are out of step are
// so in every frame.
func (h *hall) apart(from, until time.Time, except func(time.Time) bool) (compared, wrong, missed int, late time.Duration) {
	var of [2][]record
	for i, b := range h.boards {
		b.mu.Lock()
		of[i] = slices.Clone(b.shown)
		b.mu.Unlock()
	}
	var lates []time.Duration
	for _, r := range of[0] {
		at := time.Unix(0, r.At)
		if at.Before(from) || at.After(until) || except != nil && except(at) {
			continue
		}
		i, found := slices.BinarySearchFunc(of[1], r.Frame, func(o record, n int64) int { return int(o.Frame - n) })
		if !found {
			if i--; i < 0 || r.Frame-of[1][i].Frame > rate+rate/4 {
				continue // the other one was off
			}
		}
		ok := false
		for j := max(i-1, 0); j < min(i+2, len(of[1])); j++ {
			o := of[1][j]
			ok = ok || o.Hash == r.Hash && (o.Frame-r.Frame <= 1 && r.Frame-o.Frame <= 1 || j == i)
			if o.Frame == r.Frame {
				lates = append(lates, time.Duration(o.At-r.At).Abs())
			}
		}
		compared++
		if !ok && !found {
			missed++ // a busy machine did not let the other one draw
		} else if !ok {
			if wrong++; wrong < 4 {
				h.t.Logf("frame %d of %v: one shows %s of %s, the other %s of %s", r.Frame, at, r.Page, r.Notice, of[1][i].Page, of[1][i].Notice)
			}
		}
	}
	if slices.Sort(lates); len(lates) >= 20 {
		return compared, wrong, missed, lates[len(lates)/10]
	}
	return compared, wrong, missed, -1
}

// both waits until both boards have all that the office has for them and have drawn
// since, and returns an instant after it.
func (h *hall) both() time.Time {
	h.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(3 * time.Minute); ; {
		states, err := h.office.Fleet.List(h.t.Context())
		if err != nil {
			h.t.Fatal(err)
		}
		if !slices.ContainsFunc(states, func(s *fleet.State) bool { return !maps.Equal(s.Reported, s.Desired) }) {
			break
		}
		select {
		case <-tick.C:
		case <-late:
			h.t.Fatal("a board does not get what there is for it")
		}
	}
	now := time.Now()
	for _, b := range h.boards {
		b.until("it draws", func(r record, _ string) bool { return r.At > now.UnixNano() })
	}
	return time.Now().Add(time.Second)
}

// inStep is a frame, and what a machine that runs other tests besides may wake a
// process late.
const inStep = time.Second/rate + 25*time.Millisecond

// TestTwoProcessesInStep runs a pair of boards as processes of their own for a
// minute of real time. One is killed and started anew, news is published, an alert
// is raised and lifted: they are never more than a frame apart.
func TestTwoProcessesInStep(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	began := time.Now()
	after := func(d time.Duration) { <-time.After(time.Until(began.Add(d))) }
	who := publish.Who{Actor: "test"}
	type span struct{ from, until time.Time }
	var unlike []span // when the boards may differ

	after(15 * time.Second)
	killed := time.Now()
	h.boards[1].kill()
	h.boards[1].start()
	h.boards[1].until("it is back", func(r record, _ string) bool { return r.At > killed.UnixNano() && r.Page == "loop" })
	t.Logf("it took %v to be back", time.Since(killed))

	after(30 * time.Second)
	published := time.Now()
	if _, err := h.office.Desk.Publish(t.Context(), who, told("dianli", "供电所明日检修线路请备好照明")); err != nil {
		t.Fatal(err)
	}
	for _, b := range h.boards {
		b.until("the news is on", func(r record, _ string) bool { return r.Notice == "dianli" })
	}
	// A machine so busy that one board has it more than a second later than the
	// other cannot keep the instant; that it is kept else is held in simulated time.
	if took := time.Since(published); took > 1500*time.Millisecond {
		t.Logf("the news took %v", took)
		unlike = append(unlike, span{published, h.both()})
	}

	after(40 * time.Second)
	asked := time.Now()
	raised, err := h.office.Desk.RaiseAlert(t.Context(), who, publish.AlertRequest{
		Site: "liuxi", Title: "暴雨红色预警", Until: time.Now().Add(time.Hour),
		Alert: playlist.Alert{Type: "暴雨", Colour: playlist.Red, Area: "全村", Action: "低洼处立即转移", Start: time.Now()},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range h.boards {
		b.until("the alert is on", func(r record, _ string) bool { return r.Page == "alert" })
	}
	unlike = append(unlike, span{asked, h.both()})
	after(50 * time.Second)
	lifted := time.Now()
	if _, err := h.office.Desk.LiftAlert(t.Context(), who, raised.Notice); err != nil {
		t.Fatal(err)
	}
	unlike = append(unlike, span{lifted, h.both()})
	after(60 * time.Second)

	// An alert is on wherever it has come: on one board sooner than on the other.
	compared, wrong, missed, late := h.apart(began.Add(2*time.Second), time.Now(), func(at time.Time) bool {
		return slices.ContainsFunc(unlike, func(s span) bool { return at.After(s.from) && at.Before(s.until) })
	})
	t.Logf("%d frames compared, %d more than a frame apart, %d left out by the other, one in ten presented within %v of each other", compared, wrong, missed, late)
	if compared-missed < 50 || wrong > 0 || late < 0 || late > inStep {
		t.Errorf("%d of %d frames are more than a frame apart, %d left out, presented %v apart", wrong, compared, missed, late)
	}
}

// TestWrongClocksInStep: with a clock that is wrong by nearly two seconds a board
// is in step a few seconds after it has found the other one.
func TestWrongClocksInStep(t *testing.T) {
	t.Parallel()
	var at [2]string
	for i := range at {
		c, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		at[i] = c.LocalAddr().String()
		_ = c.Close()
	}
	h := newHall(t, func(i int, b *birth) {
		b.Pair = configs.Pair{Listen: at[i], Peers: []string{at[1-i]}}
		b.Wrong = time.Duration(i) * -1900 * time.Millisecond
	})
	for i := 1; ; i++ {
		<-time.After(time.Second)
		now := time.Now()
		compared, wrong, _, late := h.apart(now.Add(-2*time.Second), now.Add(-100*time.Millisecond), nil)
		switch {
		case late < 0: // a page that stands says little
		case wrong == 0 && late < inStep:
			t.Logf("in step %d s after both had content: %d frames, %v apart", i, compared, late)
			return
		case i > 90: // seconds, where the machine has nothing else to do
			t.Fatalf("after %d s %d of %d frames are apart, presented %v apart", i, wrong, compared, late)
		}
		if i > 180 {
			t.Fatal("nothing moves")
		}
	}
}
