package cache

import (
	"crypto/ed25519"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

var (
	day  = time.Date(2026, 11, 22, 1, 30, 0, 0, time.UTC)
	noon = schedule.Sure(day)
	main = playlist.ChannelID{Site: "qinghe"}
	own  = playlist.ChannelID{Site: "liuxi"}
)

// county signs what a controller would.
type county struct {
	t    testing.TB
	root ed25519.PrivateKey
	keys map[playlist.ChannelID]ed25519.PrivateKey
}

func newCounty(t testing.TB) *county {
	c := &county{t: t, root: keyOf(1), keys: map[playlist.ChannelID]ed25519.PrivateKey{}}
	for i, ch := range []playlist.ChannelID{main, own, {Site: "shiqiao"}} {
		c.keys[ch] = keyOf(byte(10 + i))
	}
	return c
}

func keyOf(b byte) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = b
	return ed25519.NewKeyFromSeed(seed)
}

func public(k ed25519.PrivateKey) []byte { return k.Public().(ed25519.PublicKey) }

func (c *county) identity() Identity {
	return Identity{Screen: "s-hall-1", Root: public(c.root)}
}

// settings grants the county's and the village's channel.
func (c *county) settings(rev playlist.Revision) wire.Push {
	s := playlist.Settings{
		Revision: rev, Zone: "Asia/Shanghai",
		Screen: playlist.Screen{ID: "s-hall-1", Site: "liuxi", Kind: playlist.Touch, Name: "一号", Panel: playlist.Panel{Width: 1080, Height: 1920}},
		Path:   []playlist.SiteName{{ID: "liuxi", Kind: playlist.Village, Name: "柳溪村"}, {ID: "qinghe", Kind: playlist.County, Name: "青禾县"}},
		Channels: []playlist.ChannelGrant{
			{Channel: own, Keys: [][]byte{public(c.keys[own])}},
			{Channel: main, Keys: [][]byte{public(c.keys[main])}},
		},
	}
	payload, err := json.Marshal(s)
	if err != nil {
		c.t.Fatal(err)
	}
	return wire.Push{Revision: rev, Envelope: wire.Sign(wire.SettingsType, payload, c.root)}
}

func notice(ch playlist.ChannelID, id playlist.NoticeID, version int, pictures ...playlist.Picture) *playlist.Notice {
	return &playlist.Notice{
		ID: id, Version: version, Kind: playlist.KindAnnouncement, Site: ch.Site,
		Title: "关于" + string(id) + "的公告", Issuer: "青禾县人民政府", Issued: schedule.Date{Year: 2026, Month: 11, Day: 20},
		Pictures:     pictures,
		Announcement: &playlist.Announcement{Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: "现将有关事项公告如下。"}}},
	}
}

func picture(data []byte) playlist.Picture {
	return playlist.Picture{Renditions: []playlist.Rendition{
		{Ref: assets.RefOf(data), Size: int64(len(data)), Type: "image/png", Width: 4, Height: 4},
	}}
}

// edition compiles, signs and returns a push with the notices attached.
func (c *county) edition(ch playlist.ChannelID, rev playlist.Revision, takedowns []playlist.Takedown, notices ...*playlist.Notice) (wire.Push, [][]byte) {
	e, blobs, err := playlist.Compile(playlist.CompileInput{
		Channel: ch, Revision: rev, Created: day.Add(time.Duration(rev) * time.Minute), Notices: notices, Takedowns: takedowns,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	payload, err := e.Encode()
	if err != nil {
		c.t.Fatal(err)
	}
	var attached [][]byte
	for _, entry := range e.Notices {
		attached = append(attached, blobs[entry.Ref])
	}
	return wire.Push{Channel: ch, Revision: rev, Envelope: wire.Sign(wire.EditionType, payload, c.keys[ch])}, attached
}

var quiet = slog.New(slog.DiscardHandler)

func openCache(t testing.TB, fsys durable.FS) *Cache {
	t.Helper()
	c, err := Open(fsys, "cache", quiet)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// shown lists the notices that a cache would show, as id@version.
func shown(c *Cache) map[playlist.NoticeID]int {
	have := map[playlist.NoticeID]int{}
	if g := c.Current(); g != nil {
		for _, n := range g.Library.List(playlist.Query{}, noon) {
			have[n.ID] = n.Version
		}
	}
	return have
}
