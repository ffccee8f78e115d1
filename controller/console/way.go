package console

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingbai/assets"
	"mingbai/controller/accounts"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
)

// roleOf says which role signs in which capacity.
var roleOf = map[review.Capacity]accounts.Role{
	review.Draft: accounts.Drafter, review.FirstReview: accounts.FirstReviewer, review.SecondReview: accounts.SecondReviewer,
	review.SecrecyReview: accounts.Secrecy, review.Release: accounts.Releaser,
}

// way is the way of a notice from the draft to the screen, as pages show it.
type way struct {
	Notice  playlist.NoticeID
	Version int
	Ref     string // of the newest version's bytes
	Once    string
	Stage   review.Stage
	Steps   []wayStep
	Said    []said
	Back    *said // it came back: why, by whom

	// What this person may do now.
	Submit   string // names the first step; empty when there is nothing to send
	Doubts   []doubt
	Wrong    []string // what must be put right before it can be sent
	Alone    bool     // one person may publish it as it is
	Editable bool     // nobody is reviewing it
	Withdraw bool
	Review   string // names the step; empty when it is not for this person
	Release  bool   // all others have signed
	Blocked  string // why this person may not do what it waits for
}

// wayStep is one field of the bar.
type wayStep struct {
	Name  string
	State string // passed, now, back or later
	Who   string
	When  string
}

// said is one line of what happened on the way.
type said struct {
	When, Who, What, Text string
	Tone                  string
	Forged                bool
	File                  int64 // of the evidence, 0 for none
	at                    time.Time
}

// doubt is a finding that may stay if somebody says why.
type doubt struct {
	Text  string
	Input string // in which the reason is typed
	Typed string
}

// capacityName names what is done in a capacity. In Chinese some roles are called
// the same, so the English does not come from the table of messages.
func (v *visit) capacityName(c review.Capacity) string {
	switch c {
	case review.Draft:
		return v.words("起草", "Draft")
	case review.FirstReview:
		return v.words("初审", "First review")
	case review.SecondReview:
		return v.words("复审", "Second review")
	case review.SecrecyReview:
		return v.words("保密审查", "Secrecy review")
	case review.Release:
		return v.words("发布", "Release")
	}
	return string(c)
}

// stageName says in a word what a notice waits for; nothing if it waits for
// nobody.
func (v *visit) stageName(s review.Stage) string {
	if c, ok := s.Capacity(); ok {
		return v.capacityName(c)
	}
	switch s {
	case review.Outside:
		return v.t("外部审查")
	case review.Returned:
		return v.t("已退回")
	}
	return ""
}

// holds reports in whose place the person acts in a capacity on a notice: his
// own, which is the zero value, or today somebody else's.
func (v *visit) holds(c review.Capacity, row store.Notice) (deputyOf accounts.Principal, ok bool) {
	tree, err := v.sites()
	if err != nil {
		return accounts.Principal{}, false // the page itself fails on it
	}
	return v.person.As(roleOf[c], row, tree.PathIDs(row.Site))
}

// whoAs is who, in whose place he acts included.
func (v *visit) whoAs(deputyOf accounts.Principal) publish.Who {
	who := v.who()
	who.For, who.ForName = deputyOf.Login, deputyOf.Name
	return who
}

// way gathers it.
func (v *visit) way(row store.Notice) (*way, error) {
	ver, err := v.Store.NoticeVersion(v.ctx, row.ID, row.Version)
	if err != nil {
		return nil, err
	}
	w := &way{Notice: row.ID, Version: row.Version, Ref: ver.Ref.String(), Once: newOnce(), Stage: row.Stage}
	policy := ver.Policy
	if policy == nil {
		now, err := v.Desk.Policy(v.ctx, row.Site)
		if err != nil {
			return nil, err
		}
		if row.Kind == playlist.KindAlert {
			now = review.Single
		}
		policy = &now
	}
	all, err := v.Desk.Approvals(v.ctx, row.ID, 0)
	if err != nil {
		return nil, err
	}
	people, err := v.Accounts.List(v.ctx)
	if err != nil {
		return nil, err
	}
	names := namesOf(people)
	round := publish.LastRound(ofVersion(all, row.Version))
	if ver.Status == store.Draft {
		round = nil // whatever was signed does not count any more
	}
	v.waySteps(w, row, ver, *policy, round, people, names)
	if err := v.waySaid(w, row, all, names); err != nil {
		return nil, err
	}
	return w, v.wayDeeds(w, row, ver, *policy, round)
}

func ofVersion(all []publish.Checked, version int) []publish.Checked {
	return slices.DeleteFunc(slices.Clone(all), func(a publish.Checked) bool { return a.Version != version })
}

func namesOf(people []store.Account) map[string]string {
	names := map[string]string{}
	for _, a := range people {
		names[a.Login] = a.Name
	}
	return names
}

