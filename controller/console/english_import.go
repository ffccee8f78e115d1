package console

// englishImport has the messages of the lists that come in from sheets beside
// service guides: households, duty rosters, departments, people.
var englishImport = map[string]string{
	"已有 Excel 表？从表格导入：": "Have it in Excel? Import ", "从表格导入": "From a sheet",
	"放进哪一条": "Into which notice", "选已有的，就和它比": "One that is there is compared with the list", "请指出哪一列是“%s”。": "Say which column is “%s”.",
	"减少": "Gone", "公式出错": "the formula failed", "%s太长，最多 %d 个字": "%s: at most %d characters", "和第 %d 行重复": "the same as row %d",
	"没有叫“%s”的站点，或者不归您管": "there is no site “%s”, or it is not yours to manage", "叫“%s”的站点不止一个，请写站点编号": "several sites are called “%s”; write the ID of the site",

	// Departments and people.
	"从表格导入部门": "Departments from a sheet", "先试运行，看清楚会加哪些、改哪些；确认后才保存。": "A dry run shows what would be added and changed; nothing is saved before you confirm.",
	"一行一个部门": "One row each", "第一行是表头：部门名称、站点、分管领导、电话。列的先后、叫法都可以不一样；没写站点的归到下一步选的站点。": "The first row has the headings: department, site, head, telephone. Columns may come in any order and under other names; a row without a site goes to the site chosen in the next step.",
	"部门模板": "Template of departments", "保存 %d 个部门": "Save %d departments", "已保存：新增 %d 个，修改 %d 个；没有导入 %d 个。": "Saved: %d new, %d changed; %d were not imported.",
	"去看部门": "See the departments", "没有部门名称": "there is no name of a department",
	"从表格导入人员": "People from a sheet", "先试运行，看清楚会开哪些账号；确认后显示第一次用的密码，只显示一次，可以打印。": "A dry run shows which accounts would be made; after you confirm, the first passwords are shown once, to be printed.",
	"一行一个人": "One row each", "第一行是表头：姓名、账号、部门、站点、角色、电话。角色用字写：起草、初审、复审、保密审查、发布、运维、督查、管理，几个角色用顿号隔开。": "The first row has the headings: name, login, department, site, roles, telephone. Roles are written in words, separated by commas, as on the page of people.",
	"部门要先有": "Departments come first", "部门按名称找，要先导入或加上。已有的账号按表修改，密码不变。一次最多保存 %d 个账号，多的接着按一次。": "Departments are found by name, so import or add them first. Accounts that exist are changed and keep their passwords. At most %d accounts are saved at once; press again for the rest.",
	"人员模板": "Template of people", "（没有姓名）": "(no name)", "保存 %d 个账号": "Save %d accounts", "去看人员": "See the people", "开了 %d 个账号": "%d accounts were made",
	"账号和第 %d 行一样": "the same login as row %d", "没有姓名": "there is no name", "不能这样修改自己的账号": "your own account cannot be changed this way",
	"没有叫“%s”的部门，请先导入部门": "there is no department “%s”; import the departments first", "几个站点都有“%s”，请写明站点": "several sites have “%s”; name the site",
	"没有叫“%s”的角色": "there is no role “%s”", "不归您管的站点或部门": "this site or department is not yours to manage",

	// Households.
	"分户名单": "Households", "从表格导入分户名单": "Households from a sheet",
	"放进一条资金公示的分户表。身份证号、手机号、银行卡号不导入，姓名遮盖；先看清楚新增、变动、减少了哪些户。": "Goes into the household table of a fund notice. Identity, telephone and card numbers are left out and names are masked; first see which households are new, changed or gone.",
	"一行一户": "One row each", "表头写村（社区）、户主姓名、面积、金额……，两行表头、合并的格子、合计行都可以。村名和站点核对，写错的指出来。": "Headings are village, householder, area, amount and so on; two rows of headings, merged cells and total rows are fine. Villages are matched with sites, and names that are none are pointed out.",
	"没有一列是“%s”，请回到上一步指出来。": "No column is “%s”; go back and say which it is.",
	"重新导入": "Again", "选已有的资金公示，就和它现在的名单比：新增、变动、减少的户一行一行列出来，确认后整张换成新的。": "Choose a fund notice that is there to compare with its list: households that are new, changed or gone are shown row by row, and the whole table is replaced when you confirm.",
	"分户名单模板": "Template of households", "户": "Household", "放进公示草稿（改 %d 户）": "Put into the draft (%d households differ)", "新写一条资金公示": "A new fund notice",
	"%s（%s，%s 修改）": "%s (%s, changed %s)", "没有叫“%s”的村（社区）": "there is no village “%s”", "没有%s": "no %s", "%s“%s”不是数字": "%s “%s” is no number",

	// Duty rosters.
	"从表格导入值班表": "A duty roster from a sheet", "先看清楚哪些天是新的、哪些天换了人；确认后存成草稿，照常送审。": "First see which days are new and which have other people; what you confirm becomes a draft that goes to review.",
	"一行一天": "One row a day", "第一行是表头：日期、带班领导、值班人员、夜班人员、电话。日期写 12月1日、2026-12-01 都可以。": "The first row has the headings: day, leader, on duty, at night, telephone. A day is written 2026-12-01, or as month and day.",
	"接着排": "Going on", "选已有的值班表，只换表里有的那些天，其余的天不动。": "Choose a roster that is there: only the days of the list are changed, the others stay.",
	"值班表模板": "Template of duty rosters", "（没有日期）": "(no day)", "放进值班表草稿（%d 天）": "Put into the draft (%d days)", "新写一张值班表": "A new duty roster",
	"没有日期": "there is no day", "日期应写成 2026-12-01 或 12月1日": "a day is written 2026-12-01", "和第 %d 行是同一天": "the same day as row %d", "没有值班人员": "nobody is on duty", "一张值班表最多 %d 天": "a roster has at most %d days",

	// People are entered all or none, in the background.
	"正在保存账号": "Saving accounts", "进度": "Progress", "准备好 %d 个，共 %d 个": "%d of %d ready", "全部准备好才一起保存。可以离开这一页，过一会儿再回来。": "All are saved together once all are ready. You may leave this page and come back later.",
	"已保存 %d 个账号。": "%d {account was|accounts were} saved.", "看第一次用的密码": "See the first passwords",
	"请打印或抄下来，当面交给本人。这一页能看到 %s，按“继续”就没有了。": "Print or write them down and hand them over in person. This page can be seen until %s; “Continue” removes it.",
	"一个账号也没有保存": "No account was saved", "第 %d 行：%s": "Row %d: %s", "这一行刚刚被别人改过。": "Somebody has just changed this row.", "回到试运行": "Back to the dry run",
	"名单里的人要么都保存，要么都不保存：表格没有动，改好这一行再来一次。": "The people of a list are saved all or none. Mend this row and try again.",
	"程序停下了，或者磁盘出了错。请再按一次；还不行就告诉技术人员。":    "The program stopped or the disk failed. Try again; if that does not help, tell a technician.",
	"正在保存别的名单。请等几秒再按一次。":                 "Other lists are being saved. Wait a few seconds and press again.",
}
