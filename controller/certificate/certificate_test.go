package certificate_test

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"mingbai/assets/fonts"
	"mingbai/controller/certificate"
	"mingbai/playlist/scene/typeset/outline"
)

var zone = time.FixedZone("CST", 8*3600)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
	if err != nil {
		panic(err)
	}
	return t
}

// record is of a fund notice on n screens.
func record(n int) certificate.Record {
	r := certificate.Record{
		Office: "青禾县政务公开办公室", Title: "2026年耕地地力保护补贴发放公示", Notice: "gengdi-2026", Version: 2, Issuer: "青禾县农业农村局", Index: "QH-0307-2026-0118", Number: "青农发〔2026〕41号",
		Issued: "2026-11-18", Column: "农业补贴", Site: "青禾县及下属 25 站", Wanted: 7, Counted: 7, Working: true, From: "2026-11-18", Last: "2026-11-26",
		First: at("2026-11-18 08:30"), Until: at("2026-11-26 17:30"), Seconds: 442_800, Days: 9, Hash: strings.Repeat("3f9a0c51", 8), Channel: "qinghe", Edition: 41, Keys: []string{"a1b2c3d4e5f60718"},
		Approved: []certificate.Signed{
			{Capacity: "起草", Name: "张伟", At: at("2026-11-17 09:20"), Genuine: true}, {Capacity: "初审", Name: "李敏", At: at("2026-11-17 10:02"), Genuine: true},
			{Capacity: "复审", Name: "王建国", For: "赵强", At: at("2026-11-17 15:41"), Genuine: true}, {Capacity: "保密审查", Name: "陈静", At: at("2026-11-17 16:10"), Genuine: true},
			{Capacity: "发布", Name: "张伟", At: at("2026-11-18 08:29"), Genuine: true},
		},
		Printed: at("2026-11-27 09:12"), By: "王芳", Zone: zone,
	}
	for i := range n {
		s := certificate.Screen{
			ID: fmt.Sprintf("s-%d", i), Name: "触摸屏", Site: "柳溪村", Place: "便民服务站", First: at("2026-11-18 08:30").Add(time.Duration(i) * time.Minute), Last: at("2026-11-26 17:30"),
			Seconds: 72_000, Times: 310, Epoch: 1, Row: uint64(900 + i), Chain: strings.Repeat("0badcafe", 8),
		}
		if i%3 == 1 {
			s.Name, s.Site, s.Place = "门口大屏", "望川镇", "镇政府大门东侧"
		}
		for d := range 9 {
			s.Days = append(s.Days, certificate.Day{Day: at("2026-11-18 00:00").AddDate(0, 0, d).Format("2006-01-02"), Seconds: 8000})
		}
		r.Screens = append(r.Screens, s)
	}
	return r
}

