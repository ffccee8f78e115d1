package console

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingbai/controller/fleet"
	"mingbai/playlist"
)

// screensPerPage is how many rows the page has before its script has fetched all
// of them, and for a browser without scripts.
const screensPerPage = 50

type overviewPage struct {
	frame
	sift
	Top      overviewTop
	Rows     []screenLine
	Blank    screenLine // for the script to copy
	Places   []placeLine
	Chips    []chip
	Fold     chip   // the tree
	Heads    []chip // columns by which rows are sorted
	Versions []option
	Hidden   [][2]string // of the form: the choices that are not typed
	Total    int
	Listed   int
	First    int
	Last     int
	Earlier  string
	Later    string
	Pictures string // the address of the other view
	Retired  int    // screens that were taken out of service
	Tend     bool
}

// overviewTop is what is said above the list. It is refreshed.
type overviewTop struct {
	Total, Fine, Away, Behind, Other, Pending int
	Lines                                     int // places of which the line is down
	Incidents                                 []incident
	More                                      int    // open warnings that are not among them
	Waiting                                   int    // devices that show a code
	Found                                     int    // that a restored controller does not know
	Spread, SpreadOf                          string // how long the last edition took
	Tend                                      bool
	Misbehaving                               int // screens that do what they should not
	Conducts                                  []conductSum
}

// screenLine is a row of the table.
type screenLine struct {
	screenFact
	SiteName, Parent string
	Troubled         bool
	Because          string // cause and next step
}

// placeLine is a line of the tree beside the table.
type placeLine struct {
	Name, Path    string
	Depth         int
	Now           bool
	Screens, Sick int
}

// chip is a choice that is made with a click. It is a link, so that it works
// without a script and has an address.
type chip struct {
	Key, Value, Label, Path string
	On                      bool
	Count                   int  // of what it leaves
	Counted                 bool // it says so
}

// incident is something that several screens share, or that residents see now.
type incident struct {
	Text, Detail, Call string
	Path               string
	Tone               string
}

// sift is which screens are listed, in which order: the address of the page.
type sift struct {
	Query, Kind, Version, Sort, View string
	Only                             string // one of those below
	Site                             playlist.SiteID
	From                             int
	Narrow                           bool // without the tree
}

// What is wrong with the screens that are listed.
const (
	onlyTrouble = "trouble" // something
	onlyConduct = "conduct" // they do what they should not
)

// The orders of the list.
const (
	byWorst = ""
	bySite  = "site"
	byName  = "name"
	bySeen  = "seen"
)

func (v *visit) sift() sift {
	s := sift{
		Query: v.query("q"), Kind: v.query("kind"), Version: v.query("version"), Sort: v.query("sort"), View: v.query("view"),
		Only: v.query("only"), Site: playlist.SiteID(v.query("site")), From: v.count("from", 1<<20), Narrow: v.query("tree") == "off",
	}
	if !slices.Contains([]string{bySite, byName, bySeen}, s.Sort) {
		s.Sort = byWorst
	}
	if s.Only != onlyTrouble && s.Only != onlyConduct {
		s.Only = ""
	}
	return s
}

// path is the address of the page with a choice.
func (s sift) path() string {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("q", s.Query)
	set("kind", s.Kind)
	set("version", s.Version)
	set("sort", s.Sort)
	set("view", s.View)
	set("site", string(s.Site))
	set("only", s.Only)
	if s.From > 0 {
		q.Set("from", strconv.Itoa(s.From))
	}
	if s.Narrow {
		q.Set("tree", "off")
	}
	if len(q) == 0 {
		return "/screens"
	}
	return "/screens?" + q.Encode()
}

// but is the address with one more change, from the first row on.
func (s sift) but(change func(*sift)) string {
	s.From = 0
	change(&s)
	return s.path()
}

