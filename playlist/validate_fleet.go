package playlist

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"mingbai/playlist/schedule"
)

// ranks orders the kinds of site from the root down.
var ranks = map[SiteKind]int{Province: 0, County: 1, Town: 2, Village: 3, Hall: 4}

// maxSites bounds the tree of one controller: a province.
const maxSites = 100_000

// ValidateSites returns what is wrong with a tree of sites: it has one root,
// parents come from the list, no ring, and every site stands below a higher
// kind. Fields begin with the index, for example "sites[3].parent".
func ValidateSites(sites []Site) []Problem {
	c := &checker{}
	if len(sites) == 0 || len(sites) > maxSites {
		c.wrong("sites", "range", "站点数量不对", "there are no sites, or too many")
		return c.out
	}
	byID := make(map[SiteID]int, len(sites))
	root := -1
	for i, s := range sites {
		field := at("sites", i)
		if _, err := ParseSiteID(string(s.ID)); err != nil {
			c.wrong(field+".id", "invalid", "站点编号只能用小写字母、数字和连字符："+string(s.ID), err.Error())
		}
		if _, twice := byID[s.ID]; twice {
			c.wrong(field+".id", "twice", "站点编号重复："+string(s.ID), "this site is there twice")
		} else {
			byID[s.ID] = i
		}
		c.text(field+".name", s.Name, label{"站点名称", "the site's name"}, true, 40)
		c.text(field+".name_en", s.NameEn, label{"英文名称", "the English name"}, false, 80)
		c.text(field+".duty", s.Duty, label{"值班", "the duty"}, false, maxName)
		c.phone(field+".hotline", s.Hotline, label{"监督电话", "the hotline"}, false)
		if _, ok := ranks[s.Kind]; !ok {
			c.wrong(field+".kind", "unknown", "站点类型不对："+string(s.Kind), "the kind must be province, county, town, village or hall")
		}
		if !(s.Latitude >= -90 && s.Latitude <= 90) || !(s.Longitude >= -180 && s.Longitude <= 180) {
			c.wrong(field+".latitude", "range", "经纬度不对", "the latitude or longitude can not be right")
		}
		if s.Parent != "" {
			continue
		}
		if root >= 0 {
			c.wrong(field+".parent", "required", "只能有一个最高站点，请填写上级", "only one site has no parent")
		}
		root = i
	}
	if root < 0 {
		c.wrong("sites", "root", "没有最高站点", "no site is the root")
	}
	for i, s := range sites {
		if s.Parent == "" {
			continue
		}
		field := at("sites", i) + ".parent"
		p, ok := byID[s.Parent]
		switch {
		case !ok:
			c.wrong(field, "unknown", "没有上级站点 "+string(s.Parent), "there is no such site")
		case ranks[sites[p].Kind] >= ranks[s.Kind]:
			// Kinds go strictly down, so there can be no ring either.
			c.wrong(field, "rank", s.Name+"不能设在"+sites[p].Name+"之下", "a site stands below one of a higher kind")
		}
	}
	return c.out
}

// ValidateScreen returns what is wrong with a screen.
func ValidateScreen(s Screen, env ValidateEnv) []Problem {
	c := &checker{env: env}
	if _, err := ParseScreenID(string(s.ID)); err != nil {
		c.wrong("id", "invalid", "屏幕编号只能用小写字母、数字和连字符", err.Error())
	}
	if len(env.Sites) > 0 && !slices.ContainsFunc(env.Sites, func(o Site) bool { return o.ID == s.Site }) {
		c.wrong("site", "unknown", "没有这个站点", "there is no such site")
	} else if s.Site == "" {
		c.wrong("site", "required", "请选择站点", "choose a site")
	}
	if s.Kind != Touch && s.Kind != LED {
		c.wrong("kind", "unknown", "屏幕类型应为触摸屏或电子屏", "the kind must be touch or led")
	}
	c.text("name", s.Name, label{"屏幕名称", "the screen's name"}, true, 40)
	c.text("place", s.Place, label{"安装位置", "the place"}, false, maxName)
	p := s.Panel
	least := 320
	if s.Kind == LED {
		least = 16
	}
	if p.Width < least || p.Width > maxSide || p.Height < min(least, 240) || p.Height > maxSide {
		c.wrong("panel.width", "range", fmt.Sprintf("屏幕点数 %d×%d 不对", p.Width, p.Height), fmt.Sprintf("%d×%d pixels can not be right", p.Width, p.Height))
	}
	if p.WidthMM < 0 || p.WidthMM > 100_000 || p.HeightMM < 0 || p.HeightMM > 100_000 {
		c.wrong("panel.width_mm", "range", "屏幕尺寸（毫米）不对", "the size in millimetres can not be right")
	} else if s.Kind == Touch && (p.WidthMM == 0 || p.HeightMM == 0) {
		c.warn("panel.width_mm", "required", "请填写屏幕发光区的毫米尺寸，字号由它决定", "the size in millimetres decides the size of type")
	}
	switch p.Colours {
	case "", SingleColour, DualColour, FullColour:
	default:
		c.wrong("panel.colours", "unknown", "灯点颜色应为单色、双色或全彩", "the colours must be single, dual or full")
	}
	c.legible(s)
	c.board(s)
	if len(s.Tags) > 32 {
		c.wrong("tags", "too_many", "标签不超过 32 个", "at most 32 tags are allowed")
	}
	for i, t := range s.Tags {
		c.text(at("tags", i), t, label{"标签", "the tag"}, true, 40)
	}
	return c.ordered()
}

