package console

// englishLines has the messages of what lines carry, and of what is left out when
// the controller is over its means.
var englishLines = map[string]string{
	"线路流量": "Line volumes",
	"%s：每个站点的线路能走多快、一个月能走多少，已经走了多少。": "%s: how fast the line of each site is, how much it carries in a month, and what went over it.",
	"速度": "Speed", "本月已用": "Used this month", "每月流量": "A month", "怎么样": "State", "用得最多的屏": "Screens that used most",
	"已用 %d%%": "%d%% used", "其中文件 %s": "%s of it files", "还有 %d 块": "%d more", "本月放行": "Let everything through", "收回放行": "Hold back again",
	"用完了，大文件在等": "Used up, large files wait", "用完了，%d 块屏有大文件在等": "Used up, large files wait for %d {screen|screens}",
	"文字、预警和撤下照常；图片、视频、程序和定时截屏等到下月。急用请点“本月放行”。": "Text, alerts and take-downs go as before; pictures, videos, programs and daily screenshots wait for the next month. If it is urgent let everything through.",
	"本月已放行": "Everything goes this month", "超出的流量可能要另外付费。": "What goes beyond the volume may cost extra.", "快用完了": "Nearly used up", "不够请改大，或少放视频。": "Raise it, or show fewer videos.", "够用": "Enough",
	"第 %d–%d 个站点，共 %d 个": "Sites %d–%d of %d", "没有这样的站点。": "There is no such site.", "还没有屏幕，也没有定过线路。": "There are no screens yet, and no line was set.", "给站点定线路：": "Set the line of a site:",
	"流量是总台和屏之间来往的全部字节，每五分钟记一次。下级没有单独定的，各有一条和上级一样的线路。": "Counted are all bytes between controller and screens. A site without a line of its own has one like the site above.",
	"没有定过，不限": "not set, no limit", "请填 %d 以上的整数，或者留空。": "Enter a whole number from %d, or nothing.", "请填 1 到 %d 的整数，或者留空。": "Enter a whole number from 1 to %d, or nothing.",
	"本月已用 %s。": "%s used this month.", "每月 %s，用了 %d%%。": "Of %s a month, %d%% is used.", "速度（kbit/s）": "Speed (kbit/s)", "每月流量（MB）": "Volume a month (MB)",
	"图片、视频和程序按这个速度下载，几块屏平分。留空不限。":          "Pictures, videos and programs are fetched at this speed, which the screens share. Empty is without a limit.",
	"到 80% 提醒；用完后文字、预警和撤下照常，大文件等到下月。留空不限。": "People are told at 80%; when it is used up text, alerts and take-downs go as before and large files wait for the next month. Empty is without a limit.",
	"取消，不限": "Remove the limits", "下级站点没有单独定的，各有一条一样的线路；流量按站点各算各的。": "Sites below without a line of their own have one like it each; every site counts for itself.",
	"本月已放行，屏会在十分钟内接着下载。": "Everything goes this month; screens go on within ten minutes.", "已收回放行，大文件等到下月。": "Large files wait for the next month again.",
	"定线路流量": "set a line", "线路跟随上级": "line follows the one above", "线路本月放行": "let everything through a line", "收回线路放行": "held a line back again",
	"行为异常": "Misbehaving", "%d 块屏行为异常": "%d {screen misbehaves|screens misbehave}", "另有：%s": "Also: %s",
	"不限速": "no limit", "不限量": "no limit", "%s：%s，已经 %s": "%s: %s, for %s",
	"本月流量": "Traffic this month", "屏发来的": "From the screen", "发给屏的": "To the screen", "屏下载的": "Files it fetched",
	"报告、截屏、显示记录": "reports, screenshots, record of display", "文字、预警、命令": "text, alerts, commands", "图片、视频、程序": "pictures, videos, programs",
	"还没有站点": "There is no site yet", "请管理员先在“开始使用”里写下这是哪里。": "Ask an administrator to say where this is on Getting started.",
}
