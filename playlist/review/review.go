// Package review is the way of a notice from the draft to the screen: who must
// look at it, in which order, and who may not do two things at once.
//
// It promises that the judgement is one pure function over a policy, the bytes
// of a notice and the signed approvals of persons (DESIGN "Trust", DOMAIN C01,
// C05, C19): nothing else decides whether a notice may be released. It knows
// neither accounts nor a database; whose role allows which capacity is decided
// by its callers, and packages wire and publish sign and keep what it judges.
package review

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
)

// Capacity is as what somebody signs.
type Capacity string

// The capacities, in the order of the way.
const (
	Draft         Capacity = "draft"          // 起草
	FirstReview   Capacity = "first_review"   // 初审
	SecondReview  Capacity = "second_review"  // 复审
	SecrecyReview Capacity = "secrecy_review" // 保密审查
	Release       Capacity = "release"        // 发布
)

// Capacities lists all in their order.
var Capacities = []Capacity{Draft, FirstReview, SecondReview, SecrecyReview, Release}

// Stage is what a notice waits for: a Capacity, or one of the following.
type Stage string

// The stages that are no capacity.
const (
	Idle     Stage = ""         // for nobody but its author
	Returned Stage = "returned" // came back with a reason
	Outside  Stage = "outside"  // 送外部审查: others look at it before the secrecy review goes on (C03)
)

// Capacity returns the capacity that is waited for, if it is one.
func (s Stage) Capacity() (Capacity, bool) {
	c := Capacity(s)
	return c, slices.Contains(Capacities[1:], c)
}

// Policy says what a release needs. It is data that an administrator sets for a
// site and all below.
type Policy struct {
	ID     string `json:"id"` // of the preset that it was made from
	Name   string `json:"name"`
	NameEn string `json:"name_en,omitempty"`
	// Steps are the capacities after the draft, in order; the last is Release.
	Steps []Capacity `json:"steps"`
	// Apart are pairs that two different people must hold for one notice. Draft
	// may be one of them.
	Apart [][2]Capacity `json:"apart,omitempty"`
	// People is how many different people a notice needs, the drafter among them.
	People int `json:"people"`
}

// The presets. Single is for trying the program out: nobody looks at what one
// person writes. Town is what two people can do within the law (「工作人员有2人」,
// C19): who drafts may publish, but the other one reviews it, for content and for
// secrecy. County is the full way of C01.
var (
	Single = Policy{ID: "single", Name: "单人发布（仅供试用）", NameEn: "One person (for trying out only)", Steps: []Capacity{Release}, People: 1}
	Town   = Policy{
		ID: "town", Name: "两人分工：一人起草发布，一人审核并作保密审查", NameEn: "Two people: one drafts and publishes, the other reviews for content and secrecy",
		Steps: []Capacity{FirstReview, SecrecyReview, Release}, Apart: [][2]Capacity{{Draft, FirstReview}, {Draft, SecrecyReview}}, People: 2,
	}
	County = Policy{
		ID: "county", Name: "四级审核：初审、复审、保密审查、发布", NameEn: "Four stages: first review, second review, secrecy review, release",
		Steps: []Capacity{FirstReview, SecondReview, SecrecyReview, Release},
		Apart: [][2]Capacity{{Draft, FirstReview}, {Draft, SecondReview}, {Draft, SecrecyReview}, {FirstReview, SecondReview}, {FirstReview, SecrecyReview}, {SecondReview, SecrecyReview}}, People: 4,
	}
	Presets = []Policy{Town, County, Single}
)

// Preset finds a preset by its ID.
func Preset(id string) (Policy, bool) {
	i := slices.IndexFunc(Presets, func(p Policy) bool { return p.ID == id })
	if i < 0 {
		return Policy{}, false
	}
	return Presets[i], true
}

