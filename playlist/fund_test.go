package playlist

import (
	"slices"
	"strings"
	"testing"
)

func TestCultureFundAddsUp(t *testing.T) {
	n := culture("qingshan")
	r := n.Fund.Recompute()
	if !r.Agree || r.Checks != 2 || len(r.Problems) != 0 {
		t.Errorf("recomputed: %+v", r)
	}
	if got := n.Fund.Tables[0].Totals(); !slices.Equal(got, []string{"", "", "313.40"}) {
		t.Errorf("totals %q", got)
	}
	if len(n.Fund.Tables[0].Rows) != 9 {
		t.Errorf("%d lines", len(n.Fund.Tables[0].Rows))
	}
}

func TestRecomputeFindsWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(f *Fund)
		want  string
	}{
		"a line":           {func(f *Fund) { f.Tables[0].Rows[3][2] = "36" }, "fund.tables[0].columns[2]:sum "},
		"a line of 0.0001": {func(f *Fund) { f.Tables[0].Rows[3][2] = "35.000001" }, "fund.tables[0].columns[2]:sum "},
		"a source":         {func(f *Fund) { f.Sources[0].Amount++ }, "fund.sources:sum "},
		"the total":        {func(f *Fund) { f.Total-- }, "fund.sources:sum fund.tables[0].columns[2]:sum "},
		"a cell":           {func(f *Fund) { f.Tables[0].Rows[6][2] = "4万亿" }, "fund.tables[0].rows[6][2]:number "},
		"a unit":           {func(f *Fund) { f.Tables[0].Columns[2].Unit = "亿元" }, "fund.tables[0].columns[2]:invalid "},
		"huge sources": {func(f *Fund) {
			f.Sources = []FundSource{{"a", 1 << 62}, {"b", 1 << 62}, {"c", 1 << 62}}
		}, "fund.sources[1].amount:range "},
	} {
		t.Run(name, func(t *testing.T) {
			n := culture("qingshan")
			c.spoil(n.Fund)
			r := n.Fund.Recompute()
			if got := fields(r.Problems, Wrong); got != c.want || r.Agree {
				t.Errorf("problems %q, want %q", got, c.want)
			}
		})
	}
}

func TestProductsAreRoundedAsAccountantsDo(t *testing.T) {
	f := households("liuxi").Fund
	tab := &f.Tables[0]
	tab.Product = &Product{Quantity: 1, Rate: 2, Result: 3}
	tab.Rows[2] = []string{"王*芳", "0.0005", "95", "0.05"} // 0.0475
	f.Total = amount("2450.74")
	f.Sources[0].Amount = f.Total
	tab.Columns[1].Decimals = 4
	if r := f.Recompute(); !r.Agree || r.Checks != 5 {
		t.Errorf("recomputed: %+v", r)
	}
	tab.Rows[1][3] = "1453.20"
	r := f.Recompute()
	if got := fields(r.Problems, Wrong); got != "fund.tables[0].columns[3]:sum fund.tables[0].rows[1][3]:product " {
		t.Errorf("problems %q", got)
	} else if !strings.Contains(r.Problems[1].Message, "15.30 × 94.98 应为 1453.19，表中为 1453.20") {
		t.Errorf("message %q", r.Problems[1].Message)
	}
	if got := tab.Totals(); !slices.Equal(got, []string{"", "25.8005", "", "2450.75"}) {
		t.Errorf("totals %q", got)
	}
}
