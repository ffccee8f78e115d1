package console

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
)

type noticePage struct {
	frame
	Row         store.Notice
	Body        *playlist.Notice
	State, Tone string
	KindName    string
	SiteName    string
	Column      string
	Window      string // when it is shown
	Blocks      []playlist.Block
	Facts       []fact
	Tables      []moneyTable
	Versions    []versionRow
	Display     *display // where it was shown, and for how long
	Previews    []preview
	Posting     string
	Aloud       *aloud
	Heard       *heardOf // nil for who does not read what residents said
	CanRevise   bool
	CanTakeDown bool
	CanExplain  bool // why it was taken down
	CanRelease  bool
	Reasons     []string
	Problem     string
	Once        string
	Ref         string     // of the newest version
	Way         *way       // from the draft to the screen; nil for who does not see drafts
	Gone        *stillPart // after it was taken down: where it is still visible
	Next        *todoLine  // just after the visitor signed or returned it: what waits longest for him
}

// fact is a labelled text of a guide, a fund notice or an alert.
type fact struct {
	Label string
	Texts []string
}

type moneyTable struct {
	Title string
	Heads []cell
	Rows  [][]cell
	Total []cell
}

type cell struct {
	Text  string
	Right bool
}

type versionRow struct {
	store.NoticeVersion
	State, Tone string
	By, When    string
}

// takeDownReasons are what notices are often taken down for; the first lets a
// person be quick.
func (v *visit) takeDownReasons() []string {
	return []string{v.t("先撤下，原因稍后补充"), v.t("内容有误，更正后重发"), v.t("已经过期"), v.t("涉及个人信息"), v.t("上级要求"), v.t("重复发布")}
}

// row finds the notice of the address.
func (v *visit) row() (store.Notice, error) {
	id, err := playlist.ParseNoticeID(v.r.PathValue("notice"))
	if err != nil {
		return store.Notice{}, store.ErrNotFound
	}
	return v.noticeRow(id)
}

// newest finds the notice of the address with its newest version.
func (v *visit) newest() (store.Notice, *playlist.Notice, error) {
	row, err := v.row()
	if err != nil {
		return row, nil, err
	}
	ver, err := v.Store.NoticeVersion(v.ctx, row.ID, row.Version)
	if err != nil {
		return row, nil, err
	}
	n, err := ver.Decode()
	return row, n, err
}

func showNotice(v *visit) error {
	p, err := v.noticePage()
	if err != nil {
		return err
	}
	if done := v.query("done"); done == "approved" || done == "returned" || done == "published" {
		if p.Next, err = v.nextToSign(); err != nil {
			return err
		}
	}
	return v.show("notice", p)
}

func (v *visit) noticePage() (noticePage, error) {
	row, n, err := v.newest()
	if err != nil {
		return noticePage{}, err
	}
	p := noticePage{frame: v.page(row.Title), Row: row, Body: n, KindName: v.kindName(row.Kind), SiteName: v.siteName(row.Site), Reasons: v.takeDownReasons(), Once: newOnce()}
	p.State, p.Tone = v.noticeState(row)
	p.CanTakeDown = row.Live > 0 && v.mayChange(withdraws, row) && row.Kind != playlist.KindAlert
	p.CanExplain = row.Status == store.TakenDown && v.mayChange(withdraws, row)
	p.CanRelease = row.Version > row.Live && row.Status != store.TakenDown && v.mayChange(releases, row)
	p.CanRevise = formFor(n) != nil && v.mayChange(writes, row)
	columns, err := v.Store.Columns(v.ctx)
	if err != nil {
		return p, err
	}
	for _, c := range columns {
		if c.ID == n.Column {
			p.Column = v.columnLabel(c)
		}
	}
	p.Window = v.window(n)
	p.Posting = v.posting(n)
	sees, err := v.viewer()
	if err != nil {
		return p, err
	}
	if sees.Whole(row) {
		if p.Way, err = v.way(row); err != nil {
			return p, err
		}
		p.CanRelease = p.CanRelease && p.Way.Alone
		p.CanRevise = p.CanRevise && p.Way.Editable
	}
	if p.Gone, err = v.still(row); err != nil {
		return p, err
	}
	if p.Aloud, err = v.readAloud(row); err != nil {
		return p, err
	}
	v.content(&p, n)
	if err := v.versions(&p); err != nil {
		return p, err
	}
	if p.Previews, err = v.previews(row.Site, "/notices/"+string(row.ID)+"/preview.png", n, v.sample); err != nil {
		return p, err
	}
	if p.Heard, err = v.heardOf(row.ID); err != nil {
		return p, err
	}
	p.Display, err = v.display(row, n)
	return p, err
}

