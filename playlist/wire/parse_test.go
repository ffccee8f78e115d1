package wire

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
)

// said is a body of every type that comes from a device or goes to one.
var said = map[Type]func() any{
	TypeChallenge: func() any { return new(Challenge) }, TypePairing: func() any { return new(Pairing) }, TypeEnrolled: func() any { return new(Enrolled) },
	TypeWelcome: func() any { return new(Welcome) }, TypePush: func() any { return new(Push) }, TypeTaken: func() any { return new(Taken) },
	TypeHeard: func() any { return new(Heard) }, TypeCommand: func() any { return new(Command) }, TypeOffer: func() any { return new(Offer) },
	TypeHello: func() any { return new(Hello) }, TypeAdopted: func() any { return new(Adopted) }, TypeRefused: func() any { return new(Refused) },
	TypeReport: func() any { return new(Report) }, TypeLedger: func() any { return new(Ledger) }, TypeResult: func() any { return new(Result) },
	TypeVoices: func() any { return new(Voices) }, TypeUsage: func() any { return new(Usage) }, TypePatrol: func() any { return new(Patrol) },
}

func checkParse(t *testing.T, body []byte) {
	t.Helper()
	for typ, fresh := range said {
		want, got := fresh(), fresh()
		errWant, errGot := json.Unmarshal(body, want), parse(body, got)
		if (errWant == nil) != (errGot == nil) || errWant == nil && !reflect.DeepEqual(want, got) {
			t.Errorf("%s of %s\nis %+v, %v\nwant %+v, %v", typ, body, got, errGot, want, errWant)
		}
	}
}

func aReport() Report {
	at := time.Date(2026, 11, 22, 3, 4, 5, 678, time.UTC)
	return Report{
		Time: at, Showing: Showing{Notice: "n-1", Version: 3, Channel: playlist.ChannelID{Site: "liuxi", Alert: true}, Revision: 17, Page: "loop", Since: at, Why: "日常<轮播>"},
		Vitals: Vitals{
			CPU: 12.5, MemoryUsed: 1 << 30, MemoryTotal: 4 << 30, RSS: 1e8, DiskFree: 1e10, DiskTotal: 3e10, Temperature: 51.5, Uptime: 1e6, Running: 1e5,
			NetRx: 1e9, NetTx: 1e8, ClockOffset: -0.013, FrameP50: 3.2, FrameP99: 9.7, Frames: 1e7, Heartbeat: at, ContentAsOf: at,
			Line: Line{RTT: 3.4, Pings: 40, Lost: 0.1}, Picture: Picture{At: at, Luma: 120.5, Changed: at},
			Output: Output{Display: Plugged, Connector: "HDMI-A-1", Touch: Plugged, Touched: at, Brightness: 80, Volume: -1}, Program: Program{Version: "1.2.3", Slot: "a", Starts: 1},
			Storage: Storage{Blobs: 312, Bytes: 1e8},
		},
		LedgerHead: 1<<64 - 1,
	}
}

// bodies are sound and odd ones, on which parsers disagree.
func bodies(tb testing.TB) [][]byte {
	var all [][]byte
	for _, v := range []any{
		aReport(), Adopted{Settings: 3, Have: map[playlist.ChannelID]playlist.Revision{{Site: "liuxi"}: 3, {Site: "liuxi", Alert: true}: 4}},
		Hello{Version: 1, Key: make([]byte, 32), Have: map[playlist.ChannelID]playlist.Revision{{Site: "a"}: 1}}, Ledger{Rows: []Row{{Seq: 1, Notice: "n", Page: "loop"}}},
		Push{Revision: 1, Attached: listOf([][]byte{{1}})}, Result{ID: "1", OK: true},
	} {
		b, err := json.Marshal(v)
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, b)
	}
	for _, s := range []string{
		`null`, `{}`, `[]`, `{"VERSION":1,"Key":"AAAA"}`, `{"have":null,"settings":null}`, `{"settings":1,"settings":2}`, `{"settings":1,"SETTINGS":2}`, `{"ledgerhead":5}`,
		`{"ledger-head":5,"ledger_head":6}`, `{"blob_token":"\ud800","detail":"` + "\xff" + `"}`, `{"nonce":"AA\nAA"}`, `{"key":"QQ==","signature":"QQ"}`, `{"time":"2026-11-22T3:04:05Z"}`,
		`{"time":"2026-11-22T03:04:05,5Z"}`, `{"time":"2026-11-22T03:04:05+24:00"}`, `{"seq":1.0}`, `{"seq":1e2}`, `{"seq":-1}`, `{"seq":18446744073709551616}`, `{"cpu":1e999}`, `{"vitals":{"cpu":-0}}`,
		`{"have":{"liuxi":1,"liuxi":2}}`, `{"have":{"LIUXI!!":1}}`, `{"have":{"":1}}`, `{"rows":[{"seq":1},null]}`, `{"unknown":{"a":[1,{"b":"c"}]}}`, `{"a":1} x`, `{"a":1}{}`, ``, `{`, `{"ſettings":1}`, "{\"\u212aey\":\"AAAA\"}",
	} {
		all = append(all, []byte(s))
	}
	return all
}

