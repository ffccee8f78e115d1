package console

// englishGuard has the messages of findings and the lists of words.
var englishGuard = map[string]string{
	"保留，并说明理由": "Keep it and say why",

	"错敏词": "Words to watch", "词表": "Lists", "在线内容排查": "Check published notices",
	"写稿、审核和排查时都会查这些词。本单位的词表盖过内置词表；上级站点的词对下级也有效。": "These words are looked for while writing, in review and in published notices. The office's list overrides the built-in list; a site's words also apply to the sites below it.",
	"本单位 %d 个": "Office list: %d", "内置 %d 个": "Built-in: %d", "内置": "built in", "查找词": "Find a word",
	"词": "Word", "应为": "Should be", "类别": "Kind", "程度": "Severity", "查到时": "When found", "在这些词里是对的": "Correct within these words",
	"敏感": "Sensitive", "易错": "Mistyped", "必须改": "must be changed", "提醒": "a reminder", "改正或说明理由": "correct it or say why", "停用": "off",
	"修改 %s": "Edit %s", "修改“%s”": "Edit “%s”", "没有这个词。": "There is no such word.", "本单位还没有自己的词。内置词表已经在用。": "The office has no words of its own yet. The built-in list is in use.",
	"加一个词": "Add a word", "应为（几个用顿号隔开）": "Should be (use commas)", "站点（它和下面的站点都查）": "Site (applies there and below)",
	"停用：不查这个词，内置的也不查": "Off: do not look for this word, even if it is built in", "从本单位词表删去": "Remove from the office list",
	"试一试": "Try it", "贴一段文字，看会查到什么（不保存）": "Paste some text to see what would be found (nothing is saved)", "查一查": "Check", "没有查到什么。": "Nothing found.",
	"一次导入许多词": "Import many words at once", "一行一个词，用制表符隔开：词、应为、说明（可从 Excel 直接粘贴）": "One word per line, separated by tabs: word, what it should be, details (paste straight from Excel)",
	"有 %d 行看不懂，一个词也没有导入。请改好再导入。": "%d {line|lines} could not be read, so no words were imported. Correct them and try again.", "没有可以导入的行。": "There are no lines to import.", "已导入 %d 个词，其中新增 %d 个。": "%d {word|words} imported, %d of them new.",
	"请填写要查找的词": "Enter the word to look for", "“应为”和词一样": "This is the same as the word itself", "“%s”里没有“%s”，不能作为例外": "“%s” does not contain “%s”, so it cannot be an exception", "词最多 40 个字，写在一行里": "A word may have 40 characters at most, on one line",
	"词表已保存，下一次检查就用新的。": "The list has been saved; the next check uses it.",

	"把正在公开的全部内容再查一遍：个人信息、错敏词、数字和重复发布。": "Check everything that is published once more: personal data, words to watch, figures and duplicates.",
	"开始排查": "Start the check", "再查一遍": "Check again", "还没有查过。": "No check has been made yet.", "正在查，已查": "Checking; done so far", "查了": "Checked", "有发现的内容": "Notices with findings", "要处理的发现": "Findings to deal with", "开始时间": "Started",
	"没有查完，请再查一遍；还不行就告诉技术人员。": "The check did not finish. Try again; if it still fails, tell a technician.", "没有发现问题。": "No problems found.", "还有 %d 条没有列出，先处理上面的，再查一遍。": "%d more are not listed; deal with those above, then check again.",
}