// posting says how long the posting period is; nothing if there is none.
func (v *visit) posting(n *playlist.Notice) string {
	if n.Posting == nil {
		return ""
	}
	unit := v.t("天")
	if n.Posting.Working {
		unit = v.t("个工作日")
	}
	return v.t("公示期从 %s 起 %d %s", n.Posting.From.String(), n.Posting.Days, unit)
}

func (v *visit) window(n *playlist.Notice) string {
	from, until := v.local(n.NotBefore).Format("2006-01-02 15:04"), v.local(n.NotAfter).Format("2006-01-02 15:04")
	switch {
	case n.NotBefore.IsZero() && n.NotAfter.IsZero():
		return v.t("发布后长期显示")
	case n.NotBefore.IsZero():
		return v.t("发布后显示到 %s", until)
	case n.NotAfter.IsZero():
		return v.t("从 %s 起长期显示", from)
	}
	return v.t("%s 至 %s", from, until)
}

func (v *visit) versions(p *noticePage) error {
	rows, err := v.Store.NoticeVersions(v.ctx, p.Row.ID)
	if err != nil {
		return err
	}
	sees, err := v.viewer()
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, r := range sees.Versions(p.Row, rows) {
		if r.Version == p.Row.Version {
			p.Ref = r.Ref.String()
		}
		out := versionRow{NoticeVersion: r, By: v.nameOf(names, r.Author), When: v.clock(r.Saved)}
		out.State, out.Tone = v.noticeState(store.Notice{Status: r.Status})
		p.Versions = append(p.Versions, out)
	}
	return nil
}

// content sets out what a notice says, by its kind.
func (v *visit) content(p *noticePage, n *playlist.Notice) {
	add := func(label string, texts ...string) {
		var kept []string
		for _, t := range texts {
			if strings.TrimSpace(t) != "" {
				kept = append(kept, t)
			}
		}
		if len(kept) > 0 {
			p.Facts = append(p.Facts, fact{label, kept})
		}
	}
	add(v.t("摘要"), n.Summary)
	switch {
	case n.Announcement != nil:
		p.Blocks = n.Announcement.Blocks
	case n.Guide != nil:
		g := n.Guide
		add(v.t("适用对象"), g.Who)
		add(v.t("承诺时限"), g.Limit)
		add(v.t("收费"), g.Fee)
		add(v.t("地点"), g.Place)
		add(v.t("时间"), g.Hours)
		add(v.t("咨询电话"), g.Phone)
		add(v.t("投诉电话"), g.Complaint)
		add(v.t("办理条件"), g.Conditions...)
		var materials, steps []string
		for _, m := range g.Materials {
			materials = append(materials, strings.TrimSpace(v.t("%s（原件 %d，复印件 %d）", m.Name, m.Originals, m.Copies)+" "+m.Note))
		}
		for i, s := range g.Steps {
			steps = append(steps, strings.TrimSpace(fmt.Sprintf("%d. %s %s %s", i+1, s.Name, s.Detail, s.Limit)))
		}
		add(v.t("申请材料"), materials...)
		add(v.t("办理步骤"), steps...)
		add(v.t("数量限制"), g.Quota)
		add(v.t("办理依据"), g.Basis...)
		add(v.t("温馨提示"), g.Tips...)
	case n.Fund != nil:
		f := n.Fund
		add(v.t("总额"), f.Total.Short())
		add(v.t("时期"), f.Period)
		add(v.t("用途"), f.Purpose)
		add(v.t("标准"), f.Standard)
		var sources []string
		for _, s := range f.Sources {
			sources = append(sources, s.Name+" "+s.Amount.Short())
		}
		add(v.t("资金来源"), sources...)
		add(v.t("拨付情况"), f.Status)
		for i := range f.Tables {
			p.Tables = append(p.Tables, v.moneyTable(&f.Tables[i]))
		}
	case n.Alert != nil:
		a := n.Alert
		add(v.t("种类"), a.Type+v.colourName(a.Colour))
		add(v.t("影响范围"), a.Area)
		add(v.t("该怎么做"), a.Action)
		add(v.t("政府措施"), a.Measures)
		add(v.t("详情"), a.Detail)
	case n.Media != nil:
		add(v.t("说明"), n.Media.Text)
	case n.Roster != nil:
		add(v.t("地点"), n.Roster.Place)
		add(v.t("电话"), n.Roster.Phone)
		add(v.t("夜班"), v.t("%s 起", n.Roster.Evening()))
		add(v.t("说明"), n.Roster.Note)
		p.Tables = append(p.Tables, v.rosterTable(n.Roster))
	}
}

