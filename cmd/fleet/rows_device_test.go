package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// What cannot be measured here is said so, is nobody's fault and has no figure.
func TestUnknownRow(t *testing.T) {
	r := Row{Name: "device: a still page", Unit: "ms", Target: 400, Of: ofValue, Unknown: "there is no X server"}
	if !r.Holds() || len(missed([]Row{r})) != 0 {
		t.Error("a row without a figure is missed")
	}
	var out bytes.Buffer
	if err := table(&out, []Row{r}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"not measured ", "≤ 400 ms", "Not measured: there is no X server."} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), "holds") || strings.Contains(out.String(), "0.00") {
		t.Errorf("the table claims something:\n%s", &out)
	}
	b, err := json.Marshal(r)
	if err != nil || bytes.Contains(b, []byte(`"holds"`)) {
		t.Errorf("%s, %v", b, err)
	}
}

func TestSlowestOf(t *testing.T) {
	medians, at := slowestOf([][]float64{{1, 90, 2}, {7, 5, 6}, {3, 3}})
	if !slices.Equal(medians, []float64{2, 6, 3}) || at != 1 {
		t.Errorf("%v, the slowest is %d", medians, at)
	}
}

func TestParsePSS(t *testing.T) {
	const rollup = "5650a7b9a000-7ffe46f8d000 ---p 00000000 00:00 0                          [rollup]\nRss:                1692 kB\nPss:                 249 kB\nPss_Dirty:           116 kB\n"
	if pss, err := parsePSS([]byte(rollup)); err != nil || pss != 249<<10 {
		t.Errorf("%d, %v", pss, err)
	}
	for _, bad := range []string{"", "Pss_Dirty: 116 kB\n", "Pss: 249\n", "Pss: -1 kB\n", "Pss: 249 MB\n"} {
		if pss, err := parsePSS([]byte(bad)); err == nil {
			t.Errorf("%q gives %d", bad, pss)
		}
	}
}

func TestLastHeap(t *testing.T) {
	const said = `gc 1 @0.012s 3%: 0.1+0.9+0.02 ms clock, 0.4+0.2/0.8/0.1+0.1 ms cpu, 4->5->3 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 4 P
time=2026-11-22T20:00:00Z level=INFO msg="gc 9 was nice"
gc 2 @0.030s 4%: 0.1+0.9+0.02 ms clock, 0.4+0.2/0.8/0.1+0.1 ms cpu, 31->33->28 MB, 32 MB goal, 0 MB stacks, 0 MB globals, 4 P
`
	if heap, err := lastHeap([]byte(said)); err != nil || heap != 28<<20 {
		t.Errorf("%d, %v", heap, err)
	}
	if heap, err := lastHeap([]byte("nothing")); err == nil {
		t.Errorf("%d of nothing", heap)
	}
}
