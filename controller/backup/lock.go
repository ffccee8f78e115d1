package backup

import (
	"context"
	"errors"
	"os"
	"time"
)

// A backup copies the database and then what it names; whoever removes blobs
// meanwhile could take away what only the copy names. Both mark the blobs, so that
// also a backup by the command, in a process of its own, is waited for.

// errBusy: others have marked the blobs so that this cannot be.
var errBusy = errors.New("the blobs are being copied or tidied")

// lockAgain is the pause before a mark is tried again.
const lockAgain = 100 * time.Millisecond

// hold marks the blobs as being copied, and waits while some are removed, which
// takes seconds. Where the file system knows no marks a backup is made without: it
// is worth more than the little that could be missing.
func (p Place) hold(ctx context.Context) (*os.File, error) {
	tick := time.NewTicker(lockAgain)
	defer tick.Stop()
	for {
		f, err := lockBlobs(p, false)
		if !errors.Is(err, errBusy) {
			return f, nil // nil without a mark; a nil file is closed in vain
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
		}
	}
}
