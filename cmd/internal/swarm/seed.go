package swarm

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"mingbai/assets/durable"
	"mingbai/configs/intake"
	"mingbai/controller"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// The county that Seed makes.
const (
	County      = playlist.SiteID("qinghe") // the root
	Column      = playlist.ColumnID("news") // where notices of the load go
	perVillage  = 40                        // screens, in a county of 10,000
	mostVillage = 250
	perTown     = 12 // villages
)

// Seed writes n enrolled screens straight into a controller that is open and does
// not serve yet: those of devices 0 to n-1, named as Screen says, with signed
// settings, spread over the villages of the county that is there; in an empty
// database it makes one with a few notices. What is there already stays.
func Seed(ctx context.Context, c *controller.Controller, seed string, n int) error {
	sites, err := c.Store.Sites(ctx)
	if err != nil {
		return err
	}
	if len(sites) == 0 {
		county := countyFor(n)
		if _, err := c.Desk.Import(ctx, publish.Who{Actor: "system"}, county); err != nil {
			return fmt.Errorf("seed: %w", err)
		}
		sites = county.Sites
	}
	keys, err := publish.OpenKeys(durable.OS, c.Config.Keys())
	if err != nil {
		return err
	}
	root, err := keys.Root()
	if err != nil {
		return err
	}
	above := map[playlist.SiteID]bool{}
	for _, s := range sites {
		above[s.Parent] = true
	}
	var at []playlist.SiteID
	for _, s := range sites {
		if !above[s.ID] {
			at = append(at, s.ID)
		}
	}
	p := planter{c: c, root: root, seed: seed, at: at, models: map[playlist.SiteID]playlist.Settings{}}
	for i := 0; i < n; i += plantTogether {
		if err := p.plant(ctx, i, min(i+plantTogether, n)); err != nil {
			return fmt.Errorf("seed screens: %w", err)
		}
	}
	return nil
}

// plantTogether is how many screens are written in one transaction.
const plantTogether = 1000

// planter writes screens.
type planter struct {
	c      *controller.Controller
	root   ed25519.PrivateKey
	seed   string
	at     []playlist.SiteID
	models map[playlist.SiteID]playlist.Settings // as the controller makes them for a site
}

// planted is a screen with its device.
type planted struct {
	playlist.Screen
	key ed25519.PublicKey
	at  time.Time // of being enrolled
}