// passes returns the screens of a roll that the choice leaves, in its order.
func (s sift) passes(r *roll, within map[playlist.SiteID]bool) []*enrolment {
	words := strings.Fields(strings.ToLower(s.Query))
	var out []*enrolment
	all := r.all
	if s.Sort == byWorst {
		all = r.worst()
	}
	for _, e := range all {
		if within != nil && !within[e.Site] || s.Only == onlyTrouble && !e.troubled() || s.Only == onlyConduct && e.Conduct == 0 || s.Kind != "" && string(e.Kind) != s.Kind || s.Version != "" && e.Version != s.Version {
			continue
		}
		if slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(e.search, w) }) {
			continue
		}
		out = append(out, e)
	}
	switch s.Sort {
	case byWorst, bySite: // as the roll is
	case byName:
		slices.SortStableFunc(out, func(a, b *enrolment) int { return strings.Compare(a.Name, b.Name) })
	case bySeen:
		slices.SortStableFunc(out, func(a, b *enrolment) int { return cmp.Compare(silence(a), silence(b)) })
	}
	return out
}

// silence orders by the last sign of life, the oldest first.
func silence(e *enrolment) int64 {
	if e.Seen == 0 {
		return 1 << 62
	}
	return e.Seen
}

// oversees are the sites of which the visitor has the screens listed: those that he
// reaches himself or today for somebody, as in the statistics of use. nil is all.
// The page of a single screen is open to everybody who is signed in, for notices
// lead there; what is kept small is the list of what one has to look after.
func (v *visit) oversees() (map[playlist.SiteID]bool, error) {
	if v.person.MayAt(nil) {
		return nil, nil
	}
	tree, err := v.sites()
	if err != nil {
		return nil, err
	}
	out := map[playlist.SiteID]bool{}
	for _, s := range tree.Sites() {
		if v.person.MayAt(tree.PathIDs(s.ID)) {
			out[s.ID] = true
		}
	}
	return out, nil
}

// narrowed takes of sites to one and those below it.
func (v *visit) narrowed(site playlist.SiteID, sees map[playlist.SiteID]bool) (map[playlist.SiteID]bool, error) {
	tree, err := v.sites()
	if err != nil || site == "" {
		return sees, err
	}
	out := map[playlist.SiteID]bool{}
	for _, id := range tree.Subtree(site) {
		if sees == nil || sees[id] {
			out[id] = true
		}
	}
	return out, nil
}

func listScreens(v *visit) error {
	s := v.sift()
	sees, err := v.oversees()
	if err != nil {
		return err
	}
	r, err := v.roll()
	if err != nil {
		return err
	}
	tree, err := v.sites()
	if err != nil {
		return err
	}
	if _, err := tree.Site(s.Site); err != nil || sees != nil && !sees[s.Site] {
		s.Site = ""
	}
	within, err := v.narrowed(s.Site, sees)
	if err != nil {
		return err
	}
	if s.View == picturesView {
		return v.showPictures(s, r, within)
	}
	s.View = ""
	p := overviewPage{frame: v.page(v.t("全部屏幕")), sift: s, Tend: v.has(tends), Pictures: s.but(func(s *sift) { s.View = picturesView })}
	if p.Top, err = v.top(r, sees); err != nil {
		return err
	}
	retired, err := v.Store.Retired(v.ctx)
	if err != nil {
		return err
	}
	p.Total, p.Retired = p.Top.Total, len(retired)
	left := s.passes(r, within)
	p.Listed = len(left)
	if s.From >= p.Listed {
		s.From = 0
	}
	for _, e := range left[s.From:min(s.From+screensPerPage, len(left))] {
		p.Rows = append(p.Rows, v.screenLine(e.screenFact))
	}
	p.First, p.Last = s.From+1, s.From+len(p.Rows)
	page := func(from int) string { t := s; t.From = from; return t.path() }
	if s.From > 0 {
		p.Earlier = page(max(s.From-screensPerPage, 0))
	}
	if p.Last < p.Listed {
		p.Later = page(p.Last)
	}
	v.choices(&p, r, sees)
	return v.show("screens", p)
}

