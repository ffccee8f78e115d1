package wire

import (
	"crypto/ecdh"
	"crypto/rand"
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

func TestSeal(t *testing.T) {
	private, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key := private.PublicKey().Bytes()
	v := Voice{ID: rand.Text(), Kind: Opinion, At: time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC), Text: strings.Repeat("𬭎\"", MaxVoiceText/2), Contact: "13800000000", Topics: []string{"路灯"}}
	s, err := v.Seal(key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(s)
	if err != nil || s.Text != "" || s.Contact != "" || strings.Contains(string(raw), "138") || s.Number() != v.Number() {
		t.Errorf("sealed %s, %v", raw, err)
	}
	if c, err := s.Clean(); err != nil || !reflect.DeepEqual(c, s) {
		t.Errorf("a sealed voice is cleaned to %+v, %v", c, err)
	}
	if again, err := s.Seal(key); err != nil || !reflect.DeepEqual(again, s) {
		t.Errorf("sealed again %v", err)
	}
	if got, err := s.Unseal(private); err != nil || !reflect.DeepEqual(got, v) {
		t.Errorf("opened %+v, %v", got, err)
	}
	short, long := v, v
	short.Text, long.Text = "好", "请修路灯，晚上看不见"
	a, err := short.Seal(key)
	if err != nil {
		t.Fatal(err)
	}
	b, err := long.Seal(key)
	if err != nil || len(a.Sealed) != len(b.Sealed) {
		t.Errorf("%d and %d bytes tell one from the other, %v", len(a.Sealed), len(b.Sealed), err)
	}
	if r, err := (Voice{ID: rand.Text(), Kind: Rating, Score: 1, At: v.At}).Seal(key); err != nil || r.Sealed != nil {
		t.Errorf("a rating without words is sealed: %+v, %v", r, err)
	}
	if _, err := v.Seal(key[1:]); err == nil {
		t.Error("sealed with half a key")
	}
	other, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Unseal(other); reasonOf(t, err) != ReasonWrongKey {
		t.Errorf("another key: %v", err)
	}
	moved := s
	moved.ID = rand.Text()
	if _, err := moved.Unseal(private); reasonOf(t, err) != ReasonWrongKey {
		t.Errorf("under another ID: %v", err)
	}
	moved = s
	moved.Sealed = append([]byte(nil), s.Sealed...)
	moved.Sealed[40] ^= 1
	if _, err := moved.Unseal(private); reasonOf(t, err) != ReasonWrongKey {
		t.Errorf("changed: %v", err)
	}
	both := s
	both.Text = "x"
	if _, err := both.Clean(); reasonOf(t, err) != ReasonDamaged {
		t.Errorf("sealed and open: %v", err)
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
