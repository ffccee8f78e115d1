package playlist

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"mingbai/playlist/schedule"
)

// maxPostingDays bounds a posting period; the longest of the law is 30 days.
const maxPostingDays = 400

// Validate returns what is wrong with a notice: errors first, in the order of
// its fields. A notice that has errors must not be published.
func Validate(n *Notice, env ValidateEnv) []Problem {
	c := &checker{env: env}
	if err := n.Shape(); err != nil {
		c.wrong(shapeField(n), "shape", "内容结构有误："+err.Error(), err.Error())
	}
	c.common(n)
	c.window(n)
	c.posting(n)
	switch {
	case n.Announcement != nil:
		c.announcement(n.Announcement)
	case n.Guide != nil:
		c.guide(n.Guide)
	case n.Fund != nil:
		c.fund(n)
	case n.Roster != nil:
		c.roster(n.Roster)
	case n.Alert != nil:
		c.alert(n)
	case n.Media != nil:
		c.text("media.text", n.Media.Text, label{"说明", "the text"}, false, 600)
		if len(n.Pictures) == 0 {
			c.wrong("pictures", "required", "请至少上传一张图片", "at least one picture is required")
		}
	}
	c.exposed(n)
	c.lint(n)
	return c.ordered()
}

// shapeField guesses the field to complain about from what Shape looks at.
func shapeField(n *Notice) string {
	if _, err := ParseNoticeID(string(n.ID)); err != nil {
		return "id"
	}
	if n.Version < 1 {
		return "version"
	}
	if _, err := ParseSiteID(string(n.Site)); err != nil {
		return "site"
	}
	if a := n.Announcement; a != nil {
		for i := range a.Blocks {
			if b := &a.Blocks[i]; b.Kind == TableBlock && b.tableShape() != nil {
				return at("announcement.blocks", i) + ".rows"
			}
		}
	}
	if n.shapePictures() != nil {
		return "pictures"
	}
	if n.Fund != nil {
		for i := range n.Fund.Tables {
			if n.Fund.Tables[i].shape() != nil {
				return at("fund.tables", i)
			}
		}
	}
	return "kind"
}

func (c *checker) common(n *Notice) {
	if len(c.env.Sites) > 0 && !slices.ContainsFunc(c.env.Sites, func(s Site) bool { return s.ID == n.Site }) {
		c.wrong("site", "unknown", "没有这个站点", "there is no such site")
	}
	switch {
	case n.Kind == KindAlert:
	case n.Column == "":
		c.wrong("column", "required", "请选择栏目", "choose a column")
	case len(c.env.Columns) > 0 && !slices.ContainsFunc(c.env.Columns, func(o Column) bool { return o.ID == n.Column }):
		c.wrong("column", "unknown", "没有这个栏目", "there is no such column")
	}
	c.text("title", n.Title, label{"标题", "the title"}, true, 80)
	if strings.Contains(n.Title, "\n") {
		c.wrong("title", "invalid", "标题不能换行", "the title is one line")
	}
	c.text("title_en", n.TitleEn, label{"英文标题", "the English title"}, false, 200)
	c.text("summary", n.Summary, label{"摘要", "the summary"}, false, 300)
	c.text("led", n.LED, label{"大屏短文", "the text for boards"}, false, 160)
	c.text("issuer", n.Issuer, label{"发布机构", "the issuer"}, true, maxName)
	c.text("index", n.Index, label{"索引号", "the index number"}, false, maxName)
	c.text("document", n.Document, label{"文号", "the document number"}, false, maxName)
	c.web(n.Web)
	for i, p := range n.Pictures {
		switch p.Role {
		case Illustration, Scan, Sample:
		default:
			c.wrong(at("pictures", i)+".role", "unknown", "图片应为插图、原件或样表之一", "a picture is an illustration, a scan or a sample")
		}
	}
	c.phone("hotline", n.Hotline, label{"监督电话", "the hotline"}, n.Kind == KindFund)
	switch {
	case n.Issued.IsZero():
		c.wrong("issued", "required", "请填写发布日期", "the date of issue is required")
	case !n.Issued.Valid():
		c.wrong("issued", "invalid", "没有这一天", "there is no such day")
	case !c.env.Now.IsZero() && n.Issued.After(schedule.DateOf(c.env.Now.In(c.env.zone())).AddDays(1)):
		c.warn("issued", "future", "发布日期在将来", "the date of issue is in the future")
	}
}

