package playlist

import (
	"math"
	"strings"
	"testing"
)

// board is a board of so many dots, pitch millimetres apart.
func board(w, h int, pitch float64, reader int) Screen {
	return Screen{ID: "led-1", Site: "qingshan", Kind: LED, Name: "门头屏", ReaderM: reader, Panel: Panel{
		Width: w, Height: h, WidthMM: int(math.Round(float64(w) * pitch)), HeightMM: int(math.Round(float64(h) * pitch)), Colours: DualColour,
	}}
}

// TestFarthest holds the figures of DOMAIN V02.
func TestFarthest(t *testing.T) {
	for pitch, want := range map[float64]float64{10: 40, 5: 20, 3: 12} {
		if got := board(1000, 100, pitch, 0).Farthest(16); math.Abs(got-want) > 0.01 {
			t.Errorf("16 dots at a pitch of %v mm read well from %v m, want %v", pitch, got, want)
		}
	}
	if got := (Screen{Kind: LED, Panel: Panel{Width: 64, Height: 16}}).Farthest(16); got != 0 {
		t.Errorf("without a size in millimetres: %v m", got)
	}
}

func TestLargestDots(t *testing.T) {
	for _, c := range []struct {
		w, h, want int
	}{{64, 16, 16}, {64, 64, 16}, {96, 16, 16}, {128, 32, 32}, {192, 64, 48}, {320, 32, 32}, {1920, 540, 256}, {1024, 192, 192}, {64, 12, 12}, {20, 8, 12}} {
		if got := board(c.w, c.h, 10, 0).LargestDots(); got != c.want {
			t.Errorf("%d×%d takes %d dots, want %d", c.w, c.h, got, c.want)
		}
	}
	s := board(384, 128, 10, 0)
	s.Zones = []Zone{{Kind: ClockZone, Width: 384, Height: 96}, {Kind: NoticeZone, Y: 96, Width: 384, Height: 32}}
	if got := s.LargestDots(); got != 32 {
		t.Errorf("a notice zone of 32 rows takes %d dots", got)
	}
}

func TestScreenOutOfReach(t *testing.T) {
	for _, c := range []struct {
		s             Screen
		wrong, warned string
		says          []string
	}{
		{board(192, 16, 10, 0), "", "", nil},
		{board(192, 16, 10, 40), "", "", nil},
		{board(192, 16, 10, 57), "", "", nil}, // D/360 is 158 mm
		{board(192, 16, 10, 58), "", "reader_m:far ", []string{"点距 10 毫米", "16 点的字", "字高 160 毫米", "最远 40 米", "58 米", "吃力"}},
		{board(192, 16, 10, 80), "", "reader_m:far ", nil},
		{board(192, 16, 10, 81), "reader_m:unreadable ", "", []string{"最远 40 米", "81 米", "认不出"}},
		{board(192, 64, 10, 81), "", "", nil},
		{board(64, 16, 4.75, 30), "", "reader_m:far ", []string{"点距 4.8 毫米", "字高 76 毫米", "最远 19 米"}},
		{board(192, 16, 10, -1), "reader_m:range ", "", nil},
		{board(192, 16, 10, 1001), "reader_m:range ", "", nil},
		{board(192, 16, 0, 30), "", "reader_m:pitch ", nil},
		{board(48, 16, 10, 0), "", "panel.width:small ", []string{"四个 16 点"}},
	} {
		problems := ValidateScreen(c.s, countyEnv())
		if got := fields(problems, Wrong); got != c.wrong {
			t.Errorf("%d m: wrong %q, want %q", c.s.ReaderM, got, c.wrong)
		}
		if got := fields(problems, Warning); got != c.warned {
			t.Errorf("%d m: warned of %q, want %q", c.s.ReaderM, got, c.warned)
		}
		for _, word := range c.says {
			if !strings.Contains(problems[0].Message, word) {
				t.Errorf("%d m: %q does not say %q", c.s.ReaderM, problems[0].Message, word)
			}
		}
	}
}
