package store

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// The bounds of a pack, so that making and reading one are short steps.
const (
	packRows   = 2048
	packBytes  = 4 << 20 // of the rows as they came
	packFormat = 1

	packsAtOnce = 8 // in one transaction
)

// Between these rows can be, in milliseconds: JSON has years of four digits.
const (
	earliest = -62167219200000
	latest   = 253402300799999
)

// ErrDamaged: rows of display that are packed cannot be read as they were.
var ErrDamaged = errors.New("packed rows of display are damaged")

// DamagedPack is the ErrDamaged of certain rows.
type DamagedPack struct {
	Screen      playlist.ScreenID
	Epoch       int
	First, Last uint64
	Why         error
}

func (e *DamagedPack) Error() string {
	return fmt.Sprintf("ledger of %s, epoch %d, rows %d to %d: %v: %v", e.Screen, e.Epoch, e.First, e.Last, ErrDamaged, e.Why)
}

func (e *DamagedPack) Unwrap() []error { return []error{ErrDamaged, e.Why} }

// pack is rows of a ledger that follow each other, as ledger_packs has them.
//
// Its body is the format, 1, and, deflated, numbers as varints (those that may be
// negative zigzag): how many rows; how many things are shown, and of each the notice,
// the channel and the page, with their lengths, the version and the revision; of every
// row which thing it shows, counted from 1; of every row by how many milliseconds it
// begins after the row before ended, the first after 1970; of every row how long it
// lasts. A row that this does not give back to the byte has 0 for the thing, and is
// at the end as it came, with its length.
//
// The chains of the rows are not in it: they follow from the rows, and must lead to
// the chain of the last.
type pack struct {
	screen                playlist.ScreenID
	epoch                 int
	first, last           uint64
	untilFirst, untilLast int64
	prev, start, chain    assets.Ref
	sum                   assets.Ref
	body                  []byte
}

// packed is a row with the bytes that the ledger has of it.
type packed struct {
	wire.Row
	body []byte // nil: those that encode makes of it
}

// bytes are what the table ledger has, or had, of a row.
func (p packed) bytes() ([]byte, error) {
	if p.body != nil {
		return p.body, nil
	}
	return encode(p.Row)
}

// thing is what of a row is the same in many.
type thing struct {
	notice   playlist.NoticeID
	channel  playlist.ChannelID
	page     string
	version  int
	revision playlist.Revision
}

// plain is a row of the columns of a pack, but for its number and its chain.
func plain(w thing, from, until int64) wire.Row {
	return wire.Row{
		Notice: w.notice, Version: w.version, Channel: w.channel, Revision: w.revision, Page: w.page,
		From: time.UnixMilli(from).UTC(), Until: time.UnixMilli(until).UTC(),
	}
}

// newPack packs rows that follow each other. prev is the chain of the row before the
// first, or else start the chain of the first. That the pack gives the rows back is
// for the caller to check.
func newPack(screen playlist.ScreenID, epoch int, rows []packed, prev, start assets.Ref) (pack, error) {
	end := rows[len(rows)-1]
	p := pack{screen: screen, epoch: epoch, first: rows[0].Seq, last: end.Seq, prev: prev, start: start, chain: end.Chain}
	var things []thing
	numbers := map[thing]uint64{}
	var shows, begins, lasts, odd []byte
	before := int64(0)
	for i, r := range rows {
		w := thing{r.Notice, r.Channel, r.Page, r.Version, r.Revision}
		from, until := r.From.UnixMilli(), r.Until.UnixMilli()
		again := plain(w, from, until)
		again.Seq, again.Chain = r.Seq, r.Chain
		made, err := encode(again)
		if err != nil || !bytes.Equal(made, r.body) {
			shows = append(shows, 0)
			odd = append(binary.AppendUvarint(odd, uint64(len(r.body))), r.body...)
		} else {
			if numbers[w] == 0 {
				things = append(things, w)
				numbers[w] = uint64(len(things))
			}
			shows = binary.AppendUvarint(shows, numbers[w])
			begins = binary.AppendVarint(begins, from-before)
			lasts = binary.AppendVarint(lasts, until-from)
			before = until
		}
		if until := millis(r.Until); i == 0 {
			p.untilFirst, p.untilLast = until, until
		} else {
			p.untilFirst, p.untilLast = min(p.untilFirst, until), max(p.untilLast, until)
		}
	}
	head := binary.AppendUvarint(nil, uint64(len(rows)))
	head = binary.AppendUvarint(head, uint64(len(things)))
	for _, w := range things {
		for _, s := range []string{string(w.notice), w.channel.String(), w.page} {
			head = append(binary.AppendUvarint(head, uint64(len(s))), s...)
		}
		head = binary.AppendUvarint(binary.AppendVarint(head, int64(w.version)), uint64(w.revision))
	}
	out := bytes.NewBuffer([]byte{packFormat})
	z, err := flate.NewWriter(out, flate.BestCompression)
	if err != nil {
		return p, err
	}
	for _, part := range [][]byte{head, shows, begins, lasts, odd} {
		if _, err := z.Write(part); err != nil {
			return p, err
		}
	}
	if err := z.Close(); err != nil {
		return p, err
	}
	p.body = out.Bytes()
	p.sum = p.digest()
	return p, nil
}

