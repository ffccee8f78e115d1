package publish

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// Programme sets all playlists and rules of a site and publishes them in a new
// edition of its channel. If something is wrong with them, or they would make
// an LED board go round in more than three minutes (DOMAIN V08), nothing is
// changed and the error is *Invalid; warnings are in the receipt. Items whose
// notice was taken down are left out.
func (d *Desk) Programme(ctx context.Context, who Who, site playlist.SiteID, lists []playlist.Playlist, rules []schedule.Rule) (Receipt, error) {
	if done, r, err := d.answered(ctx, who); done || err != nil {
		return r, err
	}
	fail := func(err error) (Receipt, error) {
		return Receipt{}, fmt.Errorf("set the programme of %s: %w", site, err)
	}
	// What it would do to the boards is asked before, not within, the transaction:
	// that reads whole editions.
	problems, err := d.CheckProgramme(ctx, site, lists, rules)
	if err != nil {
		return fail(err)
	}
	if playlist.HasErrors(problems) {
		return fail(&Invalid{problems})
	}
	r := Receipt{Channel: playlist.ChannelID{Site: site}, Problems: problems}
	err = d.cfg.Store.Update(ctx, func(t *store.Tx) error {
		kept, now, err := d.sound(ctx, t.Reader, site, lists, rules)
		if err != nil {
			return err
		}
		if playlist.HasErrors(now) { // a notice went meanwhile
			return &Invalid{now}
		}
		line := d.record(who, "programme.put", string(site), site, fmt.Sprintf("%d 个播放单，%d 条规则", len(kept), len(rules)))
		if line.Before, line.After, err = programmeChange(ctx, t, site, kept, rules); err != nil {
			return err
		}
		if err := t.ReplaceProgramme(ctx, site, kept, rules); err != nil {
			return err
		}
		if err := d.ensureChannels(ctx, t, site); err != nil {
			return err
		}
		if err := t.Audit(ctx, line); err != nil {
			return err
		}
		if err := d.want(ctx, t, &r); err != nil {
			return err
		}
		return d.note(ctx, t, who, r)
	})
	if err != nil {
		return fail(err)
	}
	return d.finish(ctx, r)
}

// CheckProgramme returns what is wrong with playlists and rules for a site, and
// what they would do to LED boards in the next thirty days, without saving them.
// Fields are as in "playlists[0].items[2].dwell" and "rules[1].spans[0].to".
func (d *Desk) CheckProgramme(ctx context.Context, site playlist.SiteID, lists []playlist.Playlist, rules []schedule.Rule) ([]playlist.Problem, error) {
	kept, problems, err := d.sound(ctx, d.cfg.Store.Reader, site, lists, rules)
	if err != nil || playlist.HasErrors(problems) || d.cfg.Overload == nil {
		return problems, err
	}
	kept, rules = withNewest(kept, rules)
	over, err := d.cfg.Overload(ctx, site, kept, rules)
	if err != nil {
		return problems, fmt.Errorf("see what the programme of %s does to boards: %w", site, err)
	}
	return append(over, problems...), nil
}

// sound returns what is wrong with a programme by itself, and its playlists
// without what was taken down.
func (d *Desk) sound(ctx context.Context, r store.Reader, site playlist.SiteID, lists []playlist.Playlist, rules []schedule.Rule) ([]playlist.Playlist, []playlist.Problem, error) {
	if _, err := r.Site(ctx, site); err != nil {
		return nil, nil, err
	}
	env, err := d.env(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	ch := playlist.ChannelID{Site: site}
	rows, err := r.LiveNotices(ctx, ch)
	if err != nil {
		return nil, nil, err
	}
	env.Notices = make([]playlist.NoticeID, 0, len(rows))
	for _, row := range rows {
		env.Notices = append(env.Notices, row.Notice)
	}
	down, err := r.Takedowns(ctx, ch)
	if err != nil {
		return nil, nil, err
	}
	gone := map[playlist.NoticeID]bool{}
	for _, t := range down {
		gone[t.Notice] = !slices.Contains(env.Notices, t.Notice)
	}
	kept := slices.Clone(lists)
	var problems []playlist.Problem
	for i, l := range kept {
		kept[i].Items = slices.DeleteFunc(slices.Clone(l.Items), func(item playlist.Item) bool { return gone[item.Notice] })
		for j, item := range l.Items {
			if gone[item.Notice] {
				problems = append(problems, playlist.Problem{
					Field: fmt.Sprintf("playlists[%d].items[%d].notice", i, j), Code: "taken_down", Severity: playlist.Warning,
					Message: "这条内容已下架，不再列入播放单", MessageEn: "this notice was taken down and is left out",
				})
			}
		}
	}
	return kept, append(playlist.ValidateProgramme(kept, rules, env.ValidateEnv), problems...), nil
}

// programmeText is a programme as it stands in the audit log, each list and rule
// under its ID.
type programmeText struct {
	Lists map[string]json.RawMessage `json:"lists,omitempty"`
	Rules map[string]json.RawMessage `json:"rules,omitempty"`
}

// programmeChange returns what a site's playlists and rules were before and are
// after a change, without those that stay as they are.
func programmeChange(ctx context.Context, t *store.Tx, site playlist.SiteID, lists []playlist.Playlist, rules []schedule.Rule) (before, after string, err error) {
	oldLists, err := t.Playlists(ctx, site)
	if err != nil {
		return "", "", err
	}
	oldRules, err := t.Rules(ctx, site)
	if err != nil {
		return "", "", err
	}
	listID := func(l playlist.Playlist) string { return string(l.ID) }
	ruleID := func(r schedule.Rule) string { return string(r.ID) }
	var was, is programmeText
	if was.Lists, is.Lists, err = differing(oldLists, lists, listID); err != nil {
		return "", "", err
	}
	if was.Rules, is.Rules, err = differing(oldRules, rules, ruleID); err != nil {
		return "", "", err
	}
	one, err := json.Marshal(was)
	if err != nil {
		return "", "", err
	}
	other, err := json.Marshal(is)
	return string(one), string(other), err
}

// differing writes down the rows of two lists that are not in both of them.
func differing[T any](before, after []T, id func(T) string) (was, is map[string]json.RawMessage, err error) {
	was, is = map[string]json.RawMessage{}, map[string]json.RawMessage{}
	for into, rows := range map[*map[string]json.RawMessage][]T{&was: before, &is: after} {
		for _, row := range rows {
			if (*into)[id(row)], err = json.Marshal(row); err != nil {
				return nil, nil, err
			}
		}
	}
	for name, text := range was {
		if bytes.Equal(text, is[name]) {
			delete(was, name)
			delete(is, name)
		}
	}
	return was, is, nil
}
