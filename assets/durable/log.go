package durable

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// The file of a log is a header and then frames, one for each Append:
//
//	header  8 bytes  "MBLOG 1\n"
//	frame   4 bytes  "\xffMBf"
//	        4 bytes  length of the payload, little endian
//	        4 bytes  CRC32C of the frame's offset in the file (8 bytes, little
//	                 endian), the length field and the payload
//	        payload  for each record: uvarint length, bytes
//
// One Append is one frame, so it is there whole or not at all. It starts only
// after the one before was synced, so a power cut can damage nothing but the
// last frame; a bad frame with a good one after it is therefore not a torn
// tail but a damaged disk. The offset is under the checksum so that a frame
// quoted inside a record, or one that moved, never counts as a frame.
const (
	logHeader   = "MBLOG 1\n"
	frameMark   = "\xffMBf"
	frameHeader = len(frameMark) + 8
	maxFrame    = 64 << 20
	// rewriteFrame is the size from which Rewrite starts another frame.
	rewriteFrame = 1 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// ErrRecordTooLarge is returned for an Append of more than 64 MiB.
var ErrRecordTooLarge = errors.New("append to log: more than 64 MiB at once")

// CorruptLogError says that a log is damaged before its end, which a power cut
// cannot do. Every record that is still whole, before the damage and after it,
// was given to the function passed to OpenLog.
type CorruptLogError struct {
	Path     string
	Offset   int64 // of the first damaged byte range
	Salvaged int   // records delivered in all
	Lost     int64 // bytes in damaged ranges
}

func (e *CorruptLogError) Error() string {
	return fmt.Sprintf("open log %s: damaged at byte %d; %d records are whole, %d bytes are lost",
		filepath.Base(e.Path), e.Offset, e.Salvaged, e.Lost)
}

// Log is an append-only file of records. Its methods may be called from
// several goroutines.
type Log struct {
	fsys FS
	path string

	mu   sync.Mutex // guards what follows
	f    File       // nil when a failed Rewrite could not open it again
	size int64      // end of the last frame that was synced
	// repair: the file may have bytes after size that were not promised.
	repair bool
	// rename: the file was replaced and the folder is not synced yet, so a
	// crash could bring the old file back.
	rename bool
	closed bool
}

// OpenLog opens the log at path, makes it if it is missing, and calls each
// with every record in order; the slice is valid during the call only. A torn
// end, which a power cut during Append leaves, is cut off. If the file is
// damaged before its end, the whole records are delivered all the same, the
// file is not touched, and the error is a *CorruptLogError: see SalvageLog. An
// error of each stops and is returned.
func OpenLog(fsys FS, path string, each func(record []byte) error) (*Log, error) {
	l := &Log{fsys: fsys, path: path}
	err := l.open(each)
	if errors.Is(err, fs.ErrNotExist) {
		// The parent must exist; if it does not, this fails with that.
		if err = WriteFile(fsys, path, []byte(logHeader)); err == nil {
			err = l.open(each)
		}
	}
	if err != nil {
		if l.f != nil {
			l.f.Close()
		}
		if corrupt := (*CorruptLogError)(nil); errors.As(err, &corrupt) {
			return nil, err
		}
		return nil, fmt.Errorf("open log %s: %w", filepath.Base(path), err)
	}
	return l, nil
}

func (l *Log) open(each func([]byte) error) error {
	f, err := l.fsys.OpenFile(l.path, os.O_RDWR, filePerm)
	if err != nil {
		return err
	}
	l.f = f
	info, err := f.Stat()
	if err != nil {
		return err
	}
	good, err := readLog(f, l.path, info.Size(), each)
	if err != nil {
		return err
	}
	if good < info.Size() {
		if err := f.Truncate(good); err != nil {
			return fmt.Errorf("cut torn end: %w", err)
		}
	}
	// A process that was killed may have left records that were not synced;
	// from here on they count, so they must stay.
	if err := f.Sync(); err != nil {
		return err
	}
	l.size = good
	return l.fsys.SyncDir(filepath.Dir(l.path))
}

// readLog delivers the records of size bytes and returns where the last whole
// frame ends.
func readLog(r io.ReaderAt, path string, size int64, each func([]byte) error) (int64, error) {
	br := bufio.NewReaderSize(io.NewSectionReader(r, 0, size), 64<<10)
	head := make([]byte, len(logHeader))
	if _, err := io.ReadFull(br, head); err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return 0, err
	}
	offset, count := int64(len(logHeader)), 0
	counted := func(record []byte) error { count++; return each(record) }
	var corrupt *CorruptLogError
	if string(head) != logHeader {
		// The header was synced before the file got its name.
		corrupt = &CorruptLogError{Path: path, Offset: 0, Lost: min(size, int64(len(logHeader)))}
	}
	for offset < size {
		payload, err := readFrame(br, offset, size)
		if err != nil {
			return 0, err
		}
		if payload != nil {
			if err := eachRecord(payload, counted); err != nil {
				return 0, err
			}
			offset += int64(frameHeader + len(payload))
			continue
		}
		next, err := findFrame(r, offset+1, size)
		if err != nil {
			return 0, err
		}
		if next < 0 {
			break // nothing whole follows: a torn end
		}
		if corrupt == nil {
			corrupt = &CorruptLogError{Path: path, Offset: offset}
		}
		corrupt.Lost += next - offset
		offset = next
		br.Reset(io.NewSectionReader(r, offset, size-offset))
	}
	if corrupt != nil {
		corrupt.Lost += size - min(offset, size)
		corrupt.Salvaged = count
		return 0, corrupt
	}
	return offset, nil
}

