package console

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"math"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"

	"mingbai/playlist"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/schedule"
)

// How large boards are drawn: whole pixels to a dot, as many as fit the column
// of a page, so that every dot is as round and as far from the next as another.
const (
	pageWidth   = 1110
	columnWidth = 776 // pixels beside a picture of a touchscreen
	asideWidth  = 400 // pixels of a board beside what it plays
	boardHeight = 200 // pixels that a board should not exceed
	maxZoom     = 6
	mostPixels  = 8 << 20
	mostPages   = 6 // of one notice on one board; a fund notice may have fifty
)

// zoomOf returns how many pixels a dot of a board gets in a width.
func zoomOf(panel playlist.Panel, width int) int {
	z := min(width/max(panel.Width, 1), maxZoom)
	for z > 2 && z*panel.Height > boardHeight {
		z--
	}
	return max(z, 1)
}

// The board behind its lamps, and a lamp that is off.
var (
	soot = color.RGBA{0x0B, 0x0B, 0x0B, 255}
	dark = color.RGBA{0x21, 0x20, 0x1E, 255}
)

// lamp is how much of each pixel of a cell of z by z pixels a round lamp covers,
// 0 to 1.
func lamp(z int) []float64 {
	cover := make([]float64, z*z)
	if z == 2 { // too small for a circle: one bright pixel with its glow
		return []float64{1, 0.5, 0.5, 0.15}
	}
	const fine = 8 // samples a side
	radius := float64(z) * 0.43
	for i := range cover {
		hits := 0
		for k := range fine * fine {
			x := float64(i%z) + (float64(k%fine)+0.5)/fine - float64(z)/2
			y := float64(i/z) + (float64(k/fine)+0.5)/fine - float64(z)/2
			if x*x+y*y <= radius*radius {
				hits++
			}
		}
		cover[i] = float64(hits) / (fine * fine)
	}
	return cover
}

// lamps draws a picture of one pixel to a dot as a board of round lamps.
func lamps(dots *image.RGBA, z int) *image.RGBA {
	if z == 1 {
		return dots // too small for lamps
	}
	size := dots.Bounds().Size()
	out := image.NewRGBA(image.Rect(0, 0, size.X*z, size.Y*z))
	cover := lamp(z)
	cells := map[color.RGBA]*image.RGBA{} // boards have few colours
	for y := range size.Y {
		for x := range size.X {
			c := dots.RGBAAt(x, y)
			cell := cells[c]
			if cell == nil {
				cell = lit(c, cover, z)
				if len(cells) < 4096 { // but for pictures
					cells[c] = cell
				}
			}
			draw.Draw(out, image.Rect(x*z, y*z, x*z+z, y*z+z), cell, image.Point{}, draw.Src)
		}
	}
	return out
}

// lit draws one lamp. A lamp that gives less than the dark glass shows the glass.
func lit(c color.RGBA, cover []float64, z int) *image.RGBA {
	c = color.RGBA{max(c.R, dark.R), max(c.G, dark.G), max(c.B, dark.B), 255}
	cell := image.NewRGBA(image.Rect(0, 0, z, z))
	mix := func(a, b uint8, k float64) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*k)) }
	for i, k := range cover {
		cell.SetRGBA(i%z, i/z, color.RGBA{mix(soot.R, c.R, k), mix(soot.G, c.G, k), mix(soot.B, c.B, k), 255})
	}
	return cell
}

// staged is what one notice shows on a board: its pages, and the zone in which
// they are. An alert that takes over the board is there without zones.
type staged struct {
	set   playlist.Settings
	pages []led.Page
	in    playlist.ZoneKind
}

