package watch

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// eventTried is a message that somebody sends to see that messages arrive.
const eventTried = "test"

// What Try may be refused for.
var (
	ErrNoWay  = errors.New("nobody is told over this way")
	ErrTrying = errors.New("a message to try this way is still under way")
)

// Way is one address at which people are told of warnings, and how that went lately.
type Way struct {
	ID    string            // for Try; it gives nothing of the address away
	Mail  bool              // or else a webhook
	To    string            // the address; of a webhook the machine only, as the rest is often a secret
	Sites []playlist.SiteID // whose warnings; none: of all
	store.WayState
	Error string    // why what waits, or was given up in the last week, could not be brought; empty when all was
	Again time.Time // when that is tried again; zero when it is not

	way string
}

// idOf names a way, whose address may be a secret.
func idOf(way string) string {
	sum := sha256.Sum256([]byte(way))
	return hex.EncodeToString(sum[:8])
}

// Ways are all addresses of the settings at which people are told.
func (w *Watch) Ways(ctx context.Context) ([]Way, error) {
	states, err := w.cfg.Store.WayStates(ctx)
	if err != nil {
		return nil, err
	}
	troubled, err := w.Troubled(ctx)
	if err != nil {
		return nil, err
	}
	byID := map[string]*Way{}
	for _, r := range w.cfg.Post.Recipients {
		ways := make([]string, 0, len(r.Mail)+1)
		for _, address := range r.Mail {
			ways = append(ways, byMail+address)
		}
		if r.Webhook != "" {
			ways = append(ways, byWebhook+r.Webhook)
		}
		for _, id := range ways {
			one := byID[id]
			if one == nil {
				one = &Way{ID: idOf(id), way: id, Mail: strings.HasPrefix(id, byMail), To: shown(id), WayState: states[id], Sites: []playlist.SiteID{r.Site}}
				byID[id] = one
			}
			if !slices.Contains(one.Sites, r.Site) {
				one.Sites = append(one.Sites, r.Site)
			}
		}
	}
	for _, d := range troubled { // the newest first
		if one := byID[d.Way]; one != nil && one.Error == "" && (d.Done.IsZero() || d.Done.After(one.Last)) {
			one.Error = hide(d.Way, d.Error)
			if d.Done.IsZero() {
				one.Again = d.Due
			}
		}
	}
	out := make([]Way, 0, len(byID))
	for _, one := range byID {
		if slices.Contains(one.Sites, "") {
			one.Sites = nil
		}
		out = append(out, *one)
	}
	slices.SortFunc(out, func(a, b Way) int { return cmp.Compare(a.way, b.way) })
	return out, nil
}

// shown is an address as it may be read by everybody who sees warnings.
func shown(way string) string {
	if address, is := strings.CutPrefix(way, byMail); is {
		return address
	}
	u, err := url.Parse(strings.TrimPrefix(way, byWebhook))
	if err != nil {
		return ""
	}
	return u.Host
}

// hide takes the address of a webhook out of what went wrong with it.
func hide(way, text string) string {
	if address, is := strings.CutPrefix(way, byWebhook); is {
		return strings.ReplaceAll(text, address, shown(way))
	}
	return text
}

// Unbrought are the addresses, as they may be read, to which a message does not get
// through now, each once.
func (w *Watch) Unbrought(ctx context.Context) ([]string, error) {
	troubled, err := w.Troubled(ctx)
	var out []string
	for _, d := range troubled {
		if to := shown(d.Way); d.Done.IsZero() && !slices.Contains(out, to) {
			out = append(out, to)
		}
	}
	slices.Sort(out)
	return out, err
}

// Rules are what nobody is told of, and when.
type Rules struct {
	Least                 fleet.Severity
	QuietFrom, QuietUntil int // minutes of the day; equal: never
}

// Rules returns what the settings say of all ways.
func (w *Watch) Rules() Rules {
	p := &w.cfg.Post
	return Rules{Least: p.Least, QuietFrom: p.QuietFrom, QuietUntil: p.QuietUntil}
}

// Try sends a message over one way, to see that messages arrive there. A mail goes at
// once, or a minute after the last one. ErrTrying while the one before waits.
func (w *Watch) Try(ctx context.Context, actor, id string) error {
	ways, err := w.Ways(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(ways, func(o Way) bool { return o.ID == id })
	if i < 0 {
		return ErrNoWay
	}
	way := ways[i].way
	now := w.cfg.Now()
	body, err := json.Marshal(message{Event: eventTried, At: now, Link: w.cfg.Post.link(""), Warning: store.Warning{
		Severity: int(fleet.Note), Opened: now, Shown: now, Kind: eventTried, Actor: actor,
		TitleZh: "试发一条，不用处理", TitleEn: "this is a trial, nothing is wrong",
		CauseZh: "有人在控制台点了“试发”", CauseEn: "somebody tries on the console whether messages arrive",
	}})
	if err != nil {
		return err
	}
	return w.cfg.Store.Update(ctx, func(t *store.Tx) error {
		waiting, err := t.Deliveries(ctx, eventTried)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(waiting, func(d store.Delivery) bool { return d.Way == way && d.Done.IsZero() }) {
			return ErrTrying
		}
		d := store.Delivery{ID: "t-" + strings.ToLower(rand.Text()[:16]), Warning: eventTried, Way: way, Due: now, Body: body}
		if err := t.PutDelivery(ctx, d); err != nil {
			return err
		}
		return t.Audit(ctx, store.Record{At: now, Actor: actor, Action: "watch.try", Subject: ways[i].To, Detail: strings.Fields(way)[0]})
	})
}
