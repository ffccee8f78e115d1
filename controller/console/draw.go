package console

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"image"
	_ "image/jpeg" // pictures of notices
	_ "image/png"
	"slices"
	"strconv"
	"sync"
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

	mu      sync.Mutex // guards what follows
	decoded []decoded  // the latest last
}

// decoded is a picture of a notice that somebody is at work on: it is drawn again
// with every key.
type decoded struct {
	ref assets.Ref
	img image.Image
}

// mostDecoded bounds the pictures that are kept, of up to six megabytes each.
const mostDecoded = 8

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
	d.mu.Lock()
	i := slices.IndexFunc(d.decoded, func(k decoded) bool { return k.ref == ref })
	if i >= 0 {
		have := d.decoded[i]
		d.decoded = append(slices.Delete(d.decoded, i, i+1), have)
		d.mu.Unlock()
		return have.img, nil
	}
	d.mu.Unlock()
	img, err := d.decode(ref)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.decoded) == mostDecoded {
		d.decoded = slices.Delete(d.decoded, 0, 1)
	}
	d.decoded = append(d.decoded, decoded{ref, img})
	return img, nil
}

func (d *drawer) decode(ref assets.Ref) (image.Image, error) {
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
	frame, _ := book.Draw(view, lib, m, touchStatus(lib, view, m))
	return encode(paint(frame))
}

// touchStatus is that of a screen at work: its line is up, it takes opinions, and
// it reads aloud what the office has recorded.
func touchStatus(lib *playlist.Library, view page.View, m schedule.Moment) page.Status {
	st := page.Status{Online: true, AsOf: m.Now.Truncate(time.Minute), Feedback: true}
	if n, _, _, ok := lib.Notice(view.Notice, m); ok && view.Kind == page.NoticePage {
		_, st.Speech = lib.Speech(n.ID, n.Version)
	}
	return st
}

func paint(f *scene.Frame) *image.RGBA {
	img := image.NewRGBA(image.Rectangle{Max: f.Size})
	scene.Paint(img, f)
	return img
}

// rehearse puts one notice, which need not be saved, among what a screen has, and
// says at which moment it is looked at: the one that the address asks for, or the
// next at which it can be seen. What is drawn is what the screen will draw, with
// everything around it.
func (v *visit) rehearse(t target, n *playlist.Notice) (*playlist.Library, schedule.Moment, error) {
	m, err := v.ready(n)
	if err != nil {
		return nil, m, err
	}
	tree, err := v.sites()
	if err != nil {
		return nil, m, err
	}
	if !slices.Contains(tree.PathIDs(t.Screen.Site), n.Site) {
		t.Screen.Site = n.Site // an example, or a screen that never shows it
	}
	lib, err := v.Fleet.Rehearse(v.ctx, t.Screen, cmp.Or(t.Language, v.Language), n)
	return lib, m, err
}

// ready gives a notice that is not finished what it needs to be drawn.
func (v *visit) ready(n *playlist.Notice) (schedule.Moment, error) {
	now := v.at()
	if now.Before(n.NotBefore) {
		now = n.NotBefore
	}
	if !n.NotAfter.IsZero() && !now.Before(n.NotAfter) {
		n.NotAfter = time.Time{}
	}
	m := schedule.Sure(now)
	tree, err := v.sites()
	if err != nil {
		return m, err
	}
	if len(tree.Path(n.Site)) == 0 { // no place is chosen yet
		root, err := tree.Root()
		if err != nil {
			return m, err
		}
		n.Site = root.ID
	}
	n.ID, n.Version = cmp.Or(n.ID, "preview"), max(n.Version, 1)
	if n.Issued.IsZero() {
		n.Issued = schedule.DateOf(now.In(v.Zone))
	}
	columns, err := v.Store.Columns(v.ctx)
	if err != nil {
		return m, err
	}
	if n.Kind != playlist.KindAlert && !slices.ContainsFunc(columns, func(c playlist.Column) bool { return c.ID == n.Column }) {
		n.Column = ""
	}
	return m, nil
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
