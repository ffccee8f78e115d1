package store

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

const packColumns = `screen, epoch, last_seq, first_seq, until_first, until_last, prev, start, chain, sum, body`

func scanPack(s scanner) (p pack, err error) {
	var refs [4]string
	if err := s.Scan(&p.screen, &p.epoch, &p.last, &p.first, &p.untilFirst, &p.untilLast, &refs[0], &refs[1], &refs[2], &refs[3], &p.body); err != nil {
		return p, err
	}
	// What is no hash becomes none, with which the pack does not open.
	for i, into := range []*assets.Ref{&p.prev, &p.start, &p.chain, &p.sum} {
		_ = into.UnmarshalText([]byte(refs[i]))
	}
	return p, nil
}

// packAfter returns the first pack of a screen and epoch with rows after a number.
func (r Reader) packAfter(ctx context.Context, screen playlist.ScreenID, epoch int, after uint64) (pack, error) {
	return one(ctx, r.q, "packed rows of "+string(screen), scanPack,
		`SELECT `+packColumns+` FROM ledger_packs WHERE screen = $1 AND epoch = $2 AND last_seq > $3 ORDER BY last_seq LIMIT 1`, string(screen), epoch, int64(after))
}

// storedRow is a row as it is stored.
type storedRow struct {
	packed
	inPack bool       // and not the first there: it follows from the row before, as was checked
	before assets.Ref // the chain of that
	unread error      // of one that is in no pack: why its bytes cannot be read
	whole  bool       // it can, has a chain, and its columns say what it says
}

// stored is the one reader of rows of display: it returns those of a screen and epoch
// after a number, in order, at most limit, the packed and the others. Beside a
// *DamagedPack it returns the rows before it.
//
// The others are read first: a row that is packed meanwhile is found twice, and none
// is missed.
func (r Reader) stored(ctx context.Context, screen playlist.ScreenID, epoch int, after uint64, limit int) ([]storedRow, error) {
	list, err := r.loose(ctx, screen, `epoch = $2 AND seq > $3`, LedgerMark{epoch, after}, limit)
	if err != nil {
		return nil, err
	}
	var rows, more []storedRow
	for _, l := range list {
		rows = append(rows, l.storedRow)
	}
	for at := after; len(more) < limit; {
		p, err := r.packAfter(ctx, screen, epoch, at)
		if errors.Is(err, ErrNotFound) || err == nil && len(rows) == limit && p.first > rows[limit-1].Seq {
			break
		}
		if err != nil {
			return nil, err
		}
		list, err := p.open()
		if err != nil {
			end := slices.IndexFunc(rows, func(k storedRow) bool { return k.Seq >= p.first })
			if end < 0 {
				end = len(rows)
			}
			return merged(rows[:end], more, limit), err
		}
		for i, row := range list {
			k := storedRow{packed: row, inPack: i > 0, whole: true}
			if k.inPack {
				k.before = list[i-1].Chain
			}
			if k.Seq > after {
				more = append(more, k)
			}
		}
		at = p.last
	}
	return merged(rows, more, limit), nil
}

// merged is the first rows of two lists, those that are in both once.
func merged(a, b []storedRow, limit int) []storedRow {
	if len(b) > 0 {
		a = append(slices.Clip(a), b...)
		slices.SortStableFunc(a, func(a, b storedRow) int { return cmp.Compare(a.Seq, b.Seq) })
		a = slices.CompactFunc(a, func(a, b storedRow) bool { return a.Seq == b.Seq })
	}
	return a[:min(len(a), limit)]
}

// PackedUntil returns when the latest packed row of a screen ended, or the zero time.
func (r Reader) PackedUntil(ctx context.Context, screen playlist.ScreenID) (time.Time, error) {
	ms, err := one(ctx, r.q, "packed rows of "+string(screen), scanInt, `SELECT COALESCE(MAX(until_last), 0) FROM ledger_packs WHERE screen = $1`, string(screen))
	return fromMillis(ms), err
}

// displayedPacked is Displayed of rows that are packed.
func (r Reader) displayedPacked(ctx context.Context, screen playlist.ScreenID, notice playlist.NoticeID, from, until time.Time, longest time.Duration) ([]Span, error) {
	packs, err := collect(ctx, r.q, "packed display on "+string(screen), scanPack,
		`SELECT `+packColumns+` FROM ledger_packs WHERE screen = $1 AND until_last >= $2 AND until_first < $3`,
		string(screen), millis(from), millis(until.Add(longest)))
	if err != nil {
		return nil, err
	}
	var spans []Span
	for _, p := range packs {
		rows, err := p.columns() // the chains say nothing of times
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			a, b := millis(row.From), millis(row.Until)
			if row.Notice == notice && b >= millis(from) && b < millis(until.Add(longest)) && a < millis(until) && b > a && b-a <= longest.Milliseconds() {
				spans = append(spans, Span{fromMillis(a), fromMillis(b)})
			}
		}
	}
	return spans, nil
}

