// Package listing makes service guides out of the sheets in which offices keep
// them: one row for each, or one sheet for each with labels on the left. It says
// what every row would become and what is wrong with it, and compares guides
// field by field.
//
// Everything is a pure function over cells. It promises that nothing of a row is
// dropped in silence: what it cannot read is a Wrong with the cell's address.
package listing

import (
	"fmt"
	"regexp"
	"strings"

	"mingbai/configs/plain"
	"mingbai/playlist"
)

// Field is what a column of a list of guides, or a label of a sheet, holds.
type Field string

// The fields.
const (
	Skip       Field = "" // is not taken
	Title      Field = "title"
	TitleEn    Field = "title_en"
	Index      Field = "index"
	Column     Field = "column"
	Issuer     Field = "issuer"
	Summary    Field = "summary"
	Who        Field = "who"
	Basis      Field = "basis"
	Conditions Field = "conditions"
	Quota      Field = "quota"
	Steps      Field = "steps"
	Limit      Field = "limit"
	LegalLimit Field = "legal_limit"
	Materials  Field = "materials"
	Fee        Field = "fee"
	Place      Field = "place"
	Hours      Field = "hours"
	Phone      Field = "phone"
	Complaint  Field = "complaint"
	Tips       Field = "tips"
)

// Described is a field with its heading in the template and other words that
// offices use for it: of guides here, of other lists with those who read them.
type Described struct {
	Field   Field
	Heading string
	En      string
	Sample  string         // in the template
	Words   *regexp.Regexp // other headings of it
}

// Fields lists the fields in the order of the template. The words are tried in
// this order, so that 法定办结时限 is not taken for 承诺时限.
var Fields = []Described{
	{Title, "事项名称", "Title", "占道挖掘许可", regexp.MustCompile(`^(事项|项目|业务|办事|服务|指南)?(名称|标题)$|^(办理|审批|服务|政务服务)?事项(名称)?$|^(办事)?指南(名称|标题)$`)},
	{TitleEn, "英文名称", "English title", "", regexp.MustCompile(`英文`)},
	{Index, "索引号", "Index number", "QH-0704-2026-0101", regexp.MustCompile(`索引号|事项编码|事项编号|实施编码|基本编码`)},
	{Column, "栏目", "Column", "", regexp.MustCompile(`^(所属)?(栏目|分类|类别|主题)(名称)?$`)},
	{Issuer, "发布机构", "Issuer", "县城市管理局", regexp.MustCompile(`发布(机构|单位|部门)|实施(主体|机构|机关|单位)|承办(机构|单位|部门)|办理(机构|单位|部门)|责任(单位|部门)|主管部门|^(单位|部门)(名称)?$`)},
	{Summary, "摘要", "Summary", "要在路上挖掘施工的，先到窗口办许可。", regexp.MustCompile(`摘要|简介|一句话`)},
	{Who, "谁能办", "Who may apply", "需要临时占用、挖掘城市道路的单位和个人", regexp.MustCompile(`谁能办|(适用|服务|办理|申请|受理)(对象|范围|主体)|申请人`)},
	{LegalLimit, "法定时限", "Legal limit", "20个工作日", regexp.MustCompile(`法定`)},
	{Limit, "承诺时限", "Time limit", "5个工作日", regexp.MustCompile(`时限|期限|多久|承诺|办结`)},
	{Basis, "办理依据", "Basis", "《城市道路管理条例》第三十一条、第三十三条", regexp.MustCompile(`依据|法律|政策`)},
	{Conditions, "办理条件", "Conditions", "有施工方案和保障安全的措施\n影响交通的，公安交管部门同意", regexp.MustCompile(`条件`)},
	{Quota, "数量限制", "Quota", "无", regexp.MustCompile(`数量|名额|限额`)},
	{Materials, "申请材料", "Materials", "申请表 | 原件1\n施工方案 | 原件1 复印1 | 五万元以上的工程 | 视情况", regexp.MustCompile(`材料|要件|所需资料|提交资料|带什么`)},
	{Steps, "办理步骤", "Steps", "受理 | 窗口收件 | 当场\n勘察 | 到现场看 | 2个工作日", regexp.MustCompile(`步骤|流程|程序|环节|怎么办`)},
	{Fee, "收费", "Fee", "不收费", regexp.MustCompile(`收费|费用|多少钱`)},
	{Place, "办理地点", "Place", "县政务服务中心一楼3号窗口", regexp.MustCompile(`地点|地址|窗口|在哪`)},
	{Hours, "办理时间", "Hours", "工作日 9:00—12:00，13:30—17:00", regexp.MustCompile(`(办理|办公|服务|受理|工作|接待)时间`)},
	{Complaint, "投诉电话", "Complaint line", "0000-12345", regexp.MustCompile(`投诉|监督`)},
	{Phone, "咨询电话", "Telephone", "0000-6208001", regexp.MustCompile(`咨询|电话|联系方式`)},
	{Tips, "温馨提示", "Tips", "雨天顺延，不另收费", regexp.MustCompile(`提示|备注|注意|说明`)},
}

