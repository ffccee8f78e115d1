package api

import (
	"cmp"
	"context"
	"errors"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// ScreenBody is what a person sets of a screen.
type ScreenBody struct {
	Screen   playlist.Screen `json:"screen"`
	Language string          `json:"language,omitempty"` // zh or en
}

// CommandBody asks something of a screen.
type CommandBody struct {
	Kind  wire.CommandKind `json:"kind"`
	Value int              `json:"value,omitempty"` // dark: minutes, 1 to 1440; brightness: per cent, 1 to 100; volume: per cent, 0 to 100; none for the others
	Wait  int              `json:"wait,omitempty"`  // seconds to wait for the result, up to 30
}

// Confirmation is the code that a device shows and what a person says of it.
type Confirmation struct {
	Code string `json:"code"`
	fleet.Enrolment
}

// Ledger is a part of a screen's record of display.
type Ledger struct {
	Epoch int               `json:"epoch"`
	Head  uint64            `json:"head"` // the last row of the present epoch
	Items []store.LedgerRow `json:"items"`
}

// LedgerCount counts rows of display.
type LedgerCount struct {
	Rows int64 `json:"rows"`
}

func (a *api) listScreens(c *call) (any, error) {
	states, err := a.Fleet.List(c.ctx)
	if err != nil {
		return nil, err
	}
	q := c.r.URL.Query()
	site, condition := playlist.SiteID(q.Get("site")), fleet.Condition(q.Get("condition"))
	under := map[playlist.SiteID]bool{}
	if site != "" {
		tree, err := c.sites()
		if err != nil {
			return nil, err
		}
		for _, id := range tree.Subtree(site) {
			under[id] = true
		}
	}
	items := []*fleet.State{}
	for _, s := range states {
		if (site == "" || under[s.Site]) && (condition == "" || s.Condition == condition) {
			items = append(items, s)
		}
	}
	return listOf(items), nil
}

func (a *api) getScreen(c *call) (any, error) {
	id, err := c.screenID()
	if err != nil {
		return nil, err
	}
	return a.Fleet.StateOf(c.ctx, id)
}

func (a *api) addScreen(c *call) (any, error) {
	var b ScreenBody
	if err := c.read(&b); err != nil {
		return nil, err
	}
	if err := c.reach(b.Screen.Site); err != nil {
		return nil, err
	}
	if _, err := a.Fleet.Add(c.ctx, c.person.Login, b.Screen, b.Language); err != nil {
		return nil, err
	}
	return a.Fleet.StateOf(c.ctx, b.Screen.ID)
}

// tend finds the screen of the address and checks that the person reaches it.
func (a *api) tend(c *call) (store.Screen, error) {
	id, err := c.screenID()
	if err != nil {
		return store.Screen{}, err
	}
	row, err := a.Store.Screen(c.ctx, id)
	if err != nil {
		return row, err
	}
	return row, c.reach(row.Site)
}

func (a *api) changeScreen(c *call) (any, error) {
	row, err := a.tend(c)
	if err != nil {
		return nil, err
	}
	var b ScreenBody
	if err := c.read(&b); err != nil {
		return nil, err
	}
	if b.Screen.ID != "" && b.Screen.ID != row.ID {
		return nil, badField("screen.id", "编号与地址不符", "the id differs from the one in the address")
	}
	b.Screen.ID = row.ID
	if err := c.reach(b.Screen.Site); err != nil {
		return nil, err
	}
	if _, err := a.Fleet.Change(c.ctx, c.person.Login, b.Screen, b.Language); err != nil {
		return nil, err
	}
	return a.Fleet.StateOf(c.ctx, row.ID)
}

func (a *api) removeScreen(c *call) (any, error) {
	row, err := a.tend(c)
	if err != nil {
		return nil, err
	}
	return nil, a.Fleet.Retire(c.ctx, c.person.Login, row.ID, c.r.URL.Query().Get("reason"))
}

func (a *api) forecast(c *call) (any, error) {
	id, err := c.screenID()
	if err != nil {
		return nil, err
	}
	at, err := c.instant("at", time.Now())
	if err != nil {
		return nil, err
	}
	return a.Fleet.Forecast(c.ctx, id, at)
}

func (a *api) timeline(c *call) (any, error) {
	id, err := c.screenID()
	if err != nil {
		return nil, err
	}
	from, err := c.instant("from", time.Now())
	if err != nil {
		return nil, err
	}
	days, err := c.number("days", 7, 30)
	if err != nil {
		return nil, err
	}
	return a.Fleet.Timeline(c.ctx, id, from, time.Duration(days)*24*time.Hour)
}

func (a *api) health(c *call) (any, error) {
	id, err := c.screenID()
	if err != nil {
		return nil, err
	}
	since, err := c.instant("since", time.Now().Add(-24*time.Hour))
	if err != nil {
		return nil, err
	}
	rows, err := a.Fleet.Samples(c.ctx, id, since)
	return listOf(rows), err
}

func (a *api) screenLedger(c *call) (any, error) {
	id, err := c.screenID()
	if err != nil {
		return nil, err
	}
	row, err := a.Store.Screen(c.ctx, id)
	if err != nil {
		return nil, err
	}
	epoch, err := c.number("epoch", row.Epoch, 1<<30)
	if err != nil {
		return nil, err
	}
	after, err := c.number("after", 0, 1<<62)
	if err != nil {
		return nil, err
	}
	limit, err := c.number("limit", 1000, 10_000)
	if err != nil {
		return nil, err
	}
	rows, err := a.Store.LedgerRows(c.ctx, id, epoch, uint64(after), limit)
	return Ledger{Epoch: epoch, Head: row.LedgerSeq, Items: listOf(rows).Items}, err
}

func (a *api) screenshot(c *call) (any, error) {
	id, err := c.screenID()
	if err != nil {
		return nil, err
	}
	shot, err := a.Fleet.LatestShot(c.ctx, id)
	if err != nil {
		return nil, err
	}
	f, size, err := a.Fleet.ShotFile(shot.Shot)
	if err != nil {
		return nil, err
	}
	return media{Type: "image/png", Data: f, Size: size}, nil
}

func (a *api) listCommands(c *call) (any, error) {
	id, err := c.screenID()
	if err != nil {
		return nil, err
	}
	limit, err := c.number("limit", 50, 1000)
	if err != nil {
		return nil, err
	}
	rows, err := a.Store.Commands(c.ctx, id, limit)
	return listOf(rows), err
}

func (a *api) command(c *call) (any, error) {
	row, err := a.tend(c)
	if err != nil {
		return nil, err
	}
	var b CommandBody
	if err := c.read(&b); err != nil {
		return nil, err
	}
	cmd, err := a.Fleet.Command(c.ctx, c.person.Login, row.ID, b.Kind, b.Value)
	if err != nil || b.Wait <= 0 {
		return cmd, err
	}
	return a.await(c, cmd.ID, b.Wait)
}

func (a *api) await(c *call, id string, seconds int) (any, error) {
	ctx, cancel := context.WithTimeout(c.ctx, time.Duration(min(seconds, 30))*time.Second)
	defer cancel()
	return a.Fleet.Await(ctx, id)
}

func (a *api) getCommand(c *call) (any, error) {
	wait, err := c.number("wait", 0, 30)
	if err != nil {
		return nil, err
	}
	return a.await(c, c.r.PathValue("command"), wait)
}

func (a *api) listWaiting(*call) (any, error) { return listOf(a.Fleet.Waiting()), nil }

func (a *api) confirmPairing(c *call) (any, error) {
	var b Confirmation
	if err := c.read(&b); err != nil {
		return nil, err
	}
	site := b.Site
	if b.Screen != "" {
		row, err := a.Store.Screen(c.ctx, b.Screen)
		if err != nil {
			return nil, err
		}
		site = row.Site
	}
	if err := c.reach(site); err != nil {
		return nil, err
	}
	row, err := a.Fleet.Confirm(c.ctx, c.person.Login, b.Code, b.Enrolment)
	if err != nil {
		return nil, err
	}
	return a.Fleet.StateOf(c.ctx, row.ID)
}

// Readmission names a device of listFound. Site is given where the device's own is
// not known here.
type Readmission struct {
	Device string          `json:"device"` // its fingerprint
	Site   playlist.SiteID `json:"site,omitempty"`
}

func (a *api) listFound(c *call) (any, error) {
	all, err := a.Fleet.Found(c.ctx)
	return listOf(all), err
}

func (a *api) readmit(c *call) (any, error) {
	var b Readmission
	if err := c.read(&b); err != nil {
		return nil, err
	}
	all, err := a.Fleet.Found(c.ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		if d.Fingerprint != b.Device {
			continue
		}
		if err := c.reach(cmp.Or(b.Site, d.Screen.Site)); err != nil {
			return nil, err
		}
		if have, err := a.Store.Screen(c.ctx, d.Screen.ID); err == nil {
			if err := c.reach(have.Site); err != nil {
				return nil, err
			}
		} else if !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		row, err := a.Fleet.Readmit(c.ctx, c.person.Login, b.Device, b.Site)
		if err != nil {
			return nil, err
		}
		return a.Fleet.StateOf(c.ctx, row.ID)
	}
	return nil, store.ErrNotFound
}

func (a *api) ledgerCount(c *call) (any, error) {
	n, err := a.Store.LedgerCount(c.ctx, "")
	return LedgerCount{n}, err
}
