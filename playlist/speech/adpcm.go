package speech

// IMA ADPCM (IMA Digital Audio Focus, 1992): four bits a sample, the difference
// to a prediction in steps that grow and shrink with the signal.

var steps = [89]int{
	7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107, 118,
	130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963, 1060,
	1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484,
	7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
}

var stepMove = [8]int{-1, -1, -1, -1, 2, 4, 6, 8}

// predictor is the state that encoder and decoder share.
type predictor struct {
	value int // the last sample as the decoder has it
	index int // into steps, 0 to 88
}

// decode takes one nibble and returns the sample.
func (p *predictor) decode(nibble byte) int16 {
	step := steps[p.index]
	diff := step >> 3
	if nibble&4 != 0 {
		diff += step
	}
	if nibble&2 != 0 {
		diff += step >> 1
	}
	if nibble&1 != 0 {
		diff += step >> 2
	}
	if nibble&8 != 0 {
		diff = -diff
	}
	p.value = min(max(p.value+diff, -1<<15), 1<<15-1)
	p.index = min(max(p.index+stepMove[nibble&7], 0), len(steps)-1)
	return int16(p.value)
}

// encode chooses the nibble that comes nearest to a sample.
func (p *predictor) encode(sample int16) byte {
	diff, step := int(sample)-p.value, steps[p.index]
	var nibble byte
	if diff < 0 {
		nibble, diff = 8, -diff
	}
	for bit := byte(4); bit > 0; bit >>= 1 {
		if diff >= step {
			nibble |= bit
			diff -= step
		}
		step >>= 1
	}
	p.decode(nibble)
	return nibble
}

// A block is a header of four bytes, which holds the first sample, and two
// samples in every byte after it, so that one damaged block does not spoil the
// rest.
const (
	blockBytes   = 512
	blockSamples = (blockBytes-4)*2 + 1
)

func encodeADPCM(pcm []int16) []byte {
	out := make([]byte, 0, (len(pcm)+blockSamples-1)/blockSamples*blockBytes)
	var p predictor
	for len(pcm) > 0 {
		n := min(len(pcm), blockSamples)
		p.value = int(pcm[0])
		out = append(out, byte(p.value), byte(p.value>>8), byte(p.index), 0)
		for i := 1; i < blockSamples; i += 2 {
			// Behind the end the last value is held.
			low, high := int16(p.value), int16(p.value)
			if i < n {
				low, high = pcm[i], pcm[i]
			}
			if i+1 < n {
				high = pcm[i+1]
			}
			b := p.encode(low)
			out = append(out, b|p.encode(high)<<4)
		}
		pcm = pcm[n:]
	}
	return out
}

// decodeADPCM decodes whole blocks of size bytes to at most limit samples.
func decodeADPCM(data []byte, size, limit int) []int16 {
	out := make([]int16, 0, min(limit, len(data)/size*((size-4)*2+1)))
	for len(data) >= size && len(out) < limit {
		block := data[:size]
		data = data[size:]
		p := predictor{value: int(int16(uint16(block[0]) | uint16(block[1])<<8)), index: min(int(block[2]), len(steps)-1)}
		out = append(out, int16(p.value))
		for _, b := range block[4:] {
			out = append(out, p.decode(b&15), p.decode(b>>4))
		}
	}
	return out[:min(limit, len(out))]
}
