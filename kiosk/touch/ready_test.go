package touch

import (
	"testing"

	"mingbai/kiosk"
	"mingbai/playlist/scene/specimen"
)

// TestFirstFrameBeforeTheIndex: what only a touch needs does not begin before the
// first frame is on the display, and then for the newest content alone.
func TestFirstFrameBeforeTheIndex(t *testing.T) {
	older, err := specimen.Library(specimen.Settings("liuxi", panel))
	if err != nil {
		t.Fatal(err)
	}
	newer, err := specimen.Library(specimen.Settings("liuxi", panel), specimen.Alert())
	if err != nil {
		t.Fatal(err)
	}
	now := specimen.Now()
	d := &device{status: kiosk.Status{Library: older, Moment: now, Online: true, AsOf: now.Now, Enrolled: true}}
	p := New(d, Options{Panel: panel})
	defer p.Close()
	p.Step(now.Now, nil)
	d.status.Library = newer
	f, _ := p.Step(now.Now, nil)
	p.jobs.wait.Wait()
	if p.index.built.Load() != nil {
		t.Fatal("the index was made before the first frame was on the display")
	}
	p.Presented(f, now.Now)
	p.jobs.wait.Wait()
	if x := p.index.built.Load(); x == nil || x.Library() != newer {
		t.Fatal("there is no index of the newest content after the first frame")
	}
	d.status.Library = older
	p.Step(now.Now, nil)
	p.jobs.wait.Wait()
	if x := p.index.built.Load(); x.Library() != older {
		t.Error("content that came later is not indexed at once")
	}
}
