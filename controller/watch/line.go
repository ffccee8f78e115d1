package watch

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// lost is a screen that is offline.
type lost struct {
	*fleet.State
	sign fleet.Sign
	ripe bool // it has been away for long enough to be a warning
}

// lines finds the sites whose line is down: several screens, at least half of
// them, went within two minutes. A town all of whose villages went is one. It
// returns one warning for each, and the screens that these are about.
func (e *engine) lines(now time.Time, states []*fleet.State, tree *store.Tree) (map[key]store.Warning, map[playlist.ScreenID]bool) {
	in := map[playlist.ScreenID]bool{}
	out := map[key]store.Warning{}
	var away []lost
	up := make([]bool, len(states)) // also those of which nobody knows yet
	inOpen := e.inOpenLines()
	for i := range states {
		s := states[i]
		if len(s.Signs) == 0 || s.Signs[0].Kind != fleet.SignOffline || e.excused(now, s) && !inOpen[s.ID] {
			up[i] = s.Paired()
			continue
		}
		l := lost{s, s.Signs[0], now.Sub(s.Signs[0].Since) >= wait(fleet.SignOffline, s)}
		if l.ripe || !s.Left {
			away = append(away, l)
		}
	}
	if len(away) < 2 || !slices.ContainsFunc(away, func(l lost) bool { return l.ripe }) {
		return out, in
	}
	slices.SortStableFunc(away, func(a, b lost) int { return a.sign.Since.Compare(b.sign.Since) })
	c := census{tree: tree, away: map[playlist.SiteID][]lost{}, up: map[playlist.SiteID]int{}, home: map[playlist.ScreenID]playlist.SiteID{}}
	for i := range states {
		s := states[i]
		c.home[s.ID] = s.Site
		if up[i] {
			c.up[s.Site]++
		}
	}
	for _, l := range away {
		c.away[l.Site] = append(c.away[l.Site], l)
	}
	found := map[playlist.SiteID][]lost{}
	for k, o := range e.open { // what was one line stays one while that explains it
		if site, is := siteOf(k.scope); is {
			if members := c.still(o.Warning); len(members) > 0 {
				found[site] = members
			}
		}
	}
	if root, err := tree.Root(); err == nil {
		c.search(root.ID, found)
	}
	for _, members := range found {
		for _, l := range members {
			in[l.ID] = true
		}
	}
	c.byAddress(states, up, in, found)
	clear(in)
	for _, site := range tree.Sites() { // parents first: the highest takes the screens
		members := slices.DeleteFunc(slices.Clone(found[site.ID]), func(l lost) bool { return in[l.ID] })
		if len(members) < 2 {
			continue
		}
		for _, l := range members {
			in[l.ID] = true
		}
		w := e.line(now, tree, site.ID, members)
		out[key{w.Scope, fleet.SignOffline}] = w
	}
	return out, in
}

// inOpenLines are the screens that open warnings about lines are about.
func (e *engine) inOpenLines() map[playlist.ScreenID]bool {
	in := map[playlist.ScreenID]bool{}
	for k, o := range e.open {
		if _, is := siteOf(k.scope); is {
			for _, id := range o.Screens {
				in[id] = true
			}
		}
	}
	return in
}

// census is the screens of every site, those that are up and those that are away
// in the order in which they went.
type census struct {
	tree *store.Tree
	away map[playlist.SiteID][]lost
	up   map[playlist.SiteID]int
	home map[playlist.ScreenID]playlist.SiteID
}

// below returns the away screens of a subtree in the order in which they went,
// and how many of it are up.
func (c *census) below(site playlist.SiteID) (away []lost, up int) {
	for _, id := range c.tree.Subtree(site) {
		away = append(away, c.away[id]...)
		up += c.up[id]
	}
	slices.SortStableFunc(away, func(a, b lost) int { return a.sign.Since.Compare(b.sign.Since) })
	return away, up
}

