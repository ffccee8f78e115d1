package console

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/hub"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// picturesView is the view of all screens as a wall of pictures, and
// picturesPerPage how many hang on one.
const (
	picturesView    = "pictures"
	picturesPerPage = 24

	oldPicture    = 36 * time.Hour // older than yesterday's
	pictureWithin = time.Minute    // a picture that was asked for comes
)

type picturesPage struct {
	frame
	sift
	Chips          []chip
	Hidden         [][2]string
	Wall           wall
	Listed, Total  int
	First, Last    int
	Earlier, Later string
	List           string // the address of the other view
	Live           string
}

// wall is the part with the pictures. It is refreshed.
type wall struct {
	Tiles []tile
	Path  string // to come back to
	Tend  bool
}

// tile is one screen on the wall.
type tile struct {
	screenFact
	SiteName    string
	Shot, Taken string // address and time of its newest picture
	Old         bool   // more than a day
	Asked       bool   // a newer one is on its way
	Portrait    bool
}

func (v *visit) showPictures(s sift, r *roll, within map[playlist.SiteID]bool) error {
	p := picturesPage{frame: v.page(v.t("全部屏幕")), sift: s, List: s.but(func(t *sift) { t.View = "" })}
	left := s.passes(r, within)
	p.Listed, p.Total = len(left), len(r.all)
	if s.From >= p.Listed {
		s.From = 0
	}
	some := left[s.From:min(s.From+picturesPerPage, len(left))]
	var err error
	if p.Wall, err = v.wall(s, some); err != nil {
		return err
	}
	p.First, p.Last = s.From+1, s.From+len(some)
	page := func(from int) string { t := s; t.From = from; return t.path() }
	if s.From > 0 {
		p.Earlier = page(max(s.From-picturesPerPage, 0))
	}
	if p.Last < p.Listed {
		p.Later = page(p.Last)
	}
	q := url.Values{"back": {s.path()}}
	for _, e := range some {
		q.Add("screen", string(e.ID))
	}
	p.Live = "/screens/pictures/live?" + q.Encode()
	var o overviewPage
	o.sift = s
	v.choices(&o, r, nil)
	p.Chips, p.Hidden = o.Chips, append(o.Hidden, [2]string{"view", picturesView})
	return v.show("pictures", p)
}

func (v *visit) wall(s sift, some []*enrolment) (wall, error) {
	w := wall{Path: s.path(), Tend: v.has(tends)}
	for _, e := range some {
		t := tile{screenFact: e.screenFact, SiteName: v.siteName(e.Site), Portrait: e.Kind == playlist.Touch}
		shot, err := v.Fleet.LatestShot(v.ctx, e.ID)
		switch {
		case err == nil:
			t.Shot, t.Taken = fmt.Sprintf("/screens/%s/shot.png?%s", e.ID, shot.Shot.Short()), v.ago(shot.Done)
			t.Old = v.Now().Sub(shot.Done) > oldPicture
		case !errors.Is(err, store.ErrNotFound):
			return w, err
		}
		last, err := v.Store.Commands(v.ctx, e.ID, 1)
		if err != nil {
			return w, err
		}
		t.Asked = len(last) > 0 && last[0].Kind == wire.CommandScreenshot && last[0].Done.IsZero() && v.Now().Sub(last[0].Created) < pictureWithin
		w.Tiles = append(w.Tiles, t)
	}
	return w, nil
}

// namedOnWall are the screens of a request that hang on one wall, as far as the
// visitor sees them.
func (v *visit) namedOnWall(names []string) ([]*enrolment, error) {
	sees, err := v.oversees()
	if err != nil {
		return nil, err
	}
	r, err := v.roll()
	if err != nil {
		return nil, err
	}
	var out []*enrolment
	for i, name := range names {
		if e := r.of(playlist.ScreenID(name)); e != nil && i < picturesPerPage && (sees == nil || sees[e.Site]) {
			out = append(out, e)
		}
	}
	return out, nil
}

func livePictures(v *visit) error {
	some, err := v.namedOnWall(v.r.URL.Query()["screen"])
	if err != nil {
		return err
	}
	w, err := v.wall(sift{}, some)
	if err != nil {
		return err
	}
	w.Path = localPath(v.query("back"))
	return v.part("pictures", "wall", w)
}

// takePictures asks the screens of a wall for their pixels. One that is away or
// busy is passed over: its tile says how old its picture is.
func takePictures(v *visit) error {
	some, err := v.namedOnWall(v.r.PostForm["screen"])
	if err != nil {
		return err
	}
	for _, e := range some {
		if err := v.reach(e.Site); err != nil {
			return err
		}
	}
	for _, e := range some {
		_, err := v.Fleet.Command(v.ctx, v.person.Login, e.ID, wire.CommandScreenshot, 0)
		if err != nil && !errors.Is(err, fleet.ErrOffline) && !errors.Is(err, hub.ErrQueueFull) && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	back, err := url.Parse(localPath(v.form("back")))
	if err != nil || back.Path != "/screens" {
		back = &url.URL{Path: "/screens", RawQuery: "view=" + picturesView}
	}
	q := back.Query()
	q.Set("done", "pictures")
	return v.to("/screens?" + q.Encode())
}
