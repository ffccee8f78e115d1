package wire

import (
	"time"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// VoiceKind is what a resident said at a touchscreen.
type VoiceKind string

// The kinds of voice.
const (
	Rating    VoiceKind = "rating"    // 满意度, one tap
	Opinion   VoiceKind = "opinion"   // 意见箱
	Objection VoiceKind = "objection" // 对公示的异议
)

// Bounds of a voice.
const (
	MaxVoiceText    = 500 // characters
	MaxVoiceContact = 40
	MaxVoiceTopics  = 8
	MaxVoices       = 50 // in one message
	maxVoiceTitle   = 120
	maxVoiceTopic   = 20
)

// Voice is what one resident said. It is anonymous unless the person gave a way
// to answer. ID makes it arrive exactly once however often it is sent.
type Voice struct {
	ID      string            `json:"id"` // 26 characters of crypto/rand.Text
	Kind    VoiceKind         `json:"kind"`
	At      time.Time         `json:"at"`
	Notice  playlist.NoticeID `json:"notice,omitempty"` // what it is about; always set for an objection
	Version int               `json:"version,omitempty"`
	Title   string            `json:"title,omitempty"`   // of the notice, as the resident saw it
	Score   int               `json:"score,omitempty"`   // ratings: 1 不满意, 2 一般, 3 满意
	Topics  []string          `json:"topics,omitempty"`  // chosen from what the form offers
	Text    string            `json:"text,omitempty"`    // typed
	Contact string            `json:"contact,omitempty"` // a telephone number, if the person wants an answer
	Sealed  []byte            `json:"sealed,omitempty"`  // Text and Contact, see Seal; then both are empty
}

// Voices is a batch, oldest first.
type Voices struct {
	Voices []Voice `json:"voices"`
}

// Usage counts what was done at a screen on one day, without identity. Counts
// only grow during a day; the latest message of a day replaces the ones before,
// so sending it twice does no harm.
type Usage struct {
	Day    schedule.Date     `json:"day"`
	Counts map[string]uint64 `json:"counts"`
	// Empty are searches that found nothing, each once, at most 40 a day: letters
	// as typed and strokes written 一丨丿丶乛. Digits could be somebody's number.
	Empty []string `json:"empty,omitempty"`
}

// The keys of Usage.Counts. Those that end with a colon are followed by a name.
const (
	CountSession  = "session"      // somebody began
	CountPage     = "page:"        // a page was opened, by kind
	CountNotice   = "notice:"      // a notice was opened, by ID
	CountSearch   = "search"       // a search was made (its first key)
	CountEmpty    = "search.empty" // it found nothing
	CountQR       = "qr"           // the code to take away was opened
	CountPrint    = "print"        // sheets of paper
	CountAloud    = "aloud"        // reading aloud was begun
	CountLarge    = "large"        // the text was made larger
	CountContrast = "contrast"
	CountLow      = "low"
	CountEnglish  = "english"
	CountIdle     = "idle" // sessions that ended because nobody answered
)

// Bounds of a day's usage.
const (
	MaxCounts   = 5000    // keys
	MaxCount    = 1 << 40 // of one key; a day has fewer milliseconds
	MaxEmpty    = 40      // searches that found nothing
	maxCountKey = 80      // bytes
	maxEmptyKey = 24      // characters
)

// Heard acknowledges voices by ID and usage by day.
type Heard struct {
	Voices []string        `json:"voices,omitempty"`
	Days   []schedule.Date `json:"days,omitempty"`
}
