package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"image"
	"image/draw"
	"image/png"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mingbai/assets"
	"mingbai/controller/accounts"
	"mingbai/kiosk"
	"mingbai/kiosk/headless"
	kioskled "mingbai/kiosk/led"
	"mingbai/kiosk/player"
	"mingbai/kiosk/touch"
	"mingbai/playlist"
	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/schedule"
	"mingbai/playlist/speech"
	"mingbai/playlist/wire"
)

// pixels is a picture to compare: its size and what its dots hash to.
type pixels struct {
	size image.Point
	sum  uint64
}

var seed = maphash.MakeSeed()

func pixelsOf(m *image.RGBA) pixels { return pixels{m.Rect.Size(), maphash.Bytes(seed, m.Pix)} }

// desk is a clerk's browser at the console.
type desk struct {
	http.Client
	base string
}

func (o *planned) desk() *desk {
	o.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		o.t.Fatal(err)
	}
	server := httptest.NewServer(o.c.Handler())
	o.t.Cleanup(server.Close)
	d := &desk{Client: http.Client{Jar: jar}, base: server.URL}
	const password = "correct horse battery"
	o.must(o.c.Accounts.Create(o.t.Context(), accounts.Person{Login: "test"}, accounts.Details{Login: "wang", Name: "王敏", Site: "qinghe", Roles: accounts.Publishing}, password))
	resp, err := d.PostForm(d.base+"/signin", url.Values{"login": {"wang"}, "password": {password}})
	if err != nil {
		o.t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		o.t.Fatalf("signing in: %s", resp.Status)
	}
	return d
}

