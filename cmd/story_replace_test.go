package cmd

import (
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// replace NAME by BOX: a technician types the code that a new device shows and
// gives it the screen.
func replaceWord(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 3, 3, "replace NAME by BOX")
	old, box := w.screen(ts, args[0]), w.screen(ts, args[2])
	code := ""
	w.until(ts, box.name+" shows a pairing code", func() (bool, string) {
		l, ok := box.process.said(func(l logLine) bool { return l.Code != "" })
		code = l.Code
		return ok, ""
	})
	w.must(ts, "POST", "/pairing", map[string]any{"code": code, "screen": old.name}, nil)
}

// new-book NAME N: the office keeps the screen's record of display in its Nth
// book, and rows come into it.
func newBook(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 2, 2, "new-book NAME N")
	s := w.screen(ts, args[0])
	w.until(ts, s.name+" has a new book", func() (bool, string) {
		st, err := w.state(s)
		if err != nil {
			return false, err.Error()
		}
		return fmt.Sprint(st.Epoch) == args[1] && st.LedgerSeq > 0, fmt.Sprintf("book %d with %d rows", st.Epoch, st.LedgerSeq)
	})
}

// stopped NAME: the device was told to stop, says so, and shows no content.
func stopped(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 1, 1, "stopped NAME")
	s := w.screen(ts, args[0])
	w.until(ts, s.name+" stops", func() (bool, string) {
		_, ok := s.process.said(func(l logLine) bool { return strings.Contains(l.Msg, "it shows no content") })
		v, seen := w.now(s)
		return ok && seen && v.Page == "pairing" && len(v.Offers) == 0, v.String()
	})
}
