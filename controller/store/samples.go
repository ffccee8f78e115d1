package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// What is kept of vitals, by age. A day of a screen is 24 rows of 156 bytes until
// they are folded into one of 888, so that after sixty days a screen has 60 KB,
// ten thousand have 600 MB, and a year writes 320 KB of folded rows a screen.
const (
	SampleStep   = 5 * time.Minute
	SamplesFine  = 48 * time.Hour      // samples of five minutes
	SamplesKept  = 60 * 24 * time.Hour // samples of an hour
	foldTogether = 500
)

// Figure is a quantity over the time of a sample; the zero value is not known.
type Figure struct {
	Min   float64 `json:"min"`
	Mean  float64 `json:"mean"`
	Max   float64 `json:"max"`
	Known bool    `json:"-"`
}

// IsZero reports whether nothing is known.
func (f Figure) IsZero() bool { return !f.Known }

// Sample is how a machine and its line were for a while. Of a time in which a
// screen said nothing there is no sample.
type Sample struct {
	At          time.Time `json:"at"`                   // its beginning, controller clock
	Step        int       `json:"step"`                 // seconds
	Online      float64   `json:"online"`               // share of the time, 0 to 1
	CPU         Figure    `json:"cpu,omitzero"`         // per cent of all cores
	Memory      Figure    `json:"memory,omitzero"`      // per cent of the machine's
	Disk        Figure    `json:"disk,omitzero"`        // MiB free where the cache lies
	Temperature Figure    `json:"temperature,omitzero"` // °C, hottest sensor
	RTT         Figure    `json:"rtt,omitzero"`         // milliseconds to the controller and back
	Lost        Figure    `json:"lost,omitzero"`        // per cent of pings
	Frame       Figure    `json:"frame,omitzero"`       // milliseconds, 99 of 100 frames are painted faster
}

// quantity is how one figure is packed: value = low + code*unit, all bits set for
// one that is not known.
type quantity struct {
	bytes     int
	low, unit float64
	pick      func(Figure) float64 // the one that stands for five minutes: what hurts
}

var (
	lowest  = func(f Figure) float64 { return f.Min }
	mean    = func(f Figure) float64 { return f.Mean }
	highest = func(f Figure) float64 { return f.Max }
)

// quantities are in the order of figures. They are a format on disk: never change
// one, only add at the end of a new version.
var quantities = [...]quantity{
	{1, 0, 0.5, mean},         // CPU
	{1, 0, 0.5, mean},         // Memory
	{4, 0, 1, lowest},         // Disk
	{1, -40, 1, highest},      // Temperature
	{2, 0, 0.25, mean},        // RTT
	{1, 0, 0.5, mean},         // Lost
	{2, 0, 1.0 / 16, highest}, // Frame
}

func (s *Sample) figures() [len(quantities)]*Figure {
	return [...]*Figure{&s.CPU, &s.Memory, &s.Disk, &s.Temperature, &s.RTT, &s.Lost, &s.Frame}
}

const (
	slotBytes   = 1 + 12   // online and one value of each
	hourBytes   = 1 + 3*12 // online and three values of each
	slotsOfHour = 12
)

// SampleHour is an hour of a screen, packed: twelve samples of five minutes.
type SampleHour [slotsOfHour * slotBytes]byte

// sampleDay is a day of a screen, packed: a sample for each hour.
type sampleDay [24 * hourBytes]byte

func (q quantity) put(b []byte, v float64, known bool) []byte {
	most := uint64(1)<<(8*q.bytes) - 1
	code := most
	if known && !math.IsNaN(v) {
		code = uint64(min(max(math.Round((v-q.low)/q.unit), 0), float64(most-1)))
	}
	for i := q.bytes - 1; i >= 0; i-- {
		b = append(b, byte(code>>(8*i)))
	}
	return b
}

func (q quantity) get(b []byte) (v float64, known bool) {
	var whole [8]byte
	copy(whole[8-q.bytes:], b[:q.bytes])
	code := binary.BigEndian.Uint64(whole[:])
	return q.low + float64(code)*q.unit, code != uint64(1)<<(8*q.bytes)-1
}

// shareCode writes a share as 1 to 201; 0 is for no sample.
func shareCode(v float64) byte { return byte(1 + math.Round(200*min(max(v, 0), 1))) }

// Set puts the sample of a stretch of five minutes, 0 to 11, in place.
func (h *SampleHour) Set(slot int, s Sample) {
	b := append(h[slot*slotBytes:slot*slotBytes], shareCode(s.Online))
	for i, f := range s.figures() {
		q := quantities[i]
		b = q.put(b, q.pick(*f), f.Known)
	}
}

// Samples unpacks the hour that begins at an instant.
func (h *SampleHour) Samples(begins time.Time) []Sample {
	var out []Sample
	for slot := range slotsOfHour {
		b := h[slot*slotBytes:][:slotBytes]
		if b[0] == 0 {
			continue
		}
		s := Sample{At: begins.Add(time.Duration(slot) * SampleStep), Step: int(SampleStep / time.Second), Online: float64(b[0]-1) / 200}
		b = b[1:]
		for i, f := range s.figures() {
			v, known := quantities[i].get(b)
			b = b[quantities[i].bytes:]
			if known {
				*f = Figure{v, v, v, true}
			}
		}
		out = append(out, s)
	}
	return out
}

