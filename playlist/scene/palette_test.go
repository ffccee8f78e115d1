package scene

import (
	"image/color"
	"math"
	"testing"
)

// contrast is the ratio of WCAG 2 between two opaque colours.
func contrast(a, b color.RGBA) float64 {
	light := func(c color.RGBA) float64 {
		lin := func(v uint8) float64 {
			s := float64(v) / 255
			if s <= 0.03928 {
				return s / 12.92
			}
			return math.Pow((s+0.055)/1.055, 2.4)
		}
		return 0.2126*lin(c.R) + 0.7152*lin(c.G) + 0.0722*lin(c.B)
	}
	hi, lo := light(a), light(b)
	return (max(hi, lo) + 0.05) / (min(hi, lo) + 0.05)
}

func TestTextIsReadable(t *testing.T) {
	for name, tt := range map[string]struct {
		p    Palette
		want float64
	}{"standard": {Standard(), 4.5}, "high contrast": {HighContrast(), 7}} {
		p := tt.p
		for _, c := range []color.RGBA{p.Ink, p.Secondary, p.Government, p.Party, p.Village, p.Money, p.Danger} {
			for _, ground := range []color.RGBA{p.Paper, p.Card} {
				if got := contrast(c, ground); got < tt.want {
					t.Errorf("%s: %v on %v has contrast %.1f, want %.1f", name, c, ground, got, tt.want)
				}
			}
		}
		for _, tint := range []color.RGBA{p.GovernmentTint, p.PartyTint, p.VillageTint, p.MoneyTint} {
			if got := contrast(p.Ink, tint); got < 7 {
				t.Errorf("%s: ink on tint %v has contrast %.1f", name, tint, got)
			}
		}
	}
}

func TestAlphaAndMix(t *testing.T) {
	if got := Alpha(Ink, 0); got != (color.RGBA{}) {
		t.Errorf("nothing of a colour is %v", got)
	}
	if got := Alpha(White, 128); got != (color.RGBA{128, 128, 128, 128}) {
		t.Errorf("half of white is %v", got)
	}
	if Mix(Ink, Paper, 0) != Ink || Mix(Ink, Paper, 255) != Paper {
		t.Error("the ends of a mixture are not its colours")
	}
}
