package console_test

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"mingbai/assets"
	"mingbai/configs"
	"mingbai/controller/accounts"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
	"mingbai/playlist/schedule"
)

// catalogue gives the office columns with duties.
func (o *office) catalogue(columns ...playlist.Column) {
	o.Helper()
	err := o.c.Store.Update(o.Context(), func(t *store.Tx) error {
		return t.ReplaceColumns(o.Context(), append([]playlist.Column{{ID: "news", Name: "通知", Field: playlist.Government}}, columns...))
	})
	if err != nil {
		o.Fatal(err)
	}
}

func (o *office) publishes(site playlist.SiteID, column playlist.ColumnID, title string, change func(*playlist.Notice)) playlist.NoticeID {
	o.Helper()
	n := playlist.Notice{
		Kind: playlist.KindAnnouncement, Site: site, Column: column, Title: title, Issuer: "村委会", Index: "LX-0001", Issued: schedule.Date{Year: 2026, Month: 11, Day: 20},
		Announcement: &playlist.Announcement{Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: "正文"}}},
	}
	if change != nil {
		change(&n)
	}
	r, err := o.c.Desk.Publish(o.Context(), publish.Who{Actor: "test", Name: "试"}, n)
	if err != nil {
		o.Fatal(err)
	}
	return r.Notice
}

func TestNothingToDo(t *testing.T) {
	o := open(t, nil)
	p := o.comes("wang", "", accounts.Drafter)
	p.get("/").wants(200, "没有要办的事")
	if p.path != "/todo" {
		t.Errorf("a drafter's home is %s", p.path)
	}
	tech := o.comes("tech", "", accounts.Technician)
	tech.get("/")
	if tech.path != "/screens" {
		t.Errorf("a technician's home is %s", tech.path)
	}
	if strings.Contains(tech.body, `href="/todo"`) || strings.Contains(tech.body, `href="/columns"`) {
		t.Error("a technician's menu has what the desk does")
	}
}

func TestColumnsAndTheirDuties(t *testing.T) {
	o := open(t, nil)
	o.catalogue(
		playlist.Column{ID: "money", Name: "资金", Field: playlist.Money},
		playlist.Column{ID: "accounts", Parent: "money", Name: "村级财务", Field: playlist.Money, Cadence: playlist.Quarterly, Kinds: []playlist.SiteKind{playlist.Village, playlist.Town}},
		playlist.Column{ID: "budget", Parent: "money", Name: "预算", Field: playlist.Money, Cadence: playlist.Yearly, Owner: "财政局"},
	)
	p := o.comes("wang", "", everything...)
	p.get("/columns").wants(200, "村级财务", "每季度首月 15 日前", "每年 3 月 31 日前", "财政局", "从未发布", "空白 3")
	p.get("/columns?view=missed").wants(200, "柳溪村", "石岭镇", `href="/write/fund?column=accounts&amp;site=liuxi"`, `href="/write/fund?column=budget"`, "第 1–5 条，共 5 条")
	p.get("/columns/accounts").wants(200, "每个村（社区）", "柳溪村", "望川镇")
	p.get("/columns/nothing").wants(404)
	p.get("/write/fund?column=accounts&site=liuxi").wants(200, `<option value="accounts" selected>`, `<option value="liuxi" selected>`)
	p.get("/todo").wants(200, "已经超期", "村级财务", "3 个站点没有公开")
	o.publishes("liuxi", "accounts", "第三季度收支", nil)
	p.get("/columns/accounts").wants(200, "第三季度收支", "正常", "刚刚")
	p.get("/columns?view=missed").wants(200, "第 1–4 条，共 4 条")
	if strings.Contains(p.body, "site=liuxi") {
		t.Error("a column is still empty after something was published there")
	}
	near := o.comes("near", "wangchuan", accounts.Drafter)
	near.get("/columns?view=missed").wants(200, "望川镇", "共 1 条")
	if strings.Contains(near.body, "石岭镇") {
		t.Error("a town sees the duties of another")
	}
}

