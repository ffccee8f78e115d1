package console

// englishCalendar has the messages of calendars and playlists by hand.
var englishCalendar = map[string]string{
	"播放日历": "Calendar", "上个月": "Previous month", "下个月": "Next month", "回到今天": "Back to today",
	"每天都一样": "The same every day:", "让位": "gives way", "上班": "working day",
	"看这一天会播什么": "See what plays that day", "浅色的一段：级别更高的规则占着，这条让位。同级别的轮流播。": "Pale: a rule of a higher level takes that time and this one gives way. Rules of the same level take turns.",
	"这一天没有规则，屏幕自动轮流播本单位最新发布的内容。":        "No rule applies on this day; screens take turns with the site's newest notices.",
	"%s“%s”（%s）压过“%s”（%s），%s。":          "%s“%s” (%s) overrides “%s” (%s) on %s.",
	"“%s”（%s）级别更高，那时它让位：%s。":            "“%s” (%s) has a higher level, and this rule gives way: %s. ",
	"它压过“%s”（%s）：%s。":                   "It overrides “%s” (%s): %s. ",
	"“%s”同一时间在同样的屏上播同一个播放单，有一条就够了。":     "“%s” plays the same playlist at the same time on the same screens; one of the two is enough. ",
	"今后 30 天它一次也播不到：每次都有级别更高的规则占着。":     "It will not play at all in the next 30 days: a rule of a higher level always takes its time. ",
	"另外还有 %d 条规则与它同时。":                  "%d more {rule runs|rules run} at the same time.",
	"点“加上”或用鼠标拖进来，拖动或用箭头调次序；秒数不填，就按字数算": "press Add or drag a notice in; drag or use the arrows to change the order; without seconds, the length of the text decides",
	" 等 %d 次": " and %d times in all",
}