// maxWeb bounds an address: it must fit a code that a phone reads at half a metre.
const maxWeb = 200

// web complains about what is no public address: it goes into a code that
// people open with their telephones (DOMAIN U12). The fragment is the screen's,
// which puts the beginning of the notice's content address there.
func (c *checker) web(text string) {
	if text == "" {
		return
	}
	u, err := url.Parse(text)
	switch {
	case len(text) > maxWeb:
		c.wrong("web", "too_long", fmt.Sprintf("网址太长，最多 %d 个字符", maxWeb), fmt.Sprintf("the address may have %d characters", maxWeb))
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "", u.User != nil, u.Fragment != "", strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }):
		c.wrong("web", "invalid", "网址应以 http:// 或 https:// 开头，不含空格、汉字和“#”", "the address begins with http:// or https:// and has no spaces, other letters or #")
	}
}

func (c *checker) window(n *Notice) {
	if !n.NotBefore.IsZero() && !n.NotAfter.IsZero() && !n.NotBefore.Before(n.NotAfter) {
		c.wrong("not_after", "empty", "下架时间不晚于上架时间", "it expires before it begins")
	} else if !n.NotAfter.IsZero() && !c.env.Now.IsZero() && !n.NotAfter.After(c.env.Now) {
		c.wrong("not_after", "expired", "下架时间已经过了", "it has expired already")
	}
	for i, t := range []time.Time{n.NotBefore, n.NotAfter} {
		if !t.IsZero() && (t.Year() < 2000 || t.Year() > 9998) {
			c.wrong([]string{"not_before", "not_after"}[i], "invalid", "年份不对", "the year can not be right")
		}
	}
	if n.Urgent {
		c.urgent(n)
	}
	if n.Sensitive && n.NotAfter.IsZero() {
		c.warn("not_after", "sensitive", "含个人信息的内容应写明下架时间", "what names people should have an end")
	}
}

// longestUrgent bounds how long a notice may push everything else aside.
const longestUrgent = 7 * 24 * time.Hour

func (c *checker) urgent(n *Notice) {
	if n.NotAfter.IsZero() {
		c.wrong("not_after", "urgent", "紧急内容必须写明下屏时间", "what is urgent must say when it ends")
		return
	}
	begin := c.env.Now
	if n.NotBefore.After(begin) {
		begin = n.NotBefore
	}
	if !begin.IsZero() && n.NotAfter.Sub(begin) > longestUrgent {
		c.wrong("not_after", "urgent", "紧急内容最长 7 天", "what is urgent lasts 7 days at most")
	}
}

