// Package pii finds personal data in running text: numbers of identity cards,
// bank cards, mobile telephones and passports, licence plates and the homes of
// people (个人信息保护法 6, 28; DOMAIN L22, C08).
//
// It promises exact spans: From and To are bytes of the text that was given, on
// borders of characters, and what lies between them is all of the number and
// nothing else, also when it is written with spaces, dashes, full-width digits or
// over a line's end. It knows texts only; where a number may stand, as an
// office's telephone does, is its callers' affair. It imports nothing of this
// module so that all of it can use it.
package pii

import (
	"cmp"
	"slices"
)

// Kind is what sort of personal data it is.
type Kind string

// The kinds.
const (
	Identity Kind = "identity"  // 居民身份证号码, GB 11643, or an old one of 15 digits
	BankCard Kind = "bank_card" // ISO/IEC 7812 with its check digit
	Mobile   Kind = "mobile"
	Address  Kind = "address" // of a person's home, from the house number on
	Passport Kind = "passport"
	Plate    Kind = "plate" // 车牌, GA 36
)

// Match is one piece of personal data.
type Match struct {
	Kind     Kind
	From, To int    // bytes in the text
	Masked   string // what may stand there instead
	Sure     bool   // its check digit is right, or there is no other way to read it
}

// Where says what is known of the place in which a text stands.
type Where struct {
	People bool // a list of people: a number with a slip of the pen is somebody's too
	Home   bool // a field for people's addresses
}

// Scan returns all personal data of a text in its order; no two matches overlap.
func Scan(text string, where Where) []Match {
	s := scanner{text: text, where: where}
	s.numbers()
	s.lettered()
	s.homes()
	slices.SortStableFunc(s.found, func(a, b Match) int { return cmp.Compare(a.From, b.From) })
	return s.found
}

type scanner struct {
	text  string
	where Where
	found []Match
}

// add keeps a match unless something surer lies there already.
func (s *scanner) add(m Match) bool {
	for _, f := range s.found {
		if m.From < f.To && f.From < m.To {
			return false
		}
	}
	s.found = append(s.found, m)
	return true
}
