package console

import (
	"net/url"
	"strconv"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
)

// perPage is how many lines a list shows at once.
const perPage = 50

type noticesPage struct {
	frame
	Query   string
	Kind    string
	Status  string
	Sites   []option
	Kinds   []option
	States  []option
	Rows    []noticeRow
	Total   int
	First   int
	Last    int
	Earlier string // address of the page before, empty when there is none
	Later   string
	Write   bool
	Search  bool // something narrows the list
}

type noticeRow struct {
	store.Notice
	KindName, State, Tone string
	SiteName, ColumnName  string
	Updated               string
	Newer                 string // how a newer version than the one in force stands; empty when there is none
}

// inReview are the stages in which somebody has to look at a notice.
var inReview = []review.Stage{
	review.Stage(review.FirstReview), review.Stage(review.SecondReview), review.Stage(review.SecrecyReview), review.Stage(review.Release), review.Outside,
}

func listNotices(v *visit) error {
	p := noticesPage{frame: v.page(v.t("公告与公示")), Query: v.query("q"), Kind: v.query("kind"), Status: v.query("status"), Write: v.has(writes)}
	tree, err := v.sites()
	if err != nil {
		return err
	}
	columns, err := v.Store.Columns(v.ctx)
	if err != nil {
		return err
	}
	columnName := map[playlist.ColumnID]string{}
	for _, c := range columns {
		columnName[c.ID] = v.columnLabel(c)
	}
	site := playlist.SiteID(v.query("site"))
	sees, err := v.viewer()
	if err != nil {
		return err
	}
	filter := store.NoticeFilter{Viewer: sees, Kind: playlist.Kind(p.Kind), Status: store.Status(p.Status), Text: p.Query, Limit: perPage, Offset: v.count("from", 1<<30)}
	if site != "" {
		filter.Sites = []playlist.SiteID{site} // of itself; what is above it has its own line
	}
	if filter.Status == store.InReview { // a newer version of what is in force too
		filter.Status, filter.Stages = "", inReview
	}
	rows, err := v.Store.Notices(v.ctx, filter)
	if err != nil {
		return err
	}
	if p.Total, err = v.Store.CountNotices(v.ctx, filter); err != nil {
		return err
	}
	for _, row := range rows {
		r := noticeRow{Notice: row, KindName: v.kindName(row.Kind), SiteName: v.siteName(row.Site), ColumnName: columnName[row.Column], Updated: v.clock(row.Updated)}
		r.State, r.Tone = v.noticeState(row)
		if row.Version > row.Live && (row.Live > 0 || row.Status == store.TakenDown && row.Stage != review.Idle) {
			r.Newer = v.newer(row.Stage)
		}
		p.Rows = append(p.Rows, r)
	}
	p.Sites = v.siteOptions(tree.Sites(), site)
	for _, k := range []playlist.Kind{playlist.KindAnnouncement, playlist.KindGuide, playlist.KindFund, playlist.KindMedia, playlist.KindRoster, playlist.KindAlert} {
		p.Kinds = append(p.Kinds, option{Value: string(k), Label: v.kindName(k), Chosen: string(k) == p.Kind})
	}
	for _, s := range []store.Status{store.Published, store.Draft, store.InReview, store.TakenDown} {
		label, _ := v.noticeState(store.Notice{Status: s, Live: 1})
		p.States = append(p.States, option{Value: string(s), Label: label, Chosen: string(s) == p.Status})
	}
	p.Search = p.Query != "" || p.Kind != "" || p.Status != "" || site != ""
	if len(rows) > 0 {
		p.First, p.Last = filter.Offset+1, filter.Offset+len(rows)
	}
	at := func(from int) string {
		q := url.Values{}
		for name, value := range map[string]string{"q": p.Query, "kind": p.Kind, "status": p.Status, "site": string(site)} {
			if value != "" {
				q.Set(name, value)
			}
		}
		q.Set("from", strconv.Itoa(from))
		return "/notices?" + q.Encode()
	}
	if filter.Offset > 0 {
		p.Earlier = at(max(filter.Offset-perPage, 0))
	}
	if filter.Offset+len(rows) < p.Total {
		p.Later = at(filter.Offset + perPage)
	}
	return v.show("notices", p)
}

// newer says how a version stands that is newer than the one in force.
func (v *visit) newer(s review.Stage) string {
	switch name := v.stageName(s); {
	case s == review.Returned:
		return v.t("新版已退回")
	case name != "":
		return v.t("新版等待%s", name)
	}
	return v.t("另有草稿")
}

func (v *visit) kindName(k playlist.Kind) string {
	switch k {
	case playlist.KindAnnouncement:
		return v.t("公告")
	case playlist.KindGuide:
		return v.t("办事指南")
	case playlist.KindFund:
		return v.t("资金公示")
	case playlist.KindMedia:
		return v.words("图片页", "Pictures") // as its form is called
	case playlist.KindRoster:
		return v.words("值班表", "Duty roster")
	case playlist.KindAlert:
		return v.t("预警")
	}
	return string(k)
}

// noticeState says how a notice stands, and in which tone.
func (v *visit) noticeState(n store.Notice) (label, tone string) {
	switch n.Status {
	case store.Published:
		if !n.NotAfter.IsZero() && !v.Now().Before(n.NotAfter) {
			return v.t("已到期"), "quiet"
		}
		return v.t("发布中"), "good"
	case store.Draft:
		if n.Stage == review.Returned {
			return v.t("已退回"), "bad"
		}
		return v.t("草稿"), "warn"
	case store.InReview:
		if stage := v.stageName(n.Stage); stage != "" {
			return v.t("等待%s", stage), "warn"
		}
		return v.t("审核中"), "warn"
	case store.TakenDown:
		return v.t("已下架"), "bad"
	case store.Superseded:
		return v.t("已替换"), "quiet"
	}
	return string(n.Status), "quiet"
}
