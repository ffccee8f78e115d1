package store

import (
	"bytes"
	"compress/flate"
	"io"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// FuzzPack reads columns that a disk or a hand has changed, with a hash that agrees:
// either they are refused, or they are rows that can be packed and read again.
func FuzzPack(f *testing.F) {
	var chain assets.Ref
	var rows []packed
	from := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for i := range 3 {
		row := packed{Row: wire.Row{
			Seq: uint64(i + 1), Notice: "gg-1", Version: i, Channel: playlist.ChannelID{Site: "liuxi"}, Revision: 7, Page: "loop",
			From: from, Until: from.Add(15 * time.Second), Chain: chain,
		}}
		row.Chain = wire.Link(chain, row.Row)
		from, chain = row.Until, row.Chain
		body, err := encode(row.Row)
		if err != nil {
			f.Fatal(err)
		}
		if row.body = body; i == 1 {
			row.body = append([]byte(" "), body...) // as it came, not as it would be written
		}
		rows = append(rows, row)
	}
	p, err := newPack("hall-1", 1, rows, assets.Ref{}, assets.Ref{})
	if err != nil {
		f.Fatal(err)
	}
	columns, err := io.ReadAll(flate.NewReader(bytes.NewReader(p.body[1:])))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint16(3), columns)
	f.Add(uint16(2048), columns[:4])
	f.Add(uint16(0), []byte{})
	f.Add(uint16(3), []byte("\x03\x01600000000000000000000000000000000000000000000000000000")) // a text of all that is left, with its length
	f.Fuzz(func(t *testing.T, n uint16, columns []byte) {
		p := pack{screen: "hall-1", epoch: 1, first: 1, last: uint64(n), body: deflated(t, columns)}
		p.sum = p.digest()
		rows, err := p.columns()
		if err != nil {
			return
		}
		if len(rows) != int(n) || n == 0 {
			t.Fatalf("%d rows of a pack of %d", len(rows), n)
		}
		var chain assets.Ref
		for i := range rows {
			if rows[i].Seq != uint64(i+1) {
				t.Fatalf("row %d has the number %d", i+1, rows[i].Seq)
			}
			rows[i].Chain = wire.Link(chain, rows[i].Row)
			chain = rows[i].Chain
			if rows[i].body, err = encode(rows[i].Row); err != nil {
				return // a year of five digits came as it was
			}
		}
		again, err := newPack("hall-1", 1, rows, assets.Ref{}, assets.Ref{})
		if err != nil {
			t.Fatal(err)
		}
		back, err := again.open()
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range back {
			if body, err := row.bytes(); err != nil || !bytes.Equal(body, rows[i].body) {
				t.Errorf("row %d came back as %s, %v, and was %s", i+1, body, err, rows[i].body)
			}
		}
	})
}

func deflated(t *testing.T, columns []byte) []byte {
	t.Helper()
	out := bytes.NewBuffer([]byte{packFormat})
	z, err := flate.NewWriter(out, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(columns); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
