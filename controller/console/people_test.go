package console_test

import (
	"fmt"
	"testing"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
	"mingbai/playlist/schedule"
)

// TestManyPeople fills the office and finds every list paged and whole.
func TestManyPeople(t *testing.T) {
	o := open(t, nil)
	boss := o.comes("boss", "", accounts.Administrator)
	ctx := t.Context()
	err := o.c.Store.Update(ctx, func(tx *store.Tx) error {
		for i := range 530 {
			d := store.Department{ID: store.DepartmentID(fmt.Sprintf("d-%d", i)), Site: "qinghe", Name: fmt.Sprintf("第 %d 部门", i)}
			if err := tx.PutDepartment(ctx, d); err != nil {
				return err
			}
		}
		for i := range many {
			a := store.Account{
				ID: fmt.Sprintf("a-%d", i), Login: fmt.Sprintf("p%05d", i), Name: fmt.Sprintf("张%d", i), Site: "qinghe", Department: store.DepartmentID(fmt.Sprintf("d-%d", i%530)),
				Roles: []string{"drafter"}, Created: time.Now().AddDate(0, 0, -i%200), Password: "x",
			}
			if err := tx.PutAccount(ctx, a); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	boss.get("/people").wants(200, fmt.Sprintf("第 1–50 人，共 %d 人", many+1), "下一页")
	boss.get(fmt.Sprintf("/people?from=%d", many/50*50)).wants(200, fmt.Sprintf("第 %d–%d 人", many/50*50+1, many+1), "上一页")
	boss.get(fmt.Sprintf("/people?q=p%05d", many-1)).wants(200, fmt.Sprintf("张%d", many-1), "第 1–1 人，共 1 人")
	boss.get("/people?state=idle").wants(200, "天没有登录")
	boss.get("/people?department=d-7").wants(200, fmt.Sprintf("共 %d 人", (many-8)/530+1))
	boss.get("/people/departments").wants(200, "第 1–50 个，共 530 个")
	boss.get("/people/departments?q=%E7%AC%AC+529").wants(200, "第 529 部门", "共 1 个")
	boss.get("/people/new").wants(200, "第 529 部门")
}

// TestDeputySigns lets somebody sign in another one's place on the pages: before
// the first day, on it, and after it was ended.
func TestDeputySigns(t *testing.T) {
	o := open(t, nil)
	o.departments()
	boss := o.comes("boss", "", accounts.Administrator)
	wen := o.arrives(accounts.Details{Login: "wen", Name: "文静", Site: "qinghe", Department: "wenlv", Roles: []accounts.Role{accounts.Drafter}})
	ju := o.arrives(accounts.Details{Login: "ju", Name: "局长", Site: "qinghe", Department: "wenlv", Roles: []accounts.Role{accounts.FirstReviewer}})
	sub := o.arrives(accounts.Details{Login: "sub", Name: "副手", Site: "qinghe", Department: "minzheng", Roles: []accounts.Role{accounts.Drafter}})
	boss.post("/policies/qinghe", "policy", "town").wants(200)
	wen.post("/write/announcement", with(announcement, "site", "qinghe", "do", "draft")...).wants(200)
	page := "/notices/" + string(wen.id())
	sub.get(page).wants(404)
	zone := time.FixedZone("", 8*60*60)
	today := schedule.DateOf(time.Now().In(zone))
	days := []string{"from", today.AddDays(1).String(), "to", today.AddDays(2).String(), "role", "first_reviewer", "deputy", "sub", "do", "deputy", "reason", "出差"}
	ju.post("/me", days...).wants(200, "还没开始", "副手", "出差")
	sub.get(page).wants(404)
	ju.post("/me", days...).wants(422, "已经有人代办")
	rows, err := o.c.Accounts.Deputies(t.Context(), "ju", 0)
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	ju.post("/me", "do", "end", "arrangement", rows[0].ID).wants(200, "提前结束于")
	ju.post("/me", with(days, "from", today.String())...).wants(200, "正在代办")
	sub.get(page).wants(200, "关于停水的通知")
	boss.get("/people/deputies").wants(200, "局长", "副手", "正在代办")
	// What he may not do there he may not do for him: drafting was not handed on.
	sub.get(page + "/revise").wants(403)
	rows, err = o.c.Accounts.Deputies(t.Context(), "sub", 0)
	if err != nil || len(rows) != 2 {
		t.Fatal(rows, err)
	}
	for _, d := range rows {
		if d.Ended.IsZero() {
			sub.post("/me", "do", "end", "arrangement", d.ID).wants(200)
		}
	}
	sub.get(page).wants(404)
	boss.get("/audit?kind=deputy").wants(200, "安排代办", "结束代办")
}
