package playlist

import (
	"regexp"
	"slices"
	"strings"
)

// Who must not be named before all the street: people in need, minors, the sick
// (个人信息保护法 28, 29; DOMAIN L22, V09). The words are those that notices of
// these classes bear in their titles, tables and columns.
var exposedClass = []string{
	"低保", "最低生活保障", "特困", "五保", "孤儿", "无人抚养", "困境儿童", "留守", "残疾", "困难", "救助", "救济", "受灾", "贫困", "防返贫", "监测户",
	"未成年", "儿童", "学生", "重病", "大病", "慢病", "疾病", "病种", "病情", "患者", "精神障碍", "失能", "失独", "计划生育特别扶助", "优抚", "抚恤", "流浪", "戒毒", "矫正",
}

// listing are words of a notice that tells who, not what the rule is.
var listing = []string{"名单", "公示", "花名册", "发放情况", "到户", "拟享受", "拟给予", "拟救助", "拟认定", "拟纳入", "新增对象", "审核结果", "审批结果"}

func hasAny(text string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// Exposes reports whether the notice may name people in need, minors or the sick,
// so that a board which all the street can read shows its totals only, and never
// its rows or names (V09). It goes by what the notice is, whether or not staff
// marked it as Sensitive: tables of households, tables and titles of the classes
// in question, and lists with masked names or numbers of identity cards.
func (n *Notice) Exposes() bool {
	if n.Sensitive {
		return true
	}
	titles := n.Title + "\n" + n.LED + "\n" + n.Summary
	switch {
	case n.Fund != nil:
		if hasAny(titles+n.Fund.Purpose, exposedClass) {
			return true
		}
		for i := range n.Fund.Tables {
			t := &n.Fund.Tables[i]
			if t.By != "village" && t.By != "item" || hasAny(t.Title, exposedClass) {
				return true
			}
			for _, c := range t.Columns {
				if hasAny(c.Name, exposedClass) || isNameColumn(c.Name) {
					return true
				}
			}
		}
	case n.Announcement != nil, n.Media != nil:
		if hasNumber(titles) {
			return true
		}
		genre, body, named := "", "", false
		if a := n.Announcement; a != nil {
			genre = a.Genre
			for i := range a.Blocks {
				body += a.Blocks[i].plain()
				named = named || len(a.Blocks[i].Rows) > 0 && slices.ContainsFunc(a.Blocks[i].Rows[0], isNameColumn)
			}
		} else {
			body = n.Media.Text
		}
		if !hasAny(titles, exposedClass) && !hasAny(body, exposedClass) {
			return false
		}
		return hasAny(titles, exposedClass) && hasAny(titles+genre, listing) || named || hasNumber(body) || maskedName.MatchString(titles+"\n"+body)
	}
	return false
}

// PublicTitle returns the title as a board on the street may show it: a title
// that names a person or has a personal number is replaced by what it is.
func (n *Notice) PublicTitle() string {
	if !n.Exposes() || !namesPerson(n.Title) {
		return n.Title
	}
	if n.Fund != nil {
		return "资金发放情况公示"
	}
	return "公示"
}

var (
	// Numbers of identity cards, bank cards and mobile telephones, whole or masked,
	// also with spaces or strokes between their groups.
	longNumber = regexp.MustCompile(`[0-9](?:[ \x{3000}-]?[0-9]){14,18}[Xx]?|(?:^|[^0-9])1[3-9][0-9][ -]?[0-9*]{4}[ -]?[0-9]{4}(?:$|[^0-9])|[0-9]{3,6}[*＊×xX]{2,}[0-9]{0,4}[Xx]?`)
	maskedName = regexp.MustCompile(`\p{Han}[*＊×]{1,2}\p{Han}?|[` + surnames + `]某`)
	plainName  = regexp.MustCompile(`(?:^|[\s、，。；：:（(“]|户主|村民|居民|学生|患者|儿童|姓名|孤儿|老人|对象|家庭|给予|同意|关于对|拟对)(?:欧阳|司马|诸葛|上官|[` + surnames + `])\p{Han}{1,2}(?:$|[\s、，。；）()（”]|等|同志|一家|一户|家庭|户主|夫妇|每月|每人|领取|享受|申请|身份证|的(?:低保|救助|补助)|临时救助|低保|特困)`)
)

// surnames that nine people of ten bear.
const surnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"

// notGiven are characters that end words which only look like a name.
var notGiven = strings.Split("村镇县市区乡局所站额案件员元年月日保金户龄岭坪湾组程化策章态会议段务标准式则", "")

func hasNumber(text string) bool { return longNumber.MatchString(text) }

// namesPerson reports whether a text seems to name a person or to have a personal
// number. It sees some names where there are none: then a board says less.
func namesPerson(text string) bool {
	if hasNumber(text) || maskedName.MatchString(text) {
		return true
	}
	for at := 0; at < len(text); {
		m := plainName.FindStringIndex(text[at:])
		if m == nil {
			return false
		}
		if !hasAny(text[at+m[0]:at+m[1]], notGiven) {
			return true
		}
		at += m[0] + 1
		for at < len(text) && text[at]&0xc0 == 0x80 {
			at++
		}
	}
	return false
}

// exposed complains about a text for boards that names somebody whom the class
// rule protects: boards indoors show it, and whoever wrote it did not know.
func (c *checker) exposed(n *Notice) {
	if n.LED == "" || !n.Exposes() {
		return
	}
	switch {
	case hasNumber(n.LED), maskedName.MatchString(n.LED):
		c.wrong("led", "personal", "大屏短文里有号码或姓名；涉及救助对象、未成年人和健康情况的内容，大屏只写合计", "the text for boards has a number or a name; boards show totals only of people in need, minors and health")
	case namesPerson(n.LED):
		c.warn("led", "personal", "大屏短文里似乎有人的姓名，请改为只写合计", "the text for boards seems to name a person; give totals only")
	}
}
