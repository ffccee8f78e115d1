package console

import (
	"net/url"
	"strconv"
	"strings"

	"mingbai/controller/store"
	"mingbai/playlist/wire"
)

type registerPage struct {
	frame
	Subject string
	Rows    []recordRow
	Earlier string // address of older lines
	First   string // address of the newest
}

type recordRow struct {
	store.Record
	When, Deed, SiteName, Link, Who string
}

func showRegister(v *visit) error {
	p := registerPage{frame: v.page(v.t("登记簿")), Subject: v.query("subject")}
	before, _ := strconv.ParseInt(v.query("before"), 10, 64) // anything else is the newest
	rows, err := v.Store.Records(v.ctx, p.Subject, max(before, 0), perPage)
	if err != nil {
		return err
	}
	for _, r := range rows {
		out := recordRow{Record: r, When: v.local(r.At).Format("2006-01-02 15:04:05"), Deed: v.deed(r.Action), Who: v.actor(r.Actor)}
		if r.Site != "" {
			out.SiteName = v.siteName(r.Site)
		}
		switch kind, _, _ := strings.Cut(r.Action, "."); kind {
		case "notice":
			out.Link = "/notices/" + r.Subject
		case "voice":
			v.aboutVoices(&out)
		case "screen":
			if r.Action != "screen.remove" {
				out.Link = "/screens/" + r.Subject
			}
		}
		p.Rows = append(p.Rows, out)
	}
	at := func(before int64) string {
		q := url.Values{}
		if p.Subject != "" {
			q.Set("subject", p.Subject)
		}
		if before > 0 {
			q.Set("before", strconv.FormatInt(before, 10))
		}
		return "/register?" + q.Encode()
	}
	if len(rows) == perPage {
		p.Earlier = at(rows[len(rows)-1].ID)
	}
	if before > 0 {
		p.First = at(0)
	}
	return v.show("register", p)
}

// aboutVoices shows a voice by the number that people know it by.
func (v *visit) aboutVoices(out *recordRow) {
	switch out.Action {
	case "voice.unreadable":
		out.Link = "/screens/" + out.Subject
	case "voice.export":
		out.Detail = v.t("%s 条", out.Detail)
	default:
		out.Link = "/voices/" + out.Subject
		out.Subject = wire.Voice{ID: out.Subject}.Number()
		kind, _, _ := strings.Cut(out.Detail, " ")
		out.Detail, _ = v.voiceKind(wire.VoiceKind(kind))
	}
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
		return v.t("存草稿")
	case "notice.publish":
		return v.t("发布")
	case "notice.revise":
		return v.t("发布新版本")
	case "notice.take_down":
		return v.t("下架")
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
	case "screen.enrol":
		return v.t("配对屏幕")
	case "screen.add":
		return v.t("添加屏幕")
	case "screen.change":
		return v.t("改屏幕设置")
	case "screen.remove":
		return v.t("移除屏幕")
	case "screen.reload":
		return v.t("让屏幕重新加载")
	case "screen.screenshot":
		return v.t("截屏")
	case "screen.restart":
		return v.t("重启屏幕程序")
	case "screen.identify":
		return v.t("让屏幕显示名字")
	case "session.begin":
		return v.t("登录")
	case "session.locked":
		return v.t("密码错太多，账号锁定")
	case "account.first":
		return v.t("建立第一个账号")
	case "account.create":
		return v.t("建立账号")
	case "account.change":
		return v.t("改账号")
	case "account.password":
		return v.t("改密码")
	case "token.create":
		return v.t("建立接口令牌")
	case "token.revoke":
		return v.t("作废接口令牌")
	}
	return action
}
