package playlist

// Recomputed is what adding a fund notice up again gave.
type Recomputed struct {
	Agree    bool      // every figure that can be checked agrees
	Checks   int       // how many sums and products were compared
	Problems []Problem // fields from the notice, for example fund.tables[0].rows[3][2]
}

// Recompute adds everything up again: sources and money columns against the
// total, products in every row. It needs nothing but the notice, so that the
// screen can say that it was added up here.
func (f *Fund) Recompute() Recomputed { return Recomputed{} }

// Totals returns the cells of a total row: for every SumColumn its sum with the
// column's decimals, without thousands marks, and "" for the others or when a
// cell is not a number.
func (t *FundTable) Totals() []string { return nil }
