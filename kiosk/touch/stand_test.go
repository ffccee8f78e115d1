package touch

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"reflect"
	"sync"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/kiosk"
	"mingbai/kiosk/player"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/schedule"
	"mingbai/playlist/speech"
	"mingbai/playlist/wire"
)

var panel = playlist.Panel{Width: 1080, Height: 1920, WidthMM: 529, HeightMM: 941}

// device is a source whose time, content and failures the test sets.
type device struct {
	status kiosk.Status
	lit    int
	showed []wire.Showing // the last

	pictures bool

	mu     sync.Mutex // guards all below
	voices []wire.Voice
	fails  error // what Say returns
	tried  []string
	counts map[string]uint64
	empty  []string
	reads  *speech.Recording // what Speech returns; nil is none
	woken  int
	blobs  int // how often a blob was read
}

func (d *device) Status() kiosk.Status { return d.status }

// Blob knows the specimens' picture when the test needs it: scaling it takes
// long under the race detector.
func (d *device) Blob(ref assets.Ref, _ int64) ([]byte, error) {
	if ref != specimen.PictureRef || !d.pictures {
		return nil, assets.ErrNotFound
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.blobs++
	return hills(), nil
}

// hills is the specimens' picture as a file.
var hills = sync.OnceValue(func() []byte {
	img, err := specimen.Pictures(specimen.PictureRef)
	if err != nil {
		panic(err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
})

// Lit notes how bright the display is; there is no lamp behind it.
func (d *device) Lit(percent int) bool {
	d.lit = percent
	return false
}

func (d *device) Showed(s wire.Showing, _ ...wire.Showing) { d.showed = append(d.showed[:0], s) }

func (d *device) Say(v wire.Voice) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tried = append(d.tried, v.ID)
	if d.fails != nil {
		return "", d.fails
	}
	d.voices = append(d.voices, v)
	return "A17", nil
}

func (d *device) Count(key string, n uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.counts == nil {
		d.counts = map[string]uint64{}
	}
	d.counts[key] += n
}

func (d *device) EmptySearch(keys string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.empty = append(d.empty, keys)
}

func (d *device) HasSpeech(playlist.NoticeID, int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.reads != nil
}

func (d *device) Speech(playlist.NoticeID, int) (*speech.Recording, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.reads == nil {
		return nil, assets.ErrNotFound
	}
	return d.reads, nil
}

func (d *device) Wake() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.woken++
}

func (d *device) counted(key string) uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.counts[key]
}

// tongue is a voice that speaks where the test says.
type tongue struct {
	on     *speech.Recording
	mark   int
	begun  int
	broken bool
}

func (v *tongue) Ready() bool { return !v.broken }
func (v *tongue) Stop()       { v.on = nil }
func (v *tongue) Speak(r *speech.Recording) error {
	if v.broken {
		return errors.New("no sound")
	}
	v.on, v.mark = r, 0
	v.begun++
	return nil
}
func (v *tongue) Spoken() (int, bool) { return v.mark, v.on != nil }

// paper is a printer.
type paper struct {
	mu     sync.Mutex // guards all below
	left   int
	sheets int
	fails  error
	ended  int
}

func (p *paper) Ready(n int, _ time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return n <= p.left
}

func (p *paper) Print(_ string, sheets []image.Image, _ time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fails != nil {
		return p.fails
	}
	p.left, p.sheets = p.left-len(sheets), p.sheets+len(sheets)
	return nil
}

func (p *paper) EndSession() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended++
}

// stand is a touchscreen with a person in front of it.
type stand struct {
	t       testing.TB
	device  *device
	tongue  *tongue
	paper   *paper
	prog    *Program
	now     time.Time
	frame   *scene.Frame
	next    time.Time
	regular *playlist.Library // without what alarm adds
	alarmed *playlist.Library
}

func newStand(t testing.TB, notices ...*playlist.Notice) *stand { return standOn(t, panel, notices...) }

func standOn(t testing.TB, panel playlist.Panel, notices ...*playlist.Notice) *stand {
	t.Helper()
	lib, err := specimen.Library(specimen.Settings("liuxi", panel), notices...)
	if err != nil {
		t.Fatal(err)
	}
	s := &stand{t: t, now: specimen.Now().Now, tongue: &tongue{}, paper: &paper{left: 9}, regular: lib, device: &device{status: kiosk.Status{
		Library: lib, Moment: specimen.Now(), Online: true, AsOf: specimen.Now().Now, Enrolled: true,
	}}}
	s.prog = New(s.device, Options{Panel: panel, Idle: time.Minute, Voice: s.tongue, Printer: s.paper})
	t.Cleanup(s.prog.Close)
	s.step()
	return s
}

