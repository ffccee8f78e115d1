package assets

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"mingbai/assets/durable"
)

// The kinds of errors of a Store, for errors.Is.
var (
	// ErrNotFound: no blob has this Ref. Fetch it.
	ErrNotFound = errors.New("blob not found")
	// ErrCorrupt: the blob's file no longer hashes to its Ref; it was taken
	// away. Fetch it again.
	ErrCorrupt = errors.New("blob is damaged")
	// ErrMismatch: the bytes offered are not those that the Ref or the size
	// names. Asking the same source again does not help.
	ErrMismatch = errors.New("bytes do not match their address")
	// ErrTooLarge: more bytes than the limit.
	ErrTooLarge = errors.New("blob is larger than allowed")
	// ErrIncomplete: Commit before all bytes were written; what is there is
	// kept for the next Resume.
	ErrIncomplete = errors.New("blob is not complete yet")
	// ErrBusy: another Writer is filling the same blob.
	ErrBusy = errors.New("blob is being written")
	// ErrZeroRef: the zero Ref addresses nothing.
	ErrZeroRef = errors.New("the zero ref addresses no blob")
)

const (
	tempDir    = "tmp"     // Puts under way
	partialDir = "partial" // Resumes under way, named by Ref
	copyBuffer = 128 << 10
	filePerm   = 0o640
)

// Store is a folder of blobs: dir/ab/cdef… for the blob whose hash starts with
// abcdef. Its methods may be called from several goroutines.
type Store struct {
	fsys  durable.FS
	dir   string
	batch int // from how many blobs on PutAll shares syncs

	mu sync.Mutex // guards what follows, and every change of a visible name
	// shards are the folders dir/ab known to be durable themselves. A shard
	// in unsynced has names that a crash could still take back; its blobs do
	// not count as present until a sync of it succeeds.
	shards   map[string]bool
	unsynced map[string]bool
	writers  map[Ref]*Writer
	temps    map[string]bool // files in tempDir that are in use
	// fresh has the blobs put while at least one Sweep is running: the sweep's
	// owner cannot know them yet.
	fresh  map[Ref]bool
	sweeps int
}

// Open opens the store in dir, makes it if it is missing, and removes what
// unfinished Puts left there. Unfinished Resumes stay.
func Open(fsys durable.FS, dir string) (*Store, error) {
	s := &Store{
		fsys: fsys, dir: dir, batch: batchFrom,
		shards: map[string]bool{}, unsynced: map[string]bool{},
		writers: map[Ref]*Writer{}, temps: map[string]bool{},
	}
	for _, sub := range []string{tempDir, partialDir} {
		if err := durable.MkdirAll(fsys, filepath.Join(dir, sub)); err != nil {
			return nil, fmt.Errorf("open blob store: %w", err)
		}
	}
	entries, err := fsys.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("open blob store: %w", err)
	}
	for _, e := range entries {
		if !e.IsDir() || !isShard(e.Name()) {
			continue
		}
		// A process that was killed may have left names that are not synced.
		// They count from here on, so they must stay.
		if err := fsys.SyncDir(filepath.Join(dir, e.Name())); err != nil {
			return nil, fmt.Errorf("open blob store: %w", err)
		}
		s.shards[e.Name()] = true
	}
	if err := fsys.SyncDir(dir); err != nil {
		return nil, fmt.Errorf("open blob store: %w", err)
	}
	if err := s.sweepTemps(); err != nil {
		return nil, fmt.Errorf("open blob store: %w", err)
	}
	return s, nil
}

func isShard(name string) bool {
	_, err := hex.DecodeString(name)
	return err == nil && len(name) == 2 && name == hexLower(name)
}

func hexLower(s string) string { return string(bytes.ToLower([]byte(s))) }

func (s *Store) shardDir(ref Ref) string    { return filepath.Join(s.dir, ref.hex()[:2]) }
func (s *Store) path(ref Ref) string        { h := ref.hex(); return filepath.Join(s.dir, h[:2], h[2:]) }
func (s *Store) partialPath(ref Ref) string { return filepath.Join(s.dir, partialDir, ref.hex()) }

// present reports the size of a visible and durable blob. The caller holds mu.
func (s *Store) present(ref Ref) (int64, error) {
	if ref.IsZero() {
		return 0, ErrZeroRef
	}
	info, err := s.fsys.Stat(s.path(ref))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("%s: %w", ref.Short(), ErrNotFound)
	}
	if err != nil {
		return 0, fmt.Errorf("look up blob %s: %w", ref.Short(), err)
	}
	if err := s.settle(ref); err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// settle makes the names of ref's shard durable if a sync failed before. The
