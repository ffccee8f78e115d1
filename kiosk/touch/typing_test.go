package touch

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/playlist/hanzi"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/search"
	"mingbai/playlist/wire"
)

// keys types letters, digits or strokes one by one.
func (s *stand) keys(row string) {
	s.t.Helper()
	for _, k := range row {
		s.do("key:" + string(k))
	}
}

func TestSearchAnswersEveryKeyInItsStep(t *testing.T) {
	s := newStand(t)
	s.settle() // the index is there
	s.do("start", "search")
	if s.view().Kind != page.SearchPage {
		t.Fatalf("the page is %q", s.view().Kind)
	}
	for i, k := range []string{"d", "b"} {
		s.do("key:" + k)
		got := s.typing()
		if got.Keys != "db"[:i+1] || got.Result == nil {
			t.Fatalf("after %q: keys %q, result %v", k, got.Keys, got.Result)
		}
		want := s.prog.searchable().Find(search.Query{Mode: search.Pinyin, Keys: got.Keys}, s.device.status.Moment)
		if got.Result.Query != want.Query || got.Result.Total != want.Total {
			t.Errorf("after %q: found %d of %v, want %d of %v", k, got.Result.Total, got.Result.Query, want.Total, want.Query)
		}
	}
	s.do("key:delete")
	if got := s.typing(); got.Keys != "d" || got.Result.Query.Keys != "d" {
		t.Errorf("after a delete: %q, found for %q", got.Keys, got.Result.Query.Keys)
	}
	s.do("key:clear")
	if got := s.typing(); got.Keys != "" || got.Result != nil {
		t.Errorf("after clearing: %+v", got)
	}
	s.do("pad:strokes", "key:a", "key:h", "key:s")
	if got := s.typing(); got.Keys != "hs" || got.Result.Query.Mode != search.Strokes {
		t.Errorf("strokes: %q as %q", got.Keys, got.Result.Query.Mode)
	}
	s.do("pad:digits", "key:1", "key:2")
	if got := s.typing(); got.Keys != "12" || got.Result.Query.Mode != search.Digits {
		t.Errorf("digits: %q as %q", got.Keys, got.Result.Query.Mode)
	}
	s.keys(strings.Repeat("7", 100))
	if got := s.typing(); len(got.Keys) != maxKeys {
		t.Errorf("%d keys of a search are kept", len(got.Keys))
	}
}

func TestSearchBeforeTheIndexIsAnsweredWhenItIsThere(t *testing.T) {
	s := newStand(t)
	s.prog.jobs.wait.Wait()
	s.prog.index.built.Store(nil) // as if it was still being made
	s.do("start", "search", "key:d")
	if got := s.typing(); got.Result != nil || got.Keys != "d" {
		t.Fatalf("an answer without an index: %+v", got)
	}
	woken := s.device.woken
	s.prog.indexLibrary(s.prog.lib)
	s.settle()
	if got := s.typing(); got.Result == nil {
		t.Error("the index is there, but the page has no answer")
	}
	if s.device.woken == woken {
		t.Error("nobody woke the presenter")
	}
}

func TestSearchThatFindsNothingIsCountedOnce(t *testing.T) {
	s := newStand(t)
	s.settle()
	s.do("start", "search")
	s.keys("qqzzq") // nothing begins like that
	if got := s.typing().Result; got == nil || got.Total != 0 {
		t.Fatalf("qqzzq found %+v", got)
	}
	if len(s.device.empty) != 0 {
		t.Fatalf("counted before the person gave up: %q", s.device.empty)
	}
	s.do("key:delete", "key:delete", "key:delete", "back")
	if want := []string{"qqzzq"}; !slices.Equal(s.device.empty, want) || s.device.counted(wire.CountEmpty) != 1 {
		t.Errorf("noted %q, want %q; counted %d times", s.device.empty, want, s.device.counted(wire.CountEmpty))
	}
	if got := s.device.counted(wire.CountSearch); got != 1 {
		t.Errorf("one search counted %d times", got)
	}
	s.do("search")
	s.do("pad:digits")
	s.keys("99999999")
	s.do("end")
	if len(s.device.empty) != 1 || s.device.counted(wire.CountEmpty) != 2 {
		t.Errorf("digits that found nothing: noted %q, counted %d times", s.device.empty, s.device.counted(wire.CountEmpty))
	}
}

