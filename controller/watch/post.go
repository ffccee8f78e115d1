package watch

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// The times of the post.
const (
	postEvery = 2 * time.Second
	// settle is how long a mail waits for others to come into it, and for the
	// fault to mend itself.
	settle = 15 * time.Second
	// mailEvery is the least time between two mails to one address.
	mailEvery = time.Minute
	// firstAgain and lastAgain bound the pause after a failure, which doubles.
	firstAgain, lastAgain = 15 * time.Second, time.Hour
	// giveUp is when a message is too old to be of use.
	giveUp = 24 * time.Hour
	// batch bounds what is taken from the store at once.
	batch = 500
)

// The ways of a delivery.
const (
	byMail    = "mail "
	byWebhook = "webhook "
)

// Recipient is who is told of the warnings of a site and all below it.
type Recipient struct {
	Site    playlist.SiteID // empty: all sites
	Mail    []string        // addresses
	Webhook string          // address; empty for none
	Secret  []byte          // signs what is sent to Webhook
}

// Post is how warnings are brought to people.
type Post struct {
	Recipients []Recipient
	Least      fleet.Severity // of warnings that anybody is told of (Warn)
	// QuietFrom until QuietUntil, minutes of the day in the office's zone, mails
	// about what is not urgent wait. Both equal: never.
	QuietFrom, QuietUntil int
	Language              string // of mails, zh or en
	Office                string // its name, in the subject
	URL                   string // of the console
	Mail                  MailServer

	zone *time.Location
}

// The events that a message tells of.
const (
	eventOpened = "opened"
	eventWorse  = "worse"
	eventClosed = "closed"
)

// message is the body of a delivery, and what a webhook gets.
type message struct {
	Event   string        `json:"event"` // opened, worse, closed, or test when somebody tries whether it arrives
	At      time.Time     `json:"at"`
	Link    string        `json:"link,omitempty"`
	WhereZh string        `json:"where_zh"` // sites and screen
	WhereEn string        `json:"where_en"`
	Warning store.Warning `json:"warning"`
}