// ValidateColumns returns what is wrong with a catalogue: names, parents, rings,
// tiles. Fields begin with the index, for example "columns[3].parent".
func ValidateColumns(columns []Column) []Problem {
	c := &checker{}
	parent := make(map[ColumnID]ColumnID, len(columns))
	tiles := map[int]ColumnID{}
	for i, col := range columns {
		field := at("columns", i)
		if _, err := ParseColumnID(string(col.ID)); err != nil {
			c.wrong(field+".id", "invalid", "栏目编号只能用小写字母、数字和连字符："+string(col.ID), err.Error())
		}
		if _, twice := parent[col.ID]; twice {
			c.wrong(field+".id", "twice", "栏目编号重复："+string(col.ID), "this column is there twice")
		}
		parent[col.ID] = col.Parent
		c.text(field+".name", col.Name, label{"栏目名称", "the column's name"}, true, 20)
		c.text(field+".name_en", col.NameEn, label{"英文名称", "the English name"}, false, 80)
		c.text(field+".hint", col.Hint, label{"栏目说明", "the hint"}, false, 60)
		c.text(field+".owner", col.Owner, label{"责任单位", "the owner"}, false, maxName)
		switch col.Field {
		case Government, Party, VillageDo, Money:
		default:
			c.wrong(field+".field", "unknown", "领域应为政务、党务、村务或财务", "the field must be government, party, village or money")
		}
		switch col.Cadence {
		case AdHoc, Monthly, Quarterly, Yearly, Standing:
		default:
			c.wrong(field+".cadence", "unknown", "更新周期不对", "the cadence must be monthly, quarterly, yearly, standing or empty")
		}
		c.duty(field, col)
		if col.Tile < 0 || col.Tile > maxTiles {
			c.wrong(field+".tile", "range", "首页位置应为 1 至 8", "a tile is 1 to 8, or 0 for none")
		} else if other, taken := tiles[col.Tile]; taken && col.Tile > 0 {
			c.wrong(field+".tile", "twice", fmt.Sprintf("首页位置 %d 已被栏目 %s 占用", col.Tile, other), "this tile is taken")
		}
		tiles[col.Tile] = col.ID
	}
	for i, col := range columns {
		field := at("columns", i) + ".parent"
		if col.Parent == "" {
			continue
		}
		if _, ok := parent[col.Parent]; !ok {
			c.wrong(field, "unknown", "没有上级栏目 "+string(col.Parent), "there is no such column")
			continue
		}
		depth := 1
		for up := col.Parent; up != "" && depth <= maxDepth; up = parent[up] {
			depth++
		}
		if depth > maxDepth {
			c.wrong(field, "ring", "栏目的上级关系成环，或层次太深", "the parents form a ring, or the tree is too deep")
		}
	}
	return c.out
}

// duty complains about who must fill a column, and when.
func (c *checker) duty(field string, col Column) {
	c.text(field+".department", col.Department, label{"责任部门", "the department"}, false, 40)
	for i, k := range col.Kinds {
		if !slices.Contains([]SiteKind{Province, County, Town, Village, Hall}, k) || slices.Contains(col.Kinds[:i], k) {
			c.wrong(at(field+".kinds", i), "unknown", "应公开的站点级别不对", "the kinds of sites must be province, county, town, village or hall, none twice")
		}
	}
	if col.Within < 0 || col.Within > 250 {
		c.wrong(field+".within", "range", "公开期限应为 1 至 250 个工作日", "the limit is 1 to 250 working days, or 0 for the law's 20")
	}
	if col.Fresh < 0 || col.Fresh > 1000 {
		c.wrong(field+".fresh", "range", "最长未更新天数应为 1 至 1000", "a column is stale after 1 to 1000 days, or 0 for never")
	}
}