// stage lays a notice out for a board; nil is the board's own page.
func stage(set playlist.Settings, n *playlist.Notice, totals bool, at time.Time) staged {
	out := staged{set: set, in: playlist.NoticeZone}
	switch {
	case n == nil:
		own := set
		own.Screen.Panel = led.NoticePanel(set.Screen, set.Screen.Panel)
		out.pages = []led.Page{led.Idle(own)}
		return out
	case n.Kind == playlist.KindAlert && led.TakesOver(n, set.Screen):
		out.set.Screen.Zones = nil
	case n.Kind == playlist.KindAlert:
		out.in = playlist.AlertZone
	}
	s := out.set.Screen
	panel := s.Panel
	for _, z := range s.Zones {
		if z.Kind == out.in {
			panel.WidthMM, panel.HeightMM = panel.WidthMM*z.Width/max(panel.Width, 1), panel.HeightMM*z.Height/max(panel.Height, 1)
			panel.Width, panel.Height = z.Width, z.Height
		}
	}
	out.pages = led.Paginate(shortened(n), panel, led.OptionsAt(set, totals, at))
	return out
}

// board draws one page of what is staged as PNG, zoom pixels to a dot. lib fills
// the other zones of the board and may be nil.
func (d *drawer) board(ctx context.Context, s staged, lib *playlist.Library, page, zoom int, m schedule.Moment) ([]byte, error) {
	if err := d.acquire(ctx); err != nil {
		return nil, err
	}
	defer func() { <-d.slots }()
	p := s.pages[min(page, len(s.pages)-1)]
	panel := s.set.Screen.Panel
	for zoom > 1 && panel.Width*panel.Height*zoom*zoom > mostPixels {
		zoom--
	}
	if len(s.set.Screen.Zones) == 0 {
		return encode(lamps(paint(led.Frame(p, panel, telling(p, panel.Width), m, d.Zone)), zoom))
	}
	loop := p
	if s.in != playlist.NoticeZone { // beside an alert the loop goes on
		loop = stage(s.set, nil, false, m.Now).pages[0]
		if lib != nil {
			if slots, _ := lib.Programme(m); len(slots) > 0 {
				loop = stage(s.set, slots[0].Notice, slots[0].Totals, m.Now).pages[0]
			}
		}
	}
	var zones led.Zones
	parts, _ := zones.Parts(s.set, lib, m, 0, loop, 0)
	for i := range parts {
		if parts[i].Zone.Kind == s.in {
			parts[i].Page = p
		}
		parts[i].Elapsed = telling(parts[i].Page, parts[i].Zone.Width)
	}
	return encode(lamps(paint(led.Compose(panel, parts, m, d.Zone)), zoom))
}

// telling is the moment at which a still of a page says most: running text has
// just filled the board from the left.
func telling(p led.Page, room int) time.Duration {
	if !p.Marquee || len(p.Lines) == 0 {
		return 0
	}
	wide := utf8.RuneCountInString(p.Lines[0].Text) * p.Lines[0].Size
	if wide <= room {
		return p.Dwell / 2
	}
	return p.Dwell * time.Duration(room) / time.Duration(wide+room)
}

// settingsOf is the settings of a screen as far as drawing needs them.
func (v *visit) settingsOf(s playlist.Screen) playlist.Settings {
	out := playlist.Settings{Screen: s, Zone: v.Zone.String(), Language: v.Language}
	if tree, err := v.sites(); err == nil {
		for _, site := range tree.Path(s.Site) {
			out.Path = append(out.Path, playlist.SiteName{ID: site.ID, Kind: site.Kind, Name: site.Name, NameEn: site.NameEn})
		}
	}
	return out
}

// boardPages lays a notice out for a board.
func (v *visit) boardPages(n *playlist.Notice, t target) []led.Page {
	return stage(v.settingsOf(t.Screen), n, n.Exposes() && t.Outdoor, v.Now()).pages
}

// boardPreview lists the pages of a notice on a board; base is the address of
// their pictures, width what the page has room for.
func (v *visit) boardPreview(n *playlist.Notice, t target, base string, width int) (pages []previewPage, note string) {
	all := v.boardPages(n, t)
	panel := t.Screen.Panel
	zoom := zoomOf(panel, width)
	for i, p := range all[:min(len(all), mostPages)] {
		q := t.query()
		q.Set("page", strconv.Itoa(i))
		q.Set("zoom", strconv.Itoa(zoom))
		pages = append(pages, previewPage{
			Src: base + "?" + q.Encode(), Note: v.pageNote(i, p), Text: p.Text(),
			Width: panel.Width * zoom, Height: panel.Height * zoom,
		})
	}
	note = v.pagesNote(all, t.Screen.Panel)
	if t.Outdoor && n.Exposes() {
		note += v.t("；室外屏只显示合计，不显示名单")
	}
	return pages, note
}

