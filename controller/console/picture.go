package console

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/schedule"
)

// shown is one turn of what a screen shows: an alert, a notice of the loop, or
// without either the screen's own page.
type shown struct {
	lib    *playlist.Library
	moment schedule.Moment
	notice *playlist.Notice
	totals bool
	view   page.View // of a touchscreen
}

// shown finds a turn at an instant: alerts come first, then the loop. A turn
// that is not there is the screen's own page.
func (v *visit) shown(id playlist.ScreenID, slot int, at time.Time) (shown, error) {
	lib, err := v.Fleet.Library(v.ctx, id)
	if err != nil {
		return shown{}, err
	}
	out := shown{lib: lib, moment: schedule.Sure(at), view: page.View{Kind: page.Fallback, Lang: lib.Settings().Language}}
	slots, _ := lib.Programme(out.moment)
	alerts := lib.Alerts(out.moment)
	switch {
	case len(alerts) > 0 && slot < len(alerts):
		out.notice = alerts[slot]
		out.view.Kind, out.view.Notice = page.NoticePage, out.notice.ID
	case slot-len(alerts) < len(slots) && len(slots) > 0:
		s := slots[slot-len(alerts)]
		out.notice, out.totals = s.Notice, s.Totals
		out.view.Kind, out.view.Notice, out.view.Slide, out.view.Slides = page.Attract, s.Notice.ID, slot-len(alerts), len(slots)
	}
	return out, nil
}

// at reads the instant that an address asks for; it is now when it asks for none
// or for one that cannot be read.
func (v *visit) at() time.Time {
	t, err := time.ParseInLocation(dayTime, v.query("at"), v.Zone)
	if err != nil {
		return v.Now()
	}
	return t
}

// screenPicture lists the pictures of a turn, a board's in a width of pixels. A
// zero instant is now.
func (v *visit) screenPicture(s playlist.Screen, slot int, at time.Time, width int) (preview, error) {
	p := preview{Kind: string(s.Kind), Label: v.t("应该显示的画面（与屏幕同一套像素）")}
	base := fmt.Sprintf("/screens/%s/preview.png", s.ID)
	q := url.Values{"slot": {strconv.Itoa(slot)}}
	if at.IsZero() {
		at = v.Now()
	} else {
		q.Set("at", v.local(at).Format(dayTime))
	}
	if s.Kind != playlist.LED {
		p.Pages = []previewPage{v.touchPreview(q, base, s.Panel, p.Label)}
		return p, nil
	}
	turn, err := v.shown(s.ID, slot, at)
	if err != nil {
		return p, err
	}
	pages := stage(turn.lib.Settings(), turn.notice, turn.totals, turn.moment.Now).pages
	zoom := zoomOf(s.Panel, width)
	large := max(zoom, zoomOf(s.Panel, pageWidth))
	for i, page := range pages[:min(len(pages), mostPages)] {
		q.Set("page", strconv.Itoa(i))
		q.Set("zoom", strconv.Itoa(large))
		one := previewPage{Large: base + "?" + q.Encode(), Text: page.Text(), Width: s.Panel.Width * zoom, Height: s.Panel.Height * zoom}
		q.Set("zoom", strconv.Itoa(zoom))
		one.Src = base + "?" + q.Encode()
		if turn.notice != nil {
			one.Note = v.pageNote(i, page)
		}
		p.Pages = append(p.Pages, one)
	}
	if turn.notice != nil {
		p.Note = v.pagesNote(pages, s.Panel)
	}
	return p, nil
}

// screenPreview draws one picture of a screen: the turn of the loop and the page
// that the address names.
func screenPreview(v *visit) error {
	id, err := v.screenID()
	if err != nil {
		return err
	}
	turn, err := v.shown(id, v.count("slot", 1000), v.at())
	if err != nil {
		return err
	}
	screen := turn.lib.Settings().Screen
	if screen.Kind == playlist.LED {
		data, err := v.drawer.board(v.ctx, stage(turn.lib.Settings(), turn.notice, turn.totals, turn.moment.Now), turn.lib, v.count("page", 1000), v.zoom(), turn.moment)
		return v.png(data, err)
	}
	data, err := v.drawer.touch(v.ctx, turn.lib, screen.Panel, turn.view, turn.moment)
	return v.png(data, err)
}
