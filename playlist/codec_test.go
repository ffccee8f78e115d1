package playlist

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/playlist/schedule"
)

func everyKind() []*Notice {
	return []*Notice{
		announcement("irrigation", "qingshan"), guide("low-income", "qingshan"), culture("qingshan"), households("qingshan"),
		media("canal", "qingshan"), alert("rain", "qingshan", Red, "2026-11-15 08:00", "2026-11-15 20:00"),
		roster("duty", "qingshan"), table("canals", "qingshan"),
	}
}

func TestNoticeRoundTrip(t *testing.T) {
	for _, n := range everyKind() {
		data, err := n.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := DecodeNotice(data)
		if err != nil {
			t.Fatalf("%s: %v", n.ID, err)
		}
		again, err := back.Encode()
		if err != nil || !bytes.Equal(data, again) {
			t.Errorf("%s: encoded twice:\n%s\n%s", n.ID, data, again)
		}
		// The same instant in another zone is the same notice.
		moved := *n
		if !n.NotAfter.IsZero() {
			moved.NotAfter = n.NotAfter.In(time.FixedZone("", 3600))
		}
		if other, _ := moved.Encode(); !bytes.Equal(data, other) {
			t.Errorf("%s: the zone of an instant changes the bytes", n.ID)
		}
	}
	html, err := (&Notice{ID: "a", Title: "<b>&"}).Encode()
	if err != nil || !strings.Contains(string(html), "<b>&") {
		t.Errorf("%s, %v", html, err)
	}
}

func TestDecodeNoticeIsStrict(t *testing.T) {
	good, err := announcement("irrigation", "qingshan").Encode()
	if err != nil {
		t.Fatal(err)
	}
	spoil := func(old, new string) []byte {
		out := bytes.Replace(good, []byte(old), []byte(new), 1)
		if bytes.Equal(out, good) {
			t.Fatalf("%q is not in %s", old, good)
		}
		return out
	}
	for name, data := range map[string][]byte{
		"nothing":         nil,
		"null":            []byte("null"),
		"cut":             good[:len(good)-5],
		"bytes after":     append(bytes.Clone(good), '{'),
		"unknown field":   spoil(`"version"`, `"colour":"red","version"`),
		"not UTF-8":       spoil("检修", "检\xff"),
		"no version":      spoil(`"version":1`, `"version":0`),
		"bad name":        spoil(`"irrigation"`, `"../irrigation"`),
		"bad site":        spoil(`"qingshan"`, `"QINGSHAN"`),
		"other kind":      spoil(`"kind":"announcement"`, `"kind":"guide"`),
		"unknown kind":    spoil(`"kind":"announcement"`, `"kind":"film"`),
		"two bodies":      spoil(`"announcement":{`, `"media":{},"announcement":{`),
		"unknown block":   spoil(`"kind":"to"`, `"kind":"script"`),
		"picture missing": spoil(`"kind":"to"`, `"kind":"img"`),
		"no such date":    spoil(`"2026-11-10"`, `"2026-11-31"`),
		"too large":       append(bytes.Clone(good), bytes.Repeat([]byte(" "), MaxNotice)...),
	} {
		if n, err := DecodeNotice(data); err == nil {
			t.Errorf("%s: decoded as %+v", name, n)
		}
	}
	for name, spoil := range map[string]func(n *Notice){
		"short row":   func(n *Notice) { n.Fund.Tables[0].Rows[1] = []string{"2"} },
		"decimals":    func(n *Notice) { n.Fund.Tables[0].Columns[0].Decimals = 7 },
		"column type": func(n *Notice) { n.Fund.Tables[0].Columns[0].Type = "formula" },
		"product":     func(n *Notice) { n.Fund.Tables[0].Product = &Product{Quantity: 1, Rate: 2, Result: 3} },
		"sites":       func(n *Notice) { n.Fund.Tables[0].Sites = []SiteID{"liuxi"} },
		"picture type": func(n *Notice) {
			n.Pictures = media("x", "y").Pictures
			n.Pictures[0].Renditions[0].Type = "image/svg+xml"
		},
		"picture size":     func(n *Notice) { n.Pictures = media("x", "y").Pictures; n.Pictures[0].Renditions[0].Width = 0 },
		"picture blob":     func(n *Notice) { n.Pictures = media("x", "y").Pictures; n.Pictures[0].Renditions[0].Ref = assets.Ref{} },
		"no renditions":    func(n *Notice) { n.Pictures = []Picture{{}} },
		"picture too wide": func(n *Notice) { n.Pictures = media("x", "y").Pictures; n.Pictures[0].Renditions[0].Width = 65535 },
	} {
		n := culture("qingshan")
		spoil(n)
		data, err := n.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := DecodeNotice(data); err == nil {
			t.Errorf("%s was decoded", name)
		}
	}
}

