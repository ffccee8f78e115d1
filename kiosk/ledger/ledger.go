// Package ledger is the device's own record of what it showed: which notice, in
// which version and revision, from when to when.
//
// Several things can be visible at once, on a board with zones: each has a row of
// its own, numbered when it ends, so rows are in the order of their ends and the
// times of different things overlap.
//
// It promises: rows are numbered without gaps and chained by hash; time counts
// only while frames were really presented, so a row never says more than was
// visible; rows of one thing never overlap while the clock runs forward; a power cut loses at most what Flush had not written, and never what
// it had; a row stays until the controller has acknowledged it. Sending rows is
// left to kiosk/link, adding them up to the controller.
//
// On disk a ledger is a folder of segments of up to 4,096 rows, so that a device
// that was alone for months drains without holding them all in memory.
package ledger

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// segmentRows is how many rows a segment holds.
const segmentRows = 4096

const (
	// maxGap is how far apart two presentations may be and still count as one
	// continuous display: the render loop's heartbeat is one second.
	maxGap = 2500 * time.Millisecond
	// maxRow splits what stands for hours, so that at most this much is not yet
	// on its way to disk (DOMAIN I8: a power cut loses at most 60 s).
	maxRow = 30 * time.Second
)

// What names what is visible. Page says where on the display that is, so a notice
// that stands in a zone and has its turn in the loop is two of them.
type What struct {
	Notice   playlist.NoticeID
	Version  int
	Channel  playlist.ChannelID
	Revision playlist.Revision
	Page     string
}

// Ledger is open for one process. Its methods are safe for any number of
// goroutines.
type Ledger struct {
	fs      durable.FS
	dir     string
	log     *slog.Logger
	segment int // rows in a segment

	mu       sync.Mutex   // guards all below
	segments []uint64     // first sequence number of each segment, ascending; the last is open
	file     *durable.Log // the open segment
	inFile   int          // rows in it
	rows     []wire.Row   // of the open segment, those on disk
	closed   []wire.Row   // complete, numbered and chained, not yet on disk
	next     uint64       // sequence number of the next row
	chain    assets.Ref   // of the last numbered row
	acked    uint64
	open     []span    // what is visible, in the order in which it came
	last     time.Time // of the last call of Presented; all that is open was visible then
}

type span struct {
	what What
	from time.Time
}

// Open reads the ledger in dir, making it when it is not there. Damage in the
// middle of a file is kept aside and logged; the whole rows around it stay.
func Open(fsys durable.FS, dir string, log *slog.Logger) (*Ledger, error) {
	return open(fsys, dir, log, segmentRows)
}

func open(fsys durable.FS, dir string, log *slog.Logger, segment int) (*Ledger, error) {
	if err := durable.MkdirAll(fsys, dir); err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	l := &Ledger{fs: fsys, dir: dir, log: log, segment: segment, next: 1}
	entries, err := fsys.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	for _, e := range entries {
		var first uint64
		if n, _ := fmt.Sscanf(e.Name(), "%d.rows", &first); n == 1 && e.Name() == segmentName(first) {
			l.segments = append(l.segments, first)
		}
	}
	slices.Sort(l.segments)
	if len(l.segments) == 0 {
		l.segments = []uint64{1}
	}
	l.next = l.segments[len(l.segments)-1]
	if err := l.openLast(); err != nil {
		return nil, err
	}
	return l, nil
}

func segmentName(first uint64) string { return fmt.Sprintf("%012d.rows", first) }

func (l *Ledger) path(first uint64) string { return filepath.Join(l.dir, segmentName(first)) }

func (l *Ledger) openLast() error {
	first := l.segments[len(l.segments)-1]
	rows, file, err := l.readSegment(first)
	if err != nil {
		return fmt.Errorf("open ledger: %w", err)
	}
	l.file, l.rows, l.inFile = file, rows, len(rows)
	if len(rows) > 0 {
		last := rows[len(rows)-1]
		l.next, l.chain = last.Seq+1, last.Chain
		return nil
	}
	// A fresh segment: the chain goes on from the one before.
	if len(l.segments) > 1 {
		before, file, err := l.readSegment(l.segments[len(l.segments)-2])
		if err != nil {
			return fmt.Errorf("open ledger: %w", err)
		}
		if err := file.Close(); err != nil {
			return fmt.Errorf("open ledger: %w", err)
		}
		if len(before) > 0 {
			l.chain = before[len(before)-1].Chain
		}
	}
	return nil
}