// cluster returns the largest part of away that went within two minutes, if it
// is two or more and at least half of those that were up before.
func cluster(away []lost, up int) []lost {
	var best []lost
	for i, j := 0, 0; i < len(away); i++ {
		for j < len(away) && away[j].sign.Since.Sub(away[i].sign.Since) <= together {
			j++
		}
		if part := away[i:j]; len(part) > len(best) && 2*len(part) >= up+len(away)-i {
			best = part
		}
	}
	if len(best) < 2 {
		return nil
	}
	return best
}

// search finds the highest sites at and below one whose line is down.
func (c *census) search(site playlist.SiteID, found map[playlist.SiteID][]lost) {
	away, up := c.below(site)
	if len(away) == 0 {
		return
	}
	if part := cluster(away, up); part != nil && c.everywhere(site, part) && len(part) > len(found[site]) {
		found[site] = part
	}
	if found[site] != nil && len(found[site]) == len(away) {
		return
	}
	if own := cluster(c.away[site], c.up[site]); own != nil && found[site] == nil {
		found[site] = own
	}
	for _, child := range c.children(site) {
		c.search(child, found)
	}
}

// everywhere reports whether screens that went are at least half of every part
// of a site: of its own ones, and of the ones of every site below it. It has to
// have two parts.
func (c *census) everywhere(site playlist.SiteID, part []lost) bool {
	gone := map[playlist.SiteID]int{}
	for _, l := range part {
		path := c.tree.PathIDs(l.Site)
		if i := slices.Index(path, site); i > 0 {
			gone[path[i-1]]++
		} else {
			gone[site]++
		}
	}
	parts := 0
	check := func(id playlist.SiteID, up int) bool {
		if up+gone[id] == 0 {
			return true
		}
		parts++
		return gone[id] > 0 && gone[id] >= up
	}
	if !check(site, c.up[site]) {
		return false
	}
	for _, child := range c.children(site) {
		if _, up := c.below(child); !check(child, up) {
			return false
		}
	}
	return parts > 1
}