// waySteps fills the bar.
func (v *visit) waySteps(w *way, row store.Notice, ver store.NoticeVersion, policy review.Policy, round []publish.Checked, people []store.Account, names map[string]string) {
	next := review.Capacity(cmp.Or(row.Stage, review.Stage(review.Draft)))
	if row.Stage == review.Outside {
		next = review.SecrecyReview
	}
	for _, c := range append([]review.Capacity{review.Draft}, policy.Steps...) {
		s := wayStep{Name: v.capacityName(c), State: "later"}
		i := slices.IndexFunc(round, func(a publish.Checked) bool { return a.Capacity == c })
		switch {
		case i >= 0:
			a := round[i]
			s.State, s.Who, s.When = "passed", a.Name, v.dayClock(a.At)
			if a.For != "" {
				s.Who = v.t("%s 代 %s", a.Name, cmp.Or(a.ForName, a.For))
			}
		case ver.Status == store.Draft && c == review.Draft:
			s.State, s.Who, s.When = "now", cmp.Or(names[ver.Author], ver.Author), v.t("保存于 %s", v.dayClock(ver.Saved))
			if row.Stage == review.Returned {
				s.State, s.When = "back", v.t("退回，待修改")
			}
		case ver.Status == store.InReview && c == next:
			s.State = "now"
			if row.Stage == review.Outside {
				s.Who = v.t("等待外部审查的答复")
				break
			}
			s.Who = v.t("等待：%s", v.whoMay(c, row, ver, policy, round, people))
		default:
			s.Who = v.whoMay(c, row, ver, policy, round, people)
		}
		w.Steps = append(w.Steps, s)
	}
}

// whoMay names those who could sign in a capacity.
func (v *visit) whoMay(c review.Capacity, row store.Notice, ver store.NoticeVersion, policy review.Policy, round []publish.Checked, people []store.Account) string {
	tree, err := v.sites()
	if err != nil {
		return ""
	}
	path := tree.PathIDs(row.Site)
	acted := func(login string) bool {
		return policy.Keeps(review.Draft, c) && ver.Author == login ||
			slices.ContainsFunc(round, func(a publish.Checked) bool {
				return (a.Person == login || a.For == login) && policy.Keeps(a.Capacity, c)
			})
	}
	var who []string
	for _, a := range people {
		here := a.Site == "" || slices.Contains(path, a.Site)
		ours := a.Department == "" || a.Department == row.Department
		if here && ours && !a.Disabled && slices.Contains(a.Roles, string(roleOf[c])) && !acted(a.Login) {
			who = append(who, a.Name)
		}
	}
	switch {
	case len(who) == 0:
		return v.t("还没有人有这个角色")
	case len(who) <= 2:
		return strings.Join(who, v.t("、"))
	}
	return v.t("%s 等 %d 人", who[0], len(who))
}

// waySaid fills what happened, the newest first.
func (v *visit) waySaid(w *way, row store.Notice, all []publish.Checked, names map[string]string) error {
	remarks, err := v.Store.Remarks(v.ctx, row.ID)
	if err != nil {
		return err
	}
	files, err := v.Store.EvidenceOf(v.ctx, row.ID)
	if err != nil {
		return err
	}
	name := func(login string) string { return cmp.Or(names[login], login) }
	for _, a := range all {
		s := said{at: a.At, Who: a.Name, Text: a.Note, Forged: !a.Genuine, Tone: "good"}
		switch a.Capacity {
		case review.Draft:
			s.What, s.Tone = v.t("送审第 %d 版", a.Version), ""
		case review.Release:
			s.What = v.t("发布第 %d 版", a.Version)
		default:
			s.What = v.t("%s通过", v.capacityName(a.Capacity))
		}
		if a.For != "" {
			s.Who = v.t("%s 代 %s", a.Name, cmp.Or(a.ForName, a.For))
		}
		if s.Forged {
			s.Tone, s.What = "bad", s.What+v.t("（签名不符）")
		}
		w.Said = append(w.Said, s)
	}
	for _, m := range remarks {
		s := said{at: m.At, Who: name(m.Person), Text: m.Text}
		switch m.Kind {
		case store.ReturnedFor:
			s.What, s.Tone = v.t("%s退回", v.stageName(m.Stage)), "bad"
		case store.Withdrawn:
			s.What, s.Tone = v.t("撤回"), "warn"
		case store.SentOutside:
			s.What, s.Tone = v.t("送外部审查"), "warn"
		case store.Replied:
			s.What = v.t("外部审查有了答复")
			for _, f := range files {
				if !m.Ref.IsZero() && f.Ref == m.Ref {
					s.File = f.ID
				}
			}
		case store.Explained:
			s.What = v.t("补充下架原因")
		case store.Overridden:
			s.What, s.Tone = v.t("保留并说明理由"), "warn"
		default:
			continue // it stands with the approval
		}
		if m.Kind == store.ReturnedFor && row.Stage == review.Returned && m.Version == row.Version {
			back := s
			back.When = v.dayClock(m.At)
			w.Back = &back // the last one
		}
		w.Said = append(w.Said, s)
	}
	records, err := v.Store.Records(v.ctx, string(row.ID), 0, 100)
	if err != nil {
		return err
	}
	for _, r := range records {
		if r.Action == "notice.take_down" {
			_, reason, _ := strings.Cut(r.Detail, "》")
			w.Said = append(w.Said, said{at: r.At, Who: name(r.Actor), What: v.t("下架"), Text: strings.TrimSpace(reason), Tone: "bad"})
		}
	}
	slices.SortStableFunc(w.Said, func(a, b said) int { return b.at.Compare(a.at) })
	for i := range w.Said {
		w.Said[i].When = v.dayClock(w.Said[i].at)
	}
	return nil
}