// caller holds mu.
func (s *Store) settle(ref Ref) error {
	shard := ref.hex()[:2]
	if !s.unsynced[shard] {
		return nil
	}
	if err := s.fsys.SyncDir(s.shardDir(ref)); err != nil {
		return fmt.Errorf("sync folder of blob %s: %w", ref.Short(), err)
	}
	delete(s.unsynced, shard)
	return nil
}

// publish gives the synced file tmp of size bytes its visible name, durably.
func (s *Store) publish(ref Ref, size int64, tmp string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.name(ref, size, tmp); err != nil {
		return err
	}
	return s.settle(ref)
}

// name gives the synced file tmp its visible name; settle makes that durable.
// The caller holds mu.
func (s *Store) name(ref Ref, size int64, tmp string) error {
	if s.fresh != nil {
		s.fresh[ref] = true
	}
	if have, err := s.present(ref); err == nil && have == size {
		// The same bytes are there. Leave them: Windows does not rename over
		// a file that somebody reads.
		s.fsys.Remove(tmp)
		return nil
	}
	shard := ref.hex()[:2]
	if !s.shards[shard] {
		if err := durable.MkdirAll(s.fsys, s.shardDir(ref)); err != nil {
			return fmt.Errorf("store blob %s: %w", ref.Short(), err)
		}
		s.shards[shard] = true
	}
	s.unsynced[shard] = true
	if err := s.fsys.Rename(tmp, s.path(ref)); err != nil {
		return fmt.Errorf("store blob %s: %w", ref.Short(), err)
	}
	return nil
}

// hold marks a blob that is there already as put, so that a running Sweep does
// not take it away, and reports whether it is there.
func (s *Store) hold(ref Ref, size int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	have, err := s.present(ref)
	if err != nil || have != size {
		return false
	}
	if s.fresh != nil {
		s.fresh[ref] = true
	}
	return true
}

// Hold reports whether a blob of this size is here, and keeps the sweeps that run
// from taking it away: for who is about to write down that it is wanted. Who only
// asks Has may find it gone afterwards.
func (s *Store) Hold(ref Ref, size int64) bool { return s.hold(ref, size) }

// Put stores what r gives, up to its end, and returns its address and size.
// More than limit bytes is ErrTooLarge and stores nothing. ctx is looked at
// between reads; it cannot interrupt a Read of r that blocks.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (Ref, int64, error) {
	tmp, err := s.newTemp()
	if err != nil {
		return Ref{}, 0, err
	}
	defer s.dropTemp(tmp)
	ref, size, err := s.spool(ctx, tmp, r, limit)
	if err != nil {
		return Ref{}, 0, fmt.Errorf("store blob: %w", err)
	}
	if err := s.publish(ref, size, tmp); err != nil {
		return Ref{}, 0, err
	}
	return ref, size, nil
}

// PutBytes stores data and returns its address.
func (s *Store) PutBytes(data []byte) (Ref, error) {
	ref := RefOf(data)
	if s.hold(ref, int64(len(data))) {
		return ref, nil
	}
	_, _, err := s.Put(context.Background(), bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return Ref{}, err
	}
	return ref, nil
}

// Add stores what r gives under ref, which the caller knows from elsewhere. If
// the bytes are not exactly size long and do not hash to ref, nothing is
// stored and the error is ErrMismatch. If the blob is there already r is not
// read.
func (s *Store) Add(ref Ref, size int64, r io.Reader) error {
	if ref.IsZero() {
		return ErrZeroRef
	}
	if s.hold(ref, size) {
		return nil
	}
	tmp, err := s.newTemp()
	if err != nil {
		return err
	}
	defer s.dropTemp(tmp)
	got, n, err := s.spool(context.Background(), tmp, r, size)
	if errors.Is(err, ErrTooLarge) {
		return fmt.Errorf("add blob %s: more than %d bytes: %w", ref.Short(), size, ErrMismatch)
	}
	if err != nil {
		return fmt.Errorf("add blob %s: %w", ref.Short(), err)
	}
	if n != size || got != ref {
		return fmt.Errorf("add blob %s: got %d bytes of %s: %w", ref.Short(), n, got.Short(), ErrMismatch)
	}
	return s.publish(ref, size, tmp)
}

// spool writes r to a file and syncs it.
func (s *Store) spool(ctx context.Context, path string, r io.Reader, limit int64) (Ref, int64, error) {
	f, err := s.fsys.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, filePerm)
	if err != nil {
		return Ref{}, 0, err
	}
	sum := sha256.New()
	n, err := copyLimited(ctx, f, sum, r, limit)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return refOfSum(sum), n, err
}

