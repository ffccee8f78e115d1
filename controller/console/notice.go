package console

import (
	"fmt"
	"strings"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
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
	Proof       fleet.Proof
	Shown       string // total time of display
	Screens     []proofRow
	Previews    []preview
	Posting     string
	Aloud       *aloud
	Heard       *heardOf // nil for who does not read what residents said
	CanRevise   bool
	CanTakeDown bool
	CanRelease  bool
	Reasons     []string
	Problem     string
	Once        string
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
	When        string
}

type proofRow struct {
	fleet.ScreenProof
	SiteName, State, Tone string
	Time, FirstAt, LastAt string
	Days                  int
}

var takeDownReasons = []string{"内容有误，更正后重发", "已经过期", "涉及个人信息", "上级要求", "重复发布"}

// row finds the notice of the address.
func (v *visit) row() (store.Notice, error) {
	id, err := playlist.ParseNoticeID(v.r.PathValue("notice"))
	if err != nil {
		return store.Notice{}, store.ErrNotFound
	}
	return v.Store.Notice(v.ctx, id)
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
	return v.show("notice", p)
}

func (v *visit) noticePage() (noticePage, error) {
	row, n, err := v.newest()
	if err != nil {
		return noticePage{}, err
	}
	p := noticePage{frame: v.page(row.Title), Row: row, Body: n, KindName: v.kindName(row.Kind), SiteName: v.siteName(row.Site), Reasons: takeDownReasons, Once: newOnce()}
	p.State, p.Tone = v.noticeState(row)
	p.CanTakeDown = row.Live > 0 && v.may(withdraws, row.Site) && row.Kind != playlist.KindAlert
	p.CanRelease = row.Version > row.Live && row.Status != store.TakenDown && v.may(releases, row.Site)
	p.CanRevise = n.Announcement != nil && v.may(writes, row.Site)
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
	if n.Posting != nil {
		unit := v.t("天")
		if n.Posting.Working {
			unit = v.t("个工作日")
		}
		p.Posting = v.t("公示期从 %s 起 %d %s", n.Posting.From.String(), n.Posting.Days, unit)
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
	return p, v.proof(&p)
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
	for _, r := range rows {
		out := versionRow{NoticeVersion: r, When: v.clock(r.Saved)}
		out.State, out.Tone = v.noticeState(store.Notice{Status: r.Status})
		p.Versions = append(p.Versions, out)
	}
	return nil
}

func (v *visit) proof(p *noticePage) error {
	proof, err := v.Fleet.ProofOf(v.ctx, p.Row.ID)
	if err != nil {
		return err
	}
	p.Proof, p.Shown = proof, v.span(time.Duration(proof.Seconds)*time.Second)
	for _, s := range proof.Screens {
		r := proofRow{ScreenProof: s, Time: v.span(time.Duration(s.Seconds) * time.Second), FirstAt: v.clock(s.First), LastAt: v.clock(s.Last), Days: len(s.Days)}
		if s.Site != "" {
			r.SiteName = v.siteName(s.Site)
		}
		if r.Name == "" {
			r.Name = string(s.Screen)
		}
		switch {
		case s.Now:
			r.State, r.Tone = v.t("正在显示"), "good"
		case s.Has && s.Times > 0:
			r.State, r.Tone = v.t("已显示"), "good"
		case s.Has:
			r.State, r.Tone = v.t("已到屏，等待轮到"), "good"
		case p.Row.Live == 0:
			r.State, r.Tone = v.t("已撤下"), "quiet"
		case !s.Online:
			r.State, r.Tone = v.t("离线，自 %s", v.clock(s.Offline)), "bad"
		default:
			r.State, r.Tone = v.t("正在下载"), "warn"
		}
		p.Screens = append(p.Screens, r)
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
	}
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
	if err := v.reach(row.Site); err != nil {
		return err
	}
	reason := v.form("reason")
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

// release publishes the newest draft as it is.
func release(v *visit) error {
	row, err := v.row()
	if err != nil {
		return err
	}
	if err := v.reach(row.Site); err != nil {
		return err
	}
	if fmt.Sprint(row.Version) != v.form("version") {
		return fmt.Errorf("release: %w", store.ErrConflict)
	}
	_, err = v.Desk.Release(v.ctx, v.who(), row.ID, row.Version)
	if wrong, ok := v.invalid(err); ok {
		p, err := v.noticePage()
		if err != nil {
			return err
		}
		p.Problem = wrong
		return v.showAs(422, "notice", p)
	}
	if err != nil {
		return err
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
