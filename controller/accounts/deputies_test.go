package accounts_test

import (
	"errors"
	"testing"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

func day(t *testing.T, text string) schedule.Date {
	t.Helper()
	var d schedule.Date
	if err := d.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return d
}

// county makes the sites and departments that people belong to, and people.
func county(t *testing.T, a *accounts.Accounts, s *store.Store) map[string]accounts.Person {
	t.Helper()
	ctx := t.Context()
	err := s.Update(ctx, func(tx *store.Tx) error {
		for _, site := range []playlist.Site{{ID: "qinghe", Kind: playlist.County, Name: "青禾县"}, {ID: "liuxi", Parent: "qinghe", Kind: playlist.Village, Name: "柳溪村"}} {
			if err := tx.PutSite(ctx, site); err != nil {
				return err
			}
		}
		for _, d := range []store.Department{{ID: "wenlv", Site: "qinghe", Name: "文化和旅游局"}, {ID: "minzheng", Site: "qinghe", Name: "民政局"}} {
			if err := tx.PutDepartment(ctx, d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]accounts.Person{"li": first(t, a)}
	for _, d := range []accounts.Details{
		{Login: "wang", Name: "王芳", Site: "qinghe", Department: "wenlv", Roles: []accounts.Role{accounts.Drafter, accounts.FirstReviewer}},
		{Login: "zhao", Name: "赵敏", Site: "qinghe", Department: "minzheng", Roles: []accounts.Role{accounts.Drafter}},
		{Login: "sun", Name: "孙局", Site: "qinghe", Department: "wenlv", Roles: []accounts.Role{accounts.FirstReviewer}},
		{Login: "du", Name: "督查", Roles: []accounts.Role{accounts.Auditor}},
		{Login: "wai", Name: "外聘", Contractor: true, Roles: []accounts.Role{accounts.Drafter}},
	} {
		p, err := a.Create(ctx, all["li"], d, password)
		if err != nil {
			t.Fatal(err)
		}
		all[d.Login] = p
	}
	return all
}

func TestDeputiesByDate(t *testing.T) {
	ctx := t.Context()
	a, s, now := people(t) // 2026-11-22
	all := county(t, a, s)
	review := []string{"first_reviewer"}
	for name, c := range map[string]struct {
		by   string
		d    store.Deputy
		want error
	}{
		"oneself":         {"wang", store.Deputy{Person: "wang", Deputy: "wang", Roles: review, From: day(t, "2026-11-23"), To: day(t, "2026-11-25")}, accounts.ErrSelf},
		"backwards":       {"wang", store.Deputy{Person: "wang", Deputy: "zhao", Roles: review, From: day(t, "2026-11-25"), To: day(t, "2026-11-23")}, accounts.ErrDays},
		"over already":    {"wang", store.Deputy{Person: "wang", Deputy: "zhao", Roles: review, From: day(t, "2026-11-01"), To: day(t, "2026-11-21")}, accounts.ErrDays},
		"for ever":        {"wang", store.Deputy{Person: "wang", Deputy: "zhao", Roles: review, From: day(t, "2026-11-23"), To: day(t, "2029-11-23")}, accounts.ErrDays},
		"no role":         {"wang", store.Deputy{Person: "wang", Deputy: "zhao", From: day(t, "2026-11-23"), To: day(t, "2026-11-25")}, accounts.ErrNotTheirs},
		"another's role":  {"wang", store.Deputy{Person: "wang", Deputy: "zhao", Roles: []string{"releaser"}, From: day(t, "2026-11-23"), To: day(t, "2026-11-25")}, accounts.ErrNotTheirs},
		"administration":  {"li", store.Deputy{Person: "li", Deputy: "zhao", Roles: []string{"administrator"}, From: day(t, "2026-11-23"), To: day(t, "2026-11-25")}, accounts.ErrNotTheirs},
		"an auditor":      {"wang", store.Deputy{Person: "wang", Deputy: "du", Roles: review, From: day(t, "2026-11-23"), To: day(t, "2026-11-25")}, accounts.ErrAudits},
		"a contractor":    {"wang", store.Deputy{Person: "wang", Deputy: "wai", Roles: review, From: day(t, "2026-11-23"), To: day(t, "2026-11-25")}, accounts.ErrContractor},
		"an admin":        {"wang", store.Deputy{Person: "wang", Deputy: "li", Roles: review, From: day(t, "2026-11-23"), To: day(t, "2026-11-25")}, accounts.ErrAdministers},
		"somebody else's": {"zhao", store.Deputy{Person: "wang", Deputy: "zhao", Roles: review, From: day(t, "2026-11-23"), To: day(t, "2026-11-25")}, accounts.ErrNotAllowed},
		"nobody":          {"wang", store.Deputy{Person: "wang", Deputy: "ghost", Roles: review, From: day(t, "2026-11-23"), To: day(t, "2026-11-25")}, store.ErrNotFound},
	} {
		if _, err := a.Deputise(ctx, all[c.by], c.d); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	d, err := a.Deputise(ctx, all["wang"], store.Deputy{Person: "wang", Deputy: "zhao", Roles: review, From: day(t, "2026-11-23"), To: day(t, "2026-11-25"), Reason: "出差"})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		d    store.Deputy
		want error
	}{
		"the same role":       {store.Deputy{Person: "wang", Deputy: "sun", Roles: review, From: day(t, "2026-11-25"), To: day(t, "2026-11-28")}, accounts.ErrOverlap},
		"round and round":     {store.Deputy{Person: "zhao", Deputy: "wang", Roles: []string{"drafter"}, From: day(t, "2026-11-24"), To: day(t, "2026-11-24")}, accounts.ErrChain},
		"the deputy goes off": {store.Deputy{Person: "zhao", Deputy: "sun", Roles: []string{"drafter"}, From: day(t, "2026-11-24"), To: day(t, "2026-11-24")}, accounts.ErrChain},
		"to somebody absent":  {store.Deputy{Person: "sun", Deputy: "wang", Roles: review, From: day(t, "2026-11-24"), To: day(t, "2026-11-24")}, accounts.ErrChain},
	} {
		if _, err := a.Deputise(ctx, all["li"], c.d); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	path := []playlist.SiteID{"qinghe"}
	theirs := store.Notice{Site: "qinghe", Department: "wenlv"}
	tree, err := s.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	acts := func(at time.Time, want bool) {
		t.Helper()
		*now = at
		token, _, err := a.SignIn(ctx, "zhao", password)
		if err != nil {
			t.Fatal(err)
		}
		p, err := a.Session(ctx, token)
		if err != nil {
			t.Fatal(err)
		}
		of, ok := p.As(accounts.FirstReviewer, theirs, path)
		if ok != want || ok && (of.Login != "wang" || of.Name != "王芳") || p.May(accounts.FirstReviewer) != want || p.MayAt(path, accounts.FirstReviewer) != want ||
			p.Viewer(tree).Whole(theirs) != want || p.Has(accounts.FirstReviewer) {
			t.Errorf("on %v: %+v %v, want %v", at, of, ok, want)
		}
		if of, ok := p.As(accounts.Drafter, theirs, path); ok {
			t.Errorf("on %v he drafts for %+v, who named him for reviews only", at, of)
		}
	}
	acts(time.Date(2026, 11, 22, 23, 59, 59, 0, time.UTC), false)
	acts(time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), true)
	acts(time.Date(2026, 11, 25, 23, 59, 59, 0, time.UTC), true)
	acts(time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC), false)
	*now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	if err := a.EndDeputy(ctx, all["sun"], d.ID); !errors.Is(err, accounts.ErrNotAllowed) {
		t.Errorf("a stranger ends it: %v", err)
	}
	// Who lost the role passes on nothing.
	if err := a.Change(ctx, all["li"], all["wang"].ID, accounts.Details{Name: "王芳", Site: "qinghe", Department: "wenlv", Roles: []accounts.Role{accounts.Drafter}}); err != nil {
		t.Fatal(err)
	}
	acts(*now, false)
	if err := a.Change(ctx, all["li"], all["wang"].ID, accounts.Details{Name: "王芳", Site: "qinghe", Department: "wenlv", Roles: []accounts.Role{accounts.FirstReviewer}}); err != nil {
		t.Fatal(err)
	}
	acts(*now, true)
	if err := a.EndDeputy(ctx, all["wang"], d.ID); err != nil {
		t.Fatal(err)
	}
	acts(*now, false)
	rows, err := s.Records(ctx, "wang", 0, 100)
	if err != nil || rows[0].Action != "deputy.end" || rows[0].Before == "" || rows[0].After == "" {
		t.Errorf("on record: %+v, %v", rows[0], err)
	}
	if _, err := a.Deputise(ctx, all["li"], store.Deputy{Person: "wang", Deputy: "sun", Roles: review, From: day(t, "2026-11-25"), To: day(t, "2026-11-28")}); err != nil {
		t.Errorf("after it was ended: %v", err)
	}
}