// ValidatePlaylist returns what is wrong with a playlist.
func ValidatePlaylist(p Playlist, env ValidateEnv) []Problem {
	c := &checker{env: env}
	if _, err := parseName(p.ID, 64); err != nil {
		c.wrong("id", "invalid", "播放单编号只能用小写字母、数字和连字符", err.Error())
	}
	c.text("name", p.Name, label{"播放单名称", "the playlist's name"}, true, 40)
	if len(p.Items) == 0 && p.Latest == nil {
		// Not an error: taking down its only notice must not fail.
		c.warn("items", "empty", "播放单是空的", "the playlist is empty")
	}
	if len(p.Items) > maxItems {
		c.wrong("items", "too_many", fmt.Sprintf("播放单最多 %d 条", maxItems), fmt.Sprintf("at most %d items are allowed", maxItems))
	}
	for i, item := range p.Items {
		field := at("items", i)
		if _, err := ParseNoticeID(string(item.Notice)); err != nil {
			c.wrong(field+".notice", "invalid", "内容编号有误", err.Error())
		} else if env.Notices != nil && !slices.Contains(env.Notices, item.Notice) {
			c.wrong(field+".notice", "unknown", "没有这条内容："+string(item.Notice), "there is no such notice")
		}
		if item.Dwell < 0 || item.Dwell > maxDwell {
			c.wrong(field+".dwell", "range", fmt.Sprintf("停留秒数应为 0 至 %d", maxDwell), fmt.Sprintf("0 to %d seconds are possible", maxDwell))
		} else if item.Dwell > 0 && item.Dwell < 3 {
			c.warn(field+".dwell", "short", "停留不到 3 秒，来不及看", "less than 3 seconds is too short to read")
		}
	}
	if s := p.Latest; s != nil {
		if s.Count < 1 || s.Count > maxLatest {
			c.wrong("latest.count", "range", fmt.Sprintf("条数应为 1 至 %d", maxLatest), fmt.Sprintf("1 to %d are possible", maxLatest))
		}
		for i, k := range s.Kinds {
			if !slices.Contains([]Kind{KindAnnouncement, KindGuide, KindFund, KindMedia, KindRoster}, k) {
				c.wrong(at("latest.kinds", i), "unknown", "没有这种内容："+string(k), "there is no such kind")
			}
		}
		for i, id := range s.Columns {
			if env.Columns != nil && !slices.ContainsFunc(env.Columns, func(o Column) bool { return o.ID == id }) {
				c.wrong(at("latest.columns", i), "unknown", "没有这个栏目："+string(id), "there is no such column")
			}
		}
	}
	return c.ordered()
}

// ValidateProgramme returns what is wrong with all playlists and rules of one
// site together: what it passes, an edition can hold. Fields begin with
// "playlists[0]." or "rules[0].".
func ValidateProgramme(lists []Playlist, rules []schedule.Rule, env ValidateEnv) []Problem {
	c := &checker{env: env}
	const own = 2 // the desk adds what is urgent and, where nothing else does, what is newest
	if most := maxPlaylists - own; len(lists) > most {
		c.wrong("playlists", "too_many", fmt.Sprintf("播放单最多 %d 个", most), fmt.Sprintf("at most %d playlists are allowed", most))
	}
	if most := maxRules - own; len(rules) > most {
		c.wrong("rules", "too_many", fmt.Sprintf("规则最多 %d 条", most), fmt.Sprintf("at most %d rules are allowed", most))
	}
	seen := map[string]bool{}
	for i, p := range lists {
		field := at("playlists", i) + "."
		for _, o := range ValidatePlaylist(p, env) {
			o.Field = field + o.Field
			c.out = append(c.out, o)
		}
		if seen[p.ID] {
			c.wrong(field+"id", "twice", "播放单编号重复："+p.ID, "this playlist is there twice")
		}
		seen[p.ID] = true
	}
	c.out = append(c.out, ValidateRules(rules, lists)...)
	return c.ordered()
}

// ValidateRules returns what is wrong with rules that choose among playlists.
// Fields begin with the index, for example "rules[0].spans[1].to".
func ValidateRules(rules []schedule.Rule, playlists []Playlist) []Problem {
	c := &checker{}
	seen := map[string]bool{}
	for i, r := range rules {
		field := at("rules", i) + "."
		for _, p := range r.Check() {
			c.out = append(c.out, ruleProblem(field, p))
		}
		if seen[r.ID] {
			c.wrong(field+"id", "twice", "规则编号重复："+r.ID, "this rule is there twice")
		}
		seen[r.ID] = true
		if !slices.ContainsFunc(playlists, func(p Playlist) bool { return p.ID == r.Playlist }) {
			c.wrong(field+"playlist", "unknown", "没有这个播放单："+r.Playlist, "there is no such playlist")
		}
		for j, t := range r.Tags {
			if utf8.RuneCountInString(t) > 40 {
				c.wrong(at(field+"tags", j), "too_long", "标签不超过 40 个字", "a tag has at most 40 characters")
			}
		}
	}
	return c.ordered()
}
