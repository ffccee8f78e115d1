package guard_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/configs/intake"
	"mingbai/playlist"
	"mingbai/playlist/guard"
	"mingbai/playlist/schedule"
)

// TestSampleCountyHasNoDuplicates: nothing that a county has up is taken for
// something else that is up: other villages, other quarters, other subsidies.
func TestSampleCountyHasNoDuplicates(t *testing.T) {
	county, err := intake.Load(configs.Sample(), schedule.Date{})
	if err != nil {
		t.Fatal(err)
	}
	index := guard.NewIndex()
	for _, d := range county.Drafts {
		index.Put(&d.Notice, "wang")
	}
	for _, d := range county.Drafts {
		for _, a := range index.Similar(&d.Notice, func(playlist.SiteID) bool { return true }) {
			t.Errorf("%s is taken for %s: %.2f", d.File, a.Title, a.Share)
		}
	}
}

const winter = `为做好今冬明春森林防火工作，切实保护森林资源和人民群众生命财产安全，根据森林防火条例和有关规定，经研究决定，在全县林区及林缘一百米范围内禁止一切野外用火。
严禁上坟烧纸、燃放烟花爆竹、烧荒、烧田埂、烧秸秆、野炊、吸烟和使用火把照明。各乡镇、各林场要落实防火责任制，加强巡护检查，严格火源管理，发现火情立即报告并组织扑救。
对违反规定引发森林火灾的，依法追究责任；构成犯罪的，移送司法机关处理。举报电话全天有人值守，举报属实的给予奖励。`

func TestAlike(t *testing.T) {
	all := func(playlist.SiteID) bool { return true }
	index := guard.NewIndex()
	first := text(strings.Split(winter, "\n")...)
	first.ID, first.Title, first.Issuer = "first", "关于禁止野外用火的通告", "县林业局"
	index.Put(first, "li")
	again := *first
	again.ID, again.Title, again.Issuer = "again", "禁止野外用火的通告", "县应急管理局"

	if got := index.Similar(&again, all); len(got) != 1 || got[0].Notice != "first" || got[0].Share < 0.95 || got[0].By != "li" || got[0].Issuer != "县林业局" {
		t.Errorf("the same text: %+v", got)
	}
	e := guard.Env{Alike: func(n *playlist.Notice) []guard.Alike { return index.Similar(n, all) }}
	if found := guard.Inspect(&again, e); len(found) != 1 || found[0].Code != "alike" || found[0].Severity != playlist.Doubt || !strings.Contains(found[0].Message, "县林业局") {
		t.Errorf("the finding: %+v", found)
	}
	if got := index.Similar(first, all); len(got) != 0 {
		t.Errorf("a notice is alike itself: %+v", got)
	}
	if got := index.Similar(&again, func(playlist.SiteID) bool { return false }); len(got) != 0 {
		t.Errorf("a notice at a site far away: %+v", got)
	}
	next := again
	next.Title = "2027年关于禁止野外用火的通告"
	if got := index.Similar(&next, all); len(got) != 0 {
		t.Errorf("a notice of another year: %+v", got)
	}
	other := text("今冬明春森林防火工作会议定于下周召开，请各乡镇、各林场主要负责人参加，并于会前报送名单。会议地点在县政务服务中心三楼会议室，会期半天，请提前安排好工作，不得缺席，如有特殊情况须书面请假。")
	if got := index.Similar(other, all); len(got) != 0 {
		t.Errorf("another text: %+v", got)
	}
	index.Keep(func(id playlist.NoticeID) bool { return id != "first" })
	if got := index.Similar(&again, all); len(got) != 0 || index.Has("first", 1) {
		t.Errorf("it was taken down: %+v", got)
	}
}

// BenchmarkAlike: one notice against 12,000 that are up, beside the floor of
// reading its own text once.
func BenchmarkAlike(b *testing.B) {
	index := guard.NewIndex()
	lines := strings.Split(winter, "\n")
	for i := range 12_000 {
		n := text(lines[0], fmt.Sprint(strings.Repeat(string(rune('一'+i%9000)), 3), strings.Repeat(string([]rune{rune('丁' + i%8000), rune('万' + i%7000), rune('丈' + i%6100)}), 20)))
		n.ID = playlist.NoticeID(fmt.Sprintf("n-%d", i))
		index.Put(n, "")
	}
	n := text(lines...)
	n.ID = "asked"
	all := func(playlist.SiteID) bool { return true }
	begin := time.Now()
	for range 100 {
		guard.NewIndex().Put(n, "")
	}
	floor := time.Since(begin) / 100
	b.ResetTimer()
	for b.Loop() {
		index.Similar(n, all)
	}
	b.ReportMetric(float64(b.Elapsed()/time.Duration(b.N))/float64(floor), "ratio")
}
