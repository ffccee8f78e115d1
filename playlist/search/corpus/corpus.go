// Package corpus writes notices of a made-up county by the thousand, so that search,
// caches and whole screens can be tried at their full size. What it writes is the
// same for the same seed; it reads like official prose and says nothing.
package corpus

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/hanzi"
	"mingbai/playlist/schedule"
	"mingbai/playlist/search"
)

var trade = strings.Fields(`低保 养老 保险 医疗 补贴 公示 村委会 城乡 居民 缴费 耕地 地力 保护 农村 道路 建设 资金 惠民 救助 临时 残疾人
 申请 办理 登记 许可 通知 公告 关于 开展 加强 工作 管理 办法 实施 方案 意见 政策 解读 财政 民政 人社 教育 卫生 健康 自然 资源 水利
 农业 林业 森林 防火 防汛 抗旱 疫苗 接种 学生 助学 营养 午餐 危房 改造 宅基地 审批 土地 流转 承包 确权 征收 补偿 安置 村民 代表 会议
 决议 收支 明细 季度 年度 预算 决算 采购 招标 中标 结果 公开 监督 举报 电话 服务 中心 窗口 材料 身份证 户口簿 证明 银行 一卡通 发放`)

// vocabulary is words as they are used, the frequent ones first: six for every
// two initials.
var vocabulary = sync.OnceValue(func() []string {
	var ranked [6][]string
	for a := 'a'; a <= 'z'; a++ {
		for b := 'a'; b <= 'z'; b++ {
			rank := 0
			for _, c := range hanzi.FromPinyin(string([]rune{a, b}), 20) {
				if c.Used == 2 && len([]rune(c.Text)) == 2 && rank < len(ranked) {
					ranked[rank] = append(ranked[rank], c.Text)
					rank++
				}
			}
		}
	}
	return slices.Concat(ranked[:]...)
})

// Writer writes notices that look like a county's.
type Writer struct {
	site    playlist.SiteID
	columns []playlist.Column
	now     time.Time

	rand  *rand.Rand
	words []string
	topic []string // what the notice is about: a few words of the trade
	desks []string // 530 departments
}

// New returns a writer of the site's notices, in any of the columns, issued in the
// four hundred days before now.
func New(seed uint64, site playlist.SiteID, columns []playlist.Column, now time.Time) *Writer {
	w := &Writer{site: site, columns: columns, now: now, rand: rand.New(rand.NewPCG(seed, 7)), words: vocabulary(), topic: trade}
	for range 530 {
		w.desks = append(w.desks, "青禾县"+w.phrase(2)+"局")
	}
	return w
}

func (w *Writer) word() string {
	if w.rand.IntN(10) < 4 {
		return w.topic[w.rand.IntN(len(w.topic))]
	}
	x := w.rand.Float64()
	return w.words[int(x*x*float64(len(w.words)))]
}

func (w *Writer) phrase(words int) string {
	var b strings.Builder
	for range words {
		b.WriteString(w.word())
	}
	return b.String()
}

// paragraph has about so many characters.
func (w *Writer) paragraph(runes int) string {
	var b strings.Builder
	for n := 0; n < runes; {
		words := 3 + w.rand.IntN(5)
		b.WriteString(w.phrase(words))
		b.WriteString([]string{"，", "。", "、", "；"}[w.rand.IntN(4)])
		if w.rand.IntN(6) == 0 {
			fmt.Fprintf(&b, "%d元", w.rand.IntN(90000))
		}
		n += 2*words + 1
	}
	return b.String()
}