func (c *checker) posting(n *Notice) {
	p := n.Posting
	if p == nil {
		return
	}
	c.text("posting.objection", p.Objection, label{"异议反馈渠道", "how to object"}, true, 300)
	if p.Days < 1 || p.Days > maxPostingDays {
		c.wrong("posting.days", "range", fmt.Sprintf("公示天数应为 1 至 %d", maxPostingDays), fmt.Sprintf("the days must be 1 to %d", maxPostingDays))
		return
	}
	if !p.From.Valid() {
		c.wrong("posting.from", "required", "请填写公示开始日期", "the first day is required")
		return
	}
	cal := c.env.Calendar
	if cal == nil {
		cal = schedule.NewCalendar(schedule.DefaultDays())
	}
	last := p.From.AddDays(p.Days - 1)
	if p.Working {
		last = cal.AddWorkingDays(p.From.AddDays(-1), p.Days)
		if !cal.IsWorking(p.From) {
			c.warn("posting.from", "day_off", "公示开始日不是工作日，从下一个工作日起计算", "the first day is a day off; counting begins with the next working day")
		}
	}
	zone := c.env.zone()
	if end := last.AddDays(1).In(zone); !n.NotAfter.IsZero() && n.NotAfter.Before(end) {
		c.wrong("not_after", "posting", "公示期到 "+last.String()+" 结束，下架时间不能更早", "the posting period ends on "+last.String()+"; it can not expire earlier")
	}
	if begin := p.From.AddDays(1).In(zone); n.NotBefore.After(begin) {
		c.wrong("not_before", "posting", "公示期从 "+p.From.String()+" 开始，上架时间不能更晚", "the posting period begins on "+p.From.String()+"; it can not appear later")
	}
	if n.Hotline == "" && n.Kind != KindFund {
		c.warn("hotline", "required", "公示内容应写明监督电话", "a posting should name a hotline")
	}
}

func (c *checker) announcement(a *Announcement) {
	c.text("announcement.genre", a.Genre, label{"体裁", "the genre"}, false, 12)
	c.text("announcement.sign", a.Sign, label{"落款", "the signature"}, false, maxName)
	if !slices.ContainsFunc(a.Blocks, func(b Block) bool { return b.hasText() }) {
		c.wrong("announcement.blocks", "required", "请填写正文", "the text is required")
	}
	if len(a.Blocks) > 1000 {
		c.wrong("announcement.blocks", "too_many", "正文最多 1000 段", "at most 1000 paragraphs are allowed")
	}
	for i, b := range a.Blocks {
		if b.Kind == TableBlock {
			c.textTable(at("announcement.blocks", i), &b)
			continue
		}
		limit := 4000
		if b.Kind == Heading || b.Kind == Salutation || b.Kind == Image {
			limit = 120
		}
		c.text(at("announcement.blocks", i)+".text", b.Text, label{"段落", "the paragraph"}, b.Kind != Image, limit)
	}
	for i, id := range a.Links {
		if _, err := ParseNoticeID(string(id)); err != nil {
			c.wrong(at("announcement.links", i), "invalid", "关联的内容编号有误", "the linked notice's name is wrong")
		}
	}
}