// PackBytes is how much the packed rows of display take, and how many rows they are.
func (r Reader) PackBytes(ctx context.Context) (bytes, rows int64, err error) {
	z, err := one(ctx, r.q, "size of packed rows", func(s scanner) (z [2]int64, err error) { err = s.Scan(&z[0], &z[1]); return z, err },
		`SELECT COALESCE(SUM(LENGTH(body)), 0), COALESCE(SUM(last_seq - first_seq + 1), 0) FROM ledger_packs`)
	return z[0], z[1], err
}

// UnpackedScreen returns the first screen after another with rows of display that are
// not packed, or ErrNotFound.
func (r Reader) UnpackedScreen(ctx context.Context, after playlist.ScreenID) (playlist.ScreenID, error) {
	return one(ctx, r.q, "screens with rows that are not packed", func(s scanner) (id playlist.ScreenID, err error) { err = s.Scan(&id); return id, err },
		`SELECT screen FROM ledger WHERE screen > $1 ORDER BY screen LIMIT 1`, string(after))
}

// loose is a row that is not packed, with its columns.
type loose struct {
	storedRow
	epoch       int
	from, until int64
}

// loose reads rows that are not packed, in order, by a condition on their place.
func (r Reader) loose(ctx context.Context, screen playlist.ScreenID, where string, at LedgerMark, limit int) ([]loose, error) {
	return collect(ctx, r.q, "ledger of "+string(screen), func(s scanner) (l loose, err error) {
		var seq int64
		var notice playlist.NoticeID
		if err := s.Scan(&l.epoch, &seq, &notice, &l.from, &l.until, &l.body); err != nil {
			return l, err
		}
		l.unread = json.Unmarshal(l.body, &l.Row)
		l.whole = l.unread == nil && seq > 0 && l.Seq == uint64(seq) && l.Notice == notice && millis(l.From) == l.from && millis(l.Until) == l.until && !l.Chain.IsZero()
		l.Seq = uint64(seq)
		return l, nil
	}, `SELECT epoch, seq, notice, from_time, until_time, body FROM ledger WHERE screen = $1 AND `+where+` ORDER BY epoch, seq LIMIT $4`,
		string(screen), at.Epoch, int64(at.Seq), limit)
}

// PackLedger packs rows of a screen after a place, beginning with the first: those that
// follow each other and ended on one civil day of zone, before an instant or, where a
// clock runs ahead, after tomorrow, become one pack. It returns how many, the place where
// it stopped, and whether there may be more. Rows that do not follow the one before, or
// are not as they were written, stay as they are: it is for CheckLedger to name them.
// Rows that come later, of whichever time, have higher numbers and go into packs of their
// own.
//
// Before rows are removed their pack is read again, its chain followed to the end, and
// each row compared with the one that was there, to the byte.
func (t *Tx) PackLedger(ctx context.Context, screen playlist.ScreenID, from LedgerMark, before, now time.Time, zone *time.Location) (n int, at LedgerMark, more bool, err error) {
	young := func(l loose) bool { return l.until >= millis(before) && l.until <= millis(now.Add(24*time.Hour)) }
	rows, err := t.loose(ctx, screen, `(epoch, seq) > ($2, $3)`, from, 1)
	if err == nil && len(rows) == 1 && !young(rows[0]) {
		rows, err = t.loose(ctx, screen, `(epoch, seq) > ($2, $3)`, from, packRows)
	}
	if err != nil || len(rows) == 0 {
		return 0, from, false, err
	}
	full := len(rows) == packRows
	at = from
	for packs := 0; len(rows) > 0 && packs < packsAtOnce; {
		first := rows[0]
		if young(first) {
			// What follows is younger, but another device may have begun anew.
			return n, LedgerMark{first.epoch, math.MaxInt64}, true, nil
		}
		if !first.whole {
			at, rows = LedgerMark{first.epoch, first.Seq}, rows[1:]
			continue
		}
		run := together(rows, young, zone)
		if full && len(run) == len(rows) && at != from {
			return n, at, true, nil // it may go on: it is begun with the next time
		}
		if err := t.packRun(ctx, screen, first, run); err != nil {
			return n, from, false, err
		}
		at, rows = LedgerMark{first.epoch, run[len(run)-1].Seq}, rows[len(run):]
		n += len(run)
		packs++
	}
	return n, at, full || len(rows) > 0, nil
}

