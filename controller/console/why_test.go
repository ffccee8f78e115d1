package console

import "testing"

func TestWhyInEnglish(t *testing.T) {
	for zh, want := range map[string]string{
		"规则“早班”：正在播放：每天全天；与另外 2 条规则轮流；规则“晚班”：正在播放：工作日": "rule “早班”, rule “晚班”",
		"刚刚发布，立即播放；规则“早班”：正在播放：每天全天":                   "just released, so it plays at once; rule “早班”",
		"此刻没有内容可播；没有播放规则":                              "nothing is due now; there are no rules",
		"分区不在屏幕范围内，公告占用整屏；刚刚发布，立即播放；没有播放规则":            "its zones do not fit the board, so notices fill it; just released, so it plays at once; there are no rules",
		"正在播放预警：暴雨": "an alert is in force: 暴雨",
		"熄屏时段":      "dark hours",
		"":          "",
		"以后的程序这样说":  "以后的程序这样说",
	} {
		if got := whySaid(zh); got != want {
			t.Errorf("%s: %q, want %q", zh, got, want)
		}
	}
}
