package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"mingbai/cmd/internal/machine"
	"mingbai/configs"
	"mingbai/kiosk/display/xinput"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/specimen"
)

// glass is everything with which a touchscreen's program is measured.
type glass struct {
	screen  *machine.Screen
	eye     *eye
	hand    *xinput.Hand
	mirror  *mirror
	program string // the touchscreen's
	plain   string // oneframe
	config  string
	backend configs.Backend
	others  int // notices in the cache beside the guides
	full    bool
}

// usual is how many notices beside the guides a screen of one village keeps.
const usual = 300

// deviceTargets are the rows that need a display, for when there is none.
var deviceTargets = []Row{
	{Name: "process start to the first correct frame from the cache", Unit: "ms", Target: 400},
	{Name: "a still page", Unit: "% of a core", Target: 0.5},
	{Name: "Go heap", Unit: "MB", Target: 40},
	{Name: "PSS", Unit: "MB", Target: 150},
	{Name: "touch to the first changed frame", Unit: "ms", Target: 50},
	{Name: "a page never opened before, from letting go", Unit: "ms", Target: 100},
	{Name: "scrolling a list of 1,000: time between frames", Unit: "ms", Target: 1000 / 59.5},
	{Name: "scrolling a list of 1,000: CPU per frame", Unit: "ms", Target: 17},
}

// row is one of deviceTargets for a backend.
func deviceRow(i int, backend configs.Backend, ours float64, note string) Row {
	r := deviceTargets[i]
	r.Name = fmt.Sprintf("device (%s): %s", backend, r.Name)
	r.Ours, r.Of, r.Note = ours, ofValue, note
	return r
}

// row is one of deviceTargets as measured. A cache as full as it gets has no target of
// its own.
func (g *glass) row(i int, ours float64, note string) Row {
	r := deviceRow(i, g.backend, ours, note)
	r.Note = strings.TrimSpace(r.Note + fmt.Sprintf(" %d notices in the cache.", guides+g.others))
	if g.full {
		r.Name += ", with 13,000 notices"
		r.Target, r.Of = 0, ""
	}
	return r
}

// onScreen measures the touchscreen's program on a virtual screen through a backend.
func onScreen(ctx context.Context, m *Bench, backend configs.Backend, full bool) (rows []Row, err error) {
	if _, err := exec.LookPath("Xvfb"); err != nil {
		for i := range deviceTargets {
			r := deviceRow(i, backend, 0, "")
			r.Unknown = "there is no virtual screen here (apt-get install xvfb)"
			rows = append(rows, r)
		}
		return rows, nil
	}
	programs, err := machine.Compile(ctx, os.Stderr, filepath.Join(m.Dir, "programs"), "kiosk", "internal/oneframe")
	if err != nil {
		return nil, err
	}
	dir, err := m.folder("screen")
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	others := usual
	if full {
		others = notices
	}
	if err := keep(data, guides, others, time.Now()); err != nil {
		return nil, fmt.Errorf("fill the cache: %w", err)
	}
	if err := os.CopyFS(filepath.Join(dir, "mirror"), os.DirFS(data)); err != nil {
		return nil, err
	}
	g := &glass{program: programs["kiosk"], plain: programs["internal/oneframe"], backend: backend, others: others, full: full}
	if g.config, err = configure(dir, data, backend); err != nil {
		return nil, err
	}
	if g.screen, err = machine.StartScreen(ctx, specimen.Portrait.Width, specimen.Portrait.Height); err != nil {
		return nil, err
	}
	defer g.screen.Close()
	if g.eye, err = openEye(g.screen); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, g.eye.close()) }()
	c, err := xinput.Open(ctx, g.screen.Display)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if g.hand, err = xinput.NewHand(c); err != nil {
		return nil, err
	}
	if err := g.hand.Move(image.Pt(specimen.Portrait.Width-1, specimen.Portrait.Height-1)); err != nil {
		return nil, err
	}
	if g.mirror, err = openMirror(filepath.Join(dir, "mirror")); err != nil {
		return nil, err
	}
	defer g.mirror.program.Close()
	first, err := g.firstFrames(ctx, m.Rounds(6))
	if err != nil {
		return nil, err
	}
	rest, err := g.use(ctx, m)
	return append(first, rest...), err
}

// showsWithin is how long a program may take before it counts as one that does not
// work.
const showsWithin = 30 * time.Second

// appear starts the touchscreen's program and waits for the page that it must show.
func (g *glass) appear(ctx context.Context) (*shown, time.Duration, error) {
	if err := g.mirror.settle(ctx); err != nil {
		return nil, 0, err
	}
	want := g.mirror.picture()
	s, err := show(g.screen.Display, g.program, "-config", g.config)
	if err != nil {
		return nil, 0, err
	}
	at, err := g.eye.until(ctx, "the page that the cache holds", showsWithin, func() bool { return g.eye.like(want) >= alike })
	if err != nil {
		err = fmt.Errorf("%w; %.1f %% of it are there", err, 100*g.eye.like(want))
		return nil, 0, errors.Join(s.failed(err), s.close())
	}
	return s, at.Sub(s.began), nil
}

