package console_test

import (
	"net/http"
	"strings"
	"testing"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
)

// departments adds two departments to the county.
func (o *office) departments() {
	o.Helper()
	err := o.c.Store.Update(o.Context(), func(t *store.Tx) error {
		for _, d := range []store.Department{{ID: "wenlv", Site: "qinghe", Name: "文化和旅游局"}, {ID: "minzheng", Site: "qinghe", Name: "民政局"}} {
			if err := t.PutDepartment(o.Context(), d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		o.Fatal(err)
	}
}

// TestDepartmentsApart shows that what one department drafts does not exist for
// another, on any page, and that what it publishes does.
func TestDepartmentsApart(t *testing.T) {
	o := open(t, nil)
	o.departments()
	wen := o.arrives(accounts.Details{Login: "wen", Name: "文", Site: "qinghe", Department: "wenlv", Roles: everything})
	min := o.arrives(accounts.Details{Login: "min", Name: "民", Site: "qinghe", Department: "minzheng", Roles: everything})
	hall := o.arrives(accounts.Details{Login: "hall", Name: "党政办", Site: "qinghe", Roles: everything})
	village := o.arrives(accounts.Details{Login: "cun", Name: "村", Site: "liuxi", Roles: everything})
	fields := with(announcement, "site", "qinghe", "title", "戏曲进校园方案")
	wen.post("/write/announcement", with(fields, "do", "draft")...).wants(200, "草稿已保存")
	id := string(wen.id())
	row, err := o.c.Store.Notice(t.Context(), wen.id())
	if err != nil || row.Department != "wenlv" || row.Author != "wen" {
		t.Fatalf("the draft is of %q by %q, %v", row.Department, row.Author, err)
	}
	for name, p := range map[string]*person{"another department": min, "a village": village} {
		for _, path := range []string{"/notices/" + id, "/notices/" + id + "/preview.png?kind=touch&panel=1080x1920", "/notices/" + id + "/speech.wav", "/notices/" + id + "/revise"} {
			if p.get(path); p.status != http.StatusNotFound || strings.Contains(p.body, "戏曲") {
				t.Errorf("%s gets %s: status %d", name, path, p.status)
			}
		}
		for _, path := range []string{"takedown", "release"} {
			if p.post("/notices/"+id+"/"+path, "version", "1", "reason", "试试"); p.status != http.StatusNotFound {
				t.Errorf("%s posts %s: status %d", name, path, p.status)
			}
		}
		if p.post("/write/announcement", with(fields, "id", id, "version", "1", "title", "别人改的")...); p.status != http.StatusNotFound {
			t.Errorf("%s writes over it: status %d", name, p.status)
		}
		for _, path := range []string{"/notices", "/notices?q=%E6%88%8F%E6%9B%B2", "/notices?status=draft", "/programme/qinghe/lists/new"} {
			if p.get(path); strings.Contains(p.body, "校园") {
				t.Errorf("%s sees it on %s", name, path)
			}
		}
		p.get("/notices?status=draft").wants(200, "没有符合的内容")
	}
	for _, p := range []*person{wen, hall} {
		p.get("/notices?q=%E6%88%8F%E6%9B%B2").wants(200, "戏曲进校园方案")
		p.get("/notices/"+id).wants(200, "戏曲进校园方案")
	}

	// Published it is everybody's to read, and its department's to change.
	wen.post("/write/announcement", with(fields, "id", id, "version", "1")...).wants(200, "已发布")
	for _, p := range []*person{min, village} {
		p.get("/notices/"+id).wants(200, "戏曲进校园方案")
		p.get("/notices").wants(200, "戏曲进校园方案")
		if strings.Contains(p.get("/notices/"+id).body, "立即下架") {
			t.Error("the page offers what will be refused")
		}
	}
	min.post("/notices/"+id+"/takedown", "reason", "试试").wants(403, "归别的部门")
	min.get("/notices/"+id+"/revise").wants(403, "归别的部门")

	// The next version is again nobody else's business, and the one in force stays.
	wen.post("/write/announcement", with(fields, "id", id, "version", "1", "title", "改掉的题目", "do", "draft")...).wants(200, "草稿已保存")
	for _, p := range []*person{min, village} {
		for _, path := range []string{"/notices/" + id, "/notices", "/notices?q=%E6%88%8F%E6%9B%B2", "/notices?status=published"} {
			p.get(path).wants(200, "戏曲进校园方案")
			if strings.Contains(p.body, "改掉的题目") || strings.Contains(p.body, "另有草稿") {
				t.Errorf("the next version is to be seen on %s", path)
			}
		}
		p.get("/notices?q=%E6%94%B9%E6%8E%89").wants(200, "没有符合的内容")
		if !strings.Contains(p.get("/notices/"+id).body, "发布中") {
			t.Error("it does not say that it is in force")
		}
	}
	wen.get("/notices?q=%E6%94%B9%E6%8E%89").wants(200, "改掉的题目", "另有草稿")
	hall.post("/notices/"+id+"/takedown", "reason", "重复").wants(200, "已下架")
	min.get("/notices/"+id).wants(200, "戏曲进校园方案", "已下架")
	wen.post("/write/announcement", with(fields, "id", id, "version", "2", "title", "再写一遍", "do", "draft")...).wants(200, "草稿已保存")
	min.get("/notices/"+id).wants(200, "戏曲进校园方案")
	if strings.Contains(min.body, "再写一遍") {
		t.Error("what is written after a take-down is to be seen")
	}
}

// TestAddressOfRequests shows that the audit log has the address, and that a
// browser cannot make one up.
func TestAddressOfRequests(t *testing.T) {
	o := open(t, nil)
	p := o.visitor()
	o.comes("wang", "", everything...)
	r := p.request("/signin", "login", "wang", "password", password)
	r.Header.Set("X-Forwarded-For", "6.6.6.6")
	p.do(r).wants(200)
	p.post("/write/announcement", announcement...).wants(200, "已发布")
	rows, err := o.c.Store.Records(t.Context(), "", 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range rows {
		if r.Actor != "wang" {
			continue
		}
		seen[r.Action] = true
		if r.Origin != "127.0.0.1" {
			t.Errorf("%s came from %q", r.Action, r.Origin)
		}
	}
	if !seen["session.begin"] || !seen["notice.publish"] {
		t.Errorf("on record: %v", seen)
	}
}
