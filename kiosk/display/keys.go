package display

import (
	"time"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"mingbai/kiosk/player"
)

// pollKeys adds the keys that went down since the last turn, and the wheel,
// where no reader of the X server delivers them.
func pollKeys(out []player.Event, now time.Time) []player.Event {
	for _, k := range inpututil.AppendJustPressedKeys(nil) {
		if key := keyName(k); key != "" {
			out = append(out, player.Event{Kind: player.Press, Key: key, Time: now})
		}
	}
	if _, y := ebiten.Wheel(); y != 0 {
		turn := 1
		if y > 0 {
			turn = -1
		}
		out = append(out, player.Event{Kind: player.Wheel, Turn: turn, Time: now})
	}
	return out
}

func keyName(k ebiten.Key) player.Key {
	switch {
	case k >= ebiten.KeyA && k <= ebiten.KeyZ:
		return player.Key(rune('a' + k - ebiten.KeyA))
	case k >= ebiten.KeyDigit0 && k <= ebiten.KeyDigit9:
		return player.Key(rune('0' + k - ebiten.KeyDigit0))
	case k >= ebiten.KeyNumpad0 && k <= ebiten.KeyNumpad9:
		return player.Key(rune('0' + k - ebiten.KeyNumpad0))
	case k == ebiten.KeyTab && ebiten.IsKeyPressed(ebiten.KeyShift):
		return player.KeyBackTab
	}
	return named[k]
}

var named = map[ebiten.Key]player.Key{
	ebiten.KeyEscape: player.KeyEscape, ebiten.KeyBackspace: player.KeyBackspace, ebiten.KeyTab: player.KeyTab,
	ebiten.KeyEnter: player.KeyEnter, ebiten.KeyNumpadEnter: player.KeyEnter, ebiten.KeySpace: player.KeySpace,
	ebiten.KeyHome: player.KeyFirst, ebiten.KeyArrowUp: player.KeyUp, ebiten.KeyPageUp: player.KeyPageUp,
	ebiten.KeyArrowLeft: player.KeyLeft, ebiten.KeyArrowRight: player.KeyRight, ebiten.KeyArrowDown: player.KeyDown,
	ebiten.KeyPageDown: player.KeyPageDown, ebiten.KeyDelete: player.KeyDelete,
}
