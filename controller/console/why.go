package console

import (
	"regexp"
	"strings"
)

// saidByScreens is what screens put before a rule, or instead of one, when they say
// why they show what they show. They say it in Chinese, the language of the people
// who stand before them: player.Explain, and the state machines of both programs.
var saidByScreens = []struct{ zh, en string }{
	{"刚刚发布，立即播放；", "just released, so it plays at once; "},
	{"此刻没有内容可播，保留上一条；", "nothing is due now, so the last one stays; "},
	{"此刻没有内容可播；", "nothing is due now; "},
	{"分区不在屏幕范围内，公告占用整屏；", "its zones do not fit the board, so notices fill it; "},
	{"技术人员要求显示屏幕名称", "a technician asked for its name"},
	{"技术人员熄屏", "a technician made it dark"},
	{"熄屏时段", "dark hours"},
	{"还没有收到任何内容", "it has received nothing yet"},
	{"有人正在使用", "somebody is using it"},
	{"有人在用", "somebody is using it"},
	{"没有播放规则", "there are no rules"},
	{"没有可播的内容", "it has nothing to play"},
}

// saidRule is a rule that a screen names.
var saidRule = regexp.MustCompile(`规则“([^”]*)”：`)

const saidAlert = "正在播放预警："

// whySaid says in English why a screen shows what it shows. Of rules it gives the
// names; what each comes to at the moment is on the screen's own page. A text that
// is not known stays as it came: a newer program may have others.
func whySaid(zh string) string {
	var en strings.Builder
	rest := zh
	for known := true; known; {
		known = false
		for _, s := range saidByScreens {
			if after, ok := strings.CutPrefix(rest, s.zh); ok {
				en.WriteString(s.en)
				rest, known = after, true
			}
		}
	}
	if title, ok := strings.CutPrefix(rest, saidAlert); ok {
		return en.String() + "an alert is in force: " + title
	}
	for i, m := range saidRule.FindAllStringSubmatch(rest, -1) {
		if i > 0 {
			en.WriteString(", ")
		}
		en.WriteString("rule “" + m[1] + "”")
		rest = ""
	}
	return en.String() + rest
}

// why is why a screen shows what it shows, in the visitor's language.
func (v *visit) why(said string) string {
	if v.lang == english {
		return whySaid(said)
	}
	return said
}