// readSegment returns the rows of a segment and its open log.
func (l *Ledger) readSegment(first uint64) ([]wire.Row, *durable.Log, error) {
	var rows []wire.Row
	file, damage, err := durable.SalvageLog(l.fs, l.path(first), func(record []byte) error {
		row, err := DecodeRow(record)
		if err != nil {
			l.log.Error("A row of the ledger cannot be read and is left out.", "segment", first, "error", err)
			return nil
		}
		rows = append(rows, row)
		return nil
	})
	if damage != nil {
		l.log.Error("A file of the ledger was damaged; what was whole is kept.", "segment", first, "error", damage)
	}
	return rows, file, err
}

// DecodeRow reads one stored row.
func DecodeRow(record []byte) (wire.Row, error) {
	var row wire.Row
	if err := json.Unmarshal(record, &row); err != nil {
		return row, fmt.Errorf("ledger row: %w", err)
	}
	if row.Seq == 0 || row.Notice == "" || row.Until.Before(row.From) {
		return row, fmt.Errorf("ledger row %d: no notice, or it ends before it begins", row.Seq)
	}
	return row, nil
}

// Presented says what is on the display at this instant, all of it; nothing when
// no notice is. It must be called at least every second while something stands; a
// longer silence, or a clock that steps, ends all rows at the last call before it.
func (l *Ledger) Presented(at time.Time, visible ...What) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if step := at.Sub(l.last); step < 0 || step > maxGap {
		l.finishAll()
	}
	l.last = at
	keep := l.open[:0]
	for _, s := range l.open {
		// What is gone was visible until its successor replaced it.
		if slices.Contains(visible, s.what) && at.Sub(s.from) < maxRow {
			keep = append(keep, s)
		} else {
			l.finish(s)
		}
	}
	l.open = keep
	for _, w := range visible {
		if w.Notice == "" || w.Channel.IsZero() {
			continue // no notice, or of no channel: nobody could read such a row again
		}
		if !slices.ContainsFunc(l.open, func(s span) bool { return s.what == w }) {
			l.open = append(l.open, span{what: w, from: at})
		}
	}
}

// finishAll ends everything at the last instant at which it was visible.
func (l *Ledger) finishAll() {
	for _, s := range l.open {
		l.finish(s)
	}
	l.open = l.open[:0]
}

// finish numbers the row of a span that lasted.
func (l *Ledger) finish(s span) {
	if !l.last.After(s.from) {
		return
	}
	row := wire.Row{
		Seq: l.next, Notice: s.what.Notice, Version: s.what.Version,
		Channel: s.what.Channel, Revision: s.what.Revision, Page: s.what.Page,
		From: s.from.UTC().Round(time.Millisecond), Until: l.last.UTC().Round(time.Millisecond),
	}
	if row.Until.Before(row.From) {
		return
	}
	row.Chain = wire.Link(l.chain, row)
	l.next, l.chain = l.next+1, row.Chain
	l.closed = append(l.closed, row)
}

// Flush puts complete rows on disk. When the disk refuses, the rows stay in
// memory and the next Flush tries again.
func (l *Ledger) Flush() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.flush()
}

func (l *Ledger) flush() error {
	for len(l.closed) > 0 {
		if l.inFile >= l.segment {
			if err := l.rotate(); err != nil {
				return fmt.Errorf("start a ledger segment: %w", err)
			}
		}
		n := min(len(l.closed), l.segment-l.inFile)
		records := make([][]byte, n)
		for i, row := range l.closed[:n] {
			data, err := json.Marshal(row)
			if err != nil {
				return fmt.Errorf("write ledger row %d: %w", row.Seq, err)
			}
			records[i] = data
		}
		if err := l.file.Append(records...); err != nil {
			return fmt.Errorf("write ledger: %w", err)
		}
		l.rows = append(l.rows, l.closed[:n]...)
		l.inFile += n
		l.closed = slices.Delete(l.closed, 0, n)
	}
	return nil
}

