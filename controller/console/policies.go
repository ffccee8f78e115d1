package console

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
)

type policiesPage struct {
	frame
	Rows  []policyRow
	Sites []option
}

type policyRow struct {
	Site             playlist.SiteID
	SiteName, Name   string
	Way, Rules, From string
	Warning          string
}

func (v *visit) policyName(p review.Policy) string {
	if preset, ok := review.Preset(p.ID); ok {
		return v.words(preset.Name, preset.NameEn)
	}
	return v.t("自己定的流程")
}

// policyWay is the steps in a row.
func (v *visit) policyWay(p review.Policy) string {
	way := []string{v.capacityName(review.Draft)}
	for _, s := range p.Steps {
		way = append(way, v.capacityName(s))
	}
	return strings.Join(way, " → ")
}

// policyRules says in sentences who may not do two things.
func (v *visit) policyRules(p review.Policy) string {
	var out []string
	for _, a := range review.Capacities {
		var others []string
		for _, b := range review.Capacities {
			if b != a && slices.Index(review.Capacities, a) < slices.Index(review.Capacities, b) && (slices.Contains(p.Apart, [2]review.Capacity{a, b}) || slices.Contains(p.Apart, [2]review.Capacity{b, a})) {
				others = append(others, v.capacityName(b))
			}
		}
		if others != nil {
			out = append(out, v.t("%s的人不能再做%s。", v.capacityName(a), strings.Join(others, v.t("、"))))
		}
	}
	if p.People > 1 {
		out = append(out, v.t("一条内容至少经过 %d 个人。", p.People))
	}
	return strings.Join(out, "")
}

func (v *visit) policyWarning(p review.Policy) string {
	if p.People <= 1 && len(p.Apart) == 0 {
		return v.t("一个人写、一个人发，没有别人看过。只适合试用，正式使用请至少两人分工。")
	}
	return ""
}

func listPolicies(v *visit) error {
	if site := playlist.SiteID(v.query("site")); site != "" {
		if err := v.reach(site); err != nil {
			return err
		}
		return v.to("/policies/" + string(site))
	}
	p := policiesPage{frame: v.page(v.t("审核流程"))}
	own, err := v.own()
	if err != nil {
		return err
	}
	set, err := v.Store.Policies(v.ctx)
	if err != nil {
		return err
	}
	for i, s := range own {
		has := slices.ContainsFunc(set, func(x store.SitePolicy) bool { return x.Site == s.ID })
		if i > 0 && !has {
			continue // it follows the one above
		}
		policy, err := v.Desk.Policy(v.ctx, s.ID)
		if err != nil {
			return err
		}
		r := policyRow{Site: s.ID, SiteName: v.siteLabel(s), Name: v.policyName(policy), Way: v.policyWay(policy), Rules: v.policyRules(policy), Warning: v.policyWarning(policy)}
		if !has {
			r.From = v.t("没有单独定过，按程序的设置或上级的流程")
		}
		p.Rows = append(p.Rows, r)
	}
	p.Sites = v.siteOptions(own, "")
	return v.show("policies", p)
}

// ownPolicy is the ID of a policy that is no preset.
const ownPolicy = "own"

type policyPage struct {
	frame
	Site     playlist.SiteID
	SiteName string
	Choice   string // of a preset, or ownPolicy
	Presets  []policyPreset
	Steps    []stepRow
	Pairs    []pairRow
	People   string
	Source   string // where the policy in force comes from
	Own      bool   // the site has its own
	Top      bool   // nothing is above
	Now      policyRow
	Nobody   string // steps that nobody here may take
	Problem  string
}

type policyPreset struct {
	policyRow
	ID     string
	Chosen bool
}

type stepRow struct {
	Value, Label string
	People       int
	Chosen       bool
}

type pairRow struct {
	Value, Label string
	Chosen       bool
}

// policySite finds the site of the address, at which the visitor administers.
func (v *visit) policySite() (playlist.Site, error) {
	tree, err := v.sites()
	if err != nil {
		return playlist.Site{}, err
	}
	s, err := tree.Site(playlist.SiteID(v.r.PathValue("site")))
	if err != nil {
		return s, err
	}
	if v.person.Department != "" { // a way is of a whole site
		return s, errSite
	}
	return s, v.reach(s.ID)
}

// mayWeaken reports whether the visitor may ask for less at a site than the sites
// above do: only who administers the site above as well. Otherwise the
// administrator of a town could let the town out of the county's review (C05).
func (v *visit) mayWeaken(s playlist.Site) bool {
	return v.person.Site == "" || s.Parent != "" && v.may(manages, s.Parent)
}

// pairOf names a pair that is kept apart.
func pairOf(a, b review.Capacity) string { return string(a) + "." + string(b) }

