package led

import (
	"path/filepath"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/dotfont"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/scene/typeset/rare"
	"mingbai/playlist/schedule"
)

// TestRareNameOnABoard publishes a name with a character that no embedded face
// has. While the edition's font cannot be read a mark stands for it; once it can
// be, the board draws it.
func TestRareNameOnABoard(t *testing.T) {
	const r = '\U0002A6C7'
	sources, _ := rare.Open([]string{filepath.Join("..", "..", "playlist", "scene", "typeset", "rare", "testdata", "hanazono.ttf")})
	font, lost, err := sources.Subset([]rune{r})
	if err != nil || len(lost) > 0 {
		t.Fatal(err, string(lost))
	}
	ref := assets.RefOf(font)

	panel := playlist.Panel{Width: 192, Height: 64, Colours: playlist.FullColour}
	settings := specimen.Settings("hall", panel)
	settings.Channels = settings.Channels[:1]
	n := &playlist.Notice{
		ID: "tingshui", Version: 1, Kind: playlist.KindAnnouncement, Site: settings.Channels[0].Channel.Site, Title: "村民" + string(r) + "某", Issuer: "柳溪村",
		Issued:       schedule.DateOf(specimen.Now().Now),
		Announcement: &playlist.Announcement{Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: "明日停水。"}}},
	}
	edition, _, err := playlist.Compile(playlist.CompileInput{
		Channel: settings.Channels[0].Channel, Revision: 1, Created: specimen.Now().Now, Notices: []*playlist.Notice{n},
		Playlists: []playlist.Playlist{{ID: "day", Name: "白天", Items: []playlist.Item{{Notice: n.ID}}}},
		Rules:     []schedule.Rule{{ID: "day", Name: "每天", Playlist: "day", Level: schedule.Normal}},
		Glyphs:    &playlist.Blob{Ref: ref, Size: int64(len(font))},
	})
	if err != nil {
		t.Fatal(err)
	}
	lib, err := playlist.NewLibrary(settings, []playlist.Loaded{{Edition: edition, Notices: map[playlist.NoticeID]*playlist.Notice{n.ID: n}}})
	if err != nil {
		t.Fatal(err)
	}
	dev := &device{}
	dev.status.Library, dev.status.Enrolled, dev.status.Moment = lib, true, specimen.Now()
	p, now := New(dev, panel), specimen.Now().Now
	t.Cleanup(func() { _ = dotfont.SetRare(&p.rare) })

	// drawn tells whether a frame of the first minute has the glyph of c at some
	// size.
	drawn := func(c rune) bool {
		found := false
		run(t, p, dev, &now, time.Minute, func(f *scene.Frame) {
			for _, size := range dotfont.Sizes() {
				face, err := dotfont.Face(size)
				if err != nil {
					t.Fatal(err)
				}
				m, _, ok := face.Glyph(c)
				for _, op := range f.Ops {
					found = found || ok && op.Mask == m && m != nil
				}
			}
		})
		return found
	}
	if drawn(r) || !drawn('〓') {
		t.Error("without the font no mark stands for the character")
	}
	dev.blobs = map[assets.Ref][]byte{ref: font}
	now = now.Add(again)
	if !drawn(r) {
		t.Error("the character is not drawn")
	}
}

// Blob returns a file that the device has.
func (d *device) Blob(ref assets.Ref, _ int64) ([]byte, error) {
	if data, ok := d.blobs[ref]; ok {
		return data, nil
	}
	return nil, assets.ErrNotFound
}