// firstFrames times starts, in turn with the floor's.
func (g *glass) firstFrames(ctx context.Context, rounds int) ([]Row, error) {
	var ours, floor, cpu []float64
	blue := func() bool {
		p := g.eye.pix[g.eye.stride*g.eye.size.Y/2+4*(g.eye.size.X/2):]
		return p[0] == 160 && p[1] == 90 && p[2] == 30
	}
	for range rounds {
		s, took, err := g.appear(ctx)
		if err != nil {
			return nil, err
		}
		spent, err := s.cpu()
		if err = errors.Join(err, s.close()); err != nil {
			return nil, err
		}
		ours, cpu = append(ours, ms(took)), append(cpu, ms(spent))
		if s, err = show(g.screen.Display, g.plain); err != nil {
			return nil, err
		}
		at, err := g.eye.until(ctx, "the floor's colour", showsWithin, blue)
		if err != nil {
			err = s.failed(err)
		}
		_ = s.cmd.Process.Kill() // it knows no other end
		if err = errors.Join(err, s.close()); err != nil {
			return nil, err
		}
		floor = append(floor, ms(at.Sub(s.began)))
	}
	r := g.row(0, median(ours), fmt.Sprintf("Median of %d starts; CPU %.0f ms. Until %.1f %% of the pixels are those that the same program paints on the CPU.", rounds, median(cpu), 100*alike))
	r.Floor, r.FloorIs = median(floor), "a program that opens an ebiten window and fills it with one colour"
	return []Row{r}, nil
}

