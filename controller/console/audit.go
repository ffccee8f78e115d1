package console

import (
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

type auditPage struct {
	frame
	Actor, Subject, Kind string
	From, To             string
	Kinds                []option
	Rows                 []recordRow
	Earlier              string // address of older lines
	First                string // address of the newest
	Export               string
	Search               bool
	Problem              string
	Checked              *chain
	Noted                string // a head that was typed in
	HeadWrong            string // what is wrong with it
	Twins                []twin
}

// twin is accounts with a role in publishing that were used from the address of
// the administrator who made them (C10: two people see a notice, not one with two
// names).
type twin struct {
	Maker, When, Origin string // When is that of the newest
	Logins              []string
}

func (v *visit) twins(sites []playlist.SiteID) (out []twin, err error) {
	rows, err := v.Store.Twins(v.ctx, sites)
	if err != nil {
		return nil, err
	}
	for _, t := range rows {
		a, err := v.Store.AccountByLogin(v.ctx, t.Login)
		if err != nil || !slices.ContainsFunc(a.Roles, func(r string) bool { return slices.Contains(accounts.Publishing, accounts.Role(r)) }) {
			continue
		}
		maker := v.actor(t.Maker)
		i := slices.IndexFunc(out, func(o twin) bool { return o.Maker == maker && o.Origin == t.Origin })
		if i < 0 {
			i, out = len(out), append(out, twin{Maker: maker, When: v.clock(t.Used), Origin: t.Origin})
		}
		out[i].Logins = append(out[i].Logins, t.Login)
	}
	return out, nil
}

// chain is what walking the audit log came to.
type chain struct {
	Lines  int64
	Broken int64 // the first line that does not hold, 0 for none
	Head   string
	When   string
	Noted  int64 // the line of a head that was typed in, 0 for none
	Differ bool  // this line is not what was noted
}

type recordRow struct {
	store.Record
	When, Deed, SiteName, Link, Who string
	Changes                         []difference
}

// mostExported is how many lines one file has at most.
const mostExported = 50_000

// auditKinds are the kinds of actions by which the log is narrowed.
func (v *visit) auditKinds(chosen string) []option {
	var out []option
	for _, k := range [][2]string{
		{"notice", v.t("内容")}, {"programme", v.t("播放安排")}, {"screen", v.t("屏幕")}, {"account", v.t("账号")}, {"deputy", v.t("代办")}, {"department", v.t("部门")},
		{"policy", v.t("审核流程")}, {"session", v.t("登录")}, {"factor", v.t("二次验证")}, {"token", v.t("接口令牌")}, {"voice", v.t("群众意见")}, {"site", v.t("站点")}, {"audit", v.t("审计")}, {"backup", v.t("备份")},
	} {
		out = append(out, option{Value: k[0], Label: k[1], Chosen: k[0] == chosen})
	}
	return out
}

// auditFilter reads the address into a filter, and the page that shows it.
func (v *visit) auditFilter() (store.AuditFilter, auditPage, error) {
	p := auditPage{frame: v.page(v.t("审计")), Actor: v.query("actor"), Subject: v.query("subject"), Kind: v.query("kind"), From: v.query("from"), To: v.query("to")}
	p.Kinds = v.auditKinds(p.Kind)
	before, _ := strconv.ParseInt(v.query("before"), 10, 64) // anything else is the newest
	f := store.AuditFilter{Actor: p.Actor, Subject: p.Subject, Kind: p.Kind, Before: max(before, 0), Limit: perPage}
	var day schedule.Date
	if p.From != "" && day.UnmarshalText([]byte(p.From)) == nil {
		f.From = day.In(v.Zone)
	}
	if p.To != "" && day.UnmarshalText([]byte(p.To)) == nil {
		f.Until = day.AddDays(1).In(v.Zone)
	}
	if !f.From.IsZero() && !f.Until.IsZero() && !f.From.Before(f.Until) {
		p.Problem = v.t("开始的日子在结束的日子之后。")
	}
	if v.person.Site != "" {
		tree, err := v.sites()
		if err != nil {
			return f, p, err
		}
		f.Sites = tree.Subtree(v.person.Site)
	}
	p.Search = p.Actor+p.Subject+p.Kind+p.From+p.To != ""
	return f, p, nil
}

func (v *visit) auditPage() (auditPage, error) {
	f, p, err := v.auditFilter()
	if err != nil {
		return p, err
	}
	rows, err := v.Store.FindRecords(v.ctx, f)
	if err != nil {
		return p, err
	}
	for _, r := range rows {
		p.Rows = append(p.Rows, v.recordRow(r))
	}
	if !p.Search && f.Before == 0 {
		if p.Twins, err = v.twins(f.Sites); err != nil {
			return p, err
		}
	}
	at := func(path string, before int64) string {
		q := url.Values{}
		for _, name := range []string{"actor", "subject", "kind", "from", "to"} {
			if value := v.query(name); value != "" {
				q.Set(name, value)
			}
		}
		if before > 0 {
			q.Set("before", strconv.FormatInt(before, 10))
		}
		if len(q) == 0 {
			return path
		}
		return path + "?" + q.Encode()
	}
	if len(rows) == perPage {
		p.Earlier = at("/audit", rows[len(rows)-1].ID)
	}
	if f.Before > 0 {
		p.First = at("/audit", 0)
	}
	p.Export = at("/audit.csv", 0)
	return p, nil
}

func (v *visit) recordRow(r store.Record) recordRow {
	out := recordRow{Record: r, When: v.local(r.At).Format("2006-01-02 15:04:05"), Deed: v.deed(r.Action), Who: v.actor(r.Actor), Changes: v.differences(r.Before, r.After)}
	if r.Site != "" {
		out.SiteName = v.siteName(r.Site)
	}
	switch kind, _, _ := strings.Cut(r.Action, "."); kind {
	case "account":
		if out.Changes != nil {
			out.Detail = "" // the same in short
		}
	case "session", "factor":
		out.Detail = v.wayIn(r)
	case "notice":
		out.Link = "/notices/" + r.Subject
		if r.Action == "notice.approve" {
			out.Detail = v.inWords(r.Detail)
		}
	case "voice":
		v.aboutVoices(&out)
	case "blob":
		many, bytes, _ := strings.Cut(r.Detail, " ")
		n, err := strconv.ParseInt(bytes, 10, 64)
		if err == nil {
			out.Subject, out.Detail = v.t("内容文件"), v.t("%s 个，%s", many, v.bytes(n))
		}
	case "warning":
		out.Link = "/warnings/" + r.Subject
	case "screen":
		if r.Action != "screen.remove" {
			out.Link = "/screens/" + r.Subject
		}
	}
	return out
}

func showAudit(v *visit) error {
	p, err := v.auditPage()
	if err != nil {
		return err
	}
	return v.show("audit", p)
}

// checkAudit walks the whole chain. The head, written down elsewhere, shows later
// that nothing up to it was changed or cut off: one that is typed in is compared.
func checkAudit(v *visit) error {
	page := func(status int, change func(p *auditPage)) error {
		p, err := v.auditPage()
		if err != nil {
			return err
		}
		p.Noted = v.form("head")
		change(&p)
		return v.showAs(status, "audit", p)
	}
	var noted store.AuditHead
	if text := v.form("head"); text != "" {
		var err error
		if noted, err = store.ParseHead(text); err != nil {
			return page(http.StatusUnprocessableEntity, func(p *auditPage) {
				p.HeadWrong = v.t("写成“行号 校验值”，例如：%s", "1024 3f2a9c01 77be04d5")
			})
		}
	}
	n, err := v.Store.CheckAudit(v.ctx)
	c := chain{Lines: n, When: v.local(v.Now()).Format("2006-01-02 15:04:05"), Noted: noted.Line}
	if broken, ok := errors.AsType[*store.BrokenChain](err); ok {
		c.Broken = broken.Line
	} else if err != nil {
		return err
	}
	if noted.Line > 0 {
		switch err := v.Store.CheckHead(v.ctx, noted); {
		case errors.Is(err, store.ErrBroken):
			c.Differ = true
		case err != nil:
			return err
		}
	}
	head, err := v.Store.AuditHead(v.ctx)
	if err != nil {
		return err
	}
	c.Head = head.String()
	return page(http.StatusOK, func(p *auditPage) { p.Checked = &c })
}

// auditCSV exports the log as it is narrowed; that it was exported is on record
// too.
func auditCSV(v *visit) error {
	f, _, err := v.auditFilter()
	if err != nil {
		return err
	}
	rows := [][]string{{v.t("编号"), v.t("时间"), v.t("谁"), v.t("从哪里"), v.t("做了什么"), v.t("对象"), v.t("站点"), v.t("说明"), v.t("改之前"), v.t("改之后"), v.t("校验值")}}
	f.Limit = 1000
	for f.Before = 0; len(rows) < mostExported; {
		page, err := v.Store.FindRecords(v.ctx, f)
		if err != nil {
			return err
		}
		for _, r := range page {
			rows = append(rows, []string{strconv.FormatInt(r.ID, 10), v.local(r.At).Format("2006-01-02 15:04:05"), r.Actor, r.Origin, v.deed(r.Action), r.Subject, string(r.Site), r.Detail, r.Before, r.After, hex.EncodeToString(r.Hash)})
		}
		if len(page) < f.Limit {
			break
		}
		f.Before = page[len(page)-1].ID
	}
	err = v.Store.Update(v.ctx, func(t *store.Tx) error {
		return t.Audit(v.ctx, store.Record{At: v.Now(), Actor: v.person.Login, Action: "audit.export", Subject: v.person.Login, Site: v.person.Site, Detail: strconv.Itoa(len(rows) - 1)})
	})
	if err != nil {
		return err
	}
	return v.csv(v.t("审计"), rows)
}

// aboutVoices shows a voice by the number that people know it by.
func (v *visit) aboutVoices(out *recordRow) {
	switch out.Action {
	case "voice.unreadable":
		out.Link = "/screens/" + out.Subject
	case "voice.export":
		out.Detail = v.t("%s 条", out.Detail)
	case "voice.forget":
		many, before, _ := strings.Cut(out.Detail, " ")
		out.Detail, out.Subject = v.t("%s 条，%s 以前处理的", many, before), v.siteName(playlist.SiteID(out.Subject))
	default:
		out.Link, out.Changes = "/voices/"+out.Subject, nil // the deed says the same
		out.Subject = wire.Voice{ID: out.Subject}.Number()
		kind, _, _ := strings.Cut(out.Detail, " ")
		out.Detail, _ = v.voiceKind(wire.VoiceKind(kind))
	}
}

// inWords says in which capacity somebody approved: a record has it after the title.
func (v *visit) inWords(detail string) string {
	for _, c := range review.Capacities {
		if i := strings.LastIndex(detail, " "+string(c)); i >= 0 {
			return detail[:i+1] + v.capacityName(c) + detail[i+1+len(c):]
		}
	}
	return detail
}

func (v *visit) actor(name string) string {
	switch {
	case name == "system":
		return v.t("系统")
	case strings.HasPrefix(name, "token:"):
		return v.t("接口令牌 %s", strings.TrimPrefix(name, "token:"))
	}
	return name
}

// deed puts the name of an action into words.
func (v *visit) deed(action string) string {
	switch action {
	case "notice.draft":
		return v.words("存草稿", "saved a draft")
	case "notice.publish":
		return v.t("发布")
	case "notice.revise":
		return v.t("发布新版本")
	case "notice.take_down":
		return v.words("下架", "took down")
	case "backup.ask":
		return v.words("要求备份", "asked for a backup")
	case "backup.made":
		return v.words("备份做成", "backup made")
	case "backup.fail":
		return v.words("备份失败", "backup failed")
	case "backup.check":
		return v.words("要求核对备份", "asked to check a backup")
	case "backup.prune":
		return v.words("清理过期备份", "removed an old backup")
	case "channel.recall":
		return v.words("要求从屏幕取回", "asked to take back from a screen")
	case "channel.reclaim":
		return v.words("从屏幕取回", "took back from a screen")
	case "county.import":
		return v.t("导入")
	case "programme.put":
		return v.t("改播放安排")
	case "site.put":
		return v.t("改站点")
	case "voice.new":
		return v.t("重新打开意见")
	case "voice.answered":
		return v.t("处理意见")
	case "voice.closed":
		return v.t("意见不需处理")
	case "voice.unreadable":
		return v.t("收到打不开的意见")
	case "voice.export":
		return v.t("导出意见")
	case "voice.forget":
		return v.t("删除过期意见的原文")
	case "blob.sweep":
		return v.t("清理没有用处的文件")
	case "screen.enrol":
		return v.t("配对屏幕")
	case "screen.add":
		return v.t("添加屏幕")
	case "screen.change":
		return v.t("改屏幕设置")
	case "screen.remove":
		return v.t("停用屏幕")
	case "screen.readmit":
		return v.t("恢复后找回屏幕")
	case "screen.replace":
		return v.t("给屏幕换设备")
	case "screen.reload":
		return v.t("让屏幕重新加载")
	case "screen.screenshot":
		return v.words("截屏", "took a screenshot")
	case "screen.restart":
		return v.t("重启屏幕程序")
	case "screen.identify":
		return v.t("让屏幕显示名字")
	case "acceptance.start":
		return v.words("开始验收屏幕", "began the acceptance of a screen")
	case "acceptance.step":
		return v.words("验收了一步", "judged a step of an acceptance")
	case "acceptance.passed":
		return v.words("验收通过", "accepted a screen")
	case "acceptance.failed":
		return v.words("验收不通过", "did not accept a screen")
	case "package.bring":
		return v.words("上传程序包", "uploaded a package")
	case "watch.try":
		return v.words("试发告警", "tried whether messages about warnings arrive")
	case "package.drop":
		return v.words("不再保留旧程序包", "let an old package go")
	case "rollout.start":
		return v.words("开始更新程序", "started an update")
	case "rollout.stage":
		return v.words("程序更新进入下一步", "an update moved on")
	case "rollout.next":
		return v.words("让程序更新进入下一步", "moved an update on")
	case "rollout.pause":
		return v.words("暂停程序更新", "paused an update")
	case "rollout.resume":
		return v.words("继续程序更新", "resumed an update")
	case "rollout.stop":
		return v.words("停下程序更新", "stopped an update")
	case "rollout.stopped":
		return v.words("程序更新自动停下", "an update stopped by itself")
	case "rollout.done":
		return v.words("程序更新完成", "an update was finished")
	case "rollout.back":
		return v.words("退回旧版程序", "went back to the former program")
	case "warning.take":
		return v.words("接手告警", "took a warning")
	case "session.begin":
		return v.words("登录", "signed in")
	case "session.end":
		return v.words("退出登录", "signed out")
	case "session.refused":
		return v.t("密码或验证码不对，没有登录")
	case "session.locked":
		return v.t("错太多次，账号锁定")
	case "session.half":
		return v.t("密码正确，等待二次验证")
	case "session.others":
		return v.t("结束别处的登录")
	case "session.all":
		return v.t("让人在所有地方退出")
	case "factor.add":
		return v.t("设置二次验证")
	case "factor.remove":
		return v.t("删除二次验证")
	case "factor.recovery":
		return v.t("换恢复码")
	case "factor.reset":
		return v.t("重置他人的二次验证")
	case "account.first":
		return v.t("建立第一个账号")
	case "account.create":
		return v.words("建立账号", "created an account")
	case "account.change":
		return v.t("改账号")
	case "account.password":
		return v.t("改密码")
	case "account.hand_over":
		return v.words("交接", "handed over")
	case "deputy.name":
		return v.t("安排代办")
	case "deputy.end":
		return v.t("结束代办")
	case "department.create":
		return v.t("加部门")
	case "department.change":
		return v.t("改部门")
	case "policy.put":
		return v.t("定审核流程")
	case "policy.drop":
		return v.t("跟随上级流程")
	case "line.put":
		return v.t("定线路流量")
	case "line.drop":
		return v.t("线路跟随上级")
	case "line.pass":
		return v.t("线路本月放行")
	case "line.hold":
		return v.t("收回线路放行")
	case "audit.export":
		return v.t("导出审计")
	case "notice.import":
		return v.t("导入")
	case "notice.submit":
		return v.t("送审")
	case "notice.approve":
		return v.t("审核通过")
	case "notice.return":
		return v.t("退回")
	case "notice.withdraw":
		return v.words("撤回", "withdrew")
	case "notice.explain":
		return v.words("补充下架原因", "added why it was taken down")
	case "notice.outside":
		return v.t("送外部审查")
	case "notice.reply":
		return v.t("外部审查答复")
	case "token.create":
		return v.t("建立接口令牌")
	case "token.revoke":
		return v.t("作废接口令牌")
	}
	return action
}
