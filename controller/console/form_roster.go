package console

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// A roster is a table of days: five fields a row, in the order of the rows.
var rosterColumns = []string{"row_day", "row_lead", "row_staff", "row_night", "row_phone"}

// Rows of the form: as many as a roster may have, and some empty ones to type in.
const (
	mostShifts  = 400
	emptyShifts = 3
)

// rosterForm writes a duty roster.
func rosterForm() *kindForm {
	return &kindForm{
		name: "roster", kind: playlist.KindRoster, page: "write_roster", without: []string{"document", "posting", "summary", "hotline", "urgent"},
		words: func(v *visit) formWords {
			return formWords{Name: v.t("值班表"), Sentence: v.t("哪天谁值班、谁带班、打哪个电话。按名单轮班，一次排好一个月。")}
		},
		fresh: func(v *visit, f fields) {
			f.Set("title", "值班表")
			f.Set("night", "18:00")
			f.Set("month", v.local(v.Now()).AddDate(0, 0, 20).Format("2006-01"))
		},
		fill: func(v *visit, f fields, n *playlist.Notice) {
			r := n.Roster
			f.Set("place", r.Place)
			f.Set("duty_phone", r.Phone)
			f.Set("night", r.Night)
			f.Set("note", r.Note)
			for _, s := range r.Shifts {
				f.addShift(s.Day.String(), s.Lead, s.Staff, s.Night, s.Phone)
			}
		},
		read:  readRoster,
		field: rosterField,
		view:  func(v *visit, f fields, n *playlist.Notice) (any, error) { return rosterRows(v, f), nil },
		act:   arrangeShifts,
		find:  arranged,
	}
}

func (f fields) addShift(cells ...string) {
	for i, name := range rosterColumns {
		f.Add(name, cells[i])
	}
}

// shifts returns the rows of the table that hold anything; numbers are their
// places in the form.
func (f fields) shifts() (rows [][]string, numbers []int) {
	for i := range min(len(f.Values["row_day"]), mostShifts+emptyShifts+1) {
		row := make([]string, len(rosterColumns))
		for c, name := range rosterColumns {
			if list := f.Values[name]; i < len(list) {
				row[c] = strings.TrimSpace(list[i])
			}
		}
		if strings.Join(row, "") != "" {
			rows, numbers = append(rows, row), append(numbers, i)
		}
	}
	return rows, numbers
}

func readRoster(v *visit, f fields, n *playlist.Notice) []playlist.Problem {
	r := playlist.Roster{Place: f.text("place"), Phone: f.text("duty_phone"), Night: f.text("night"), Note: f.text("note")}
	var problems []playlist.Problem
	rows, _ := f.shifts()
	for i, row := range rows {
		day, err := parseDay(row[0], v.local(v.Now()).Year())
		if err != nil {
			problems = append(problems, invalid(fmt.Sprintf("roster.shifts[%d].day", i), "日期应写成 2026-12-01 或 12月1日", "a day is written 2026-12-01"))
		}
		r.Shifts = append(r.Shifts, playlist.Shift{Day: day, Lead: row[1], Staff: row[2], Night: row[3], Phone: row[4]})
	}
	if len(problems) == 0 {
		slices.SortStableFunc(r.Shifts, func(a, b playlist.Shift) int { return a.Day.Compare(b.Day) })
	}
	n.Roster = &r
	return problems
}

var (
	shiftField = regexp.MustCompile(`^roster\.shifts\[(\d+)\]`)
	looseDay   = regexp.MustCompile(`^(?:(\d{4})\s*[-年./])?\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})\s*[日号]?(?:\s*[（(]?(?:星期|周).[）)]?)?$`)
)

// parseDay reads a day as people write it in a sheet; without a year it is this
// one's.
func parseDay(text string, year int) (schedule.Date, error) {
	if text == "" {
		return schedule.Date{}, nil
	}
	m := looseDay.FindStringSubmatch(text)
	if m == nil {
		return schedule.ParseDate(text)
	}
	if m[1] != "" {
		year, _ = strconv.Atoi(m[1])
	}
	month, _ := strconv.Atoi(m[2])
	day, _ := strconv.Atoi(m[3])
	return schedule.ParseDate(fmt.Sprintf("%04d-%02d-%02d", year, month, day))
}

func rosterField(v *visit, f fields, path string) (string, string, bool) {
	switch path {
	case "roster.phone":
		return "duty_phone", "", true
	case "roster.place", "roster.night", "roster.note":
		return strings.TrimPrefix(path, "roster."), "", true
	}
	if m := shiftField.FindStringSubmatch(path); m != nil {
		i, _ := strconv.Atoi(m[1])
		if rows, numbers := f.shifts(); i < len(rows) {
			return "shifts", v.t("第 %d 行：", numbers[i]+1), true
		}
	}
	return "shifts", "", strings.HasPrefix(path, "roster.")
}

