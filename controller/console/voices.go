package console

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

type voicesPage struct {
	frame
	Query, Kind, State string
	Notice             playlist.NoticeID // of which alone
	NoticeTitle        string
	Sites, Kinds       []option
	States             []option
	Waiting, Objecting int
	Late, Month        int
	Rows               []voiceRow
	Total, First, Last int
	Earlier, Later     string
	CSV                string
	Search             bool
}

type voiceRow struct {
	store.Voice
	KindName, Tone       string // of the kind
	StateName, StateTone string
	SiteName, ScreenName string
	When                 string
	Due                  string // the last day for an answer, in words
	Late                 bool
	Smile                string // the score in words
}

// watched narrows to what the visitor may read: what was said at the own site
// and below. Nobody reads what was said to another town.
func (v *visit) watched() (store.VoiceFilter, error) {
	f := store.VoiceFilter{}
	if v.person.Site != "" {
		tree, err := v.sites()
		if err != nil {
			return f, err
		}
		f.Sites = tree.Subtree(v.person.Site)
	}
	return f, nil
}

// narrow takes the site of the address, and all below it.
func (v *visit) narrow(sites *[]playlist.SiteID) (playlist.SiteID, error) {
	site := playlist.SiteID(v.query("site"))
	if site == "" {
		return "", nil
	}
	if err := v.reach(site); err != nil {
		return site, err
	}
	tree, err := v.sites()
	if err != nil {
		return site, err
	}
	*sites = tree.Subtree(site)
	return site, nil
}

// voiceFilter reads the address of the list.
func (v *visit) voiceFilter() (f store.VoiceFilter, site playlist.SiteID, err error) {
	if f, err = v.watched(); err != nil {
		return f, "", err
	}
	if site, err = v.narrow(&f.Sites); err != nil {
		return f, site, err
	}
	f.Text, f.State, f.Written, f.Urgent = v.query("q"), store.VoiceState(v.query("state")), true, true
	if k := v.query("kind"); k != "" {
		f.Kinds = []wire.VoiceKind{wire.VoiceKind(k)}
	}
	if n := playlist.NoticeID(v.query("notice")); n != "" {
		f.Notice = n
	}
	return f, site, nil
}

func listVoices(v *visit) error {
	f, site, err := v.voiceFilter()
	if err != nil {
		return err
	}
	p := voicesPage{frame: v.page(v.t("群众意见")), Query: f.Text, Kind: v.query("kind"), State: string(f.State), Notice: f.Notice}
	f.Limit, f.Offset = perPage, v.count("from", 1<<30)
	rows, err := v.Store.Voices(v.ctx, f)
	if err != nil {
		return err
	}
	if p.Total, err = v.Store.CountVoices(v.ctx, f); err != nil {
		return err
	}
	due, err := v.Fleet.Deadlines(v.ctx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		r := v.voiceRow(row, due(row))
		p.Rows = append(p.Rows, r)
	}
	if err := v.voiceSums(&p, due); err != nil {
		return err
	}
	if f.Notice != "" {
		p.NoticeTitle = v.noticeTitle(f.Notice, string(f.Notice))
	}
	own, err := v.own()
	if err != nil {
		return err
	}
	p.Sites = v.siteOptions(own, site)
	for _, k := range []wire.VoiceKind{wire.Objection, wire.Opinion, wire.Rating} {
		name, _ := v.voiceKind(k)
		p.Kinds = append(p.Kinds, option{Value: string(k), Label: name, Chosen: string(k) == p.Kind})
	}
	for _, s := range []store.VoiceState{store.VoiceNew, store.VoiceAnswered, store.VoiceClosed} {
		name, _ := v.voiceState(s)
		p.States = append(p.States, option{Value: string(s), Label: name, Chosen: string(s) == p.State})
	}
	p.Search = p.Query != "" || p.Kind != "" || p.State != "" || site != "" || f.Notice != ""
	if len(rows) > 0 {
		p.First, p.Last = f.Offset+1, f.Offset+len(rows)
	}
	q := url.Values{}
	for name, value := range map[string]string{"q": p.Query, "kind": p.Kind, "state": p.State, "site": string(site), "notice": string(f.Notice)} {
		if value != "" {
			q.Set(name, value)
		}
	}
	p.CSV = "/voices.csv?" + q.Encode()
	at := func(from int) string {
		q.Set("from", strconv.Itoa(from))
		return "/voices?" + q.Encode()
	}
	if f.Offset > 0 {
		p.Earlier = at(max(f.Offset-perPage, 0))
	}
	if f.Offset+len(rows) < p.Total {
		p.Later = at(f.Offset + perPage)
	}
	return v.show("voices", p)
}

// voiceSums counts what the visitor should know at a glance, whatever the list
// is narrowed to.
func (v *visit) voiceSums(p *voicesPage, due func(store.Voice) schedule.Date) error {
	f, err := v.watched()
	if err != nil {
		return err
	}
	waiting := f
	waiting.State = store.VoiceNew
	if p.Waiting, err = v.Store.CountVoices(v.ctx, waiting); err != nil {
		return err
	}
	waiting.Kinds, waiting.Urgent, waiting.Limit = []wire.VoiceKind{wire.Objection}, true, 1000
	if p.Objecting, err = v.Store.CountVoices(v.ctx, waiting); err != nil {
		return err
	}
	oldest, err := v.Store.Voices(v.ctx, waiting)
	if err != nil {
		return err
	}
	today := schedule.DateOf(v.local(v.Now()))
	for _, o := range oldest {
		if due(o).Before(today) {
			p.Late++
		}
	}
	month := f
	month.Written = true
	y, m, _ := v.local(v.Now()).Date()
	month.From = time.Date(y, m, 1, 0, 0, 0, 0, v.Zone)
	p.Month, err = v.Store.CountVoices(v.ctx, month)
	return err
}

