//go:build unix

package backup

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lockBlobs marks the folder of blobs, shared by those who copy it or for one alone
// who removes from it; errBusy when others have it otherwise. The system takes the
// mark away when the process ends, however it ends.
func lockBlobs(p Place, alone bool) (*os.File, error) {
	f, err := os.Open(p.Blobs) // nothing is written, so that any user who may copy may mark it
	if err != nil {
		return nil, err
	}
	how := unix.LOCK_SH
	if alone {
		how = unix.LOCK_EX
	}
	if err := unix.Flock(int(f.Fd()), how|unix.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = errBusy
		}
		return nil, err
	}
	return f, nil
}
