package console

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/jpeg" // pictures of notices
	"image/png"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/led"
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

// led draws all pages of a notice on a board, one below the other, as PNG with
// one pixel for a dot.
func (d *drawer) led(ctx context.Context, pages []led.Page, panel playlist.Panel, m schedule.Moment) ([]byte, error) {
	if err := d.acquire(ctx); err != nil {
		return nil, err
	}
	defer func() { <-d.slots }()
	const gap = 4
	most := max(1, maxPanel/(panel.Height+gap))
	pages = pages[:min(len(pages), most)]
	all := image.NewRGBA(image.Rect(0, 0, panel.Width, len(pages)*(panel.Height+gap)-gap))
	draw.Draw(all, all.Bounds(), image.NewUniform(color.RGBA{0xF6, 0xF4, 0xEF, 255}), image.Point{}, draw.Src)
	for i, p := range pages {
		elapsed := time.Duration(0)
		if p.Marquee {
			elapsed = p.Dwell / 2 // in the middle of its way
		}
		img := paint(led.Frame(p, panel, elapsed, m, d.Zone))
		at := image.Rect(0, i*(panel.Height+gap), panel.Width, i*(panel.Height+gap)+panel.Height)
		draw.Draw(all, at, img, image.Point{}, draw.Src)
	}
	return encode(all)
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

// panelOf reads a panel from an address: touch or led, and 1080x1920.
func panelOf(kind, size string) (playlist.ScreenKind, playlist.Panel, bool) {
	w, h, ok := strings.Cut(size, "x")
	width, err1 := strconv.Atoi(w)
	height, err2 := strconv.Atoi(h)
	k := playlist.ScreenKind(kind)
	if !ok || err1 != nil || err2 != nil || width < 32 || height < 8 || width > maxPanel || height > maxPanel || k != playlist.Touch && k != playlist.LED {
		return k, playlist.Panel{}, false
	}
	return k, playlist.Panel{Width: width, Height: height}, true
}

// target is one size of screen on which a notice will be seen.
type target struct {
	Kind    playlist.ScreenKind
	Panel   playlist.Panel
	Count   int  // screens of this size
	Outdoor bool // all of them stand in the street: totals only
	Any     bool // no screen is there yet; the size is an example
}

func (t target) size() string { return fmt.Sprintf("%dx%d", t.Panel.Width, t.Panel.Height) }

// targets finds the sizes of screens at a site and below, the most common of
// each kind first: one touchscreen and at most two boards.
func (v *visit) targets(site playlist.SiteID) ([]target, error) {
	rows, err := v.Store.Screens(v.ctx)
	if err != nil {
		return nil, err
	}
	tree, err := v.sites()
	if err != nil {
		return nil, err
	}
	type key struct {
		kind          playlist.ScreenKind
		width, height int
	}
	found := map[key]*target{}
	for _, s := range rows {
		if !slices.Contains(tree.PathIDs(s.Site), site) {
			continue
		}
		k := key{s.Kind, s.Panel.Width, s.Panel.Height}
		if found[k] == nil {
			found[k] = &target{Kind: s.Kind, Panel: s.Panel, Outdoor: true}
		}
		found[k].Count++
		found[k].Outdoor = found[k].Outdoor && s.Outdoor
	}
	var all []target
	for _, t := range found {
		all = append(all, *t)
	}
	slices.SortFunc(all, func(a, b target) int {
		return cmp.Or(cmp.Compare(b.Kind, a.Kind), cmp.Compare(b.Count, a.Count), cmp.Compare(b.size(), a.size()))
	})
	var out []target
	touch, boards := 0, 0
	for _, t := range all {
		switch {
		case t.Kind == playlist.Touch && touch < 1:
			touch++
			out = append(out, t)
		case t.Kind == playlist.LED && boards < 2:
			boards++
			out = append(out, t)
		}
	}
	if touch == 0 {
		out = append([]target{{Kind: playlist.Touch, Panel: playlist.Panel{Width: 1080, Height: 1920}, Any: true}}, out...)
	}
	if boards == 0 {
		out = append(out, target{Kind: playlist.LED, Panel: playlist.Panel{Width: 192, Height: 64}, Any: true})
	}
	return out, nil
}

// label says what a preview shows.
func (v *visit) label(t target) string {
	size := fmt.Sprintf("%d×%d", t.Panel.Width, t.Panel.Height)
	switch {
	case t.Any && t.Kind == playlist.Touch:
		return v.t("范围内还没有触摸屏，样例 %s", size)
	case t.Any:
		return v.t("范围内还没有 LED 屏，样例 %s", size)
	case t.Kind == playlist.Touch:
		return v.t("将显示在 %d 台触摸屏（%s）", t.Count, size)
	default:
		return v.t("将显示在 %d 块 LED 屏（%s）", t.Count, size)
	}
}

// sample says on what a preview is, for a notice of whose place on screens
// something else tells.
func (v *visit) sample(t target) string {
	size := panelText(t.Panel)
	if t.Kind == playlist.LED {
		return v.t("在 LED 屏上的样子（%s）", size)
	}
	return v.t("在触摸屏上的样子（%s）", size)
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

// boardPages lays a notice out for a board at its site.
func (v *visit) boardPages(n *playlist.Notice, panel playlist.Panel, totals bool) []led.Page {
	o := led.Options{Totals: totals}
	if tree, err := v.sites(); err == nil {
		o.Own = tree.PathIDs(n.Site)
	}
	return led.Paginate(n, panel, o)
}

// drawNotice draws a notice on the panel that the address names.
func (v *visit) drawNotice(n playlist.Notice) error {
	kind, panel, ok := panelOf(v.query("kind"), v.query("panel"))
	if !ok {
		return v.png(nil, assets.ErrNotFound)
	}
	lib, m, err := v.rehearse(n)
	if err != nil {
		return err
	}
	if kind == playlist.LED {
		panel.Colours = playlist.LEDColours(v.query("colours"))
		data, err := v.drawer.led(v.ctx, v.boardPages(&n, panel, n.Sensitive && v.query("outdoor") != ""), panel, m)
		return v.png(data, err)
	}
	id := n.ID
	if id == "" {
		id = "preview"
	}
	data, err := v.drawer.touch(v.ctx, lib, panel, page.View{Kind: page.NoticePage, Notice: id, Lang: v.Language}, m)
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

// idlePages is a board's own page.
func (v *visit) idlePages(lib *playlist.Library) []led.Page {
	return []led.Page{led.Idle(lib.Settings())}
}

// panelText writes a panel's size.
func panelText(p playlist.Panel) string { return fmt.Sprintf("%d×%d", p.Width, p.Height) }