// readFrame reads the frame that starts at offset; a nil payload without an
// error means that there is no whole frame here.
func readFrame(r io.Reader, offset, size int64) ([]byte, error) {
	var head [frameHeader]byte
	if size-offset < int64(len(head)) {
		return nil, nil
	}
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, fmt.Errorf("read log: %w", err)
	}
	n := frameLength(head[:], offset, size)
	if n <= 0 {
		return nil, nil
	}
	payload := make([]byte, n)
	if _, err := io.ReadFull(r, payload); err != nil {
		return nil, fmt.Errorf("read log: %w", err)
	}
	if frameSum(offset, payload) != binary.LittleEndian.Uint32(head[8:]) || !wholeRecords(payload) {
		return nil, nil
	}
	return payload, nil
}

// frameLength is the payload's length, or -1 if head is no head of a frame
// that ends within size.
func frameLength(head []byte, offset, size int64) int64 {
	n := int64(binary.LittleEndian.Uint32(head[4:]))
	if string(head[:len(frameMark)]) != frameMark || n > maxFrame || n > size-offset-int64(frameHeader) {
		return -1
	}
	return n
}

// findFrame looks for a whole frame at or after offset, -1 if there is none.
func findFrame(r io.ReaderAt, offset, size int64) (int64, error) {
	const window = 1 << 20
	buf := make([]byte, window)
	for offset < size {
		n, err := r.ReadAt(buf[:min(window, size-offset)], offset)
		if err != nil && err != io.EOF {
			return 0, fmt.Errorf("read log: %w", err)
		}
		for i := 0; ; i++ {
			j := bytes.Index(buf[i:n], []byte(frameMark))
			if j < 0 {
				break
			}
			i += j
			at := offset + int64(i)
			payload, err := readFrame(io.NewSectionReader(r, at, size-at), at, size)
			if err != nil {
				return 0, err
			}
			if payload != nil {
				return at, nil
			}
		}
		if n < len(frameMark) {
			break
		}
		// A mark may lie across the end of the window.
		offset += int64(n - len(frameMark) + 1)
	}
	return -1, nil
}

