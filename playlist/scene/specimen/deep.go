package specimen

import (
	"fmt"

	"mingbai/playlist"
)

// The size of a county's whole disclosure catalogue (DOMAIN H05).
const (
	DeepMain   = 13
	DeepSecond = 40
	DeepThird  = 300
)

// deepMain are the main columns of a county's catalogue, eight of them tiles.
var deepMain = [DeepMain]struct {
	name, en string
	field    playlist.Field
}{
	{"机构职能", "Institutions", playlist.Government}, {"政策文件", "Policy documents", playlist.Government},
	{"规划计划", "Plans", playlist.Government}, {"财政资金", "Public finance", playlist.Money},
	{"行政许可", "Permits", playlist.Government}, {"行政执法", "Enforcement", playlist.Government},
	{"公共服务", "Public services", playlist.Government}, {"社会救助", "Relief", playlist.Government},
	{"义务教育", "Education", playlist.Government}, {"医疗卫生", "Health", playlist.Government},
	{"乡村振兴", "Rural revival", playlist.Money}, {"村务公开", "Village affairs", playlist.VillageDo},
	{"党务公开", "Party affairs", playlist.Party},
}

var deepParts = []string{
	"政策法规", "办事服务", "结果公示", "统计数据", "监督投诉", "工作动态", "年度报告", "人事信息", "招标采购", "应急管理",
	"专项资金管理使用", "重大项目", "征地拆迁", "安全生产", "环境保护", "食品药品", "价格收费",
}

// DeepColumns is a catalogue of 13 main columns, 40 below them and 300 below
// those, unevenly: one main column has 16 below it, and one of these 40.
func DeepColumns() []playlist.Column {
	var out []playlist.Column
	for i, m := range deepMain {
		c := playlist.Column{ID: playlist.ColumnID(fmt.Sprintf("m%d", i)), Name: m.name, NameEn: m.en, Field: m.field}
		if i >= DeepMain-8 {
			c.Tile = i - (DeepMain - 8) + 1
		}
		out = append(out, c)
	}
	for i := range DeepSecond {
		parent := 3
		if i >= 16 {
			parent = (i - 16) % DeepMain
			if parent == 3 {
				parent = 7
			}
		}
		out = append(out, playlist.Column{
			ID: playlist.ColumnID(fmt.Sprintf("s%d", i)), Parent: playlist.ColumnID(fmt.Sprintf("m%d", parent)),
			Name: deepParts[i%len(deepParts)], NameEn: fmt.Sprintf("Part %d", i+1), Field: deepMain[parent].field,
		})
	}
	for i := range DeepThird {
		parent := 2
		if i >= 40 {
			parent = i % DeepSecond
		}
		c := out[DeepMain+parent]
		out = append(out, playlist.Column{
			ID: playlist.ColumnID(fmt.Sprintf("t%d", i)), Parent: c.ID,
			Name: fmt.Sprintf("%s（%s）", deepParts[(i*7)%len(deepParts)], place(i)), NameEn: fmt.Sprintf("Place %d", i+1), Field: c.Field,
		})
	}
	return out
}

func place(i int) string {
	towns := []string{"望川镇", "石桥镇", "上坪乡", "东岭街道", "小河乡"}
	return fmt.Sprintf("%s%d片", towns[i%len(towns)], i/len(towns)+1)
}

// Deep is a library with that catalogue and a few hundred notices in it.
func Deep(s playlist.Settings) (*playlist.Library, error) {
	model := *Notices()[0]
	var more []*playlist.Notice
	for i := range 2 * DeepThird {
		if i%5 == 4 {
			continue // every fifth column is empty
		}
		n := model
		n.ID, n.Site = playlist.NoticeID(fmt.Sprintf("deep-%d", i)), "qinghe"
		n.Column = playlist.ColumnID(fmt.Sprintf("t%d", i%DeepThird))
		n.Title, n.TitleEn = fmt.Sprintf("%s：第 %d 号事项", deepParts[i%len(deepParts)], i+1), fmt.Sprintf("Item %d", i+1)
		n.Posting = nil
		if n.Announcement != nil {
			a := *n.Announcement
			a.Links, n.Announcement = nil, &a
		}
		more = append(more, &n)
	}
	return library(s, DeepColumns(), more)
}