// FieldOf guesses what a heading or a label of a guide names.
func FieldOf(heading string) Field { return fieldBy(Fields, heading) }

func fieldBy(fields []Described, heading string) Field {
	h := strings.TrimRight(bare(heading), "：:")
	if h == "" || len([]rune(h)) > 16 {
		return Skip
	}
	for _, d := range fields {
		if h == d.Heading || strings.EqualFold(h, d.En) || d.Words.MatchString(h) {
			return d.Field
		}
	}
	return Skip
}

// Describe returns a field's description.
func Describe(f Field) (Described, bool) {
	for _, d := range Fields {
		if d.Field == f {
			return d, true
		}
	}
	return Described{}, false
}

func bare(s string) string {
	if at := strings.IndexAny(s, "（("); at > 0 {
		s = s[:at]
	}
	return strings.Join(strings.Fields(strings.NewReplacer("\u3000", "", "*", "", "★", "", "\u00a0", "").Replace(s)), "")
}

// Wrong is why a row cannot become a guide, or what could not be read of it.
type Wrong struct {
	Cell      string // B12
	Message   string
	MessageEn string
}

// Item is one guide of a file.
type Item struct {
	Sheet  string
	Row    int             // from 0; -1 for a whole sheet
	Notice playlist.Notice // Title, TitleEn, Index, Issuer, Summary and Guide only
	Column string          // as written: the name of a column of the catalogue
	Has    map[Field]bool  // which fields the file speaks of: others are left as they are
	Wrong  []Wrong
}

func (it *Item) wrong(cell, zh, en string) {
	it.Wrong = append(it.Wrong, Wrong{cell, zh, en})
}

// set puts a text into the guide. An empty cell says nothing of its field: people
// leave out what they do not know, and what a guide has must not be lost by that.
func (it *Item) set(f Field, cell, text string) {
	text = plain.Tidy(text)
	n := &it.Notice
	if n.Guide == nil {
		n.Kind, n.Guide = playlist.KindGuide, &playlist.Guide{}
	}
	if text == "" {
		return
	}
	it.Has[f] = true
	if to := line(n, f); to != nil {
		*to = strings.Join(strings.Fields(text), " ")
		return
	}
	switch f {
	case Column:
		it.Column = text
	case Basis:
		n.Guide.Basis = Lines(text)
	case Conditions:
		n.Guide.Conditions = Lines(text)
	case Tips:
		n.Guide.Tips = Lines(text)
	case Steps:
		n.Guide.Steps = ParseSteps(text)
	case Materials:
		n.Guide.Materials = nil
		for _, l := range items(text) {
			m, ok := ParseMaterial(l)
			if !ok {
				it.wrong(cell, fmt.Sprintf("「%s」看不出是什么材料，可以写成：身份证 | 原件1 复印2 | 备注 | 视情况", plain.Clip(l)), fmt.Sprintf("“%s” is no material; write: name | 原件1 复印2 | note | 视情况", plain.Clip(l)))
				continue
			}
			n.Guide.Materials = append(n.Guide.Materials, m)
		}
	}
}

// line returns where a field of one line is kept; nil for the others.
func line(n *playlist.Notice, f Field) *string {
	g := n.Guide
	switch f {
	case Title:
		return &n.Title
	case TitleEn:
		return &n.TitleEn
	case Index:
		return &n.Index
	case Issuer:
		return &n.Issuer
	case Summary:
		return &n.Summary
	case Who:
		return &g.Who
	case Quota:
		return &g.Quota
	case Limit:
		return &g.Limit
	case LegalLimit:
		return &g.LegalLimit
	case Fee:
		return &g.Fee
	case Place:
		return &g.Place
	case Hours:
		return &g.Hours
	case Phone:
		return &g.Phone
	case Complaint:
		return &g.Complaint
	}
	return nil
}