// pageNote says how long a page stands, or runs.
func (v *visit) pageNote(i int, p led.Page) string {
	if p.Marquee {
		return v.t("走字，%d 秒", seconds(p.Dwell))
	}
	return v.t("第 %d 页，%d 秒", i+1, seconds(p.Dwell))
}

// pagesNote says how many pages there are, how long they take and from how far
// they are read.
func (v *visit) pagesNote(all []led.Page, panel playlist.Panel) string {
	var total time.Duration
	for _, p := range all {
		total += p.Dwell
	}
	note := v.t("共 %d 页，一轮 %d 秒", len(all), seconds(total))
	if len(all) > mostPages {
		note += v.t("（下面是前 %d 页）", mostPages)
	}
	if m := readable(all, panel); m > 0 {
		note += v.t("，最远 %d 米能看清", m) + v.t("；实物 %s × %s 米", metres(panel.WidthMM), metres(panel.HeightMM))
	}
	return note
}

// metres writes a length in millimetres.
func metres(mm int) string { return strconv.FormatFloat(float64(mm)/1000, 'f', 2, 64) }

// readable returns from how many metres the smallest characters of pages can be
// read well (DOMAIN V01); 0 where the board's size in millimetres is not known.
func readable(pages []led.Page, panel playlist.Panel) int {
	least := 0
	for _, p := range pages {
		for _, l := range p.Lines {
			if least == 0 || l.Size < least {
				least = l.Size
			}
		}
	}
	return int(float64(least)*panel.Pitch()*playlist.ReadWell/1000 + 0.5)
}

// seconds rounds a length of time as pages write it.
func seconds(d time.Duration) int { return int((d + time.Second/2) / time.Second) }

// drawNotice draws a notice on the screen or the panel that the address names.
func (v *visit) drawNotice(n playlist.Notice) error {
	t, err := v.targetOf()
	if err != nil {
		return err
	}
	return v.drawFor(t, n)
}

// drawFor answers with the picture of a notice on a screen.
func (v *visit) drawFor(t target, n playlist.Notice) error {
	if t.Screen.Kind == playlist.LED && len(t.Screen.Zones) == 0 { // it has the board to itself
		m, err := v.ready(&n)
		if err != nil {
			return err
		}
		data, err := v.drawer.board(v.ctx, stage(v.settingsOf(t.Screen), &n, n.Exposes() && t.Outdoor, m.Now), nil, v.count("page", 1000), v.zoom(), m)
		return v.png(data, err)
	}
	lib, m, err := v.rehearse(t, &n)
	if err != nil {
		return err
	}
	set := lib.Settings()
	if t.Screen.Kind == playlist.Touch {
		data, err := v.drawer.touch(v.ctx, lib, t.Screen.Panel, page.View{Kind: page.NoticePage, Notice: n.ID, Lang: set.Language}, m)
		return v.png(data, err)
	}
	data, err := v.drawer.board(v.ctx, stage(set, &n, n.Exposes() && t.Outdoor, m.Now), lib, v.count("page", 1000), v.zoom(), m)
	return v.png(data, err)
}

// zoom reads how large a board is drawn.
func (v *visit) zoom() int { return max(1, v.count("zoom", maxZoom)) }

// query is the part of an address that names a target.
func (t target) query() url.Values {
	q := url.Values{}
	if t.Any {
		q.Set("kind", string(t.Screen.Kind))
		q.Set("panel", t.size())
	} else {
		q.Set("screen", string(t.Screen.ID))
	}
	if t.Outdoor {
		q.Set("outdoor", "1")
	}
	return q
}
