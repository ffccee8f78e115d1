package rig

import (
	"image"
	"testing"

	"mingbai/kiosk/display/x11"
	"mingbai/kiosk/display/xinput"
)

// Fingers on the rig's touchscreen reach a client of the server as touches with
// names and places of their own.
func TestFingersArrive(t *testing.T) {
	size := image.Pt(800, 600)
	display, fingers := Xorg(t, size)
	if got := NewEye(t, display).Size(); got != size {
		t.Fatalf("the screen is %v, want %v", got, size)
	}
	c, err := x11.Open(t.Context(), display)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	in, err := xinput.Find(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := in.Select(c, c.Screen.Root); err != nil {
		t.Fatal(err)
	}
	if err := c.Sync(); err != nil {
		t.Fatal(err)
	}
	for _, do := range []struct {
		finger int
		phase  Phase
		x, y   float64
	}{{1, Begin, 100, 200}, {2, Begin, 700, 400}, {1, Update, 110.5, 200}, {2, End, 700, 400}, {1, End, 110.5, 200}} {
		if err := fingers.Touch(do.finger, do.phase, do.x, do.y); err != nil {
			t.Fatal(err)
		}
	}
	var got []xinput.Event
	for len(got) < 5 {
		m, err := c.Next()
		if err != nil {
			t.Fatal(err)
		}
		if e, err := xinput.ParseEvent(m, in.Major); err == nil && e.Kind <= xinput.TouchEnd {
			got = append(got, e)
		}
	}
	near := func(e xinput.Event, x, y float64) bool {
		return e.X > x-1 && e.X < x+1 && e.Y > y-1 && e.Y < y+1
	}
	kinds := []xinput.Kind{xinput.TouchBegin, xinput.TouchBegin, xinput.TouchUpdate, xinput.TouchEnd, xinput.TouchEnd}
	for i, k := range kinds {
		if got[i].Kind != k {
			t.Errorf("event %d is %+v, want kind %d", i, got[i], k)
		}
	}
	if !near(got[0], 100, 200) || !near(got[1], 700, 400) || !near(got[2], 110.5, 200) || got[0].Finger == got[1].Finger || got[2].Finger != got[0].Finger {
		t.Errorf("the touches are %+v", got)
	}
}