// shiftRow is a row of the form.
type shiftRow struct {
	Number  int
	Cells   []shiftCell
	Weekday string
	Off     bool // Saturday or Sunday
}

type shiftCell struct{ Name, Value, Label string }

func rosterRows(v *visit, f fields) []shiftRow {
	rows, _ := f.shifts()
	for range emptyShifts {
		rows = append(rows, make([]string, len(rosterColumns)))
	}
	labels := []string{v.t("日期"), v.t("带班领导"), v.t("值班人员"), v.t("夜班人员"), v.t("电话")}
	var out []shiftRow
	for i, row := range rows {
		r := shiftRow{Number: i + 1}
		if day, err := parseDay(row[0], v.local(v.Now()).Year()); err == nil && day.Valid() {
			w := day.Weekday()
			r.Weekday, r.Off = v.weekday(w, true), w == time.Saturday || w == time.Sunday
		}
		for c, text := range row {
			r.Cells = append(r.Cells, shiftCell{rosterColumns[c], text, labels[c]})
		}
		out = append(out, r)
	}
	return out
}

// arrangeShifts fills a month from lists of names, or takes in rows copied from a
// sheet.
func arrangeShifts(v *visit, f fields, n *playlist.Notice, do string) (acted, error) {
	var failed string
	switch do {
	case "fill":
		failed = f.fillMonth()
	case "rows":
		failed = f.takeRows()
	default:
		return notMine, nil
	}
	f.Set("failed", failed)
	return changed, nil
}

// arranged says why lists of names or cells could not be used.
func arranged(v *visit, f fields, n *playlist.Notice, found []playlist.Problem) ([]playlist.Problem, error) {
	switch f.text("failed") {
	case "month":
		found = append(found, invalid("month", "月份应写成 2026-12", "a month is written 2026-12"))
	case "names":
		found = append(found, invalid("names", "请先填写轮班的名单", "write the names first"))
	case "cells":
		found = append(found, invalid("cells", "没有读到一行。请在 Excel 里选中几行，复制，再粘贴到这里", "no row was found; copy rows of a sheet and paste them here"))
	}
	return found, nil
}

func names(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、，,；;\n\t ", r) })
}

// fillMonth gives every day of a month to the next of the lists. Days that are in
// the table already stay. It returns the input that cannot be used.
func (f fields) fillMonth() (failed string) {
	first, err := schedule.ParseDate(f.text("month") + "-01")
	if err != nil {
		return "month"
	}
	staff, leads, nights := names(f.text("names")), names(f.text("leads")), names(f.text("nights"))
	if len(staff) == 0 {
		return "names"
	}
	per := 1
	if n, err := strconv.Atoi(f.text("per")); err == nil && n >= 1 && n <= 4 {
		per = n
	}
	rows, _ := f.shifts()
	have := map[string]bool{}
	for _, r := range rows {
		if d, err := parseDay(r[0], first.Year); err == nil {
			have[d.String()] = true
		}
	}
	turn := func(list []string, i, count int) string {
		var out []string
		for k := range min(count, len(list)) {
			out = append(out, list[(i*count+k)%len(list)])
		}
		return strings.Join(out, "、")
	}
	for d, i := first, 0; d.Month == first.Month && len(rows) < mostShifts; d, i = d.AddDays(1), i+1 {
		if !have[d.String()] {
			rows = append(rows, []string{d.String(), turn(leads, i, 1), turn(staff, i, per), turn(nights, i, 1), ""})
		}
	}
	f.setShifts(rows)
	return ""
}

// takeRows reads cells copied from a sheet: day, leader, staff, night, telephone,
// with or without a heading.
func (f fields) takeRows() (failed string) {
	rows, _ := f.shifts()
	taken := 0
	for _, line := range strings.Split(f.Get("cells"), "\n") {
		cells := strings.Split(strings.TrimSpace(line), "\t")
		if len(cells) < 2 || strings.Contains(cells[0], "日期") || strings.Contains(strings.ToLower(cells[0]), "date") {
			continue
		}
		row := make([]string, len(rosterColumns))
		for i := range min(len(cells), len(row)) {
			row[i] = strings.TrimSpace(cells[i])
		}
		if rows = append(rows, row); len(rows) >= mostShifts {
			break
		}
		taken++
	}
	if taken == 0 {
		return "cells"
	}
	f.setShifts(rows)
	f.Del("cells")
	return ""
}

func (f fields) setShifts(rows [][]string) {
	for _, name := range rosterColumns {
		f.Del(name)
	}
	for _, r := range rows {
		f.addShift(r...)
	}
}