func (v *visit) policyPage(s playlist.Site, p review.Policy, choice string) (policyPage, error) {
	tree, err := v.sites()
	if err != nil {
		return policyPage{}, err
	}
	path := tree.PathIDs(s.ID)
	out := policyPage{frame: v.page(v.t("审核流程")), Site: s.ID, SiteName: v.siteLabel(s), Choice: choice, People: strconv.Itoa(p.People), Top: s.Parent == ""}
	now, err := v.Desk.Policy(v.ctx, s.ID)
	if err != nil {
		return out, err
	}
	out.Now = policyRow{Name: v.policyName(now), Way: v.policyWay(now), Rules: v.policyRules(now), Warning: v.policyWarning(now)}
	switch set, err := v.Store.PolicyOf(v.ctx, path); {
	case errors.Is(err, store.ErrNotFound):
		out.Source = v.t("还没有定过，按程序的设置")
	case err != nil:
		return out, err
	case set.Site == s.ID:
		out.Own, out.Source = true, v.t("本站点定的")
	default:
		out.Source = v.t("跟随 %s", v.siteName(set.Site))
	}
	for _, preset := range review.Presets {
		row := policyRow{Name: v.policyName(preset), Way: v.policyWay(preset), Rules: v.policyRules(preset), Warning: v.policyWarning(preset)}
		out.Presets = append(out.Presets, policyPreset{row, preset.ID, preset.ID == choice})
	}
	var nobody []string
	for _, c := range review.Capacities {
		n, err := v.Store.CountPeople(v.ctx, store.PeopleFilter{Role: string(roleOf[c]), Working: true, Sites: append([]playlist.SiteID{""}, path...)})
		if err != nil {
			return out, err
		}
		if n == 0 && (c == review.Draft || slices.Contains(now.Steps, c)) {
			nobody = append(nobody, v.capacityName(c))
		}
		out.Steps = append(out.Steps, stepRow{string(c), v.capacityName(c), n, c == review.Draft || c == review.Release || slices.Contains(p.Steps, c)})
	}
	out.Nobody = strings.Join(nobody, v.t("、"))
	for i, a := range review.Capacities {
		for _, b := range review.Capacities[i+1:] {
			chosen := slices.Contains(p.Apart, [2]review.Capacity{a, b}) || slices.Contains(p.Apart, [2]review.Capacity{b, a})
			out.Pairs = append(out.Pairs, pairRow{pairOf(a, b), v.t("%s ≠ %s", v.capacityName(a), v.capacityName(b)), chosen})
		}
	}
	return out, nil
}

func policyForm(v *visit) error {
	s, err := v.policySite()
	if err != nil {
		return err
	}
	now, err := v.Desk.Policy(v.ctx, s.ID)
	if err != nil {
		return err
	}
	choice := ownPolicy
	if _, ok := review.Preset(now.ID); ok {
		choice = now.ID
	}
	p, err := v.policyPage(s, now, choice)
	if err != nil {
		return err
	}
	return v.show("policy", p)
}

// policySent reads the form.
func (v *visit) policySent() (review.Policy, string) {
	choice := v.form("policy")
	if p, ok := review.Preset(choice); ok {
		return p, choice
	}
	p := review.Policy{ID: ownPolicy, Name: "自己定的流程", NameEn: "Own way of review"}
	for _, c := range review.Capacities[1:] {
		if c == review.Release || slices.Contains(v.r.PostForm["step"], string(c)) {
			p.Steps = append(p.Steps, c)
		}
	}
	for i, a := range review.Capacities {
		for _, b := range review.Capacities[i+1:] {
			if slices.Contains(v.r.PostForm["apart"], pairOf(a, b)) {
				p.Apart = append(p.Apart, [2]review.Capacity{a, b})
			}
		}
	}
	p.People, _ = strconv.Atoi(v.form("people")) // what is no number is refused as 0
	return p, ownPolicy
}

func savePolicy(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	s, err := v.policySite()
	if err != nil {
		return err
	}
	if v.form("do") == "follow" {
		if err := v.Accounts.SetPolicy(v.ctx, v.person, s.ID, nil); err != nil {
			return err
		}
		return v.to("/policies", "done", "person")
	}
	policy, choice := v.policySent()
	again := func(problem string) error {
		p, err := v.policyPage(s, policy, choice)
		if err != nil {
			return err
		}
		p.Problem, p.People = problem, v.form("people")
		return v.refused("policy", p)
	}
	for _, pair := range policy.Apart {
		for _, c := range pair {
			if c != review.Draft && !slices.Contains(policy.Steps, c) {
				return again(v.t("“%s”没有选进步骤，却要求和别人分开。请选上这一步，或者去掉这条要求。", v.capacityName(c)))
			}
		}
	}
	if policy.People < 1 || policy.People > len(policy.Steps)+1 {
		return again(v.t("人数要在 1 到 %d 之间：步骤加上起草一共这么多道。", len(policy.Steps)+1))
	}
	if choice == "" {
		return again(v.t("请选择一种。"))
	}
	if !v.mayWeaken(s) {
		above, err := v.Desk.Policy(v.ctx, s.Parent)
		if err != nil {
			return err
		}
		if !policy.Covers(above) {
			return again(v.t("不能比上级的流程松：上级要求 %s。%s需要放宽的，请上级管理员来定。", v.policyWay(above), v.policyRules(above)))
		}
	}
	if err := v.Accounts.SetPolicy(v.ctx, v.person, s.ID, &policy); err != nil {
		return err
	}
	return v.to("/policies", "done", "person")
}
