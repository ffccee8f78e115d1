package wire

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"mingbai/playlist"
)

// oddities are values on which parsers disagree, whatever is wanted in their place.
var oddities = strings.Split(`null|true|false|0|-0|00|01|-1|+1|.5|1.|1.5|1e2|1E+2|1e-2|1e999|-1e-999|9223372036854775807|9223372036854775808|-9223372036854775808|`+
	`18446744073709551615|18446744073709551616|1_0|0x1|""|" "|"a"|"null"|"1"|"\u0041"|"\/"|"\""|"\ud83d\ude00"|"\ud800"|"\ud800x"|"\udc00\ud800"|"\x"|"\u12"|"<&>"|"`+
	"\xff|\"\xff\"|\"\xed\xa0\x80\"|\"\t\"|\"\u2028\"|\"\x7f\"|\"\x00\"|"+
	`"QQ=="|"QQ"|"QQ=\n="|"QR=="|"Q Q="|"liuxi"|"liuxi!"|"li\u0075xi"|"Liuxi"|"!"|"2026-11-22"|"2026-02-30"|"2026-11-22T03:04:05Z"|"2026-11-22T03:04:05.123456789+08:00"|`+
	`"2026-11-22T03:04:60Z"|"2026-11-22t03:04:05z"|"2026-11-22T24:00:00Z"|"0000-01-01T00:00:00Z"|"2026-11-22T03:04:05\u005a"|{}|[]|[null]|[{}]|[[]]|{"":0}|{"a":{}}|{"liuxi":1}|{"liuxi":-1}|`+
	`{"liuxi":1,"liuxi":2}|{"li\u0075xi":1,"liuxi":2}|{"liuxi":null}|{"liuxi":1,}|[1,]|[,]|{,}| 1|1 |`, "|")

var parsesText = reflect.TypeFor[encoding.TextUnmarshaler]()

// mix writes a body for a type: what fits, now and then with something odd in it.
type mix struct {
	*rand.Rand
	strings.Builder
}

func (m *mix) rarely() bool { return m.IntN(12) == 0 }

func (m *mix) space() {
	if m.IntN(200) == 0 {
		m.WriteString([]string{" ", "\n", "\t", "\r"}[m.IntN(4)])
	}
}

func (m *mix) value(t reflect.Type) {
	m.space()
	defer m.space()
	if m.rarely() {
		m.WriteString(oddities[m.IntN(len(oddities))])
		return
	}
	switch {
	case t == timeType:
		m.WriteString(`"2026-11-22T03:04:05.000000678Z"`)
		return
	case t == bytesType:
		m.WriteString(`"AAECAwQF"`)
		return
	case reflect.PointerTo(t).Implements(parsesText):
		m.WriteString([]string{`"liuxi"`, `"liuxi!"`, `"2026-11-22"`, `"` + strings.Repeat("ab", 32) + `"`}[m.IntN(4)])
		return
	}
	switch t.Kind() {
	case reflect.Pointer:
		m.value(t.Elem())
	case reflect.Struct:
		m.object(t)
	case reflect.Slice:
		m.list('[', ']', m.IntN(3), func() { m.value(t.Elem()) })
	case reflect.Map:
		m.list('{', '}', m.IntN(3), func() {
			fmt.Fprintf(m, "%q:", []string{"liuxi", "liuxi!", "qinghe"}[m.IntN(3)])
			m.value(t.Elem())
		})
	case reflect.String:
		m.WriteString([]string{`"loop"`, `"日常"`, `"a\nb"`, `""`}[m.IntN(4)])
	case reflect.Bool:
		m.WriteString("true")
	case reflect.Float64:
		m.WriteString([]string{"0", "-0.5", "1e3", "12.25"}[m.IntN(4)])
	default:
		m.WriteString([]string{"0", "7", "12345678901"}[m.IntN(3)])
	}
}

func (m *mix) list(open, end byte, n int, one func()) {
	m.WriteByte(open)
	for i := range n {
		if i > 0 {
			m.WriteByte(',')
		}
		one()
	}
	m.WriteByte(end)
}

// object writes some fields of a type, rarely in another order, twice, under a name
// of other letters or without being known.
func (m *mix) object(t reflect.Type) {
	var fields []int
	for i := range t.NumField() {
		if m.IntN(3) > 0 {
			fields = append(fields, i)
		}
	}
	if len(fields) > 0 && m.rarely() {
		fields = append(fields, fields[m.IntN(len(fields))])
	}
	if m.rarely() {
		m.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	}
	m.list('{', '}', len(fields), func() {
		f := t.Field(fields[0])
		fields = fields[1:]
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch m.IntN(60) {
		case 0:
			name = strings.ToUpper(name)
		case 1:
			name = strings.ReplaceAll(name, "_", "")
		case 2:
			name = f.Name
		case 3:
			name = strings.Replace(name, "s", "ſ", 1)
		case 4:
			name = `\u006` + fmt.Sprintf("%x", name[0]&15) + name[1:]
		case 5:
			name = "later"
		}
		fmt.Fprintf(m, `"%s":`, name)
		m.value(f.Type)
	})
}

// TestParseMixed is FuzzParse with bodies that have the form of their type, and
// something odd here and there.
func TestParseMixed(t *testing.T) {
	types := make([]Type, 0, len(said))
	for typ := range said {
		types = append(types, typ)
	}
	slices.Sort(types)
	m := &mix{Rand: rand.New(rand.NewPCG(1, 2))}
	taken := 0
	for range 20_000 {
		typ := types[m.IntN(len(types))]
		m.Reset()
		m.value(reflect.TypeOf(said[typ]()).Elem())
		body := []byte(m.String())
		if m.IntN(20) == 0 {
			body = body[:m.IntN(len(body)+1)]
		}
		want, got := said[typ](), said[typ]()
		errWant, errGot := json.Unmarshal(body, want), parse(body, got)
		if (errWant == nil) != (errGot == nil) || errWant == nil && !reflect.DeepEqual(want, got) {
			t.Fatalf("%s of %s\nis %+v, %v\nwant %+v, %v", typ, body, got, errGot, want, errWant)
		}
		if errWant == nil {
			taken++
		}
	}
	if taken < 2000 {
		t.Errorf("only %d bodies were sound", taken)
	}
}

// TestTypesHaveNames: what is read by the order of its fields has a name for each.
func TestTypesHaveNames(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var look func(reflect.Type)
	look = func(typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			look(typ.Elem())
			return
		case reflect.Struct:
		default:
			return
		}
		if seen[typ] || typ == timeType || reflect.PointerTo(typ).Implements(parsesText) {
			return
		}
		seen[typ] = true
		for i := range typ.NumField() {
			f := typ.Field(i)
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" || name == "-" || f.Anonymous || !f.IsExported() || strings.Contains(options, "string") {
				t.Errorf("%s.%s cannot be read by scan", typ, f.Name)
			}
			look(f.Type)
		}
	}
	for _, fresh := range said {
		look(reflect.TypeOf(fresh()).Elem())
	}
	if !seen[reflect.TypeFor[playlist.Panel]()] {
		t.Error("the types within types were not looked at")
	}
}
