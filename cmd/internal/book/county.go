// Package book draws the picture book of the touchscreen: every page of the
// sample county on an upright and a wide panel, at normal and at large size, in
// high contrast, in Chinese and in English.
//
// It promises pages drawn by the same code, from the same notices, as on a
// screen, with no program running. It leaves to others to look at them; its own
// test is the layout lint over all of them.
package book

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // pictures of the sample
	_ "image/png"
	"sync"
	"time"

	"mingbai/assets"
	"mingbai/configs"
	"mingbai/configs/intake"
	"mingbai/playlist"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/schedule"
)

// Place is a screen's place in the sample county with all that it may show.
type Place struct {
	Library  *playlist.Library
	Warned   *playlist.Library // with the sample's alerts in force
	Alerts   []playlist.NoticeID
	Pictures page.Pictures
	Moment   schedule.Moment
}

// Upright and Wide are the panels of the book: 21.5 inches, at eye level.
var (
	Upright = playlist.Panel{Width: 1080, Height: 1920, WidthMM: 268, HeightMM: 476, BottomMM: 720}
	Wide    = playlist.Panel{Width: 1920, Height: 1080, WidthMM: 476, HeightMM: 268, BottomMM: 860}
)

// Open reads the sample county as a touchscreen at the site sees it at that
// instant.
func Open(site playlist.SiteID, panel playlist.Panel, at time.Time) (*Place, error) {
	county, err := intake.Load(configs.Sample(), schedule.DateOf(at))
	if err != nil {
		return nil, fmt.Errorf("the sample county: %w", err)
	}
	settings, err := settingsOf(county, site, panel)
	if err != nil {
		return nil, err
	}
	p := &Place{Moment: schedule.Sure(at)}
	shelf := map[assets.Ref][]byte{}
	notices := map[playlist.ChannelID][]*playlist.Notice{}
	add := func(drafts []intake.Draft) error {
		for i := range drafts {
			n := drafts[i].Notice
			if err := hang(&n, drafts[i].Pictures, shelf); err != nil {
				return err
			}
			ch := playlist.ChannelID{Site: n.Site, Alert: n.Kind == playlist.KindAlert}
			notices[ch] = append(notices[ch], &n)
		}
		return nil
	}
	if err := add(county.Drafts); err != nil {
		return nil, err
	}
	p.Pictures = viewer(shelf)
	if p.Library, err = merge(county, settings, notices, at); err != nil {
		return nil, err
	}
	for i := range county.Alerts {
		n := &county.Alerts[i].Notice
		n.NotBefore, n.NotAfter = time.Time{}, at.Add(24*time.Hour)
		n.Alert.Start = at
		p.Alerts = append(p.Alerts, n.ID)
	}
	if err := add(county.Alerts); err != nil {
		return nil, err
	}
	p.Warned, err = merge(county, settings, notices, at)
	return p, err
}

// settingsOf is what the office would send to a touchscreen of that panel.
func settingsOf(county *intake.County, site playlist.SiteID, panel playlist.Panel) (playlist.Settings, error) {
	sites := map[playlist.SiteID]playlist.Site{}
	for _, s := range county.Sites {
		sites[s.ID] = s
	}
	s := playlist.Settings{
		Revision: 1, Zone: county.Zone.String(),
		Screen: playlist.Screen{ID: "book", Site: site, Kind: playlist.Touch, Name: "一楼大厅 1 号触摸屏", Place: "一楼大厅", Panel: panel},
	}
	for id := site; id != ""; id = sites[id].Parent {
		at, ok := sites[id]
		if !ok {
			return s, fmt.Errorf("the sample county has no site %q", id)
		}
		s.Path = append(s.Path, playlist.SiteName{ID: at.ID, Kind: at.Kind, Name: at.Name, NameEn: at.NameEn})
		for _, alert := range []bool{false, true} {
			s.Channels = append(s.Channels, playlist.ChannelGrant{Channel: playlist.ChannelID{Site: id, Alert: alert}, Keys: [][]byte{make([]byte, 32)}})
		}
		if s.Hotline == "" {
			s.Hotline, s.Duty = at.Hotline, at.Duty
		}
	}
	for _, at := range county.Sites {
		if at.Parent == site {
			s.Below = append(s.Below, playlist.SiteName{ID: at.ID, Kind: at.Kind, Name: at.Name, NameEn: at.NameEn})
		}
	}
	return s, nil
}

// hang gives a notice the pictures of its file, each in its own size.
func hang(n *playlist.Notice, files []intake.Picture, shelf map[assets.Ref][]byte) error {
	for i, f := range files {
		cfg, format, err := image.DecodeConfig(bytes.NewReader(f.Data))
		if err != nil {
			return fmt.Errorf("picture %s: %w", f.Name, err)
		}
		ref := assets.RefOf(f.Data)
		shelf[ref] = f.Data
		n.Pictures[i].Renditions = []playlist.Rendition{{
			Ref: ref, Size: int64(len(f.Data)), Type: "image/" + format, Width: cfg.Width, Height: cfg.Height,
		}}
	}
	return nil
}

// viewer decodes pictures, each once.
func viewer(shelf map[assets.Ref][]byte) page.Pictures {
	var mu sync.Mutex
	decoded := map[assets.Ref]image.Image{}
	return func(ref assets.Ref) (image.Image, error) {
		mu.Lock()
		defer mu.Unlock()
		if img, ok := decoded[ref]; ok {
			return img, nil
		}
		data, ok := shelf[ref]
		if !ok {
			return nil, assets.ErrNotFound
		}
		img, _, err := image.Decode(bytes.NewReader(data))
		if err == nil {
			decoded[ref] = img
		}
		return img, err
	}
}

// merge compiles the channels of a screen and makes its library.
func merge(county *intake.County, s playlist.Settings, notices map[playlist.ChannelID][]*playlist.Notice, at time.Time) (*playlist.Library, error) {
	var loaded []playlist.Loaded
	root := s.Path[len(s.Path)-1].ID
	for _, g := range s.Channels {
		in := playlist.CompileInput{Channel: g.Channel, Revision: 1, Created: at.Add(-2 * time.Minute), Notices: notices[g.Channel]}
		if !g.Channel.Alert {
			for _, l := range county.Playlists {
				if l.Site == g.Channel.Site {
					in.Playlists = append(in.Playlists, l.Playlist)
				}
			}
			for _, r := range county.Rules {
				if r.Site == g.Channel.Site {
					in.Rules = append(in.Rules, r.Rule)
				}
			}
			if g.Channel.Site == root {
				in.Columns, in.Days = county.Columns, county.Holidays
			}
		}
		e, _, err := playlist.Compile(in)
		if err != nil {
			return nil, err
		}
		l := playlist.Loaded{Edition: e, Notices: map[playlist.NoticeID]*playlist.Notice{}}
		for _, n := range in.Notices {
			l.Notices[n.ID] = n
		}
		loaded = append(loaded, l)
	}
	return playlist.NewLibrary(s, loaded)
}
