package api

import (
	"mingbai/controller/accounts"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// VoiceDetail is what a resident said, with what follows from it.
type VoiceDetail struct {
	store.Voice
	Number string        `json:"number"`       // which the resident may have written down
	Due    schedule.Date `json:"due,omitzero"` // last day for an answer, of objections that wait
}

// Settlement is what was done about a voice.
type Settlement struct {
	From  store.VoiceState `json:"from"` // as it was read
	State store.VoiceState `json:"state"`
	Note  string           `json:"note,omitempty"`
}

// Usage is what was done at screens, without identity.
type Usage struct {
	From schedule.Date `json:"from"`
	To   schedule.Date `json:"to"`
	store.Usage
}

// scope lists the sites that the person reads about: the own one and below,
// narrowed to the site of the address. None means all.
func (c *call) scope() ([]playlist.SiteID, error) {
	site := playlist.SiteID(c.r.URL.Query().Get("site"))
	if site != "" {
		if err := c.reach(site); err != nil {
			return nil, err
		}
	} else if site = c.person.Site; site == "" {
		return nil, nil
	}
	tree, err := c.sites()
	if err != nil {
		return nil, err
	}
	return tree.Subtree(site), nil
}

// detail adds what follows from voices and takes away what the person may not
// read: how to reach a resident is for those who answer.
func (c *call) detail(voices []store.Voice) ([]VoiceDetail, error) {
	due, err := c.api.Fleet.Deadlines(c.ctx)
	if err != nil {
		return nil, err
	}
	answers := c.person.Has(accounts.Drafter, accounts.FirstReviewer, accounts.SecondReviewer, accounts.Releaser, accounts.Administrator)
	out := make([]VoiceDetail, len(voices))
	for i, v := range voices {
		if !answers {
			v.Contact = ""
		}
		out[i] = VoiceDetail{Voice: v, Number: v.Number(), Due: due(v)}
	}
	return out, nil
}

func (a *api) listVoices(c *call) (any, error) {
	q := c.r.URL.Query()
	f := store.VoiceFilter{State: store.VoiceState(q.Get("state")), Notice: playlist.NoticeID(q.Get("notice")), Text: q.Get("q"), Urgent: true}
	if k := q.Get("kind"); k != "" {
		f.Kinds = []wire.VoiceKind{wire.VoiceKind(k)}
	}
	var err error
	if f.Sites, err = c.scope(); err != nil {
		return nil, err
	}
	if f.Limit, err = c.number("limit", 100, 1000); err != nil {
		return nil, err
	}
	if f.Offset, err = c.number("offset", 0, 1<<30); err != nil {
		return nil, err
	}
	rows, err := a.Store.Voices(c.ctx, f)
	if err != nil {
		return nil, err
	}
	items, err := c.detail(rows)
	if err != nil {
		return nil, err
	}
	out := listOf(items)
	out.Total, err = a.Store.CountVoices(c.ctx, f)
	return out, err
}

// voice finds the voice of the address. One at a site that the person does not
// reach is not found: that there is one is not to be told either.
func (c *call) voice() (store.Voice, error) {
	v, err := c.api.Store.Voice(c.ctx, c.r.PathValue("voice"))
	if err != nil || c.person.Site == "" {
		return v, err
	}
	tree, err := c.sites()
	if err != nil {
		return v, err
	}
	if !c.person.Reaches(tree.PathIDs(v.Site)) {
		return store.Voice{}, store.ErrNotFound
	}
	return v, nil
}

func (c *call) oneVoice(v store.Voice) (any, error) {
	out, err := c.detail([]store.Voice{v})
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

func (a *api) getVoice(c *call) (any, error) {
	v, err := c.voice()
	if err != nil {
		return nil, err
	}
	return c.oneVoice(v)
}

func (a *api) settleVoice(c *call) (any, error) {
	v, err := c.voice()
	if err != nil {
		return nil, err
	}
	var s Settlement
	if err := c.read(&s); err != nil {
		return nil, err
	}
	switch s.State {
	case store.VoiceNew, store.VoiceAnswered, store.VoiceClosed:
	default:
		return nil, badField("state", "状态是 new、answered 或 closed", "the state is new, answered or closed")
	}
	if err := a.Fleet.Settle(c.ctx, c.person.Login, v.ID, s.From, s.State, s.Note); err != nil {
		return nil, err
	}
	if v, err = a.Store.Voice(c.ctx, v.ID); err != nil {
		return nil, err
	}
	return c.oneVoice(v)
}

// date reads a day of the address.
func (c *call) date(name string, otherwise schedule.Date) (schedule.Date, error) {
	text := c.r.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	d, err := schedule.ParseDate(text)
	if err != nil {
		return d, badField(name, "日期要写成 2026-11-22 的样子", "a date is written like 2026-11-22")
	}
	return d, nil
}

func (a *api) usage(c *call) (any, error) {
	today := a.Fleet.Today()
	var f store.UsageFilter
	var err error
	if f.From, err = c.date("from", today.AddDays(-29)); err != nil {
		return nil, err
	}
	if f.To, err = c.date("to", today); err != nil {
		return nil, err
	}
	if f.To.Before(f.From) || f.To.DaysSince(f.From) > 3*366 {
		return nil, badField("to", "一次看一天到三年", "ask for one day to three years")
	}
	if f.Sites, err = c.scope(); err != nil {
		return nil, err
	}
	f.Screen = playlist.ScreenID(c.r.URL.Query().Get("screen"))
	sums, err := a.Store.Usage(c.ctx, f)
	if err != nil {
		return nil, err
	}
	if sums.Days == nil {
		sums.Days = []store.UsageOf{}
	}
	sums.Empty = sums.Empty[:min(len(sums.Empty), 1000)]
	return Usage{From: f.From, To: f.To, Usage: sums}, nil
}
