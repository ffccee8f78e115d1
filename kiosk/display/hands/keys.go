package hands

import "mingbai/kiosk/player"

// keyAt names the key at a place of the keyboard. The X server counts places as
// Linux does (input-event-codes.h) and begins at 8. Letters are those of the
// layout on which pinyin is typed, so no table has to be asked for.
func keyAt(code uint32, shift bool) player.Key {
	const first = 8
	if code < first {
		return ""
	}
	code -= first
	for _, row := range rows {
		if code >= row.from && code < row.from+uint32(len(row.keys)) {
			return player.Key(row.keys[code-row.from : code-row.from+1])
		}
	}
	if code == tab && shift {
		return player.KeyBackTab
	}
	return named[code]
}

const tab = 15

// rows are keys with a character that lie side by side.
var rows = []struct {
	from uint32
	keys string
}{
	{2, "1234567890"}, {16, "qwertyuiop"}, {30, "asdfghjkl"}, {44, "zxcvbnm"},
	{71, "789"}, {75, "456"}, {79, "1230"}, // the number pad
}

// named are the others.
var named = map[uint32]player.Key{
	1: player.KeyEscape, 14: player.KeyBackspace, tab: player.KeyTab, 28: player.KeyEnter, 96: player.KeyEnter,
	57: player.KeySpace, 102: player.KeyFirst, 103: player.KeyUp, 104: player.KeyPageUp, 105: player.KeyLeft,
	106: player.KeyRight, 108: player.KeyDown, 109: player.KeyPageDown, 111: player.KeyDelete,
}
