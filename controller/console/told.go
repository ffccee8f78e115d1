package console

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"mingbai/controller/fleet"
	"mingbai/controller/watch"
	"mingbai/playlist"
)

type toldPage struct {
	frame
	Ways    []wayRow
	Tend    bool
	Rules   []string
	Problem string
}

// wayRow is somebody who is told of warnings.
type wayRow struct {
	watch.Way
	Kind, Whose string
	State, Tone string
	Why         string
	When        string
}

func showTold(v *visit) error {
	p, err := v.toldPage()
	if err != nil {
		return err
	}
	return v.show("told", p)
}

func liveTold(v *visit) error {
	p, err := v.toldPage()
	if err != nil {
		return err
	}
	return v.part("told", "live", p)
}

func (v *visit) toldPage() (toldPage, error) {
	p := toldPage{frame: v.page(v.t("谁收到告警")), Tend: v.has(tends)}
	ways, err := v.ways()
	if err != nil {
		return p, err
	}
	rules := v.Watch.Rules()
	for _, w := range ways {
		row := wayRow{Way: w, Kind: v.t("网络回调"), Whose: v.t("全部站点")}
		if w.Mail {
			row.Kind = v.t("邮件")
		}
		for i, s := range w.Sites {
			if i == 0 {
				row.Whose = v.siteName(s)
				continue
			}
			row.Whose += v.t("、") + v.siteName(s)
		}
		if !w.Last.IsZero() {
			row.When = v.clock(w.Last)
		}
		switch {
		case w.Error != "":
			row.State, row.Tone, row.Why = v.t("没有送到"), "bad", v.whyNot(w.Error)
			if !w.Again.IsZero() {
				row.State = v.t("没有送到，%s 再送", v.clock(w.Again))
			}
		case w.Waiting > 0:
			row.State = v.t("%d 条在路上", w.Waiting)
		case w.Last.IsZero():
			row.State, row.Tone = v.t("还没有发过"), "warn"
		default:
			row.State, row.Tone = v.t("送到了"), "good"
		}
		p.Ways = append(p.Ways, row)
	}
	least, _ := v.gradeName(int(rules.Least))
	if rules.Least == fleet.Note {
		p.Rules = append(p.Rules, v.t("所有告警都发。"))
	} else {
		p.Rules = append(p.Rules, v.t("“%s”和更重的才发；轻的只在这个控制台上。", least))
	}
	if from, until := rules.QuietFrom, rules.QuietUntil; from != until {
		p.Rules = append(p.Rules, v.t("%s 到 %s 不紧急的邮件等到早上再发。", clockOf(from), clockOf(until)))
	}
	p.Rules = append(p.Rules, v.t("同一个地址一分钟最多一封邮件，几条告警合在一起；没送到的一天内反复再送。"))
	return p, nil
}

// ways are those over which people are told of what the visitor sees.
func (v *visit) ways() ([]watch.Way, error) {
	sees, err := v.oversees()
	if err != nil {
		return nil, err
	}
	ways, err := v.Watch.Ways(v.ctx)
	if err != nil || sees == nil {
		return ways, err
	}
	return slices.DeleteFunc(ways, func(w watch.Way) bool {
		return len(w.Sites) > 0 && !slices.ContainsFunc(w.Sites, func(s playlist.SiteID) bool { return sees[s] })
	}), nil
}

// deaf are the addresses to which messages do not get through now.
func (v *visit) deaf() (string, error) {
	broken, err := v.Watch.Unbrought(v.ctx)
	if err != nil || len(broken) == 0 {
		return "", err
	}
	ways, err := v.ways()
	if err != nil {
		return "", err
	}
	broken = slices.DeleteFunc(broken, func(to string) bool {
		return !slices.ContainsFunc(ways, func(w watch.Way) bool { return w.To == to })
	})
	return strings.Join(broken, v.t("、")), nil
}

// whyNot says in words why a message did not get through, empty when it takes the
// words of the other side to know.
func (v *visit) whyNot(text string) string {
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(strings.ToLower(text), part) })
	}
	switch {
	case has("connection refused", "actively refused"):
		return v.t("那台机器上没有这个服务：请看它是否在运行，端口对不对。")
	case has("no such host", "server misbehaving"):
		return v.t("找不到这个名字的机器：请看名字有没有写错，总台能不能解析域名。")
	case has("x509", "certificate"):
		return v.t("对方的证书不可信或已过期。")
	case has("535", "authentication"):
		return v.t("邮件服务器不认账号或密码。")
	case has("timeout", "deadline", "unreachable", "no route"):
		return v.t("连不上：请看总台的网络和防火墙。")
	}
	return ""
}

// clockOf writes minutes of the day.
func clockOf(n int) string { return fmt.Sprintf("%02d:%02d", n/60, n%60) }

// tryWay sends a message to somebody who is told of warnings.
func tryWay(v *visit) error {
	ways, err := v.ways()
	if err != nil {
		return err
	}
	way := v.form("way")
	if err = watch.ErrNoWay; slices.ContainsFunc(ways, func(w watch.Way) bool { return w.ID == way }) {
		err = v.Watch.Try(v.ctx, v.person.Login, way)
	}
	switch {
	case err == nil:
		return v.to("/warnings/told", "done", "tried")
	case errors.Is(err, watch.ErrTrying), errors.Is(err, watch.ErrNoWay):
		p, wrong := v.toldPage()
		if wrong != nil {
			return wrong
		}
		p.Problem = v.t("上一条试发还没有送到，不用再点。")
		if errors.Is(err, watch.ErrNoWay) {
			p.Problem = v.t("总台的设置里没有这个收件人。")
		}
		return v.showAs(http.StatusConflict, "told", p)
	}
	return err
}
