package guard

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"mingbai/playlist"
)

//go:embed postings.tsv
var postingTable string

// posting is one class of what must be posted for a time that a law gives (L14).
type posting struct {
	any     [][]string // words of a title: all of one of these
	days    int
	working bool
	name    string
	law     string
}

// postings reads the table.
var postings = sync.OnceValue(func() []posting {
	var out []posting
	for line := range strings.Lines(postingTable) {
		part := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || len(part) != 5 {
			continue
		}
		days, err := strconv.Atoi(part[1])
		if err != nil {
			panic("the table of postings: " + line) // it is part of the program
		}
		p := posting{days: days, working: part[2] == "1", name: part[3], law: part[4]}
		for way := range strings.SplitSeq(part[0], "|") {
			p.any = append(p.any, strings.Split(way, "+"))
		}
		out = append(out, p)
	}
	return out
})

// postingOf returns the class of a title.
func postingOf(title string) (posting, bool) {
	for _, p := range postings() {
		for _, way := range p.any {
			all := true
			for _, w := range way {
				all = all && strings.Contains(title, w)
			}
			if all {
				return p, true
			}
		}
	}
	return posting{}, false
}

// results are what a title has that tells of the end of a posting, or explains it.
var results = []string{"结果", "情况", "解读", "说明", "通报", "终止", "更正", "会议", "办法", "指南"}

// fields asks for what the law or the office wants of a kind and Validate does
// not say already (DOMAIN B48, L14).
func (in *inspector) fields() {
	n := in.n
	if f := n.Fund; f != nil && strings.TrimSpace(f.Approver) == "" {
		in.whole(playlist.Warning, "fund.approver", "missing", say("没有写审批单位", "nobody is named who approved it"))
	}
	if p, ok := postingOf(n.Title); ok && n.Announcement != nil && !holds(n.Title, results...) {
		in.posted(p)
	}
	in.policy()
}

// posted compares a posting period with the one that the law gives.
func (in *inspector) posted(p posting) {
	unit, unitEn := "日", "days"
	if p.working {
		unit, unitEn = "个工作日", "working days"
	}
	have := in.n.Posting
	switch {
	case have == nil:
		in.whole(playlist.Doubt, "posting.days", "posting", say(
			fmt.Sprintf("%s应公示不少于 %d %s，并写明异议反馈渠道（%s）", p.name, p.days, unit, p.law),
			fmt.Sprintf("this must be posted for at least %d %s, with a way to object (%s)", p.days, unitEn, p.law)))
	case have.Days > 0 && (have.Days < p.days && have.Working == p.working || have.Days < p.days && p.working || !p.working && have.Working && have.Days*7/5 < p.days):
		in.whole(playlist.Doubt, "posting.days", "posting", say(
			fmt.Sprintf("%s应公示不少于 %d %s（%s），现在是 %d 日", p.name, p.days, unit, p.law, have.Days),
			fmt.Sprintf("this must be posted for at least %d %s (%s), not %d", p.days, unitEn, p.law, have.Days)))
	}
}

// policy asks for the interpretation of a policy document: 「政策性文件与解读方案、
// 解读材料同步组织、同步审签、同步部署」 (国办发〔2016〕80号).
func (in *inspector) policy() {
	a := in.n.Announcement
	if a == nil || a.Genre == "解读" || in.n.Document == "" || len(a.Links) > 0 {
		return
	}
	if !strings.HasSuffix(in.n.Title, "办法") && !strings.HasSuffix(in.n.Title, "实施细则") && !strings.HasSuffix(in.n.Title, "若干措施") && !strings.HasSuffix(in.n.Title, "若干政策") {
		return
	}
	in.whole(playlist.Warning, "announcement.links", "interpretation", say("政策性文件应与解读材料同步公开，还没有关联解读", "a policy is published together with its interpretation; none is linked"))
}
