package display

import (
	"context"
	"image"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"mingbai/kiosk/player"
	"mingbai/playlist/scene"
)

// loop is the ebiten game: Update decides, DrawFinalScreen only paints. All of
// it runs on one goroutine.
//
// While something moves ebiten turns in step with the display (vsync). When
// nothing has moved for a while it waits for events, and the loop's own timer
// turns it for the program's next instant and once a second as a heartbeat.
type loop struct {
	ctx     context.Context
	d       *Display
	program player.Program
	painter *painter
	stage   stage
	pace    pace
	monitor monitorWatch
	mouse   mouse
	timer   *time.Timer

	frame    *scene.Frame // what shall be on the display
	painted  *scene.Frame // handed to ebiten, not yet known to be swapped
	standing *scene.Frame // on the display
	next     time.Time
	exact    bool // next is an instant of the program's own, not "at once"
	stepped  time.Time
	beat     time.Time // of the last heartbeat
	drawnAt  time.Time
	dueAt    time.Time // for which the timer is set
	vsync    bool
	dirty    bool // frame must be painted
	owed     bool // frame came from a Step that has not been answered by Presented
	ended    bool // by ctx
}

func newLoop(ctx context.Context, d *Display, p player.Program) *loop {
	l := &loop{
		ctx:     ctx,
		d:       d,
		program: p,
		painter: newPainter(d.opts.Width, d.opts.Height),
		stage:   stage{opts: d.opts},
		pace:    newPace(d.opts.FPSCap),
		monitor: monitorWatch{d: d},
		vsync:   true,
	}
	l.timer = time.AfterFunc(time.Hour, l.ring)
	l.timer.Stop()
	return l
}

// ring turns the loop, and again until it has turned: ebiten loses a scheduled
// frame while it opens or resizes its window.
func (l *loop) ring() {
	if !l.d.started.Load() {
		return
	}
	scheduleTurn()
	l.timer.Reset(ringAgain)
}

// Update is ebiten's: it takes the input and asks the program for its frame.
func (l *loop) Update() error {
	l.d.started.Store(true)
	if l.ctx.Err() != nil {
		l.ended = true
		return ebiten.Termination
	}
	l.hold()
	now := time.Now()
	if l.painted != nil {
		// ebiten swapped after the last Draw and before this Update.
		l.standing, l.painted = l.painted, nil
		if l.owed {
			l.owed = false
			l.program.Presented(l.standing, now)
		}
	}
	if now.Sub(l.beat) >= beatEvery-10*time.Millisecond {
		l.beat = now
		if l.d.opts.Watchdog != nil {
			l.d.opts.Watchdog()
		}
	}
	if l.rest(now) {
		now = time.Now()
	}
	if l.monitor.check(now) || l.d.scanout.Swap(false) || l.exposed(now) {
		l.dirty = true
	}
	l.step(now)
	l.schedule(now)
	return nil
}

// hold keeps an animation to its pace. Input does not cut it short: frames
// beyond the cap would not be seen.
func (l *loop) hold() {
	if !l.vsync {
		return
	}
	now := time.Now()
	wait := l.pace.wait(now)
	if wait <= 0 {
		return
	}
	if left := max(l.next.Sub(now), 0); l.exact && l.pace.slowness.IsZero() && left < wait {
		// The program has a rhythm of its own. That the last frame was late does
		// not make this one late.
		wait = left
		l.pace.start(now.Add(wait))
	}
	l.sleep(wait, nil)
}

// rest passes the time until the next frame of an animation, which ebiten would
// fill with painting the last one again. It reports that it did.
func (l *loop) rest(now time.Time) bool {
	if !l.vsync || l.dirty || l.frame == nil || l.d.woken.Load() {
		return false
	}
	until := l.pace.until
	if !l.next.IsZero() && l.next.Before(until) {
		until = l.next
	}
	wait := until.Sub(now)
	if !l.d.input.served() {
		wait = min(wait, l.pace.full) // nobody would tell of the mouse
	}
	if wait <= 0 {
		return false
	}
	l.sleep(wait, l.d.wake)
	l.pace.start(time.Now())
	return true
}

func (l *loop) sleep(d time.Duration, wake <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-wake:
	case <-l.ctx.Done():
	}
}

