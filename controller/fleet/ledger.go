package fleet

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mingbai/assets"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// longestRow is the longest time that one row can count as shown. Devices end
// rows at midnight at the latest; a longer one comes from a clock that jumped.
const longestRow = 25 * time.Hour

// Ledger is part of hub.Backend.
func (f *Fleet) Ledger(ctx context.Context, screen playlist.ScreenID, rows []wire.Row) (uint64, error) {
	var taken uint64
	err := f.writer.do(ctx, "take the ledger of "+string(screen), func(ctx context.Context, t *store.Tx) (err error) {
		taken, err = f.takeRows(ctx, t, screen, rows)
		return err
	})
	if err != nil {
		return 0, err
	}
	return taken, nil
}

// takeRows stores the rows that are new and returns how far the ledger goes.
// Rows that were stored before count once. A row that does not continue what is
// stored - the device lost its ledger, or the database was restored from an
// older backup - begins a new epoch, so that nothing is lost and nothing is
// counted twice, and the register says so.
func (f *Fleet) takeRows(ctx context.Context, t *store.Tx, id playlist.ScreenID, rows []wire.Row) (uint64, error) {
	screen, err := t.Screen(ctx, id)
	if err != nil {
		return 0, err
	}
	epoch, head := screen.Epoch, screen.LedgerSeq
	var chain assets.Ref
	if err := chain.UnmarshalText([]byte(screen.LedgerChain)); err != nil {
		return 0, fmt.Errorf("read the ledger of %s: %w", id, err)
	}
	packed, err := t.PackedUntil(ctx, id)
	if err != nil {
		return 0, err
	}
	before := repeats{t: t, screen: id, ahead: len(rows)}
	for _, row := range rows {
		broken := ""
		switch {
		case row.Seq == 0:
			continue // no row has this number
		case row.Seq <= head:
			same, err := before.has(ctx, epoch, row)
			if err != nil {
				return 0, err
			}
			if same {
				continue
			}
			broken = fmt.Sprintf("row %d was another one before", row.Seq)
		case row.Seq > head+1 && head > 0:
			broken = fmt.Sprintf("rows %d to %d are missing", head+1, row.Seq-1)
		case row.Seq == head+1 && wire.Link(chain, row) != row.Chain:
			broken = fmt.Sprintf("row %d does not continue the chain", row.Seq)
		case row.Seq > 1 && head == 0:
			broken = fmt.Sprintf("the ledger begins at row %d", row.Seq)
		}
		if broken != "" {
			if epoch, err = f.breakLedger(ctx, t, screen, broken); err != nil {
				return 0, err
			}
		}
		if err := f.takeRow(ctx, t, store.LedgerRow{Screen: id, Epoch: epoch, Row: row}, packed); err != nil {
			return 0, err
		}
		before.put(epoch, row)
		head, chain = row.Seq, row.Chain
	}
	return head, t.SetLedgerHead(ctx, id, head, chain.String())
}

// repeats finds rows that were stored before, a batch of them with one look.
type repeats struct {
	t      *store.Tx
	screen playlist.ScreenID
	ahead  int
	epochs map[int]stretch
}

// stretch is what is stored of an epoch from one number to another.
type stretch struct {
	from, to uint64
	chains   map[uint64]assets.Ref
}

// has reports whether a row was stored before, in this epoch or an earlier. Of rows that
// are damaged nobody knows.
func (r *repeats) has(ctx context.Context, epoch int, row wire.Row) (bool, error) {
	for ; epoch > 0; epoch-- {
		z := r.epochs[epoch]
		if row.Seq < z.from || row.Seq >= z.to {
			stored, err := r.t.LedgerRows(ctx, r.screen, epoch, row.Seq-1, r.ahead)
			if err != nil && !errors.Is(err, store.ErrDamaged) {
				return false, err
			}
			z = stretch{row.Seq, row.Seq + uint64(r.ahead), map[uint64]assets.Ref{}}
			for _, s := range stored {
				z.chains[s.Seq] = s.Chain
			}
			if r.epochs == nil {
				r.epochs = map[int]stretch{}
			}
			r.epochs[epoch] = z
		}
		if chain, has := z.chains[row.Seq]; has && chain == row.Chain {
			return true, nil
		}
	}
	return false, nil
}

