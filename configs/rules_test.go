package configs_test

import (
	"strings"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/configs/intake"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// TestRulesOfTheSample asks what the sample's rules say of days that matter.
func TestRulesOfTheSample(t *testing.T) {
	county, err := intake.Load(configs.Sample(), schedule.Date{})
	if err != nil {
		t.Fatal(err)
	}
	cal := schedule.NewCalendar(county.Holidays)
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, county.Zone)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	parents := map[playlist.SiteID]playlist.SiteID{}
	for _, s := range county.Sites {
		parents[s.ID] = s.Parent
	}
	sets := map[playlist.ScreenID]*schedule.Set{}
	for _, screen := range county.Screens {
		var rules []schedule.Bound
		for site, up := screen.Site, 0; site != ""; site, up = parents[site], up+1 {
			for _, r := range county.Rules {
				if r.Site == site {
					rules = append(rules, schedule.Bound{Rule: r.Rule, Channel: string(site), Distance: up})
				}
			}
		}
		sets[screen.ID] = schedule.NewSet(rules, screen.Tags, cal, county.Zone)
	}
	for _, c := range []struct {
		screen playlist.ScreenID
		now    string
		rules  string // that must be chosen
		not    string
		detail string // of some reason
	}{
		{"hall-led-gate", "2027-05-15 07:59", "shiwai-duanxun", "zhengwu-gongkairi", ""},
		{"hall-led-gate", "2027-05-15 08:00", "zhengwu-gongkairi", "xianqing-quantian", "让位于级别更高（活动）的规则“5·15 政务公开日放公开指南和年报”"},
		{"liuxi-touch", "2027-05-15 17:59", "zhengwu-gongkairi", "cun-quantian", "正在播放：每年5月15日 08:00-18:00"},
		{"liuxi-touch", "2027-05-15 18:00", "cun-quantian", "zhengwu-gongkairi", "现在 18:00，不在 08:00-18:00 之内"},
		{"liuxi-touch", "2026-11-27 09:00", "chengnuo-yuemo", "", "每月最后一个星期五 08:00-20:00"},
		{"liuxi-touch", "2026-11-28 09:00", "cun-quantian", "chengnuo-yuemo", "下一次：12月25日"},
		{"hall-touch-1", "2026-11-26 23:59", "renqian-gongshi", "", "2026年11月20日起公示期 5 个工作日（至 11月26日）"},
		{"hall-touch-1", "2026-11-27 00:00", "xianqing-quantian", "renqian-gongshi", "已于 11月26日结束（公示期 5 个工作日已满）"},
	} {
		d := sets[c.screen].At(at(c.now))
		var chosen, details []string
		for _, b := range d.Chosen {
			chosen = append(chosen, b.Rule.ID)
		}
		for _, r := range d.Reasons {
			details = append(details, r.Detail)
		}
		have := " " + strings.Join(chosen, " ") + " "
		if !strings.Contains(have, " "+c.rules+" ") || c.not != "" && strings.Contains(have, " "+c.not+" ") {
			t.Errorf("%s at %s plays%s", c.screen, c.now, have)
		}
		if !strings.Contains(strings.Join(details, "\n"), c.detail) {
			t.Errorf("%s at %s: no reason says %q:\n%s", c.screen, c.now, c.detail, strings.Join(details, "\n"))
		}
	}
}