// The kinds of errors, for errors.Is.
var (
	// ErrPolicy: a policy that would let nothing or anything through.
	ErrPolicy = errors.New("not a policy of review")
	// ErrTwice: the person acted in another capacity that two people must hold.
	ErrTwice = errors.New("the same person may not do both")
	// ErrTurn: the notice does not wait for this capacity.
	ErrTurn = errors.New("the notice waits for something else")
	// ErrFew is the kind of ErrTwice that counts heads.
	ErrFew = fmt.Errorf("too few people: %w", ErrTwice)
)

// Check returns an ErrPolicy that says what is wrong with a policy, or nil.
func (p Policy) Check() error {
	if len(p.Steps) == 0 || p.Steps[len(p.Steps)-1] != Release {
		return fmt.Errorf("the last step must be release: %w", ErrPolicy)
	}
	at := 0
	for _, s := range p.Steps {
		i := slices.Index(Capacities, s)
		if i <= at {
			return fmt.Errorf("step %q is unknown, twice or out of order: %w", s, ErrPolicy)
		}
		at = i
	}
	for _, pair := range p.Apart {
		for _, c := range pair {
			if c != Draft && !slices.Contains(p.Steps, c) {
				return fmt.Errorf("%q is kept apart and is no step: %w", c, ErrPolicy)
			}
		}
		if pair[0] == pair[1] {
			return fmt.Errorf("%q is kept apart from itself: %w", pair[0], ErrPolicy)
		}
	}
	if p.People < 1 || p.People > len(p.Steps)+1 {
		return fmt.Errorf("%d people for %d steps: %w", p.People, len(p.Steps), ErrPolicy)
	}
	return nil
}

// Covers reports whether whoever goes the way of p does all that q asks for too:
// its steps, its pairs of different people, its number of people.
func (p Policy) Covers(q Policy) bool {
	for _, s := range q.Steps {
		if !slices.Contains(p.Steps, s) {
			return false
		}
	}
	for _, pair := range q.Apart {
		if !p.Keeps(pair[0], pair[1]) {
			return false
		}
	}
	return p.People >= q.People
}

// Tick is one line of the checklist that a secrecy reviewer goes through
// (条例 14-16, C32).
type Tick string

// The checklist: what the notice has none of.
const (
	NoStateSecret  Tick = "state_secret" // 国家秘密
	NoWorkSecret   Tick = "work_secret"  // 工作秘密
	NoSafetyRisk   Tick = "safety"       // 危及国家安全、公共安全、经济安全、社会稳定
	NoTradeSecret  Tick = "trade_secret" // 商业秘密
	NoPrivacy      Tick = "privacy"      // 个人隐私，或已遮盖、已征得同意
	NoInternalNote Tick = "internal"     // 内部事务、过程性信息
	ClearBoundary  Tick = "boundary"     // 公开与保密的界限清楚；不清楚的已送保密部门确定
)

// Ticks lists the checklist in its order.
var Ticks = []Tick{NoStateSecret, NoWorkSecret, NoSafetyRisk, NoTradeSecret, NoPrivacy, NoInternalNote, ClearBoundary}

// Reason is why somebody publishes over a finding.
type Reason struct {
	Field string `json:"field"`
	Code  string `json:"code"`
	Found string `json:"found,omitempty"` // what was found, personal data masked
	Text  string `json:"text"`
}

// Approval is what a person signs: the notice's bytes, in a capacity.
type Approval struct {
	Notice   playlist.NoticeID `json:"notice"`
	Version  int               `json:"version"`
	Ref      assets.Ref        `json:"ref"` // sha256 of the notice's bytes
	Capacity Capacity          `json:"capacity"`
	Person   string            `json:"person"`        // login
	Name     string            `json:"name"`          // as it stands in the register
	For      string            `json:"for,omitempty"` // login of the person for whom a deputy signs
	ForName  string            `json:"for_name,omitempty"`
	At       time.Time         `json:"at"`
	Ticks    []Tick            `json:"ticks,omitempty"`   // SecrecyReview: all of them
	Reasons  []Reason          `json:"reasons,omitempty"` // Draft: for every finding that stays
	Note     string            `json:"note,omitempty"`
	Policy   *Policy           `json:"policy,omitempty"` // Draft: under which it is sent
}

