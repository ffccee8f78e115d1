package speaker

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// readWAV reads 16-bit samples from a WAV file, several channels mixed to one.
// Voices that write to a pipe do not know the length beforehand: what is there
// counts, not what the head says.
func readWAV(data []byte) (rate int, pcm []int16, err error) {
	get := binary.LittleEndian
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE" {
		return 0, nil, errors.New("it is no WAV file")
	}
	channels := 0
	for rest := data[12:]; len(rest) >= 8; {
		name, n := string(rest[:4]), int(min(int64(get.Uint32(rest[4:])), int64(len(rest)-8)))
		body := rest[8 : 8+n]
		switch name {
		case "fmt ":
			if n < 16 || get.Uint16(body) != 1 && get.Uint16(body) != 0xFFFE || get.Uint16(body[14:]) != 16 {
				return 0, nil, errors.New("its samples are not of 16 bits")
			}
			channels, rate = int(get.Uint16(body[2:])), int(get.Uint32(body[4:]))
			if channels < 1 || channels > 8 || rate < 4000 || rate > 192000 {
				return 0, nil, fmt.Errorf("%d channels at %d samples a second", channels, rate)
			}
		case "data":
			if channels == 0 {
				return 0, nil, errors.New("it does not say what its samples are")
			}
			pcm = make([]int16, n/2/channels)
			for i := range pcm {
				sum := 0
				for c := range channels {
					sum += int(int16(get.Uint16(body[2*(i*channels+c):])))
				}
				pcm[i] = int16(sum / channels)
			}
			return rate, pcm, nil
		}
		rest = rest[min(8+n+n%2, len(rest)):]
	}
	return 0, nil, errors.New("it has no samples")
}

// zeros is how many zero crossings the filter reaches to each side.
const zeros = 16

// resample changes the rate with a windowed sinc (Smith, Digital Audio
// Resampling): what the new rate cannot hold is taken out first.
func resample(in []int16, from, to int) []int16 {
	if from == to || len(in) == 0 {
		return in
	}
	cut := 0.94 * math.Min(1, float64(to)/float64(from)) // of the old rate's half
	reach := int(math.Ceil(zeros / cut))
	// The positions between two samples repeat after to/gcd steps.
	step := gcd(from, to)
	up, down := to/step, from/step
	taps := make([][]float64, up)
	for p := range taps {
		at := float64(p) / float64(up)
		taps[p] = make([]float64, 2*reach)
		sum := 0.0
		for k := range taps[p] {
			d := float64(k-reach+1) - at
			taps[p][k] = sinc(d*cut) * window(d/float64(reach))
			sum += taps[p][k]
		}
		for k := range taps[p] {
			taps[p][k] /= sum
		}
	}
	out := make([]int16, len(in)*up/down)
	for i := range out {
		pos := i * down
		base, phase := pos/up, pos%up
		sum := 0.0
		for k, w := range taps[phase] {
			if j := base + k - reach + 1; j >= 0 && j < len(in) {
				sum += w * float64(in[j])
			}
		}
		out[i] = int16(math.Round(math.Min(math.Max(sum, math.MinInt16), math.MaxInt16)))
	}
	return out
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// window is Blackman's, for x from -1 to 1.
func window(x float64) float64 {
	if x <= -1 || x >= 1 {
		return 0
	}
	return 0.42 + 0.5*math.Cos(math.Pi*x) + 0.08*math.Cos(2*math.Pi*x)
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
