package intake

import (
	"regexp"
	"strconv"

	"mingbai/configs/plain"
	"mingbai/playlist"
)

// guideFile is a service guide. Steps are written 名称 | 说明 | 时限, materials
// 名称 | 原件1 复印2 | 说明 | 视情况.
type guideFile struct {
	head
	Who        string   `toml:"适用对象"`
	Basis      []string `toml:"依据"`
	Conditions []string `toml:"条件"`
	Quota      string   `toml:"数量限制"`
	Steps      []string `toml:"步骤"`
	Limit      string   `toml:"承诺时限"`
	LegalLimit string   `toml:"法定时限"`
	Materials  []string `toml:"材料"`
	Fee        string   `toml:"收费"`
	Place      string   `toml:"地点"`
	Hours      string   `toml:"时间"`
	Phone      string   `toml:"电话"`
	Complaint  string   `toml:"投诉"`
	Tips       []string `toml:"提示"`
}

func (f guideFile) guide(s *sheet) *playlist.Guide {
	g := &playlist.Guide{
		Who: plain.Tidy(f.Who), Basis: tidyAll(f.Basis), Conditions: tidyAll(f.Conditions), Quota: plain.Tidy(f.Quota),
		Limit: plain.Tidy(f.Limit), LegalLimit: plain.Tidy(f.LegalLimit), Fee: plain.Tidy(f.Fee), Place: plain.Tidy(f.Place),
		Hours: plain.Tidy(f.Hours), Phone: plain.Tidy(f.Phone), Complaint: plain.Tidy(f.Complaint), Tips: tidyAll(f.Tips),
	}
	for _, line := range f.Steps {
		p := append(fields(line), "", "")
		if len(p) > 5 || p[0] == "" {
			s.wrong("步骤", "「%s」应写成：名称 | 说明 | 时限", plain.Clip(line))
			continue
		}
		g.Steps = append(g.Steps, playlist.Step{Name: p[0], Detail: p[1], Limit: p[2]})
	}
	for _, line := range f.Materials {
		if m, ok := material(line); ok {
			g.Materials = append(g.Materials, m)
		} else {
			s.wrong("材料", "「%s」应写成：名称 | 原件1 复印2 | 说明 | 视情况", plain.Clip(line))
		}
	}
	return g
}

var pieces = regexp.MustCompile(`^(?:原件\s*(\d{1,2})\s*份?)?\s*(?:复印件?\s*(\d{1,2})\s*份?)?$`)

func material(line string) (playlist.Material, bool) {
	p := append(fields(line), "", "", "")
	if len(p) > 7 || p[0] == "" || p[3] != "" && p[3] != "视情况" {
		return playlist.Material{}, false
	}
	m := pieces.FindStringSubmatch(plain.Narrow(p[1]))
	if m == nil || p[1] == "" {
		return playlist.Material{}, false
	}
	originals, _ := strconv.Atoi(m[1]) // two digits or none
	copies, _ := strconv.Atoi(m[2])
	return playlist.Material{Name: p[0], Originals: originals, Copies: copies, Note: p[2], Optional: p[3] != ""}, true
}

func tidyAll(in []string) []string {
	var out []string
	for _, s := range in {
		if s = plain.Tidy(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}
