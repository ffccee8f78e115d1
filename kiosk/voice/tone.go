package voice

import (
	"math"

	"mingbai/playlist/speech"
)

// toneRate is the samples a second of the tone.
const toneRate = 16000

// Tone plays three rising notes, for a person who stands before the screen and
// wants to know whether it can be heard.
func (p *Player) Tone() error { return p.Speak(tone()) }

// tone is do, mi and sol of a third of a second each; they begin and end softly.
func tone() *speech.Recording {
	const length = toneRate / 3
	r := &speech.Recording{Rate: toneRate}
	for _, hertz := range []float64{523.25, 659.25, 783.99} {
		for i := range length {
			loud := min(1, float64(min(i, length-i))/(toneRate/50))
			r.PCM = append(r.PCM, int16(12000*loud*math.Sin(2*math.Pi*hertz*float64(i)/toneRate)))
		}
	}
	return r
}
