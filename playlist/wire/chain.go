package wire

import (
	"encoding/json"

	"mingbai/assets"
)

// Link returns the hash that chains row to the row before it: the sha256 of the
// former row's Chain, a newline, and the JSON of row without its own Chain. The
// first row of a ledger follows the zero Ref. Device and controller compute it
// alike, so a row that was changed, dropped or invented later is found.
func Link(prev assets.Ref, row Row) assets.Ref {
	row.Chain = assets.Ref{}
	data, err := json.Marshal(row)
	if err != nil {
		// Row has only strings, integers and times within a year of four digits;
		// a ledger that cannot say what it saw must not go on.
		panic("wire: a ledger row cannot be written as JSON: " + err.Error())
	}
	return assets.RefOf(append([]byte(prev.String()+"\n"), data...))
}