// step runs the program if anything asks for it.
func (l *loop) step(now time.Time) {
	input := l.stage.mount(l.stage.whole()).Events(l.d.input.Take())
	if !l.d.input.served() {
		input = pollKeys(l.mouse.poll(input, &l.stage, now), now)
	}
	due := !l.next.IsZero() && !l.next.After(now)
	if !l.d.woken.Swap(false) && len(input) == 0 && !due && l.frame != nil {
		return
	}
	if len(input) > 0 && l.d.input.served() {
		// Without a reader waiting for events loses fewer short presses.
		l.pace.touched(now)
	}
	frame, next := l.program.Step(now, input)
	l.next, l.stepped, l.exact = next, now, next.After(now)
	if frame == nil {
		return
	}
	if !frame.Equal(l.frame) {
		l.dirty = true
	}
	l.frame = frame
	if l.owed = l.dirty; !l.dirty {
		l.standing = frame
		l.program.Presented(frame, now) // it stands there already
	}
}

// schedule decides how ebiten turns until the next Update.
func (l *loop) schedule(now time.Time) {
	if !l.next.IsZero() && l.next.Sub(now) < movingWithin {
		l.pace.moved(now)
	}
	if moving := l.pace.moving(now); moving != l.vsync {
		l.vsync = moving
		l.pace.restart()
		turnWithDisplay(moving)
	}
	if l.vsync {
		l.timer.Stop()
		return
	}
	due := l.beat.Add(beatEvery)
	if !l.next.IsZero() && l.next.Before(due) {
		due = l.next
	}
	if l.dirty || l.d.woken.Load() {
		// A Draw follows; come back after its swap to say that it was presented.
		due = now
	}
	l.dueAt = due
	l.timer.Reset(max(0, time.Until(due)))
}

// exposed reports that another window may have uncovered ours, as far as that
// can be told without the X connection of server.go: something woke ebiten that
// was not our own timer. A mouse that moves looks the same, which costs a few
// paintings a second and leaves no stranger's pixels standing.
func (l *loop) exposed(now time.Time) bool {
	if l.d.input.served() || l.vsync || l.standing == nil {
		return false
	}
	return now.Before(l.dueAt) && now.Sub(l.drawnAt) > 300*time.Millisecond
}

// LayoutF is ebiten's: the window in physical pixels, so that nothing is scaled.
func (l *loop) LayoutF(outsideWidth, outsideHeight float64) (float64, float64) {
	s := deviceScale()
	size := image.Pt(int(outsideWidth*s+0.5), int(outsideHeight*s+0.5))
	if l.stage.resize(size) {
		l.dirty = true
	}
	if l.d.input.served() {
		// ebiten's own offscreen is not painted on; the smallest costs least.
		// Only the mouse's coordinates would suffer, and they come from elsewhere.
		return 1, 1
	}
	return float64(size.X), float64(size.Y)
}

// Layout is never called, since there is LayoutF.
func (l *loop) Layout(w, h int) (int, int) { return w, h }

// Draw is ebiten's. Touching one pixel is how ebiten learns that there is
// something to swap; it leaves the display alone otherwise.
func (l *loop) Draw(offscreen *ebiten.Image) {
	if l.dirty {
		offscreen.SubImage(image.Rect(0, 0, 1, 1)).(*ebiten.Image).Fill(opaque)
	}
}

// DrawFinalScreen is ebiten's. It is also called for up to three turns in which
// nothing changed, to fill all buffers of the display.
func (l *loop) DrawFinalScreen(screen ebiten.FinalScreen, _ *ebiten.Image, _ ebiten.GeoM) {
	if l.frame == nil {
		return
	}
	l.stage.paint(screen, l.painter, l.frame)
	if l.dirty {
		l.painted, l.dirty = l.frame, false
	}
	l.drawnAt = time.Now()
	shots := l.d.takeShots()
	if len(shots) == 0 {
		return
	}
	m := l.shoot(screen)
	for _, s := range shots {
		s <- m
	}
}

// shoot reads back what was painted on the window.
func (l *loop) shoot(screen ebiten.FinalScreen) *image.RGBA {
	if screenReadable {
		return l.stage.read(screen, l.frame)
	}
	// The same operations once more, on an image of the window's size.
	size := screen.Bounds()
	again := ebiten.NewImageWithOptions(size, &ebiten.NewImageOptions{Unmanaged: true})
	defer again.Deallocate()
	l.stage.paint(again, l.painter, l.frame)
	return l.stage.read(again, l.frame)
}
