package wire

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
)

func TestFrame(t *testing.T) {
	blobs := [][]byte{[]byte("first\nblob"), {}, []byte("{}")}
	push := Push{
		Channel: playlist.ChannelID{Site: "liuxi", Alert: true}, Revision: 4,
		Envelope: Sign(EditionType, []byte("payload"), keyOf(1)),
		Time:     time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
	}
	b, err := Encode(TypePush, &push, blobs...)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Decode(b)
	if err != nil || m.Type != TypePush {
		t.Fatalf("Decode = %s, %v", m.Type, err)
	}
	var got Push
	if err := m.Into(&got); err != nil {
		t.Fatal(err)
	}
	tail, err := m.Blobs(got.Attached)
	if err != nil {
		t.Fatal(err)
	}
	if len(tail) != len(blobs) || string(tail[0]) != "first\nblob" || len(tail[1]) != 0 || string(tail[2]) != "{}" {
		t.Errorf("blobs came as %q", tail)
	}
	push.Attached = got.Attached
	if !reflect.DeepEqual(got, push) {
		t.Errorf("push came as %+v", got)
	}
	if push.Attached == nil || push.Attached[0].Ref != assets.RefOf(blobs[0]) {
		t.Error("Encode did not list the blobs")
	}
}

// A message of a later version has a type and fields that this one passes over.
func TestFrameFromLaterVersion(t *testing.T) {
	m, err := Decode([]byte(`{"type":"weather","body":{"rain":true}}` + "\ntail"))
	if err != nil || m.Type != "weather" {
		t.Fatalf("Decode = %+v, %v", m, err)
	}
	m, err = Decode([]byte(`{"type":"taken","body":{"seq":9,"later":[]}}` + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	var taken Taken
	if err := m.Into(&taken); err != nil || taken.Seq != 9 {
		t.Errorf("Into = %+v, %v", taken, err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	long := `{"type":"report","body":{"x":"` + strings.Repeat("a", MaxHeader) + `"}}` + "\n"
	for _, tt := range []struct {
		name, data string
		exp        Reason
	}{
		{"nothing", "", ReasonDamaged},
		{"no newline", `{"type":"taken","body":{}}`, ReasonDamaged},
		{"no type", "{}\n", ReasonDamaged},
		{"only a newline", "\n", ReasonDamaged},
		{"other order", `{"body":{},"type":"taken"}` + "\n", ReasonDamaged},
		{"capitals", `{"type":"Taken","body":{}}` + "\n", ReasonDamaged},
		{"empty type", `{"type":"","body":{}}` + "\n", ReasonDamaged},
		{"endless type", `{"type":"` + strings.Repeat("a", 41) + `","body":{}}` + "\n", ReasonDamaged},
		{"not closed", `{"type":"taken","body":{}` + "\x00\n", ReasonDamaged},
		{"a text of more than 8 MiB", long, ReasonOversized},
		{"a message of more than 16 MiB", `{"type":"push","body":{}}` + "\n" + strings.Repeat("a", MaxMessage), ReasonOversized},
	} {
		if _, err := Decode([]byte(tt.data)); reasonOf(t, err) != tt.exp {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.exp)
		}
	}
	for _, body := range []string{``, `{`, `{"seq":1} x`, `{"seq":"1"}`, `{"seq":-1}`} {
		m, err := Decode([]byte(`{"type":"taken","body":` + body + "}\n"))
		if err != nil {
			continue
		}
		var v Taken
		if reasonOf(t, m.Into(&v)) != ReasonDamaged {
			t.Errorf("body %q was read as %+v", body, v)
		}
	}
}

func TestBlobsRefuses(t *testing.T) {
	a, b := []byte("aaaa"), []byte("bb")
	list := []playlist.Blob{{Ref: assets.RefOf(a), Size: 4}, {Ref: assets.RefOf(b), Size: 2}}
	frame := func(tail string) Message {
		m, err := Decode([]byte(`{"type":"push","body":{}}` + "\n" + tail))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if got, err := frame("aaaabb").Blobs(list); err != nil || !bytes.Equal(got[1], b) {
		t.Fatalf("Blobs = %q, %v", got, err)
	}
	for _, tail := range []string{"", "aaaab", "aaaabbb", "aaaxbb", "bbaaaa"} {
		if _, err := frame(tail).Blobs(list); reasonOf(t, err) != ReasonDamaged {
			t.Errorf("tail %q: %v", tail, err)
		}
	}
	if _, err := frame("aaaa").Blobs([]playlist.Blob{{Ref: list[0].Ref, Size: -1}}); reasonOf(t, err) != ReasonDamaged {
		t.Errorf("negative size: %v", err)
	}
	if _, err := frame("").Blobs(make([]playlist.Blob, MaxAttached+1)); reasonOf(t, err) != ReasonOversized {
		t.Errorf("a flood of blobs: %v", err)
	}
	if _, err := frame("").Blobs(make([]playlist.Blob, 1)); reasonOf(t, err) != ReasonDamaged {
		t.Errorf("the zero ref: %v", err)
	}
}

// The largest payload that may be signed can also be sent.
func TestLargestPayload(t *testing.T) {
	env := Sign(EditionType, make([]byte, MaxPayload), keyOf(1), keyOf(2))
	b, err := Encode(TypePush, Push{Channel: playlist.ChannelID{Site: "liuxi"}, Revision: 1 << 62, Envelope: env})
	if err != nil {
		t.Fatal(err)
	}
	m, err := Decode(b)
	var p Push
	if err == nil {
		err = m.Into(&p)
	}
	if err == nil {
		err = Judge(p.Envelope, Policy{Type: EditionType, Keys: [][]byte{pubOf(1), pubOf(2)}, Threshold: 2})
	}
	if err != nil {
		t.Error(err)
	}
}

func TestEncodeRefuses(t *testing.T) {
	if _, err := Encode("Bad Type", Taken{}); err == nil {
		t.Error("a bad type was encoded")
	}
	if _, err := Encode(TypeTaken, Taken{}, []byte("x")); err == nil {
		t.Error("a blob was attached to a message without a list")
	}
	if _, err := Encode(TypePush, Push{Attached: []playlist.Blob{{Size: 2}}}, []byte("x")); err == nil {
		t.Error("a list that does not fit the blobs was encoded")
	}
	if _, err := Encode(TypePush, Push{}, make([]byte, MaxMessage)); err == nil {
		t.Error("a message above the limit was encoded")
	}
	if _, err := Encode(TypeReport, make(chan int)); err == nil {
		t.Error("a channel was encoded")
	}
}

func TestCloseCodes(t *testing.T) {
	for code, rule := range closeRules {
		if code.String() != rule.name || rule.name == "" {
			t.Errorf("%d has no name", code)
		}
		if code != CloseRemoved && code.Stop() {
			t.Errorf("%s stops a device for ever", code)
		}
	}
	if !CloseRemoved.Stop() || CloseCode(4999).Stop() || CloseCode(4999).Wait() != 0 {
		t.Error("only a person's removal stops a device; an unknown code does not")
	}
}

func FuzzDecode(f *testing.F) {
	push, err := Encode(TypePush, Push{Revision: 1, Envelope: Sign(EditionType, []byte("{}"), keyOf(1))}, []byte("blob"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(push)
	f.Add([]byte(`{"type":"taken","body":{"seq":1}}` + "\n"))
	f.Add([]byte(`{"type":"result","body":{"id":"1","ok":true,"attached":[{"ref":"","size":0}]}}` + "\nx"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Decode(b)
		if err != nil {
			reasonOf(t, err)
			return
		}
		var p Push
		if err := m.Into(&p); err != nil {
			reasonOf(t, err)
			return
		}
		blobs, err := m.Blobs(p.Attached)
		if err != nil {
			reasonOf(t, err)
			return
		}
		// What was accepted can be sent on, and comes out the same.
		again, err := Encode(m.Type, p, blobs...)
		if err != nil {
			t.Fatalf("encode what was decoded: %v", err)
		}
		m2, err := Decode(again)
		if err != nil {
			t.Fatal(err)
		}
		var q Push
		if err := m2.Into(&q); err != nil {
			t.Fatal(err)
		}
		x, _ := json.Marshal(p) // both are of types that can be marshalled
		y, _ := json.Marshal(q)
		if m2.Type != m.Type || !bytes.Equal(x, y) {
			t.Errorf("%s became %s", x, y)
		}
	})
}

// BenchmarkDecodeReport prints the ratio of decoding a health report to the
// floor: parsing the same report's JSON alone.
func BenchmarkDecodeReport(b *testing.B) {
	report := Report{Time: time.Now().UTC(), LedgerHead: 12345, Showing: Showing{Notice: "n-2026-0001", Channel: playlist.ChannelID{Site: "liuxi"}, Page: "loop", Why: "工作日 8:00 至 17:30"}}
	body, err := json.Marshal(report)
	if err != nil {
		b.Fatal(err)
	}
	data, err := Encode(TypeReport, report)
	if err != nil {
		b.Fatal(err)
	}
	var floor, ours time.Duration
	for b.Loop() {
		t0 := time.Now()
		var v Report
		if err := json.Unmarshal(body, &v); err != nil {
			b.Fatal(err)
		}
		t1 := time.Now()
		m, err := Decode(data)
		if err == nil {
			err = m.Into(&v)
		}
		if err != nil {
			b.Fatal(err)
		}
		floor, ours = floor+t1.Sub(t0), ours+time.Since(t1)
	}
	b.ReportMetric(float64(ours)/float64(floor), "ratio")
}