func frameSum(offset int64, payload []byte) uint32 {
	var head [12]byte
	binary.LittleEndian.PutUint64(head[:], uint64(offset))
	binary.LittleEndian.PutUint32(head[8:], uint32(len(payload)))
	return crc32.Update(crc32.Checksum(head[:], castagnoli), castagnoli, payload)
}

func eachRecord(payload []byte, each func([]byte) error) error {
	for len(payload) > 0 {
		n, w := binary.Uvarint(payload)
		if err := each(payload[w : w+int(n) : w+int(n)]); err != nil {
			return err
		}
		payload = payload[w+int(n):]
	}
	return nil
}

// wholeRecords guards eachRecord against a payload that was never written by
// this package but has the right checksum.
func wholeRecords(payload []byte) bool {
	for len(payload) > 0 {
		n, w := binary.Uvarint(payload)
		if w <= 0 || n > uint64(len(payload)-w) {
			return false
		}
		payload = payload[w+int(n):]
	}
	return true
}

// appendFrame appends the frame of records that will stand at offset.
func appendFrame(buf []byte, offset int64, records [][]byte) []byte {
	start := len(buf)
	buf = append(buf, frameMark...)
	buf = append(buf, 0, 0, 0, 0, 0, 0, 0, 0)
	for _, r := range records {
		buf = binary.AppendUvarint(buf, uint64(len(r)))
		buf = append(buf, r...)
	}
	payload := buf[start+frameHeader:]
	binary.LittleEndian.PutUint32(buf[start+4:], uint32(len(payload)))
	binary.LittleEndian.PutUint32(buf[start+8:], frameSum(offset, payload))
	return buf
}

func framedSize(records [][]byte) int64 {
	n := int64(frameHeader)
	for _, r := range records {
		n += binary.MaxVarintLen64 + int64(len(r))
	}
	return n
}

// Size is the length of the file in bytes, for deciding when to Rewrite.
func (l *Log) Size() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(l.size, 0)
}

// Append adds records, all or none of them, and returns when they are durable.
// After an error none of them counts, and Append may be tried again: what a
// full disk refused is accepted when there is room.
func (l *Log) Append(records ...[]byte) error {
	if len(records) == 0 {
		return nil
	}
	if n := framedSize(records); n > maxFrame {
		return ErrRecordTooLarge
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.ready(); err != nil {
		return fmt.Errorf("append to log %s: %w", filepath.Base(l.path), err)
	}
	frame := appendFrame(nil, l.size, records)
	l.repair = true // until the frame is known to be whole
	_, err := l.f.Seek(l.size, io.SeekStart)
	if err == nil {
		_, err = l.f.Write(frame)
	}
	if err == nil {
		err = l.f.Sync()
	}
	if err != nil {
		return fmt.Errorf("append to log %s: %w", filepath.Base(l.path), err)
	}
	l.size += int64(len(frame))
	l.repair = false
	return nil
}

// ready brings the file back into the state that was promised last.
func (l *Log) ready() error {
	if l.closed {
		return fs.ErrClosed
	}
	if l.f == nil {
		f, err := l.fsys.OpenFile(l.path, os.O_RDWR, filePerm)
		if err != nil {
			return err
		}
		l.f = f
	}
	if l.size == sizeUnknown {
		if err := l.measure(); err != nil {
			return err
		}
	}
	if l.repair {
		if err := l.f.Truncate(l.size); err != nil {
			return fmt.Errorf("cut failed append: %w", err)
		}
		if err := l.f.Sync(); err != nil {
			return fmt.Errorf("cut failed append: %w", err)
		}
		l.repair = false
	}
	if l.rename {
		if err := l.fsys.SyncDir(filepath.Dir(l.path)); err != nil {
			return err
		}
		l.rename = false
	}
	return nil
}

// sizeUnknown: the file is the old or the new one of a failed Rewrite.
const sizeUnknown = -1

// measure finds the end of the file, which is whole.
func (l *Log) measure() error {
	info, err := l.f.Stat()
	if err != nil {
		return err
	}
	l.size = info.Size()
	return nil
}

// Rewrite replaces all records, atomically and durably: after a crash the log
// has the old ones or the new ones. After an error it has either, and goes on.
func (l *Log) Rewrite(records [][]byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.rewrite(records); err != nil {
		return fmt.Errorf("rewrite log %s: %w", filepath.Base(l.path), err)
	}
	return nil
}

func (l *Log) rewrite(records [][]byte) error {
	if err := l.ready(); err != nil {
		return err
	}
	tmp := tempName(l.path)
	size, err := writeLog(l.fsys, tmp, records)
	if err != nil {
		l.fsys.Remove(tmp)
		return err
	}
	// Windows does not rename over an open file.
	l.f.Close()
	l.f = nil
	l.rename = true
	if err := l.fsys.Rename(tmp, l.path); err != nil {
		// Over a network it may have happened all the same.
		l.size = sizeUnknown
		l.fsys.Remove(tmp)
		return err
	}
	l.size = size
	return l.ready()
}

// writeLog writes and syncs a new log file and returns its size.
func writeLog(fsys FS, path string, records [][]byte) (int64, error) {
	f, err := fsys.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, filePerm)
	if err != nil {
		return 0, err
	}
	size, err := writeFrames(f, records)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return size, err
}