// put notes a row that was stored since.
func (r *repeats) put(epoch int, row wire.Row) {
	if z := r.epochs[epoch]; row.Seq >= z.from && row.Seq < z.to {
		z.chains[row.Seq] = row.Chain
	}
}

func (f *Fleet) breakLedger(ctx context.Context, t *store.Tx, screen store.Screen, why string) (int, error) {
	epoch, err := t.NewEpoch(ctx, screen.ID)
	if err != nil {
		return 0, err
	}
	f.cfg.Log.Warn("a ledger does not continue", "screen", string(screen.ID), "cause", why)
	return int(epoch), t.Audit(ctx, store.Record{
		At: f.cfg.Now(), Actor: "system", Action: "ledger.break", Subject: string(screen.ID), Site: screen.Site, Detail: why,
	})
}

// takeRow stores one row and adds it to the sums of its days, without what other
// rows say already: a notice that runs in a zone of a board and in its loop is on
// the display once. A row that goes on where another ended is no new time.
// packed is what PackedUntil says of its screen.
func (f *Fleet) takeRow(ctx context.Context, t *store.Tx, row store.LedgerRow, packed time.Time) error {
	if d := row.Until.Sub(row.From); row.Notice == "" || d <= 0 || d > longestRow {
		return t.PutLedgerRow(ctx, row) // kept as it came, but not counted
	}
	said, err := t.Displayed(ctx, row.Screen, row.Notice, row.From, row.Until, longestRow, packed)
	if errors.Is(err, store.ErrDamaged) {
		// What was said of this time is not known: the sums never say more than was shown.
		f.cfg.Log.Error("A row of display is stored, and not added to the sums of its day.", "screen", string(row.Screen), "row", row.Seq, "error", err)
		return t.PutLedgerRow(ctx, row)
	}
	if err != nil {
		return err
	}
	if err := t.PutLedgerRow(ctx, row); err != nil {
		return err
	}
	times := 1
	if len(said) > 0 && !said[0].From.After(row.From) {
		times = 0
	}
	for _, left := range without(store.Span{From: row.From, Until: row.Until}, said) {
		if err := f.count(ctx, t, row, left, times); err != nil {
			return err
		}
		times = 0
	}
	return nil
}

// without returns what of a span is in none of others, which are in the order of
// their beginnings.
func without(s store.Span, others []store.Span) (left []store.Span) {
	for _, o := range others {
		if !o.From.Before(s.Until) {
			break
		}
		if o.From.After(s.From) {
			left = append(left, store.Span{From: s.From, Until: o.From})
		}
		if o.Until.After(s.From) {
			s.From = o.Until
		}
		if !s.From.Before(s.Until) {
			return left
		}
	}
	return append(left, s)
}

// count adds a part of a row to the sums of the days in which it lies.
func (f *Fleet) count(ctx context.Context, t *store.Tx, row store.LedgerRow, s store.Span, times int) error {
	for from := s.From.In(f.cfg.Zone); from.Before(s.Until); {
		y, m, day := from.Date()
		until := time.Date(y, m, day+1, 0, 0, 0, 0, f.cfg.Zone)
		if until.After(s.Until) {
			until = s.Until.In(f.cfg.Zone)
		}
		err := t.AddDisplay(ctx, store.DisplayDay{
			Notice: row.Notice, Screen: row.Screen, Day: from.Format(time.DateOnly), Shown: until.Sub(from), Times: times,
			First: from, Last: until, Version: row.Version,
		})
		if err != nil {
			return err
		}
		from, times = until, 0
	}
	return nil
}
