package review_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"mingbai/assets"
	"mingbai/playlist/review"
)

var ref = assets.RefOf([]byte("the notice"))

func signed(person string, as review.Capacity) review.Approval {
	a := review.Approval{Ref: ref, Capacity: as, Person: person}
	if as == review.SecrecyReview {
		a.Ticks = review.Ticks
	}
	return a
}

// walk lets people sign the steps of a policy in order, the drafter first, and
// returns the first refusal.
func walk(p review.Policy, people ...string) error {
	var all []review.Approval
	for i, c := range append([]review.Capacity{review.Draft}, p.Steps...) {
		if err := p.May(ref, all, people[i], c); err != nil {
			return err
		}
		all = append(all, signed(people[i], c))
	}
	return p.Judge(ref, all)
}

func TestPresets(t *testing.T) {
	for _, c := range []struct {
		policy review.Policy
		people []string
		want   error
	}{
		{review.Single, []string{"a", "a"}, nil},
		{review.Town, []string{"a", "b", "b", "a"}, nil},
		{review.Town, []string{"a", "b", "b", "b"}, nil},
		{review.Town, []string{"a", "a", "b", "a"}, review.ErrTwice},
		{review.Town, []string{"a", "b", "a", "a"}, review.ErrTwice},
		{review.County, []string{"a", "b", "c", "d", "a"}, nil},
		{review.County, []string{"a", "b", "b", "d", "a"}, review.ErrTwice},
		{review.County, []string{"a", "b", "c", "c", "a"}, review.ErrTwice},
		{review.County, []string{"a", "a", "c", "d", "a"}, review.ErrTwice},
	} {
		if err := c.policy.Check(); err != nil {
			t.Errorf("%s: %v", c.policy.ID, err)
		}
		if err := walk(c.policy, c.people...); !errors.Is(err, c.want) {
			t.Errorf("%s by %v: %v, want %v", c.policy.ID, c.people, err, c.want)
		}
	}
}

// TestJudgeIsStricterThanChance signs at random; what Judge lets through must
// have every step over the same bytes with the pairs apart, and the people.
func TestJudgeIsStricterThanChance(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 22))
	other := assets.RefOf([]byte("other bytes"))
	passed := 0
	for range 200_000 {
		p := review.Presets[rng.IntN(len(review.Presets))]
		var all []review.Approval
		for range rng.IntN(9) {
			a := signed(string(rune('a'+rng.IntN(5))), review.Capacities[rng.IntN(5)])
			switch rng.IntN(12) {
			case 0:
				a.Ref = other
			case 1:
				a.Ticks = nil
			}
			all = append(all, a)
		}
		if p.Judge(ref, all) != nil {
			continue
		}
		passed++
		by, people := map[review.Capacity]string{}, map[string]bool{}
		for _, a := range all {
			if _, twice := by[a.Capacity]; a.Ref == ref && !twice {
				by[a.Capacity], people[a.Person] = a.Person, true
			}
		}
		for _, s := range p.Steps {
			if by[s] == "" {
				t.Fatalf("%s passed without %s: %v", p.ID, s, all)
			}
		}
		for _, pair := range p.Apart {
			if by[pair[0]] == by[pair[1]] {
				t.Fatalf("%s passed with one person as %v: %v", p.ID, pair, all)
			}
		}
		if len(people) < p.People {
			t.Fatalf("%s passed with %d people: %v", p.ID, len(people), all)
		}
	}
	if passed == 0 {
		t.Fatal("nothing passed, so nothing was tried")
	}
}
