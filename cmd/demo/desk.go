package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"mingbai/playlist/review"
)

// seat returns an employee at the console, who signs in on first use.
func (w *world) seat(ctx context.Context, login string) (*clerk, error) {
	if c := w.seated[login]; c != nil {
		return c, nil
	}
	c, err := w.sit(ctx, who(login))
	if err != nil {
		return nil, err
	}
	w.seated[login] = c
	return c, nil
}

// write lets a clerk fill in the form of a kind of notice and send it, do naming
// the button. It returns the notice's ID.
func (w *world) write(ctx context.Context, login, kind, do string, fields ...string) (string, error) {
	c, err := w.seat(ctx, login)
	if err != nil {
		return "", err
	}
	p, err := c.press(ctx, "/write/"+kind, "/write/"+kind, append(fields, "do", do)...)
	if err != nil {
		return "", err
	}
	id, ok := strings.CutPrefix(p.path, "/notices/")
	if !ok {
		return "", fmt.Errorf("%s writes %s: the form came back: %w: %s", login, kind, errRefused, complaint(p.text))
	}
	return id, nil
}

// send puts a draft on its way to the first reviewer.
func (w *world) send(ctx context.Context, login, notice string) error {
	c, err := w.seat(ctx, login)
	if err == nil {
		_, err = c.press(ctx, "/notices/"+notice, "/notices/"+notice+"/submit")
	}
	return err
}

// approve lets a reviewer sign, having ticked what is to be ticked.
func (w *world) approve(ctx context.Context, login, notice string) error {
	c, err := w.seat(ctx, login)
	if err != nil {
		return err
	}
	var ticks []string
	for _, t := range review.Ticks {
		ticks = append(ticks, "tick."+string(t), "1")
	}
	_, err = c.press(ctx, "/notices/"+notice+"/review", "/notices/"+notice+"/approve", ticks...)
	return err
}

// announcement is what the demonstration publishes.
func announcement(now time.Time) []string {
	return []string{
		"title", "关于政务服务大厅周末照常办理业务的公告", "site", "qinghe-hall", "column", "dongtai-tongzhi", "genre", "公告",
		"issuer", "青禾县政务服务中心", "issued", now.Format("2006-01-02"), "hotline", "0000-12345",
		"text", "广大办事群众：\n为方便群众办事，本周六、周日 9:00 至 16:00，政务服务大厅社会保险、医疗保险、户籍证件窗口照常受理业务。\n需要办理其他事项的，请拨打政务服务热线 0000-12345 预约。",
		"summary", "本周六、周日 9:00 至 16:00，社保、医保、户籍窗口照常受理。", "led", "本周末大厅照常办理业务 9:00—16:00",
		"until", now.AddDate(0, 0, 14).Format("2006-01-02T15:04"),
	}
}

// publish takes an announcement for the hall through the hands of five people and
// waits until every screen shows it.
func (w *world) publish(ctx context.Context) (string, error) {
	id, err := w.write(ctx, "wangfang", "announcement", "draft", announcement(time.Now())...)
	if err != nil {
		return id, err
	}
	if err := w.send(ctx, "wangfang", id); err != nil {
		return id, err
	}
	for _, login := range []string{"lina", "zhaoqiang", "sunli"} {
		if err := w.approve(ctx, login, id); err != nil {
			return id, err
		}
	}
	last, err := w.seat(ctx, "zhoutao")
	if err != nil {
		return id, err
	}
	began := time.Now()
	if _, err := last.press(ctx, "/notices/"+id+"/review", "/notices/"+id+"/release"); err != nil {
		return id, err
	}
	err = w.each(func(s *screen) error {
		_, err := w.office.until(ctx, s.id, "it shows the announcement", func(st state) bool { return st.showing() == id })
		s.sum.PublishToShownMS = time.Since(began).Milliseconds()
		return err
	})
	if err != nil {
		return id, err
	}
	return id, w.settleAndShoot(ctx, "published")
}

func (w *world) takeDown(ctx context.Context, id string) error {
	c, err := w.seat(ctx, "zhoutao")
	if err != nil {
		return err
	}
	began := time.Now()
	if _, err := c.post(ctx, "/notices/"+id+"/takedown", "reason", "演示：活动已结束"); err != nil {
		return err
	}
	err = w.each(func(s *screen) error {
		_, err := w.office.until(ctx, s.id, "the announcement is gone", func(st state) bool { return st.has() && st.showing() != id })
		s.sum.TakedownToGoneMS = time.Since(began).Milliseconds()
		return err
	})
	if err != nil {
		return err
	}
	return w.settleAndShoot(ctx, "taken-down")
}

// desks are notices on their way, for the pictures of the pages.
type desks struct{ draft, fund, waiting, returned, secrecy string }

// errAlone: the same person got past where two are wanted.
var errAlone = errors.New("one person could act twice")