func (c *census) children(site playlist.SiteID) (ids []playlist.SiteID) {
	for _, s := range c.tree.Below(site) {
		if s.Parent == site {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// still returns the screens that an open warning about a line explains: those of
// it that are still away, and others of the same sites that went since. None when
// most are back, or when all of one of the sites are.
func (c *census) still(w store.Warning) []lost {
	var members []lost
	covered := map[playlist.SiteID]bool{}
	about := make(map[playlist.ScreenID]bool, len(w.Screens))
	for _, id := range w.Screens {
		covered[c.home[id]], about[id] = true, true
	}
	up := 0
	for site := range covered {
		n := len(members)
		for _, l := range c.away[site] {
			if about[l.ID] || !l.sign.Since.Before(w.Opened.Add(-together)) {
				members = append(members, l)
			}
		}
		if len(members) == n && c.up[site] > 0 && len(covered) > 1 {
			return nil
		}
		up += c.up[site]
	}
	if len(members) < 2 || len(members) < up {
		return nil
	}
	slices.SortStableFunc(members, func(a, b lost) int { return a.sign.Since.Compare(b.sign.Since) })
	return members
}

// byAddress joins screens of several sites that reached the controller from one
// public address.
func (c *census) byAddress(states []*fleet.State, isUp []bool, in map[playlist.ScreenID]bool, found map[playlist.SiteID][]lost) {
	away, up := map[string][]lost{}, map[string]int{}
	for _, at := range c.away {
		for _, l := range at {
			if host := public(l.Remote); host != "" && !in[l.ID] {
				away[host] = append(away[host], l)
			}
		}
	}
	if len(away) == 0 {
		return
	}
	for i := range states {
		if isUp[i] {
			up[public(states[i].Remote)]++
		}
	}
	for host, list := range away {
		slices.SortStableFunc(list, func(a, b lost) int { return a.sign.Since.Compare(b.sign.Since) })
		part := cluster(list, up[host])
		if part == nil {
			continue
		}
		site := part[0].Site
		for _, l := range part {
			site = c.common(site, l.Site)
		}
		if found[site] == nil && site != "" {
			found[site] = part
		}
	}
}

// common is the lowest site that both are at or below.
func (c *census) common(a, b playlist.SiteID) playlist.SiteID {
	path := c.tree.PathIDs(a)
	for _, id := range c.tree.PathIDs(b) {
		if slices.Contains(path, id) {
			return id
		}
	}
	return ""
}

// public is the host of an address that a line may have: not this machine.
func public(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsLoopback() {
		return ""
	}
	return host
}

// manyAway is from how many screens on a line is urgent: people of a whole town
// are cut off from alerts.
const manyAway = 10

// line writes the warning about a site's line.
func (e *engine) line(now time.Time, tree *store.Tree, site playlist.SiteID, members []lost) store.Warning {
	w := store.Warning{Scope: siteScope(site), Site: site, Kind: string(fleet.SignOffline), Severity: int(fleet.Warn), Opened: members[0].sign.Since}
	if len(members) >= manyAway {
		w.Severity = int(fleet.Urgent)
	}
	worst, left := 0.0, true
	for _, l := range members {
		w.Screens = append(w.Screens, l.ID)
		if l.sign.Since.Before(w.Opened) {
			w.Opened = l.sign.Since
		}
		if l.Report != nil {
			worst = max(worst, l.Report.Vitals.Line.Lost)
		}
		left = left && l.Left
	}
	if o := e.open[key{w.Scope, fleet.SignOffline}]; o != nil {
		w.Opened = o.Opened
	}
	slices.Sort(w.Screens)
	w.Screens = slices.Compact(w.Screens)
	name, nameEn := string(site), string(site)
	if s, err := tree.Site(site); err == nil {
		name, nameEn = s.Name, s.Name
		if s.NameEn != "" {
			nameEn = s.NameEn
		}
	}
	lasted, began := fleet.Lasting(now.Sub(w.Opened)), fleet.Clock(w.Opened.In(e.zone), now.In(e.zone))
	w.TitleZh = fmt.Sprintf("%s线路中断，%d 块屏幕离线 %s", name, len(members), lasted.Zh)
	w.TitleEn = fmt.Sprintf("line of %s down, %d screens offline for %s", nameEn, len(members), lasted.En)
	zh := []string{"这些屏 " + began + " 前后一起断开，各自出故障的可能性低"}
	en := []string{"these screens went together about " + began + ", so that each failing by itself is unlikely"}
	next := fleet.Words{Zh: "请先看这里的光猫、路由器和交换机有没有电，再报修宽带", En: "see whether modem, router and switch there have power, then call the line's provider"}
	if left {
		w.TitleZh = fmt.Sprintf("%s %d 块屏幕一起关机 %s", name, len(members), lasted.Zh)
		w.TitleEn = fmt.Sprintf("%d screens of %s switched off together for %s", len(members), nameEn, lasted.En)
		zh, en = []string{"这些屏 " + began + " 前后依次正常退出，多半是有人统一关机"}, []string{"these screens ended in order about " + began + ": somebody switched them off"}
		next = fleet.Words{Zh: "请开机；如果是下班关机，请改用熄屏时段，预警才能亮出来", En: "switch them on; if this is done every evening use dark hours instead, so that alerts can be shown"}
	}
	if worst >= 5 {
		zh, en = append(zh, fmt.Sprintf("此前网络丢包 %.0f%%", worst)), append(en, fmt.Sprintf("the network lost %.0f %% before", worst))
	}
	w.CauseZh, w.CauseEn = strings.Join(zh, "；"), strings.Join(en, "; ")
	next = fleet.Call(tree, site, next)
	w.NextZh, w.NextEn = next.Zh, next.En
	return w
}
