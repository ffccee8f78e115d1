package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// packSchema is the first schema with packed rows of display.
const packSchema = 16

// Packed reports whether databases of a schema have what CheckLedger asks for.
func Packed(schema int) bool { return schema >= packSchema }

// LedgerFound is what CheckLedger walked.
type LedgerFound struct {
	Screens int
	Rows    int64 // of display, the packed with them
}

// CheckLedger walks all rows of display, packed or not, and calls fault with every
// place where they are not what screens sent: where a row does not follow from the one
// before it, rows are missing, cannot be read, or do not lead to the chain that is noted
// of their screen. Each fault is a *LedgerFault or a *DamagedPack. An error means that it
// could not be walked.
func (r Reader) CheckLedger(ctx context.Context, now time.Time, fault func(error)) (found LedgerFound, err error) {
	err = r.LedgerScreens(ctx, func(screen playlist.ScreenID) error {
		found.Screens++
		s, err := r.Screen(ctx, screen) // before its rows: there may be more then, not fewer
		if errors.Is(err, ErrNotFound) {
			s = Screen{Epoch: -1} // it is out of service
		} else if err != nil {
			return err
		}
		for epoch := -1; ; {
			if epoch, err = r.epochAfter(ctx, screen, epoch); errors.Is(err, ErrNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			w := ledgerWalk{Reader: r, screen: screen, epoch: epoch, now: now, fault: fault}
			if epoch == s.Epoch && s.LedgerSeq > 0 {
				w.head, w.ends = s.LedgerSeq, s.LedgerChain
			}
			n, err := w.walk(ctx)
			if err != nil {
				return err
			}
			found.Rows += n
		}
	})
	return found, err
}

// LedgerFault is a place in a ledger that is not as screens sent it.
type LedgerFault struct {
	Screen playlist.ScreenID
	Epoch  int
	Seq    uint64 // the row, or the last of those that are missing
	Why    string
}

func (e *LedgerFault) Error() string {
	return fmt.Sprintf("ledger of %s, epoch %d, row %d: %s", e.Screen, e.Epoch, e.Seq, e.Why)
}

func (r Reader) epochAfter(ctx context.Context, screen playlist.ScreenID, epoch int) (int, error) {
	n, err := one(ctx, r.q, "ledgers of "+string(screen), scanInt, `SELECT epoch FROM (
		SELECT epoch FROM (SELECT epoch FROM ledger WHERE screen = $1 AND epoch > $2 ORDER BY epoch LIMIT 1) a UNION ALL
		SELECT epoch FROM (SELECT epoch FROM ledger_packs WHERE screen = $1 AND epoch > $2 ORDER BY epoch LIMIT 1) b
	) c ORDER BY epoch LIMIT 1`, string(screen), epoch)
	return int(n), err
}

// ledgerWalk walks one ledger of a screen.
type ledgerWalk struct {
	Reader
	screen playlist.ScreenID
	epoch  int
	now    time.Time
	fault  func(error)
	head   uint64 // the row that is noted as the last, and its chain; 0 for none
	ends   string
	last   wire.Row // of those walked; Seq is 0 before the first
	known  bool     // its chain is
}

func (w *ledgerWalk) wrong(seq uint64, why string, args ...any) {
	w.fault(&LedgerFault{w.screen, w.epoch, seq, fmt.Sprintf(why, args...)})
}

func (w *ledgerWalk) walk(ctx context.Context) (n int64, err error) {
	for {
		rows, err := w.stored(ctx, w.screen, w.epoch, w.last.Seq, packRows)
		damaged := new(DamagedPack)
		if err != nil && !errors.As(err, &damaged) {
			return n, err
		}
		for _, row := range rows {
			w.step(row)
		}
		n += int64(len(rows))
		switch {
		case err != nil && len(rows) < packRows:
			w.fault(damaged)
			if w.head > w.last.Seq && w.head <= damaged.Last {
				w.head = 0
			}
			w.last, w.known = wire.Row{Seq: damaged.Last}, false
		case len(rows) == 0:
			if w.head > w.last.Seq {
				w.wrong(w.head, "the rows after %d are missing", w.last.Seq)
			}
			return n, nil
		}
	}
}

func (w *ledgerWalk) step(row storedRow) {
	last, known := w.last, w.known
	w.last, w.known = row.Row, row.unread == nil
	switch {
	case row.unread != nil:
		w.wrong(row.Seq, "it cannot be read: %v", row.unread)
		return
	case !row.whole:
		w.wrong(row.Seq, "its columns do not say what it says")
	case row.Seq == 1 && !row.inPack && wire.Link(assets.Ref{}, row.Row) != row.Chain:
		w.wrong(row.Seq, "it is not what the screen sent")
	case last.Seq == 0: // an epoch begins where rows are missing, and old ones are let go of
	case row.Seq != last.Seq+1:
		// Rows whose clock ran ahead stay when those around them are let go of.
		if !known || !last.Until.After(w.now) && !last.Until.After(row.Until) {
			w.wrong(row.Seq-1, "the rows from %d on are missing", last.Seq+1)
		}
	case known && row.inPack && row.before != last.Chain, known && !row.inPack && wire.Link(last.Chain, row.Row) != row.Chain:
		w.wrong(row.Seq, "it does not follow from the row before")
	}
	if row.Seq == w.head && row.Chain.String() != w.ends {
		w.wrong(row.Seq, "its chain is not the one that is noted of the screen")
	}
}
