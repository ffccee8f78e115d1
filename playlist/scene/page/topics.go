package page

// Topics returns what can be chosen on a form instead of typing: of an opinion,
// or of an objection to a notice. A voice carries the Chinese words whatever the
// language of the page.
func Topics(lang string, objection bool) []string {
	switch {
	case objection && lang == "en":
		return []string{"Wrong name", "Wrong amount", "Someone is missing", "Wrongly included", "Something else"}
	case objection:
		return []string{"名单不对", "金额不对", "漏了人", "有人不该享受", "其他"}
	case lang == "en":
		return []string{"Service", "Waiting time", "Hard to understand", "The screen", "Village affairs", "Something else"}
	}
	return []string{"服务态度", "办事太慢", "看不明白", "屏幕不好用", "村里的事", "其他"}
}
