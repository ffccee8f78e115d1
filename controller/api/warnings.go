package api

import (
	"errors"
	"slices"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// Acknowledgement is what a person writes when they take a warning.
type Acknowledgement struct {
	Remark string `json:"remark,omitempty"` // at most 500 characters
	Was    string `json:"was,omitempty"`    // login of who has it, to take it from them
}

// listWarnings answers with those of the sites that the token reaches.
func (a *api) listWarnings(c *call) (any, error) {
	q := c.r.URL.Query()
	limit, err := c.number("limit", 100, 1000)
	if err != nil {
		return nil, err
	}
	before, err := c.instant("before", time.Now().Add(time.Hour)) // clocks may differ
	if err != nil {
		return nil, err
	}
	var rows []store.Warning
	switch q.Get("state") {
	case "", "open":
		rows, err = a.Store.OpenWarnings(c.ctx)
	case "closed":
		rows, err = a.Store.ClosedWarnings(c.ctx, before, limit)
	default:
		return nil, badField("state", "状态只能是 open 或 closed", "the state is open or closed")
	}
	if err != nil {
		return nil, err
	}
	below := map[playlist.SiteID]bool{}
	if site := playlist.SiteID(q.Get("site")); site != "" {
		tree, err := c.sites()
		if err != nil {
			return nil, err
		}
		for _, id := range tree.Subtree(site) {
			below[id] = true
		}
	}
	items := []store.Warning{}
	for _, w := range rows {
		if q.Has("site") && !below[w.Site] || q.Has("screen") && !slices.Contains(w.Screens, playlist.ScreenID(q.Get("screen"))) {
			continue
		}
		is, err := c.within(w.Site)
		if err != nil {
			return nil, err
		}
		if is {
			items = append(items, w)
		}
	}
	return listOf(items), nil
}

// warning finds the warning of the address, if the token reaches its site.
func (c *call) warning() (store.Warning, error) {
	w, err := c.api.Store.Warning(c.ctx, c.r.PathValue("warning"))
	if err != nil {
		return w, err
	}
	if is, err := c.within(w.Site); err != nil || !is {
		return store.Warning{}, errors.Join(err, store.ErrNotFound)
	}
	return w, nil
}

func (a *api) getWarning(c *call) (any, error) { return c.warning() }

func (a *api) acknowledge(c *call) (any, error) {
	w, err := c.warning()
	if err != nil {
		return nil, err
	}
	if err := c.reach(w.Site); err != nil {
		return nil, err
	}
	var b Acknowledgement
	if err := c.read(&b); err != nil {
		return nil, err
	}
	return a.Watch.Acknowledge(c.ctx, c.person.Login, w.ID, b.Was, b.Remark)
}
