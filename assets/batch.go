package assets

import (
	"errors"
	"fmt"
	"os"
)

// batchFrom is from how many blobs on one sync of the whole file system is
// cheaper than one for each file and each folder.
const batchFrom = 16

// PutAll stores many small blobs, as PutBytes does each, with two syncs for all
// of them where the system can: an edition of a thousand notices would
// otherwise wait for two thousand. When it returns nil all of them are there
// after power loss; on error any of them may be.
func (s *Store) PutAll(blobs [][]byte) error {
	if len(blobs) >= s.batch {
		err := s.putBatch(blobs)
		if !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
	}
	for _, data := range blobs {
		if _, err := s.PutBytes(data); err != nil {
			return err
		}
	}
	return nil
}

// putBatch writes all, syncs, gives all their names, and syncs again.
func (s *Store) putBatch(blobs [][]byte) error {
	temps := map[Ref]string{}
	defer func() {
		for _, tmp := range temps {
			s.dropTemp(tmp)
		}
	}()
	sizes := map[Ref]int64{}
	for _, data := range blobs {
		ref := RefOf(data)
		if temps[ref] != "" || s.hold(ref, int64(len(data))) {
			continue
		}
		tmp, err := s.newTemp()
		if err != nil {
			return err
		}
		temps[ref], sizes[ref] = tmp, int64(len(data))
		if err := s.writeUnsynced(tmp, data); err != nil {
			return fmt.Errorf("store blob %s: %w", ref.Short(), err)
		}
	}
	if len(temps) == 0 {
		return nil
	}
	if err := s.fsys.SyncAll(s.dir); err != nil {
		return fmt.Errorf("store %d blobs: %w", len(temps), err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for ref, tmp := range temps {
		if err := s.name(ref, sizes[ref], tmp); err != nil {
			return err
		}
	}
	if err := s.fsys.SyncAll(s.dir); err != nil {
		return fmt.Errorf("sync the names of %d blobs: %w", len(temps), err)
	}
	for ref := range temps {
		delete(s.unsynced, ref.hex()[:2])
	}
	return nil
}

func (s *Store) writeUnsynced(path string, data []byte) error {
	f, err := s.fsys.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, filePerm)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