// Signer says whose key it is with which approvals are signed. The root signs it
// when a person signs for the first time.
type Signer struct {
	Person string    `json:"person"` // login
	Key    []byte    `json:"key"`    // 32 bytes, ed25519
	Since  time.Time `json:"since"`
}

// of returns the approvals that count for the bytes with this ref.
func of(ref assets.Ref, all []Approval) []Approval {
	var out []Approval
	for _, a := range all {
		if a.Ref == ref {
			out = append(out, a)
		}
	}
	return out
}

func given(all []Approval, c Capacity) (Approval, bool) {
	for _, a := range all {
		if a.Capacity == c {
			return a, true
		}
	}
	return Approval{}, false
}

// Next returns the stage in which bytes with these approvals stand under the
// policy: Idle while the drafter has not signed, then the first step that nobody
// signed; "" and true when all are there.
func (p Policy) Next(ref assets.Ref, all []Approval) (Stage, bool) {
	all = of(ref, all)
	if _, ok := given(all, Draft); !ok {
		return Idle, false
	}
	for _, step := range p.Steps {
		if _, ok := given(all, step); !ok {
			return Stage(step), false
		}
	}
	return "", true
}

// May returns nil if person may sign in a capacity after the approvals given:
// ErrTurn when something else comes first, ErrTwice when the policy wants another
// person. Who signs for another must ask for both.
func (p Policy) May(ref assets.Ref, all []Approval, person string, as Capacity) error {
	next, done := p.Next(ref, all)
	if as != Draft && (done || next != Stage(as)) || as == Draft && next != Idle {
		return fmt.Errorf("%s: %w", as, ErrTurn)
	}
	people := map[string]bool{person: true}
	for _, a := range of(ref, all) {
		if (a.Person == person || a.For == person) && p.Keeps(a.Capacity, as) {
			return fmt.Errorf("%s signed as %s and would sign as %s: %w", person, a.Capacity, as, ErrTwice)
		}
		people[a.Person] = true
	}
	if as == Release && len(people) < p.People {
		return fmt.Errorf("%d people acted, %d are needed: %w", len(people), p.People, ErrFew)
	}
	return nil
}

// Keeps reports whether two different people must hold these capacities.
func (p Policy) Keeps(a, b Capacity) bool {
	return slices.ContainsFunc(p.Apart, func(pair [2]Capacity) bool {
		return pair == [2]Capacity{a, b} || pair == [2]Capacity{b, a}
	})
}

// Judge returns nil if the approvals allow bytes with this ref to be shown: every
// step is signed in its order, over these bytes, by people whom the policy lets
// act together, and the secrecy reviewer ticked the whole checklist. It trusts
// nothing about how the approvals came about except that their signatures were
// verified.
func (p Policy) Judge(ref assets.Ref, all []Approval) error {
	if err := p.Check(); err != nil {
		return err
	}
	all = of(ref, all)
	var so []Approval
	for _, step := range append([]Capacity{Draft}, p.Steps...) {
		a, ok := given(all, step)
		if !ok {
			return fmt.Errorf("nobody signed as %s: %w", step, ErrTurn)
		}
		if err := p.May(ref, so, a.Person, step); err != nil {
			return err
		}
		if a.For != "" { // nobody does both by way of a deputy
			if err := p.May(ref, so, a.For, step); err != nil && !errors.Is(err, ErrFew) {
				return err
			}
		}
		if step == SecrecyReview {
			for _, t := range Ticks {
				if !slices.Contains(a.Ticks, t) {
					return fmt.Errorf("the secrecy review leaves %q open: %w", t, ErrTurn)
				}
			}
		}
		so = append(so, a)
	}
	return nil
}
