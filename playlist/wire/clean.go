package wire

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// numberLetters are those that nobody takes for another, spoken or written by
// hand: no 0 O, 1 I L, 2 Z, 5 S, 6 G, U V, and no B beside the 8.
const numberLetters = "34789ACDEFHJKMNPQRTWXY"

// Number is the short number of a voice that a person may write down: four
// letters and digits that follow from its ID, so that both sides know it without
// telling. It is for people to compare; it is not unique.
func (v Voice) Number() string {
	sum := sha256.Sum256([]byte(v.ID))
	n := binary.BigEndian.Uint64(sum[:8])
	var out [4]byte
	for i := range out {
		out[i] = numberLetters[n%uint64(len(numberLetters))]
		n /= uint64(len(numberLetters))
	}
	return string(out[:])
}

// Clean returns the voice as it is kept: without control characters and space at
// its ends, and within the bounds. What is too long or makes no sense is a
// *Refusal, never cut: half a sentence can say the opposite. Its Detail does not
// quote what the person wrote. Kinds of later versions are accepted.
func (v Voice) Clean() (Voice, error) {
	if !goodVoiceID(v.ID) {
		return Voice{}, refuse(ReasonDamaged, "a voice has no good ID")
	}
	if !goodName(string(v.Kind), 20) {
		return Voice{}, refuse(ReasonDamaged, "voice %s has no good kind", v.ID)
	}
	if year := v.At.Year(); year < 2000 || year > 9999 {
		return Voice{}, refuse(ReasonDamaged, "voice %s has no good time", v.ID)
	}
	v.At = v.At.UTC()
	if v.Notice != "" {
		if _, err := playlist.ParseNoticeID(string(v.Notice)); err != nil {
			return Voice{}, refuse(ReasonDamaged, "voice %s is about no good notice", v.ID)
		}
	}
	if v.Version < 0 || v.Version > 1<<30 || v.Score < 0 || v.Score > 3 {
		return Voice{}, refuse(ReasonDamaged, "voice %s has a number out of range", v.ID)
	}
	v.Title, v.Contact = oneLine(v.Title), oneLine(v.Contact)
	v.Text = strings.TrimSpace(keep(v.Text, true))
	var topics []string
	for _, t := range v.Topics {
		if t = oneLine(t); t != "" && !slices.Contains(topics, t) {
			topics = append(topics, t)
		}
	}
	v.Topics = topics
	long := func(s string, most int) bool { return utf8.RuneCountInString(s) > most }
	if long(v.Title, maxVoiceTitle) {
		v.Title = strings.TrimSpace(string([]rune(v.Title)[:maxVoiceTitle])) // the notice has it whole
	}
	if long(v.Text, MaxVoiceText) || long(v.Contact, MaxVoiceContact) || len(v.Topics) > MaxVoiceTopics ||
		slices.ContainsFunc(v.Topics, func(t string) bool { return long(t, maxVoiceTopic) }) {
		return Voice{}, refuse(ReasonOversized, "voice %s is too long", v.ID)
	}
	if n := len(v.Sealed); n > maxSealed || n > 0 && (v.Text != "" || v.Contact != "") {
		return Voice{}, refuse(ReasonDamaged, "voice %s is sealed and open, or too long", v.ID)
	}
	said := v.Text != "" || len(v.Topics) > 0 || len(v.Sealed) > 0
	switch {
	case v.Kind == Rating && v.Score == 0:
		return Voice{}, refuse(ReasonDamaged, "rating %s has no score", v.ID)
	case v.Kind == Opinion && !said:
		return Voice{}, refuse(ReasonDamaged, "opinion %s says nothing", v.ID)
	case v.Kind == Objection && (!said || v.Notice == ""):
		return Voice{}, refuse(ReasonDamaged, "objection %s says nothing or is about nothing", v.ID)
	}
	return v, nil
}

// goodVoiceID reports whether s has the form of crypto/rand.Text: base32.
func goodVoiceID(s string) bool {
	return len(s) == 26 && !strings.ContainsFunc(s, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '2' || r > '7') })
}

func goodName(s string, most int) bool {
	return s != "" && len(s) <= most && !strings.ContainsFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && r != '_' })
}

// keep drops what cannot be seen, and bytes that are not UTF-8.
func keep(s string, lines bool) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && lines:
			return r
		case r == '\n' || r == '\t':
			return ' '
		case unicode.Is(unicode.C, r): // control, format (among them what turns the direction), private use, surrogates
			return -1
		}
		return r
	}, s)
}

func oneLine(s string) string { return strings.TrimSpace(keep(s, false)) }

// GoodCount reports whether a key may be counted: one of those of this package
// or of a later version, and a name of ASCII letters, digits and hyphens after
// the colon.
func GoodCount(key string) bool {
	what, name, named := strings.Cut(key, ":")
	if len(key) > maxCountKey || !goodName(strings.ReplaceAll(what, ".", "_"), maxCountKey) || named && name == "" {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.'
	})
}

// GoodEmpty reports whether keys that found nothing may be told: lower-case
// letters, spaces and the five strokes (一丨丿丶乛) only, because digits could be somebody's
// number.
func GoodEmpty(keys string) bool {
	return keys != "" && utf8.RuneCountInString(keys) <= maxEmptyKey && !strings.ContainsFunc(keys, func(r rune) bool {
		return (r < 'a' || r > 'z') && r != ' ' && r != 'ü' && !strings.ContainsRune("一丨丿丶乛", r)
	})
}

// Clean returns the usage without what may not be counted. A day that is no date
// is a *Refusal.
func (u Usage) Clean() (Usage, error) {
	if u.Day.IsZero() || !u.Day.Valid() || u.Day.Before(schedule.Date{Year: 2000, Month: 1, Day: 1}) {
		return Usage{}, refuse(ReasonDamaged, "usage of a day that is none")
	}
	counts := map[string]uint64{}
	for _, key := range slices.Sorted(maps.Keys(u.Counts)) {
		if n := u.Counts[key]; len(counts) < MaxCounts && n > 0 && n <= MaxCount && GoodCount(key) {
			counts[key] = n
		}
	}
	var empty []string
	for _, keys := range u.Empty {
		if len(empty) < MaxEmpty && GoodEmpty(keys) && !slices.Contains(empty, keys) {
			empty = append(empty, keys)
		}
	}
	return Usage{Day: u.Day, Counts: counts, Empty: empty}, nil
}
