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
	"mingbai/playlist/schedule"
)

// How large boards are drawn: whole pixels to a dot, as many as fit the column
// of a page, so that every dot is as round and as far from the next as another.
const (
	columnWidth = 776 // pixels beside a picture of a touchscreen
	boardHeight = 200 // pixels that a board should not exceed
	maxZoom     = 6
	mostPages   = 8 // of one notice on one board; a fund notice may have fifty
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
	if z == 1 {
		cover[0] = 1
		return cover
	}
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

// board draws a board as PNG with a page of the notices on it, zoom pixels to a
// dot. lib fills the other zones of the board and may be nil.
func (d *drawer) board(ctx context.Context, set playlist.Settings, lib *playlist.Library, p led.Page, zoom int, m schedule.Moment) ([]byte, error) {
	if err := d.acquire(ctx); err != nil {
		return nil, err
	}
	defer func() { <-d.slots }()
	s := set.Screen
	on := telling(p, led.NoticePanel(s, s.Panel))
	if len(s.Zones) == 0 {
		return encode(lamps(paint(led.Frame(p, s.Panel, on, m, d.Zone)), zoom))
	}
	var zones led.Zones
	parts, _ := zones.Parts(set, lib, m, 0, p, on)
	for i := range parts {
		if parts[i].Zone.Kind != playlist.NoticeZone {
			parts[i].Elapsed = telling(parts[i].Page, playlist.Panel{Width: parts[i].Zone.Width})
		}
	}
	return encode(lamps(paint(led.Compose(s.Panel, parts, m, d.Zone)), zoom))
}

// telling is the moment at which a still of a page says most: running text has
// just filled the board from the left.
func telling(p led.Page, panel playlist.Panel) time.Duration {
	if !p.Marquee || len(p.Lines) == 0 {
		return 0
	}
	wide := utf8.RuneCountInString(p.Lines[0].Text) * p.Lines[0].Size
	if wide <= panel.Width {
		return p.Dwell / 2
	}
	return p.Dwell * time.Duration(panel.Width) / time.Duration(wide+panel.Width)
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
func (v *visit) boardPages(n *playlist.Notice, s playlist.Screen, totals bool) []led.Page {
	return led.Paginate(n, led.NoticePanel(s, s.Panel), led.OptionsFor(v.settingsOf(s), totals))
}

// boardPreview lists the pages of a notice on a board; base is the address of
// their pictures, width what the page has room for.
func (v *visit) boardPreview(n *playlist.Notice, t target, base string, width int) (pages []previewPage, note string) {
	all := v.boardPages(n, t.Screen, n.Sensitive && t.Outdoor)
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
	return pages, v.pagesNote(all, t.Screen.Panel)
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
		note += v.t("，最远 %d 米能看清", m)
	}
	return note
}

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
	lib, m, err := v.rehearse(n)
	if err != nil {
		return err
	}
	if t.Screen.Kind == playlist.Touch {
		return v.touchNotice(lib, n.ID, t.Screen.Panel, m)
	}
	pages := v.boardPages(&n, t.Screen, n.Sensitive && t.Outdoor)
	set := v.settingsOf(t.Screen)
	if len(t.Screen.Zones) > 0 { // the other zones show what that very board has
		if full, err := v.Fleet.Library(v.ctx, t.Screen.ID); err == nil {
			lib, set = full, full.Settings()
		}
	}
	data, err := v.drawer.board(v.ctx, set, lib, pages[min(v.count("page", 1000), len(pages)-1)], v.zoom(), m)
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
