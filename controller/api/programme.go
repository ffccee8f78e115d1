package api

import (
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// Programme is what a site publishes beside its notices. Sending it replaces all
// playlists and rules of the site.
type Programme struct {
	Playlists []playlist.Playlist `json:"playlists"`
	Rules     []schedule.Rule     `json:"rules"`
}

// Programmed says what came of a programme.
type Programmed struct {
	Programme
	Channel  playlist.ChannelID `json:"channel"`
	Revision playlist.Revision  `json:"revision"` // the edition that holds it
	Problems []playlist.Problem `json:"problems"` // warnings only
}

func (c *call) siteID() (playlist.SiteID, error) {
	id, err := playlist.ParseSiteID(c.r.PathValue("site"))
	if err != nil {
		return id, badField("site", "站点的编号不对", err.Error())
	}
	return id, nil
}

// programme reads what a site plays.
func (a *api) programme(c *call, site playlist.SiteID) (Programme, error) {
	p := Programme{Playlists: []playlist.Playlist{}, Rules: []schedule.Rule{}}
	if _, err := a.Store.Site(c.ctx, site); err != nil {
		return p, err
	}
	lists, err := a.Store.Playlists(c.ctx, site)
	if err != nil {
		return p, err
	}
	rules, err := a.Store.Rules(c.ctx, site)
	p.Playlists, p.Rules = append(p.Playlists, lists...), append(p.Rules, rules...)
	return p, err
}

func (a *api) getProgramme(c *call) (any, error) {
	site, err := c.siteID()
	if err != nil {
		return nil, err
	}
	return a.programme(c, site)
}

func (a *api) putProgramme(c *call) (any, error) {
	site, err := c.siteID()
	if err != nil {
		return nil, err
	}
	if err := c.reach(site); err != nil {
		return nil, err
	}
	var p Programme
	if err := c.read(&p); err != nil {
		return nil, err
	}
	who, err := c.who()
	if err != nil {
		return nil, err
	}
	r, err := a.Desk.Programme(c.ctx, who, site, p.Playlists, p.Rules)
	if err != nil {
		return nil, err
	}
	if p, err = a.programme(c, site); err != nil {
		return nil, err
	}
	return Programmed{Programme: p, Channel: r.Channel, Revision: r.Revision, Problems: listOf(r.Problems).Items}, nil
}

func (a *api) checkProgramme(c *call) (any, error) {
	site, err := c.siteID()
	if err != nil {
		return nil, err
	}
	if err := c.reach(site); err != nil {
		return nil, err
	}
	var p Programme
	if err := c.read(&p); err != nil {
		return nil, err
	}
	problems, err := a.Desk.CheckProgramme(c.ctx, site, p.Playlists, p.Rules)
	return Checked{OK: !playlist.HasErrors(problems), Problems: listOf(problems).Items}, err
}
