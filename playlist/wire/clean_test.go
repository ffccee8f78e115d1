package wire

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"mingbai/playlist/schedule"
)

func TestNumber(t *testing.T) {
	seen := map[string]int{}
	for i := range 2000 {
		n := Voice{ID: strings.Repeat("A", i%26) + time.Duration(i).String()}.Number()
		if len(n) != 4 || strings.ContainsAny(n, "0O1IL2Z5S6GBUV") {
			t.Fatalf("number %q", n)
		}
		seen[n]++
	}
	if len(seen) < 1950 {
		t.Errorf("2,000 voices have %d numbers", len(seen))
	}
	if a, b := (Voice{ID: "X"}).Number(), (Voice{ID: "X", Text: "y"}).Number(); a != b {
		t.Errorf("%s and %s for the same voice", a, b)
	}
}

func TestCleanVoice(t *testing.T) {
	good := Voice{
		ID: "ABCDEFGHIJKLMNOPQRSTUVWX23", Kind: Objection, At: time.Date(2026, 11, 22, 12, 0, 0, 0, time.FixedZone("", 8*3600)),
		Notice: "n-1", Version: 1, Title: " 公\n示\u202e ", Topics: []string{" 金额 ", "", "金额", "对象"},
		Text: "第一行\r\n第二行\x00\u202e\xff 𬭎 ", Contact: " 138\t0000 ",
	}
	v, err := good.Clean()
	if err != nil {
		t.Fatal(err)
	}
	if v.Title != "公 示" || v.Text != "第一行\n第二行 𬭎" || v.Contact != "138 0000" || !reflect.DeepEqual(v.Topics, []string{"金额", "对象"}) || v.At.Hour() != 4 {
		t.Errorf("clean %+v", v)
	}
	if again, err := v.Clean(); err != nil || !reflect.DeepEqual(again, v) {
		t.Errorf("cleaned again %+v, %v", again, err)
	}
	v.Kind = "question" // of a later version
	if _, err := v.Clean(); err != nil {
		t.Errorf("a later kind: %v", err)
	}
}

func FuzzVoice(f *testing.F) {
	f.Add([]byte(`{"id":"ABCDEFGHIJKLMNOPQRSTUVWX23","kind":"opinion","at":"2026-11-22T04:00:00Z","text":"路灯","topics":["a","a"]}`))
	f.Add([]byte(`{"id":"ABCDEFGHIJKLMNOPQRSTUVWX23","kind":"rating","at":"2026-11-22T04:00:00Z","score":3,"title":"\u202e\n"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var v Voice
		if json.Unmarshal(b, &v) != nil {
			return
		}
		c, err := v.Clean()
		if err != nil {
			reasonOf(t, err)
			if len(v.Text) > 3 && strings.Contains(err.Error(), v.Text) && !strings.Contains(v.ID, v.Text) {
				t.Errorf("the refusal quotes what was written: %v", err)
			}
			return
		}
		for _, s := range append([]string{c.Title, c.Text, c.Contact}, c.Topics...) {
			if !utf8.ValidString(s) || utf8.RuneCountInString(s) > MaxVoiceText ||
				strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && unicode.Is(unicode.C, r) }) {
				t.Errorf("%q is kept", s)
			}
		}
		again, err := c.Clean()
		if err != nil || !reflect.DeepEqual(again, c) {
			t.Errorf("%+v became %+v, %v", c, again, err)
		}
	})
}

func FuzzUsage(f *testing.F) {
	f.Add([]byte(`{"day":"2026-11-22","counts":{"session":3,"notice:n-1":1,"Bad Key":2},"empty":["ylbx","ylbx","138"]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var u Usage
		if json.Unmarshal(b, &u) != nil {
			return
		}
		c, err := u.Clean()
		if err != nil {
			reasonOf(t, err)
			return
		}
		if len(c.Counts) > MaxCounts || len(c.Empty) > MaxEmpty || !c.Day.Valid() || c.Day.Before(schedule.Date{Year: 2000, Month: 1, Day: 1}) {
			t.Errorf("%+v is kept", c)
		}
		for _, e := range c.Empty {
			if strings.ContainsAny(e, "0123456789\n") {
				t.Errorf("%q is told", e)
			}
		}
		again, err := c.Clean()
		if err != nil || !reflect.DeepEqual(again, c) {
			t.Errorf("%+v became %+v, %v", c, again, err)
		}
	})
}
