package console

// englishTold has the messages of who is told of warnings, and how that went.
var englishTold = map[string]string{
	"谁收到告警": "Who is told", "在总台配置 [watch] recipients 里改，改完重启总台。": "Set in [watch] recipients of the controller's configuration; restart it afterwards.",
	"没有设置收件人：出了事，只有打开这个控制台的人才知道。": "Nobody is set: when something goes wrong only those who have this console open know.",
	"发给谁": "To", "哪里的告警": "Warnings of", "送到了吗": "Delivered", "最近送到": "Last delivered", "试发": "Try", "试发给 %s": "Try %s", "什么时候发": "When", "网络回调": "Webhook", "邮件": "Mail",
	"没有送到": "Not delivered", "没有送到，%s 再送": "Not delivered, again at %s", "%d 条在路上": "%d on {its|their} way", "还没有发过": "Nothing sent yet", "送到了": "Delivered",
	"那台机器上没有这个服务：请看它是否在运行，端口对不对。":     "There is no such service on that machine: see whether it runs, and whether the port is right.",
	"找不到这个名字的机器：请看名字有没有写错，总台能不能解析域名。": "No machine of that name is found: see whether it is spelt right, and whether the controller can look names up.",
	"对方的证书不可信或已过期。":                   "The certificate of the other side is not trusted, or has expired.", "邮件服务器不认账号或密码。": "The mail server does not take the account or the password.", "连不上：请看总台的网络和防火墙。": "It cannot be reached: see the controller's network and the firewall.",
	"所有告警都发。": "All warnings are sent.", "“%s”和更重的才发；轻的只在这个控制台上。": "From the severity “%s” on; lighter ones are on this console only.",
	"%s 到 %s 不紧急的邮件等到早上再发。":                "From %s to %s mails about what is not urgent wait until the morning.",
	"同一个地址一分钟最多一封邮件，几条告警合在一起；没送到的一天内反复再送。": "At most one mail a minute to an address, with several warnings in it; what does not arrive is sent again for a day.",
	"上一条试发还没有送到，不用再点。":                     "The trial before has not arrived yet; there is no need for another.", "总台的设置里没有这个收件人。": "The controller's settings have no such recipient.",
	"试发的已经上路，一两分钟内送到；结果看下面。": "It is on its way and should arrive within two minutes; see below.", "告警没有送到": "Warnings do not get through", "看原因": "See why",
}
