package vitals

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"mingbai/playlist/wire"
)

// Display looks for the display among the connectors of the graphics cards in
// dir, /sys/class/drm: the one of that name as X11 has it (HDMI-1), else any that
// is connected. Neither is known where no card tells.
func Display(dir, name string) (plug wire.Plug, connector string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", ""
	}
	for _, e := range entries { // in order of their names
		_, own, ok := strings.Cut(e.Name(), "-")
		if !ok || !strings.HasPrefix(e.Name(), "card") || strings.HasPrefix(own, "Writeback") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name(), "status"))
		if err != nil {
			continue
		}
		switch found := status(b); {
		case found == "":
		case name != "" && sameConnector(own, name):
			return found, own
		case plug == "" || found == wire.Plugged && plug != wire.Plugged:
			plug, connector = found, own
		}
	}
	return plug, connector
}

func status(b []byte) wire.Plug {
	switch string(bytes.TrimSpace(b)) {
	case "connected":
		return wire.Plugged
	case "disconnected":
		return wire.Unplugged
	}
	return "" // some drivers cannot tell
}

// sameConnector compares the kernel's name of a connector with that of X11, which
// leaves out the kind of HDMI (HDMI-A-1, HDMI-1) and on some cards the dash
// before the number (HDMI1).
func sameConnector(kernel, x11 string) bool {
	plain := func(s string) string {
		s = strings.ToLower(s)
		for _, kind := range []string{"hdmi", "dvi"} {
			if rest, ok := strings.CutPrefix(s, kind+"-"); ok && len(rest) > 1 && rest[1] == '-' && rest[0] >= 'a' && rest[0] <= 'z' {
				s = kind + rest[1:]
			}
		}
		return strings.ReplaceAll(s, "-", "")
	}
	return plain(kernel) == plain(x11)
}

// Bits of the kernel's descriptions of input devices (linux/input-event-codes.h).
const (
	propDirect = 1     // INPUT_PROP_DIRECT: fingers touch what they mean
	absX       = 0     // ABS_X
	absTouchX  = 0x35  // ABS_MT_POSITION_X
	keyTouch   = 0x14a // BTN_TOUCH
	keyPen     = 0x140 // BTN_TOOL_PEN: a tablet
	wordBits   = 64
)

// TouchPanel reports whether there is a touch panel among the input devices that
// file lists, /proc/bus/input/devices; known is false when it cannot be read.
func TouchPanel(file string) (there, known bool) {
	b, err := os.ReadFile(file)
	if err != nil {
		return false, false
	}
	var props, abs, keys string
	judge := func() bool {
		defer func() { props, abs, keys = "", "", "" }()
		direct := bit(props, propDirect) && (bit(abs, absTouchX) || bit(abs, absX))
		old := props != "" && !bit(props, 0) && bit(keys, keyTouch) && bit(abs, absX) && !bit(keys, keyPen)
		return direct || old
	}
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		kind, words, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "B: "), "=")
		switch kind {
		case "PROP":
			props = words
		case "ABS":
			abs = words
		case "KEY":
			keys = words
		case "": // between two devices
			if judge() {
				return true, true
			}
		}
	}
	return judge(), true
}

// bit reads one bit of a bitmap as the kernel prints it: words in hexadecimal, the
// highest first, without leading zeros.
func bit(words string, n int) bool {
	list := strings.Fields(words)
	slices.Reverse(list)
	if n/wordBits >= len(list) {
		return false
	}
	w, err := strconv.ParseUint(list[n/wordBits], 16, 64)
	return err == nil && w>>(n%wordBits)&1 == 1
}