func TestCautionFollowsTheContent(t *testing.T) {
	want := []schedule.Caution{schedule.Ordinary, schedule.Lenient, schedule.Ordinary, schedule.Strict, schedule.Ordinary, schedule.Lenient, schedule.Ordinary, schedule.Ordinary}
	for i, n := range everyKind() {
		if n.Caution() != want[i] {
			t.Errorf("%s: caution %d", n.ID, n.Caution())
		}
	}
}

func TestPlainTextHoldsEveryText(t *testing.T) {
	// Every text of a notice's JSON that holds Chinese is drawn somewhere.
	for _, n := range everyKind() {
		data, err := n.Encode()
		if err != nil {
			t.Fatal(err)
		}
		var tree any
		if err := json.Unmarshal(data, &tree); err != nil {
			t.Fatal(err)
		}
		plain := n.PlainText()
		var walk func(v any)
		walk = func(v any) {
			switch v := v.(type) {
			case map[string]any:
				for _, o := range v {
					walk(o)
				}
			case []any:
				for _, o := range v {
					walk(o)
				}
			case string:
				if strings.IndexFunc(v, func(r rune) bool { return r > 0x2000 }) >= 0 && !strings.Contains(plain, v) {
					t.Errorf("%s: %q is missing", n.ID, v)
				}
			}
		}
		walk(tree)
	}
}

func FuzzDecodeNotice(f *testing.F) {
	for _, n := range everyKind() {
		data, err := n.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := DecodeNotice(data)
		if err != nil {
			return
		}
		Validate(n, ValidateEnv{Now: at8("2026-11-15 09:00"), Missing: func(string) []rune { return nil }})
		Dwell(n, &Screen{Kind: LED})
		once, err := n.Encode()
		if err != nil {
			return // it can have grown beyond the limit
		}
		back, err := DecodeNotice(once)
		if err != nil {
			t.Fatalf("what was decoded and encoded is refused: %v\n%s", err, once)
		}
		if twice, _ := back.Encode(); !bytes.Equal(once, twice) {
			t.Errorf("encoded twice:\n%s\n%s", once, twice)
		}
	})
}

func FuzzEdition(f *testing.F) {
	e := county(f, 3, everyKind()[:5], Takedown{Notice: "gone", Version: 2, At: at8("2026-11-14 09:00")}).Edition
	data, err := e.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"channel":"liuxi!","revision":1,"created":"2026-11-22T00:00:00Z","notices":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := DecodeEdition(data)
		if err != nil || e.Check() != nil {
			return
		}
		if e.Follows(e) == nil {
			t.Error("an edition follows itself")
		}
		// What is admitted can be drawn from, even with none of its notices.
		e.Notices, e.Playlists, e.Rules = nil, nil, nil
		s := settingsOf(Touch)
		s.Channels = append(s.Channels, ChannelGrant{Channel: e.Channel})
		l, err := NewLibrary(s, []Loaded{{Edition: *e}})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range e.Columns {
			if len(l.Path(c.ID)) == 0 {
				t.Errorf("column %s has no path", c.ID)
			}
		}
	})
}
