package playlist

import (
	"slices"
	"time"

	"mingbai/playlist/schedule"
)

// Severity says whether a problem stops publication.
type Severity string

// The severities.
const (
	Wrong   Severity = "error"   // must be put right before it can be published
	Warning Severity = "warning" // a person should look; publication can go on
)

// Problem is one thing wrong with a document, keyed by the field it is in.
type Problem struct {
	Field     string   `json:"field"`   // path in JSON names, for example guide.materials[2].name
	Code      string   `json:"code"`    // stable, for programs: required, too_long, sum, …
	Message   string   `json:"message"` // Chinese
	MessageEn string   `json:"message_en"`
	Severity  Severity `json:"severity"`
}

// HasErrors reports whether any of the problems stops publication.
func HasErrors(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.Severity == Wrong })
}

// ValidateEnv is what Validate compares a document with. What is nil or zero is
// not checked.
type ValidateEnv struct {
	Columns  []Column
	Sites    []Site
	Notices  []NoticeID          // that playlists may name
	Missing  func(string) []rune // the characters of a text that no font has
	Now      time.Time
	Zone     *time.Location
	Calendar *schedule.Calendar
}

// Validate returns what is wrong with a notice, in the order of its fields.
func Validate(n *Notice, env ValidateEnv) []Problem { return nil }

// ValidateSites returns what is wrong with a tree of sites. Fields begin with
// the index, for example "sites[3].parent".
func ValidateSites(sites []Site) []Problem { return nil }

// ValidateScreen returns what is wrong with a screen.
func ValidateScreen(s Screen, env ValidateEnv) []Problem { return nil }

// ValidateColumns returns what is wrong with a catalogue: names, parents,
// cycles, tiles. Fields begin with the index, for example "columns[3].parent".
func ValidateColumns(columns []Column) []Problem { return nil }

// ValidatePlaylist returns what is wrong with a playlist.
func ValidatePlaylist(p Playlist, env ValidateEnv) []Problem { return nil }

// ValidateRules returns what is wrong with rules that choose among playlists.
// Fields begin with the index, for example "rules[0].spans[1].to".
func ValidateRules(rules []schedule.Rule, playlists []Playlist) []Problem { return nil }
