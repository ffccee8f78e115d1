package specimen

import (
	"testing"

	"mingbai/playlist/scene/page"
)

// The golden specimens have names of their own, are drawn alike every time, and
// are faultless: a picture that shows a fault would make the fault the rule.
func TestGolden(t *testing.T) {
	list := Golden
	if raceOn {
		list = func() ([]Specimen, error) { return LED(Board), nil }
	}
	all, err := list()
	if err != nil {
		t.Fatal(err)
	}
	again, err := list()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, s := range all {
		if seen[s.Name] {
			t.Errorf("two specimens are called %s", s.Name)
		}
		seen[s.Name] = true
		if !s.Frame.Equal(again[i].Frame) && s.LED {
			t.Errorf("%s is drawn differently the second time", s.Name)
		}
		if len(s.Frame.Ops) == 0 {
			t.Errorf("%s is blank", s.Name)
		}
		if s.LED {
			continue
		}
		for _, problem := range page.Audit(s.Frame, s.Info, s.Panel) {
			t.Errorf("%s: %s", s.Name, problem)
		}
	}
}
