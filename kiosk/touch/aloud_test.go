package touch

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mingbai/kiosk/printer"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/speech"
	"mingbai/playlist/wire"
)

func recording(lines ...string) *speech.Recording {
	r := &speech.Recording{Rate: 16000, PCM: make([]int16, 16)}
	for i, l := range lines {
		r.Marks = append(r.Marks, speech.Mark{Text: l, From: time.Duration(i) * time.Second, To: time.Duration(i+1) * time.Second})
	}
	return r
}

func TestReadAloudLineByLine(t *testing.T) {
	s := newStand(t)
	s.do("start", "notice:"+string(specimen.GuideID), "read")
	if s.view().Toast != chinese.noSpeech || s.prog.drawn.key.status.Speech {
		t.Errorf("without a recording the page says %q", s.view().Toast)
	}
	s.device.reads = recording("一", "二", "三")
	s.pass(time.Minute / 2)
	s.do("continue")
	s.pass(time.Minute / 2) // it is looked for again
	if !s.prog.drawn.key.status.Speech {
		t.Fatal("the recording has come, but the page does not know")
	}
	s.do("read")
	s.settle()
	if got := s.view().Spoken; got != "一" {
		t.Errorf("%q is spoken", got)
	}
	s.tongue.mark = 2
	s.pass(2 * hearEvery)
	if got := s.view().Spoken; got != "三" {
		t.Errorf("%q is spoken", got)
	}
	s.pass(10 * time.Minute) // whoever listens is there
	if s.want("notice:" + string(specimen.GuideID)); s.view().Idle != 0 {
		t.Error("somebody who listens is asked whether he is there")
	}
	s.do("large") // does not interrupt
	if s.tongue.on == nil {
		t.Error("larger text ended the reading")
	}
	s.do("read")
	if s.tongue.on != nil || s.view().Spoken != "" {
		t.Error("it goes on after being stopped")
	}
	for _, leave := range []string{"back", "home", "end"} {
		s.do("home", "notice:"+string(specimen.GuideID), "read")
		s.settle()
		if s.tongue.on == nil {
			t.Fatal("it does not read")
		}
		s.do(leave)
		if s.tongue.on != nil {
			t.Errorf("it goes on after %s", leave)
		}
	}
	s.do("start", "notice:"+string(specimen.GuideID), "read", "end")
	s.settle() // the recording comes when nobody is there any more
	s.nobody()
	s.do("start", "notice:"+string(specimen.GuideID), "read")
	s.settle()
	s.tongue.on = nil // it has come to its end
	s.pass(time.Second)
	if s.view().Spoken != "" || s.prog.heard.notice != "" {
		t.Error("the end of the reading was not noticed")
	}
	s.do("read")
	s.settle()
	s.alarm()
	if s.tongue.on != nil {
		t.Error("a warning does not silence the reading")
	}
	if got := s.device.counted(wire.CountAloud); got != 7 {
		t.Errorf("counted %d times", got)
	}
}

func TestTheLineThatIsReadStaysInView(t *testing.T) {
	s := newStand(t)
	s.do("start", "notice:"+string(specimen.LongGuideID))
	n, _, _, _ := s.regular.Notice(specimen.LongGuideID, s.device.status.Moment)
	last := n.Guide.Steps[len(n.Guide.Steps)-1].Name
	s.device.reads = recording(n.Title, last)
	s.pass(time.Minute / 2)
	s.do("continue")
	s.pass(time.Minute / 2)
	s.do("read")
	s.settle()
	if s.prog.scrolled() != 0 {
		t.Fatalf("it scrolls at once, to %d", s.prog.scrolled())
	}
	s.tongue.mark = 1
	s.pass(time.Second)
	info := s.prog.drawn.info
	top, foot := info.Spoken.Min.Y-info.Scroll, info.Spoken.Max.Y-info.Scroll
	if info.Spoken.Empty() || top < 0 || foot > info.Viewport.Dy() || info.Scroll == 0 {
		t.Errorf("the line lies at %v, the view is %v, scrolled %d", info.Spoken, info.Viewport, info.Scroll)
	}
	s.do("scroll:top")
	s.pass(5 * time.Second)
	if s.prog.scrolled() != 0 {
		t.Error("the page does not stay where the person scrolled it")
	}
}