func TestFormComposesText(t *testing.T) {
	s := newStand(t)
	s.do("start", "opinion", "field:text")
	s.keys("women")
	got := s.typing()
	if got.Keys != "women" || got.Text != "" {
		t.Fatalf("keys %q, text %q", got.Keys, got.Text)
	}
	meant := hanzi.FromPinyin("women", maxCandidates)
	if len(got.Candidates) != len(meant) || len(meant) == 0 {
		t.Fatalf("%d candidates, want %d", len(got.Candidates), len(meant))
	}
	s.do("pick:0")
	got = s.typing()
	if got.Text != meant[0].Text || got.Keys != "women"[meant[0].Used:] {
		t.Errorf("after picking: text %q, keys %q", got.Text, got.Keys)
	}
	s.do("key:clear", "key:3", "key:5")
	if got = s.typing(); !strings.HasSuffix(got.Text, "35") {
		t.Errorf("digits did not go straight into the text: %q", got.Text)
	}
	s.do("key:delete")
	if got = s.typing(); !strings.HasSuffix(got.Text, "3") {
		t.Errorf("after a delete: %q", got.Text)
	}
	s.do("field:contact")
	if got = s.typing(); got.Pad != page.DigitPad {
		t.Errorf("a telephone number is typed on the pad %q", got.Pad)
	}
	s.keys("13800000000")
	s.do("topic:1", "topic:3", "topic:1", "topic:30")
	if got = s.typing(); got.Contact != "13800000000" || got.Topics != 1<<3 {
		t.Errorf("contact %q, topics %b", got.Contact, got.Topics)
	}
}

// A sentence has commas, for which no pad has a key.
func TestMarksFollowText(t *testing.T) {
	s := newStand(t)
	s.do("start", "opinion", "field:text")
	if got := s.typing().Candidates; len(got) > 0 {
		t.Errorf("before any text one is offered %q", got)
	}
	s.keys("women")
	for s.typing().Keys != "" {
		s.tap("pick:0")
	}
	before := s.typing().Text
	s.tap("pick:0")
	if got := s.typing().Text; got != before+"，" {
		t.Errorf("after %q a touch on the comma gives %q", before, got)
	}
	s.tap("field:none")
	if got := s.typing().Text; got != before+"，" {
		t.Errorf("putting the keys away makes it %q", got)
	}
}

func TestCandidatesPage(t *testing.T) {
	s := newStand(t)
	s.do("start", "opinion", "field:text", "key:y", "key:i")
	var froms []int
	for range 3 {
		froms = append(froms, s.typing().From)
		s.tap("more:next")
	}
	if froms[1] == 0 || froms[2] <= froms[1] {
		t.Fatalf("candidates from %v", froms)
	}
	for i := range froms {
		s.tap("more:prev")
		if got := s.typing().From; got != froms[2-i] {
			t.Errorf("back at %d, want %d of %v", got, froms[2-i], froms)
		}
	}
	s.tap("key:n")
	s.tap("more:next")
	s.tap("key:g")
	if got := s.typing().From; got != 0 {
		t.Errorf("a new key leaves the candidates at %d", got)
	}
}

func TestPuttingTheKeysAwayTakesWhatTheyStandFor(t *testing.T) {
	s := newStand(t)
	s.do("start", "opinion", "field:text")
	s.keys("women")
	want := s.typing().Candidates[0]
	s.tap("field:none")
	if got := s.typing(); got.Text != want || got.Keys != "" || got.Field != page.NoField {
		t.Errorf("text %q, want %q; keys %q, field %q", got.Text, want, got.Keys, got.Field)
	}
}

