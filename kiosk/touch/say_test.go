package touch

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"mingbai/kiosk/mailbox"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/wire"
)

func TestSubmitIsThankedForWhenItIsStored(t *testing.T) {
	s := newStand(t)
	s.do("start", "object:"+string(specimen.FundID), "field:text")
	s.keys("37")
	s.do("topic:1", "submit")
	if s.view().Kind == page.ThanksPage && len(s.device.voices) == 0 {
		t.Fatal("thanks before it was stored")
	}
	s.do("submit") // a second tap says nothing twice
	s.settle()
	s.pass(time.Second)
	s.want("thanks")
	if got := s.typing(); got.Number != "A17" || got.Text != "" {
		t.Errorf("the page of thanks has %+v", got)
	}
	n, _, _, _ := s.regular.Notice(specimen.FundID, s.device.status.Moment)
	want := []wire.Voice{{ID: s.device.tried[0], Kind: wire.Objection, Notice: n.ID, Version: n.Version, Title: n.Title, Topics: []string{"金额不对"}, Text: "37"}}
	if !reflect.DeepEqual(s.device.voices, want) {
		t.Errorf("said %+v, want %+v", s.device.voices, want)
	}
	s.do("back")
	s.pass(time.Second)
	s.want("home")
	s.do("object:" + string(specimen.FundID))
	if s.view().Typing != nil {
		t.Error("what was submitted is still in the form")
	}
}

func TestNothingIsLostWhenItCannotBeStored(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		s := newStand(t)
		s.do("start")
		w := &chinese
		if lang == "en" {
			w = &english
			s.do("lang")
		}
		s.do("opinion", "submit")
		if got := s.typing().Problem; got != w.nothingSaid {
			t.Errorf("an empty form: %q", got)
		}
		s.do("field:text")
		s.keys("12")
		s.do("field:contact")
		s.keys("123")
		s.do("submit")
		if got := s.typing().Problem; got != w.contactShort {
			t.Errorf("half a telephone number: %q", got)
		}
		s.do("key:clear", "field:text", "key:a", "submit")
		if got := s.typing().Problem; got != w.unpicked {
			t.Errorf("letters that are no text: %q", got)
		}
		s.do("key:delete")
		for _, f := range []struct {
			err  error
			want string
		}{{errors.New("disk"), w.notStored}, {mailbox.ErrTooMany, w.tooMany}} {
			s.device.fails = f.err
			s.do("submit")
			s.settle()
			if got := s.typing(); got.Problem != f.want || got.Text != "12" || s.view().Kind != page.OpinionPage {
				t.Errorf("%v: %q, text %q on %q", f.err, got.Problem, got.Text, s.view().Kind)
			}
		}
		s.device.fails = nil
		s.do("submit")
		s.settle()
		s.pass(time.Second)
		s.want("thanks")
		// The disk may have kept what it said it had not: one voice, one ID.
		if got := slices.Compact(s.device.tried); len(got) != 1 || got[0] == "" {
			t.Errorf("one opinion was tried as %q", got)
		}
		if len(s.device.voices) != 1 || s.device.voices[0].Text != "12" {
			t.Errorf("stored %+v", s.device.voices)
		}
	}
}

func TestWhoeverLeavesIsStillHeard(t *testing.T) {
	s := newStand(t)
	s.do("start", "opinion", "topic:0", "submit", "end")
	s.settle()
	s.pass(time.Second)
	s.want("loop") // no thanks to the next person
	s.nobody()
	if len(s.device.voices) != 1 || s.device.voices[0].Kind != wire.Opinion {
		t.Errorf("stored %+v", s.device.voices)
	}
}

func TestRatingOnceForEachNotice(t *testing.T) {
	s := newStand(t)
	s.do("start", "notice:"+string(specimen.GuideID), "rate:3")
	s.settle()
	if s.view().Toast != chinese.thanks {
		t.Errorf("the page says %q", s.view().Toast)
	}
	if s.view().Rated != 3 {
		t.Errorf("the chosen face is %d, want 3", s.view().Rated)
	}
	s.do("rate:1")
	s.settle()
	if s.view().Rated != 3 {
		t.Errorf("a second rating marks face %d", s.view().Rated)
	}
	if s.view().Toast != chinese.ratedAlready {
		t.Errorf("the page says %q to a second rating", s.view().Toast)
	}
	s.do("back", "notice:"+string(specimen.FundID), "rate:1")
	s.settle()
	if len(s.device.voices) != 2 || s.device.voices[0].Score != 3 || s.device.voices[1].Score != 1 ||
		s.device.voices[1].Notice != specimen.FundID || s.device.voices[1].Version == 0 {
		t.Errorf("stored %+v", s.device.voices)
	}
	s.pass(toastFor)
	if s.view().Toast != "" {
		t.Errorf("%q is still up after %v", s.view().Toast, toastFor)
	}
	s.do("end", "start", "notice:"+string(specimen.FundID))
	if s.view().Rated != 0 {
		t.Error("the next person sees what the last one chose")
	}
	s.do("rate:2")
	s.settle()
	if len(s.device.voices) != 3 {
		t.Error("the next person may not rate")
	}
}
