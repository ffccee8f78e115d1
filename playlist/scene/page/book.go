package page

import (
	"image"
	"image/color"
	"math"
	"sync"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/schedule"
)

// Pictures finds a decoded picture by its content address. It returns an error
// while the picture is not there.
type Pictures func(assets.Ref) (image.Image, error)

// Book draws the pages of one screen. It may be used by several goroutines.
type Book struct {
	setter   *typeset.Setter
	settings playlist.Settings
	pictures Pictures

	mu     sync.Mutex // guards everything below
	known  facts
	scaled map[pictureKey]*scene.Bitmap
	order  []pictureKey
	codes  map[codeKey]drawnCode
	tiles  tiles
}

// pictureKey is a picture at the size at which it stands on a page.
type pictureKey struct {
	ref  assets.Ref
	w, h int
}

// maxScaled bounds the pictures kept at their size on a page.
const maxScaled = 12

// New makes the book of one screen. setter is usually typeset.Default(); the
// panel, the place and the site's name come from the settings, which may be all
// empty but for the panel on a screen that is not enrolled. pictures may be nil.
func New(setter *typeset.Setter, settings playlist.Settings, pictures Pictures) *Book {
	return &Book{setter: setter, settings: settings, pictures: pictures, scaled: make(map[pictureKey]*scene.Bitmap)}
}

// Settings returns the settings that the book was made for.
func (b *Book) Settings() playlist.Settings { return b.settings }

// ctx is everything that the drawing of one page needs.
type ctx struct {
	*Book
	v      View
	lib    *playlist.Library
	moment schedule.Moment
	now    time.Time // on the screen's own clock
	status Status
	w      *words
	m      metrics
	pal    scene.Palette
	c      *scene.Canvas
	info   *Info
	origin image.Point // of the page in the frame; the low mode moves it down
	paper  bool        // a printed sheet: nothing on it can be touched
	spoken spoken
}

// Draw lays one page out. lib may be nil for Pairing, Fallback and Identify, and
// any page that cannot be drawn from lib (a notice that is gone) becomes the
// site's own card: there is always a frame.
func (b *Book) Draw(v View, lib *playlist.Library, m schedule.Moment, status Status) (*scene.Frame, Info) {
	switch v.Kind {
	case Attract, Pairing, Fallback, Identify:
		v.Large = 0 // set for distance already, and nobody's own
	}
	x := &ctx{
		Book: b, v: v, lib: lib, moment: m, status: status,
		w: wordsFor(v.Lang), m: newMetrics(b.settings.Screen.Panel, v.Large),
		pal: scene.Standard(), info: &Info{Large: min(max(v.Large, 0), len(largeSteps)-1), HighContrast: v.HighContrast},
	}
	if v.HighContrast {
		x.pal = scene.HighContrast()
	}
	x.now = m.Now.In(b.zone(lib))
	x.c = scene.NewCanvas(x.m.w, x.m.h, x.pal.Paper)
	x.lower()
	for i := range x.info.Texts {
		x.info.Texts[i].fixed = true
	}
	x.c.Offset(x.origin.X, x.origin.Y, x.draw)
	x.settle()
	return x.c.Frame(), *x.info
}

func (b *Book) zone(lib *playlist.Library) *time.Location {
	if lib != nil {
		return lib.Zone()
	}
	if loc, err := time.LoadLocation(b.settings.Zone); err == nil && b.settings.Zone != "" {
		return loc
	}
	return time.FixedZone("", 8*60*60)
}

func (x *ctx) draw() {
	switch x.v.Kind {
	case Pairing:
		x.pairing()
	case Identify:
		x.identify()
	case Attract:
		x.attract()
	case PicturePage:
		if x.lib == nil || !x.picturePage() {
			x.fallback()
		} else {
			x.over()
		}
	case Home, ColumnPage, Postings, Latest, NoticePage, SearchPage, OpinionPage, ThanksPage:
		if x.lib == nil || !x.reading() {
			x.fallback()
		} else {
			x.over()
		}
	default:
		x.fallback()
	}
	if x.v.Idle > 0 {
		x.dialog()
	}
}

