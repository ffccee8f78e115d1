package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// LedgerRow is a row of a screen's ledger.
type LedgerRow struct {
	Screen playlist.ScreenID `json:"screen"`
	Epoch  int               `json:"epoch"`
	wire.Row
}

// DisplayDay is how long a notice was visible on a screen on one civil day.
type DisplayDay struct {
	Notice  playlist.NoticeID `json:"notice"`
	Screen  playlist.ScreenID `json:"screen"`
	Day     string            `json:"day"` // 2026-11-22 in the controller's zone
	Shown   time.Duration     `json:"-"`
	Times   int               `json:"times"` // how often it came; a row that goes on where another ended counts with it
	First   time.Time         `json:"first"`
	Last    time.Time         `json:"last"`
	Version int               `json:"version"`
}

// PutLedgerRow stores one row. A row with the same screen, epoch and number is
// ErrConflict: each is stored once.
func (t *Tx) PutLedgerRow(ctx context.Context, r LedgerRow) error {
	body, err := encode(r.Row)
	if err != nil {
		return err
	}
	_, err = exec(ctx, t.q, "save ledger row",
		`INSERT INTO ledger (screen, epoch, seq, notice, from_time, until_time, body) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		string(r.Screen), r.Epoch, int64(r.Seq), string(r.Notice), millis(r.From), millis(r.Until), body)
	return err
}

// Span is a time of display, Until not included.
type Span struct {
	From, Until time.Time
}

// Displayed returns the times of the rows, of all epochs, that say of a notice
// that it was on a screen at some time from from to until, or until from itself;
// in the order of their beginnings, to the millisecond. Rows that last nothing or
// more than longest are left out. packed is what PackedUntil says of the screen.
func (r Reader) Displayed(ctx context.Context, screen playlist.ScreenID, notice playlist.NoticeID, from, until time.Time, longest time.Duration, packed time.Time) ([]Span, error) {
	spans, err := collect(ctx, r.q, "display of "+string(notice)+" on "+string(screen), func(s scanner) (Span, error) {
		var a, b int64
		err := s.Scan(&a, &b)
		return Span{fromMillis(a), fromMillis(b)}, err
	}, `SELECT from_time, until_time FROM ledger WHERE screen = $1 AND notice = $2 AND until_time >= $3 AND until_time < $5
		AND from_time < $4 AND until_time > from_time AND until_time - from_time <= $6 ORDER BY from_time, until_time`,
		string(screen), string(notice), millis(from), millis(until), millis(until.Add(longest)), longest.Milliseconds())
	if err != nil || millis(from) > millis(packed) {
		return spans, err
	}
	more, err := r.displayedPacked(ctx, screen, notice, from, until, longest)
	if err != nil {
		return nil, err
	}
	if len(more) > 0 {
		spans = append(spans, more...)
		slices.SortFunc(spans, func(a, b Span) int { return cmp.Or(a.From.Compare(b.From), a.Until.Compare(b.Until)) })
	}
	return spans, nil
}

// AddDisplay adds to the sums of a day.
func (t *Tx) AddDisplay(ctx context.Context, d DisplayDay) error {
	_, err := exec(ctx, t.q, "sum display",
		`INSERT INTO display (notice, screen, day, millis, times, first, last, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		 ON CONFLICT (notice, screen, day) DO UPDATE SET millis = display.millis + excluded.millis, times = display.times + excluded.times,
		   first = CASE WHEN excluded.first < display.first THEN excluded.first ELSE display.first END,
		   last = CASE WHEN excluded.last > display.last THEN excluded.last ELSE display.last END,
		   version = CASE WHEN excluded.version > display.version THEN excluded.version ELSE display.version END`,
		string(d.Notice), string(d.Screen), d.Day, d.Shown.Milliseconds(), d.Times, millis(d.First), millis(d.Last), d.Version)
	return err
}

// SetLedgerHead notes how far a screen's ledger is stored.
func (t *Tx) SetLedgerHead(ctx context.Context, id playlist.ScreenID, seq uint64, chain string) error {
	err := change(ctx, t.q, "note ledger head of "+string(id),
		`UPDATE screens SET ledger_seq = $2, ledger_chain = $3 WHERE id = $1`, string(id), int64(seq), chain)
	if err != nil {
		return err
	}
	return t.patched(id, func(s *Screen) { s.LedgerSeq, s.LedgerChain = seq, chain })
}

// LedgerCount counts all rows of all screens, or of one unless it is empty.
func (r Reader) LedgerCount(ctx context.Context, screen playlist.ScreenID) (int64, error) {
	return one(ctx, r.q, "number of ledger rows", scanInt, `SELECT (SELECT COUNT(*) FROM ledger WHERE ($1 = '' OR screen = $1))
		+ (SELECT COALESCE(SUM(last_seq - first_seq + 1), 0) FROM ledger_packs WHERE ($1 = '' OR screen = $1))`, string(screen))
}

// LedgerRows returns rows of a screen and epoch after a sequence number, in
// order, at most limit; packed or not.
func (r Reader) LedgerRows(ctx context.Context, screen playlist.ScreenID, epoch int, after uint64, limit int) ([]LedgerRow, error) {
	stored, err := r.stored(ctx, screen, epoch, after, limit)
	if err != nil {
		return nil, err
	}
	var rows []LedgerRow
	for _, k := range stored {
		if k.unread != nil {
			return nil, fmt.Errorf("read row %d of the ledger of %s: %w", k.Seq, screen, k.unread)
		}
		rows = append(rows, LedgerRow{screen, epoch, k.Row})
	}
	return rows, nil
}

// DisplayOf returns where and when a notice was shown, by screen and day.
func (r Reader) DisplayOf(ctx context.Context, notice playlist.NoticeID) ([]DisplayDay, error) {
	return collect(ctx, r.q, "display of notice "+string(notice), func(s scanner) (DisplayDay, error) {
		d := DisplayDay{Notice: notice}
		var ms, first, last int64
		err := s.Scan(&d.Screen, &d.Day, &ms, &d.Times, &first, &last, &d.Version)
		d.Shown, d.First, d.Last = time.Duration(ms)*time.Millisecond, fromMillis(first), fromMillis(last)
		return d, err
	}, `SELECT screen, day, millis, times, first, last, version FROM display WHERE notice = $1 ORDER BY screen, day`, string(notice))
}
