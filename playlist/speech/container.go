package speech

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// A recording is a WAV file (RIFF) of one channel in IMA ADPCM, format 0x11, with
// one chunk more: "mark" has the lines as JSON. Players pass over chunks that
// they do not know.
const (
	formatPCM   = 1
	formatADPCM = 0x11
	marksChunk  = "mark"
	leastRate   = 8000
	mostRate    = 48000
)

// timed is a mark in the file: milliseconds from the beginning.
type timed struct {
	Text string `json:"text"`
	From int64  `json:"from"`
	To   int64  `json:"to"`
}

// check returns why a recording cannot be packed or was not well packed, or nil.
func (r *Recording) check() error {
	switch {
	case r.Rate < leastRate || r.Rate > mostRate:
		return fmt.Errorf("%d samples a second, %d to %d are allowed", r.Rate, leastRate, mostRate)
	case len(r.PCM) == 0:
		return errors.New("it is silent")
	case r.Duration() > MaxDuration:
		return fmt.Errorf("it takes %v, at most %v are allowed", r.Duration(), MaxDuration)
	case len(r.Marks) > MaxMarks:
		return fmt.Errorf("%d marks, at most %d are allowed", len(r.Marks), MaxMarks)
	}
	before := time.Duration(0)
	for i, m := range r.Marks {
		if m.From < before || m.To < m.From || m.To > r.Duration()+time.Millisecond {
			return fmt.Errorf("mark %d is from %v to %v of %v", i, m.From, m.To, r.Duration())
		}
		if len(m.Text) > maxMarkText || !utf8.ValidString(m.Text) {
			return fmt.Errorf("mark %d has a text that is too long or broken", i)
		}
		before = m.From
	}
	return nil
}

// Encode packs a recording into a blob: half a byte a sample, 8 KB a second at
// 16 kHz. What it loses is 20 dB and more below the speech.
func Encode(r *Recording) ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("encode speech: %w", err)
	}
	marks := make([]timed, len(r.Marks))
	for i, m := range r.Marks {
		marks[i] = timed{m.Text, m.From.Milliseconds(), m.To.Milliseconds()}
	}
	lines, err := json.Marshal(marks)
	if err != nil {
		return nil, fmt.Errorf("encode speech: %w", err)
	}
	format := make([]byte, 20)
	put := binary.LittleEndian
	put.PutUint16(format[0:], formatADPCM)
	put.PutUint16(format[2:], 1)
	put.PutUint32(format[4:], uint32(r.Rate))
	put.PutUint32(format[8:], uint32(r.Rate*blockBytes/blockSamples))
	put.PutUint16(format[12:], blockBytes)
	put.PutUint16(format[14:], 4) // bits a sample
	put.PutUint16(format[16:], 2) // bytes that follow
	put.PutUint16(format[18:], blockSamples)
	data := riff(chunk{"fmt ", format}, chunk{"fact", put.AppendUint32(nil, uint32(len(r.PCM)))}, chunk{marksChunk, lines}, chunk{"data", encodeADPCM(r.PCM)})
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("encode speech: %d bytes, at most %d are allowed", len(data), MaxBytes)
	}
	return data, nil
}

// WAV returns the recording as an ordinary WAV file of 16-bit samples, which
// every browser and every program for sound plays.
func (r *Recording) WAV() []byte {
	format := make([]byte, 16)
	put := binary.LittleEndian
	put.PutUint16(format[0:], formatPCM)
	put.PutUint16(format[2:], 1)
	put.PutUint32(format[4:], uint32(r.Rate))
	put.PutUint32(format[8:], uint32(2*r.Rate))
	put.PutUint16(format[12:], 2)
	put.PutUint16(format[14:], 16)
	samples := make([]byte, 0, 2*len(r.PCM))
	for _, v := range r.PCM {
		samples = put.AppendUint16(samples, uint16(v))
	}
	return riff(chunk{"fmt ", format}, chunk{"data", samples})
}

type chunk struct {
	name string // four letters
	data []byte
}

