package console

import (
	"bytes"
	"cmp"
	"compress/gzip"
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

// The ranks of screens, by which the worst comes first: ten for each severity,
// and within one the order of the conditions.
const (
	rankFine    = 40
	rankPending = 50
)

// screenFact is a screen as the list of all screens has it, in one language: texts and
// no instants that would change while nothing happens, so that a screen is sent
// again only when there is something new to say of it. The names are short, for
// ten thousand of them go to a browser.
type screenFact struct {
	ID      playlist.ScreenID   `json:"id"`
	Name    string              `json:"n"`
	Site    playlist.SiteID     `json:"s"`
	Place   string              `json:"p,omitempty"`
	Kind    playlist.ScreenKind `json:"k"`
	Device  string              `json:"z"` // kind and size
	Rank    int                 `json:"r"`
	Since   int64               `json:"f,omitempty"` // of the trouble, Unix seconds
	Tone    string              `json:"o"`
	Title   string              `json:"t"`
	Cause   string              `json:"c,omitempty"`
	Next    string              `json:"x,omitempty"`
	Also    string              `json:"a,omitempty"` // what else is wrong, the titles
	Conduct conduct             `json:"u,omitempty"` // what it does and should not
	Showing string              `json:"w,omitempty"`
	Notice  playlist.NoticeID   `json:"i,omitempty"`
	Why     string              `json:"y,omitempty"`
	Edition string              `json:"e,omitempty"` // 第 118 版
	Lag     string              `json:"b,omitempty"` // 差 1 版
	Version string              `json:"v,omitempty"` // of its program
	Last    string              `json:"l"`           // the last sign of life in words
	Seen    int64               `json:"m,omitempty"` // the same in Unix seconds, 0 for just now

	condition fleet.Condition
	enrolled  int64 // when it got its device, Unix seconds
}

// troubled reports whether somebody should look.
func (f *screenFact) troubled() bool { return f.Rank < rankFine }

// enrolment is a screen on the roll. It is not changed any more: what is new
// about a screen is another one.
type enrolment struct {
	screenFact
	seq    uint64 // of the roll at which it became so
	body   []byte // JSON of screenFact
	search string // what the filter looks into, in small letters
}

// roll is all screens at one moment. Epoch names the list of which seq counts the
// states: numbers of another one mean nothing.
type roll struct {
	epoch string
	seq   uint64
	all   []*enrolment              // by site in the order of the tree, then by name
	index map[playlist.ScreenID]int // of all
	gone  []departure
	lands *lands
	worst func() []*enrolment    // all, the worst first
	whole func() ([]byte, error) // the answer to who sees all and has nothing, packed

	states []*fleet.State // what it was made from last; guarded by rolls.mu
}

// of returns a screen, or nil.
func (r *roll) of(id playlist.ScreenID) *enrolment {
	if i, ok := r.index[id]; ok {
		return r.all[i]
	}
	return nil
}

// departure is a screen that is not on the roll any more.
type departure struct {
	id  playlist.ScreenID
	seq uint64
}

// mostGone bounds how many departures a roll remembers; after more it begins
// anew, and browsers ask for everything.
const mostGone = 500

// rolls keeps the newest roll of each language. Ten thousand screens are judged
// once for all who look, and put into words only where something changed.
type rolls struct {
	mu     sync.Mutex // guards the rest, held while a roll is made
	newest [2]*roll
	titles map[playlist.NoticeID]heading
}

// heading is the title of a notice that is or was in force, kept for a while.
type heading struct {
	text string
	at   time.Time
}

// headingAge is how long the title of a notice on a display is not asked again.
const headingAge = time.Minute

// roll returns all screens in the visitor's language, as they are now.
func (v *visit) roll() (*roll, error) {
	k := v.rolls
	k.mu.Lock()
	defer k.mu.Unlock()
	was := k.newest[v.lang]
	states, err := v.Fleet.List(v.ctx)
	if err != nil {
		return nil, err
	}
	tree, err := v.sites()
	if err != nil {
		return nil, err
	}
	if was == nil || len(was.gone) > mostGone {
		was = &roll{epoch: rand.Text()}
	}
	w := v.wording(tree, was.lands)
	next, err := w.next(was, states)
	if err != nil {
		return nil, err
	}
	k.newest[v.lang] = next
	return next, nil
}

// next is the roll after another one, or that one when there is nothing new to say.
func (w wording) next(was *roll, states []*fleet.State) (*roll, error) {
	next := &roll{epoch: was.epoch, seq: was.seq + 1, gone: was.gone, lands: w.lands, states: states}
	moved := was.whole == nil || was.lands != w.lands || len(states) != len(was.states)
	news := make([]*enrolment, 0, 64)
	for i, s := range states {
		aligned := i < len(was.states) && was.states[i].ID == s.ID
		moved = moved || !aligned
		known := aligned && was.states[i] == s && was.lands == w.lands
		if known && (s.Report == nil || s.Report.Showing.Notice == "") {
			continue // nothing that it shows can have another title
		}
		e := was.of(s.ID)
		known = known && e != nil
		if known {
			same, err := w.sameTitle(e, s)
			if err != nil {
				return nil, err
			}
			if same {
				continue
			}
		}
		f, err := w.fact(s)
		if err != nil {
			return nil, err
		}
		if e != nil && e.screenFact == f {
			continue
		}
		moved = moved || e == nil || e.Name != f.Name || e.Site != f.Site
		if e, err = w.enrol(f, next.seq); err != nil {
			return nil, err
		}
		news = append(news, e)
	}
	if !moved && len(news) == 0 {
		was.states = states
		return was, nil
	}
	if moved {
		w.arrange(next, was, news)
	} else {
		next.all, next.index = slices.Clone(was.all), was.index
		for _, e := range news {
			next.all[next.index[e.ID]] = e
		}
	}
	next.worst = sync.OnceValue(func() []*enrolment {
		worst := slices.Clone(next.all)
		slices.SortStableFunc(worst, func(a, b *enrolment) int { return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Since, b.Since)) })
		return worst
	})
	tail, err := w.places(w.order, nil)
	if err != nil {
		return nil, err
	}
	next.whole = sync.OnceValues(func() ([]byte, error) {
		var plain bytes.Buffer
		next.answer(&plain, 0, nil, tail)
		return pack(plain.Bytes())
	})
	return next, nil
}

