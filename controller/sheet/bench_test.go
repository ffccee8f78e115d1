package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"testing"
	"time"

	"mingbai/controller/sheet"
)

// households writes a list of n households with twelve columns.
func households(t testing.TB, n int) []byte {
	t.Helper()
	page := sheet.Page{Name: "名单", Headings: []string{"序号", "村", "组", "户主", "身份证号", "一卡通账号", "联系电话", "面积（亩）", "标准（元/亩）", "金额（元）", "发放日期", "备注"}}
	day := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for i := range n {
		page.Rows = append(page.Rows, []sheet.Value{
			sheet.N(fmt.Sprint(i+1), 0), sheet.T("柳溪村"), sheet.T(fmt.Sprintf("%d组", i%9+1)), sheet.T("王建国"), sheet.T(fmt.Sprintf("33010619%010d", i)),
			sheet.T(fmt.Sprintf("622848%013d", i)), sheet.T(fmt.Sprintf("138%08d", i)), sheet.N(fmt.Sprintf("%d.%d", i%30+1, i%10), 1),
			sheet.N("95", 2), sheet.N(fmt.Sprintf("%d.5", 95*(i%30+1)), 2), sheet.D(day), sheet.T("按承包面积发放"),
		})
	}
	var b bytes.Buffer
	must(t, sheet.Write(&b, []sheet.Page{page}))
	return b.Bytes()
}

// BenchmarkReadAndFind reads a list of 10,000 households and finds its table. The
// floor is unzipping and tokenizing the same XML.
func BenchmarkReadAndFind(b *testing.B) {
	data := households(b, 10_000)
	floor := time.Duration(0)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		begin := time.Now()
		tokenize(b, data)
		floor += time.Since(begin)
		b.StartTimer()
		s := &read(b, data, "名单.xlsx").Sheets[0]
		if t := sheet.Find(s); len(t.Rows) != 10_000 || len(t.Columns) != 12 {
			b.Fatalf("%d rows, %d columns", len(t.Rows), len(t.Columns))
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(floor), "ratio")
}

func tokenize(b *testing.B, data []byte) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	must(b, err)
	for _, f := range z.File {
		r, err := f.Open()
		must(b, err)
		for d := xml.NewDecoder(r); ; {
			if _, err := d.RawToken(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkWrite writes 10,000 rows. The floor is reading them back, which every
// program that opens the file has to do.
func BenchmarkWrite(b *testing.B) {
	floor := time.Duration(0)
	for b.Loop() {
		data := households(b, 10_000)
		b.StopTimer()
		begin := time.Now()
		read(b, data, "x.xlsx")
		floor += time.Since(begin)
		b.StartTimer()
	}
	b.ReportMetric(float64(b.Elapsed())/float64(floor), "ratio")
}