func (l *Ledger) rotate() error {
	first := l.closed[0].Seq
	file, err := durable.OpenLog(l.fs, l.path(first), func([]byte) error { return nil })
	if err != nil {
		return err
	}
	if err := l.file.Close(); err != nil {
		l.log.Error("A ledger segment did not close cleanly.", "error", err)
	}
	l.segments = append(l.segments, first)
	l.file, l.rows, l.inFile = file, nil, 0
	return nil
}

// Head returns the highest sequence number on disk, 0 before the first row.
func (l *Ledger) Head() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.head()
}

func (l *Ledger) head() uint64 { return l.next - 1 - uint64(len(l.closed)) }

// Batch returns up to limit rows on disk that follow sequence number after, in
// order; none when there are none.
func (l *Ledger) Batch(after uint64, limit int) ([]wire.Row, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if after >= l.head() {
		return nil, nil
	}
	i := len(l.segments) - 1
	for i > 0 && l.segments[i] > after+1 {
		i--
	}
	for ; i < len(l.segments); i++ {
		rows := l.rows
		if i < len(l.segments)-1 {
			old, file, err := l.readSegment(l.segments[i])
			if err != nil {
				return nil, fmt.Errorf("read ledger: %w", err)
			}
			if err := file.Close(); err != nil {
				return nil, fmt.Errorf("read ledger: %w", err)
			}
			rows = old
		}
		from := slices.IndexFunc(rows, func(r wire.Row) bool { return r.Seq > after })
		if from >= 0 {
			return slices.Clone(rows[from:min(len(rows), from+limit)]), nil
		}
	}
	return nil, nil
}

// Verify reads every row on disk and returns how many there are and, when the
// chain is broken, the number of the first row that does not follow the one
// before it; 0 when all is whole. Between segments others have their turn.
func (l *Ledger) Verify() (rows int, broken uint64, err error) {
	l.mu.Lock()
	segments := slices.Clone(l.segments)
	l.mu.Unlock()
	var last wire.Row
	for _, first := range segments {
		list, err := l.segmentRows(first)
		if err != nil {
			return rows, broken, fmt.Errorf("verify ledger: %w", err)
		}
		for _, r := range list {
			if rows++; rows > 1 && broken == 0 && (r.Seq != last.Seq+1 || r.Chain != wire.Link(last.Chain, r)) {
				broken = r.Seq
			}
			last = r
		}
	}
	return rows, broken, nil
}

// segmentRows returns the rows of one segment; none when it was acknowledged and
// removed meanwhile.
func (l *Ledger) segmentRows(first uint64) ([]wire.Row, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.segments, first)
	switch {
	case i < 0:
		return nil, nil
	case i == len(l.segments)-1:
		return slices.Clone(l.rows), nil
	}
	rows, file, err := l.readSegment(first)
	if err != nil {
		return nil, err
	}
	return rows, file.Close()
}

// Acknowledge says that the controller has stored all rows up to seq. Segments
// that hold nothing newer are removed.
func (l *Ledger) Acknowledge(seq uint64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acked = max(l.acked, min(seq, l.head()))
	// The last segment stays: it carries the number and the chain on. The one
	// before it stays while the last is empty, for the same reason.
	for len(l.segments) > 1 && l.inFile > 0 && l.segments[1] <= l.acked+1 {
		if err := durable.Remove(l.fs, l.path(l.segments[0])); err != nil {
			return fmt.Errorf("remove acknowledged ledger segment: %w", err)
		}
		l.segments = slices.Delete(l.segments, 0, 1)
	}
	return nil
}

// Acked returns the highest acknowledged sequence number of this run.
func (l *Ledger) Acked() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.acked
}

// Close ends what is visible, writes it and closes the file.
func (l *Ledger) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.finishAll()
	err := l.flush()
	if cerr := l.file.Close(); err == nil {
		err = cerr
	}
	return err
}

func (w What) String() string {
	return strings.Join([]string{w.Channel.String(), string(w.Notice), w.Page}, "/")
}
