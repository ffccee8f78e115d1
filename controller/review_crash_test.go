package controller_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"mingbai/controller/publish"
	"mingbai/playlist"
	"mingbai/playlist/review"
)

// TestReviewByChance lets people do whatever they like in any order. Whatever
// comes into force was signed by whom its policy wants, on its own bytes.
func TestReviewByChance(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 30))
	ctx := t.Context()
	people := []string{"wang", "li", "zhao", "chen", "zhou"}
	for _, policy := range []review.Policy{review.Town, review.County} {
		w := setOff(t, policy, "wang")
		released := 0
		for i := range 400 {
			row, v := w.newest()
			who := as(people[rng.IntN(len(people))])
			var err error
			switch rng.IntN(10) {
			case 0:
				var n *playlist.Notice
				if n, err = v.Decode(); err != nil {
					t.Fatal(err)
				}
				n.Title = fmt.Sprintf("关于村道维修的公告 %d", i)
				_, _, err = w.o.desk.Draft(ctx, who, *n)
			case 1:
				_, err = w.o.desk.Return(ctx, who, w.id, v.Version, v.Ref, "再看看")
			case 2, 3:
				_, err = w.o.desk.Submit(ctx, who, w.id, v.Version, v.Ref, nil, "")
			case 4:
				_, err = w.o.desk.Release(ctx, who, w.id, v.Version, v.Ref)
			default:
				c, ok := row.Stage.Capacity()
				if !ok || c == review.Release {
					c = policy.Steps[rng.IntN(len(policy.Steps))]
				}
				_, err = w.o.desk.Approve(ctx, who, w.id, v.Version, v.Ref, publish.Approval{Capacity: c, Ticks: review.Ticks})
			}
			now, _ := w.newest()
			if err != nil && (now.Stage != row.Stage || now.Live != row.Live || now.Version != row.Version) {
				t.Fatalf("a refusal (%v) changed %+v into %+v", err, row, now)
			}
			if now.Live == row.Live {
				continue
			}
			released++
			all, err := w.o.desk.Approvals(ctx, w.id, now.Live)
			if err != nil {
				t.Fatal(err)
			}
			by := map[review.Capacity]string{}
			for _, a := range publish.LastRound(all) {
				if !a.Genuine || a.Ref != v.Ref {
					t.Fatalf("released with %+v", a)
				}
				by[a.Capacity] = a.Person
			}
			for _, pair := range policy.Apart {
				if by[pair[0]] == "" || by[pair[0]] == by[pair[1]] {
					t.Fatalf("%s released by %v", policy.ID, by)
				}
			}
			if v.Author == by[review.FirstReview] || v.Author == by[review.SecrecyReview] {
				t.Fatalf("%s wrote it and %v reviewed it", v.Author, by)
			}
		}
		if released < 3 {
			t.Errorf("%s: %d came into force, so little was tried", policy.ID, released)
		}
		if n, err := w.o.store.CheckAudit(ctx); err != nil || n < 100 {
			t.Errorf("the audit log: %d lines, %v", n, err)
		}
	}
}

// TestCrashInReview kills the desk after every durable step of the way and starts
// another one on what is left: what was done is done once, and what follows goes
// on from there.
func TestCrashInReview(t *testing.T) {
	ctx := context.Background()
	type at struct {
		stage review.Stage
		live  bool
	}
	signAs := func(login string, c review.Capacity) func(*way) error {
		return func(w *way) error {
			_, v := w.newest()
			who, a := publish.Who{Actor: login, Request: "crash-" + string(c)}, publish.Approval{Capacity: c, Ticks: review.Ticks}
			var err error
			switch c {
			case review.Draft:
				_, err = w.o.desk.Submit(ctx, who, w.id, v.Version, v.Ref, nil, "")
			case review.Release:
				_, err = w.o.desk.Release(ctx, who, w.id, v.Version, v.Ref)
			default:
				_, err = w.o.desk.Approve(ctx, who, w.id, v.Version, v.Ref, a)
			}
			return err
		}
	}
	for _, c := range []struct {
		name   string
		before []review.Capacity
		do     func(*way) error
		steps  []string
		after  at
		signed int
	}{
		{"submit", nil, signAs("wang", review.Draft), []string{"change committed"}, at{"first_review", false}, 1},
		{"approve", []review.Capacity{review.Draft}, signAs("li", review.FirstReview), []string{"change committed"}, at{"secrecy_review", false}, 2},
		{"release", []review.Capacity{review.Draft, review.FirstReview, review.SecrecyReview}, signAs("wang", review.Release),
			[]string{"change committed", "blobs stored", "edition stored", "announced"}, at{review.Idle, true}, 4},
	} {
		base := setOff(t, review.Town, "wang")
		for _, step := range c.before {
			who := "li"
			if step == review.Draft {
				who = "wang"
			}
			base.does(who, step, nil)
		}
		for _, step := range c.steps {
			t.Run(c.name+"/"+step, func(t *testing.T) {
				dir, left := snapshot(t, base.dir), ""
				w := &way{T: t, dir: dir, id: base.id, o: openOffice(t, dir, func(at string) error {
					if at == step && left == "" {
						left = snapshot(t, dir)
						return errors.New("the plug is pulled")
					}
					return nil
				})}
				defer w.o.close(t)
				if err := c.do(w); err == nil {
					t.Fatal("the desk did not come by the step")
				}
				again := &way{T: t, dir: left, id: base.id, o: openOffice(t, left, nil)}
				defer again.o.close(t)
				if err := again.o.desk.Recover(ctx); err != nil {
					t.Fatal(err)
				}
				again.o.check(t)
				again.stands(c.after.stage, c.after.live)
				if err := c.do(again); err != nil { // the person presses the button again
					t.Fatal(err)
				}
				again.stands(c.after.stage, c.after.live)
				rows, err := again.o.store.Approvals(ctx, again.id, 0)
				if err != nil || len(rows) != c.signed {
					t.Errorf("%d approvals, want %d, %v", len(rows), c.signed, err)
				}
				again.o.check(t)
			})
		}
	}
}
