package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// What is looked at before a programme is saved.
const (
	lookAhead = 30 * 24 * time.Hour
	mostTold  = 5 // boards that are named, each with what does not fit
)

// crowded is a group of boards that show the same and where it does not fit.
type crowded struct {
	boards []store.Screen // of one site, panel and tags
	own    []playlist.SiteName
	when   playlist.Overrun // the first
}

// Overload says which LED boards would need more than three minutes to go round
// within the next thirty days if a site had these playlists and rules, and what
// to drop or to shorten (DOMAIN V08). Only what the site adds to is told.
func (f *Fleet) Overload(ctx context.Context, site playlist.SiteID, lists []playlist.Playlist, rules []schedule.Rule) ([]playlist.Problem, error) {
	if !slices.ContainsFunc(lists, func(p playlist.Playlist) bool { return len(p.Items) > 0 }) {
		return nil, nil // what is selected is cut so that it fits
	}
	ch := playlist.ChannelID{Site: site}
	own := func(s playlist.Slot) bool { return s.Channel == ch }
	full, more, err := f.crowds(ctx, ch, &programme{lists, rules}, own)
	if err != nil {
		return nil, fmt.Errorf("look for boards that %s overloads: %w", site, err)
	}
	var problems []playlist.Problem
	for _, c := range full {
		if len(c.when.Starved) > 0 {
			problems = append(problems, f.starving(c, field(c, lists, own)))
			continue
		}
		problems = append(problems, f.overloaded(c, ch, field(c, lists, own), own, lists))
	}
	if more > 0 {
		problems = append(problems, playlist.Problem{Field: "rules", Code: "overload_more", Severity: playlist.Wrong,
			Message: fmt.Sprintf("另有 %d 块电子屏也放不下", more), MessageEn: fmt.Sprintf("%d more boards cannot show it in time", more)})
	}
	return problems, nil
}

// Lengthened warns where a notice in force, as a fixed item of a playlist, makes
// boards need more than three minutes to go round. It is for after it was
// published: content must get out, and the people who plan must hear of it.
func (f *Fleet) Lengthened(ctx context.Context, site playlist.SiteID, id playlist.NoticeID) ([]playlist.Problem, error) {
	ch := playlist.ChannelID{Site: site}
	lists, err := f.cfg.Store.Playlists(ctx, site)
	if err != nil {
		return nil, err
	}
	fixed := slices.ContainsFunc(lists, func(p playlist.Playlist) bool {
		return slices.ContainsFunc(p.Items, func(i playlist.Item) bool { return i.Notice == id })
	})
	if !fixed {
		return nil, nil
	}
	is := func(s playlist.Slot) bool { return s.Channel == ch && s.Notice.ID == id }
	full, more, err := f.crowds(ctx, ch, nil, is)
	if err != nil || len(full) == 0 {
		return nil, err
	}
	full = slices.DeleteFunc(full, func(c crowded) bool { return len(c.when.Starved) > 0 })
	if len(full) == 0 {
		return nil, nil
	}
	c := full[0]
	name, nameEn := c.names()
	zh := fmt.Sprintf("已发布，但%s上这一轮要 %s，超过 3 分钟，大家要等更久才看到下一条。%s", name, minutes(c.when.Length), f.advice(c, is, lists))
	en := fmt.Sprintf("It is published, but on %s a round now takes %s, more than 3 minutes.", nameEn, c.when.Length.Round(time.Second))
	if rest := len(full) - 1 + more; rest > 0 {
		zh += fmt.Sprintf("另有 %d 处也是这样。", rest)
		en += fmt.Sprintf(" The same holds for %d more.", rest)
	}
	return []playlist.Problem{{Field: "led", Code: "overload", Severity: playlist.Warning, Message: zh, MessageEn: en}}, nil
}

// Crowded warns when an LED board, were its data as given, would need more than
// three minutes to go round within the next thirty days: a smaller board has more
// pages (DOMAIN V08). It is a warning, for the board hangs there as it is.
func (f *Fleet) Crowded(ctx context.Context, s playlist.Screen) ([]playlist.Problem, error) {
	if s.Kind != playlist.LED {
		return nil, nil
	}
	doc, loaded, err := f.gather(ctx, f.look(), store.Screen{Screen: s})
	if err != nil {
		return nil, fmt.Errorf("gather what screen %s would show: %w", s.ID, err)
	}
	lib, err := playlist.NewLibrary(doc, loaded, playlist.WithPace(f.paces.of(doc)))
	if err != nil {
		return nil, fmt.Errorf("gather what screen %s would show: %w", s.ID, err)
	}
	now := f.cfg.Now()
	over := lib.Overruns(now, now.Add(lookAhead))
	i := slices.IndexFunc(over, func(o playlist.Overrun) bool { return len(o.Starved) == 0 })
	if i < 0 {
		return nil, nil
	}
	c := crowded{boards: []store.Screen{{Screen: s}}, own: doc.Path, when: over[i]}
	none := playlist.ChannelID{Site: s.Site}
	return []playlist.Problem{{
		Code: "overload", Severity: playlist.Warning,
		Message: fmt.Sprintf("这样的屏放不下现在的播放安排：%s，一轮要 %s，最多 3 分钟。其中%s。请在播放安排里减少固定内容，或者把 LED 短文写短一些。",
			f.stretch(c.when), minutes(c.when.Length), items(c, none, "《%s》%d 秒", "、")),
		MessageEn: fmt.Sprintf("What is planned does not fit such a board: from %s once round takes %s, at most 3 minutes are allowed: %s. Fix fewer notices in the programme or write shorter LED texts.",
			c.when.From.In(f.cfg.Zone).Format("2006-01-02 15:04"), c.when.Length.Round(time.Second), items(c, none, "%s %d s", ", ")),
	}}, nil
}

