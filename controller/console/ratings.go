package console

import (
	"strconv"

	"mingbai/controller/store"
)

type ratingsPage struct {
	frame
	Days   []option
	Sites  []option
	Rows   []ratingRow
	Total  ratingRow
	Search bool
}

type ratingRow struct {
	store.Scores
	Link     string
	All      int
	Share    int      // per cent of 满意
	Segments []string // classes of a bar of twenty pieces
}

func listRatings(v *visit) error {
	f, err := v.watched()
	if err != nil {
		return err
	}
	site, err := v.narrow(&f.Sites)
	if err != nil {
		return err
	}
	days := v.count("days", 400)
	if days == 0 {
		days = 30
	}
	f.From = v.Now().AddDate(0, 0, -days)
	f.Limit = 200
	rows, err := v.Store.Scores(v.ctx, f)
	if err != nil {
		return err
	}
	p := ratingsPage{frame: v.page(v.t("满意度"))}
	for _, s := range rows {
		r := rated(s)
		if s.Notice == "" {
			r.Title = v.t("整块屏幕，没有说是哪一条")
		} else if n, err := v.noticeRow(s.Notice); err == nil {
			r.Title, r.Link = n.Title, "/notices/"+string(n.ID)
		}
		p.Rows = append(p.Rows, r)
		p.Total.Bad, p.Total.Fair, p.Total.Good = p.Total.Bad+s.Bad, p.Total.Fair+s.Fair, p.Total.Good+s.Good
	}
	p.Total = rated(p.Total.Scores)
	own, err := v.own()
	if err != nil {
		return err
	}
	p.Sites = v.siteOptions(own, site)
	for _, d := range []int{7, 30, 90, 365} {
		p.Days = append(p.Days, option{Value: strconv.Itoa(d), Label: v.t("最近 %d 天", d), Chosen: d == days})
	}
	return v.show("ratings", p)
}

const barPieces = 20

func rated(s store.Scores) ratingRow {
	r := ratingRow{Scores: s, All: s.Bad + s.Fair + s.Good}
	if r.All == 0 {
		return r
	}
	r.Share = (s.Good*100 + r.All/2) / r.All
	good, fair := (s.Good*barPieces+r.All/2)/r.All, (s.Fair*barPieces+r.All/2)/r.All
	for i := range barPieces {
		switch {
		case i < good:
			r.Segments = append(r.Segments, "good")
		case i < good+fair:
			r.Segments = append(r.Segments, "fair")
		default:
			r.Segments = append(r.Segments, "poor")
		}
	}
	return r
}
