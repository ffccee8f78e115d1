// Package backlight sets the light behind a built-in panel where Linux has it, in
// /sys/class/backlight (the kernel's Documentation/ABI/stable/sysfs-class-backlight).
//
// It promises that what Read returns is what the kernel says, and that Set(0) is as
// dark as the light goes and every other value at least its first step, so that no
// screen that should be lit is dark by rounding.
//
// It leaves to others how bright a screen should be.
package backlight

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// Light is one panel's.
type Light struct {
	dir string
	max int // the kernel's figure for full light; above 0
}

// Find looks for the light of the machine's panel in dir; nil when there is none.
// Of several the one that the kernel wants to be preferred is taken: firmware
// before platform before raw.
func Find(dir string) (*Light, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for a backlight: %w", err)
	}
	var best *Light
	rank := -1
	var broken error
	for _, e := range entries { // in order of their names
		l := &Light{dir: filepath.Join(dir, e.Name())}
		kind, err := os.ReadFile(filepath.Join(l.dir, "type"))
		if err == nil {
			l.max, err = l.number("max_brightness")
		}
		if err != nil || l.max <= 0 {
			broken = errors.Join(broken, err)
			continue
		}
		r := slices.Index([]string{"raw", "platform", "firmware"}, string(bytes.TrimSpace(kind)))
		if best == nil || r > rank {
			best, rank = l, r
		}
	}
	if best == nil && broken != nil {
		return nil, fmt.Errorf("looking for a backlight: %w", broken)
	}
	return best, nil
}

// Set makes the light so bright, in per cent of the most.
func (l *Light) Set(percent int) error {
	percent = min(max(percent, 0), 100)
	value := (l.max*percent + 50) / 100
	if percent > 0 {
		value = max(value, 1)
	}
	f, err := os.OpenFile(filepath.Join(l.dir, "brightness"), os.O_WRONLY|os.O_TRUNC, 0)
	if err == nil {
		_, err = f.WriteString(strconv.Itoa(value))
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fmt.Errorf("setting the backlight: %w", err)
	}
	return nil
}

// Read returns how bright it is, in per cent of the most.
func (l *Light) Read() (percent int, err error) {
	value, err := l.number("brightness")
	if err != nil {
		return 0, fmt.Errorf("reading the backlight: %w", err)
	}
	percent = (value*100 + l.max/2) / l.max
	if value > 0 {
		percent = max(percent, 1)
	}
	return min(max(percent, 0), 100), nil
}

func (l *Light) number(file string) (int, error) {
	b, err := os.ReadFile(filepath.Join(l.dir, file))
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(string(bytes.TrimSpace(b)), 10, 32)
	return int(n), err
}