func TestEditingTheCatalogue(t *testing.T) {
	o := open(t, nil)
	boss := o.comes("boss", "", accounts.Administrator)
	fields := []string{"id", "budget", "name", "预算", "field", "money", "cadence", "yearly", "within", "10", "fresh", "180", "kinds", "county"}
	boss.get("/columns/new").wants(200, "每年 3 月 31 日前")
	boss.post("/columns/new", with(fields, "within", "ten")...).wants(422, "请填整数", `value="预算"`)
	boss.post("/columns/new", with(fields, "id", "Not A Name")...).wants(422, "小写字母")
	boss.post("/columns/new", with(fields, "parent", "ghost")...).wants(422, "没有上级栏目")
	boss.post("/columns/new", fields...).wants(200, "已保存", "每个县（区）")
	boss.post("/columns/new", fields...).wants(422, "已经用过")
	boss.post("/columns/budget/edit", with(fields, "name", "预算与决算", "parent", "news")...).wants(200, "预算与决算")
	boss.post("/columns/news/edit", "name", "通知", "field", "government", "parent", "budget").wants(422, "成环")
	boss.post("/columns/budget/edit", with(fields, "name", "预算与决算")...).wants(200)
	boss.post("/columns/budget/move", "way", "up").wants(200)
	columns, err := o.c.Store.Columns(t.Context())
	if err != nil || columns[0].ID != "budget" || columns[0].Within != 10 || columns[0].Fresh != 180 || columns[0].Name != "预算与决算" {
		t.Errorf("the catalogue is %+v, %v", columns, err)
	}
	o.publishes("liuxi", "news", "一条通知", nil)
	boss.post("/columns/news/remove").wants(409, "不能删除")
	boss.post("/columns/budget/remove").wants(200)
	boss.post("/columns/budget/remove").wants(404)
	records, err := o.c.Store.Records(t.Context(), "budget", 0, 10)
	if err != nil || len(records) != 5 || records[0].Action != "column.remove" || !strings.Contains(records[0].Before, "预算与决算") || !strings.Contains(records[3].After, "预算与决算") {
		t.Errorf("the audit log has %+v, %v", records, err)
	}
	ch, err := o.c.Store.Channel(t.Context(), playlist.ChannelID{Site: "qinghe"})
	if err != nil || ch.Compiled != ch.Wanted || ch.Revision < 5 {
		t.Errorf("the root's channel is %+v, %v", ch, err)
	}
	writer := o.comes("wang", "", everything...)
	for _, path := range []string{"/columns/new", "/columns/news/edit", "/columns/news/move", "/columns/news/remove"} {
		writer.post(path, fields...).wants(403)
	}
}

