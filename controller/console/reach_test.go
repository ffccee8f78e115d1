package console

import (
	"slices"
	"testing"

	"mingbai/controller/store"
	"mingbai/playlist"
)

func TestOneScreenAloneByItsTags(t *testing.T) {
	screen := func(id playlist.ScreenID, kind playlist.ScreenKind, tags ...string) (s store.Screen) {
		s.ID, s.Kind, s.Tags = id, kind, tags
		return s
	}
	all := []store.Screen{
		screen("gate", playlist.LED, "hall", "outdoor"), screen("square", playlist.LED, "outdoor"), screen("strip", playlist.LED, "hall", "strip"),
		screen("one", playlist.Touch, "hall"), screen("two", playlist.Touch, "hall"),
	}
	for i, want := range [][]string{{"hall", "outdoor"}, nil, {"strip"}, nil, nil} {
		got := alone(all, all[i])
		if !slices.Equal(got, want) {
			t.Errorf("%s alone: %v, want %v", all[i].ID, got, want)
		}
		if got == nil {
			continue
		}
		for j, s := range all {
			if carries(s, got) != (i == j) {
				t.Errorf("the tags %v of %s: %s is %t", got, all[i].ID, s.ID, carries(s, got))
			}
		}
	}
}