// use lets the program rest, and touches it.
func (g *glass) use(ctx context.Context, m *Bench) (rows []Row, err error) {
	s, _, err := g.appear(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	rest := 20 * time.Second
	if m.Short {
		rest = 5 * time.Second
	}
	if err := pass(ctx, 5*time.Second); err != nil { // indexes are made, faces are read
		return nil, err
	}
	before, err := s.cpu()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := pass(ctx, rest); err != nil {
		return nil, err
	}
	after, err := s.cpu()
	if err != nil {
		return nil, err
	}
	rows = append(rows, g.row(1, 100*float64(after-before)/float64(time.Since(began)), fmt.Sprintf("A loop of one slide for %s, CPU time of the program's process.", rest)))
	first, fresh, err := g.walk(ctx)
	if errors.Is(err, errAstray) {
		// The walk does not fit the pages: that is the measurement's fault, not the
		// program's.
		for i := 2; i < len(deviceTargets); i++ {
			r := g.row(i, 0, "")
			r.Unknown = err.Error()
			rows = append(rows, r)
		}
		return rows, nil
	}
	if err != nil {
		return rows, s.failed(err)
	}
	scrolled, err := g.scroll(ctx, s)
	if err != nil {
		return rows, s.failed(err)
	}
	heap, err := lastHeap(s.said.bytes())
	if err != nil {
		return rows, err
	}
	pss, err := s.pss()
	if err != nil {
		return rows, err
	}
	const mb = 1 << 20
	rows = append(rows,
		g.row(2, float64(heap)/mb, "What was needed at the last collection, after pages were opened and scrolled."),
		g.row(3, float64(pss)/mb, "After pages were opened and scrolled; pages that several processes share are counted in parts."),
		g.row(4, median(first), fmt.Sprintf("Median of %d, to pixels on the virtual screen; the slowest %.0f ms.", len(first), maxOf(first))),
		g.row(5, median(fresh), fmt.Sprintf("Median of %d, to pixels outside of what was touched; the slowest %.0f ms.", len(fresh), maxOf(fresh))))
	return append(rows, scrolled...), nil
}

func maxOf(v []float64) (most float64) {
	for _, x := range v {
		most = max(most, x)
	}
	return most
}

// tap touches something and times both: the finger coming down until something has
// changed, and letting go until something else has, in ms.
func (g *glass) tap(ctx context.Context, r scene.Region) (down, up float64, err error) {
	at := middle(r)
	if err := g.hand.Move(at); err != nil {
		return 0, 0, err
	}
	all := func() uint64 { return g.eye.strips(0, g.eye.size.Y, image.Rectangle{}) }
	others := func() uint64 { return g.eye.strips(160, g.eye.size.Y, r.Area.Inset(-40)) } // below the clock
	was := all()
	began := time.Now()
	if err := g.hand.Press(); err != nil {
		return 0, 0, err
	}
	seen, err := g.eye.until(ctx, "an answer to touching "+r.Action, 5*time.Second, func() bool { return all() != was })
	if err != nil {
		return 0, 0, errors.Join(err, g.hand.Release())
	}
	down = ms(seen.Sub(began))
	if err := pass(ctx, 60*time.Millisecond); err != nil {
		return 0, 0, err
	}
	was = others()
	began = time.Now()
	if err := g.hand.Release(); err != nil {
		return 0, 0, err
	}
	if seen, err = g.eye.until(ctx, "what "+r.Action+" opens", 5*time.Second, func() bool { return others() != was }); err != nil {
		return 0, 0, err
	}
	up = ms(seen.Sub(began))
	if err := g.mirror.touched(ctx, at); err != nil {
		return 0, 0, err
	}
	return down, up, g.reach(ctx, r.Action)
}

// leaveLoop touches the loop, which shows no answer before the finger is up.
func (g *glass) leaveLoop(ctx context.Context) error {
	r, err := g.find("start")
	if err != nil {
		return err
	}
	if err := g.hand.Move(middle(r)); err != nil {
		return err
	}
	if err := errors.Join(g.hand.Press(), pass(ctx, 60*time.Millisecond), g.hand.Release()); err != nil {
		return err
	}
	if err := g.mirror.touched(ctx, middle(r)); err != nil {
		return err
	}
	return g.reach(ctx, r.Action)
}

// reach waits until the screen shows what the mirror does.
func (g *glass) reach(ctx context.Context, action string) error {
	want := g.mirror.picture()
	_, err := g.eye.until(ctx, "the page of "+action, 5*time.Second, func() bool { return g.eye.like(want) >= reached })
	if err != nil {
		err = fmt.Errorf("%w; %.1f %% of it are there", err, 100*g.eye.like(want))
	}
	return err
}

// errAstray is a walk that meets another page than it was made for.
var errAstray = errors.New("the walk through the pages went astray")

// find returns what there is to touch with one of these actions, the first before the
// others.
func (g *glass) find(actions ...string) (scene.Region, error) {
	for _, action := range actions {
		if all := g.mirror.regions(func(a string) bool { return a == action }); len(all) > 0 {
			return all[0], nil
		}
	}
	var there []string
	for _, r := range g.mirror.frame.Regions {
		there = append(there, r.Action)
	}
	return scene.Region{}, fmt.Errorf("%w: there is no %q on the page, only %q", errAstray, actions, there)
}

// walk opens pages that were never opened before, and comes back each time.
func (g *glass) walk(ctx context.Context) (first, fresh []float64, err error) {
	if err := g.leaveLoop(ctx); err != nil {
		return nil, nil, err
	}
	for _, way := range []string{"column:", "notice:"} {
		targets := g.mirror.regions(func(a string) bool { return strings.HasPrefix(a, way) })
		for _, r := range targets[:min(6, len(targets))] {
			down, up, err := g.tap(ctx, r)
			if err != nil {
				return nil, nil, err
			}
			first, fresh = append(first, down), append(fresh, up)
			back, err := g.find("back", "home")
			if err != nil {
				return nil, nil, err
			}
			if down, _, err = g.tap(ctx, back); err != nil {
				return nil, nil, err
			}
			first = append(first, down)
		}
		if way == "column:" {
			list, err := g.find("column:" + string(listed))
			if err != nil {
				return nil, nil, err
			}
			if _, _, err := g.tap(ctx, list); err != nil {
				return nil, nil, err
			}
		}
	}
	return first, fresh, nil
}

// scroll moves the list of guides up and down under a finger.
func (g *glass) scroll(ctx context.Context, s *shown) ([]Row, error) {
	const step, every = 9, 8 * time.Millisecond
	at := image.Pt(g.eye.size.X/2, g.eye.size.Y*3/4)
	if err := g.hand.Move(at); err != nil {
		return nil, err
	}
	if err := g.hand.Press(); err != nil {
		return nil, err
	}
	began, cpu, frames, last := time.Now(), time.Duration(0), 0, uint64(0)
	moved, by := began, -step
	var err error
	for settled := false; time.Since(began) < 6*time.Second && err == nil; {
		if !settled && time.Since(began) > time.Second { // what comes first is not counted
			settled, began, frames = true, time.Now(), 0
			cpu, err = s.cpu()
		}
		if now := time.Now(); now.Sub(moved) >= every {
			moved = now
			if at.Y += by; at.Y < g.eye.size.Y/3 || at.Y > g.eye.size.Y*3/4 {
				by = -by
			}
			err = errors.Join(err, g.hand.Move(at))
		}
		if sum := g.eye.strips(400, 1500, image.Rectangle{}); sum != last {
			last = sum
			frames++
		}
		err = errors.Join(err, pass(ctx, lookEvery))
	}
	after, cpuErr := s.cpu()
	took := time.Since(began)
	if err = errors.Join(err, cpuErr, g.hand.Release()); err != nil {
		return nil, err
	}
	if frames == 0 {
		return nil, errors.New("the list does not follow the finger")
	}
	note := fmt.Sprintf("%d frames in %.1f s under a finger that moves 9 pixels every 8 ms: %.0f frames/s.", frames, took.Seconds(), float64(frames)/took.Seconds())
	each := g.row(7, ms(after-cpu)/float64(frames), "CPU time of the program's process; the target is Chromium's on an equal page.")
	var paints []float64
	img := image.NewRGBA(image.Rectangle{Max: g.eye.size})
	for range 10 {
		from := cpuClock()
		scene.Paint(img, g.mirror.frame)
		paints = append(paints, ms(cpuClock()-from))
	}
	each.Floor, each.FloorIs = median(paints), "painting the same page whole once on the CPU, not laying it out"
	return []Row{g.row(6, ms(took)/float64(frames), note), each}, nil
}