// choices fills in what the list can be narrowed and sorted by.
func (v *visit) choices(p *overviewPage, r *roll, sees map[playlist.SiteID]bool) {
	s := p.sift
	toggle := func(key, value, label string, on bool, change func(*sift)) {
		p.Chips = append(p.Chips, chip{Key: key, Value: value, Label: label, Path: s.but(change), On: on})
	}
	kind := func(k playlist.ScreenKind, label string) {
		toggle("kind", string(k), label, s.Kind == string(k), func(t *sift) {
			if t.Kind = string(k); s.Kind == string(k) {
				t.Kind = ""
			}
		})
	}
	only := func(value, label string) {
		toggle("only", value, label, s.Only == value, func(t *sift) {
			if t.Only = value; s.Only == value {
				t.Only = ""
			}
		})
	}
	only(onlyTrouble, v.t("有问题的"))
	only(onlyConduct, v.t("行为异常"))
	p.Chips[1].Counted, p.Chips[1].Count = true, p.Top.Misbehaving
	kind(playlist.Touch, v.t("触摸屏"))
	kind(playlist.LED, v.t("LED 屏"))
	p.Fold = chip{Key: "tree", Value: "off", Label: v.t("收起地区"), Path: s.but(func(t *sift) { t.Narrow = !t.Narrow }), On: s.Narrow}
	if s.Narrow {
		p.Fold.Label = v.t("显示地区")
	}
	for _, h := range [][2]string{{byName, v.t("屏幕")}, {bySite, v.t("所在地")}, {byWorst, v.t("状态与原因")}, {bySeen, v.t("最后心跳")}} {
		p.Heads = append(p.Heads, chip{Key: "sort", Value: h[0], Label: h[1], On: s.Sort == h[0], Path: s.but(func(t *sift) { t.Sort = h[0] })})
	}
	versions := map[string]int{}
	screens, sick := map[playlist.SiteID]int{}, map[playlist.SiteID]int{}
	here, ill := map[playlist.SiteID]int{}, map[playlist.SiteID]int{}
	for _, e := range r.all {
		if sees != nil && !sees[e.Site] {
			continue
		}
		if e.Version != "" {
			versions[e.Version]++
		}
		if here[e.Site]++; e.troubled() {
			ill[e.Site]++
		}
	}
	for site, n := range here {
		for _, id := range v.tree.PathIDs(site) {
			screens[id], sick[id] = screens[id]+n, sick[id]+ill[site]
		}
	}
	for _, name := range sortedKeys(versions) {
		p.Versions = append(p.Versions, option{Value: name, Label: v.t("版本 %s（%d 块）", name, versions[name]), Chosen: s.Version == name})
	}
	if len(p.Versions) < 2 && s.Version == "" {
		p.Versions = nil // nothing to choose
	}
	for _, h := range [][2]string{{"kind", s.Kind}, {"sort", s.Sort}, {"site", string(s.Site)}, {"tree", map[bool]string{true: "off"}[s.Narrow]}, {"only", s.Only}} {
		if h[1] != "" {
			p.Hidden = append(p.Hidden, h)
		}
	}
	p.Places = v.placeLines(s, r.lands.order, screens, sick, sees)
}

func sortedKeys(m map[string]int) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// placeLines is the tree as far as it is open: the top, what is below it, and
// below those above the chosen site.
func (v *visit) placeLines(s sift, order []playlist.Site, screens, sick map[playlist.SiteID]int, sees map[playlist.SiteID]bool) []placeLine {
	open := map[playlist.SiteID]bool{}
	for _, id := range v.tree.PathIDs(s.Site) {
		open[id] = true
	}
	var out []placeLine
	depth := map[playlist.SiteID]int{}
	for _, site := range order {
		if sees != nil && !sees[site.ID] {
			continue
		}
		up, under := depth[site.Parent]
		if under && up > 0 && !open[site.Parent] || screens[site.ID] == 0 {
			continue
		}
		line := placeLine{Name: v.siteLabel(site), Screens: screens[site.ID], Sick: sick[site.ID], Now: s.Site == site.ID}
		if under {
			line.Depth = up + 1
		}
		depth[site.ID] = line.Depth
		line.Path = s.but(func(t *sift) {
			if t.Site = site.ID; line.Depth == 0 {
				t.Site = ""
			}
		})
		line.Now = line.Now || line.Depth == 0 && s.Site == ""
		out = append(out, line)
	}
	return out
}