func writeFrames(w io.Writer, records [][]byte) (size int64, err error) {
	buf := []byte(logHeader)
	for len(records) > 0 {
		n, sum := 1, framedSize(records[:1])
		if sum > maxFrame {
			return 0, ErrRecordTooLarge
		}
		for ; n < len(records); n++ {
			if sum += framedSize(records[n : n+1]); sum > rewriteFrame {
				break
			}
		}
		buf = appendFrame(buf, size+int64(len(buf)), records[:n])
		records = records[n:]
		if len(buf) >= rewriteFrame {
			if _, err := w.Write(buf); err != nil {
				return 0, err
			}
			size, buf = size+int64(len(buf)), buf[:0]
		}
	}
	_, err = w.Write(buf)
	return size + int64(len(buf)), err
}

// Close closes the file. Everything appended is durable already.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.f == nil {
		l.closed = true
		return nil
	}
	l.closed = true
	return l.f.Close()
}

// SalvageLog is OpenLog for owners that must go on whatever the disk did: if
// the log is damaged before its end, the damaged file is kept beside it with
// ".damaged" added to its name, a new log gets the whole records, and what was
// lost is told by the *CorruptLogError, which then comes together with a
// usable log. Without damage it is OpenLog. each sees every record once.
func SalvageLog(fsys FS, path string, each func(record []byte) error) (*Log, *CorruptLogError, error) {
	var kept [][]byte
	l, err := OpenLog(fsys, path, func(record []byte) error {
		kept = append(kept, bytes.Clone(record))
		return nil
	})
	corrupt := (*CorruptLogError)(nil)
	if errors.As(err, &corrupt) {
		if l, err = replaceDamaged(fsys, path, kept); err != nil {
			err = fmt.Errorf("salvage log %s: %w", filepath.Base(path), err)
		}
	}
	if err != nil {
		return nil, corrupt, err
	}
	for _, record := range kept {
		if err := each(record); err != nil {
			l.Close()
			return nil, corrupt, err
		}
	}
	return l, corrupt, nil
}

// replaceDamaged copies the damaged file aside, so that the log has a file at
// every moment, and then puts a new one in its place.
func replaceDamaged(fsys FS, path string, records [][]byte) (*Log, error) {
	bad, err := fsys.Open(path)
	if err != nil {
		return nil, err
	}
	err = replace(fsys, path+".damaged", func(f File) error {
		_, err := io.Copy(f, bad)
		return err
	})
	bad.Close()
	if err != nil {
		return nil, err
	}
	if err := replace(fsys, path, func(f File) error {
		_, err := writeFrames(f, records)
		return err
	}); err != nil {
		return nil, err
	}
	return OpenLog(fsys, path, func([]byte) error { return nil })
}