// TestEveryKeyOfAHammeringChildCounts types 20 keys a second with two fingers
// that overlap.
func TestEveryKeyOfAHammeringChildCounts(t *testing.T) {
	s := newStand(t)
	s.settle()
	s.tap("start")
	s.tap("search")
	s.pass(time.Second)
	at, last := s.where("key:d"), s.where("key:b")
	for i := range 20 {
		at, last = last, at
		s.down(i%2, at)
		s.now = s.now.Add(25 * time.Millisecond)
		if i > 0 {
			s.up((i+1)%2, last)
		}
		s.now = s.now.Add(25 * time.Millisecond)
	}
	s.up(1, at)
	if got, want := s.typing().Keys, strings.Repeat("bd", 10); got != want {
		t.Errorf("%q arrived, want %q", got, want)
	}
}

func TestHeldDeleteGoesOn(t *testing.T) {
	s := newStand(t)
	s.settle()
	s.do("start", "search")
	s.keys("dbdbdbdb")
	s.pass(time.Second)
	at := s.where("key:delete")
	s.down(1, at)
	s.pass(holdAfter + 2*holdEvery + holdEvery/2)
	if got := s.typing().Keys; len(got) != 5 {
		t.Errorf("%q is left after holding for three repeats", got)
	}
	s.up(1, at)
	if got := s.typing().Keys; len(got) != 5 {
		t.Errorf("letting go took one more: %q", got)
	}
	s.tap("key:delete")
	if got := s.typing().Keys; len(got) != 4 {
		t.Errorf("%q after a tap", got)
	}
}

func TestPickMeansWhatWasUnderTheFinger(t *testing.T) {
	s := newStand(t)
	s.do("start", "opinion", "field:text")
	s.keys("women")
	seen := s.view().Typing
	s.keys("hao") // another finger was faster
	s.prog.hands.at = s.now
	s.prog.act(press{action: "pick:0", typing: seen}, s.now)
	s.step()
	first := hanzi.FromPinyin("women", 1)[0]
	if got := s.typing(); got.Text != first.Text || got.Keys != "womenhao"[first.Used:] {
		t.Errorf("text %q, keys %q", got.Text, got.Keys)
	}
	s.do("key:clear")
	s.prog.act(press{action: "pick:0", typing: seen}, s.now)
	s.step()
	if got := s.typing(); got.Text != first.Text {
		t.Errorf("a candidate of keys that are gone was taken: %q", got.Text)
	}
}

func TestFieldsAreBounded(t *testing.T) {
	s := newStand(t)
	s.do("start", "opinion", "field:text")
	for range wire.MaxVoiceText + 5 {
		s.prog.act(press{action: "key:1"}, s.now)
	}
	s.do("field:contact")
	for range wire.MaxVoiceContact + 5 {
		s.prog.act(press{action: "key:1"}, s.now)
	}
	s.step()
	if got := s.typing(); len(got.Text) != wire.MaxVoiceText || len(got.Contact) != wire.MaxVoiceContact || got.Problem == "" {
		t.Errorf("%d characters of text, %d of contact, problem %q", len(got.Text), len(got.Contact), got.Problem)
	}
}

func TestFormIsKeptWhileSomebodyLooksElsewhere(t *testing.T) {
	s := newStand(t)
	object := "object:" + string(specimen.FundID)
	s.do("start", "postings", object, "field:text", "key:7", "topic:2", "home", "opinion", "field:text", "key:5", "back", object)
	if got := s.typing(); got.Text != "7" || got.Topics != 4 {
		t.Errorf("the objection has %q and %b", got.Text, got.Topics)
	}
	id := s.alarm()
	s.want("alert:" + string(id))
	s.calm()
	s.pass(time.Second)
	s.want("opinion")
	if got := s.typing(); got.Text != "7" {
		t.Errorf("after the warning the objection has %q", got.Text)
	}
	s.alarm()
	s.do("back")
	s.pass(time.Second)
	s.want("opinion") // the page on which the warning came
	if got := s.typing(); got.Text != "7" {
		t.Errorf("after putting the warning aside the objection has %q", got.Text)
	}
	s.calm()
	s.do("end")
	s.nobody()
	s.do("start", object)
	if s.view().Typing != nil {
		t.Errorf("the next person finds %+v", *s.view().Typing)
	}
}