// together returns the first of rows, and those that go into one pack with it.
func together(rows []loose, young func(loose) bool, zone *time.Location) []packed {
	first := rows[0]
	day := fromMillis(first.until).In(zone).Format(time.DateOnly)
	run, size := []packed{first.packed}, len(first.body)
	for i, l := range rows[1:] {
		size += len(l.body)
		if !l.whole || l.epoch != first.epoch || l.Seq != rows[i].Seq+1 || wire.Link(rows[i].Chain, l.Row) != l.Chain ||
			young(l) || fromMillis(l.until).In(zone).Format(time.DateOnly) != day || size > packBytes {
			break
		}
		run = append(run, l.packed)
	}
	return run
}

func (t *Tx) packRun(ctx context.Context, screen playlist.ScreenID, first loose, run []packed) error {
	prev, start, err := t.leadsTo(ctx, screen, first)
	if err != nil {
		return err
	}
	p, err := newPack(screen, first.epoch, run, prev, start)
	if err != nil {
		return fmt.Errorf("pack rows of %s: %w", screen, err)
	}
	return t.replace(ctx, p, run)
}

// leadsTo returns the chain of the row before a row, or, where none is stored from which
// it follows, the chain of the row itself.
func (t *Tx) leadsTo(ctx context.Context, screen playlist.ScreenID, l loose) (prev, start assets.Ref, err error) {
	if l.Seq > 1 {
		prev, err = t.chainOf(ctx, screen, l.epoch, l.Seq-1)
		if err != nil {
			return prev, start, err
		}
	}
	if (l.Seq == 1 || !prev.IsZero()) && wire.Link(prev, l.Row) == l.Chain {
		return prev, start, nil
	}
	return assets.Ref{}, l.Chain, nil
}

// chainOf returns the chain of a row that is last in its pack or in none; the zero Ref
// where there is no such row.
func (t *Tx) chainOf(ctx context.Context, screen playlist.ScreenID, epoch int, seq uint64) (chain assets.Ref, err error) {
	text, err := one(ctx, t.q, "chain of a row of "+string(screen), func(s scanner) (text string, err error) { err = s.Scan(&text); return text, err },
		`SELECT chain FROM ledger_packs WHERE screen = $1 AND epoch = $2 AND last_seq = $3`, string(screen), epoch, int64(seq))
	if err == nil {
		_ = chain.UnmarshalText([]byte(text)) // a damaged one leads nowhere
		return chain, nil
	}
	if !errors.Is(err, ErrNotFound) {
		return chain, err
	}
	body, err := one(ctx, t.q, "chain of a row of "+string(screen), scanBytes,
		`SELECT body FROM ledger WHERE screen = $1 AND epoch = $2 AND seq = $3`, string(screen), epoch, int64(seq))
	if errors.Is(err, ErrNotFound) {
		return chain, nil
	}
	var row wire.Row
	if err == nil && json.Unmarshal(body, &row) == nil {
		chain = row.Chain
	}
	return chain, err
}

// replace stores a pack, reads it back, compares it with the rows and removes these.
func (t *Tx) replace(ctx context.Context, p pack, rows []packed) error {
	what := fmt.Sprintf("pack rows %d to %d of %s", p.first, p.last, p.screen)
	if _, err := exec(ctx, t.q, what, `INSERT INTO ledger_packs (`+packColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		string(p.screen), p.epoch, int64(p.last), int64(p.first), p.untilFirst, p.untilLast, p.prev.String(), p.start.String(), p.chain.String(), p.sum.String(), p.body); err != nil {
		return err
	}
	stored, err := t.packAfter(ctx, p.screen, p.epoch, p.last-1)
	if err != nil {
		return err
	}
	again, err := stored.open()
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if len(again) != len(rows) {
		return fmt.Errorf("%s: %d came back of %d", what, len(again), len(rows))
	}
	for i, row := range again {
		body, err := row.bytes()
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		if !bytes.Equal(body, rows[i].body) || row.Seq != rows[i].Seq {
			return fmt.Errorf("%s: row %d came back as another", what, rows[i].Seq)
		}
	}
	n, err := exec(ctx, t.q, what, `DELETE FROM ledger WHERE screen = $1 AND epoch = $2 AND seq >= $3 AND seq <= $4`, string(p.screen), p.epoch, int64(p.first), int64(p.last))
	if err == nil && n != int64(len(rows)) {
		err = fmt.Errorf("%s: %d rows were there, not %d", what, n, len(rows))
	}
	return err
}
