package assets

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"

	"mingbai/assets/durable"
)

// Writer fills one blob over several attempts. It is used by one goroutine.
type Writer struct {
	store *Store
	ref   Ref
	size  int64
	n     int64 // bytes there
	f     durable.File
	sum   hash.Hash
	err   error // sticks
}

// Partial returns how many bytes of an unfinished blob are here from earlier
// attempts; the size of the blob if it is complete; 0 if nothing is here.
func (s *Store) Partial(ref Ref) (have int64) {
	if n, ok := s.Size(ref); ok {
		return n
	}
	if ref.IsZero() {
		return 0
	}
	info, err := s.fsys.Stat(s.partialPath(ref))
	if err != nil {
		return 0
	}
	return info.Size()
}

// Resume goes on with filling the blob ref of size bytes where the last
// attempt stopped: Offset says where. Bytes from earlier attempts are hashed
// first, which reads them. Only one Writer for a blob can be open: ErrBusy. If
// the blob is complete already, Offset is size and Commit does nothing.
func (s *Store) Resume(ref Ref, size int64) (*Writer, error) {
	if ref.IsZero() || size < 0 {
		return nil, ErrZeroRef
	}
	w := &Writer{store: s, ref: ref, size: size, sum: sha256.New()}
	if s.hold(ref, size) {
		w.n = size
		return w, nil
	}
	s.mu.Lock()
	if s.writers[ref] != nil {
		s.mu.Unlock()
		return nil, fmt.Errorf("resume blob %s: %w", ref.Short(), ErrBusy)
	}
	s.writers[ref] = w
	s.mu.Unlock()
	if err := w.open(); err != nil {
		w.release()
		return nil, fmt.Errorf("resume blob %s: %w", ref.Short(), err)
	}
	return w, nil
}

func (w *Writer) open() error {
	f, err := w.store.fsys.OpenFile(w.store.partialPath(w.ref), os.O_RDWR|os.O_CREATE, filePerm)
	if err != nil {
		return err
	}
	w.f = f
	// One byte more than size shows that the file is not a beginning of ours.
	w.n, err = io.CopyBuffer(onlyWriter{w.sum}, io.LimitReader(f, w.size+1), make([]byte, copyBuffer))
	if err == nil && w.n > w.size {
		err = w.Restart()
	}
	return err
}

// onlyWriter hides other methods, so that io.CopyBuffer uses its buffer.
type onlyWriter struct{ io.Writer }

// Offset is how many bytes are here: the position in the blob of the next
// Write.
func (w *Writer) Offset() int64 { return w.n }

// Restart throws away what is here, for a source that can only send the blob
// from its beginning.
func (w *Writer) Restart() error {
	if w.f == nil {
		return w.closedErr()
	}
	if err := w.f.Truncate(0); err != nil {
		return err
	}
	if _, err := w.f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	w.n = 0
	w.sum.Reset()
	return nil
}

func (w *Writer) closedErr() error {
	if w.err != nil {
		return w.err
	}
	return fs.ErrClosed
}

// Write adds bytes at Offset. More bytes than the blob has is ErrMismatch, and
// throws the partial file away.
func (w *Writer) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	if int64(len(p)) > w.size-w.n {
		return 0, w.reject(fmt.Errorf("write blob %s: more than %d bytes: %w", w.ref.Short(), w.size, ErrMismatch))
	}
	if w.f == nil {
		if len(p) == 0 {
			return 0, nil
		}
		return 0, fs.ErrClosed
	}
	n, err := w.f.Write(p)
	w.sum.Write(p[:n])
	w.n += int64(n)
	if err != nil {
		w.err = fmt.Errorf("write blob %s: %w", w.ref.Short(), err)
		return n, w.err
	}
	return n, nil
}

// reject ends the writer and deletes the partial file.
func (w *Writer) reject(err error) error {
	w.err = err
	if w.f != nil {
		w.f.Close()
		w.f = nil
		// Under the writer's claim, so no new Writer can have it open.
		w.store.fsys.Remove(w.store.partialPath(w.ref))
	}
	w.release()
	return err
}

// Commit ends the writer: it verifies the whole blob, makes it durable and
// then visible. Bytes that do not hash to the Ref are ErrMismatch and are
// thrown away, so that the next attempt starts anew. If bytes are still
// missing it is ErrIncomplete and they are kept.
func (w *Writer) Commit() error {
	if w.err != nil {
		return w.err
	}
	if w.f == nil {
		if w.n == w.size && w.store.Has(w.ref) {
			return nil
		}
		return fs.ErrClosed
	}
	if w.n < w.size {
		err := fmt.Errorf("commit blob %s: %d of %d bytes: %w", w.ref.Short(), w.n, w.size, ErrIncomplete)
		return errors.Join(err, w.Close())
	}
	if got := refOfSum(w.sum); got != w.ref {
		return w.reject(fmt.Errorf("commit blob %s: bytes are %s: %w", w.ref.Short(), got.Short(), ErrMismatch))
	}
	if err := w.flush(); err != nil {
		w.err = fmt.Errorf("commit blob %s: %w", w.ref.Short(), err)
		w.release()
		return w.err
	}
	w.err = w.store.publish(w.ref, w.size, w.store.partialPath(w.ref))
	w.release()
	return w.err
}

// Close ends the writer and keeps what is there for a later Resume. After
// Commit it does nothing.
func (w *Writer) Close() error {
	if w.f == nil {
		return nil
	}
	err := w.flush()
	w.release()
	if err != nil {
		return fmt.Errorf("keep partial blob %s: %w", w.ref.Short(), err)
	}
	return nil
}

// flush syncs and closes the partial file. What a failed sync leaves on the
// disk is not known, and the next attempt would read it from memory and find
// it good; so then the file is removed.
func (w *Writer) flush() error {
	err := w.f.Sync()
	if cerr := w.f.Close(); err == nil {
		err = cerr
	}
	w.f = nil
	if err != nil {
		w.store.fsys.Remove(w.store.partialPath(w.ref))
	}
	return err
}

func (w *Writer) release() {
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	if w.store.writers[w.ref] == w {
		delete(w.store.writers, w.ref)
	}
}
