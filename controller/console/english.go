package console

// inEnglish is the message table: every text of the pages, named by its Chinese,
// with its English. A test keeps it complete and without leftovers.
var inEnglish = map[string]string{
	// The frame of every page.
	"明白": "Mingbai", "跳到内容": "Skip to content", "菜单": "Menu", "退出登录": "Sign out", "回到首页": "Back to the start",
	"公告与公示": "Notices", "发布公告": "Write a notice", "预警": "Alerts", "设备": "Devices", "全部屏幕": "All screens",
	"配对新屏": "Pair a screen", "管理": "Administration", "登记簿": "Register", "人员与权限": "People and roles",
	"群众意见": "Opinions", "使用统计": "Usage", "重新打开意见": "opened a resident's voice again", "处理意见": "dealt with a resident's voice",
	"意见不需处理": "closed a resident's voice", "收到打不开的意见": "received a voice that cannot be opened", "%s 条": "%s of them", "导出意见": "exported what residents said",
	"刚刚": "just now", "%s前": "%s ago", "%d 秒": "%d s", "%d 分钟": "%d min", "%d 小时": "%d h", "%d 小时 %d 分": "%d h %d min",
	"%d 天": "%d days", "；": "; ", "、": ", ",

	// Signing in.
	"第一次使用": "First start", "建立第一个账号。它有全部权限，可以再为同事建立账号。": "Make the first account. It may do everything and can make accounts for colleagues.",
	"姓名": "Name", "账号": "Login", "密码": "Password", "密码（至少 10 个字符）": "Password (at least 10 characters)", "再输一次密码": "Password once more",
	"建立账号并登录": "Make the account and sign in", "登录": "Sign in",
	"还没有人注册。请打开程序启动时打印的地址，建立第一个账号。":  "Nobody has an account yet. Open the address that the program printed when it started to make the first one.",
	"账号或密码不对，请再试一次。":                 "Login or password is wrong. Please try again.",
	"密码错的次数太多，这个账号暂时锁定了，请过几分钟再试。":    "Too many wrong passwords: this account is locked for a while. Please try again in some minutes.",
	"两次输入的密码不一样。":                    "The two passwords differ.",
	"这个地址已经用过或过期了。请用程序最近一次启动时打印的地址。": "This address was used already or is too old. Use the one that the program printed when it last started.",
	"密码至少 10 个字符，并且不能与账号相同。":         "A password has at least 10 characters and is not the login.",
	"账号要 2 到 40 个字符，不能有空格和冒号。":       "A login has 2 to 40 characters without spaces and colons.",
	"这个账号已经有人用了。":                    "This login is taken.",

	// What was done.
	"账号已建立，欢迎使用。": "The account is made. Welcome.", "已发布，正在送到屏幕。": "Published; it is on its way to the screens.", "草稿已保存。": "The draft is saved.",
	"已下架，屏幕马上换掉；离线的屏重新连上后立即执行。": "Taken down. Screens drop it at once, those that are offline as soon as they are back.",
	"配对成功，屏幕正在下载内容。":            "Paired. The screen fetches its content.",
	"预警已发出，正在占满范围内的所有屏幕。":       "The alert is out and takes over every screen in its area.",
	"已发出解除，屏幕显示“解除”十分钟后恢复正常。":   "Lifted. Screens say so for ten minutes and then go on as usual.",
	"命令已发出，结果在下面。":              "The command is sent; its result is below.", "已保存。": "Saved.",

	// Errors.
	"您没有做这件事的权限": "You may not do this", "需要的话，请让管理员在“人员与权限”里给您加上角色。": "If you need to, ask an administrator to give you the role under People and roles.",
	"这个站点不归您管": "This site is not yours", "您只能管自己的站点和它下面的站点。": "You act at your own site and those below it only.",
	"这个请求来自别的网站，没有执行": "This request came from another site and was not carried out", "请回到本系统的页面再做一次。": "Go back to a page of this console and do it again.",
	"没有找到这个页面": "There is no such page", "它可能已经删除，或者地址写错了。": "It may be gone, or the address is wrong.",
	"别人刚刚改过，您的修改没有保存": "Somebody changed it meanwhile; yours is not saved", "请打开最新的一版，再改一次。": "Open the newest version and change that.",
	"须由另一人发布": "Another person must publish it", "草稿已保存，请另一位有发布权限的同事打开它并发布。": "The draft is saved. Ask a colleague who may publish to open it and publish it.",
	"这条内容不在发布中": "This notice is not in force", "它可能刚刚被别人下架。": "Somebody may have taken it down just now.",
	"总台正在停止": "The controller is stopping", "请过一会儿再试。": "Please try again in a while.",
	"这块屏不在线，命令没有发出": "The screen is offline; the command was not sent", "等它重新连上再试。": "Try again when it is back.",
	"尝试太多": "Too many attempts", "请等一分钟再试。": "Please try again in a minute.",
	"没有屏显示这个配对码": "No screen shows this code", "请再看一眼屏幕：码会定时更换。": "Look at the screen again: the code changes from time to time.",
	"这块屏还有命令没有执行完": "The screen has commands left to do", "需要先登录": "Please sign in first", "请登录后再试。": "Sign in and try again.",
	"内容太大，没有收下": "That is too much; it was not accepted", "请把正文分成几条发布。": "Please split the text into several notices.",
	"总台出了错": "The controller failed", "已经记录，请告诉技术人员；稍后可以再试。": "It is on record. Tell a technician; you can try again later.",

	// All screens.
	"块屏幕": "screens", "正常显示": "fine", "离线": "offline", "内容或设备要看一看": "need a look", "台设备在等配对": "devices wait to be paired", "还没有设备": "without a device",
	"搜索：名称、村、编号、故障": "Search: name, village, number, fault", "搜索屏幕": "Search screens", "有问题的": "In trouble", "触摸屏": "Touchscreen", "LED 屏": "LED board",
	"屏幕": "Screen", "所在地": "Where", "状态与原因": "State and cause", "正在显示": "Showing now", "内容": "Content", "负荷": "Load", "最后报告": "Last report",
	"差 %d 版": "%d behind", "最新": "newest", "没有符合的屏幕。": "No screen matches.", "还有 %d 块屏没有列出，请用搜索缩小范围。": "%d more screens are not listed; search to narrow.",
	"还没有屏幕。在机器上启动屏幕程序，然后在“配对新屏”里输入屏上的六位数字。": "There is no screen yet. Start the screen program on a machine, then enter the six digits that it shows under Pair a screen.",
	"%s：%d 块屏幕离线 %s": "%s: %d screens offline for %s", "屏幕仍在显示断线前的内容（截至 %s）。请先看电源和网线。": "They go on with what they had (as of %s). Check power and network first.",
	"联系：%s": "Call: %s", "首页（有人在用）": "Home (someone is there)", "栏目（有人在用）": "A column (someone is there)", "配对码": "Pairing code",
	"本站名片（没有可播的内容）": "The site's own card (nothing to play)", "识别画面": "Its own name", "CPU %d%%": "CPU %d%%", " · %d℃": " · %d °C",

	// One screen.
	"应该播什么，为什么": "What it should play, and why", "现在的级别：%s。": "Level now: %s. ", "到 %s 之前不会自己变化。": "Nothing changes by itself before %s.",
	"来自": "From", "停留": "Stays", "占满全屏": "whole screen", "看画面": "See it", "没有可播的内容，屏幕显示本站名片。": "There is nothing to play; the screen shows the site's own card.",
	"后面还有 %d 条": "%d more after these",
	"每条播放规则的结果": "What became of every rule", "命令": "Commands", "截屏": "Screenshot", "识别": "Identify", "重新加载": "Reload", "重启程序": "Restart",
	"“识别”让屏幕用大字显示自己的名字十秒。": "Identify makes the screen show its name in large type for ten seconds.",
	"应该显示的画面（与屏幕同一套像素）":    "What it should show (the very pixels)",
	"程序": "Program", "机器": "Machine", "一天内的处理器": "Processor, past day", "一天内的温度": "Temperature, past day", "最近的命令": "Latest commands", "最近的截屏": "Latest screenshot", "截屏 %s": "Screenshot %s",
	"内容版次": "Revisions", "频道": "Channel", "应有": "Wants", "已有": "Has", "未换上": "not yet", "这块屏的频道还没有发布过内容。": "Nothing was published on this screen's channels yet.",
	"显示记录": "Record of display", "共 %d 条，最近的在前": "%d rows, the latest first", "还没有收到显示记录。": "No record of display has come in yet.",
	"还没有任何一期内容，屏幕显示本站名片。": "There is no edition yet; the screen shows the site's own card.",
	"紧急": "urgent", "日常": "normal", "垫播": "filler", "正在播": "plays", "让位给更高级别": "gives way to a higher level", "不在日期内": "outside its dates", "不在时段内": "outside its hours",
	"不是这种日子": "not this kind of day", "不给这块屏": "not for this screen", "（预警）": " (alerts)",
	"处理器": "Processor", "内存": "Memory", "本程序内存": "Own memory", "磁盘剩余": "Disk free", "温度": "Temperature", "已开机": "Up for", "程序已运行": "Running for", "时钟偏差": "Clock off by", "%.1f 秒": "%.1f s",
	"画一帧": "One frame", "信息截至": "Content as of", "轮播": "loop", "有人翻看": "being read", "没有回音": "no answer", "等待结果": "waiting", "完成": "done", "失败：%s": "failed: %s",

	// Pairing.
	"屏上显示的六位数字": "The six digits on the screen", "这是哪块屏": "Which screen is it", "新的一块屏，在下面填写": "A new one, described below", "请选择": "Choose", "名称": "Name", "例如：一楼大厅 1 号触摸屏": "For example: Hall, touchscreen 1",
	"位置": "Place", "例如：一楼大厅": "For example: ground floor hall", "在室外（含个人信息的内容只显示合计）": "Outdoors (of what names people, totals only)", "确认配对": "Pair",
	"等待配对的设备": "Devices that wait", "地址": "Address", "指纹": "Fingerprint", "码还有效": "Code good for", "配对码只显示在屏幕上：站在屏前的人才能配对。": "The code is on the screen only: whoever pairs it stands before it.",
	"现在没有设备在等。在机器上启动屏幕程序，让它连到这个总台，屏上就会出现六位数字。": "No device waits now. Start the screen program on a machine and let it connect here: six digits appear on the screen.",
	"请输入屏上显示的六位数字": "Enter the six digits that the screen shows", "请给这块屏起个名字，例如“一楼大厅 1 号触摸屏”": "Give the screen a name, for example Hall, touchscreen 1", "请选择站点": "Choose a site",
	"没有屏显示这个配对码，请再看一眼屏幕：码会定时更换。": "No screen shows this code. Look again: it changes from time to time.", "尝试太多，请等一分钟再试。": "Too many attempts. Please wait a minute.",

	// Notices.
	"搜索标题": "Search titles", "全部种类": "All kinds", "站点": "Site", "全部站点": "All sites", "全部状态": "All states", "种类": "Kind", "状态": "State", "查找": "Find", "全部显示": "Show all", "标题": "Title", "栏目": "Column", "版本": "Version", "更新": "Changed",
	"另有草稿": "and a draft", "第 %d–%d 条，共 %d 条": "%d–%d of %d", "上一页": "Previous", "下一页": "Next", "没有符合的内容。": "Nothing matches.", "还没有发布过内容。": "Nothing was published yet.",
	"公告": "Announcement", "办事指南": "Service guide", "资金公示": "Fund notice", "图文": "Pictures", "已到期": "Expired", "发布中": "In force", "草稿": "Draft", "已下架": "Taken down", "已替换": "Replaced",

	// One notice.
	"第 %d 版是草稿": "version %d is a draft", "显示时间": "Shown", "朗读：已生成 %s": "Read aloud: recorded, %s", "%d 分 %d 秒": "%d min %d s",
	"朗读：没有。总台没有装语音程序，触摸屏只显示文字。": "Read aloud: no. The controller has no voice installed; touchscreens show the text only.",
	"朗读：正在生成，好了会自动送到触摸屏。":       "Read aloud: being recorded; touchscreens get it by themselves.",
	"发布第 %d 版": "Publish version %d", "修改": "Change", "下架原因": "Why it is taken down", "立即下架": "Take down now",
	"在哪里，显示了多久": "Where and how long it was up", "块屏显示过": "screens showed it", "累计显示": "on display in all", "有显示的天数": "days with display", "块屏已收到": "screens have it", "块屏还没收到": "screens do not yet",
	"次数": "Times", "时长": "Time", "天数": "Days", "首次": "First", "最近": "Last", "范围内还没有屏幕。": "There is no screen in its area yet.", "〔图〕": "[picture] ", "第 %d 版": "Revision %d",
	"天": "days", "个工作日": "working days", "公示期从 %s 起 %d %s": "Posting period from %s: %d %s", "发布后长期显示": "From publication on", "发布后显示到 %s": "From publication until %s", "从 %s 起长期显示": "From %s on", "在触摸屏上的样子（%s）": "On a touchscreen (%s)", "在 LED 屏上的样子（%s）": "On an LED board (%s)", "%s 至 %s": "%s to %s",
	"已显示": "was shown", "已到屏，等待轮到": "there, waits its turn", "已撤下": "gone", "离线，自 %s": "offline since %s", "正在下载": "fetching",
	"适用对象": "Who may apply", "承诺时限": "Time limit", "收费": "Fee", "地点": "Place", "时间": "Time", "咨询电话": "Telephone", "投诉电话": "Complaints", "办理条件": "Conditions", "%s（原件 %d，复印件 %d）": "%s (originals %d, copies %d)",
	"申请材料": "Materials", "办理步骤": "Steps", "数量限制": "Quota", "办理依据": "Basis", "温馨提示": "Tips", "总额": "Total", "时期": "Period", "用途": "Purpose", "标准": "Standard", "资金来源": "Sources", "拨付情况": "Payment", "合计": "Total",
	"请写明下架原因，它会记进登记簿。": "Say why it is taken down; it goes into the register.",
	"范围内还没有触摸屏，样例 %s":  "No touchscreen in its area yet; as on %s", "范围内还没有 LED 屏，样例 %s": "No LED board in its area yet; as on %s", "将显示在 %d 台触摸屏（%s）": "On %d touchscreens (%s)", "将显示在 %d 块 LED 屏（%s）": "On %d LED boards (%s)",

	// Writing.
	"修改公告": "Change a notice", "发布前要处理 %d 处。": "%d things to put right before it can go out.", "字库里没有这些字：": "No typeface has these characters: ",
	"别人刚刚保存了新的一版，您的修改没有保存；您写的都还在下面。": "Somebody saved a newer version just now; yours is not saved. All that you wrote is still below.", "看新的一版": "See the newer version",
	"体裁": "Genre", "站点（它和下面的屏都显示）": "Site (its screens and all below)", "发布机构": "Issuer", "文号": "Document number", "发布日期": "Date of issue",
	"正文": "Text", "一行一段；“# ”开头是小标题，“- ”开头是列表": "A paragraph to a line; “# ” begins a heading, “- ” a list item", "LED 短文": "Text for LED boards", "不写就用标题和摘要": "title and summary when empty",
	"摘要": "Summary", "用大白话说清楚：什么事、和谁有关、什么时候": "in plain words: what, for whom, when", "上屏时间": "From", "下屏时间": "Until", "监督电话": "Hotline", "公示期": "Posting period", "从": "From", "按工作日算": "counted in working days",
	"怎样提出异议": "How to object", "含个人信息（室外大屏只显示合计，不显示名单）": "Names people (outdoor boards show totals, never names)", "发布": "Publish", "存草稿": "Save as draft",
	"第 %d 行：": "Line %d: ", "共 %d 页，一轮 %d 秒": "%d pages, once round in %d s", "在 LED 屏上": "On LED boards", "第 %d 页，%d 秒": "Page %d, %d s", "走字，%d 秒": "running text, %d s", "（下面是前 %d 页）": " (the first %d are below)",
	"，最远 %d 米能看清": ", read well from up to %d m", "%s：%d 页 %d 秒": "%s: %d pages, %d s",
	"在 %s 的屏上要 %d 秒，别的内容要等很久。请写一段 LED 短文，或者写短些。": "On the board of %s it takes %d s and all else waits. Write a short text for LED boards, or a shorter one.", "没有发现问题，可以发布。": "Nothing is wrong; it can go out.",

	"：到下屏时间为止只播这一条，其他内容让位（预警除外），最长 7 天": ": until it ends it plays alone, everything but alerts gives way; 7 days at most", "没有可播的内容": "has nothing to play",

	// Alerts.
	"已解除": "Lifted", "演练": "EXERCISE", "%s：%d 块屏；%s 起，%s 自动结束": "%s: %d screens; since %s, ends by itself at %s", "解除": "Lift", "现在没有生效的预警。": "No alert is in force.", "发出预警": "Raise an alert",
	"站点（它和下面的屏全部占满）": "Site (takes over its screens and all below)", "多久后自动结束": "Ends by itself after", "级别": "Level", "该怎么做": "What to do", "第一句话，最短：群众马上要做的事": "first and short: what people do at once",
	"不写就由站点、种类、级别组成": "site, type and level when empty", "影响范围": "Area", "不写就是整个站点": "the whole site when empty", "电话": "Telephone", "不写就用站点的": "the site's when empty", "政府措施": "Measures", "详情": "Detail",
	"这是演练": "This is an exercise", "：每一页都写明“演练”": ": every page says so", "立即发出": "Raise it now", "红色预警": "Red alert", "橙色预警": "Orange alert", "黄色预警": "Yellow alert", "蓝色预警": "Blue alert",
	"发出后立即占满 %s 及以下的屏幕。": "It takes over the screens of %s and below at once.",

	// The register and people.
	"谁在什么时候做了什么。记下的不能改，也不能删。": "Who did what, when. Lines can be neither changed nor removed.", "谁": "Who", "做了什么": "Did", "对象": "What", "说明": "Detail", "最新的": "Newest", "更早的": "Earlier", "没有记录。": "There is nothing.",
	"系统": "system", "接口令牌 %s": "API token %s", "发布新版本": "published a new version", "下架": "took down", "导入": "imported", "改站点": "changed a site", "配对屏幕": "paired a screen", "添加屏幕": "added a screen", "改屏幕设置": "changed a screen",
	"移除屏幕": "removed a screen", "让屏幕重新加载": "reloaded a screen", "重启屏幕程序": "restarted a screen", "让屏幕显示名字": "identified a screen", "密码错太多，账号锁定": "locked after wrong passwords", "建立第一个账号": "made the first account",
	"改账号": "changed an account", "改密码": "set a password", "建立接口令牌": "made an API token", "作废接口令牌": "revoked an API token", "建立账号": "Make the account",
	"管哪里": "Acts at", "角色": "Roles", "已停用": "disabled", "锁定到 %s": "locked until %s", "新密码（不改就留空）": "New password (empty leaves it)", "停用这个账号": "Disable this account", "保存": "Save", "新的账号": "A new account",
	"起草": "Drafter", "审核": "Reviewer", "保密审查": "Secrecy reviewer", "运维": "Technician", "督查": "Auditor",
	"不能停用自己，也不能去掉自己的管理权限。": "You cannot disable yourself or give up your own administration.", "请填写姓名。": "A name is required.",

	// What residents say.
	"意见和异议": "Opinions and objections", "满意度": "Satisfaction", "其中异议": "of them objections", "异议已超期": "objections overdue", "本月收到": "received this month",
	"待处理": "waiting", "已处理": "dealt with", "不需处理": "nothing to do", "异议": "Objection", "意见": "Opinion", "评价": "Rating",
	"不满意": "Dissatisfied", "一般": "So-so", "满意": "Satisfied", "满意率": "Satisfied", "评价次数": "ratings",
	"已超期 %d 天": "%d days overdue", "今天到期": "due today", "%s前答复": "answer by %s",
	"搜索：内容、标题、编号": "Search: words, title, number", "搜索意见": "Search what residents say", "导出表格": "Export table", "说了什么": "What was said",
	"编号": "Number", "：": ": ", "关于《%s》": "About “%s”", "只看关于《%s》的。": "Only about “%s”.",
	"没有符合的意见。": "Nothing matches.", "还没有人提意见。触摸屏上的“意见箱”和公示页的“异议”会送到这里。": "Nobody has said anything yet. What is said at the opinion box and to postings at touchscreens arrives here.",
	"%s %s": "%s %s", "异议要在收到后三个工作日内答复。": "Objections are to be answered within three working days.", "没有写文字。": "Nothing was written.",
	"关于哪一条": "About", "（第 %d 版）": "(version %d)", "还有 %d 条关于它的意见": "%d more about it", "联系方式": "Contact",
	"没有留，或者办结半年后已经删除。": "None given, or removed half a year after it was dealt with.", "办结半年后自动删除。": "Removed half a year after it is dealt with.",
	"没有留，不必答复本人。": "None given; no answer to the person is needed.", "留了，办理的人才看得到。": "Given; only those who deal with it see it.",
	"总台收到": "Arrived", "屏幕当时连不上网络，意见先存在屏里。": "The screen had no network then and kept it.",
	"处理": "What was done", "怎么处理的": "What was done about it", "标为已处理": "Mark as dealt with", "重新打开": "Open again",
	"谁在什么时候处理的，会记进登记簿。": "Who dealt with it and when goes into the register.", "还没有人处理。": "Nobody has dealt with it yet.",
	"请写明怎么处理的，或者为什么不需处理，最多 %d 个字。": "Please write what was done, or why nothing needs to be done, in at most %d characters.",
	"整块屏幕，没有说是哪一条":                 "The screen itself, no notice in particular", "最近 %d 天": "Last %d days", "这段时间没有人评价。": "Nobody gave a rating in this time.",
	"期限": "Due", "选项": "Chosen", "处理情况": "What was done", "处理人": "By", "处理时间": "When",

	// Usage.
	"公开查阅人次": "sessions", "打开内容": "notices opened", "每人次 %s 条": "%s a session", "搜索": "searches", "没找到": "found nothing", "占搜索 %s": "%s of searches",
	"扫码带走": "QR codes", "打印（张）": "sheets printed", "放大字": "Larger text", "朗读": "Read aloud", "高对比": "High contrast", "低位": "Low mode", "英文": "English",
	"走开了没按结束": "Walked away", "最多的一天：%s，%s 人次": "Busiest day: %s, %s sessions", "每天的人次": "Sessions by day", "看全部屏幕": "All screens together",
	"日期要写成 2026-11-22 的样子。": "Write a date like 2026-11-22.", "开始的日期在结束之后。": "The first day is after the last.", "一次最多看三年。": "Three years at a time at most.",
	"今年": "This year", "去年": "Last year", "从哪一天": "First day", "到哪一天": "Last day",
	"看得最多的内容": "Read most", "没有打开过内容。": "No notice was opened.", "找了没找到": "Looked for and not found", "群众关心什么，就公开什么": "what people care about is what to publish next",
	"输入的拼音或笔画": "Pinyin or strokes as typed", "出现天数": "Days", "屏幕数": "Screens", "每次搜索都有结果。": "Every search found something.", "各屏": "By screen",
	"人次": "Sessions", "这段时间没有统计。触摸屏每五分钟报一次；只数次数，不记录是谁。": "Nothing was counted in this time. Touchscreens report every five minutes; they count how often, never who.",

	// The programme: rules and playlists.
	"播放安排": "Programme", "改播放安排": "changed a programme", "已保存，新的安排正在送到屏幕。": "Saved; the new programme is on its way to the screens.", "活动": "campaign", "打开": "Open",
	"规则：什么时候、在哪里、播哪个播放单": "Rules: when and where which playlist plays", "加一条规则": "Add a rule", "规则": "Rule", "什么时候": "When", "播放单": "Playlist", "在哪里": "Where",
	"标签：%s": "tags: %s", "还没有规则。没有规则时，屏幕自动轮流播本单位最新发布的 12 条。": "There is no rule yet. Without one screens play the newest 12 notices of the site in turn.",
	"播放单：播什么": "Playlists: what plays", "加一个播放单": "Add a playlist", "用它的规则": "Rules with it", "还有 %d 条": "%d more", "没有规则用它": "no rule plays it", "还没有播放单。": "There is no playlist yet.",
	"LED 屏现在的一轮": "Once round the LED boards now", "每块屏最多 3 分钟一轮，路过的人才等得到": "three minutes at most, so that who walks past sees it", "还有 %d 块 LED 屏没有列出；各屏的页面上有自己的预报。": "%d more boards are not listed; each has its own forecast.",
	"这一轮 %s / 最多 3 分钟": "Once round in %s, 3 min at most", "现在在播": "plays now", "现在在播，到 %s": "plays now, until %s", "不会再播": "never plays again", "下一次：%s": "next: %s",
	"%d 台触摸屏": "%d touchscreens", "%d 块 LED 屏": "%d LED boards", "没有一块屏": "no screen", "所有触摸屏": "all touchscreens", "所有 LED 屏": "all LED boards", "（%d 秒）": " (%d s)", "最新 %d 条%s": "the newest %d of: %s", "（%s）": " (%s)",
	"改播放规则": "Change a rule", "加一条播放规则": "Add a rule to the programme", "例如：每月最后一个星期五放安全提示": "For example: safety advice every last Friday",
	"和别的日常内容轮流": "in turn with the other normal ones", "期间代替日常内容，过后恢复，例如 5·15 政务公开日": "replaces what is normal while it lasts, for example the disclosure day 5·15", "只播它，别的都让位": "plays alone, all else gives way", "没有别的可播时才播": "only when there is nothing else",
	"哪些日子": "On which days", "每天": "Every day", "工作日（含调休上班）": "Working days, make-up ones too", "休息日（周末和放假）": "Days off: weekends and holidays", "法定节假日": "Public holidays", "星期几": "On", "每": "every", "每几周": "every how many weeks", "周一次": "weeks",
	"每月": "Every month", "第几个": "which one", "第 %d 个": "number %d", "最后一个": "the last", "每月几日": "Day of the month", "最后一天": "the last day", "每年": "Every year", "月": "month", "日": "day", "照原来的：%s": "as it was: %s",
	"从哪一天起": "From", "到什么时候": "Until", "一直播下去": "For good", "到这一天（含）": "Until this day, with it", "公示期天数": "Days of the posting period", "怎样数": "How they are counted", "个自然日": "calendar days",
	"一天里的时段": "Times of day", "不填就是全天；可以过夜，例如 22:00 到 06:00": "all day when empty; may pass midnight, for example 22:00 to 06:00", "开始": "Start", "到": "to", "结束": "End",
	"在哪些屏上播": "On which screens", "都不勾就是所有屏；勾几个就要每个都有": "none ticked: all screens; of several a screen must carry each", "别的标签": "Other tags", "用顿号分开": "separated by commas", "同级别里占的时间": "Share of time in its level", "和别的一样多": "as much as the others", "是别的 %d 倍": "%d times as much",
	"；在 %s 上播。": "; on %s. ", "现在就在时间内。": "It would play now. ", "接下来：%s。": "Next: %s.", "这样写永远不会播，请检查日期。": "Like this it never plays: look at the dates.", "没有发现问题，可以保存。": "Nothing is wrong; it can be saved.", "保存前要处理 %d 处。": "%d things to put right before it can be saved.", "不改了": "Leave it", "删除这条规则": "Delete this rule",
	"改播放单": "Change a playlist", "原来的几个栏目": "the columns as they were", "共 %d 条固定内容。": "%d fixed notices. ", "走一遍：%s；每块屏的一轮最多 3 分钟。": "Once through: %s; a board goes round in three minutes at most.", "在 %s 的 LED 屏上 %s": "on LED boards of %s %s", "，": ", ",
	"例如：大屏短讯": "For example: in brief", "固定内容之后，再播最新几条": "After the fixed ones, how many of the newest", "不填就不播": "none when empty", "全部栏目": "All columns", "最新内容的种类": "Kinds of the newest", "都不勾就是全部": "none ticked: all", "固定内容": "Fixed notices",
	"给要播的填上次序 1、2、3……；秒数不填，就按字数算": "give an order 1, 2, 3 to those that play; without seconds the text decides", "次序": "Order", "秒数": "Seconds", "“%s”的次序": "Order of “%s”", "“%s”的秒数": "Seconds of “%s”", "自动": "auto",
	"这个站点还没有发布中的内容。": "The site has no notice in force yet.", "有 %d 条规则在用，不能删除": "%d rules play it; it cannot be deleted", "删除这个播放单": "Delete this playlist",
	"%d 条排不下，没有播": "%d find no room and do not play", "一轮最多 3 分钟，“最新几条”里排在后面的让出来。要播它们，请写短些，或者另定一个时段。": "Once round takes three minutes at most; of the newest notices the last ones give way. To show them write them shorter or give them hours of their own.",

	// A screen's data.
	"改数据": "Change its data", "改“%s”的数据": "Data of “%s”", "回到这块屏": "Back to the screen", "已保存，设置正在送到屏幕。": "Saved; the settings are on their way to the screen.", "中文": "Chinese", "单色（红）": "single (red)", "双色（红、绿、黄）": "dual (red, green, yellow)", "全彩": "full colour",
	"公告轮播": "notices", "单位名称": "name of the site", "时钟": "clock", "日期和农历": "date, lunar too", "栏目里最新一条": "newest of a column", "黄色和蓝色预警": "yellow and blue alerts",
	"填上发光区的毫米尺寸，就能算出字要多大。": "With the size in millimetres it can be told how large characters must be.", "点距 %s 毫米；这块屏最大能放 %d 点的字，最远 %d 米能看清。": "Dots are %s mm apart; the largest characters that fit have %d dots and read well from %d m. ", "给 %d 米处的人看，建议字高 ≥ %d 点。": "For readers %d m away characters should have %d dots or more.",
	"站点没有填经纬度，日出日落按 6:00 和 18:00 算。": "The site has no latitude and longitude; the sun is taken to rise at 6:00 and to set at 18:00.", "今天约 %s 日出，%s 日落。": "Today the sun rises about %s and sets about %s.", "保存后的样子（%s）": "As it will look (%s)",
	"语言": "Language", "标签": "Tags", "播放规则按它选屏，用顿号分开": "rules choose screens by them; separated by commas", "点数，宽 × 高": "Dots, across × down", "像素，宽 × 高": "Pixels, across × down", "高": "down", "发光区毫米，宽 × 高": "Lit area in mm, across × down", "高（毫米）": "down in mm", "下沿离地（毫米）": "Lower edge above the floor (mm)", "灯点颜色": "Colours", "最远的读者（米）": "Farthest reader (m)",
	"版面": "Layout", "自己划分（下面的表）": "My own, in the table below", "天气或提示取自栏目": "Column of the weather or a hint", "六版块用": "for six zones", "不用": "none", "标语取自栏目": "Column of the slogan", "同步显示的一对屏": "A pair in step", "两块屏写同一个名字": "both boards bear the same name", "自己划分：每块的位置和大小，以灯点计，左上角是 0, 0": "My own: place and size of each in dots, the upper left is 0, 0", "显示什么": "What", "左": "x", "上": "y", "宽": "width", "（没有）": "(none)",
	"亮度": "Light", "怎样变化": "How it changes", "一直用白天的亮度": "by day always", "随日出日落在白天和夜间之间变": "between day and night with the sun", "按时间表": "by timetable", "白天 %": "Day %", "夜间 %": "Night %", "夜间上限 %": "Night cap %", "不限": "none", "熄屏时段": "Dark hours", "红色、橙色预警照常亮": "red and orange alerts light up all the same", "时间表：从几点起，亮度百分之几": "Timetable: from when, how many per cent", "从几点起": "From when", "亮度百分之几": "Per cent", "今天的亮度": "Light today",

	// The forecast.
	"播放预报": "Forecast", "哪一刻": "When", "看": "Look", "现在": "Now", "级别：%s。": "Level: %s. ", "没有规则在播，屏幕显示本站名片。": "No rule plays; the screen shows the site's own card. ", "由这些规则选定：": "Chosen by: ", "。": ". ", "此后不会自己变化。": "It does not change by itself after that.",
	"每条规则那时怎样，为什么": "What becomes of every rule then, and why", "结果": "Result", "为什么": "Why", "让位给：%s": "gives way to: %s", "还没有规则。": "There is no rule yet.", "今后 30 天": "The next 30 days", "点一下看那一刻": "click for that moment", "把鼠标移到色条上，或用 Tab 键走过去，这里写着那段时间播什么。": "Point at a bar, or walk there with the Tab key: here it says what plays then.", "休": "off",
	"本站名片": "the site's own card", "只显示合计": "totals only", "别的时间播什么": "What plays at other times", "本单位最新发布": "newest notices of the site",
	"只列出最近改过的 300 条。": "Only the 300 that were changed last are listed.", "在预警条里": "in its strip",
}