func (v *visit) voiceRow(row store.Voice, due schedule.Date) voiceRow {
	r := voiceRow{Voice: row, SiteName: v.siteName(row.Site), When: v.clock(row.At), ScreenName: v.screenName(row.Screen)}
	r.KindName, r.Tone = v.voiceKind(row.Kind)
	r.StateName, r.StateTone = v.voiceState(row.State)
	r.Smile = v.score(row.Score)
	if !due.IsZero() {
		today := schedule.DateOf(v.local(v.Now()))
		r.Late = due.Before(today)
		switch {
		case r.Late:
			r.Due = v.t("已超期 %d 天", today.DaysSince(due))
		case due == today:
			r.Due = v.t("今天到期")
		default:
			r.Due = v.t("%s前答复", v.day(due))
		}
	}
	return r
}

// day writes a date of this year or another.
func (v *visit) day(d schedule.Date) string {
	at := d.In(v.Zone)
	switch {
	case d.Year != v.local(v.Now()).Year():
		return d.String()
	case v.lang == english:
		return at.Format("2 Jan")
	}
	return at.Format("1月2日")
}

func (v *visit) voiceKind(k wire.VoiceKind) (name, tone string) {
	switch k {
	case wire.Objection:
		return v.t("异议"), "bad"
	case wire.Opinion:
		return v.t("意见"), ""
	case wire.Rating:
		return v.t("评价"), ""
	}
	return string(k), ""
}

func (v *visit) voiceState(s store.VoiceState) (name, tone string) {
	switch s {
	case store.VoiceNew:
		return v.t("待处理"), "warn"
	case store.VoiceAnswered:
		return v.t("已处理"), "good"
	case store.VoiceClosed:
		return v.t("不需处理"), "quiet"
	}
	return string(s), "quiet"
}

func (v *visit) score(n int) string {
	switch n {
	case 1:
		return v.t("不满意")
	case 2:
		return v.t("一般")
	case 3:
		return v.t("满意")
	}
	return ""
}

// screenName is the name that a screen has now.
func (v *visit) screenName(id playlist.ScreenID) string {
	if row, err := v.Store.Screen(v.ctx, id); err == nil {
		return row.Name
	}
	return string(id)
}

// noticeTitle is the title that a notice has now, or what is given when it is
// gone.
func (v *visit) noticeTitle(id playlist.NoticeID, otherwise string) string {
	if row, err := v.noticeRow(id); err == nil {
		return row.Title
	}
	return otherwise
}

// waitingVoices counts what waits for the visitor, for the menu.
func (v *visit) waitingVoices() int {
	if !v.has(hears) {
		return 0
	}
	f, err := v.watched()
	if err != nil {
		return 0
	}
	f.State = store.VoiceNew
	n, _ := v.Store.CountVoices(v.ctx, f) // the menu is no place to fail
	return n
}

// voicesCSV is the list as a table for a spreadsheet, at most 10,000 lines. Who
// took it away is in the register.
func voicesCSV(v *visit) error {
	f, site, err := v.voiceFilter()
	if err != nil {
		return err
	}
	due, err := v.Fleet.Deadlines(v.ctx)
	if err != nil {
		return err
	}
	rows := [][]string{{v.t("编号"), v.t("种类"), v.t("状态"), v.t("期限"), v.t("时间"), v.t("站点"), v.t("屏幕"), v.t("关于哪一条"), v.t("评价"), v.t("选项"), v.t("内容"), v.t("联系方式"), v.t("处理情况"), v.t("处理人"), v.t("处理时间")}}
	f.Limit = 1000
	for f.Offset = 0; f.Offset < 10_000; f.Offset += f.Limit {
		page, err := v.Store.Voices(v.ctx, f)
		if err != nil {
			return err
		}
		for _, row := range page {
			r := v.voiceRow(row, due(row))
			last, contact := "", ""
			if d := due(row); !d.IsZero() {
				last = d.String()
			}
			if v.has(answers) {
				contact = row.Contact
			}
			rows = append(rows, []string{row.Number(), r.KindName, r.StateName, last, v.stamp(row.At), r.SiteName, r.ScreenName, row.Title, r.Smile,
				strings.Join(row.Topics, v.t("、")), row.Text, contact, row.Note, row.Actor, v.stamp(row.Handled)})
		}
		if len(page) < f.Limit {
			break
		}
	}
	err = v.Store.Update(v.ctx, func(t *store.Tx) error {
		return t.Audit(v.ctx, store.Record{At: v.Now(), Actor: v.person.Login, Action: "voice.export", Site: site, Detail: strconv.Itoa(len(rows) - 1)})
	})
	if err != nil {
		return err
	}
	return v.csv(v.t("群众意见"), rows)
}

// stamp writes an instant as a spreadsheet understands it.
func (v *visit) stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return v.local(t).Format("2006-01-02 15:04:05")
}
