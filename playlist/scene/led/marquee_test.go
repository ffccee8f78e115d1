package led_test

import (
	"testing"
	"time"

	"mingbai/playlist/scene/led"
)

func TestStepIsASixteenthInWholeDots(t *testing.T) {
	for size, want := range map[int]int{12: 1, 16: 1, 24: 1, 32: 2, 48: 3, 128: 8} {
		if got := led.Step(size); got != want {
			t.Errorf("%d dots high: %d dots a frame, want %d", size, got, want)
		}
	}
}

// Every frame of sixty a second moves the text by one step, also when its
// instant was rounded to nanoseconds or comes a little late, for years.
func TestOffsetIsAFunctionOfTime(t *testing.T) {
	for _, size := range []int{16, 32} {
		for _, from := range []int{0, 59, 3600 * 60, 3 * 365 * 86400 * 60} {
			for i := range 1000 {
				n := from + i
				at := time.Duration(n/60)*time.Second + time.Duration(n%60)*time.Second/60
				for _, late := range []time.Duration{0, time.Microsecond, 5 * time.Millisecond, 16 * time.Millisecond} {
					if got, want := led.Offset(at+late, size), n*led.Step(size); got != want {
						t.Fatalf("frame %d, %v late: %d dots, want %d", n, late, got, want)
					}
				}
			}
		}
	}
	if got := led.Offset(-time.Second, 16); got != 0 {
		t.Errorf("before it began: %d dots", got)
	}
}