// whole sums an hour up; ok is false when nothing was said in it.
func (h *SampleHour) whole(begins time.Time) (sum Sample, ok bool) {
	all := h.Samples(begins)
	sum = Sample{At: begins, Step: int(time.Hour / time.Second)}
	var counts [len(quantities)]float64
	to := sum.figures()
	for _, s := range all {
		sum.Online += s.Online / slotsOfHour
		for i, f := range s.figures() {
			if !f.Known {
				continue
			}
			if !to[i].Known {
				*to[i] = Figure{f.Min, 0, f.Max, true}
			}
			to[i].Min, to[i].Max = min(to[i].Min, f.Min), max(to[i].Max, f.Max)
			to[i].Mean += f.Mean
			counts[i]++
		}
	}
	for i, f := range to {
		if f.Known {
			f.Mean /= counts[i]
		}
	}
	return sum, len(all) > 0
}

func (d *sampleDay) set(hour int, s Sample) {
	b := append(d[hour*hourBytes:hour*hourBytes], shareCode(s.Online))
	for i, f := range s.figures() {
		for _, v := range [...]float64{f.Min, f.Mean, f.Max} {
			b = quantities[i].put(b, v, f.Known)
		}
	}
}

func (d *sampleDay) samples(begins time.Time) []Sample {
	var out []Sample
	for hour := range 24 {
		b := d[hour*hourBytes:][:hourBytes]
		if b[0] == 0 {
			continue
		}
		s := Sample{At: begins.Add(time.Duration(hour) * time.Hour), Step: int(time.Hour / time.Second), Online: float64(b[0]-1) / 200}
		b = b[1:]
		for i, f := range s.figures() {
			q := quantities[i]
			for _, to := range [...]*float64{&f.Min, &f.Mean, &f.Max} {
				*to, f.Known = q.get(b)
				b = b[q.bytes:]
			}
			if !f.Known {
				*f = Figure{}
			}
		}
		out = append(out, s)
	}
	return out
}

// FiguresOf takes the figures of samples from a report.
func FiguresOf(v *wire.Vitals) Sample {
	one := func(x float64, known bool) Figure {
		if !known || math.IsNaN(x) || math.IsInf(x, 0) {
			return Figure{}
		}
		return Figure{x, x, x, true}
	}
	line := v.Line.Pings > 0
	return Sample{
		CPU:         one(v.CPU, true),
		Memory:      one(100*float64(v.MemoryUsed)/float64(v.MemoryTotal), v.MemoryTotal > 0),
		Disk:        one(float64(v.DiskFree)/(1<<20), v.DiskTotal > 0),
		Temperature: one(v.Temperature, v.Temperature != 0),
		RTT:         one(v.Line.RTT, line && v.Line.RTT > 0),
		Lost:        one(v.Line.Lost, line),
		Frame:       one(v.FrameP99, v.FrameP99 > 0),
	}
}

// Join adds the figures of another sample, of which n were joined before.
func (s *Sample) Join(o Sample, n int) {
	to := s.figures()
	for i, f := range o.figures() {
		switch {
		case !f.Known:
		case !to[i].Known:
			*to[i] = *f
		default:
			t := to[i]
			t.Min, t.Max = min(t.Min, f.Min), max(t.Max, f.Max)
			t.Mean += (f.Mean - t.Mean) / float64(n+1)
		}
	}
}

func hourNumber(t time.Time) int64 { return t.Unix() / 3600 }

// PutSampleHour stores an hour of a screen; it replaces what is stored of it.
func (t *Tx) PutSampleHour(ctx context.Context, screen playlist.ScreenID, hour time.Time, body SampleHour) error {
	_, err := exec(ctx, t.q, "save samples", `INSERT INTO samples (hour, screen, body) VALUES ($1, $2, $3)
		ON CONFLICT (hour, screen) DO UPDATE SET body = excluded.body`, hourNumber(hour), string(screen), body[:])
	return err
}

// SampleHours returns what is stored of an hour, of all screens.
func (r Reader) SampleHours(ctx context.Context, hour time.Time) (map[playlist.ScreenID]SampleHour, error) {
	type row struct {
		id   playlist.ScreenID
		body SampleHour
	}
	rows, err := collect(ctx, r.q, "samples of an hour", func(s scanner) (x row, err error) {
		var body []byte
		err = s.Scan(&x.id, &body)
		copy(x.body[:], body)
		return x, err
	}, `SELECT screen, body FROM samples WHERE hour = $1`, hourNumber(hour))
	out := make(map[playlist.ScreenID]SampleHour, len(rows))
	for _, x := range rows {
		out[x.id] = x.body
	}
	return out, err
}

// storedHour is a row of samples.
type storedHour struct {
	hour   int64
	screen playlist.ScreenID
	body   SampleHour
}

func scanHour(s scanner) (x storedHour, err error) {
	var body []byte
	err = s.Scan(&x.hour, &x.screen, &body)
	copy(x.body[:], body)
	return x, err
}

