package fundsheet

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"mingbai/playlist"
)

// BenchmarkBuild measures a sheet of 10,000 households from cells to a checked
// table, as a ratio to writing its cells as JSON once, which a draft does anyway.
func BenchmarkBuild(b *testing.B) {
	lines := []string{"村|户主姓名|身份证号|面积（亩）|标准（元/亩）|金额（元）"}
	for i := range 10_000 {
		lines = append(lines, fmt.Sprintf("柳溪村|赵%c%c|11010519491231%04d|%d|95|%d", rune('一'+i%500), rune('丁'+i/500), i, i%9+1, (i%9+1)*95))
	}
	s := sheetOf(lines...)
	m := Guess(s, villages)
	var floor, work time.Duration
	for b.Loop() {
		at := time.Now()
		if _, err := json.Marshal(s.Rows); err != nil {
			b.Fatal(err)
		}
		floor += time.Since(at)
		at = time.Now()
		r := Build(s, m, villages, nil)
		f := playlist.Fund{Tables: []playlist.FundTable{r.Table}, Sources: r.Sources}
		f.Total, _ = Total(f.Tables)
		if again := f.Recompute(); len(r.Table.Rows) != 10_000 || !again.Agree {
			b.Fatalf("%d rows, %+v", len(r.Table.Rows), again)
		}
		work += time.Since(at)
	}
	b.ReportMetric(float64(work)/float64(floor), "ratio")
}
