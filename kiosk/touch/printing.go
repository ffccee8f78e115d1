package touch

import (
	"errors"
	"image"
	"time"

	"mingbai/kiosk/printer"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// sheets is what a page.Book can put on paper.
type sheets interface {
	Sheets(n *playlist.Notice, lib *playlist.Library, m schedule.Moment) []*scene.Frame
}

// print puts the notice on the page on paper.
func (p *Program) print(now time.Time) {
	s := &p.session
	n, ok := p.notice()
	if !ok || s.printing {
		return
	}
	book, ok := any(p.book).(sheets)
	if !ok || p.opt.Printer == nil || !p.opt.Printer.Ready(1, now) {
		p.say(p.words().noPaper, now)
		return
	}
	s.printing = true
	s.sheet = page.NoSheet
	p.say(p.words().printing, now)
	lib, m := p.lib, p.at
	p.begin(func() func(time.Time) {
		var paper []image.Image
		for _, f := range book.Sheets(n, lib, m) {
			img := image.NewRGBA(image.Rectangle{Max: f.Size})
			scene.Paint(img, f)
			paper = append(paper, img)
		}
		err := p.opt.Printer.Print(n.Title, paper, now)
		if err == nil {
			p.src.Count(wire.CountPrint, uint64(len(paper)))
		}
		return func(now time.Time) {
			p.session.printing = false
			switch {
			case errors.Is(err, printer.ErrQuota):
				p.say(p.words().noPaper, now)
			case err != nil:
				p.say(p.words().printFailed, now)
			default:
				p.say(p.words().printed, now)
			}
		}
	})
}
