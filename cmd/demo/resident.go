package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"

	"mingbai/cmd/internal/book"
	"mingbai/kiosk/display/xinput"
	"mingbai/playlist"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/search"
)

// resident stands before the touchscreen and uses it with a finger on its real
// window. Where things are it knows from the same pages, drawn from the same
// county.
type resident struct {
	w     *world
	s     *screen
	hand  *xinput.Hand
	place *book.Place
	book  *page.Book
}

// guideOfStory is what the resident looks for.
const guideOfStory playlist.NoticeID = "dibao-shenqing"

// visit lets a resident look something up by pinyin, take it away and leave an
// opinion.
func (w *world) visit(ctx context.Context) (err error) {
	s := w.screens[0]
	if s.virtual == nil {
		return nil // somebody sits before the window and does it
	}
	conn, err := xinput.Open(ctx, s.virtual.Display)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	hand, err := xinput.NewHand(conn)
	if err != nil {
		return err
	}
	panel := playlist.Panel{Width: s.width, Height: s.height, WidthMM: 529, HeightMM: 941, BottomMM: 600}
	place, err := book.Open(playlist.SiteID(s.site), panel, time.Now())
	if err != nil {
		return err
	}
	r := &resident{w: w, s: s, hand: hand, place: place}
	r.book = page.New(typeset.Default(), place.Library.Settings(), place.Pictures)
	return r.visit(ctx)
}

func (r *resident) visit(ctx context.Context) error {
	if err := r.press(image.Pt(r.s.width/2, r.s.height/2)); err != nil {
		return err
	}
	home, found := page.View{Kind: page.Home}, page.View{Kind: page.SearchPage, Typing: &page.Typing{Pad: page.PinyinPad}}
	guide := page.View{Kind: page.NoticePage, Notice: guideOfStory}
	result := page.View{Kind: page.SearchPage, Typing: &page.Typing{
		Pad: page.PinyinPad, Keys: "dibao",
		Result: search.Build(r.place.Library).Find(search.Query{Mode: search.Pinyin, Keys: "dibao"}, r.place.Moment),
	}}
	opinion := page.View{Kind: page.OpinionPage}
	chosen := page.View{Kind: page.OpinionPage, Typing: &page.Typing{Pad: page.PinyinPad, Topics: 1 << 1}}
	for _, step := range []struct {
		on   page.View
		tap  string
		then string // the page that is there afterwards, and what it is called on its picture
		shot string
	}{
		{home, "", "home", "home"},
		{home, "search", "search", ""},
		{found, "key:d", "", ""}, {found, "key:i", "", ""}, {found, "key:b", "", ""}, {found, "key:a", "", ""}, {found, "key:o", "", "search"},
		{result, page.ToNotice(guideOfStory), "notice", "guide"},
		{guide, "large", "", "large"},
		{guide, "home", "home", ""},
		{home, "opinion", "opinion", ""},
		{opinion, "topic:1", "", "opinion"},
		{chosen, "submit", "thanks", "thanks"},
		{home, "end", "loop", ""},
	} {
		if step.tap != "" {
			if err := r.tap(step.on, step.tap); err != nil {
				return err
			}
		}
		if step.then != "" {
			_, err := r.w.office.until(ctx, r.s.id, "it is at page "+step.then, func(st state) bool { return st.page() == step.then })
			if err != nil {
				return err
			}
		}
		if err := r.rest(ctx); err != nil {
			return err
		}
		if step.shot != "" {
			if err := r.w.shoot(ctx, r.s, "resident-"+step.shot); err != nil {
				return err
			}
		}
		if step.tap == "large" {
			// The next is looked for at the size that everything has now.
			if err := r.tap(guide, "large"); err != nil {
				return err
			}
			if err := r.tap(guide, "large"); err != nil {
				return err
			}
		}
	}
	return r.heard(ctx)
}

// rest gives a page the time to arrive, as a person does.
func (r *resident) rest(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(400 * time.Millisecond):
		return nil
	}
}

// tap touches the middle of what does that on a page.
func (r *resident) tap(on page.View, action string) error {
	st := page.Status{Online: true, AsOf: r.place.Moment.Now, Feedback: true}
	f, _ := r.book.Draw(on, r.place.Library, r.place.Moment, st)
	for _, region := range f.Regions {
		if region.Action == action {
			return r.press(image.Pt((region.Area.Min.X+region.Area.Max.X)/2, (region.Area.Min.Y+region.Area.Max.Y)/2))
		}
	}
	return fmt.Errorf("nothing on the page %s does %q", on.Kind, action)
}

// press is a touch of 60 ms.
func (r *resident) press(at image.Point) error {
	if err := errors.Join(r.hand.Move(at), r.hand.Press()); err != nil {
		return err
	}
	<-time.After(60 * time.Millisecond) // a finger's own time
	return r.hand.Release()
}

// heard waits until the office has the opinion.
func (r *resident) heard(ctx context.Context) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		var voices struct {
			Total int `json:"total"`
		}
		if err := r.w.office.call(ctx, "GET", "/voices", nil, &voices); err != nil {
			return err
		}
		if voices.Total > 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for the opinion: %w", context.Cause(ctx))
		case <-tick.C:
		}
	}
}