func write(t testing.TB, r certificate.Record) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := certificate.Write(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var (
	object = regexp.MustCompile(`(?s)(\d+) 0 obj\n(.*?)\nendobj`)
	length = regexp.MustCompile(`/Length (\d+) >>\nstream\n`)
	shown  = regexp.MustCompile(`/F(\d+) [0-9.]+ Tf [^<\n]*<([0-9A-F]+)> Tj`)
	mapped = regexp.MustCompile(`<([0-9A-F]{4})> <([0-9A-F]{4,8})>`)
)

// objects reads a document by its table of objects, and what is compressed in it.
func objects(t *testing.T, data []byte) (bodies, streams map[int]string) {
	t.Helper()
	bodies, streams = map[int]string{}, map[int]string{}
	tail := string(data[bytes.LastIndex(data, []byte("startxref\n"))+10:])
	begin, err := strconv.Atoi(strings.SplitN(tail, "\n", 2)[0])
	if err != nil || !bytes.HasPrefix(data[begin:], []byte("xref\n0 ")) {
		t.Fatalf("the table of objects is not at %d", begin)
	}
	lines := strings.Split(string(data[begin:]), "\n")
	for n, line := range lines[3:] {
		if !strings.HasSuffix(line, " n ") {
			break
		}
		offset, err := strconv.Atoi(line[:10])
		if err != nil {
			t.Fatal(err)
		}
		m := object.FindSubmatchIndex(data[offset:])
		if m == nil || m[0] != 0 || string(data[offset:offset+len(strconv.Itoa(n+1))]) != strconv.Itoa(n+1) {
			t.Fatalf("object %d is not at %d", n+1, offset)
		}
		body := data[offset:]
		if at := length.FindSubmatchIndex(body[:min(len(body), 400)]); at != nil && at[0] < m[1] {
			size, _ := strconv.Atoi(string(body[at[2]:at[3]]))
			z, err := zlib.NewReader(bytes.NewReader(body[at[1] : at[1]+size]))
			if err != nil {
				t.Fatalf("object %d: %v", n+1, err)
			}
			raw, err := io.ReadAll(z)
			if err != nil {
				t.Fatalf("object %d: %v", n+1, err)
			}
			streams[n+1] = string(raw)
			bodies[n+1] = string(body[:at[1]])
			continue
		}
		bodies[n+1] = string(body[m[4]:m[5]])
	}
	return bodies, streams
}

// text reads the text of every page as a reader would: codes through ToUnicode.
func text(t *testing.T, data []byte) []string {
	t.Helper()
	bodies, streams := objects(t, data)
	ref := func(body, key string) int {
		m := regexp.MustCompile(key + ` (\d+) 0 R`).FindStringSubmatch(body)
		if m == nil {
			t.Fatalf("%q has no %s", body, key)
		}
		n, _ := strconv.Atoi(m[1])
		return n
	}
	var pages []string
	for n := 1; n <= len(bodies); n++ {
		if !strings.Contains(bodies[n], "/Type /Page ") {
			continue
		}
		fonts := map[string]map[string]string{}
		for _, m := range regexp.MustCompile(`/F(\d+) (\d+) 0 R`).FindAllStringSubmatch(bodies[n], -1) {
			font, _ := strconv.Atoi(m[2])
			fonts[m[1]] = map[string]string{}
			for _, c := range mapped.FindAllStringSubmatch(streams[ref(bodies[font], "/ToUnicode")], -1) {
				r, _ := strconv.ParseUint(c[2], 16, 32)
				fonts[m[1]][c[1]] = string(rune(r))
				if len(c[2]) == 8 {
					fonts[m[1]][c[1]] = string(utf16.DecodeRune(rune(r>>16), rune(r&0xFFFF)))
				}
			}
		}
		var page strings.Builder
		for _, m := range shown.FindAllStringSubmatch(streams[ref(bodies[n], "/Contents")], -1) {
			for i := 0; i+4 <= len(m[2]); i += 4 {
				r, ok := fonts[m[1]][m[2][i:i+4]]
				if !ok {
					t.Errorf("code %s of font %s has no character", m[2][i:i+4], m[1])
				}
				page.WriteString(r)
			}
			page.WriteString("\n")
		}
		pages = append(pages, page.String())
	}
	return pages
}

func TestSaysTheRecord(t *testing.T) {
	r := record(3)
	pages := text(t, write(t, r))
	if len(pages) != 2 {
		t.Fatalf("%d pages", len(pages))
	}
	for _, want := range []string{
		"公示证明", "《2026年耕地地力保护补贴发放公示》", "青禾县农业农村局", "QH-0307-2026-0118", "青农发〔2026〕41号", "已满期", "7 个工作日（2026-11-18 至 2026-11-26）", "柳溪村 触摸屏（便民服务站）",
		"2026-11-18 08:31", "20.0", "频道 qinghe 第 41 期", "a1b2c3d4e5f60718", "王建国（代赵强）", "编号 GS-20261127-3F9A0C51", "王芳，2026-11-27 09:12", "第 1 页，共 2 页",
	} {
		if !strings.Contains(strings.ReplaceAll(pages[0], "\n", ""), want) {
			t.Errorf("the first page does not say %q", want)
		}
	}
	if !strings.Contains(pages[1], "0badcafe 0badcafe") || !strings.Contains(pages[1], "第 1 本第 901 行") {
		t.Error("the further page does not have the ends of the ledgers")
	}
}

func TestTheRecordIsInTheDocument(t *testing.T) {
	r := record(2)
	bodies, streams := objects(t, write(t, r))
	found := false
	for n, body := range bodies {
		if !strings.Contains(body, "/EmbeddedFile ") {
			continue
		}
		found = true
		var back certificate.Record
		if err := json.Unmarshal([]byte(streams[n]), &back); err != nil || back.Screens[1].Chain != r.Screens[1].Chain || len(back.Screens[0].Days) != 9 {
			t.Errorf("the record reads back as %+v, %v", back, err)
		}
	}
	if !found {
		t.Error("nothing is attached")
	}
}

func TestSameRecordSameBytes(t *testing.T) {
	r := record(4)
	first := write(t, r)
	if !bytes.Equal(first, write(t, r)) {
		t.Error("the same record gives other bytes")
	}
	r.Printed = r.Printed.Add(time.Hour)
	if bytes.Equal(first, write(t, r)) {
		t.Error("the time of printing is not in it")
	}
}

// TestEveryAmount sets certificates with no, one, many and very many screens,
// long names, and characters of every kind.
func TestEveryAmount(t *testing.T) {
	for _, n := range []int{0, 1, 8, 9, 40, 1000} {
		r := record(n)
		r.Title = strings.Repeat("关于进一步做好村级公益事业建设一事一议财政奖补工作的公示", 3)
		r.Counted = 3
		data := write(t, r)
		pages := text(t, data)
		if !strings.Contains(strings.ReplaceAll(pages[0], "\n", ""), "公示期已过而天数不够") {
			t.Errorf("%d screens: the first page hides that the days are too few", n)
		}
		if got := strings.Count(strings.Join(pages, ""), strings.TrimSpace(strings.Repeat("0badcafe ", 8))); got != n {
			t.Errorf("%d screens: %d ledgers are told of", n, got)
		}
		if n == 1000 && len(data) > 1<<20 {
			t.Errorf("a certificate of a thousand screens has %d bytes", len(data))
		}
	}
	r := record(1)
	r.Title, r.By = "𠮷田、㙍村与\U0010FFFD的名单", "" // rare, rarer, and one that nobody has
	if got := text(t, write(t, r))[0]; !strings.Contains(got, "𠮷田、㙍村与〓的名单") {
		t.Errorf("rare characters read as %q", got[:120])
	}
}

// BenchmarkWrite writes a certificate of ten screens. The floor is reading the
// outlines of the typefaces that it is set in.
func BenchmarkWrite(b *testing.B) {
	r := record(10)
	var floor, real time.Duration
	for b.Loop() {
		start := time.Now()
		for _, f := range [][]byte{fonts.Sans(), fonts.Bold(), fonts.Serif()} {
			if _, err := outline.Parse(f); err != nil {
				b.Fatal(err)
			}
		}
		floor += time.Since(start)
		start = time.Now()
		write(b, r)
		real += time.Since(start)
	}
	b.ReportMetric(float64(real)/float64(floor), "ratio")
}