// arrange puts the screens of a roll in their order, when some came, went, were
// moved or are called otherwise.
func (w wording) arrange(next, was *roll, news []*enrolment) {
	fresh := make(map[playlist.ScreenID]*enrolment, len(news))
	for _, e := range news {
		fresh[e.ID] = e
	}
	next.all = make([]*enrolment, 0, len(next.states))
	next.index = make(map[playlist.ScreenID]int, len(next.states))
	for _, s := range next.states {
		e := fresh[s.ID]
		if e == nil {
			e = was.of(s.ID)
		}
		next.all = append(next.all, e)
	}
	slices.SortStableFunc(next.all, func(a, b *enrolment) int {
		return cmp.Or(cmp.Compare(w.number[a.Site], w.number[b.Site]), strings.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	for i, e := range next.all {
		next.index[e.ID] = i
	}
	for id := range was.index {
		if _, there := next.index[id]; !there {
			next.gone = append(slices.Clip(next.gone), departure{id, next.seq})
		}
	}
}

// wording puts states into words.
type wording struct {
	*visit
	*lands
}

// lands is the tree in one language. It is not changed.
type lands struct {
	tree   *store.Tree
	order  []playlist.Site // each site below its parent
	number map[playlist.SiteID]int
	paths  map[playlist.SiteID]string
}

// wording begins to put states into words, with what is known of the tree if it is
// the same.
func (v *visit) wording(tree *store.Tree, known *lands) wording {
	if v.rolls.titles == nil || len(v.rolls.titles) > 4096 {
		v.rolls.titles = map[playlist.NoticeID]heading{}
	}
	if known != nil && known.tree == tree {
		return wording{v, known}
	}
	w := wording{v, &lands{tree, ordered(tree), map[playlist.SiteID]int{}, map[playlist.SiteID]string{}}}
	for i, s := range w.order {
		var names []string
		for _, up := range tree.Path(s.ID) {
			names = append(names, v.siteLabel(up))
		}
		w.number[s.ID], w.paths[s.ID] = i, strings.Join(names, " ")
	}
	return w
}

// ordered lists the sites of a tree, each followed by those below it.
func ordered(tree *store.Tree) []playlist.Site {
	below := map[playlist.SiteID][]playlist.Site{}
	for _, s := range tree.Sites() {
		up := s.Parent
		if _, err := tree.Site(up); err != nil {
			up = ""
		}
		below[up] = append(below[up], s)
	}
	var out []playlist.Site
	var walk func(playlist.SiteID)
	walk = func(id playlist.SiteID) {
		for _, s := range below[id] {
			out = append(out, s)
			walk(s.ID)
		}
	}
	walk("")
	return out
}

func (w wording) fact(s *fleet.State) (screenFact, error) {
	f := screenFact{
		ID: s.ID, Name: s.Name, Site: s.Site, Place: s.Place, Kind: s.Kind, Device: w.screenKind(s.Kind) + " " + panelText(s.Panel),
		Rank: rank(s), Tone: tone(s.Condition), Title: w.said(s.Title), Cause: w.said(s.Cause.Brief()), Next: w.said(s.Next.Brief()), condition: s.Condition,
	}
	if !s.Paired() {
		f.Cause, f.Last = "", "—" // that it has no device is what to do about it
		return f, nil
	}
	f.enrolled = s.Enrolled.Unix()
	if f.Tone != "good" && len(s.Signs) > 0 && s.Signs[0].Severity == fleet.Urgent {
		f.Tone = "bad"
	}
	if f.troubled() {
		since := s.Since
		if len(s.Signs) > 0 {
			since = s.Signs[0].Since
		}
		f.Since = since.Unix()
	}
	f.Also, f.Conduct = w.also(s.Signs), conductOf(s.Signs)
	f.Last = w.t("刚刚")
	if last := cmp.Or(s.Seen, s.Since); s.Condition == fleet.Offline {
		f.Last, f.Seen = w.clock(last), last.Unix()
	}
	for _, ch := range []bool{false, true} { // its nearest site that publishes, alerts last
		for _, id := range w.lands.tree.PathIDs(s.Site) {
			if rev := s.Reported[playlist.ChannelID{Site: id, Alert: ch}]; rev > 0 && f.Edition == "" {
				f.Edition = w.t("第 %d 版", int(rev))
			}
		}
	}
	if n := behind(*s); n > 0 {
		f.Lag = w.t("差 %d 版", n)
	}
	f.Version = s.Program
	if r := s.Report; r != nil {
		f.Version = cmp.Or(r.Vitals.Program.Version, f.Version)
		f.Why = w.why(r.Showing.Why)
		var err error
		if f.Showing, f.Notice, err = w.display(s); err != nil {
			return f, err
		}
	}
	return f, nil
}

// sameTitle reports whether what a screen shows is called as it was, of a screen of
// which nothing else changed.
func (w wording) sameTitle(e *enrolment, s *fleet.State) (bool, error) {
	if s.Report == nil || s.Report.Showing.Notice == "" || !s.Paired() {
		return true, nil
	}
	text, id, err := w.display(s)
	return text == e.Showing && id == e.Notice, err
}

// display says what a screen shows. Everybody may know the title under which a
// notice is or was in force, and nobody here another one.
func (w wording) display(s *fleet.State) (string, playlist.NoticeID, error) {
	id := s.Report.Showing.Notice
	if id == "" {
		text, _ := w.showing(*s)
		return text, "", nil
	}
	now := w.Now()
	if h, ok := w.rolls.titles[id]; ok && now.Sub(h.at) < headingAge {
		return cmp.Or(h.text, string(id)), noticeIf(h.text != "", id), nil
	}
	h := heading{at: now}
	row, err := w.Store.Notice(w.ctx, id)
	switch {
	case err == nil && row.ShownVersion > 0:
		h.text = row.ShownTitle
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return "", "", err
	}
	w.rolls.titles[id] = h
	return cmp.Or(h.text, string(id)), noticeIf(h.text != "", id), nil
}

func noticeIf(known bool, id playlist.NoticeID) playlist.NoticeID {
	if known {
		return id
	}
	return ""
}

func rank(s *fleet.State) int {
	switch s.Condition {
	case fleet.Fine:
		return rankFine
	case fleet.Pending:
		return rankPending
	}
	severity := fleet.Warn
	if s.Condition == fleet.Offline {
		severity = fleet.Urgent
	}
	if len(s.Signs) > 0 {
		severity = s.Signs[0].Severity
	}
	return 10*int(fleet.Urgent-severity) + order[s.Condition]
}

func (w wording) enrol(f screenFact, seq uint64) (*enrolment, error) {
	body, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("write the row of screen %s: %w", f.ID, err)
	}
	text := strings.Join([]string{f.Name, string(f.ID), w.paths[f.Site], f.Place, f.Device, f.Title, f.Cause, f.Also, f.Version}, " ")
	return &enrolment{screenFact: f, seq: seq, body: body, search: strings.ToLower(text)}, nil
}

// place is a site of the tree beside the list, as browsers get it.
type place struct {
	ID     playlist.SiteID `json:"id"`
	Name   string          `json:"n"`
	Parent playlist.SiteID `json:"u,omitempty"`
}

// answer writes what a browser does not have yet that has seen the roll at since;
// 0 is nothing. sites says of which screens, nil of all; extra is put in front of
// the closing brace.
func (r *roll) answer(out *bytes.Buffer, since uint64, sites map[playlist.SiteID]bool, extra []byte) {
	fmt.Fprintf(out, `{"epoch":%q,"seq":%d,"rows":[`, r.epoch, r.seq)
	first := true
	for _, e := range r.all {
		if e.seq <= since || sites != nil && !sites[e.Site] {
			continue
		}
		if !first {
			out.WriteByte(',')
		}
		first = false
		out.Write(e.body)
	}
	out.WriteByte(']')
	if since > 0 {
		var ids []playlist.ScreenID
		for _, d := range r.gone {
			if d.seq > since {
				ids = append(ids, d.id)
			}
		}
		for _, e := range r.all { // moved to a site that the visitor does not see
			if e.seq > since && sites != nil && !sites[e.Site] {
				ids = append(ids, e.ID)
			}
		}
		if len(ids) > 0 {
			list, _ := json.Marshal(ids) // texts can be written
			out.WriteString(`,"gone":`)
			out.Write(list)
		}
	}
	out.Write(extra)
	out.WriteByte('}')
}

// places is what a browser gets of the tree: what the visitor sees, nil for all.
func (v *visit) places(order []playlist.Site, sees map[playlist.SiteID]bool) ([]byte, error) {
	out := make([]place, 0, len(order))
	for _, s := range order {
		if sees == nil || sees[s.ID] {
			out = append(out, place{ID: s.ID, Name: v.siteLabel(s), Parent: s.Parent})
		}
	}
	list, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("write the tree: %w", err)
	}
	return append([]byte(`,"sites":`), list...), nil
}

// pack compresses what goes to a browser, quickly rather than well.
func pack(plain []byte) ([]byte, error) {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("pack an answer: %w", err)
	}
	if _, err := z.Write(plain); err != nil {
		return nil, fmt.Errorf("pack an answer: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack an answer: %w", err)
	}
	return out.Bytes(), nil
}
