package api

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"
	"time"

	"mingbai/assets"
	"mingbai/controller/store"
	"mingbai/playlist"
)

func (a *api) describe(*call) (any, error) {
	return media{Type: "application/json", Data: bytes.NewReader(description), Size: int64(len(description))}, nil
}

func (a *api) listSites(c *call) (any, error) {
	sites, err := a.Store.Sites(c.ctx)
	return listOf(sites), err
}

func (a *api) putSite(c *call) (any, error) {
	var s playlist.Site
	if err := c.read(&s); err != nil {
		return nil, err
	}
	id, err := playlist.ParseSiteID(c.r.PathValue("site"))
	if err != nil || s.ID != "" && s.ID != id {
		return nil, badField("id", "站点的编号不对，或与地址不符", "the id is not one, or differs from the one in the address")
	}
	s.ID = id
	if c.person.Site != "" {
		if err := c.reach(s.Parent); err != nil {
			return nil, err
		}
		tree, err := c.sites()
		if err != nil {
			return nil, err
		}
		// A site that is there is not pulled over from another town.
		if _, err := tree.Site(id); err == nil && !c.person.Reaches(tree.PathIDs(id)) {
			return nil, forbidden("这个令牌不能管这个站点", "this token does not reach that site")
		}
	}
	who, err := c.who()
	if err != nil {
		return nil, err
	}
	return s, a.Desk.PutSite(c.ctx, who, s)
}

func (a *api) listColumns(c *call) (any, error) {
	columns, err := a.Store.Columns(c.ctx)
	return listOf(columns), err
}

func (a *api) listChannels(c *call) (any, error) {
	channels, err := a.Store.Channels(c.ctx)
	return listOf(channels), err
}

func (c *call) channel() (playlist.ChannelID, error) {
	ch, err := playlist.ParseChannelID(c.r.PathValue("channel"))
	if err != nil {
		return ch, badField("channel", "频道的名称不对", err.Error())
	}
	return ch, nil
}

func (a *api) listEditions(c *call) (any, error) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	limit, err := c.number("limit", 50, 1000)
	if err != nil {
		return nil, err
	}
	if _, err := a.Store.Channel(c.ctx, ch); err != nil {
		return nil, err
	}
	heads, err := a.Store.Editions(c.ctx, ch, limit)
	return listOf(heads), err
}

// Patience is how long an answer is waited for.
type Patience struct {
	Wait int `json:"wait,omitempty"` // seconds to wait for the result, up to 30
}

func (a *api) listLost(c *call) (any, error) {
	lost, err := a.Fleet.Lost(c.ctx)
	return listOf(lost), err
}

func (a *api) recall(c *call) (any, error) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	if err := c.reach(ch.Site); err != nil {
		return nil, err
	}
	var b Patience
	if err := c.read(&b); err != nil {
		return nil, err
	}
	cmd, err := a.Fleet.Recall(c.ctx, c.person.Login, ch)
	if err != nil || b.Wait <= 0 {
		return cmd, err
	}
	return a.await(c, cmd.ID, b.Wait)
}

func (a *api) getEdition(c *call) (any, error) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	rev, err := strconv.ParseUint(c.r.PathValue("revision"), 10, 63)
	if err != nil {
		return nil, badField("revision", "期号应为整数", "a revision is a whole number")
	}
	return a.Store.Edition(c.ctx, ch, playlist.Revision(rev))
}

func (a *api) uploadPicture(c *call) (any, error) {
	q := c.r.URL.Query()
	role := playlist.PictureRole(q.Get("role"))
	if role != playlist.Illustration && role != playlist.Scan && role != playlist.Sample {
		return nil, badField("role", "应为 scan（原件）或 sample（样表），插图不用填", "scan, sample, or nothing for an illustration")
	}
	body := http.MaxBytesReader(c.w, c.r.Body, a.Upload+1)
	p, err := a.Desk.Picture(c.ctx, body, a.Upload, role, q.Get("caption"))
	if err != nil {
		return nil, err
	}
	return p, a.Store.Update(c.ctx, func(t *store.Tx) error { return t.AddPicture(c.ctx, c.person.Login, p, time.Now()) })
}

func (a *api) getBlob(c *call) (any, error) {
	ref, err := assets.ParseRef(c.r.PathValue("ref"))
	if err != nil {
		return nil, badField("ref", "不是内容地址", "this is not the address of a blob")
	}
	sees, err := c.viewer()
	if err != nil {
		return nil, err
	}
	if may, err := a.Store.MayHave(c.ctx, sees, c.person.Login, ref); err != nil || !may {
		return nil, errors.Join(err, assets.ErrNotFound) // what others draft is not there
	}
	f, size, err := a.Blobs.File(ref)
	if err != nil {
		return nil, err
	}
	return media{Type: "application/octet-stream", Data: f, Size: size}, nil
}
