package api

import (
	"slices"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// Status is the controller at a glance.
type Status struct {
	OK            bool                    `json:"ok"` // nothing waits that should not
	Office        string                  `json:"office"`
	Version       string                  `json:"version"`
	Time          time.Time               `json:"time"`
	Zone          string                  `json:"zone"`
	Sites         int                     `json:"sites"`
	Screens       int                     `json:"screens"`
	Online        int                     `json:"online"`
	Conditions    map[fleet.Condition]int `json:"conditions"`
	Notices       map[playlist.Kind]int   `json:"notices"`  // in force, by kind
	Channels      int                     `json:"channels"` // with an edition
	Uncompiled    int                     `json:"uncompiled"`
	LedgerRows    int64                   `json:"ledger_rows"`
	Alerts        int                     `json:"alerts"` // on screens now
	DatabaseBytes int64                   `json:"database_bytes"`
	Trouble       string                  `json:"trouble,omitempty"`
}

// AccountBody is a person to be added.
type AccountBody struct {
	Login    string          `json:"login"`
	Name     string          `json:"name"`
	Site     playlist.SiteID `json:"site,omitempty"`
	Roles    []accounts.Role `json:"roles"`
	Password string          `json:"password"`

	Department store.DepartmentID `json:"department,omitempty"`
	Contractor bool               `json:"contractor,omitempty"` // drafts and nothing else
	Phone      string             `json:"phone,omitempty"`
	MustChange bool               `json:"must_change,omitempty"` // the password is for the first sign-in only
}

// TokenBody is an API token to be made.
type TokenBody struct {
	Label   string          `json:"label"`
	Site    playlist.SiteID `json:"site,omitempty"`
	Roles   []accounts.Role `json:"roles"`
	Expires time.Time       `json:"expires,omitzero"`
}

// NewToken is a token as it is shown once.
type NewToken struct {
	Token string         `json:"token"`
	Info  store.APIToken `json:"info"`
}

func (a *api) status(c *call) (any, error) {
	s := Status{
		Office: a.Office, Version: a.Version, Time: time.Now().UTC(), Zone: a.Zone.String(),
		Conditions: map[fleet.Condition]int{}, Notices: map[playlist.Kind]int{},
	}
	tree, err := c.sites()
	if err != nil {
		return nil, err
	}
	s.Sites = len(tree.Sites())
	states, err := a.Fleet.List(c.ctx)
	if err != nil {
		return nil, err
	}
	s.Screens = len(states)
	for _, st := range states {
		s.Conditions[st.Condition]++
		if st.Online {
			s.Online++
		}
	}
	for _, kind := range []playlist.Kind{playlist.KindAnnouncement, playlist.KindGuide, playlist.KindFund, playlist.KindMedia, playlist.KindRoster} {
		if s.Notices[kind], err = a.Store.CountNotices(c.ctx, store.NoticeFilter{Kind: kind, Status: store.Published}); err != nil {
			return nil, err
		}
	}
	channels, err := a.Store.Channels(c.ctx)
	if err != nil {
		return nil, err
	}
	for _, ch := range channels {
		if ch.Revision > 0 {
			s.Channels++
		}
		if ch.Wanted > ch.Compiled {
			s.Uncompiled++
		}
	}
	alerts, err := a.Desk.ActiveAlerts(c.ctx)
	if err != nil {
		return nil, err
	}
	s.Alerts = len(alerts)
	if s.LedgerRows, err = a.Store.LedgerCount(c.ctx, ""); err != nil {
		return nil, err
	}
	if s.DatabaseBytes, err = a.Store.Size(c.ctx); err != nil {
		return nil, err
	}
	if err := a.Store.HealthTrouble(); err != nil {
		s.Trouble = err.Error()
	}
	s.OK = s.Uncompiled == 0 && s.Trouble == ""
	return s, nil
}

func (a *api) audit(c *call) (any, error) {
	limit, err := c.number("limit", 100, 1000)
	if err != nil {
		return nil, err
	}
	before, err := c.number("before", 0, 1<<62)
	if err != nil {
		return nil, err
	}
	f := store.AuditFilter{Subject: c.r.URL.Query().Get("subject"), Before: int64(before), Limit: limit}
	if c.person.Site != "" {
		if f.Sites, err = c.scope(); err != nil {
			return nil, err
		}
	}
	if limit == 0 { // which the filter takes for the usual number
		return listOf[store.Record](nil), nil
	}
	rows, err := a.Store.FindRecords(c.ctx, f)
	return listOf(rows), err
}

// within reports whether what belongs to a site, or to all of them when it is
// empty, is for the token to see.
func (c *call) within(site playlist.SiteID) (bool, error) {
	if c.person.Site == "" {
		return true, nil
	}
	tree, err := c.sites()
	return err == nil && site != "" && c.person.Reaches(tree.PathIDs(site)), err
}

// withinOf leaves of rows those of sites that the token reaches.
func withinOf[T any](c *call, rows []T, site func(T) playlist.SiteID) ([]T, error) {
	var out []T
	for _, row := range rows {
		ok, err := c.within(site(row))
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, row)
		}
	}
	return out, nil
}

func (a *api) listAccounts(c *call) (any, error) {
	rows, err := a.Accounts.List(c.ctx)
	if err != nil {
		return nil, err
	}
	rows, err = withinOf(c, rows, func(r store.Account) playlist.SiteID { return r.Site })
	return listOf(rows), err
}

func (a *api) createAccount(c *call) (any, error) {
	var b AccountBody
	if err := c.read(&b); err != nil {
		return nil, err
	}
	if b.Site != "" {
		if err := c.reach(b.Site); err != nil {
			return nil, err
		}
	} else if c.person.Site != "" {
		return nil, forbidden("只能给自己的站点开账号", "an account needs a site that this token reaches")
	}
	return a.Accounts.Create(c.ctx, c.person, accounts.Details{
		Login: b.Login, Name: b.Name, Site: b.Site, Department: b.Department, Roles: b.Roles, Contractor: b.Contractor, Phone: b.Phone, MustChange: b.MustChange,
	}, b.Password)
}

func (a *api) listTokens(c *call) (any, error) {
	rows, err := a.tokens(c)
	return listOf(rows), err
}

func (a *api) createToken(c *call) (any, error) {
	var b TokenBody
	if err := c.read(&b); err != nil {
		return nil, err
	}
	if b.Site != "" {
		if err := c.reach(b.Site); err != nil {
			return nil, err
		}
	} else if c.person.Site != "" {
		return nil, forbidden("只能给自己的站点发令牌", "a token needs a site that this token reaches")
	}
	token, row, err := a.Accounts.NewToken(c.ctx, c.person, b.Label, b.Site, b.Roles, b.Expires)
	return NewToken{Token: token, Info: row}, err
}

// tokens lists those that the token at hand reaches.
func (a *api) tokens(c *call) ([]store.APIToken, error) {
	rows, err := a.Accounts.Tokens(c.ctx)
	if err != nil {
		return nil, err
	}
	return withinOf(c, rows, func(r store.APIToken) playlist.SiteID { return r.Site })
}

func (a *api) revokeToken(c *call) (any, error) {
	mine, err := a.tokens(c)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(mine, func(r store.APIToken) bool { return r.ID == c.r.PathValue("token") }) {
		return nil, store.ErrNotFound
	}
	return nil, a.Accounts.RevokeToken(c.ctx, c.person, c.r.PathValue("token"))
}