func riff(chunks ...chunk) []byte {
	size := 4
	for _, c := range chunks {
		size += 8 + len(c.data) + len(c.data)%2
	}
	out := append(make([]byte, 0, 8+size), "RIFF"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(size))
	out = append(out, "WAVE"...)
	for _, c := range chunks {
		out = append(out, c.name...)
		out = binary.LittleEndian.AppendUint32(out, uint32(len(c.data)))
		out = append(out, c.data...)
		if len(c.data)%2 == 1 {
			out = append(out, 0)
		}
	}
	return out
}

// Decode reads what Encode wrote. Anything else, anything that is cut short or
// has something behind its end, and anything larger than the bounds is
// ErrFormat; what it allocates is bounded by the length of data.
func Decode(data []byte) (*Recording, error) {
	r, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("decode speech: %w: %w", ErrFormat, err)
	}
	return r, nil
}

func decode(data []byte) (*Recording, error) {
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("%d bytes, at most %d are allowed", len(data), MaxBytes)
	}
	chunks, err := openRIFF(data)
	if err != nil {
		return nil, err
	}
	get := binary.LittleEndian
	format := chunks["fmt "]
	if len(format) != 20 || get.Uint16(format) != formatADPCM || get.Uint16(format[2:]) != 1 || get.Uint16(format[14:]) != 4 {
		return nil, errors.New("it is not one channel of IMA ADPCM")
	}
	size := int(get.Uint16(format[12:]))
	if size < 8 || size > 8192 || int(get.Uint16(format[18:])) != (size-4)*2+1 {
		return nil, fmt.Errorf("blocks of %d bytes", size)
	}
	if len(chunks["fact"]) != 4 {
		return nil, errors.New("it does not say how long it is")
	}
	samples, body := get.Uint32(chunks["fact"]), chunks["data"]
	if len(body)%size != 0 || uint64(samples) > uint64(len(body)/size)*uint64((size-4)*2+1) {
		return nil, errors.New("samples are missing")
	}
	rate := get.Uint32(format[4:])
	if rate > mostRate {
		return nil, fmt.Errorf("%d samples a second", rate)
	}
	r := &Recording{Rate: int(rate)}
	if r.Rate > 0 && int64(samples) > int64(rate)*int64(MaxDuration/time.Second) {
		return nil, fmt.Errorf("it takes longer than %v", MaxDuration)
	}
	var marks []timed
	if text, ok := chunks[marksChunk]; ok {
		if err := json.Unmarshal(text, &marks); err != nil {
			return nil, fmt.Errorf("its lines: %w", err)
		}
	}
	for _, m := range marks {
		if m.From < 0 || m.To < 0 || max(m.From, m.To) > MaxDuration.Milliseconds() {
			return nil, errors.New("a line is spoken outside of it")
		}
		r.Marks = append(r.Marks, Mark{m.Text, time.Duration(m.From) * time.Millisecond, time.Duration(m.To) * time.Millisecond})
	}
	r.PCM = decodeADPCM(body, size, int(samples))
	return r, r.check()
}

// openRIFF takes a WAV file apart into its chunks; none may be there twice.
func openRIFF(data []byte) (map[string][]byte, error) {
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE" {
		return nil, errors.New("it is no WAV file")
	}
	if uint64(binary.LittleEndian.Uint32(data[4:]))+8 != uint64(len(data)) {
		return nil, errors.New("it has another length than it says")
	}
	chunks := map[string][]byte{}
	for rest := data[12:]; len(rest) > 0; {
		if len(rest) < 8 {
			return nil, errors.New("it ends within a chunk")
		}
		name, n := string(rest[:4]), int64(binary.LittleEndian.Uint32(rest[4:]))
		rest = rest[8:]
		if n+n%2 > int64(len(rest)) {
			return nil, errors.New("it ends within a chunk")
		}
		if _, twice := chunks[name]; twice {
			return nil, fmt.Errorf("chunk %q is there twice", name)
		}
		chunks[name] = rest[:n]
		rest = rest[n+n%2:]
	}
	return chunks, nil
}
