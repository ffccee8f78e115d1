package playlist

import (
	"time"

	"mingbai/assets"
	"mingbai/playlist/schedule"
)

// Kind is what sort of notice it is. Exactly one of Notice's bodies is set.
type Kind string

// The kinds of notice.
const (
	KindAnnouncement Kind = "announcement" // 公告
	KindGuide        Kind = "guide"        // 办事指南
	KindFund         Kind = "fund"         // 资金公示
	KindMedia        Kind = "media"        // 图文、图片
	KindRoster       Kind = "roster"       // 值班表
	KindAlert        Kind = "alert"        // 预警; lives on alert channels only
)

// Notice is what people read. Its JSON bytes are a blob: what a reviewer
// approves, what an edition lists and what a screen draws.
type Notice struct {
	ID      NoticeID `json:"id"`
	Version int      `json:"version"` // from 1, one more with every revision
	Kind    Kind     `json:"kind"`
	Site    SiteID   `json:"site"` // whose channel it is on
	Column  ColumnID `json:"column,omitempty"`

	Title     string        `json:"title"`
	TitleEn   string        `json:"title_en,omitempty"`
	Summary   string        `json:"summary,omitempty"`   // 摘要, in plain words
	LED       string        `json:"led,omitempty"`       // short text for LED boards; without it title and lead are used
	Issuer    string        `json:"issuer"`              // 发布机构
	Index     string        `json:"index,omitempty"`     // 索引号
	Document  string        `json:"document,omitempty"`  // 文号, for example 青农发〔2026〕41号
	Issued    schedule.Date `json:"issued"`              // 发布日期
	Hotline   string        `json:"hotline,omitempty"`   // 监督电话
	Web       string        `json:"web,omitempty"`       // public address of the same text, http or https
	Sensitive bool          `json:"sensitive,omitempty"` // names of people in need, minors, health: never on an outdoor board beyond totals

	NotBefore time.Time `json:"not_before,omitzero"` // not shown earlier
	NotAfter  time.Time `json:"not_after,omitzero"`  // hard expiry; not shown from this instant on
	Urgent    bool      `json:"urgent,omitempty"`    // 紧急: while it may be shown it plays alone at level urgent; needs NotAfter

	Posting  *Posting  `json:"posting,omitempty"`
	Pictures []Picture `json:"pictures,omitempty"`

	Announcement *Announcement `json:"announcement,omitempty"`
	Guide        *Guide        `json:"guide,omitempty"`
	Fund         *Fund         `json:"fund,omitempty"`
	Media        *Media        `json:"media,omitempty"`
	Roster       *Roster       `json:"roster,omitempty"`
	Alert        *Alert        `json:"alert,omitempty"`
}

// Posting is the posting period (公示期) that the law wants.
type Posting struct {
	From      schedule.Date `json:"from"`
	Days      int           `json:"days"`
	Working   bool          `json:"working,omitempty"`   // Days counts working days
	Objection string        `json:"objection,omitempty"` // how to object, who decides
}

// PictureRole is what a picture is for.
type PictureRole string

// The roles of a picture.
const (
	Illustration PictureRole = ""       // stands in the text or on a media page
	Scan         PictureRole = "scan"   // a page of the approved source document (批准原件)
	Sample       PictureRole = "sample" // a filled-in sample form (样表)
)

// Picture is a picture with its renditions, largest first.
type Picture struct {
	Role       PictureRole `json:"role,omitempty"`
	Caption    string      `json:"caption,omitempty"`
	Renditions []Rendition `json:"renditions"`
}

// Rendition is one size of a picture, as a blob.
type Rendition struct {
	Ref    assets.Ref `json:"ref"`
	Size   int64      `json:"size"` // bytes
	Type   string     `json:"type"` // image/jpeg or image/png
	Width  int        `json:"width"`
	Height int        `json:"height"`
}

// Announcement is running text: paragraphs, headings and lists.
type Announcement struct {
	Genre  string     `json:"genre,omitempty"` // 通知、公告、通报、公示、解读
	Blocks []Block    `json:"blocks"`
	Sign   string     `json:"sign,omitempty"`  // 落款, the issuer as signed; Issuer when empty
	Links  []NoticeID `json:"links,omitempty"` // 政策 ↔ 解读
}

// BlockKind is what a block of text is.
type BlockKind string

// The kinds of block.
const (
	Paragraph  BlockKind = "p"
	Heading    BlockKind = "h"
	ListItem   BlockKind = "li"
	Salutation BlockKind = "to"    // 称谓, for example 各村（社区）：
	Image      BlockKind = "img"   // Text is a caption, Picture an index into Notice.Pictures
	TableBlock BlockKind = "table" // Rows are its cells, the first row its heading; Text is a caption
)

// Block is one paragraph of an announcement.
type Block struct {
	Kind    BlockKind  `json:"kind"`
	Text    string     `json:"text"`
	Picture int        `json:"picture,omitempty"`
	Rows    [][]string `json:"rows,omitempty"` // of a TableBlock: 1 to 200 rows of 1 to 8 cells each, all rows of one length
}

