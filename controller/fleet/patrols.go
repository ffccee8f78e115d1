package fleet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// Bounds of what is kept of a patrol, whatever a device sends.
const (
	patrolItems  = 20
	patrolWords  = 300  // characters
	patrolDetail = 2000 // characters
)

// Patrol is part of hub.Backend. What a screen found counts for the civil day of
// the office (DOMAIN G13); the same patrol sent again after a lost connection
// changes nothing.
func (f *Fleet) Patrol(ctx context.Context, screen playlist.ScreenID, found wire.Patrol) error {
	if len(found.Items) == 0 {
		return nil
	}
	found.Items = found.Items[:min(len(found.Items), patrolItems)]
	bad := 0
	for i := range found.Items {
		item := &found.Items[i]
		item.Check = wire.PatrolCheck(clean(string(item.Check), 20))
		item.Zh, item.En, item.Detail = clean(item.Zh, patrolWords), clean(item.En, patrolWords), clean(item.Detail, patrolDetail)
		if !item.OK {
			bad++
		}
	}
	now := f.cfg.Now()
	p := store.Patrol{Screen: screen, Day: f.Today().String(), At: now, Bad: bad, Found: found}
	f.mu.Lock()
	l := f.live[screen]
	if l != nil {
		l.patrol = &p
	}
	f.mu.Unlock()
	if l == nil {
		return nil // it was removed
	}
	return f.writer.do(ctx, "take a patrol of "+string(screen), func(ctx context.Context, t *store.Tx) error {
		last, err := t.LastPatrol(ctx, screen)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err == nil && last.Found.At.Equal(found.At) {
			return nil
		}
		if err := t.PutPatrol(ctx, p); err != nil {
			return err
		}
		return t.AddEvent(ctx, store.Event{Screen: screen, At: now, Kind: store.EventPatrolled, Detail: strconv.Itoa(bad)})
	})
}

// patrolFor is how long what a patrol found stands: until the next one is a day
// overdue.
const patrolFor = 48 * time.Hour

// loadPatrols reads what screens found in the last days.
func (f *Fleet) loadPatrols(ctx context.Context) error {
	today := f.Today()
	for _, day := range []schedule.Date{today.AddDays(-1), today} {
		list, err := f.cfg.Store.Patrols(ctx, day.String())
		if err != nil {
			return err
		}
		for _, p := range list {
			if l := f.live[p.Screen]; l != nil {
				l.patrol = &p
			}
		}
	}
	return nil
}

// unwatched are the checks of a patrol that no other sign tells of: what they
// find is worth a warning.
var unwatched = []wire.PatrolCheck{wire.PatrolContent, wire.PatrolLedger, wire.PatrolSound, wire.PatrolBrightness}

// patrolled: the screen looked itself over and found something.
func (v *view) patrolled() (Sign, bool) {
	if v.patrol == nil || v.patrol.Bad == 0 || v.now.Sub(v.patrol.At) > patrolFor || v.patrol.At.Before(v.Enrolled) { // of the device before
		return Sign{}, false
	}
	s := Sign{Kind: SignPatrol, Severity: Note, Since: v.patrol.At}
	var zh, en []string
	for _, item := range v.patrol.Found.Items {
		if item.OK {
			continue
		}
		zh, en = append(zh, strings.TrimRight(item.Zh, "。")), append(en, strings.TrimRight(item.En, "."))
		if slices.Contains(unwatched, item.Check) {
			s.Severity = Warn
		}
	}
	s.Title = Words{fmt.Sprintf("巡检发现 %d 项问题", v.patrol.Bad), "its patrol found something"}
	s.Cause = Words{strings.Join(zh, "；"), strings.Join(en, "; ")}
	s.Next = Words{"请按“每日巡检”页逐项处理；处理后可在本屏页面点“巡检”再查一遍", "see the page Daily patrol; when it is mended have it look again with the command patrol"}
	return s, true
}
