package speech_test

import (
	"image"
	"testing"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/speech"
)

// TestLinesAreFound reads every kind of notice: each line with a text of its own
// is found on the page that is drawn of it, so that it can be marked.
func TestLinesAreFound(t *testing.T) {
	panel := playlist.Panel{Width: 1080, Height: 1920, WidthMM: 529, HeightMM: 941}
	settings := specimen.Settings("liuxi", panel)
	lib, err := specimen.Library(settings, specimen.Exercise())
	if err != nil {
		t.Fatal(err)
	}
	book := page.New(typeset.Default(), settings, func(ref assets.Ref) (image.Image, error) { return specimen.Pictures(ref) })
	kinds := map[playlist.Kind]int{}
	for _, n := range append(specimen.Notices(), specimen.Exercise()) {
		if _, _, _, listed := lib.Notice(n.ID, specimen.Now()); !listed {
			continue
		}
		for _, l := range speech.Script(n) {
			if l.Text == "" {
				continue
			}
			kinds[n.Kind]++
			view := page.View{Kind: page.NoticePage, Notice: n.ID, Spoken: l.Text}
			if _, info := book.Draw(view, lib, specimen.Now(), specimen.Online()); info.Spoken.Empty() {
				t.Errorf("%s: %q is read aloud and stands nowhere on the page", n.Title, l.Text)
			}
		}
	}
	for _, k := range []playlist.Kind{playlist.KindAnnouncement, playlist.KindGuide, playlist.KindFund, playlist.KindMedia, playlist.KindAlert} {
		if kinds[k] == 0 {
			t.Errorf("nothing of kind %s was read", k)
		}
	}
}