// programme is what a site would publish.
type programme struct {
	lists []playlist.Playlist
	rules []schedule.Rule
}

// crowds finds the boards of a channel's subtree whose round is too long, or
// leaves another channel no turn, while something that blame names is in it. With a programme, that is tried in place
// of what the channel has. At most mostTold groups of each kind are returned; more
// counts the boards of the rest on which it is too long.
func (f *Fleet) crowds(ctx context.Context, ch playlist.ChannelID, try *programme, blame func(playlist.Slot) bool) (full []crowded, more int, err error) {
	groups, err := f.boards(ctx, ch.Site)
	if err != nil {
		return nil, 0, err
	}
	now, look := f.cfg.Now(), f.look()
	told, warned := 0, 0
	for _, boards := range groups {
		doc, loaded, err := f.gather(ctx, look, boards[0])
		if err != nil {
			return nil, 0, err
		}
		for i, l := range loaded {
			if l.Edition.Channel == ch && try != nil {
				if loaded[i].Edition, err = try.on(l.Edition); err != nil {
					return nil, 0, err
				}
			}
		}
		lib, err := playlist.NewLibrary(doc, loaded, playlist.WithPace(f.paces.of(doc)))
		if err != nil {
			return nil, 0, err
		}
		over := lib.Overruns(now, now.Add(lookAhead))
		first := slices.IndexFunc(over, func(o playlist.Overrun) bool { return len(o.Starved) == 0 && slices.ContainsFunc(o.Items, blame) })
		hungry := slices.IndexFunc(over, func(o playlist.Overrun) bool { return len(o.Starved) > 0 && slices.ContainsFunc(o.Items, blame) })
		switch {
		case first >= 0 && told == mostTold:
			more += len(boards)
		case first >= 0:
			told++
			full = append(full, crowded{boards: boards, own: doc.Path, when: over[first]})
		case hungry >= 0 && warned < mostTold:
			warned++
			full = append(full, crowded{boards: boards, own: doc.Path, when: over[hungry]})
		}
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
	}
	return full, more, nil
}

// on returns an edition with another programme. What the desk adds by itself for
// urgent notices stays.
func (p *programme) on(e playlist.Edition) (playlist.Edition, error) {
	const urgent = "urgent"
	lists, rules := slices.Clone(p.lists), slices.Clone(p.rules)
	taken := slices.ContainsFunc(lists, func(l playlist.Playlist) bool { return l.ID == urgent }) ||
		slices.ContainsFunc(rules, func(r schedule.Rule) bool { return r.ID == urgent })
	listed := make(map[playlist.NoticeID]bool, len(e.Notices))
	for _, n := range e.Notices {
		listed[n.ID] = true
	}
	for i := range lists {
		lists[i].Items = slices.DeleteFunc(slices.Clone(lists[i].Items), func(item playlist.Item) bool { return !listed[item.Notice] })
	}
	for _, l := range e.Playlists {
		if l.ID == urgent && !taken {
			lists = append(lists, l)
		}
	}
	for _, r := range e.Rules {
		if r.ID == urgent && !taken {
			rules = append(rules, r)
		}
	}
	slices.SortStableFunc(lists, func(a, b playlist.Playlist) int { return strings.Compare(a.ID, b.ID) })
	slices.SortStableFunc(rules, func(a, b schedule.Rule) int { return strings.Compare(a.ID, b.ID) })
	e.Playlists, e.Rules = lists, rules
	return e, e.Check()
}

// boards returns the LED boards at a site and below, those that show the same in
// one group.
func (f *Fleet) boards(ctx context.Context, site playlist.SiteID) ([][]store.Screen, error) {
	tree, err := f.cfg.Store.Tree(ctx)
	if err != nil {
		return nil, err
	}
	under := map[playlist.SiteID]bool{}
	for _, id := range tree.Subtree(site) {
		under[id] = true
	}
	rows, err := f.cfg.Store.Roster(ctx)
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	var groups [][]store.Screen
	for _, row := range rows {
		if row.Kind != playlist.LED || !under[row.Site] {
			continue
		}
		key, err := alike(row.Screen)
		if err != nil {
			return nil, err
		}
		i, ok := at[key]
		if !ok {
			i = len(groups)
			at[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], *row)
	}
	return groups, nil
}

// alike names all that decides what a screen plays and for how long: screens with
// one answer play the same.
func alike(s playlist.Screen) (string, error) {
	s.ID, s.Name, s.Place, s.Pair, s.Light, s.Volume = "", "", "", "", nil, nil
	s.Tags = slices.Sorted(slices.Values(s.Tags))
	key, err := json.Marshal(s)
	return string(key), err
}
