package led

import "time"

// Frames of a marquee a second. A board that is drawn less often skips dots, one
// that is drawn more often shows some of them twice.
const frameRate = 60

const (
	longestLap = 30 * time.Second // beyond it a text is paged (V05)
	seenFor    = 3 * time.Second  // every character of a marquee is on the board for so long (V05)
	seenAtOnce = 12               // characters that a marquee shows, so that words are read and not spelt
	// early is how long before its time a frame is counted, so that an instant
	// that was rounded down to the frame's beginning belongs to that frame.
	early = 100 * time.Microsecond
)

// Step returns how many dots a marquee of that size moves in each frame of sixty
// a second: a sixteenth of its height, in whole dots (V05).
func Step(size int) int { return max(size/16, 1) }

// Offset returns how many dots a marquee of that size has moved after elapsed: a
// whole step for every frame of sixty a second that has begun. It depends on
// nothing else, so boards that agree on elapsed agree on the dot.
func Offset(elapsed time.Duration, size int) int {
	return Step(size) * frameAt(elapsed)
}

func frameAt(elapsed time.Duration) int {
	// In two parts, for a duration of years times sixty is more than an int64.
	elapsed = max(elapsed+early, 0)
	whole, rest := elapsed/time.Second, elapsed%time.Second
	return int(whole)*frameRate + int(rest*frameRate/time.Second)
}

// lap is how long text takes from the right edge of a board of width dots until
// it is gone: whole frames, rounded up to a nanosecond.
func lap(text string, size, width int) time.Duration {
	frames := lapFrames(text, size, width)
	return (time.Duration(frames)*time.Second + frameRate - 1) / frameRate
}

func lapFrames(text string, size, width int) int {
	step := Step(size)
	return max((measure(text, size)+width+step-1)/step, 1)
}

// passes says whether text may run along a board of width dots: twelve characters
// stand on it at once and each is seen long enough, however slowly large ones
// pass, and nobody waits long for the text to come round (V05).
func passes(text string, size, width int) bool {
	seen := time.Duration((width+size)/Step(size)) * time.Second / frameRate
	return width >= seenAtOnce*size && seen >= seenFor && lap(text, size, width) <= longestLap
}
