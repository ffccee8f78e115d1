package schedule

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

//go:embed holidays.csv
var holidays []byte

// DefaultDays returns the public holidays and make-up working days of China that
// are embedded in the program, in order. A root channel with its own days
// replaces them.
func DefaultDays() []Exception {
	days, err := ReadDays(bytes.NewReader(holidays))
	if err != nil {
		panic("the embedded holidays.csv is broken: " + err.Error()) // a test reads it
	}
	return days
}

// maxDays bounds a file of exceptions: more than twenty years of holidays.
const maxDays = 2000

// ReadDays reads exceptions from CSV: date, "off" or "work", name and, if wanted,
// further columns that are not read. Lines that begin with # are comments. Two
// lines for one date are an error. The result is in order.
func ReadDays(r io.Reader) ([]Exception, error) {
	in := csv.NewReader(r)
	in.Comment = '#'
	in.FieldsPerRecord = -1
	in.TrimLeadingSpace = true
	var days []Exception
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read days: %w", err)
		}
		line, _ := in.FieldPos(0)
		e, err := readDay(row)
		if err != nil {
			return nil, fmt.Errorf("read days: line %d: %w", line, err)
		}
		if days = append(days, e); len(days) > maxDays {
			return nil, fmt.Errorf("read days: more than %d lines", maxDays)
		}
	}
	slices.SortStableFunc(days, func(a, b Exception) int { return a.Date.Compare(b.Date) })
	for i := 1; i < len(days); i++ {
		if days[i].Date == days[i-1].Date {
			return nil, fmt.Errorf("read days: %s is there twice", days[i].Date)
		}
	}
	return days, nil
}

func readDay(row []string) (e Exception, err error) {
	if len(row) < 2 {
		return e, errors.New("want a date, off or work, and a name")
	}
	if e.Date, err = ParseDate(row[0]); err != nil {
		return e, err
	}
	switch row[1] {
	case "work":
		e.Working = true
	case "off":
	default:
		return e, fmt.Errorf("%q is neither off nor work", row[1])
	}
	if len(row) > 2 {
		e.Name = row[2]
	}
	if !utf8.ValidString(e.Name) || utf8.RuneCountInString(e.Name) > maxText {
		return e, errors.New("the name is too long or not UTF-8")
	}
	return e, nil
}