// alarm puts a warning into force; calm lifts it again.
func (s *stand) alarm() playlist.NoticeID {
	s.t.Helper()
	if s.alarmed == nil {
		var err error
		if s.alarmed, err = specimen.Library(specimen.Settings("liuxi", panel), specimen.Alert()); err != nil {
			s.t.Fatal(err)
		}
	}
	s.device.status.Library = s.alarmed
	s.step()
	return specimen.AlertID
}

func (s *stand) calm() { s.device.status.Library = s.regular; s.step() }

// settle waits for what runs beside the frames, and shows what came of it.
func (s *stand) settle() {
	s.prog.jobs.wait.Wait()
	s.step()
}

// do does what touching an action would, also where the page is not drawn so
// that a finger finds it.
func (s *stand) do(actions ...string) {
	s.t.Helper()
	for _, a := range actions {
		s.now = s.now.Add(200 * time.Millisecond)
		if a == string(page.DoStart) {
			s.now = s.now.Add(farewell)
		}
		s.prog.hands.at = s.now
		s.prog.awake(s.now)
		s.prog.act(press{action: a, typing: s.prog.drawn.key.view.Typing}, s.now)
		s.step()
	}
}

// typing is what the page shows of what was typed.
func (s *stand) typing() page.Typing {
	s.t.Helper()
	if v := s.prog.drawn.key.view; v.Typing != nil {
		return *v.Typing
	}
	return page.Typing{}
}

func (s *stand) view() page.View { return s.prog.drawn.key.view }

// nobody checks that nothing is left of whoever stood there (DOMAIN I10).
func (s *stand) nobody() {
	s.t.Helper()
	p := s.prog
	if !reflect.ValueOf(p.session).IsZero() {
		s.t.Errorf("the session is still there: %+v", p.session)
	}
	if p.heard.notice != "" || p.heard.marks != nil || s.tongue.on != nil {
		s.t.Errorf("something is read aloud to nobody: %+v", p.heard)
	}
	for _, f := range p.hands.fingers {
		if f.press.typing != nil {
			s.t.Error("a finger remembers what was typed")
		}
	}
	if v := s.view(); v.Typing != nil || v.Large != 0 || v.HighContrast || v.Low || v.Lang == "en" ||
		v.Sheet != page.NoSheet || v.Toast != "" || v.Zoom != 0 || v.Spoken != "" || v.Idle != 0 {
		s.t.Errorf("the next person finds %+v", v)
	}
}

// pass lets time pass, as the presenter does: a step whenever one is due.
func (s *stand) pass(d time.Duration) {
	for end := s.now.Add(d); s.now.Before(end); {
		due := s.next
		if !due.After(s.now) {
			due = s.now.Add(time.Second / 60)
		}
		if due.After(end) {
			due = end
		}
		s.now = due
		s.step()
	}
}

func (s *stand) step(input ...player.Event) {
	s.t.Helper()
	s.device.status.Moment = schedule.Sure(s.now)
	s.frame, s.next = s.prog.Step(s.now, input)
	if s.frame == nil || len(s.frame.Ops) == 0 {
		s.t.Fatal("nothing is drawn")
	}
	if s.next.After(s.now.Add(heartbeat)) {
		s.t.Fatalf("the next frame is due in %v, later than a heartbeat", s.next.Sub(s.now))
	}
	s.prog.Presented(s.frame, s.now)
}

// tap touches the region of an action, as a finger does.
func (s *stand) tap(action string) {
	s.t.Helper()
	s.pass(time.Second) // let what moves arrive
	for _, r := range s.frame.Regions {
		if r.Action == action {
			at := image.Pt((r.Area.Min.X+r.Area.Max.X)/2, (r.Area.Min.Y+r.Area.Max.Y)/2)
			s.step(player.Event{Kind: player.Down, At: at, Time: s.now})
			s.now = s.now.Add(60 * time.Millisecond)
			s.step(player.Event{Kind: player.Up, At: at, Time: s.now})
			s.pass(time.Second)
			return
		}
	}
	s.t.Fatalf("nothing on the page %s answers %q", s.page(), action)
}

func (s *stand) page() string {
	s.t.Helper()
	if len(s.device.showed) == 0 {
		return ""
	}
	last := s.device.showed[len(s.device.showed)-1]
	if last.Notice != "" && last.Page != "loop" {
		return last.Page + ":" + string(last.Notice)
	}
	return last.Page
}

func (s *stand) want(page string) {
	s.t.Helper()
	if got := s.page(); got != page {
		s.t.Errorf("page %q, want %q", got, page)
	}
}