// digest is the hash of everything but itself.
func (p *pack) digest() assets.Ref {
	text := fmt.Appendf(nil, "%q %d %d %d %d %d %s %s %s\n", p.screen, p.epoch, p.first, p.last, p.untilFirst, p.untilLast, p.prev, p.start, p.chain)
	return assets.RefOf(append(text, p.body...))
}

func (p *pack) damaged(why error) error {
	return &DamagedPack{p.screen, p.epoch, p.first, p.last, why}
}

// open returns the rows with their chains, which were followed from the first to the
// last.
func (p *pack) open() ([]packed, error) {
	rows, err := p.columns()
	if err != nil {
		return nil, err
	}
	chain := p.prev
	for i := range rows {
		said := rows[i].Chain // of those that are as they came
		if i == 0 && !p.start.IsZero() {
			chain = p.start
		} else {
			chain = wire.Link(chain, rows[i].Row)
		}
		if rows[i].body != nil && said != chain {
			return nil, p.damaged(fmt.Errorf("row %d does not follow from the row before", rows[i].Seq))
		}
		rows[i].Chain = chain
	}
	if chain != p.chain {
		return nil, p.damaged(fmt.Errorf("the chain of its rows leads to %s, not to %s", chain.Short(), p.chain.Short()))
	}
	return rows, nil
}

// columns returns the rows without their chains, which costs a tenth. That they are
// what was written once is known by their hash.
func (p *pack) columns() ([]packed, error) {
	if p.sum != p.digest() {
		return nil, p.damaged(errors.New("they do not hash to what was noted"))
	}
	rows, err := p.read()
	if err != nil {
		return nil, p.damaged(err)
	}
	return rows, nil
}

func (p *pack) read() ([]packed, error) {
	if len(p.body) == 0 || p.body[0] != packFormat {
		return nil, errors.New("they are in a format that this program does not know")
	}
	const most = 2 * packBytes // columns take less than rows
	z := flate.NewReader(bytes.NewReader(p.body[1:]))
	data, err := io.ReadAll(io.LimitReader(z, most+1))
	if err != nil {
		return nil, err
	}
	if len(data) > most {
		return nil, errors.New("they are too long")
	}
	in := &unpacking{data: data}
	n := in.count(packRows)
	if p.first == 0 || p.last < p.first || uint64(n) != p.last-p.first+1 {
		return nil, fmt.Errorf("there are %d", n)
	}
	things := make([]thing, in.count(n))
	for i := range things {
		w := &things[i]
		w.notice = playlist.NoticeID(in.text())
		if err := w.channel.UnmarshalText([]byte(in.text())); err != nil && in.err == nil {
			in.err = err
		}
		w.page, w.version, w.revision = in.text(), int(in.signed()), playlist.Revision(in.number())
	}
	shows := make([]int, n)
	for i := range shows {
		shows[i] = in.count(len(things))
	}
	begins, lasts := make([]int64, n), make([]int64, n)
	for _, column := range [][]int64{begins, lasts} {
		for i := range column {
			if shows[i] > 0 {
				column[i] = in.signed()
			}
		}
	}
	rows := make([]packed, n)
	at := int64(0)
	for i := range rows {
		seq := p.first + uint64(i)
		if shows[i] > 0 && in.err == nil {
			from := at + begins[i]
			at = from + lasts[i]
			if from < earliest || from > latest || at < earliest || at > latest {
				return nil, fmt.Errorf("row %d is of no time that can be written", seq)
			}
			rows[i].Row = plain(things[shows[i]-1], from, at)
			rows[i].Seq = seq
			continue
		}
		rows[i].body = []byte(in.text())
		if in.err == nil {
			in.err = json.Unmarshal(rows[i].body, &rows[i].Row)
		}
		if in.err == nil && rows[i].Seq != seq {
			return nil, fmt.Errorf("row %d has the number %d", seq, rows[i].Seq)
		}
	}
	if in.err == nil && len(in.data) > 0 {
		in.err = errors.New("something follows them")
	}
	return rows, in.err
}

// unpacking reads the numbers and texts of a pack. After the first that is not there
// it gives zeros.
type unpacking struct {
	data []byte
	err  error
}

func (c *unpacking) number() uint64 {
	v, n := binary.Uvarint(c.data)
	return took(c, v, n)
}

func (c *unpacking) signed() int64 {
	v, n := binary.Varint(c.data)
	return took(c, v, n)
}

func took[T uint64 | int64](c *unpacking, v T, n int) T {
	if c.err != nil || n <= 0 {
		if c.err == nil {
			c.err = io.ErrUnexpectedEOF
		}
		return 0
	}
	c.data = c.data[n:]
	return v
}

// count is a number of at most so many.
func (c *unpacking) count(most int) int {
	n := c.number()
	if n > uint64(most) {
		c.err = fmt.Errorf("%d where at most %d can be", n, most)
		return 0
	}
	return int(n)
}

func (c *unpacking) text() string {
	n := c.number()
	if c.err == nil && n > uint64(len(c.data)) {
		c.err = io.ErrUnexpectedEOF
	}
	if c.err != nil {
		return ""
	}
	s := string(c.data[:n])
	c.data = c.data[n:]
	return s
}
