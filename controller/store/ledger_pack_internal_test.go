package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// frail is a transaction whose statements fail after some.
type frail struct {
	querier
	left *int
}

var errFrail = errors.New("it was killed here")

func (f frail) gone() bool { *f.left--; return *f.left < 0 }

func (f frail) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if f.gone() {
		return nil, errFrail
	}
	return f.querier.ExecContext(ctx, query, args...)
}

func (f frail) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if f.gone() {
		return nil, errFrail
	}
	return f.querier.QueryContext(ctx, query, args...)
}

func (f frail) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if f.gone() {
		ended, end := context.WithCancel(ctx)
		end()
		return f.querier.QueryRowContext(ended, query, args...)
	}
	return f.querier.QueryRowContext(ctx, query, args...)
}

// days are the rows of a board that changes every 15 seconds, at some frame of its
// display, of so many days.
func days(t testing.TB, s *Store, screen playlist.ScreenID, begin time.Time, n, each int) (rows []wire.Row) {
	t.Helper()
	var chain assets.Ref
	chance := rand.New(rand.NewPCG(16, 16))
	if err := s.Update(t.Context(), func(tx *Tx) error {
		from := begin
		for i := range n * each {
			day, at := i/each, i%each
			if at == 0 {
				from = begin.AddDate(0, 0, day)
			}
			until := begin.AddDate(0, 0, day).Add(time.Duration(at+1)*15*time.Second + time.Duration(chance.IntN(34))*time.Millisecond)
			row := wire.Row{
				Seq: uint64(i + 1), Notice: playlist.NoticeID(fmt.Sprintf("gg-2027-03-%04d", i%9)), Version: 1 + i%2, Channel: playlist.ChannelID{Site: "liuxi"},
				Revision: playlist.Revision(40 + day), From: from, Until: until, Page: "loop",
			}
			row.Chain = wire.Link(chain, row)
			from, chain = until, row.Chain
			rows = append(rows, row)
			if err := tx.PutLedgerRow(t.Context(), LedgerRow{screen, 1, row}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return rows
}

func openPlain(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// holds states that exactly these rows are there.
func holds(t *testing.T, s *Store, screen playlist.ScreenID, want []wire.Row) {
	t.Helper()
	got, err := s.LedgerRows(t.Context(), screen, 1, 0, len(want)+1)
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d rows of %d, %v", len(got), len(want), err)
	}
	for i := range want {
		if got[i].Row != want[i] {
			t.Fatalf("row %d is %+v, was %+v", i, got[i].Row, want[i])
		}
	}
	if n, err := s.LedgerCount(t.Context(), screen); err != nil || n != int64(len(want)) {
		t.Fatalf("%d rows are counted, %v", n, err)
	}
	if found, err := s.CheckLedger(t.Context(), want[len(want)-1].Until, func(err error) { t.Error(err) }); err != nil || found.Rows != int64(len(want)) {
		t.Fatalf("walked %+v, %v", found, err)
	}
}

// TestPackingKilled ends a step of packing at each of its statements, and takes what is
// on disk after each step as a machine without power leaves it: all rows are there, once.
func TestPackingKilled(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	path := filepath.Join(dir, "x.db")
	s := openPlain(t, path)
	begin := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
	rows := days(t, s, "s-1", begin, 3, 60)
	now := begin.AddDate(0, 0, 10)
	at, steps, kills := LedgerMark{Epoch: -1}, 0, 0
	for more := true; more; steps++ {
		done := false
		for left := 0; !done; left++ {
			again, budget := at, left
			err := s.Update(ctx, func(tx *Tx) (err error) {
				tx.q = frail{tx.q, &budget}
				if _, again, more, err = tx.PackLedger(ctx, "s-1", at, now, now, time.UTC); err == nil && left%2 == 0 {
					done = true
					return nil
				}
				if err == nil {
					return errFrail // before the end of the transaction
				}
				return err
			})
			if !done {
				if err == nil {
					t.Fatal("a killed step went well")
				}
				kills++
				holds(t, s, "s-1", rows)
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			at = again
		}
		left := filepath.Join(dir, fmt.Sprint("left-", steps, ".db"))
		for _, end := range []string{"", "-wal"} {
			data, err := os.ReadFile(path + end)
			if err == nil {
				err = os.WriteFile(left+end, data, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		holds(t, openPlain(t, left), "s-1", rows)
	}
	if n, err := one(ctx, s.q, "rows", scanInt, `SELECT COUNT(*) FROM ledger`); err != nil || n != 0 || kills < 8 {
		t.Errorf("%d rows are not packed after %d kills, %v", n, kills, err)
	}
	copied := filepath.Join(dir, "backup.db")
	if err := s.Backup(ctx, copied); err != nil {
		t.Fatal(err)
	}
	holds(t, openPlain(t, copied), "s-1", rows)
}

func packNow(t *testing.T, s *Store, screen playlist.ScreenID, now time.Time) {
	t.Helper()
	at := LedgerMark{Epoch: -1}
	for more := true; more; {
		if err := s.Update(t.Context(), func(tx *Tx) (err error) {
			_, at, more, err = tx.PackLedger(t.Context(), screen, at, now, now, time.UTC)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestForgedPacks changes packs as a failing disk does, and as somebody does who knows
// how they are made: the walk names the screen and the rows, and reading does not give
// what was forged.
func TestForgedPacks(t *testing.T) {
	ctx := t.Context()
	begin := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
	now := begin.AddDate(0, 0, 10)
	// forge packs the rows of the second day anew, and hashes what it made.
	forge := func(change func(p *pack, rows []packed)) func(*testing.T, *Store) {
		return func(t *testing.T, s *Store) {
			p, err := s.packAfter(ctx, "s-1", 1, 60)
			if err != nil {
				t.Fatal(err)
			}
			rows, err := p.open()
			if err != nil {
				t.Fatal(err)
			}
			change(&p, rows)
			for i := range rows {
				rows[i].body, _ = encode(rows[i].Row)
			}
			next, err := newPack(p.screen, p.epoch, rows, p.prev, p.start)
			if err != nil {
				t.Fatal(err)
			}
			if next.chain = p.chain; p.body != nil {
				next.chain = rows[len(rows)-1].Chain
			}
			next.sum = next.digest()
			if _, err := s.write.ExecContext(ctx, `UPDATE ledger_packs SET body = $1, sum = $2, chain = $3, start = $4, prev = $5 WHERE last_seq = 120`,
				next.body, next.sum.String(), next.chain.String(), next.start.String(), next.prev.String()); err != nil {
				t.Fatal(err)
			}
		}
	}
	relink := func(rows []packed, chain assets.Ref) {
		for i := range rows {
			rows[i].Chain = wire.Link(chain, rows[i].Row)
			chain = rows[i].Chain
		}
	}
	sql := func(query string, args ...any) func(*testing.T, *Store) {
		return func(t *testing.T, s *Store) {
			if _, err := s.write.ExecContext(ctx, query, args...); err != nil {
				t.Fatal(err)
			}
		}
	}
	longer := func(p *pack, rows []packed) { rows[30].Until = rows[30].Until.Add(time.Second) }
	const second, damaged = "s-1, epoch 1, rows 61 to 120", "s-1, epoch 1, rows 61 to 120: " + "packed rows of display are damaged"
	cases := map[string]struct {
		do   func(*testing.T, *Store)
		want string
		read bool // what is wrong shows only between packs
	}{
		"a longer row":          {forge(func(p *pack, rows []packed) { longer(p, rows); p.body = nil }), damaged, false},
		"a longer row, chained": {forge(func(p *pack, rows []packed) { longer(p, rows); relink(rows, p.prev) }), "row 121: it does not follow", true},
		"chained and begun anew": {forge(func(p *pack, rows []packed) {
			longer(p, rows)
			relink(rows, assets.RefOf(nil))
			p.prev, p.start = assets.Ref{}, rows[0].Chain
		}), "row 61: it does not follow", true},
		"a day taken out":          {sql(`DELETE FROM ledger_packs WHERE last_seq = 120`), "row 120: the rows from 61 on are missing", true},
		"the newest day taken out": {sql(`DELETE FROM ledger_packs WHERE last_seq = 180`), "row 180: the rows after 120 are missing", true},
		"another screen's":         {sql(`UPDATE ledger_packs SET screen = 's-0' WHERE last_seq = 120`), "s-0, epoch 1, rows 61 to 120", true},
		"other times":              {sql(`UPDATE ledger_packs SET until_last = 5 WHERE last_seq = 120`), damaged, false},
		"no hash":                  {sql(`UPDATE ledger_packs SET sum = 'x' WHERE last_seq = 120`), damaged, false},
		"another number":           {sql(`UPDATE ledger_packs SET first_seq = 62 WHERE last_seq = 120`), "rows 62 to 120", false},
		"the chain of the screen":  {sql(`UPDATE screens SET ledger_chain = '' WHERE id = 's-1'`), "row 180: its chain is not the one", true},
		"a row slipped in":         {sql(`DROP TRIGGER ledger_once; INSERT INTO ledger SELECT 's-1', 1, 90, 'x', 1, 2, '{"seq":90,"notice":"x"}'`), "row 90", true},
		"the same, packed anew":    {forge(func(p *pack, rows []packed) {}), "", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := openPlain(t, filepath.Join(t.TempDir(), "x.db"))
			rows := days(t, s, "s-1", begin, 3, 60)
			if err := s.Update(ctx, func(tx *Tx) error {
				return errors.Join(tx.PutScreen(ctx, playlist.Screen{ID: "s-1", Site: "liuxi", Kind: playlist.LED, Name: "村口"}, "zh"), tx.BindDevice(ctx, "s-1", bytes.Repeat([]byte{1}, 32), begin),
					tx.SetLedgerHead(ctx, "s-1", 180, rows[179].Chain.String()))
			}); err != nil {
				t.Fatal(err)
			}
			packNow(t, s, "s-1", now)
			holds(t, s, "s-1", rows)
			c.do(t, s)
			var faults []string
			if _, err := s.CheckLedger(ctx, now, func(err error) { faults = append(faults, err.Error()) }); err != nil {
				t.Fatal(err)
			}
			if all := strings.Join(faults, "\n"); !strings.Contains(all, c.want) || c.want == "" && all != "" {
				t.Errorf("faults: %q, want %q", all, c.want)
			}
			_, err := s.LedgerRows(ctx, "s-1", 1, 0, 1000)
			if gone := new(DamagedPack); c.read == errors.As(err, &gone) {
				t.Errorf("reading: %v", err)
			}
			if first, err := s.LedgerRows(ctx, "s-1", 1, 0, 60); err != nil || len(first) != 60 {
				t.Errorf("the day before: %d rows, %v", len(first), err)
			}
		})
	}
}

// TestBrokenPacksNeverPass flips every byte of a pack in turn, with the hash as it was and
// with one that fits: no row comes out that was not there, and nothing panics.
func TestBrokenPacksNeverPass(t *testing.T) {
	s := openPlain(t, filepath.Join(t.TempDir(), "x.db"))
	begin := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
	rows := days(t, s, "s-1", begin, 1, 80)
	packNow(t, s, "s-1", begin.AddDate(0, 0, 10))
	p, err := s.packAfter(t.Context(), "s-1", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.body {
		for _, bit := range []byte{1, 0x80} {
			bad := p
			bad.body = bytes.Clone(p.body)
			bad.body[i] ^= bit
			if _, err := bad.open(); !errors.Is(err, ErrDamaged) {
				t.Fatalf("byte %d: %v", i, err)
			}
			bad.sum = bad.digest()
			again, err := bad.open()
			if err != nil {
				continue
			}
			for k := range again { // other bytes that say the same
				if again[k].Row != rows[k] {
					t.Fatalf("byte %d: row %d became %+v", i, k, again[k].Row)
				}
			}
		}
	}
}

// TestPacksOfBefore opens a pack as the first program that packed wrote it, with the chain
// of then: five years of evidence depend on it. Where it fails, wire.Row, wire.Link or the
// format have changed, and neither packs nor ledgers on devices can be followed any more.
func TestPacksOfBefore(t *testing.T) {
	body, err := base64.StdEncoding.DecodeString("AWyOP07zQBDF4yTfJwouwesi1tHs7NrJ7jmo6Db2JlnJrEP+CQkh0dBTUlJQUlBzCsQdAMkXoATFaRCinN+8mffr9w5ns5SJRykRyX9V2FyEflXXi+7g4O3m8ePhOeW/6f+WHrW4P0i6" +
		"nd71/d3717xz2yRPTfLaJC9N8plcYuXPYZVArNeh8LD42QiBrV+uQh1hWaCYuxh9BYv2OwSWfhv2ay0Fpsv6DBb7c5WSPKGxJbKKhiRHx+0AgU1ch+pXjnY5nQ2J5CkEFm62c9nZo+0N" +
		"ERarueMsT5XOM0fjwkwKJu3LTObsVcleMxknM60MsZmUxoxyNjon49iZQuel0lOpM1x9BwAA//8=")
	if err != nil {
		t.Fatal(err)
	}
	p := pack{screen: "s-1", epoch: 2, first: 1, last: 4, untilFirst: 1803859215000, untilLast: 1803859260017, body: body}
	for into, text := range map[*assets.Ref]string{
		&p.chain: "sha256-a1b678ec508b600617ad57be64b7313204c4f142ac2c433ca0e148485f9ac65e",
		&p.sum:   "sha256-553bcb90cf7cc3f29dae055c05d088b0a41729a931fad16b82f6b5b373f950c7",
	} {
		if *into, err = assets.ParseRef(text); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := p.open()
	if err != nil {
		t.Fatal(err)
	}
	want := `
{"seq":1,"notice":"gg-2027-0001","version":1,"channel":"liuxi","revision":41,"from":"2027-03-01T00:00:00Z","until":"2027-03-01T00:00:15Z","page":"loop","chain":"sha256-f3c810455c8f4db2bdcd3871dbafbca8248565cf0b3140d2e5f6340b46e68943"}
{"seq":2,"notice":"公示-2","version":1,"channel":"liuxi","revision":41,"from":"2027-03-01T00:00:15Z","until":"2027-03-01T00:00:30.017Z","page":"loop","chain":"sha256-c86dce020e68cb65229ff16f079a2425befe188d30727a85af6713c7ef9bfb03"}
{"seq":3,"notice":"gg-2027-0001","version":2,"channel":"liuxi","revision":41,"from":"2027-03-01T08:00:30.017+08:00","until":"2027-03-01T00:00:45.001Z","page":"loop","chain":"sha256-3465a08c9bc204ed5162e3d2e4209a15439029bd9976294609a2a9c46d34f145"}
{"seq":4,"notice":"公示-2","version":2,"channel":"liuxi!","revision":41,"from":"2027-03-01T00:00:45.001Z","until":"2027-03-01T00:01:00.017Z","page":"loop","chain":"sha256-a1b678ec508b600617ad57be64b7313204c4f142ac2c433ca0e148485f9ac65e"}`
	var got []byte
	for _, r := range rows {
		line, err := r.bytes()
		if err != nil {
			t.Fatal(err)
		}
		got = append(append(got, '\n'), line...)
	}
	if string(got) != want {
		t.Errorf("rows are %s", got)
	}
}

// TestRoomOfPackedRows says how much a row takes, of a screen that changes every 15
// seconds day and night.
func TestRoomOfPackedRows(t *testing.T) {
	dir := t.TempDir()
	size := func(name string, pack bool) float64 {
		s := openPlain(t, filepath.Join(dir, name))
		begin := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
		const n, each = 2, 5760
		rows := days(t, s, "led-qinghe-0001", begin, n, each)
		if pack {
			packNow(t, s, "led-qinghe-0001", begin.AddDate(0, 0, 10))
			holds(t, s, "led-qinghe-0001", rows)
		}
		path := filepath.Join(dir, name+".copy")
		if err := s.Backup(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return float64(info.Size()-emptySize(t, dir)) / (n * each)
	}
	before, after := size("rows.db", false), size("packs.db", true)
	t.Logf("a row takes %.0f bytes, packed %.1f", before, after)
	if after > before/40 {
		t.Errorf("packed rows take %.1f bytes, of %.0f", after, before)
	}
}

func emptySize(t *testing.T, dir string) int64 {
	t.Helper()
	path := filepath.Join(dir, fmt.Sprint("empty-", time.Now().UnixNano(), ".db"))
	s := openPlain(t, path)
	if err := s.Backup(t.Context(), path+".copy"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path + ".copy")
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func BenchmarkPackLedger(b *testing.B) {
	s := openPlain(b, filepath.Join(b.TempDir(), "x.db"))
	begin := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		screen := playlist.ScreenID(fmt.Sprint("s-", i))
		days(b, s, screen, begin, 1, packRows)
		b.StartTimer()
		if err := s.Update(b.Context(), func(tx *Tx) error {
			n, _, _, err := tx.PackLedger(b.Context(), screen, LedgerMark{Epoch: -1}, begin.AddDate(0, 0, 10), begin.AddDate(0, 0, 10), time.UTC)
			if n != packRows {
				b.Errorf("%d rows", n)
			}
			return err
		}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpenPack(b *testing.B) {
	s := openPlain(b, filepath.Join(b.TempDir(), "x.db"))
	begin := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
	days(b, s, "s", begin, 1, packRows)
	if err := s.Update(b.Context(), func(tx *Tx) error {
		_, _, _, err := tx.PackLedger(b.Context(), "s", LedgerMark{Epoch: -1}, begin.AddDate(0, 0, 10), begin.AddDate(0, 0, 10), time.UTC)
		return err
	}); err != nil {
		b.Fatal(err)
	}
	p, err := s.packAfter(b.Context(), "s", 1, 0)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("rows", func(b *testing.B) {
		for b.Loop() {
			if _, err := p.open(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("times", func(b *testing.B) {
		for b.Loop() {
			if _, err := p.columns(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