// work leaves notices on the desks of the bureau and of the town, as on any
// morning: some to be mended, some to be reviewed. It returns their IDs.
func (w *world) work(ctx context.Context) (d desks, err error) {
	now := time.Now()
	notice := func(title, text string) []string {
		return append(announcement(now), "title", title, "site", "qinghe", "issuer", "县文化和旅游局", "text", text, "led", "", "summary", "")
	}
	put := func(into *string, do func() (string, error)) {
		if err == nil {
			*into, err = do()
		}
	}
	put(&d.draft, func() (string, error) {
		return w.write(ctx, "wangfang", "announcement", "draft", notice("关于县图书馆冬季开放时间的通知", "各位读者：\n12月1日起，县图书馆每周二至周日 9:00 至 18:00 开放。咨询电话 0000-6200031。")...)
	})
	put(&d.fund, func() (string, error) { return w.pasteFund(ctx) })
	put(&d.waiting, func() (string, error) {
		id, err := w.write(ctx, "hetong", "announcement", "draft", notice("送戏下乡12月演出安排", "各镇、村：\n12月在望川镇、石岭镇各演出 4 场，每场 19:00 开始，免费观看。")...)
		if err != nil {
			return id, err
		}
		return id, w.send(ctx, "hetong", id)
	})
	put(&d.returned, func() (string, error) {
		id, err := w.write(ctx, "wangfang", "announcement", "draft", notice("关于开展全民阅读活动的通知", "各单位：\n定于12月15日在县图书馆开展全民阅读活动，请组织人员参加。")...)
		if err != nil {
			return id, err
		}
		if err := w.send(ctx, "wangfang", id); err != nil {
			return id, err
		}
		first, err := w.seat(ctx, "lina")
		if err != nil {
			return id, err
		}
		_, err = first.press(ctx, "/notices/"+id+"/review", "/notices/"+id+"/return", "reason", "没有写几点开始、报名找谁，请补上后再送。")
		return id, err
	})
	put(&d.secrecy, func() (string, error) {
		id, err := w.write(ctx, "wangfang", "announcement", "draft", notice("县文化馆免费培训班招生公告", "广大市民：\n2027年春季免费培训班开始报名，设书法、合唱、剪纸三个班，每班 30 人，额满为止。报名电话 0000-6200032。")...)
		if err != nil {
			return id, err
		}
		if err := w.send(ctx, "wangfang", id); err != nil {
			return id, err
		}
		if err := w.approve(ctx, "lina", id); err != nil {
			return id, err
		}
		if err := w.approve(ctx, "zhaoqiang", id); err != nil {
			return id, err
		}
		if err := w.approve(ctx, "zhaoqiang", id); err == nil {
			return id, errAlone
		}
		return id, nil
	})
	return d, err
}

// cultureFunds is a table as it was really sent in: one line says 万亿 among 万元,
// a number is missing, and the sum is wrong.
const cultureFunds = `序号	项目	来源	金额	单位	用途与去向
1	农家书屋更新	中央	12	万元	图书补充
2	公共文化服务体系建设	中央	150	万元	村级文化中心
3	乡镇文化站补助	省级	6.4	万元	设备
4	体育场馆免费开放	中央	31	万元	开放补助
5	公共数字文化	中央	30	万元	平台运行
6	提前下达免费开放经费	中央	41	万元	三馆一站全年免费开放
7	三馆一站免费开放经费	中央	9	万元	水电、人员、活动
8	送戏下乡补贴	省级	4	万亿	22 个村每村 2 场
10	农村文化建设奖励资金	中央	30	万元	按考核结果奖补
合计			320	万元	
`

// pasteFund lets a clerk paste the table out of Excel, say what its columns are,
// and save it with everything that is to be mended.
func (w *world) pasteFund(ctx context.Context) (string, error) {
	const form = "/write/fund"
	c, err := w.seat(ctx, "wangfang")
	if err != nil {
		return "", err
	}
	p, err := c.press(ctx, form, form, "title", "2026年公共文化服务专项资金使用情况", "site", "qinghe", "column", "zijin-xiangmu", "issuer", "县文化和旅游局",
		"purpose", "公共文化设施免费开放和农村文化活动", "hotline", "0000-6200024", "t0.paste", cultureFunds, "do", "import:0")
	if err != nil {
		return "", err
	}
	if do := p.button("导入这张表"); do != "" { // the first time the columns are asked for
		if p, err = c.again(ctx, p, form, "do", do); err != nil {
			return "", err
		}
	}
	if p, err = c.again(ctx, p, form, "do", "draft"); err != nil {
		return "", err
	}
	id, ok := strings.CutPrefix(p.path, "/notices/")
	if !ok {
		return "", fmt.Errorf("the fund notice came back: %w: %s", errRefused, complaint(p.text))
	}
	return id, nil
}