// preview fetches the console's picture of a notice on a screen.
func (d *desk) preview(t *testing.T, id playlist.NoticeID, q url.Values) pixels {
	t.Helper()
	resp, err := d.Get(d.base + "/notices/" + string(id) + "/preview.png?" + q.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("preview of %s: %s, %v", id, resp.Status, err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("preview of %s: %v", id, err)
	}
	out, ok := img.(*image.RGBA)
	if !ok {
		out = image.NewRGBA(image.Rectangle{Max: img.Bounds().Size()})
		draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	}
	return pixelsOf(out)
}

// posed is a device of which the test sets the time and that has what the office
// has.
type posed struct {
	still
	blobs *assets.Store
}

func (p *posed) Blob(ref assets.Ref, limit int64) ([]byte, error) { return p.blobs.Read(ref, limit) }
func (p *posed) Say(wire.Voice) (string, error)                   { return "", errors.New("nobody speaks here") }
func (p *posed) Count(string, uint64)                             {}
func (p *posed) Lit(int) bool                                     { return false }
func (p *posed) EmptySearch(string)                               {}
func (p *posed) HasSpeech(playlist.NoticeID, int) bool            { return false }
func (p *posed) Wake()                                            {}
func (p *posed) Speech(playlist.NoticeID, int) (*speech.Recording, error) {
	return nil, assets.ErrNotFound
}

// resident is a touchscreen's program with somebody who walks to one notice after
// the other by touching what leads there. As a Program it shows where the walk has
// come to, so that a presenter takes pictures of it.
type resident struct {
	*touch.Program
	lib   *playlist.Library
	now   time.Time
	frame *scene.Frame
}

func (r *resident) Step(time.Time, []player.Event) (*scene.Frame, time.Time) {
	return r.frame, scene.Still
}

// pass lets time go by until nothing moves.
func (r *resident) pass() {
	r.now = r.now.Add(time.Second)
	r.frame, _ = r.Program.Step(r.now, nil)
	r.now = r.now.Add(time.Second)
	r.frame, _ = r.Program.Step(r.now, nil)
}

// tap touches what does an action; false when it is not on the page.
func (r *resident) tap(action string) bool {
	for _, g := range r.frame.Regions {
		if g.Action != action {
			continue
		}
		at := g.Area.Min.Add(g.Area.Max).Div(2)
		r.Program.Step(r.now, []player.Event{{Kind: player.Down, ID: 1, At: at, Time: r.now}})
		r.now = r.now.Add(60 * time.Millisecond)
		r.Program.Step(r.now, []player.Event{{Kind: player.Up, ID: 1, At: at, Time: r.now}})
		r.pass()
		return true
	}
	return false
}

// find scrolls down until an action is on the page, and takes it.
func (r *resident) find(action string) bool {
	for range 60 {
		if r.tap(action) {
			return true
		}
		if !r.tap(page.Action{Verb: page.DoScroll, Arg: "down"}.String()) {
			return false
		}
	}
	return false
}

// walkTo goes to a notice from home through the columns in which it is filed.
func (r *resident) walkTo(n *playlist.Notice) error {
	if r.tap(page.ToNotice(n.ID)) { // it is in the list that one came from
		return nil
	}
	r.tap(string(page.DoStart))
	r.tap(string(page.DoHome))
	var path []playlist.ColumnID
	for id := n.Column; id != ""; {
		c, ok := r.lib.Column(id)
		if !ok {
			return fmt.Errorf("notice %s is filed nowhere", n.ID)
		}
		path = append(path, id)
		id = c.Parent
	}
	slices.Reverse(path)
	if !r.tap(page.ToColumn(path[0])) && !(r.find(string(page.DoColumns)) && r.find(page.ToColumn(path[0]))) {
		return fmt.Errorf("no way leads to column %s", path[0])
	}
	for _, id := range path[1:] {
		if !r.find(page.ToColumn(id)) {
			break // its notices are listed with those of the column above
		}
	}
	if !r.find(page.ToNotice(n.ID)) {
		return fmt.Errorf("no way leads to notice %s", n.ID)
	}
	return nil
}

// screenshots has a resident walk to every notice and takes a picture of each, as
// a device without a window takes it.
func screenshots(t *testing.T, dev *posed, panel playlist.Panel, notices []*playlist.Notice) map[playlist.NoticeID]pixels {
	out := map[playlist.NoticeID]pixels{}
	synctest.Test(t, func(t *testing.T) {
		r := &resident{Program: touch.New(dev, touch.Options{Panel: panel, Idle: time.Hour}), lib: dev.status.Library, now: time.Now()}
		defer r.Program.Close()
		r.pass()
		screen := headless.New(image.Pt(panel.Width, panel.Height))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- screen.Run(ctx, r) }()
		synctest.Wait()
		for _, n := range notices {
			if err := r.walkTo(n); err != nil {
				t.Error(err)
				continue
			}
			screen.Wake()
			synctest.Wait()
			m, err := screen.Screenshot(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if dev.shows.Notice != n.ID {
				t.Errorf("the device says that it shows %s, not %s", dev.shows.Notice, n.ID)
			}
			out[n.ID] = pixelsOf(m)
			r.tap(string(page.DoBack))
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return out
}

// boardShots plays a notice on a board and takes a picture of each of its pages.
func boardShots(t *testing.T, dev *posed, panel playlist.Panel, n *playlist.Notice) (out []pixels) {
	t.Helper()
	full := dev.status.Library
	ch := playlist.ChannelID{Site: n.Site}
	e, _, err := playlist.Compile(playlist.CompileInput{
		Channel: ch, Revision: 1, Created: full.Created(), Notices: []*playlist.Notice{n},
		Playlists: []playlist.Playlist{{ID: "one", Name: "一条", Items: []playlist.Item{{Notice: n.ID}}}},
		Rules:     []schedule.Rule{{ID: "one", Name: "一直", Playlist: "one", Level: schedule.Normal}},
	})
	if err != nil {
		t.Fatal(err)
	}
	lib, err := playlist.NewLibrary(full.Settings(), []playlist.Loaded{{Edition: e, Notices: map[playlist.NoticeID]*playlist.Notice{n.ID: n}}})
	if err != nil {
		t.Fatal(err)
	}
	alone := &posed{still: still{status: dev.status}, blobs: dev.blobs}
	alone.status.Library = lib
	board := kioskled.New(alone, panel)
	from := alone.status.Moment.Now
	for at, before := from, (*scene.Frame)(nil); at.Sub(from) < 4*time.Minute; {
		alone.status.Moment = schedule.Sure(at)
		frame, next := board.Step(at, nil)
		board.Presented(frame, at)
		if alone.shows.Notice != n.ID {
			t.Fatalf("the board shows %s (%s), not %s", alone.shows.Page, alone.shows.Why, n.ID)
		}
		if !frame.Equal(before) {
			img := image.NewRGBA(image.Rectangle{Max: frame.Size})
			scene.Paint(img, frame)
			if p := pixelsOf(img); !slices.Contains(out, p) {
				out = append(out, p)
			}
			before = frame
		}
		at = at.Add(max(next.Sub(at), time.Millisecond))
	}
	return out
}

// TestPreviewsAreTheScreensPixels compares, for every notice of the sample county,
// the picture that the console shows to whoever reviews it with what a screen at
// the notice's own site shows: whole frames, dot by dot, a touchscreen to which
// somebody walks and boards of all colours and of two.
func TestPreviewsAreTheScreensPixels(t *testing.T) {
	o := openPlanned(t)
	ctx := t.Context()
	d := o.desk()
	tree, err := o.c.Store.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	upright := playlist.Panel{Width: 1080, Height: 1920, WidthMM: 268, HeightMM: 476}
	gate := playlist.Panel{Width: 192, Height: 64, WidthMM: 1920, HeightMM: 640, Colours: playlist.FullColour}
	two := gate
	two.Colours = playlist.DualColour
	at := time.Now().In(time.FixedZone("", 8*60*60)).Truncate(time.Minute).Add(time.Minute)
	touched, played, pages := 0, 0, 0
	for _, site := range tree.Sites() {
		rows, err := o.c.Store.LiveNotices(ctx, playlist.ChannelID{Site: site.ID})
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 || slowness > 4 && site.Kind != playlist.Village {
			continue // with -race the villages stand for all
		}
		for _, s := range []playlist.Screen{
			{ID: playlist.ScreenID("look-touch-" + site.ID), Site: site.ID, Kind: playlist.Touch, Name: "触摸屏", Panel: upright},
			{ID: playlist.ScreenID("look-gate-" + site.ID), Site: site.ID, Kind: playlist.LED, Name: "门口屏", Panel: gate},
			{ID: playlist.ScreenID("look-two-" + site.ID), Site: site.ID, Kind: playlist.LED, Name: "双色屏", Panel: two},
		} {
			o.must(o.c.Fleet.Add(ctx, "test", s, "zh"))
			lib := o.device(s.ID)
			dev := &posed{still: still{status: kiosk.Status{Library: lib, Enrolled: true, Online: true, AsOf: at, Moment: schedule.Sure(at)}}, blobs: o.c.Blobs}
			var notices []*playlist.Notice
			for _, row := range rows {
				n, _, _, ok := lib.Notice(row.Notice, dev.status.Moment)
				if !ok {
					t.Errorf("screen %s does not have notice %s", s.ID, row.Notice)
					continue
				}
				notices = append(notices, n)
			}
			slices.SortStableFunc(notices, func(a, b *playlist.Notice) int { return strings.Compare(string(a.Column), string(b.Column)) })
			q := url.Values{"screen": {string(s.ID)}, "at": {at.Format("2006-01-02T15:04")}, "zoom": {"1"}}
			if s.Kind == playlist.Touch {
				shots := screenshots(t, dev, s.Panel, notices)
				for _, n := range notices {
					if p := d.preview(t, n.ID, q); p != shots[n.ID] {
						t.Errorf("%s: the preview is not what the touchscreen shows (%v and %v)", n.ID, p.size, shots[n.ID].size)
					}
					touched++
				}
				continue
			}
			for _, n := range notices {
				shots := boardShots(t, dev, s.Panel, n)
				var previews []pixels
				for i := range 100 {
					q.Set("page", fmt.Sprint(i))
					p := d.preview(t, n.ID, q)
					if len(previews) > 0 && p == previews[len(previews)-1] {
						break // the last page is shown for every one after it
					}
					if !slices.Contains(previews, p) {
						previews = append(previews, p)
					}
				}
				for i, p := range previews {
					if !slices.Contains(shots, p) {
						t.Errorf("%s on %s: page %d of the preview is nowhere on the board", n.ID, s.ID, i+1)
					}
				}
				if len(previews) != len(shots) {
					t.Errorf("%s on %s: %d pages in the preview, %d on the board", n.ID, s.ID, len(previews), len(shots))
				}
				played, pages = played+1, pages+len(shots)
			}
		}
	}
	t.Logf("%d notices on touchscreens, %d on boards with %d pages", touched, played, pages)
	if slowness <= 4 && (touched < 150 || played < 300) || touched < 10 {
		t.Errorf("only %d and %d notices were compared", touched, played)
	}
}