// plant writes the screens of devices from to upTo-1. The settings of the first
// screen of a site are the controller's own; those of the others differ from them
// in screen and device alone.
func (p *planter) plant(ctx context.Context, from, upTo int) error {
	var fresh []playlist.ScreenID // first of their sites
	var rest []planted
	at := time.Now().UTC().Truncate(time.Millisecond) // as the store keeps it
	err := p.c.Store.Update(ctx, func(t *store.Tx) error {
		fresh, rest = nil, nil
		seen := map[playlist.SiteID]bool{}
		for i := from; i < upTo; i++ {
			kind, panel := shapeOf(i)
			s := playlist.Screen{
				ID: Screen(p.seed, i), Site: p.at[i%len(p.at)], Kind: kind, Name: fmt.Sprintf("模拟屏 %05d", i), Place: "模拟", Panel: panel, Tags: []string{Tag},
			}
			if _, err := t.Screen(ctx, s.ID); err == nil {
				continue // from an earlier time
			} else if !errors.Is(err, store.ErrNotFound) {
				return err
			}
			if err := t.PutScreen(ctx, s, "zh"); err != nil {
				return err
			}
			key := Key(p.seed, i).Public().(ed25519.PublicKey)
			if err := t.BindDevice(ctx, s.ID, key, at); err != nil {
				return err
			}
			if err := t.SetProgram(ctx, s.ID, program, system, hostOf(i)); err != nil {
				return err
			}
			if _, known := p.models[s.Site]; !known && !seen[s.Site] {
				seen[s.Site] = true
				fresh = append(fresh, s.ID)
			} else {
				rest = append(rest, planted{s, key, at})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range fresh {
		if err := p.c.Fleet.Refresh(ctx, id); err != nil {
			return err
		}
		env, err := p.c.Store.Settings(ctx, id)
		if err != nil {
			return err
		}
		var model playlist.Settings
		if err := json.Unmarshal(env.Payload, &model); err != nil {
			return fmt.Errorf("settings of screen %s: %w", id, err)
		}
		p.models[model.Screen.Site] = model
	}
	return p.c.Store.Update(ctx, func(t *store.Tx) error {
		for _, s := range rest {
			payload, err := p.settings(s)
			if err != nil {
				return fmt.Errorf("settings of screen %s: %w", s.ID, err)
			}
			if err := t.PutSettings(ctx, s.ID, 1, wire.Sign(wire.SettingsType, payload, p.root)); err != nil {
				return err
			}
		}
		return nil
	})
}

// settings are those that the controller would make: any other and it signs all
// screens' anew when it starts.
func (p *planter) settings(s planted) ([]byte, error) {
	doc := p.models[s.Site]
	doc.Screen, doc.Revision = s.Screen, 1
	var env wire.Envelope
	if err := json.Unmarshal(doc.Enrolment, &env); err != nil {
		return nil, err
	}
	word, err := wire.OpenEnrolment(env, p.root.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, err
	}
	word.Screen, word.Key, word.Enrolled, word.Revision = s.Screen, s.key, s.at, doc.Revision
	if doc.Enrolment, err = wire.SignEnrolment(word, p.root); err != nil {
		return nil, err
	}
	return json.Marshal(doc)
}

// countyFor is a county with towns and villages for n screens.
func countyFor(n int) *intake.County {
	villages := min(max(1, n/perVillage), mostVillage)
	if n < perVillage*8 {
		villages = max(1, min(8, n/2)) // a small one still has several
	}
	county := &intake.County{
		Name:      "青禾县",
		Sites:     []playlist.Site{{ID: County, Kind: playlist.County, Name: "青禾县", Hotline: "0000-12345"}},
		Columns:   []playlist.Column{{ID: Column, Name: "通知公告", Field: playlist.Government, Tile: 1}},
		Playlists: []intake.Playlist{{Site: County, Playlist: playlist.Playlist{ID: "loop", Name: "日常", Latest: &playlist.Select{Count: 10}}}},
		Rules:     []intake.Rule{{Site: County, Rule: schedule.Rule{ID: "always", Name: "每天", Playlist: "loop", Level: schedule.Normal}}},
	}
	for i := range villages {
		town := playlist.SiteID(fmt.Sprintf("t-%02d", i/perTown))
		if i%perTown == 0 {
			county.Sites = append(county.Sites, playlist.Site{ID: town, Parent: County, Kind: playlist.Town, Name: fmt.Sprintf("第 %d 镇", i/perTown+1)})
		}
		county.Sites = append(county.Sites, playlist.Site{ID: playlist.SiteID(fmt.Sprintf("v-%03d", i)), Parent: town, Kind: playlist.Village, Name: fmt.Sprintf("第 %d 村", i+1)})
	}
	for _, s := range county.Sites {
		many := map[playlist.SiteKind]int{playlist.County: 12, playlist.Town: 2, playlist.Village: 1}[s.Kind]
		for i := range many {
			n := Announcement(s.ID, fmt.Sprintf("%s关于做好秋冬季防火工作的通知（第 %d 号）", s.Name, i+1), 400)
			n.ID, n.Version = playlist.NoticeID(fmt.Sprintf("%s-n%d", s.ID, i+1)), 1
			county.Drafts = append(county.Drafts, intake.Draft{File: string(n.ID), Notice: n})
		}
	}
	return county
}

// Announcement is a notice with nothing wrong with it, of about so many characters
// of text, in column Column of a site.
func Announcement(site playlist.SiteID, title string, characters int) playlist.Notice {
	const sentence = "自本月二十五日起，一楼大厅三号窗口办理时间调整为上午八时三十分至十一时三十分。"
	text := []rune{}
	for len(text) < characters {
		text = append(text, []rune(sentence)...)
	}
	var blocks []playlist.Block
	for len(text) > 0 {
		n := min(len(text), 10*len([]rune(sentence)))
		blocks = append(blocks, playlist.Block{Kind: playlist.Paragraph, Text: string(text[:n])})
		text = text[n:]
	}
	return playlist.Notice{
		Kind: playlist.KindAnnouncement, Site: site, Column: Column, Title: title, Issuer: "青禾县政务公开办公室",
		Issued: schedule.DateOf(time.Now()), Announcement: &playlist.Announcement{Genre: "公告", Blocks: blocks},
	}
}