func TestLookSheetGoesByItself(t *testing.T) {
	s := newStand(t)
	s.do("start", "large")
	if v := s.view(); v.Large != 1 || v.Sheet != page.LookSheet {
		t.Fatalf("large %d, sheet %q", v.Large, v.Sheet)
	}
	s.do("size:2", "contrast", "low")
	if v := s.view(); v.Large != 2 || !v.HighContrast || !v.Low || v.Sheet != page.LookSheet {
		t.Fatalf("%+v", v)
	}
	s.pass(sheetFor - time.Second)
	s.do("low") // a touch keeps it
	s.pass(sheetFor - time.Second)
	if s.view().Sheet != page.LookSheet {
		t.Error("the sheet is gone although it was just used")
	}
	s.pass(2 * time.Second)
	if s.view().Sheet != page.NoSheet {
		t.Error("the sheet is still up")
	}
	s.do("large", "postings") // outside: it closes, and the touch counts
	if v := s.view(); v.Sheet != page.NoSheet || v.Kind != page.Postings {
		t.Errorf("a touch outside the sheet: %+v", v)
	}
	s.do("large", "home") // the bar works
	if v := s.view(); v.Sheet != page.NoSheet || v.Kind != page.Home {
		t.Errorf("%+v", v)
	}
	for key, want := range map[string]uint64{wire.CountLarge: 1, wire.CountLow: 1, wire.CountContrast: 1, wire.CountSession: 1, "page:postings": 1} {
		if got := s.device.counted(key); got != want {
			t.Errorf("%s counted %d times, want %d", key, got, want)
		}
	}
}

func TestPrintingIsToldInWords(t *testing.T) {
	s := newStand(t)
	s.do("start", "notice:"+string(specimen.GuideID), "take")
	if s.view().Sheet != page.TakeSheet || s.device.counted(wire.CountQR) != 1 {
		t.Fatalf("sheet %q, counted %d", s.view().Sheet, s.device.counted(wire.CountQR))
	}
	s.pass(30 * time.Second)
	if s.view().Sheet != page.TakeSheet {
		t.Error("the code is gone before a phone is found")
	}
	s.do("print")
	s.settle()
	if s.view().Toast != chinese.printed || s.paper.sheets == 0 || s.device.counted(wire.CountPrint) != uint64(s.paper.sheets) {
		t.Errorf("%q; %d sheets, counted %d", s.view().Toast, s.paper.sheets, s.device.counted(wire.CountPrint))
	}
	for _, f := range []struct {
		err  error
		want string
	}{{printer.ErrQuota, chinese.noPaper}, {errors.New("jam"), chinese.printFailed}} {
		s.paper.fails = f.err
		s.do("print")
		s.settle()
		if s.view().Toast != f.want {
			t.Errorf("%v: %q", f.err, s.view().Toast)
		}
	}
	s.do("back", "notice:"+string(specimen.LongGuideID))
	s.paper.left = 1
	s.do("print")
	s.settle()
	if !strings.Contains(s.view().Toast, "超过了每人能打印的张数") {
		t.Errorf("a notice of more sheets than are left: %q", s.view().Toast)
	}
	s.paper.left = 0
	s.do("print")
	if s.view().Toast != chinese.noPaper || s.prog.drawn.key.status.Printer {
		t.Errorf("without paper: %q", s.view().Toast)
	}
	s.do("end")
	if s.paper.ended != 1 {
		t.Errorf("the quota of a session ended %d times", s.paper.ended)
	}
}
