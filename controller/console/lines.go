package console

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// linesShown is how many sites a page lists, usersNamed how many screens a row.
const (
	linesShown = 50
	usersNamed = 3
)

type linesPage struct {
	frame
	Query, Month   string
	Rows           []lineRow
	Sites          []option
	Total          int
	First, Last    int
	Earlier, Later string
}

// lineRow is a site with its line and what went over it this month.
type lineRow struct {
	Site            playlist.SiteID
	Name, Parent    string
	Rate, Volume    string
	Limited         bool // it has a volume
	Used            string
	Share           int
	Tone, State     string
	Next            string
	Most            []lineScreen
	More            int
	CanPass, Passed bool
}

type lineScreen struct {
	ID         playlist.ScreenID
	Name, Size string
	Files      string // of it for pictures, videos and programs
}

func megabytes(n int64) string {
	switch {
	case n >= 10_000_000_000:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 10_000_000 || n == 0:
		return fmt.Sprintf("%d MB", n/1_000_000)
	case n < 100_000:
		return fmt.Sprintf("%d KB", max(n/1000, 1))
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

func (v *visit) lineRow(u fleet.LineUse) lineRow {
	r := lineRow{Site: u.Site, Name: v.siteName(u.Site), Rate: v.t("不限速"), Volume: v.t("不限量"), Used: megabytes(u.Used), Share: u.Share(), Passed: u.Passed}
	if path := v.tree.Path(u.Site); len(path) > 1 {
		r.Parent = v.siteLabel(path[1])
	}
	if u.Line.Rate > 0 {
		r.Rate = fmt.Sprintf("%d kbit/s", u.Line.Rate)
	}
	if u.Line.Month > 0 {
		r.Limited, r.Volume = true, fmt.Sprintf("%d MB", u.Line.Month)
	}
	switch {
	case u.Over:
		r.Tone, r.State, r.CanPass = "bad", v.t("用完了，大文件在等"), true
		if u.Waiting > 0 {
			r.State = v.t("用完了，%d 块屏有大文件在等", u.Waiting)
		}
		r.Next = v.t("文字、预警和撤下照常；图片、视频、程序和定时截屏等到下月。急用请点“本月放行”。")
	case u.Passed && r.Share >= fleet.LineUsed:
		r.Tone, r.State, r.Next = "warn", v.t("本月已放行"), v.t("超出的流量可能要另外付费。")
	case r.Limited && r.Share >= fleet.LineLow:
		r.Tone, r.State, r.Next = "warn", v.t("快用完了"), v.t("不够请改大，或少放视频。")
	case r.Limited:
		r.Tone, r.State = "good", v.t("够用")
	}
	for i, t := range u.Screens {
		if i == usersNamed {
			r.More = len(u.Screens) - i
			break
		}
		s := lineScreen{ID: t.Screen, Name: v.screenName(t.Screen), Size: megabytes(t.All())}
		if t.Files > 0 {
			s.Files = megabytes(t.Files)
		}
		r.Most = append(r.Most, s)
	}
	return r
}

func listLines(v *visit) error {
	if site := playlist.SiteID(v.query("site")); site != "" {
		if err := v.reach(site); err != nil {
			return err
		}
		return v.to("/lines/" + string(site))
	}
	uses, err := v.Fleet.LineUses(v.ctx)
	if err != nil {
		return err
	}
	own, err := v.own()
	if err != nil {
		return err
	}
	mine := map[playlist.SiteID]bool{}
	for _, s := range own {
		mine[s.ID] = true
	}
	p := linesPage{frame: v.page(v.t("线路流量")), Query: v.query("q"), Month: v.Now().In(v.Zone).Format("2006-01"), Sites: v.siteOptions(own, "")}
	uses = slices.DeleteFunc(uses, func(u fleet.LineUse) bool {
		return !mine[u.Site] || !contains(p.Query, v.siteName(u.Site), string(u.Site))
	})
	p.Total = len(uses)
	from := v.count("from", 1<<20)
	if from >= p.Total {
		from = 0
	}
	for _, u := range uses[from:min(from+linesShown, p.Total)] {
		p.Rows = append(p.Rows, v.lineRow(u))
	}
	p.First, p.Last = from+1, from+len(p.Rows)
	page := func(n int) string { return "/lines?" + url.Values{"q": {p.Query}, "from": {strconv.Itoa(n)}}.Encode() }
	if from > 0 {
		p.Earlier = page(max(from-linesShown, 0))
	}
	if p.Last < p.Total {
		p.Later = page(p.Last)
	}
	return v.show("lines", p)
}

type linePage struct {
	frame
	Site         playlist.SiteID
	SiteName     string
	Source       string // where the line in force comes from
	Own, Top     bool
	Rate, Volume string
	RateProblem  string
	MonthProblem string
	Row          lineRow
}

// linePage shows the line of a site of the address.
func (v *visit) linePage() (linePage, error) {
	tree, err := v.sites()
	if err != nil {
		return linePage{}, err
	}
	s, err := tree.Site(playlist.SiteID(v.r.PathValue("site")))
	if err != nil {
		return linePage{}, err
	}
	if err := v.reach(s.ID); err != nil {
		return linePage{}, err
	}
	p := linePage{frame: v.page(v.t("线路流量")), Site: s.ID, SiteName: v.siteLabel(s), Top: s.Parent == ""}
	switch set, err := v.Store.LineOf(v.ctx, tree.PathIDs(s.ID)); {
	case errors.Is(err, store.ErrNotFound):
		p.Source = v.t("没有定过，不限")
	case err != nil:
		return p, err
	default:
		p.Own, p.Source = set.Site == s.ID, v.t("跟随 %s", v.siteName(set.Site))
		if p.Own {
			p.Source = v.t("本站点定的")
		}
		if set.Line.Rate > 0 {
			p.Rate = strconv.Itoa(set.Line.Rate)
		}
		if set.Line.Month > 0 {
			p.Volume = strconv.FormatInt(set.Line.Month, 10)
		}
	}
	uses, err := v.Fleet.LineUses(v.ctx)
	if err != nil {
		return p, err
	}
	p.Row = v.lineRow(fleet.LineUse{Site: s.ID})
	for _, u := range uses {
		if u.Site == s.ID {
			p.Row = v.lineRow(u)
		}
	}
	return p, nil
}

func lineForm(v *visit) error {
	p, err := v.linePage()
	if err != nil {
		return err
	}
	return v.show("line", p)
}

// limitOf reads a whole number from least to most, or nothing, which is 0.
func limitOf(text string, least, most int64) (int64, bool) {
	if text == "" {
		return 0, true
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(text, ",", ""), 10, 64)
	return n, err == nil && n >= least && n <= most
}

func saveLine(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	p, err := v.linePage()
	if err != nil {
		return err
	}
	switch v.form("do") {
	case "follow":
		if err := v.Fleet.SetLine(v.ctx, v.person.Login, p.Site, nil); err != nil {
			return err
		}
		return v.to("/lines", "done", "person")
	case "pass", "hold":
		if err := v.Fleet.PassLine(v.ctx, v.person.Login, p.Site, v.form("do") == "pass"); err != nil {
			return err
		}
		return v.to("/lines", "done", "line-"+v.form("do"))
	}
	p.Rate, p.Volume = v.form("rate"), v.form("volume")
	rate, fine := limitOf(p.Rate, fleet.LeastRate, fleet.MostRate)
	if !fine {
		p.RateProblem = v.t("请填 %d 以上的整数，或者留空。", fleet.LeastRate)
	}
	volume, fine := limitOf(p.Volume, 1, fleet.MostMonth)
	if !fine {
		p.MonthProblem = v.t("请填 1 到 %d 的整数，或者留空。", fleet.MostMonth)
	}
	if p.RateProblem+p.MonthProblem != "" {
		return v.refused("line", p)
	}
	if err := v.Fleet.SetLine(v.ctx, v.person.Login, p.Site, &store.Line{Rate: int(rate), Month: volume}); err != nil {
		return err
	}
	return v.to("/lines", "done", "person")
}
