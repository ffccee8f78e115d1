package touch

import (
	"errors"
	"fmt"
	"image"
	"image/draw"
	"time"

	"mingbai/kiosk/printer"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/wire"
)

// print puts the notice on the page on paper.
func (p *Program) print(now time.Time) {
	s := &p.session
	n, ok := p.notice()
	if !ok || s.printing {
		return
	}
	if p.opt.Printer == nil || !p.opt.Printer.Ready(1, now) {
		p.say(p.words().noPaper, now)
		return
	}
	s.printing = true
	s.sheet = page.NoSheet
	p.say(p.words().printing, now)
	book, lib, m := p.book, p.lib, p.at
	p.begin(func() func(time.Time) {
		paper := grey(book.Sheets(n, lib, m))
		if len(paper) == 0 {
			return func(now time.Time) { p.printed(p.words().printFailed, now) }
		}
		if !p.opt.Printer.Ready(len(paper), now) {
			return func(now time.Time) { p.printed(fmt.Sprintf(p.words().tooLong, len(paper)), now) }
		}
		err := p.opt.Printer.Print(n.Title, paper, now)
		if err == nil {
			p.src.Count(wire.CountPrint, uint64(len(paper)))
		}
		return func(now time.Time) {
			switch {
			case errors.Is(err, printer.ErrQuota):
				p.printed(p.words().noPaper, now)
			case err != nil:
				p.printed(p.words().printFailed, now)
			default:
				p.printed(p.words().printed, now)
			}
		}
	})
}

// printed says how a print ended.
func (p *Program) printed(how string, now time.Time) {
	p.session.printing = false
	p.say(how, now)
}

// grey paints sheets as a printer without colour does, at a quarter of the
// memory.
func grey(sheets []*scene.Frame) []image.Image {
	var out []image.Image
	for _, f := range sheets {
		all := image.Rectangle{Max: f.Size}
		colours, sheet := image.NewRGBA(all), image.NewGray(all)
		scene.Paint(colours, f)
		draw.Draw(sheet, all, colours, image.Point{}, draw.Src)
		out = append(out, sheet)
	}
	return out
}
