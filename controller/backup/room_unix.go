//go:build unix

package backup

import "golang.org/x/sys/unix"

// Disk returns how many bytes this process may still write to the disk of a folder,
// and how many the disk has.
func Disk(dir string) (free, total int64, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, 0, err
	}
	return int64(s.Bavail) * int64(s.Bsize), int64(s.Blocks) * int64(s.Bsize), nil
}

// freeBytes is what this process may still write to the disk of a folder.
func freeBytes(dir string) (int64, error) {
	free, _, err := Disk(dir)
	return free, err
}
