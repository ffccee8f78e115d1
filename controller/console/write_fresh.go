package console

import (
	"cmp"
	"net/url"
	"strings"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// issuer is the name and the phone of the visitor's department. Who belongs to none
// and serves a place below the root writes for its government; the name is empty
// where he serves all.
func (v *visit) issuer() (name, phone string) {
	if v.person.Department == "" {
		tree, err := v.sites()
		if err != nil {
			return "", "" // he types it
		}
		if root, err := tree.Root(); err != nil || v.person.Site == "" || v.person.Site == root.ID {
			return "", ""
		}
		for _, s := range tree.Sites() {
			if s.ID == v.person.Site {
				return governs(s.Name), ""
			}
		}
		return "", ""
	}
	d, err := v.Store.Department(v.ctx, v.person.Department)
	if err != nil {
		return "", "" // he types it
	}
	return d.Name, d.Phone
}

// governs is the body that issues notices at a place, by the last word of the
// place's name: a town has a government, a village a committee (宪法 95, 111).
func governs(place string) string {
	for _, g := range [][2]string{{"街道", "办事处"}, {"社区", "居民委员会"}, {"村", "村民委员会"}, {"镇", "人民政府"}, {"乡", "人民政府"}, {"县", "人民政府"}, {"区", "人民政府"}, {"市", "人民政府"}} {
		if !strings.HasSuffix(place, g[0]) {
			continue
		}
		if g[0] == "村" {
			return place + strings.TrimPrefix(g[1], "村")
		}
		return place + g[1]
	}
	return place // a hall or a centre has the name that it has
}

// before is what somebody wrote last.
type before struct {
	store.Notice
	issuer string
}

// lastOf is what the visitor wrote last in a form: a clerk's next notice mostly
// goes to the same site and column. It is zero where he wrote none yet.
func (v *visit) lastOf(k *kindForm) (before, error) {
	rows, err := v.Store.Notices(v.ctx, store.NoticeFilter{Author: v.person.Login, Kind: k.kind, Limit: 5})
	if err != nil {
		return before{}, err
	}
	for _, row := range rows {
		ver, err := v.Store.NoticeVersion(v.ctx, row.ID, row.Version)
		if err != nil {
			return before{}, err
		}
		if n, err := ver.Decode(); err == nil && formFor(n).name == k.name {
			return before{row, n.Issuer}, nil
		}
	}
	return before{}, nil
}

// fresh is a new form.
func (v *visit) fresh(k *kindForm) (fields, error) {
	f := fields{url.Values{}}
	f.Set("once", newOnce())
	f.Set("issued", schedule.DateOf(v.local(v.Now())).String())
	sites, err := v.own()
	if err != nil {
		return f, err
	}
	last, err := v.lastOf(k)
	if err != nil {
		return f, err
	}
	wanted := playlist.SiteID(v.query("site")) // where a column has to be filled
	if wanted == "" {
		wanted = cmp.Or(last.Site, v.person.Site)
	}
	for _, s := range sites {
		if !f.Has("site") || wanted == s.ID {
			f.Set("site", string(s.ID))
			f.Set("hotline", s.Hotline)
		}
	}
	issuer, phone := v.issuer()
	department := "" // what one wrote last is somebody's who writes for several
	if v.person.Department != "" {
		department = issuer
	}
	f.Set("issuer", cmp.Or(department, last.issuer, issuer, v.Office))
	f.Set("hotline", cmp.Or(phone, f.Get("hotline")))
	f.Set("column", string(last.Column))
	if k.fresh != nil {
		k.fresh(v, f)
	}
	if column := v.query("column"); column != "" {
		f.Set("column", column)
	}
	return f, nil
}