// shows makes a ledger say that a notice was on a screen on some days.
func (o *office) shows(notice playlist.NoticeID, screen playlist.ScreenID, site playlist.SiteID, days ...string) {
	o.Helper()
	err := o.c.Store.Update(o.Context(), func(t *store.Tx) error {
		s := playlist.Screen{ID: screen, Site: site, Kind: playlist.LED, Name: "门口大屏", Place: "大门东侧", Panel: playlist.Panel{Width: 192, Height: 64, WidthMM: 1920, HeightMM: 640}}
		if err := t.PutScreen(o.Context(), s, ""); err != nil {
			return err
		}
		for _, d := range days {
			day, err := schedule.ParseDate(d)
			if err != nil {
				return err
			}
			at := day.In(time.UTC).Add(time.Hour)
			if err := t.AddDisplay(o.Context(), store.DisplayDay{Notice: notice, Screen: screen, Day: d, Shown: 90 * time.Minute, Times: 12, First: at, Last: at.Add(8 * time.Hour), Version: 1}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		o.Fatal(err)
	}
}

func TestAfterPublishing(t *testing.T) {
	o := open(t, nil)
	id := o.publishes("liuxi", "news", "拟认定名单公示", func(n *playlist.Notice) {
		n.Posting = &playlist.Posting{From: schedule.Date{Year: 2026, Month: 11, Day: 16}, Days: 5, Working: true, Objection: "村委会"}
	})
	p := o.comes("wang", "", everything...)
	path := "/notices/" + string(id)
	p.get(path).wants(200, "范围内还没有屏幕", "已公示 0 个工作日，要求 5 个")
	if strings.Contains(p.body, "certificate.pdf") {
		t.Error("there is a certificate of what nobody saw")
	}
	// 21 and 22 November are a weekend.
	o.shows(id, "s-gate", "liuxi", "2026-11-13", "2026-11-16", "2026-11-17", "2026-11-18", "2026-11-21", "2026-11-22")
	o.shows(id, "s-hall", "liuxi", "2026-11-18", "2026-11-19")
	p.get(path).wants(200, "已公示 4 个工作日，要求 5 个", "门口大屏", "全部 2", "显示过 2", "9 小时", path+"/certificate.pdf")
	p.get(path + "?screens=waiting").wants(200)
	p.get(path + "/screens.xlsx").wants(200)
	book, err := excelize.OpenReader(strings.NewReader(p.body))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows("每天")
	if err != nil || len(rows) != 2+8 {
		t.Errorf("the sheet of days has %d rows, %v", len(rows), err)
	}
	p.get(path + "/certificate.pdf").wants(200)
	if !strings.HasPrefix(p.body, "%PDF-1.7") || !strings.Contains(p.body, "/EmbeddedFile") {
		t.Errorf("the certificate begins %.20q", p.body)
	}
	keys := editionKeys(t, p.body)
	p.get("/notices/ghost/certificate.pdf").wants(404)

	// After years the edition's bytes are dropped; who signed them is known still.
	o.publishes("liuxi", "news", "另一份公告", nil)
	channel := playlist.ChannelID{Site: "liuxi"}
	versions, err := o.c.Store.NoticeVersions(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	err = o.c.Store.Update(t.Context(), func(tx *store.Tx) error { return tx.DropEdition(t.Context(), channel, versions[0].Edition, time.Now()) })
	if err != nil {
		t.Fatal(err)
	}
	p.get(path + "/certificate.pdf").wants(200)
	if again := editionKeys(t, p.body); keys == "" || again != keys {
		t.Errorf("the edition was signed with %q, and when it is dropped with %q", keys, again)
	}
}

// editionKeys are those in the record that a certificate has within it.
func editionKeys(t *testing.T, pdf string) string {
	t.Helper()
	for part := range strings.SplitSeq(pdf, "stream\n") {
		z, err := zlib.NewReader(strings.NewReader(part))
		if err != nil {
			continue // not one that is compressed
		}
		text, err := io.ReadAll(z)
		if err != nil {
			continue
		}
		if m := regexp.MustCompile(`"edition_keys":\s*\[\s*"([^"]*)"`).FindSubmatch(text); m != nil {
			return string(m[1])
		}
	}
	t.Error("the certificate has no record with keys within it")
	return ""
}

func TestTheRegister(t *testing.T) {
	o := open(t, func(c *configs.Controller) { c.Approvals.Policy = "town" })
	li, fang := o.comes("li", "", everything...), o.comes("fang", "", everything...)
	li.post("/write/announcement", with(announcement, "to", "submit")...)
	ids, err := o.c.Store.Notices(t.Context(), store.NoticeFilter{})
	if err != nil || len(ids) != 1 {
		t.Fatal(ids, err)
	}
	row := ids[0]
	v, err := o.c.Store.NoticeVersion(t.Context(), row.ID, row.Version)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(who string, as review.Capacity, note string) {
		t.Helper()
		a := publish.Approval{Capacity: as, Note: note}
		if as == review.SecrecyReview {
			a.Ticks = review.Ticks
		}
		if _, err := o.c.Desk.Approve(t.Context(), publish.Who{Actor: who, Name: who + "的名字"}, row.ID, row.Version, v.Ref, a); err != nil {
			t.Fatal(err)
		}
	}
	if row.Stage == review.Idle {
		if _, err := o.c.Desk.Submit(t.Context(), publish.Who{Actor: "li", Name: "li"}, row.ID, row.Version, v.Ref, nil, ""); err != nil {
			t.Fatal(err)
		}
	}
	fang.get("/todo").wants(200, "等您审核", row.Title, "去初审", "/notices/"+string(row.ID)+"/review")
	li.get("/todo").wants(200)
	if strings.Contains(li.body, "去初审") {
		t.Error("who drafted is asked to review")
	}
	if _, err := o.c.Desk.Return(t.Context(), publish.Who{Actor: "fang", Name: "fang"}, row.ID, row.Version, v.Ref, "日期写错了"); err != nil {
		t.Fatal(err)
	}
	li.get("/todo").wants(200, "退回给您的", "日期写错了", "去修改")
	if _, err := o.c.Desk.Submit(t.Context(), publish.Who{Actor: "li", Name: "李"}, row.ID, row.Version, v.Ref, nil, ""); err != nil {
		t.Fatal(err)
	}
	sign("fang", review.FirstReview, "")
	sign("fang", review.SecrecyReview, "可以公开")
	li.get("/todo").wants(200, "去发布")
	li.get("/register").wants(200, "还没有发布过内容")
	if _, err := o.c.Desk.Release(t.Context(), publish.Who{Actor: "li", Name: "李发布"}, row.ID, row.Version, v.Ref); err != nil {
		t.Fatal(err)
	}
	li.get("/register").wants(200, row.Title, "fang的名字", "可以公开", "李发布", "退回 1 次", "电子屏：柳溪村")
	li.get("/register?q="+"nothing").wants(200, "没有符合的内容")
	li.get("/register?year=2020").wants(200, "没有符合的内容")
	li.get(fmt.Sprintf("/register?year=%d", time.Now().Year())).wants(200, row.Title)
	li.get("/register/paper").wants(200, "青禾县政府信息公开登记簿", "填表人", row.Title, "主动公开")
	li.get("/register.xlsx").wants(200)
	book, err := excelize.OpenReader(strings.NewReader(li.body))
	if err != nil {
		t.Fatal(err)
	}
	if rows, err := book.GetRows("登记簿"); err != nil || len(rows) != 3 || rows[2][1] != row.Title {
		t.Errorf("the sheet is %v, %v", rows, err)
	}
	if _, err := o.c.Desk.TakeDown(t.Context(), publish.Who{Actor: "li", Name: "李"}, row.ID, "内容有误"); err != nil {
		t.Fatal(err)
	}
	li.get("/register").wants(200, "下架：内容有误")
	other := o.comes("other", "shiling", accounts.Drafter)
	other.get("/register").wants(200, "还没有发布过内容")
	other.get("/register?site=liuxi").wants(403)
	o.comes("tech", "", accounts.Technician).get("/register").wants(403)
}

// TestManyRows looks at every page of this part with many rows.
func TestManyRows(t *testing.T) {
	o := open(t, nil)
	o.catalogue(playlist.Column{ID: "affairs", Name: "村务", Field: playlist.VillageDo, Cadence: playlist.Monthly, Kinds: []playlist.SiteKind{playlist.Village}})
	ctx := t.Context()
	const live = many / 10 * 9
	now := time.Now()
	err := o.c.Store.Update(ctx, func(tx *store.Tx) error {
		for i := range many {
			n := playlist.Notice{ID: playlist.NoticeID(fmt.Sprintf("n-%05d", i)), Version: 1, Kind: playlist.KindAnnouncement, Site: "liuxi", Column: "news", Title: fmt.Sprintf("第 %d 号", i), Issuer: "村委会", Announcement: &playlist.Announcement{Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: "正文"}}}}
			body, err := json.Marshal(n)
			if err != nil {
				return err
			}
			row := store.Notice{ID: n.ID, Site: "liuxi", Kind: n.Kind, Column: "news", Title: n.Title, Status: store.InReview, Version: 1, Updated: now, Author: "li", Stage: review.Stage(review.FirstReview), Since: now.AddDate(0, 0, -9)}
			v := store.NoticeVersion{Notice: n.ID, Version: 1, Status: store.InReview, Body: body, Ref: assets.RefOf(body), Author: "li", Saved: now, Policy: &review.Town}
			if i%10 != 9 {
				row.Status, row.Live, row.Stage, v.Status, v.Published = store.Published, 1, "", store.Published, now
			}
			if err := tx.PutNotice(ctx, row); err != nil {
				return err
			}
			if err := tx.PutNoticeVersion(ctx, v); err != nil {
				return err
			}
			if err := tx.AddApproval(ctx, store.Approval{Notice: n.ID, Version: 1, Ref: v.Ref, Capacity: review.Draft, Person: "li", At: now}); err != nil {
				return err
			}
		}
		for i := range 100 {
			site := playlist.Site{ID: playlist.SiteID(fmt.Sprintf("v-%03d", i)), Parent: "wangchuan", Kind: playlist.Village, Name: fmt.Sprintf("%d 村", i)}
			if err := tx.PutSite(ctx, site); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		o.shows("n-00000", playlist.ScreenID(fmt.Sprintf("s-%03d", i)), "liuxi", "2026-11-20")
	}
	p := o.comes("wang", "", everything...)
	p.get("/todo").wants(200, "去初审", "还有", "看是哪些", `href="/todo?all=sign#sign"`)
	few := strings.Count(p.body, ">去初审<")
	p.get("/todo?all=sign").wants(200, `id="sign"`)
	if strings.Count(p.body, ">去初审<") <= few {
		t.Errorf("%d of the notices that wait are listed, %d where all are asked for", few, strings.Count(p.body, ">去初审<"))
	}
	p.get("/todo?all=nothing").wants(200, "去初审")
	p.get("/columns?view=missed").wants(200, "第 1–50 条，共 101 条", "下一页")
	p.get("/columns?view=missed&from=100").wants(200, "第 101–101 条", "上一页")
	p.get("/columns/affairs?from=50").wants(200, "第 51–100 条")
	p.get("/columns?view=missed&from=99999999").wants(200, "没有空白和超期的栏目")
	p.get("/register").wants(200, fmt.Sprintf("共 %d 条", live), "下一页")
	p.get(fmt.Sprintf("/register?from=%d", live-20)).wants(200, fmt.Sprintf("第 %d–%d 条", live-19, live))
	p.get("/register/paper").wants(200, "一次最多打印 2000 条")
	p.get("/notices/n-00000").wants(200, "第 1–50 块屏，共 100 块", "下一页")
	p.get("/notices/n-00000?from=50").wants(200, "第 51–100 块屏")
	p.get("/notices/n-00000/certificate.pdf").wants(200)
	if n := bytes.Count([]byte(p.body), []byte("/Type /Page ")); n < 3 || n > 10 {
		t.Errorf("a certificate of a hundred screens has %d pages", n)
	}
}