func refOfSum(sum hash.Hash) (r Ref) {
	sum.Sum(r.sum[:0])
	return r
}

func copyLimited(ctx context.Context, w io.Writer, sum hash.Hash, r io.Reader, limit int64) (int64, error) {
	buf := make([]byte, min(copyBuffer, max(limit, 0)+1))
	var n int64
	for {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		k, rerr := r.Read(buf)
		if n += int64(k); n > limit {
			return n, fmt.Errorf("more than %d bytes: %w", limit, ErrTooLarge)
		}
		sum.Write(buf[:k])
		if k > 0 {
			if _, err := w.Write(buf[:k]); err != nil {
				return n, err
			}
		}
		if rerr == io.EOF {
			return n, nil
		}
		if rerr != nil {
			return n, rerr
		}
	}
}

func (s *Store) newTemp() (string, error) {
	var b [8]byte
	rand.Read(b[:]) // never fails
	tmp := filepath.Join(s.dir, tempDir, hex.EncodeToString(b[:]))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.temps[tmp] = true
	return tmp, nil
}

// dropTemp removes a temporary file if it is still there; one that cannot be
// removed now is removed by the next Sweep.
func (s *Store) dropTemp(tmp string) {
	s.fsys.Remove(tmp)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.temps, tmp)
}

// Has reports whether the blob is here. It looks at the name only; Read and
// Verify look at the bytes.
func (s *Store) Has(ref Ref) bool {
	_, ok := s.Size(ref)
	return ok
}

// Size returns the length of the blob in bytes and whether it is here.
func (s *Store) Size(ref Ref) (int64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.present(ref)
	return n, err == nil
}

// Info returns the size of the blob's file and when it was last written. The bytes
// are not looked at.
func (s *Store) Info(ref Ref) (fs.FileInfo, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.present(ref); err != nil {
		return nil, err
	}
	info, err := s.fsys.Stat(s.path(ref))
	if err != nil {
		return nil, fmt.Errorf("look up blob %s: %w", ref.Short(), err)
	}
	return info, nil
}

// File opens a blob for streaming, and returns its size. The bytes are NOT
// verified here: hashing first would read everything twice and stop sendfile;
// the receiver knows the Ref and verifies. With durable.OS it is an *os.File,
// which net/http.ServeContent hands to sendfile. The caller closes it.
func (s *Store) File(ref Ref) (io.ReadSeekCloser, int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	size, err := s.present(ref)
	if err != nil {
		return nil, 0, err
	}
	f, err := s.fsys.Open(s.path(ref))
	if err != nil {
		return nil, 0, fmt.Errorf("open blob %s: %w", ref.Short(), err)
	}
	return f, size, nil
}

// checkChunk is how much Check reads at once, in bytes.
const checkChunk = 256 << 10

// Check reads the blob piece by piece and compares it with its Ref. read is
// told how long each piece was and may wait or, by an error, stop it. Bytes that
// do not hash to ref are treated as by Read.
func (s *Store) Check(ref Ref, read func(n int) error) error {
	f, _, err := s.File(ref)
	if err != nil {
		return err
	}
	sum, buf := sha256.New(), make([]byte, checkChunk)
	for err == nil {
		var n int
		n, err = f.Read(buf)
		sum.Write(buf[:n])
		if stop := read(n); stop != nil {
			f.Close()
			return stop
		}
	}
	f.Close()
	if err != io.EOF {
		return fmt.Errorf("check blob %s: %w", ref.Short(), err)
	}
	if refOfSum(sum) != ref {
		return s.corrupt(ref)
	}
	return nil
}

// Read returns the whole blob, verified. A blob of more than limit bytes is
// ErrTooLarge. If the bytes no longer hash to ref the file is removed, so that
// the blob can be fetched again, and the error is ErrCorrupt.
func (s *Store) Read(ref Ref, limit int64) ([]byte, error) {
	f, size, err := s.File(ref)
	if err != nil {
		return nil, err
	}
	if size > limit {
		f.Close()
		return nil, fmt.Errorf("read blob %s of %d bytes: %w", ref.Short(), size, ErrTooLarge)
	}
	data := make([]byte, size)
	n, err := io.ReadFull(f, data)
	f.Close()
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, fmt.Errorf("read blob %s: %w", ref.Short(), err)
	}
	if RefOf(data[:n]) != ref {
		return nil, s.corrupt(ref)
	}
	return data, nil
}