// set sets text in a width, from the setter's cache where it has been before.
func (x *ctx) set(text string, st typeset.Style, width int) *typeset.Para {
	return x.setter.Paragraph(text, st, width)
}

func (x *ctx) style(role typeset.Role, size int, leading float64, col color.RGBA) typeset.Style {
	return typeset.Style{Role: role, Size: size, Leading: int(math.Round(float64(size) * leading)), Color: col}
}

// The voices of a page.
func (x *ctx) small(col color.RGBA) typeset.Style {
	return x.style(typeset.Sans, x.m.t(sizeSmall), 1.45, col)
}

func (x *ctx) smallBold(col color.RGBA) typeset.Style {
	return x.style(typeset.Bold, x.m.t(sizeSmall), 1.45, col)
}

func (x *ctx) body(col color.RGBA) typeset.Style {
	return x.style(typeset.Sans, x.m.t(sizeBody), 1.5, col)
}

func (x *ctx) bodyBold(col color.RGBA) typeset.Style {
	return x.style(typeset.Bold, x.m.t(sizeBody), 1.5, col)
}

func (x *ctx) lead(col color.RGBA) typeset.Style {
	return x.style(typeset.Bold, x.m.title(sizeLead), 1.35, col)
}

func (x *ctx) serif(size int, col color.RGBA) typeset.Style {
	st := x.style(typeset.Serif, x.m.title(size), 1.35, col)
	return st
}

// accent is the colour of a domain, with the tint that goes with it.
func (x *ctx) accent(f playlist.Field) (strong, tint color.RGBA) {
	switch f {
	case playlist.Party:
		return x.pal.Party, x.pal.PartyTint
	case playlist.VillageDo:
		return x.pal.Village, x.pal.VillageTint
	case playlist.Money:
		return x.pal.Money, x.pal.MoneyTint
	}
	return x.pal.Government, x.pal.GovernmentTint
}

// field is the domain of a notice: its column's, or what its kind implies.
func (x *ctx) field(n *playlist.Notice) playlist.Field {
	if c, ok := x.lib.Column(n.Column); ok && c.Field != "" {
		return c.Field
	}
	if n.Kind == playlist.KindFund {
		return playlist.Money
	}
	return playlist.Government
}

// title is a notice's title in the page's language.
func (x *ctx) title(n *playlist.Notice) string {
	if x.w.en && n.TitleEn != "" {
		return n.TitleEn
	}
	return n.Title
}

func (x *ctx) columnName(c playlist.Column) string {
	if x.w.en && c.NameEn != "" {
		return c.NameEn
	}
	return c.Name
}

// siteName is the screen's own site in the page's language.
func (x *ctx) siteName() string {
	if len(x.settings.Path) == 0 {
		return "明白"
	}
	own := x.settings.Path[0]
	if x.w.en && own.NameEn != "" {
		return own.NameEn
	}
	return own.Name
}

// bitmap returns a notice's picture scaled to fit the box, or nil while it is
// not there.
func (x *ctx) bitmap(p playlist.Picture, box image.Point) *scene.Bitmap {
	if len(p.Renditions) == 0 || x.pictures == nil {
		return nil
	}
	best := p.Renditions[0]
	size := scene.Contain(image.Pt(best.Width, best.Height), box)
	for _, r := range p.Renditions[1:] {
		if r.Width >= size.X && r.Height >= size.Y && r.Width < best.Width {
			best = r
		}
	}
	key := pictureKey{best.Ref, size.X, size.Y}
	x.mu.Lock()
	defer x.mu.Unlock()
	if have, ok := x.scaled[key]; ok {
		return have
	}
	img, err := x.pictures(best.Ref)
	if err != nil {
		// Fetching and its failures are told by who fetches; the page is drawn
		// again when the picture is there.
		return nil
	}
	made := scaled(img, size)
	if len(x.order) == maxScaled {
		delete(x.scaled, x.order[0])
		x.order = x.order[1:]
	}
	x.scaled[key], x.order = made, append(x.order, key)
	return made
}

type colour = color.RGBA