// rosterTable is a roster by day, with all that is over.
func (v *visit) rosterTable(r *playlist.Roster) moneyTable {
	out := moneyTable{}
	for _, name := range []string{v.t("哪天"), v.t("带班"), v.t("值班"), v.t("夜班"), v.t("电话")} {
		out.Heads = append(out.Heads, cell{Text: name})
	}
	for _, s := range r.Shifts {
		row := make([]cell, 0, len(out.Heads))
		for _, text := range []string{v.dayName(s.Day.In(v.Zone)), s.Lead, s.Staff, s.AtNight(), cmp.Or(s.Phone, r.Phone)} {
			row = append(row, cell{Text: text})
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func (v *visit) moneyTable(t *playlist.FundTable) moneyTable {
	out := moneyTable{Title: t.Title}
	right := make([]bool, len(t.Columns))
	for i, c := range t.Columns {
		name := c.Name
		if c.Unit != "" {
			name += "（" + c.Unit + "）"
		}
		right[i] = c.Type != playlist.TextColumn
		out.Heads = append(out.Heads, cell{name, right[i]})
	}
	line := func(texts []string) (cells []cell) {
		for i, text := range texts {
			cells = append(cells, cell{text, i < len(right) && right[i]})
		}
		return cells
	}
	for _, r := range t.Rows {
		out.Rows = append(out.Rows, line(r))
	}
	if totals := t.Totals(); strings.Join(totals, "") != "" {
		out.Total = line(totals)
		if len(out.Total) > 0 && out.Total[0].Text == "" {
			out.Total[0].Text = v.t("合计")
		}
	}
	return out
}

func noticePreview(v *visit) error {
	_, n, err := v.newest()
	if err != nil {
		return err
	}
	return v.drawNotice(*n)
}

// takeDown withdraws a notice; one person and a reason are enough.
func takeDown(v *visit) error {
	row, err := v.row()
	if err != nil {
		return err
	}
	if err := v.reachNotice(row); err != nil {
		return err
	}
	reason := v.form("reason")
	if why := v.form("why"); slices.Contains(v.takeDownReasons(), why) {
		reason = strings.TrimSuffix(why+v.t("；")+reason, v.t("；"))
	}
	if reason == "" || len(reason) > 600 {
		p, err := v.noticePage()
		if err != nil {
			return err
		}
		p.Problem = v.t("请写明下架原因，它会记进登记簿。")
		return v.showAs(422, "notice", p)
	}
	if _, err := v.Desk.TakeDown(v.ctx, v.who(), row.ID, reason); err != nil {
		return err
	}
	return v.to("/notices/"+string(row.ID), "done", "down")
}

// release publishes the newest version: a draft where one person may, or what
// all others have approved.
func release(v *visit) error {
	row, err := v.row()
	if err != nil {
		return err
	}
	if err := v.reachNotice(row); err != nil {
		return err
	}
	version, ref, err := v.seen()
	if err != nil {
		return err
	}
	f, err := v.fields()
	if err != nil {
		return err
	}
	deputyOf, ok := v.holds(review.Release, row)
	if !ok {
		return errRole
	}
	_, err = v.Desk.Release(v.ctx, v.whoAs(deputyOf), row.ID, version, ref, f.reasons()...)
	var invalid *publish.Invalid
	if errors.As(err, &invalid) {
		p, err := v.noticePage()
		if err != nil {
			return err
		}
		p.Problem = v.stopping(invalid.Problems)
		return v.showAs(422, "notice", p)
	}
	if err != nil {
		return v.unsigned(err)
	}
	return v.to("/notices/"+string(row.ID), "done", "published")
}

// invalid puts the problems of a refused document into one sentence.
func (v *visit) invalid(err error) (string, bool) {
	problems, ok := problemsOf(err)
	if !ok {
		return "", false
	}
	var texts []string
	for _, p := range problems {
		if p.Severity == playlist.Wrong {
			texts = append(texts, v.problem(p))
		}
	}
	return strings.Join(texts, v.t("；")), true
}
