package fundsheet

import (
	"slices"
	"strings"

	"mingbai/playlist"
)

// endings are what a village's name may end in, the longer first.
var endings = []string{"村民委员会", "居民委员会", "村村委会", "村委会", "居委会", "社区居委会", "行政村", "社区", "村"}

// stem is a village's name without what differs from sheet to sheet.
func stem(name string) string {
	s := squash(name)
	if i := strings.LastIndexAny(s, "镇乡"); i > 0 && i+2*len("镇") < len(s) {
		s = s[i+len("镇"):]
	}
	for _, e := range endings {
		if t, ok := strings.CutSuffix(s, e); ok && t != "" {
			return t
		}
	}
	return s
}

// match finds the one site that a text names, "" if none or several do. The exact
// name goes before the same name with another ending (柳溪, 柳溪村委会).
func match(text string, sites []playlist.Site) playlist.SiteID {
	var exact, like playlist.SiteID
	several, s := false, stem(text)
	if squash(text) == "" {
		return ""
	}
	for _, site := range sites {
		switch {
		case squash(site.Name) == squash(text):
			if exact == "" {
				exact = site.ID
			}
		case site.Kind == playlist.Village && stem(site.Name) == s:
			several = several || like != ""
			like = site.ID
		}
	}
	if exact != "" {
		return exact
	}
	if several {
		return ""
	}
	return like
}

// Places finds the sites that a column's cells name. chosen says which site a
// text means that names none; it wins. What is named by nobody is returned once.
func Places(rows [][]string, col int, sites []playlist.Site, chosen map[string]playlist.SiteID) (ids []playlist.SiteID, unknown []string) {
	ids = make([]playlist.SiteID, len(rows))
	known, any := map[string]playlist.SiteID{}, false
	for i, row := range rows {
		if col >= len(row) || row[col] == "" {
			continue
		}
		id, seen := known[row[col]]
		if !seen {
			var ok bool
			if id, ok = chosen[row[col]]; !ok {
				if id = match(row[col], sites); id == "" {
					unknown = append(unknown, row[col])
				}
			}
			known[row[col]] = id
		}
		ids[i] = id
		any = any || id != ""
	}
	if !any {
		return nil, unknown
	}
	return ids, unknown
}

// SitesOf says of which site every row of a table is, as a notice has it: a screen
// shows its own row first, so that a table in which a site has several rows, a list
// of households say, names none.
func SitesOf(t *playlist.FundTable, col int, sites []playlist.Site, chosen map[string]playlist.SiteID) (ids []playlist.SiteID, unknown []string) {
	ids, unknown = Places(t.Rows, col, sites, chosen)
	seen := map[playlist.SiteID]bool{}
	for _, id := range ids {
		if id != "" && seen[id] || t.By == "household" {
			return nil, nil
		}
		seen[id] = true
	}
	return ids, unknown
}

// VillageColumn finds the column of a table that names villages; -1 if none does.
func VillageColumn(t *playlist.FundTable) int {
	for i, c := range t.Columns {
		name := squash(c.Name)
		if c.Type == playlist.TextColumn && (name == "村" || name == "村名" || name == "社区" || name == "行政村" || strings.HasPrefix(name, "村(") || strings.HasPrefix(name, "村/") || name == "村、社区" || t.By == "village" && strings.Contains(name, "村")) {
			return i
		}
	}
	if t.By == "village" {
		return slices.IndexFunc(t.Columns, func(c playlist.FundColumn) bool {
			return c.Type == playlist.TextColumn && c.Name != "序号" && isPlaceName(c.Name)
		})
	}
	return -1
}