// wayDeeds fills what this person may do now.
func (v *visit) wayDeeds(w *way, row store.Notice, ver store.NoticeVersion, policy review.Policy, round []publish.Checked) error {
	w.Editable = ver.Status != store.InReview
	switch ver.Status {
	case store.Draft:
		if !v.mayChange(writes, row) {
			return nil
		}
		if policy.Steps[0] == review.Release && policy.People <= 1 {
			w.Alone = true // who may publish alone does it at once
			return v.wayFindings(w, ver)
		}
		w.Submit = v.capacityName(policy.Steps[0])
		return v.wayFindings(w, ver)
	case store.InReview:
		w.Withdraw = v.person.Login == ver.Author || slices.ContainsFunc(round, func(a publish.Checked) bool {
			return a.Capacity == review.Draft && a.Person == v.person.Login
		})
		c, ok := row.Stage.Capacity()
		if row.Stage == review.Outside {
			c, ok = review.SecrecyReview, true
		}
		if !ok {
			return nil
		}
		deputyOf, mine := v.holds(c, row)
		if !mine {
			return nil
		}
		if w.Blocked = v.blocked(row, ver, policy, round, c, deputyOf); w.Blocked == "" {
			w.Review, w.Release = v.capacityName(c), c == review.Release
		}
	}
	return nil
}

// wayFindings fills what a draft must be rid of, or explained, before it is sent.
func (v *visit) wayFindings(w *way, ver store.NoticeVersion) error {
	n, err := ver.Decode()
	if err != nil {
		return err
	}
	problems, err := v.Desk.Check(v.ctx, *n)
	if err != nil {
		return err
	}
	for _, p := range problems {
		switch p.Severity {
		case playlist.Wrong:
			w.Wrong = append(w.Wrong, v.problem(p))
		case playlist.Doubt:
			input := reasonField(p.Field, p.Code)
			if i := slices.IndexFunc(w.Doubts, func(d doubt) bool { return d.Input == input }); i >= 0 {
				w.Doubts[i].Text += v.t("；") + v.problem(p) // one reason is for both
				continue
			}
			w.Doubts = append(w.Doubts, doubt{Text: v.problem(p), Input: input, Typed: v.form(input)})
		}
	}
	return nil
}

// blocked says in words why a person with the role may not sign in a capacity.
func (v *visit) blocked(row store.Notice, ver store.NoticeVersion, policy review.Policy, round []publish.Checked, c review.Capacity, deputyOf accounts.Principal) string {
	me := v.person.Login
	for _, a := range round {
		if (a.Person == me || a.For == me) && policy.Keeps(a.Capacity, c) {
			return v.t("您已经%s过这一条，%s须由另一人做。", v.capacityName(a.Capacity), v.capacityName(c))
		}
	}
	if policy.Keeps(review.Draft, c) && ver.Author == me {
		return v.t("您已经%s过这一条，%s须由另一人做。", v.capacityName(review.Draft), v.capacityName(c))
	}
	if of := deputyOf.Login; of != "" {
		for _, a := range round {
			if (a.Person == of || a.For == of) && policy.Keeps(a.Capacity, c) {
				return v.t("%s 已经%s过这一条，您不能代他再做%s。", deputyOf.Name, v.capacityName(a.Capacity), v.capacityName(c))
			}
		}
		if policy.Keeps(review.Draft, c) && ver.Author == of {
			return v.t("%s 已经%s过这一条，您不能代他再做%s。", deputyOf.Name, v.capacityName(review.Draft), v.capacityName(c))
		}
	}
	var so []review.Approval
	for _, a := range round {
		if !a.Genuine {
			return v.t("审核记录与签名不符，没有发布")
		}
		so = append(so, a.Approval)
	}
	if row.Stage != review.Outside {
		// Of what May looks at only the number of people is left.
		if err := policy.May(ver.Ref, so, me, c); errors.Is(err, review.ErrTwice) {
			return v.t("这一条须由 %d 个人经手，须由另一人来发布。", policy.People)
		}
	}
	return ""
}

// dayClock is clock that says 今天 of today.
func (v *visit) dayClock(t time.Time) string {
	if t, now := v.local(t), v.local(v.Now()); t.Year() == now.Year() && t.YearDay() == now.YearDay() {
		return v.t("今天 %s", t.Format("15:04"))
	}
	return v.clock(t)
}

// seen reads which bytes a form was about.
func (v *visit) seen() (version int, ref assets.Ref, err error) {
	ref, err = assets.ParseRef(v.form("ref"))
	if err != nil {
		return 0, ref, store.ErrConflict
	}
	version, err = strconv.Atoi(v.form("version"))
	if err != nil {
		return 0, ref, store.ErrConflict
	}
	return version, ref, nil
}