// What is refused, and what is meant by what is taken, is the same as before.
func TestParseIsUnmarshal(t *testing.T) {
	for _, b := range bodies(t) {
		checkParse(t, b)
	}
}

// TestOwnBodiesAreScanned: what our own encoder writes of what devices say by the
// thousand needs no parser for all of JSON.
func TestOwnBodiesAreScanned(t *testing.T) {
	report := aReport()
	report.Also = []Showing{{Page: "zone"}}
	have := map[playlist.ChannelID]playlist.Revision{{Site: "liuxi"}: 3, {Site: "liuxi", Alert: true}: 1<<64 - 1}
	for _, v := range []any{
		&report, &Adopted{Settings: 3, Have: have}, &Refused{Channel: playlist.ChannelID{Site: "liuxi"}, Detail: "“<满>”\n"},
		&Hello{Version: 1, Key: make([]byte, 32), Signature: make([]byte, 64), Panel: playlist.Panel{Width: 1920, Height: 1080}, Have: have, Patches: true},
		&Ledger{Rows: []Row{{Seq: 1, Notice: "n", Channel: playlist.ChannelID{Site: "liuxi"}, Until: report.Time, Page: "loop", Chain: assets.RefOf(nil)}}}, &Result{ID: "1", Attached: listOf([][]byte{{1}})},
		&Push{Revision: 4, Envelope: Envelope{Payload: []byte{1}, Signatures: []Signature{{Sig: []byte{2}}}}, Patch: &Patch{From: 3, Size: 9, Data: []byte{3}}},
		&Patrol{At: report.Time, Items: []PatrolItem{{Check: PatrolClock, OK: true}}},
	} {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		got := reflect.New(reflect.TypeOf(v).Elem()).Interface()
		if !scan(b, got) || !reflect.DeepEqual(got, v) {
			t.Errorf("%s is read as %+v", b, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, b := range bodies(f) {
		f.Add(b)
	}
	f.Add([]byte(`{"settings":1,"have":{"liuxi":10,"liuxi!":999999999999999999}}`))
	f.Fuzz(checkParse)
}

// BenchmarkParse reads a report, and prints the ratio to encoding/json.
func BenchmarkParse(b *testing.B) {
	body := bodies(b)[0]
	var floor time.Duration
	for b.Loop() {
		b.StopTimer()
		start := time.Now()
		for range 100 {
			if err := json.Unmarshal(body, new(Report)); err != nil {
				b.Fatal(err)
			}
		}
		floor += time.Since(start)
		b.StartTimer()
		for range 100 {
			if err := parse(body, new(Report)); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(floor), "ratio")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(100*b.N), "ns/report")
}

// BenchmarkAdopted reads what a screen acknowledges with, and prints the ratio to
// encoding/json.
func BenchmarkAdopted(b *testing.B) {
	body := []byte(`{"settings":12,"have":{"county":311,"county!":40,"liuxi":97,"liuxi!":12}}`)
	var floor time.Duration
	for b.Loop() {
		b.StopTimer()
		start := time.Now()
		for range 100 {
			if err := json.Unmarshal(body, new(Adopted)); err != nil {
				b.Fatal(err)
			}
		}
		floor += time.Since(start)
		b.StartTimer()
		for range 100 {
			if err := parse(body, new(Adopted)); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(floor), "ratio")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(100*b.N), "ns/adopted")
}