func (x storedHour) begins() time.Time { return time.Unix(x.hour*3600, 0).UTC() }

// fine returns the stored hours of a screen from one hour to another, both
// included, in order.
func (r Reader) fine(ctx context.Context, screen playlist.ScreenID, from, to int64) ([]storedHour, error) {
	from = max(from, to-100) // no more are kept
	var marks []string
	args := []any{string(screen)}
	for h := from; h <= to; h++ { // by name, because the hour comes first in the key
		args = append(args, h)
		marks = append(marks, fmt.Sprintf("$%d", len(args)))
	}
	if len(marks) == 0 {
		return nil, nil
	}
	return collect(ctx, r.q, "samples of "+string(screen), scanHour,
		`SELECT hour, screen, body FROM samples WHERE screen = $1 AND hour IN (`+strings.Join(marks, ", ")+`) ORDER BY hour`, args...)
}

// FineSamples returns the samples of five minutes that begin from an instant to
// before another, oldest first.
func (r Reader) FineSamples(ctx context.Context, screen playlist.ScreenID, from, until time.Time) ([]Sample, error) {
	hours, err := r.fine(ctx, screen, hourNumber(from), hourNumber(until))
	var out []Sample
	for _, h := range hours {
		out = append(out, h.body.Samples(h.begins())...)
	}
	return slices.DeleteFunc(out, func(s Sample) bool { return s.At.Before(from) || !s.At.Before(until) }), err
}

// HourSamples returns the samples of an hour that begin from an instant to before
// another, oldest first; those of the last two days come from the finer ones.
func (r Reader) HourSamples(ctx context.Context, screen playlist.ScreenID, from, until time.Time) ([]Sample, error) {
	var out []Sample
	days, err := collect(ctx, r.q, "days of "+string(screen), func(s scanner) ([]Sample, error) {
		var day int64
		var body []byte
		err := s.Scan(&day, &body)
		var d sampleDay
		copy(d[:], body)
		return d.samples(time.Unix(day*86400, 0).UTC()), err
	}, `SELECT day, body FROM sample_days WHERE screen = $1 AND day >= $2 AND day <= $3 ORDER BY day`,
		string(screen), hourNumber(from)/24, hourNumber(until)/24)
	if err != nil {
		return nil, err
	}
	for _, d := range days {
		out = append(out, d...)
	}
	hours, err := r.fine(ctx, screen, hourNumber(from), hourNumber(until))
	if err != nil {
		return nil, err
	}
	for _, h := range hours {
		if s, ok := h.body.whole(h.begins()); ok {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b Sample) int { return a.At.Compare(b.At) })
	return slices.DeleteFunc(out, func(s Sample) bool { return s.At.Before(from) || !s.At.Before(until) }), nil
}

// FoldSamples makes samples of an hour out of the finer ones that are older than
// two days, and drops the former after sixty days.
func (s *Store) FoldSamples(ctx context.Context, now time.Time) error {
	for more := true; more; {
		err := s.Update(ctx, func(t *Tx) error { // in small steps, because others wait to write
			var err error
			more, err = t.foldSome(ctx, hourNumber(now.Add(-SamplesFine)))
			return err
		})
		if err != nil {
			return err
		}
	}
	return s.Update(ctx, func(t *Tx) error {
		_, err := exec(ctx, t.q, "forget samples", `DELETE FROM sample_days WHERE day < $1`, hourNumber(now.Add(-SamplesKept))/24)
		return err
	})
}

func (t *Tx) foldSome(ctx context.Context, before int64) (more bool, err error) {
	rows, err := collect(ctx, t.q, "old samples", scanHour,
		`SELECT hour, screen, body FROM samples WHERE hour < $1 ORDER BY hour, screen LIMIT $2`, before, foldTogether)
	if err != nil {
		return false, err
	}
	for _, x := range rows {
		sum, ok := x.body.whole(x.begins())
		if ok {
			if err := t.foldInto(ctx, x, sum); err != nil {
				return false, err
			}
		}
		if _, err := exec(ctx, t.q, "drop old samples", `DELETE FROM samples WHERE hour = $1 AND screen = $2`, x.hour, string(x.screen)); err != nil {
			return false, err
		}
	}
	return len(rows) == foldTogether, nil
}

func (t *Tx) foldInto(ctx context.Context, x storedHour, sum Sample) error {
	var d sampleDay
	have, err := one(ctx, t.q, "day of "+string(x.screen), scanBytes, `SELECT body FROM sample_days WHERE screen = $1 AND day = $2`, string(x.screen), x.hour/24)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	copy(d[:], have)
	d.set(int(x.hour%24), sum)
	_, err = exec(ctx, t.q, "save day of samples", `INSERT INTO sample_days (screen, day, body) VALUES ($1, $2, $3)
		ON CONFLICT (screen, day) DO UPDATE SET body = excluded.body`, string(x.screen), x.hour/24, d[:])
	return err
}

// Times returns a figure in another unit.
func (f Figure) Times(x float64) Figure { return Figure{f.Min * x, f.Mean * x, f.Max * x, f.Known} }
