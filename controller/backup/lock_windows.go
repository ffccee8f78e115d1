package backup

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// lockBlobs marks the blobs, shared by those who copy them or for one alone who
// removes some; errBusy when others have them otherwise. The system takes the mark
// away when the process ends, however it ends.
func lockBlobs(p Place, alone bool) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(p.Data, "blobs.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	how := uint32(windows.LOCKFILE_FAIL_IMMEDIATELY)
	if alone {
		how |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	if err := windows.LockFileEx(windows.Handle(f.Fd()), how, 0, 1, 0, new(windows.Overlapped)); err != nil {
		f.Close()
		if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
			err = errBusy
		}
		return nil, err
	}
	return f, nil
}
