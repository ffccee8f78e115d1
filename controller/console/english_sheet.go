package console

// englishSheet has the messages of reading lists and service guides from sheets.
var englishSheet = map[string]string{
	// The form of a service guide.
	"一件事怎么办：谁能办、带什么、走几步、多久、收不收费。": "How to get one thing done: who may apply, what to bring, the steps, how long it takes, what it costs.",
	"谁能办": "Who may apply",
	"一句话：什么样的人或单位可以申请": "One sentence: which people or organisations may apply",
	"一行一条":       "One per line",
	"一行一条，写到第几条": "One per line, with the article number",
	"一行一条，可以不写":  "One per line (optional)",
	"份数不用带的留空；有的人才要带的，写明什么情况": "Leave the number empty where none is needed; where only some people need it, say when",
	"材料": "Document", "原件": "Originals", "复印件": "Copies", "要不要": "Needed", "必带": "Always", "视情况": "Sometimes",
	"移动和删除": "Move and delete",
	"材料 %d": "Document %d", "原件份数 %d": "Originals %d", "复印件份数 %d": "Copies %d", "备注 %d": "Note %d", "要不要 %d": "Needed %d", "步骤": "Step", "怎么做": "What to do", "多久": "How long",
	"步骤 %d": "Step %d", "怎么做 %d": "What to do %d", "多久 %d": "How long %d",
	"上移第 %d 行": "Move row %d up", "下移第 %d 行": "Move row %d down", "删除第 %d 行": "Delete row %d",
	"＋ 加一行": "+ Add a row", "＋ 加几行": "+ Add rows", "例如 20个工作日": "For example 20 working days", "法定时限": "Statutory limit", "收费的写金额和依据": "Amount and legal basis, if there is a fee",
	"办理地点": "Place", "办理时间": "Hours",
	"第 %d 条：": "Item %d: ",

	// Imports.
	"从表格导入办事指南": "Import service guides from a sheet",
	"先试运行，看清楚会改什么；确认后存成草稿，照常送审，不会直接上屏。": "A dry run first shows what would change. What you confirm is saved as drafts that go to review as usual; nothing goes straight to a screen.",
	"选文件": "Choose a file", "核对表格": "Check the sheet", "试运行，确认": "Dry run and confirm", "试运行": "Dry run", ".xlsx 或 .csv，最大 10 MB；也可以把文件拖到这里": ".xlsx or .csv, at most 10 MB; you can also drop the file here",
	"或者从 Excel、WPS 里复制单元格，粘贴在这里": "Or copy cells in Excel or WPS and paste them here",
	"下一步：核对表格":                   "Next: check the sheet", "下一步：试运行": "Next: dry run", "上一步：核对表格": "Back: check the sheet",
	"一行一条指南": "One guide per row", "一张工作表一条": "One guide per sheet",
	"第一行是表头：事项名称、承诺时限、申请材料……每行一条指南。列的先后、叫法都可以不一样。": "The first row holds the headings: title, time limit, documents and so on; every other row is a guide. Columns may be in any order and have other names.",
	"左边一列是栏目名（办理条件、申请材料……），右边是内容，一条指南一张工作表。":       "Labels on the left (conditions, documents and so on), contents on the right, and one sheet per guide.",
	"下载模板": "Download the template", "办事指南模板": "service-guide-template",
	"Excel 里隐藏的，默认不导入": "Hidden in Excel, left out unless you choose otherwise",
	"粘贴的内容":            "Pasted cells", "%s（隐藏）": "%s (hidden)", "（不要这一列）": "(leave this column out)",
	"归哪个站点": "Site", "放进哪个栏目": "Column of the catalogue", "表里没写栏目的": "for guides that name none", "表里没写的": "Where the sheet gives none", "事项名称": "Title", "认出几项": "Fields found", "没用上的": "Not used", "找到 %d 行数据": "%d {row|rows} of data found", "重新看": "Read again",
	"表头": "Heading", "是什么": "Meaning",
	"换一个文件": "Choose another file", "一次最多导入 %d 条，请分成几个文件。": "At most %d at once; please split the file.", "没有叫“%s”的栏目": "There is no column “%s”",
	"已有同名的指南，归别的部门": "A guide of this title belongs to another department", "不变": "Unchanged", "有错": "Error", "（没有名称）": "(no title)",
	"已存成草稿：新增 %d 条，修改 %d 条；没有导入 %d 条。": "Saved as drafts: %d new, %d changed; %d not imported.", "去看草稿，送审": "Go to the drafts and send them for review",
	"筛选": "Filter", "下载有错的 %d 行（带原因）": "Download the %d {row|rows} with errors, with reasons", "行号": "Row",
	"（空）": "(empty)", "看内容，共 %d 项": "See the contents (%d {field|fields})", "存成草稿后还要补 %d 处": "%d {thing|things} to add to the draft",
	"没有这样的行。": "There are no such rows.", "存成 %d 条草稿": "Save %d {draft|drafts}",
	"新增 %d 条，修改 %d 条；有错的 %d 行不导入。": "%d new, %d changed; %d with errors will be left out.", "新增 %d 条，修改 %d 条。": "%d new, %d changed.", "没有要改的。": "Nothing to change.", "有错的行": "Rows with errors",
}
