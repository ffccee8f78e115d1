package wire

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"

	"mingbai/playlist"
)

// scan reads a body that is written as our own encoder writes it: the fields in the
// order of the type, their names as they are, no space. Nearly all that devices say is
// written so, and it takes a fifth of the time of a parser for all of JSON. It is
// false, with v in any state, for everything else, sound or not.
func scan(body []byte, v any) bool {
	to := reflect.ValueOf(v).Elem()
	p := planOf(to.Type())
	if p == nil {
		return false
	}
	s := scanner{b: body}
	return p(&s, to) && s.at == len(body)
}

// plan reads a value of one type.
type plan func(s *scanner, to reflect.Value) bool

// plans are made once for each type of message; a nil one says that there is none.
var plans sync.Map // of plan by reflect.Type

func planOf(t reflect.Type) plan {
	if p, ok := plans.Load(t); ok {
		return p.(plan)
	}
	p := newPlan(t)
	plans.Store(t, p)
	return p
}

var (
	timeType  = reflect.TypeFor[time.Time]()
	haveType  = reflect.TypeFor[map[playlist.ChannelID]playlist.Revision]()
	bytesType = reflect.TypeFor[[]byte]()
	ownJSON   = reflect.TypeFor[json.Unmarshaler]()
	ownText   = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// newPlan is nil for types whose values are rare, or read by code of their own.
func newPlan(t reflect.Type) plan {
	switch t {
	case timeType:
		return scanTime
	case haveType:
		return scanHave
	case bytesType:
		return scanBytes
	}
	switch p := reflect.PointerTo(t); {
	case p.Implements(ownJSON):
		return nil
	case p.Implements(ownText):
		return scanOwn
	}
	switch t.Kind() {
	case reflect.Struct:
		return structPlan(t)
	case reflect.Pointer:
		return pointerPlan(t)
	case reflect.Slice:
		return slicePlan(t)
	case reflect.String:
		return scanText
	case reflect.Bool:
		return scanBool
	case reflect.Float64:
		return scanFloat
	case reflect.Int, reflect.Int64:
		return scanInt
	case reflect.Uint64:
		return scanUint
	}
	return nil
}

type field struct {
	key  string // "name":
	plan plan
}

func structPlan(t reflect.Type) plan {
	fields := make([]field, t.NumField())
	for i := range fields {
		f := t.Field(i)
		name := f.Tag.Get("json")
		for j := range len(name) {
			if name[j] == ',' {
				name = name[:j]
				break
			}
		}
		fields[i] = field{`"` + name + `":`, newPlan(f.Type)}
	}
	return func(s *scanner, to reflect.Value) bool {
		if !s.is('{') {
			return false
		}
		if s.is('}') {
			return true
		}
		for i := range fields { // in their order, so that none comes twice
			f := &fields[i]
			if !s.has(f.key) {
				continue
			}
			if f.plan == nil || !f.plan(s, to.Field(i)) {
				return false
			}
			if !s.is(',') {
				return s.is('}')
			}
		}
		return false
	}
}

func pointerPlan(t reflect.Type) plan {
	to := newPlan(t.Elem())
	if to == nil {
		return nil
	}
	return func(s *scanner, p reflect.Value) bool {
		p.Set(reflect.New(t.Elem()))
		return to(s, p.Elem())
	}
}

func slicePlan(t reflect.Type) plan {
	each := newPlan(t.Elem())
	if each == nil {
		return nil
	}
	return func(s *scanner, to reflect.Value) bool {
		if !s.is('[') {
			return false
		}
		to.Set(reflect.MakeSlice(t, 0, 0))
		if s.is(']') {
			return true
		}
		for n := 0; ; n++ {
			to.Grow(1)
			to.SetLen(n + 1)
			to.Index(n).SetZero()
			if !each(s, to.Index(n)) {
				return false
			}
			if !s.is(',') {
				return s.is(']')
			}
		}
	}
}

// scanner is how far a body is read.
type scanner struct {
	b  []byte
	at int
}

func (s *scanner) is(c byte) bool {
	if s.at < len(s.b) && s.b[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *scanner) has(word string) bool {
	if end := s.at + len(word); end <= len(s.b) && string(s.b[s.at:end]) == word {
		s.at = end
		return true
	}
	return false
}

// quoted returns what is between two quotation marks.
func (s *scanner) quoted() ([]byte, bool) {
	if !s.is('"') {
		return nil, false
	}
	ascii := true
	for i := s.at; i < len(s.b); i++ {
		switch c := s.b[i]; {
		case c == '"':
			text := s.b[s.at:i]
			s.at = i + 1
			return text, ascii || utf8.Valid(text)
		case c == '\\':
			return s.escaped()
		case c < ' ':
			return nil, false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return nil, false
}

// escaped returns what is left of a text with escapes in it.
func (s *scanner) escaped() ([]byte, bool) {
	for i := s.at; i < len(s.b); i++ {
		switch s.b[i] {
		case '\\':
			i++
		case '"':
			var text string
			err := json.Unmarshal(s.b[s.at-1:i+1], &text)
			s.at = i + 1
			return []byte(text), err == nil
		}
	}
	return nil, false
}

// digits passes over some, at least one.
func (s *scanner) digits() bool {
	from := s.at
	for s.at < len(s.b) && s.b[s.at] >= '0' && s.b[s.at] <= '9' {
		s.at++
	}
	return s.at > from
}

// whole returns an integer as it is written (RFC 8259, section 6).
func (s *scanner) whole(sign bool) ([]byte, bool) {
	from := s.at
	if sign {
		s.is('-')
	}
	ok := s.is('0') || s.digits()
	return s.b[from:s.at], ok
}

func scanText(s *scanner, to reflect.Value) bool {
	text, ok := s.quoted()
	if ok {
		to.SetString(string(text))
	}
	return ok
}

// scanOwn reads what has a text of its own.
func scanOwn(s *scanner, to reflect.Value) bool {
	text, ok := s.quoted()
	v, is := to.Addr().Interface().(encoding.TextUnmarshaler)
	return ok && is && v.UnmarshalText(text) == nil
}

func scanBool(s *scanner, to reflect.Value) bool {
	if s.has("true") {
		to.SetBool(true)
		return true
	}
	return s.has("false")
}

// What follows a number is judged by who reads on: a digit behind a 0, a point or an
// exponent behind an integer fit nowhere.

func scanInt(s *scanner, to reflect.Value) bool {
	text, ok := s.whole(true)
	n, err := strconv.ParseInt(string(text), 10, 64)
	if !ok || err != nil || to.OverflowInt(n) {
		return false
	}
	to.SetInt(n)
	return true
}

func scanUint(s *scanner, to reflect.Value) bool {
	text, ok := s.whole(false)
	n, err := strconv.ParseUint(string(text), 10, 64)
	if !ok || err != nil {
		return false
	}
	to.SetUint(n)
	return true
}

func scanFloat(s *scanner, to reflect.Value) bool {
	from := s.at
	if _, ok := s.whole(true); !ok {
		return false
	}
	if s.is('.') && !s.digits() {
		return false
	}
	if s.is('e') || s.is('E') {
		if !s.is('+') {
			s.is('-')
		}
		if !s.digits() {
			return false
		}
	}
	x, err := strconv.ParseFloat(string(s.b[from:s.at]), 64)
	if err != nil {
		return false
	}
	to.SetFloat(x)
	return true
}

func scanTime(s *scanner, to reflect.Value) bool {
	from := s.at
	_, ok := s.quoted()
	t, is := to.Addr().Interface().(*time.Time)
	return ok && is && t.UnmarshalJSON(s.b[from:s.at]) == nil
}

func scanBytes(s *scanner, to reflect.Value) bool {
	text, ok := s.quoted()
	if !ok {
		return false
	}
	b, err := base64.StdEncoding.AppendDecode(make([]byte, 0, base64.StdEncoding.DecodedLen(len(text))), text)
	to.SetBytes(b)
	return err == nil
}

func scanHave(s *scanner, to reflect.Value) bool {
	at, is := to.Addr().Interface().(*map[playlist.ChannelID]playlist.Revision)
	if !is || !s.is('{') {
		return false
	}
	have := map[playlist.ChannelID]playlist.Revision{}
	*at = have
	if s.is('}') {
		return true
	}
	for {
		text, ok := s.quoted()
		if !ok || !s.is(':') {
			return false
		}
		var ch playlist.ChannelID
		if ch.UnmarshalText(text) != nil {
			return false
		}
		if _, twice := have[ch]; twice {
			return false
		}
		number, ok := s.whole(false)
		rev, err := strconv.ParseUint(string(number), 10, 64)
		if !ok || err != nil {
			return false
		}
		have[ch] = playlist.Revision(rev)
		if !s.is(',') {
			return s.is('}')
		}
	}
}
