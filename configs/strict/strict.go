// Package strict decodes TOML without forgiveness: a key that the program does
// not know is a fault with its line, because a misspelt key that is silently
// ignored is a setting that somebody believes in. It is for configuration files
// and for the files of clerks alike.
//
// It promises a line for every fault and all unknown keys at once. What values
// mean, and in which language people are told, is left to its callers.
package strict

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// maxFile bounds what Decode takes, in bytes. Files are typed by people.
const maxFile = 4 << 20

// FaultKind is what is wrong.
type FaultKind string

// The kinds of fault.
const (
	Syntax  FaultKind = "syntax"  // not TOML, or too large
	Type    FaultKind = "type"    // a value of the wrong type
	Unknown FaultKind = "unknown" // a key that nothing reads
)

// Fault is one thing wrong with a file.
type Fault struct {
	Kind   FaultKind
	Line   int    // from 1; 0 when it cannot be told
	Key    string // dotted, may be empty
	Detail string // in English, from the decoder
}

func (f Fault) Error() string {
	where := ""
	if f.Line > 0 {
		where = fmt.Sprintf("line %d: ", f.Line)
	}
	if f.Kind == Unknown {
		return where + fmt.Sprintf("unknown key %q", f.Key)
	}
	if f.Key != "" {
		return where + f.Key + ": " + f.Detail
	}
	return where + f.Detail
}

// Decode reads data into the struct that into points to and returns what is
// wrong with it, in order of lines for unknown keys. A leading byte order mark
// is accepted. Nothing wrong is nil. A value that implements UnmarshalTOML or
// UnmarshalText is given its part of the file.
func Decode(data []byte, into any) []Fault {
	if len(data) > maxFile {
		return []Fault{{Kind: Syntax, Detail: fmt.Sprintf("the file has %d bytes, at most %d are read", len(data), maxFile)}}
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	meta, err := toml.NewDecoder(bytes.NewReader(data)).Decode(into)
	if err != nil {
		return []Fault{faultOf(err)}
	}
	var faults []Fault
	lines := keyLines(data)
	for _, key := range meta.Undecoded() {
		name := strings.Join(key, ".")
		if parentUnknown(faults, key) {
			continue // its table is already reported
		}
		f := Fault{Kind: Unknown, Key: name}
		if at := lines[strings.Join(key, "\x00")]; len(at) > 0 {
			f.Line = at[0]
			lines[strings.Join(key, "\x00")] = at[1:]
		}
		faults = append(faults, f)
	}
	return faults
}

func parentUnknown(faults []Fault, key toml.Key) bool {
	if len(faults) == 0 || len(key) < 2 {
		return false
	}
	parent := strings.Join(key[:len(key)-1], ".")
	last := faults[len(faults)-1].Key
	return parent == last || strings.HasPrefix(parent, last+".")
}

// The decoder gives positions of wrong types only inside its text.
var lineInText = regexp.MustCompile(`^toml: line (\d+) \(last key "(.*)"\): `)
var keyInText = regexp.MustCompile(`^toml: \(last key "(.*)"\): `)

func faultOf(err error) Fault {
	if pe, ok := errors.AsType[toml.ParseError](err); ok {
		return Fault{Kind: Syntax, Line: pe.Position.Line, Key: plainKey(pe.LastKey), Detail: pe.Message}
	}
	text := err.Error()
	if m := lineInText.FindStringSubmatch(text); m != nil {
		line, _ := strconv.Atoi(m[1]) // only digits matched
		return Fault{Kind: Type, Line: line, Key: unquote(m[2]), Detail: text[len(m[0]):]}
	}
	if m := keyInText.FindStringSubmatch(text); m != nil {
		return Fault{Kind: Type, Key: unquote(m[1]), Detail: text[len(m[0]):]}
	}
	return Fault{Kind: Syntax, Detail: strings.TrimPrefix(text, "toml: ")}
}

// unquote undoes the %q with which the decoder prints a key.
func unquote(s string) string {
	if u, err := strconv.Unquote(`"` + s + `"`); err == nil {
		s = u
	}
	return plainKey(s)
}

// plainKey drops the quotes of the parts of a dotted key, for people to read.
func plainKey(s string) string { return strings.Join(splitKey(s), ".") }

// Line returns the first line on which a key stands, given by its parts, or 0.
func Line(data []byte, key ...string) int {
	if at := keyLines(data)[strings.Join(key, "\x00")]; len(at) > 0 {
		return at[0]
	}
	return 0
}

// keyLines finds the lines on which keys and tables stand, since the decoder
// does not tell. Keys are joined with NUL; one that stands in several elements
// of an array of tables has several lines.
func keyLines(data []byte) map[string][]int {
	lines := make(map[string][]int)
	var table []string
	var open string // the delimiter of a multi-line string that is open
	for i, line := range strings.Split(string(data), "\n") {
		if open != "" {
			if strings.Contains(line, open) {
				open = ""
			}
			continue
		}
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			head := strings.Trim(strings.SplitN(line, "]", 2)[0], "[ ")
			table = splitKey(head)
			lines[strings.Join(table, "\x00")] = append(lines[strings.Join(table, "\x00")], i+1)
		default:
			left, right, ok := cutAssign(line)
			if !ok {
				continue // inside an array of several lines
			}
			key := append(append([]string(nil), table...), splitKey(left)...)
			for n := len(table) + 1; n <= len(key); n++ {
				lines[strings.Join(key[:n], "\x00")] = append(lines[strings.Join(key[:n], "\x00")], i+1)
			}
			for _, mark := range []string{`"""`, `'''`} {
				if strings.Count(right, mark)%2 == 1 {
					open = mark
				}
			}
		}
	}
	return lines
}

// cutAssign splits a line at the first = outside quotes.
func cutAssign(line string) (left, right string, ok bool) {
	var quote byte
	for i := range len(line) {
		switch c := line[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '=':
			return strings.TrimSpace(line[:i]), line[i+1:], true
		}
	}
	return "", "", false
}

// splitKey splits a dotted key with quoted parts.
func splitKey(s string) []string {
	var parts []string
	var part strings.Builder
	var quote byte
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == 0 && c == '.':
			parts = append(parts, part.String())
			part.Reset()
		case quote == 0 && (c == ' ' || c == '\t'):
		default:
			part.WriteByte(c)
		}
	}
	return append(parts, part.String())
}
