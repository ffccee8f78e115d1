package speech_test

import (
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"mingbai/playlist/speech"
)

// voiced is a signal like a vowel: a fundamental that glides, its overtones, and
// a loudness that comes and goes four times a second.
func voiced(rate int, d time.Duration) []int16 {
	pcm := make([]int16, int(d.Seconds()*float64(rate)))
	phase := 0.0
	for i := range pcm {
		t := float64(i) / float64(rate)
		phase += 2 * math.Pi * (140 + 30*math.Sin(2*math.Pi*0.7*t)) / float64(rate)
		v := 0.0
		for k := 1; k <= 16; k++ {
			v += math.Sin(float64(k)*phase) / float64(k) * math.Exp(-math.Pow(float64(k)-5, 2)/20)
		}
		pcm[i] = int16(14000 * v * (0.55 + 0.45*math.Sin(2*math.Pi*4*t)))
	}
	return pcm
}

func recording(d time.Duration) *speech.Recording {
	return &speech.Recording{Rate: 16000, PCM: voiced(16000, d), Marks: []speech.Mark{
		{Text: "关于发放惠民资金的公示", From: 0, To: d / 2},
		{Text: "1,286.40", From: d / 2, To: d - 10*time.Millisecond},
	}}
}

func TestRoundTrip(t *testing.T) {
	for _, d := range []time.Duration{20 * time.Millisecond, 998 * time.Millisecond, 3 * time.Second} {
		r := recording(d)
		data, err := speech.Encode(r)
		if err != nil {
			t.Fatal(err)
		}
		if perSecond := float64(len(data)) / d.Seconds(); d > time.Second && perSecond > 8400 {
			t.Errorf("%v takes %.0f bytes a second, want about 8,000", d, perSecond)
		}
		got, err := speech.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		if got.Rate != r.Rate || len(got.PCM) != len(r.PCM) || !slices.Equal(got.Marks, r.Marks) {
			t.Errorf("%v came back as %d samples at %d with %v", d, len(got.PCM), got.Rate, got.Marks)
		}
	}
}

// The noise of the packing lies well below the voice.
func TestQuality(t *testing.T) {
	r := recording(5 * time.Second)
	data, err := speech.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	got, err := speech.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	var signal, noise float64
	for i, v := range r.PCM {
		signal += float64(v) * float64(v)
		d := float64(v) - float64(got.PCM[i])
		noise += d * d
	}
	snr := 10 * math.Log10(signal/noise)
	t.Logf("signal to noise %.1f dB", snr)
	if snr < 25 {
		t.Errorf("signal to noise is %.1f dB, want 25", snr)
	}
}

// An ordinary player reads the head of the file: format 0x11 with its block size.
func TestHead(t *testing.T) {
	data, err := speech.Encode(recording(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if string(data[:4]) != "RIFF" || string(data[8:16]) != "WAVEfmt " || binary.LittleEndian.Uint16(data[20:]) != 0x11 {
		t.Errorf("the file begins % x", data[:24])
	}
	wav := recording(time.Second).WAV()
	if string(wav[36:40]) != "data" || len(wav) != 44+2*16000 || binary.LittleEndian.Uint16(wav[20:]) != 1 {
		t.Errorf("the WAV file has %d bytes and begins % x", len(wav), wav[:44])
	}
}

func TestEncodeRefuses(t *testing.T) {
	long := &speech.Recording{Rate: 8000, PCM: make([]int16, 8000*601)}
	for name, r := range map[string]*speech.Recording{
		"silence":     {Rate: 16000},
		"rate":        {Rate: 1000, PCM: make([]int16, 100)},
		"too long":    long,
		"mark behind": {Rate: 16000, PCM: make([]int16, 16000), Marks: []speech.Mark{{To: 2 * time.Second}}},
		"order":       {Rate: 16000, PCM: make([]int16, 16000), Marks: []speech.Mark{{From: 500 * time.Millisecond, To: time.Second}, {From: 0, To: time.Second}}},
	} {
		if _, err := speech.Encode(r); err == nil {
			t.Errorf("%s: it was packed", name)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	good, err := speech.Encode(recording(300 * time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	for n := range good {
		if _, err := speech.Decode(good[:n]); !errors.Is(err, speech.ErrFormat) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
	if _, err := speech.Decode(append(slices.Clone(good), 0)); !errors.Is(err, speech.ErrFormat) {
		t.Errorf("with a byte behind it: %v", err)
	}
	change := func(at int, to byte) []byte {
		out := slices.Clone(good)
		out[at] = to
		return out
	}
	for name, data := range map[string][]byte{
		"two channels": change(22, 2), "another format": change(20, 1), "block size": change(33, 200), "more samples": change(50, 255),
	} {
		if _, err := speech.Decode(data); !errors.Is(err, speech.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAt(t *testing.T) {
	r := recording(4 * time.Second)
	for at, want := range map[time.Duration]int{0: 0, time.Second: 0, 2 * time.Second: 1, 5 * time.Second: 1} {
		if got, ok := r.At(at); !ok || got != want {
			t.Errorf("at %v line %d %v is spoken, want %d", at, got, ok, want)
		}
	}
	if _, ok := (&speech.Recording{}).At(0); ok {
		t.Error("a recording without lines says one")
	}
}

func FuzzDecode(f *testing.F) {
	good, err := speech.Encode(recording(30 * time.Millisecond))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:40])
	f.Add([]byte("RIFF\x04\x00\x00\x00WAVE"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := speech.Decode(data)
		if err != nil {
			if !errors.Is(err, speech.ErrFormat) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		if len(r.PCM) > 2*len(data) || r.Duration() > speech.MaxDuration {
			t.Fatalf("%d bytes became %d samples, %v", len(data), len(r.PCM), r.Duration())
		}
		again, err := speech.Encode(r)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		back, err := speech.Decode(again)
		if err != nil || len(back.PCM) != len(r.PCM) || !slices.Equal(back.Marks, r.Marks) {
			t.Fatalf("what was written reads as %v, %v", back, err)
		}
	})
}

// Damage within the samples is heard, and no more.
func TestNoise(t *testing.T) {
	good, err := speech.Encode(recording(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		data := slices.Clone(good)
		for i := len(data) - 4000; i < len(data); i++ {
			data[i] = byte(rnd.Uint32())
		}
		if r, err := speech.Decode(data); err != nil || len(r.PCM) != 16000 {
			t.Fatalf("noise: %v", err)
		}
	}
}
