package backup

import "golang.org/x/sys/windows"

// Disk returns how many bytes this process may still write to the disk of a folder,
// and how many the disk has.
func Disk(dir string) (free, total int64, err error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, 0, err
	}
	var left, all uint64
	err = windows.GetDiskFreeSpaceEx(path, &left, &all, nil)
	return int64(left), int64(all), err
}

// freeBytes is what this process may still write to the disk of a folder.
func freeBytes(dir string) (int64, error) {
	free, _, err := Disk(dir)
	return free, err
}
