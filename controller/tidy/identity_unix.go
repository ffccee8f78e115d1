//go:build unix

package tidy

import (
	"io/fs"
	"syscall"
)

// identity is what the files have in common that share their bytes, and whether
// there are several.
func identity(info fs.FileInfo) ([2]uint64, bool) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return [2]uint64{}, false
	}
	return [2]uint64{uint64(s.Dev), uint64(s.Ino)}, s.Nlink > 1
}
