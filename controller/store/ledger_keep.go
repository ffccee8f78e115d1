package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mingbai/playlist"
)

// LedgerScreens calls do with every screen that has rows of display, packed or not, in
// order.
func (r Reader) LedgerScreens(ctx context.Context, do func(playlist.ScreenID) error) error {
	for after := ""; ; {
		next, err := one(ctx, r.q, "screens with a ledger", func(s scanner) (id string, err error) { err = s.Scan(&id); return id, err },
			`SELECT screen FROM (
				SELECT screen FROM (SELECT screen FROM ledger WHERE screen > $1 ORDER BY screen LIMIT 1) a UNION ALL
				SELECT screen FROM (SELECT screen FROM ledger_packs WHERE screen > $1 ORDER BY screen LIMIT 1) b
			) c ORDER BY screen LIMIT 1`, after)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := do(playlist.ScreenID(next)); err != nil {
			return err
		}
		after = next
	}
}

// LedgerMark is a place in the ledger of a screen.
type LedgerMark struct {
	Epoch int
	Seq   uint64
}

// TrimLedger drops rows of a screen that ended before an instant, at most limit of
// them, beginning after a place, and returns the place where it stopped and whether
// there may be more. Packed rows go with the last of their pack, and count as one.
// Rows whose clock ran ahead of now are passed over; the newest spare of the present
// epoch stay in any case, so that a device which repeats itself is known. The sums of
// days stay.
func (t *Tx) TrimLedger(ctx context.Context, screen playlist.ScreenID, from LedgerMark, before, now time.Time, spare, limit int) (dropped int, at LedgerMark, more bool, err error) {
	epoch, head := int64(-1), int64(0)
	if s, err := t.Screen(ctx, screen); err == nil {
		epoch, head = int64(s.Epoch), int64(s.LedgerSeq)
	} else if !errors.Is(err, ErrNotFound) {
		return 0, from, false, err
	}
	type row struct{ epoch, seq, until, rows, packed int64 }
	rows, err := collect(ctx, t.q, "old rows of "+string(screen), func(s scanner) (r row, err error) {
		err = s.Scan(&r.epoch, &r.seq, &r.until, &r.rows, &r.packed)
		return r, err
	}, `SELECT epoch, seq, until_time, 1 AS n, 0 AS packed FROM ledger WHERE screen = $1 AND (epoch, seq) > ($2, $3)
		UNION ALL
		SELECT epoch, last_seq, until_last, last_seq - first_seq + 1, 1 FROM ledger_packs WHERE screen = $1 AND (epoch, last_seq) > ($2, $3)
		ORDER BY 1, 2 LIMIT $4`, string(screen), from.Epoch, int64(from.Seq), limit)
	if err != nil {
		return 0, from, false, err
	}
	at = from
	drop := map[int64]string{
		0: `DELETE FROM ledger WHERE screen = $1 AND epoch = $2 AND seq = $3`,
		1: `DELETE FROM ledger_packs WHERE screen = $1 AND epoch = $2 AND last_seq = $3`,
	}
	for _, r := range rows {
		switch {
		case r.epoch == epoch && r.seq > head-int64(spare):
			return dropped, at, false, nil
		case r.until < millis(before):
			if err := change(ctx, t.q, fmt.Sprintf("drop old rows of %s", screen), drop[r.packed], string(screen), r.epoch, r.seq); err != nil {
				return dropped, at, false, err
			}
			dropped += int(r.rows)
		case r.until <= millis(now.Add(24*time.Hour)):
			return dropped, at, false, nil
		}
		at = LedgerMark{int(r.epoch), uint64(r.seq)}
	}
	return dropped, at, len(rows) == limit, nil
}
