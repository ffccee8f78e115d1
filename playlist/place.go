package playlist

import (
	"reflect"
	"strconv"
	"strings"
)

// Texts calls each with every text of the notice that a screen may draw and with
// the field that it is in, as in Problem.Field.
func (n *Notice) Texts(each func(field, text string)) { n.texts(each) }

// Text returns the text in a field, and whether the notice has such a field.
func (n *Notice) Text(field string) (string, bool) {
	v, ok := n.place(field)
	if !ok {
		return "", false
	}
	return v.String(), true
}

// SetText changes the text in a field; it reports whether the notice has such a
// field. Slices within the notice are written to: a copy that shares them
// changes too.
func (n *Notice) SetText(field, text string) bool {
	v, ok := n.place(field)
	if ok {
		v.SetString(text)
	}
	return ok
}

// place follows a path of JSON names and indexes to a text.
func (n *Notice) place(field string) (reflect.Value, bool) {
	v := reflect.ValueOf(n).Elem()
	for part := range strings.SplitSeq(field, ".") {
		name, rest, indexed := strings.Cut(part, "[")
		if v.Kind() == reflect.Pointer {
			v = v.Elem() // zero for nil
		}
		if v = member(v, name); !v.IsValid() {
			return v, false
		}
		for indexed {
			var number string
			number, rest, _ = strings.Cut(rest, "]")
			i, err := strconv.Atoi(number)
			if err != nil || v.Kind() != reflect.Slice || i < 0 || i >= v.Len() {
				return v, false
			}
			v = v.Index(i)
			rest, indexed = strings.CutPrefix(rest, "[")
		}
	}
	return v, v.Kind() == reflect.String
}

// member finds a field of a struct by its JSON name.
func member(v reflect.Value, name string) reflect.Value {
	if v.Kind() != reflect.Struct {
		return reflect.Value{}
	}
	for i := range v.NumField() {
		if tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ","); tag == name && name != "" {
			return v.Field(i)
		}
	}
	return reflect.Value{}
}
