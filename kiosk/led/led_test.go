package led

import (
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/kiosk"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// device is a source whose time and content the test sets.
type device struct {
	status kiosk.Status
	lit    int
	showed []wire.Showing
	also   []wire.Showing        // of the last
	blobs  map[assets.Ref][]byte // the files that it has
}

func (d *device) Status() kiosk.Status { return d.status }

// Lit notes how bright the display is; there is no lamp behind it.
func (d *device) Lit(percent int) bool {
	d.lit = percent
	return false
}

func (d *device) Showed(s wire.Showing, also ...wire.Showing) {
	d.showed, d.also = append(d.showed, s), append(d.also[:0], also...)
}

func (d *device) last() wire.Showing { return d.showed[len(d.showed)-1] }

// run steps the program as a presenter does until d has passed, and calls each
// with every frame.
func run(t *testing.T, p *Program, dev *device, now *time.Time, d time.Duration, each func(*scene.Frame)) {
	t.Helper()
	for end := now.Add(d); ; {
		dev.status.Moment = schedule.Sure(*now)
		frame, next := p.Step(*now, nil)
		if frame == nil || frame.Size.X == 0 {
			t.Fatal("nothing is drawn")
		}
		p.Presented(frame, *now)
		if each != nil {
			each(frame)
		}
		if !next.After(*now) || next.After(now.Add(heartbeat)) {
			t.Fatalf("the next frame is due in %v", next.Sub(*now))
		}
		if !next.Before(end) {
			*now = end
			return
		}
		*now = next
	}
}

func newBoard(t *testing.T, panel playlist.Panel, with ...*playlist.Notice) (*Program, *device, time.Time) {
	t.Helper()
	lib, err := specimen.Library(specimen.Settings("hall", panel), with...)
	if err != nil {
		t.Fatal(err)
	}
	d := &device{status: kiosk.Status{Library: lib, Enrolled: true, Online: true, Moment: specimen.Now()}}
	return New(d, panel), d, specimen.Now().Now
}

func TestBoardWalksItsLoopToTheLastPage(t *testing.T) {
	for name, panel := range map[string]playlist.Panel{"board": specimen.Board, "strip": specimen.Strip} {
		t.Run(name, func(t *testing.T) {
			p, d, now := newBoard(t, panel)
			seen := map[playlist.NoticeID]int{}
			pages := map[playlist.NoticeID]map[string]bool{}
			first := playlist.NoticeID("") // its turn began before
			run(t, p, d, &now, 6*time.Minute, func(*scene.Frame) {
				s := d.last()
				if s.Page != "loop" {
					t.Fatalf("page %q, want the loop", s.Page)
				}
				if first == "" {
					first = s.Notice
				}
				if pages[s.Notice] == nil {
					pages[s.Notice] = map[string]bool{}
					for key, of := range p.pages {
						if key.notice == s.Notice {
							seen[s.Notice] = len(of)
						}
					}
				}
				pages[s.Notice][p.now[0].page.Text()] = true
			})
			if len(seen) < 3 {
				t.Errorf("only %d notices in six minutes", len(seen))
			}
			for id, had := range pages {
				if id != first && id != d.last().Notice && len(had) < seen[id] && seen[id] > 1 {
					t.Errorf("%s has %d pages, only %d were on", id, seen[id], len(had))
				}
			}
		})
	}
}

func TestWarningTakesABoardAtOnce(t *testing.T) {
	p, d, now := newBoard(t, specimen.Board)
	run(t, p, d, &now, 5*time.Second, nil)
	quiet := d.status.Library
	alert := specimen.Exercise()
	with, err := specimen.Library(specimen.Settings("hall", specimen.Board), alert)
	if err != nil {
		t.Fatal(err)
	}
	d.status.Library = with
	run(t, p, d, &now, time.Minute, func(*scene.Frame) {
		if s := d.last(); s.Page != "alert" || s.Notice != alert.ID {
			t.Fatalf("%q with %s is on, want the alert from its first frame", s.Page, s.Notice)
		}
		if page := p.now[0].page; page.Band == nil || !page.Band.Exercise {
			t.Fatalf("a page of an exercise does not say so: %q", page.Text())
		}
	})
	d.status.Library = quiet
	run(t, p, d, &now, time.Second, nil)
	if s := d.last(); s.Page != "loop" {
		t.Errorf("%q is on after the alert, want the loop", s.Page)
	}
}

func TestBoardIsNeverEmpty(t *testing.T) {
	d := &device{status: kiosk.Status{Code: "402916"}}
	p, now := New(d, specimen.Strip), specimen.Now().Now
	run(t, p, d, &now, 3*time.Second, func(f *scene.Frame) {
		if len(f.Ops) == 0 {
			t.Fatal("no dot is lit")
		}
	})
	if d.last().Page != "pairing" {
		t.Errorf("page %q, want pairing", d.last().Page)
	}
	d.status.Enrolled, d.status.Code = true, ""
	run(t, p, d, &now, 3*time.Second, nil)
	if d.last().Page != "fallback" {
		t.Errorf("page %q, want the site's own plate", d.last().Page)
	}
}