// guide asks for all that 行政许可法 30 wants posted.
func (c *checker) guide(g *Guide) {
	c.text("guide.who", g.Who, label{"适用对象", "who may apply"}, true, 200)
	c.texts("guide.basis", g.Basis, label{"办理依据", "the basis"}, 1, 300)
	c.texts("guide.conditions", g.Conditions, label{"办理条件", "the conditions"}, 1, 500)
	c.text("guide.quota", g.Quota, label{"数量限制（没有请写“无”）", "the quota (无 when none)"}, true, 200)
	if len(g.Steps) == 0 {
		c.wrong("guide.steps", "required", "请至少填写一个办理步骤", "at least one step is required")
	}
	for i, s := range g.Steps {
		field := at("guide.steps", i)
		c.text(field+".name", s.Name, label{"步骤名称", "the step's name"}, true, 40)
		c.text(field+".detail", s.Detail, label{"步骤说明", "the step's detail"}, false, 500)
		c.text(field+".limit", s.Limit, label{"步骤时限", "the step's limit"}, false, 40)
	}
	c.text("guide.limit", g.Limit, label{"承诺时限", "the time limit"}, true, 60)
	c.text("guide.legal_limit", g.LegalLimit, label{"法定时限", "the legal limit"}, false, 60)
	if len(g.Materials) == 0 {
		c.wrong("guide.materials", "required", "请列出全部申请材料", "the full list of materials is required")
	}
	if len(g.Steps) > maxList || len(g.Materials) > maxList {
		c.wrong("guide.materials", "too_many", "步骤和材料各不超过 100 条", "at most 100 steps and 100 materials are allowed")
	}
	for i, m := range g.Materials {
		field := at("guide.materials", i)
		c.text(field+".name", m.Name, label{"材料名称", "the material's name"}, true, 120)
		c.text(field+".note", m.Note, label{"材料说明", "the material's note"}, m.Optional, 300)
		if m.Originals < 0 || m.Originals > 50 {
			c.wrong(field+".originals", "range", "原件份数应为 0 至 50", "0 to 50 originals are possible")
		}
		if m.Copies < 0 || m.Copies > 50 {
			c.wrong(field+".copies", "range", "复印件份数应为 0 至 50", "0 to 50 copies are possible")
		}
		if m.Originals == 0 && m.Copies == 0 && m.Note == "" {
			c.warn(field, "count", "没有写原件或复印件份数", "neither originals nor copies are asked for")
		}
	}
	c.text("guide.fee", g.Fee, label{"收费标准（不收费请写“不收费”）", "the fee (不收费 when none)"}, true, 200)
	c.text("guide.place", g.Place, label{"办理地点", "the place"}, true, 120)
	c.text("guide.hours", g.Hours, label{"办理时间", "the hours"}, true, 120)
	c.phone("guide.phone", g.Phone, label{"咨询电话", "the telephone"}, true)
	c.phone("guide.complaint", g.Complaint, label{"投诉电话", "the complaint line"}, true)
	c.texts("guide.tips", g.Tips, label{"温馨提示", "the tips"}, 0, 300)
}

// Windows of an alert: official ones are renewed daily (DOMAIN 3.2).
const (
	usualAlert   = 24 * time.Hour
	longestAlert = 7 * 24 * time.Hour
)

// alert asks for all that 突发事件应对法 64 and 65 want stated.
func (c *checker) alert(n *Notice) {
	a := n.Alert
	c.text("alert.type", a.Type, label{"预警种类", "the type"}, true, 20)
	if a.Colour.rank() < 0 {
		c.wrong("alert.colour", "unknown", "预警级别应为红、橙、黄、蓝之一", "the colour must be red, orange, yellow or blue")
	}
	c.text("alert.area", a.Area, label{"影响范围", "the area"}, true, 120)
	c.text("alert.action", a.Action, label{"该怎么做", "what to do"}, true, 60)
	c.text("alert.measures", a.Measures, label{"政府措施", "the measures"}, false, 300)
	c.text("alert.detail", a.Detail, label{"详情", "the detail"}, false, 1000)
	if a.Start.IsZero() {
		c.wrong("alert.start", "required", "请填写开始时间", "the start is required")
	}
	if len(a.Reference) > 64 {
		c.wrong("alert.reference", "too_long", "所指预警的编号太长", "the reference is too long")
	}
	if a.Lifted && a.Reference == "" {
		c.wrong("alert.reference", "required", "解除预警须指明是哪一条预警", "lifting an alert must name the alert")
	}
	if a.Lifted && n.NotBefore.IsZero() {
		c.wrong("not_before", "required", "解除预警须写明解除时间", "lifting an alert must say when")
	}
	if n.NotAfter.IsZero() {
		c.wrong("not_after", "required", "预警必须写明失效时间", "an alert must have an end")
		return
	}
	begin := a.Start
	for _, t := range []time.Time{n.NotBefore, c.env.Now} {
		if t.After(begin) {
			begin = t
		}
	}
	switch long := n.NotAfter.Sub(begin); {
	case long > longestAlert:
		c.wrong("not_after", "range", "预警最长 7 天，到期可以续发", "an alert lasts 7 days at most; it can be renewed")
	case long > usualAlert:
		c.warn("not_after", "range", "预警一般不超过 24 小时，到期可以续发", "an alert usually lasts 24 hours at most; it can be renewed")
	}
}