// Guide is a service guide with the fields of 行政许可法 30.
type Guide struct {
	Who        string     `json:"who"`                   // in one sentence: who may apply
	Basis      []string   `json:"basis"`                 // 依据
	Conditions []string   `json:"conditions"`            // 条件
	Quota      string     `json:"quota"`                 // 数量限制, "无" when none
	Steps      []Step     `json:"steps"`                 // 程序
	Limit      string     `json:"limit"`                 // 承诺时限, for example 20个工作日
	LegalLimit string     `json:"legal_limit,omitempty"` // 法定时限
	Materials  []Material `json:"materials"`
	Fee        string     `json:"fee"` // 不收费, or the amount with its basis
	Place      string     `json:"place"`
	Hours      string     `json:"hours"`
	Phone      string     `json:"phone"`
	Complaint  string     `json:"complaint"` // 投诉电话
	Tips       []string   `json:"tips,omitempty"`
}

// Step is one step of a procedure.
type Step struct {
	Name   string `json:"name"`
	Detail string `json:"detail,omitempty"`
	Limit  string `json:"limit,omitempty"`
}

// Material is one thing to bring.
type Material struct {
	Name      string `json:"name"`
	Originals int    `json:"originals"`
	Copies    int    `json:"copies"`
	Note      string `json:"note,omitempty"`
	Optional  bool   `json:"optional,omitempty"` // only in the case that Note names
}

// Fund is a fund notice: source, amount, use, standard and where it went
// (「公开资金的用途、数量、标准和分配去向」).
type Fund struct {
	Period   string       `json:"period"`             // 2026年第三季度
	Purpose  string       `json:"purpose"`            // 用途
	Standard string       `json:"standard,omitempty"` // 补助标准
	Total    Amount       `json:"total"`
	Sources  []FundSource `json:"sources"`
	Tables   []FundTable  `json:"tables"`
	Approver string       `json:"approver,omitempty"`
	Status   string       `json:"status,omitempty"` // 已拨, 未拨 with its reason
}

// FundSource is where a part of the money comes from.
type FundSource struct {
	Name   string `json:"name"` // 中央、省级、市级、县级
	Amount Amount `json:"amount"`
}

// ColumnType says how a column of a table is set and checked.
type ColumnType string

// The types of column.
const (
	TextColumn   ColumnType = "text"
	NumberColumn ColumnType = "number" // right-aligned, not summed
	SumColumn    ColumnType = "sum"    // right-aligned, summed
)

// FundTable is a table of rows, per item, per village or per household.
type FundTable struct {
	Title   string       `json:"title"`
	By      string       `json:"by"` // item, village, household
	Columns []FundColumn `json:"columns"`
	Rows    [][]string   `json:"rows"`            // len(Columns) cells each; numbers without thousands marks
	Sites   []SiteID     `json:"sites,omitempty"` // parallel to Rows where rows belong to sites
	Product *Product     `json:"product,omitempty"`
}

// FundColumn is one column of a table.
type FundColumn struct {
	Name     string     `json:"name"`
	Unit     string     `json:"unit,omitempty"` // 元、万元、亩、户
	Type     ColumnType `json:"type"`
	Decimals int        `json:"decimals,omitempty"`
	// Money marks the column whose sum must agree with Fund.Total.
	Money bool `json:"money,omitempty"`
}

// Product names columns by index with Quantity × Rate = Result in every row.
type Product struct {
	Quantity int `json:"quantity"`
	Rate     int `json:"rate"`
	Result   int `json:"result"`
}

// Roster is a duty roster (值班表, E17): who answers on which day. Screens show
// today and tonight first.
type Roster struct {
	Place  string  `json:"place,omitempty"` // 值班室 and where it is
	Phone  string  `json:"phone"`           // of the duty room
	Night  string  `json:"night,omitempty"` // from when the night shift counts, 18:00 when empty
	Shifts []Shift `json:"shifts"`          // by day, none twice, at most 400
	Note   string  `json:"note,omitempty"`
}

// Shift is one day of a roster.
type Shift struct {
	Day   schedule.Date `json:"day"`
	Lead  string        `json:"lead,omitempty"`  // 带班领导
	Staff string        `json:"staff"`           // 值班人员 by day
	Night string        `json:"night,omitempty"` // at night, Staff when empty
	Phone string        `json:"phone,omitempty"` // other than the roster's
}

// Media is a page of pictures with captions.
type Media struct {
	Text string `json:"text,omitempty"`
}

// AlertColour is the official level of a warning (突发事件应对法 64).
type AlertColour string

// The four levels.
const (
	Red    AlertColour = "red"
	Orange AlertColour = "orange"
	Yellow AlertColour = "yellow"
	Blue   AlertColour = "blue"
)

// Alert is a warning with the fields that the law wants: type, level, start,
// area, advice, measures, issuer, time (突发事件应对法 65). Issuer and time are
// the notice's own.
type Alert struct {
	Type      string      `json:"type"` // 暴雨
	Colour    AlertColour `json:"colour"`
	Area      string      `json:"area"`
	Action    string      `json:"action"`             // what to do, first and short: 立即转移至镇中学
	Measures  string      `json:"measures,omitempty"` // what the government does
	Detail    string      `json:"detail,omitempty"`
	Start     time.Time   `json:"start"`
	Exercise  bool        `json:"exercise,omitempty"`  // 演练 on every page
	Lifted    bool        `json:"lifted,omitempty"`    // 解除; shown for a short while after lifting
	Reference string      `json:"reference,omitempty"` // the alert that an update or a lift refers to
}
