package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"
)

// What a row's target is held against.
const (
	ofRatio = "ratio" // Ours divided by Floor
	ofValue = "value" // Ours
)

// Row is one line of the table: what was measured, the floor of the same run, and
// the target. Less is better in every row.
type Row struct {
	Name    string  `json:"name"` // plain English, with its circumstances
	Unit    string  `json:"unit"` // ms, µs, s, KB (of 1024 bytes), bytes
	Ours    float64 `json:"ours"`
	Floor   float64 `json:"floor,omitempty"`    // in the same unit; 0 where there is none
	FloorIs string  `json:"floor_is,omitempty"` // what the floor is, in words
	Target  float64 `json:"target,omitempty"`   // 0: the row is told and has none
	Of      string  `json:"of,omitempty"`       // ofRatio or ofValue
	Note    string  `json:"note,omitempty"`
	Unknown string  `json:"not_measured,omitempty"` // why there is no figure here; empty where there is one
}

// Ratio is ours to the floor; NaN where there is no floor.
func (r Row) Ratio() float64 {
	if r.Floor <= 0 {
		return math.NaN()
	}
	return r.Ours / r.Floor
}

// Holds says whether the target is met. A row without a target holds, and so does one
// that cannot be measured here; one whose figure is not a number does not.
func (r Row) Holds() bool {
	switch {
	case r.Target == 0 || r.Unknown != "":
		return true
	case r.Of == ofRatio:
		return r.Ratio() <= r.Target
	}
	return r.Ours <= r.Target
}

// MarshalJSON adds what the reader of a table sees: ratio and verdict.
func (r Row) MarshalJSON() ([]byte, error) {
	type plain Row
	out := struct {
		plain
		Ratio *float64 `json:"ratio,omitempty"`
		Holds *bool    `json:"holds,omitempty"`
	}{plain: plain(r)}
	if ratio := r.Ratio(); !math.IsNaN(ratio) && !math.IsInf(ratio, 0) {
		out.Ratio = &ratio
	}
	if r.Target != 0 && r.Unknown == "" {
		holds := r.Holds()
		out.Holds = &holds
	}
	return json.Marshal(out)
}

// figure rounds to three significant digits, and to none after the point from a
// hundred on.
func figure(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "-"
	case a >= 99.95:
		return fmt.Sprintf("%.0f", v)
	case a >= 9.995:
		return fmt.Sprintf("%.1f", v)
	case a >= 0.9995 || a == 0:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

func (r Row) cells() []string {
	floor, ratio, target, verdict := "-", "-", "-", ""
	ours := figure(r.Ours) + " " + r.Unit
	if r.Unknown != "" {
		ours = "not measured"
	}
	if r.Floor > 0 {
		floor, ratio = figure(r.Floor)+" "+r.Unit, figure(r.Ratio())
	}
	if r.Target != 0 {
		target, verdict = "≤ "+figure(r.Target)+" "+r.Unit, "MISSED"
		if r.Of == ofRatio {
			target = "≤ " + figure(r.Target) + " × floor"
		}
		switch {
		case r.Unknown != "":
			verdict = "-"
		case r.Holds():
			verdict = "holds"
		}
	}
	return []string{r.Name, ours, floor, ratio, target, verdict}
}

// table writes the rows in aligned columns, and below them what each floor is and
// what is to be said about a row, under its number.
func table(w io.Writer, rows []Row) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, " #\twhat\tours\tfloor\tratio\ttarget\t")
	for i, r := range rows {
		fmt.Fprintf(t, "%2d\t%s\n", i+1, strings.Join(r.cells(), "\t"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for i, r := range rows {
		said := r.FloorIs
		if said != "" {
			said = "floor: " + said + "."
		}
		if r.Unknown != "" {
			said = strings.TrimSpace(said + " Not measured: " + r.Unknown + ".")
		}
		if r.Note != "" {
			said = strings.TrimSpace(said + " " + r.Note)
		}
		if said != "" {
			fmt.Fprintf(w, "%2d  %s\n", i+1, said)
		}
	}
	return nil
}

// missed names the rows whose target was not met.
func missed(rows []Row) []string {
	var names []string
	for _, r := range rows {
		if !r.Holds() {
			names = append(names, r.Name)
		}
	}
	return names
}
