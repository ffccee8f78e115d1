package console

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"image"
	_ "image/jpeg" // pictures of notices
	"image/png"
	"slices"
	"strconv"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/schedule"
)

// maxPanel bounds the sides of a panel that is drawn, in pixels.
const maxPanel = 4096

// drawer draws what screens show, with the renderer that they have.
type drawer struct {
	*console
	slots chan struct{}
}

// acquire waits for room to draw.
func (d *drawer) acquire(ctx context.Context) error {
	select {
	case d.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait to draw a preview: %w", ctx.Err())
	}
}

// pictures decodes the pictures of notices.
func (d *drawer) pictures(ref assets.Ref) (image.Image, error) {
	size, ok := d.Blobs.Size(ref)
	if !ok {
		return nil, fmt.Errorf("picture %s: %w", ref.Short(), assets.ErrNotFound)
	}
	data, err := d.Blobs.Read(ref, size)
	if err != nil {
		return nil, err
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	return img, err
}

// touch draws a page of a touchscreen as PNG.
func (d *drawer) touch(ctx context.Context, lib *playlist.Library, panel playlist.Panel, view page.View, m schedule.Moment) ([]byte, error) {
	if err := d.acquire(ctx); err != nil {
		return nil, err
	}
	defer func() { <-d.slots }()
	settings := lib.Settings()
	settings.Screen.Kind, settings.Screen.Panel = playlist.Touch, panel
	book := page.New(typeset.Default(), settings, d.pictures)
	frame, _ := book.Draw(view, lib, m, page.Status{Online: true, AsOf: lib.Created()})
	return encode(paint(frame))
}

func paint(f *scene.Frame) *image.RGBA {
	img := image.NewRGBA(image.Rectangle{Max: f.Size})
	scene.Paint(img, f)
	return img
}

func encode(img image.Image) ([]byte, error) {
	var out bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := enc.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("encode a preview: %w", err)
	}
	return out.Bytes(), nil
}

// rehearse puts one notice, which need not be saved, into a library as a screen
// at its site would have it, and says at which moment it can be seen.
func (v *visit) rehearse(n playlist.Notice) (*playlist.Library, schedule.Moment, error) {
	now := v.Now()
	if now.Before(n.NotBefore) {
		now = n.NotBefore
	}
	if !n.NotAfter.IsZero() && !now.Before(n.NotAfter) {
		n.NotAfter = time.Time{}
	}
	m := schedule.Sure(now)
	tree, err := v.sites()
	if err != nil {
		return nil, m, err
	}
	path := tree.Path(n.Site)
	if len(path) == 0 {
		root, err := tree.Root()
		if err != nil {
			return nil, m, err
		}
		path, n.Site = []playlist.Site{root}, root.ID
	}
	columns, err := v.Store.Columns(v.ctx)
	if err != nil {
		return nil, m, err
	}
	if n.ID == "" {
		n.ID = "preview"
	}
	if n.Version == 0 {
		n.Version = 1
	}
	if n.Issued.IsZero() {
		n.Issued = schedule.DateOf(now.In(v.Zone))
	}
	if n.Kind != playlist.KindAlert && !slices.ContainsFunc(columns, func(c playlist.Column) bool { return c.ID == n.Column }) {
		n.Column = ""
	}
	settings := playlist.Settings{Revision: 1, Screen: playlist.Screen{ID: "s-preview", Site: n.Site}, Zone: v.Zone.String(), Language: v.Language}
	var loaded []playlist.Loaded
	for i, s := range path {
		settings.Path = append(settings.Path, playlist.SiteName{ID: s.ID, Kind: s.Kind, Name: s.Name, NameEn: s.NameEn})
		settings.Hotline, settings.Duty = cmp.Or(settings.Hotline, s.Hotline), cmp.Or(settings.Duty, s.Duty)
		for _, alert := range []bool{false, true} {
			in := playlist.CompileInput{Channel: playlist.ChannelID{Site: s.ID, Alert: alert}, Revision: 1, Created: now}
			if i == len(path)-1 && !alert {
				in.Columns = columns
			}
			if s.ID == n.Site && alert == (n.Kind == playlist.KindAlert) {
				in.Notices = []*playlist.Notice{&n}
			}
			settings.Channels = append(settings.Channels, playlist.ChannelGrant{Channel: in.Channel, Keys: [][]byte{make([]byte, 32)}})
			e, _, err := playlist.Compile(in)
			if err != nil {
				return nil, m, fmt.Errorf("prepare a preview: %w", err)
			}
			l := playlist.Loaded{Edition: e, Notices: map[playlist.NoticeID]*playlist.Notice{}}
			for _, n := range in.Notices {
				l.Notices[n.ID] = n
			}
			loaded = append(loaded, l)
		}
	}
	lib, err := playlist.NewLibrary(settings, loaded)
	return lib, m, err
}

// touchNotice draws a notice on a touchscreen.
func (v *visit) touchNotice(lib *playlist.Library, id playlist.NoticeID, panel playlist.Panel, m schedule.Moment) error {
	data, err := v.drawer.touch(v.ctx, lib, panel, page.View{Kind: page.NoticePage, Notice: cmp.Or(id, "preview"), Lang: v.Language}, m)
	return v.png(data, err)
}

// png answers with a picture.
func (v *visit) png(data []byte, err error) error {
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "image/png")
	v.w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	if _, err := v.w.Write(data); err != nil && v.ctx.Err() == nil {
		v.Log.Debug("a browser went away", "path", v.r.URL.Path, "error", err)
	}
	return nil
}

// panelText writes a panel's size.
func panelText(p playlist.Panel) string { return fmt.Sprintf("%d×%d", p.Width, p.Height) }