// send puts messages about changes on their way, in the transaction of the
// changes.
func (p *Post) send(ctx context.Context, t *store.Tx, now time.Time, changes []change, states []*fleet.State, tree *store.Tree) error {
	for _, c := range changes {
		w := c.warning
		m := message{Event: eventOpened, At: now, Link: p.link(w.ID), Warning: w}
		switch {
		case c.what == closed:
			m.Event = eventClosed
		case c.what == changed && c.worse:
			m.Event = eventWorse
		case c.what == changed:
			continue
		}
		ways := p.ways(w, tree)
		if fleet.Severity(w.Severity) < p.Least || len(ways) == 0 {
			continue
		}
		m.WhereZh, m.WhereEn = where(w, states, tree)
		body, err := json.Marshal(m)
		if err != nil {
			return err
		}
		dropped := map[string]bool{}
		if c.what == closed {
			if dropped, err = drop(ctx, t, now, w.ID); err != nil {
				return err
			}
		}
		for _, way := range ways {
			d := store.Delivery{ID: "d-" + strings.ToLower(rand.Text()[:16]), Warning: w.ID, Way: way, Due: now, Body: body}
			if strings.HasPrefix(way, byMail) {
				if dropped[way] {
					continue
				}
				d.Due = now.Add(settle)
				if until, quiet := p.quiet(now); quiet && fleet.Severity(w.Severity) < fleet.Urgent {
					d.Due = until
				}
			}
			if err := t.PutDelivery(ctx, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// drop takes back the mails about a warning that closed before they could be
// sent, and returns their ways: nobody needs to be told that it closed.
func drop(ctx context.Context, t *store.Tx, now time.Time, warning string) (map[string]bool, error) {
	all, err := t.Deliveries(ctx, warning)
	if err != nil {
		return nil, err
	}
	dropped, told := map[string]bool{}, map[string]bool{}
	for _, d := range all {
		if !strings.HasPrefix(d.Way, byMail) {
			continue
		}
		if !d.Done.IsZero() {
			told[d.Way] = true
			continue
		}
		d.Done = now
		if err := t.PutDelivery(ctx, d); err != nil {
			return nil, err
		}
		dropped[d.Way] = true
	}
	for way := range told {
		delete(dropped, way)
	}
	return dropped, nil
}

// where names the sites of a warning from the second level down, and the screen.
func where(w store.Warning, states []*fleet.State, tree *store.Tree) (zh, en string) {
	path := tree.Path(w.Site)
	for i, s := range slices.Backward(path) {
		if i == len(path)-1 && len(path) > 1 {
			continue
		}
		name := cmp.Or(s.NameEn, s.Name)
		zh, en = strings.TrimSpace(zh+" "+s.Name), strings.TrimLeft(en+", "+name, ", ")
	}
	if _, line := siteOf(w.Scope); line || w.Scope == officeScope {
		return zh, en
	}
	if i := slices.IndexFunc(states, func(s *fleet.State) bool { return string(s.ID) == w.Scope }); i >= 0 {
		zh, en = strings.TrimSpace(zh+" "+states[i].Name), strings.TrimLeft(en+", "+states[i].Name, ", ")
	}
	return zh, en
}

// link is where a person sees a warning, or all.
func (p *Post) link(id string) string {
	if p.URL == "" {
		return ""
	}
	if id == "" {
		return p.URL + "/warnings"
	}
	return p.URL + "/warnings/" + id
}

// ways returns how those are reached who are to know of a warning: those of its
// site, of all sites above it, and of the sites below one whose line is down.
func (p *Post) ways(w store.Warning, tree *store.Tree) (ways []string) {
	above := tree.PathIDs(w.Site)
	_, line := siteOf(w.Scope)
	for _, r := range p.Recipients {
		if r.Site != "" && !slices.Contains(above, r.Site) && !(line && slices.Contains(tree.PathIDs(r.Site), w.Site)) {
			continue
		}
		for _, address := range r.Mail {
			ways = append(ways, byMail+address)
		}
		if r.Webhook != "" {
			ways = append(ways, byWebhook+r.Webhook)
		}
	}
	slices.Sort(ways)
	return slices.Compact(ways)
}

// quiet returns when mails about what is not urgent may go again, and false when
// they may now.
func (p *Post) quiet(now time.Time) (time.Time, bool) {
	if p.QuietFrom == p.QuietUntil {
		return time.Time{}, false
	}
	local := now.In(p.zone)
	minute := local.Hour()*60 + local.Minute()
	after := (minute - p.QuietFrom + 1440) % 1440
	if after >= (p.QuietUntil-p.QuietFrom+1440)%1440 {
		return time.Time{}, false
	}
	y, m, d := local.Date()
	until := time.Date(y, m, d, 0, p.QuietUntil, 0, 0, p.zone)
	if !until.After(now) {
		until = time.Date(y, m, d+1, 0, p.QuietUntil, 0, 0, p.zone)
	}
	return until, true
}

// carrier brings what is due over one kind of way.
type carrier struct {
	w    *Watch
	way  string
	post func(ctx context.Context, address string, list []letter) error
	most int // letters at once to one address, 0 for all

	turning sync.Mutex           // one turn at a time; guards last
	last    map[string]time.Time // when something went to an address
	rest    time.Duration        // between two to one address
}

// letter is a delivery that was read.
type letter struct {
	store.Delivery
	said message
}

// carriers are the two ways, so that a slow mail server delays no webhook.
func (w *Watch) carriers() []*carrier {
	return []*carrier{
		{w: w, way: byMail, post: w.cfg.Post.mail, last: map[string]time.Time{}, rest: mailEvery},
		{w: w, way: byWebhook, post: w.cfg.Post.webhook, most: 1, last: map[string]time.Time{}},
	}
}

// Carry brings the messages that are due at an instant, once. What cannot be
// brought is tried again later; an error is the store's. Run does it all the time.
func (w *Watch) Carry(ctx context.Context, now time.Time) error {
	var errs []error
	for _, c := range w.ways {
		errs = append(errs, c.turn(ctx, now))
	}
	return errors.Join(errs...)
}

// carry brings messages until ctx ends.
func (w *Watch) carry(ctx context.Context) {
	var work sync.WaitGroup
	for _, c := range w.ways {
		work.Go(func() {
			tick := time.NewTicker(postEvery)
			defer tick.Stop()
			for {
				if err := c.turn(ctx, w.cfg.Now()); err != nil && ctx.Err() == nil {
					w.cfg.Log.Error("Messages about warnings could not be read or noted; it is tried again.", "error", err)
				}
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
				}
			}
		})
	}
	work.Wait()
}

// turn brings what is due at an instant, each address by itself. What cannot be
// brought is tried again later; an error is the store's.
func (c *carrier) turn(ctx context.Context, now time.Time) error {
	c.turning.Lock()
	defer c.turning.Unlock()
	due, err := c.w.cfg.Store.DueDeliveries(ctx, c.way, now, batch)
	if err != nil {
		return err
	}
	byAddress := map[string][]letter{}
	var changed []store.Delivery
	for _, d := range due {
		l := letter{Delivery: d}
		if err := json.Unmarshal(d.Body, &l.said); err != nil {
			d.Done, d.Error = now, "the message cannot be read: "+err.Error()
			changed = append(changed, d)
			continue
		}
		address := strings.TrimPrefix(d.Way, c.way)
		byAddress[address] = append(byAddress[address], l)
	}
	for address, list := range byAddress {
		slices.SortStableFunc(list, func(a, b letter) int { return a.said.At.Compare(b.said.At) })
		for len(list) > 0 && ctx.Err() == nil {
			if !c.last[address].IsZero() && now.Sub(c.last[address]) < c.rest {
				break
			}
			n := len(list)
			if c.most > 0 {
				n = min(n, c.most)
			}
			err := c.post(ctx, address, list[:n])
			for i, l := range list[:n] {
				l.Delivery = c.noted(l, now, err)
				list[i] = l
				changed = append(changed, l.Delivery)
			}
			if err != nil {
				break // the rest comes after what failed
			}
			c.last[address] = now
			list = list[n:]
		}
	}
	return c.keep(ctx, changed)
}

// keep notes what became of deliveries, also when ctx has ended meanwhile: what
// was brought must not be brought again.
func (c *carrier) keep(ctx context.Context, changed []store.Delivery) error {
	if len(changed) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return c.w.cfg.Store.Update(ctx, func(t *store.Tx) error {
		for _, d := range changed {
			if err := t.PutDelivery(ctx, d); err != nil {
				return err
			}
		}
		return nil
	})
}

// noted is a delivery after an attempt.
func (c *carrier) noted(l letter, now time.Time, err error) store.Delivery {
	d := l.Delivery
	d.Tries++
	if err == nil {
		d.Done, d.Error = now, ""
		return d
	}
	d.Error = err.Error()
	pause := lastAgain
	if d.Tries < 10 {
		pause = min(lastAgain, firstAgain<<(d.Tries-1))
	}
	d.Due = now.Add(pause)
	if now.Sub(l.said.At) >= giveUp {
		d.Done = now
		d.Error = fmt.Sprintf("given up after %d attempts: %v", d.Tries, err)
		c.w.cfg.Log.Error("A message about a warning was given up.", "warning", d.Warning, "way", strings.TrimSpace(c.way), "tries", d.Tries, "error", err)
	} else {
		c.w.cfg.Log.Warn("A message about a warning could not be brought; it is tried again.", "warning", d.Warning, "way", strings.TrimSpace(c.way), "tries", d.Tries, "error", err)
	}
	return d
}

// Troubled returns the messages that could not be brought: those that are tried
// again, and those given up in the last week. The newest first, at most 50.
func (w *Watch) Troubled(ctx context.Context) ([]store.Delivery, error) {
	return w.cfg.Store.TroubledDeliveries(ctx, w.cfg.Now().Add(-7*24*time.Hour), 50)
}