// Notice writes the i-th notice.
func (w *Writer) Notice(i int, kind playlist.Kind) *playlist.Notice {
	at := w.rand.IntN(len(trade) - 12)
	w.topic = append(trade[at:at+10:at+10], trade[w.rand.IntN(len(trade))], trade[w.rand.IntN(len(trade))])
	n := &playlist.Notice{
		ID: playlist.NoticeID(fmt.Sprintf("n-%06d", i)), Version: 1, Kind: kind, Site: w.site,
		Column: w.columns[w.rand.IntN(len(w.columns))].ID,
		Title:  w.phrase(3 + w.rand.IntN(6)), Issuer: w.desks[w.rand.IntN(len(w.desks))],
		Index: fmt.Sprintf("QH-%04d-2026-%04d", w.rand.IntN(400), i%10000), Document: fmt.Sprintf("青政发〔2026〕%d号", w.rand.IntN(300)),
		Issued: schedule.DateOf(w.now).AddDays(-w.rand.IntN(400)), Hotline: fmt.Sprintf("0000-%07d", w.rand.IntN(1e7)),
	}
	switch kind {
	case playlist.KindGuide:
		g := &playlist.Guide{Who: w.paragraph(20), Quota: "无", Limit: "20个工作日", Fee: "不收费", Place: w.phrase(4), Hours: "周一至周五",
			Phone: fmt.Sprintf("0000-%07d", w.rand.IntN(1e7)), Complaint: "0000-12345", Basis: []string{w.phrase(6)}}
		for range 6 {
			g.Conditions = append(g.Conditions, w.paragraph(40))
			g.Steps = append(g.Steps, playlist.Step{Name: w.phrase(2), Detail: w.paragraph(30)})
			g.Materials = append(g.Materials, playlist.Material{Name: w.phrase(4), Originals: 1, Note: w.phrase(3)})
		}
		n.Guide = g
	case playlist.KindFund:
		rows := make([][]string, 40)
		for i := range rows {
			rows[i] = []string{w.phrase(2) + "村", fmt.Sprint(w.rand.IntN(900000))}
		}
		n.Fund = &playlist.Fund{Period: "2026年", Purpose: w.paragraph(60), Standard: w.paragraph(40), Tables: []playlist.FundTable{{
			Title: w.phrase(4), By: "village", Rows: rows,
			Columns: []playlist.FundColumn{{Name: "村", Type: playlist.TextColumn}, {Name: "金额", Unit: "元", Type: playlist.NumberColumn}},
		}}}
	default:
		a := &playlist.Announcement{Genre: "通知"}
		for range 4 + w.rand.IntN(6) {
			a.Blocks = append(a.Blocks, playlist.Block{Kind: playlist.Paragraph, Text: w.paragraph(40 + w.rand.IntN(100))})
		}
		n.Announcement = a
	}
	return n
}

// Notices writes guides and other notices, one in ten of these about a fund, one in
// fifty of all not shown until an hour from now.
func (w *Writer) Notices(guides, others int) []*playlist.Notice {
	var of []*playlist.Notice
	for i := range guides + others {
		kind := playlist.KindAnnouncement
		switch {
		case i < guides:
			kind = playlist.KindGuide
		case i%10 == 0:
			kind = playlist.KindFund
		}
		n := w.Notice(i, kind)
		if w.rand.IntN(50) == 0 {
			n.NotBefore = w.now.Add(time.Hour)
		}
		of = append(of, n)
	}
	return of
}

// Typed is what people look for in such a county: each is typed key by key.
var Typed = []search.Query{
	{Mode: search.Pinyin, Keys: "ylbx"}, {Mode: search.Pinyin, Keys: "yanglaobaoxian"}, {Mode: search.Pinyin, Keys: "yanglaobx"}, {Mode: search.Pinyin, Keys: "shenqing"},
	{Mode: search.Pinyin, Keys: "baoxian"}, {Mode: search.Pinyin, Keys: "cunweihui"}, {Mode: search.Pinyin, Keys: "linshijiuzhu"}, {Mode: search.Pinyin, Keys: "qqxzkj"},
	{Mode: search.Pinyin, Keys: "sssssss"}, {Mode: search.Pinyin, Keys: "zhangsanli"}, {Mode: search.Pinyin, Keys: "yanglaupaoxian"},
	{Mode: search.Strokes, Keys: "nphhhpnpshshppz"}, {Mode: search.Strokes, Keys: "hshppz"}, {Mode: search.Strokes, Keys: "hhshpnnhhnn"}, {Mode: search.Strokes, Keys: "pszphnn"},
	{Mode: search.Digits, Keys: "202612"}, {Mode: search.Digits, Keys: "000012345"}, {Mode: search.Text, Keys: "养老保险"}, {Mode: search.Text, Keys: "公示"},
}