func (v *visit) screenLine(f screenFact) screenLine {
	l := screenLine{screenFact: f, SiteName: v.siteName(f.Site), Troubled: f.troubled()}
	said := slices.DeleteFunc([]string{f.Cause, f.Next}, func(text string) bool { return text == "" })
	l.Because = strings.Join(said, v.words("；", ". "))
	if path := v.tree.Path(f.Site); len(path) > 1 {
		l.Parent = v.siteLabel(path[1])
	}
	return l
}

// top sums up the screens that the visitor sees.
func (v *visit) top(r *roll, sees map[playlist.SiteID]bool) (overviewTop, error) {
	t := overviewTop{Tend: v.has(tends), Waiting: len(v.Fleet.Waiting()), Found: v.Fleet.FoundCount()}
	away := map[playlist.SiteID][]*enrolment{}
	var sums conductSums
	for _, e := range r.all {
		if sees != nil && !sees[e.Site] {
			continue
		}
		t.Total++
		sums.add(e.Conduct)
		switch e.condition {
		case fleet.Fine:
			t.Fine++
		case fleet.Offline:
			t.Away++
			away[e.Site] = append(away[e.Site], e)
		case fleet.Behind:
			t.Behind++
		case fleet.Pending:
			t.Pending++
		default:
			t.Other++
		}
	}
	t.Misbehaving, t.Conducts = sums.all, v.conducts(sums)
	if err := v.incidents(&t, away, sees); err != nil {
		return t, err
	}
	spread, err := v.Fleet.LastSpread(v.ctx)
	if err != nil {
		return t, err
	}
	switch took := spread.Last.Sub(spread.Created); {
	case spread.Revision == 0 || took < 0: // not since the start of the controller, or the clock was set
	case spread.Waiting > 0:
		t.Spread, t.SpreadOf = v.t("差 %d 块", spread.Waiting), v.t("最近一次发布还没到")
	case took < 10*time.Second:
		t.Spread, t.SpreadOf = v.t("%.1f 秒", took.Seconds()), v.t("最近一次发布到全部显示")
	default:
		t.Spread, t.SpreadOf = v.span(took), v.t("最近一次发布到全部显示")
	}
	return t, nil
}

// liveScreens sends a browser what it does not have: everything at first, then
// the screens that changed and what is said above the list.
func liveScreens(v *visit) error {
	sees, err := v.oversees()
	if err != nil {
		return err
	}
	r, err := v.roll()
	if err != nil {
		return err
	}
	since, err := strconv.ParseUint(v.query("since"), 10, 63)
	if err != nil || v.query("epoch") != r.epoch || since > r.seq {
		since = 0
	}
	if since == 0 && sees == nil {
		body, err := r.whole()
		return v.send(body, true, err)
	}
	var tail []byte
	if since == 0 {
		if tail, err = v.places(r.lands.order, sees); err != nil {
			return err
		}
	} else {
		top, err := v.top(r, sees)
		if err != nil {
			return err
		}
		html, err := v.fragmentOf("screens", "top", top)
		if err != nil {
			return err
		}
		said, err := json.Marshal(string(html))
		if err != nil {
			return fmt.Errorf("write what is said above the list: %w", err)
		}
		tail = append([]byte(`,"top":`), said...)
	}
	var out bytes.Buffer
	r.answer(&out, since, sees, tail)
	body, err := pack(out.Bytes())
	return v.send(body, true, err)
}

// fragmentOf draws a piece of a page.
func (v *visit) fragmentOf(name, piece string, data any) (template.HTML, error) {
	tmpl := v.pages.of(v.lang, name)
	if tmpl == nil {
		return "", fmt.Errorf("there is no page %s", name)
	}
	var out strings.Builder
	if err := tmpl.ExecuteTemplate(&out, piece, data); err != nil {
		return "", fmt.Errorf("draw %s of page %s: %w", piece, name, err)
	}
	return template.HTML(out.String()), nil
}

// send writes JSON, packed or not. Every browser that runs the page's script
// unpacks it.
func (v *visit) send(body []byte, packed bool, err error) error {
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	if packed {
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	v.w.WriteHeader(http.StatusOK)
	if _, err := v.w.Write(body); err != nil && v.ctx.Err() == nil {
		v.Log.Debug("a browser went away", "path", v.r.URL.Path, "error", err)
	}
	return nil
}
