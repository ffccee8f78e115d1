package console

// englishFund has the messages of fund notices and their sheets.
var englishFund = map[string]string{
	"资金的来源、数量、标准、用途和去向。表格可以从 Excel 拖进来，自动核算。": "Where the money comes from, how much, by which standard, for what, and where it went. Drag tables in from Excel; they are added up automatically.",
	"所属期间": "Period", "审批单位": "Approved by", "资金用途": "Purpose", "补助标准（没有就不写）": "Rate of subsidy (leave empty if none)",
	"日期，或没有拨付的原因": "Date, or why it has not been paid", "已拨付": "Paid", "部分拨付": "Partly paid", "未拨付": "Not paid yet", "元": "yuan", "万元": "10,000 yuan",
	"资金来源和总额": "Sources and total", "不写就按表格计算：": "computed from the table if left empty:", "还有 %d 处": "%d more",
	"来源": "Source", "金额": "Amount",
	"总额（不写就用表格合计）": "Total (the table's total if left empty)", "这里的金额以什么为单位": "Unit of the amounts here",
	"公示期：扶贫和衔接资金不少于 10 天；低保、特困人员名单 7 个工作日；其他补贴建议不少于 7 天。监督电话除本单位的以外，扶贫和衔接资金还要写 12317。": "Posting period: at least 10 days for poverty relief funds; 7 working days for lists of people on benefits; at least 7 days is advised for other subsidies. Notices of poverty relief funds must give the hotline 12317 as well as your own number.",

	"表名": "Table title", "每行是": "Each row is", "按项目": "an item", "按村（社区）": "a village", "按户": "a household", "删除这张表": "Delete this table",
	"已导入 %d 行。": "%d {row|rows} imported.", "各列的意思和上次一样，没有再问。": "The columns mean the same as last time, so you were not asked again.", "下次重新问": "Ask again next time", "导入时做了 %d 件事": "%d {change was|changes were} made on import",
	"下面的村（社区）在系统里没有同名的站点。选出来，村里的屏就能先显示自己的一行；不选也可以公示。": "No site has the same name as these villages. If you choose one, the village's own screen shows its row first; the notice can be published without it.",
	"不对应站点": "No site", "把 Excel 文件拖到这里": "Drag an Excel file here", "，或者": ", or", "选择文件": "Choose a file", "；也可以在 Excel 里复制单元格，点一下表格，粘贴。": "; or copy cells in Excel, click in the table and paste.",
	"粘贴到这里也行": "Or paste here", "从 Excel 复制的单元格": "Cells copied from Excel", "第 %d 列的列名": "Name of column %d", "单位": "Unit", "这一列是": "This column is",
	"左移": "Move left", "右移": "Move right", "右边加一列": "Add a column to the right", "删除这一列": "Delete this column", "下面加一行": "Add a row below", "删除这一行": "Delete this row",
	"行": "Row", "还没有一行。": "No rows yet.", "合计（自动核算）": "Total (computed)", "共 %d 行，这张表很长，只有有问题的行可以在这里改；其他的请在 Excel 里改好重新导入。": "%d rows. In a table this long, only rows with findings can be edited here; edit the others in Excel and import it again.",
	"加一行": "Add a row", "加一列": "Add a column", "再加一张表": "Add another table", "发布前要处理 %d 处": "%d to put right before publishing", "请看一看": "Please check",
	"从 Excel 重新导入": "Import from Excel again", "与上期比较": "Compare with the last period", "第 %d 行，%s": "row %d, %s",
	"文字": "Text", "数字，不相加": "Number, not totalled", "数字，相加": "Number, totalled", "金额，与总额核对": "Amount, checked against the total",

	"改为%s": "Change to %s", "改成和其余各行一样": "Use the same as the other rows", "补一行": "Add the missing row", "重新编号": "Renumber", "采用计算结果": "Use the computed result", "删除重复行": "Delete the duplicate row", "遮盖": "Mask", "按表格重新计算": "Recompute from the table",

	"上期 %s，本期 %s，相差 %s。": "Last period %s, this period %s, difference %s.", "新增 %d 行，减少 %d 行，变化 %d 行，不变 %d 行。": "%d new, %d removed, %d changed, %d unchanged.",
	"项目": "Item", "上期": "Last period", "本期": "This period", "增减": "Change", "新增": "new", "本期没有": "removed",
	"没有找到上期：同一站点、同一栏目里没有标题相近的资金公示。": "Nothing to compare with: this site and column have no fund notice with a similar title.", "上期《%s》的表没有金额列，无法比较。": "The tables of “%s” have no amount column to compare.",

	"表格各列是什么": "What the columns are", "下面是猜出来的，请核对，改错的。同样格式的表下次不再问。": "These are guesses: please check them and correct any that are wrong. You will not be asked again for sheets with the same layout.",
	"有 %d 列是身份证号、电话、银行卡号或住址，默认不导入。确实要公示的，改成“文字”会自动遮盖中间几位。": "%d {column holds|columns hold} ID, telephone or card numbers or addresses and {is|are} left out. If one must be shown, choose “Text” and the middle characters are masked.",
	"工作表": "Sheet", "表头在第几行": "Heading in row", "表头占几行": "Rows in the heading", "姓名隐去中间的字（张*三）": "Mask the middle of names", "重新猜": "Guess again", "Excel 的列": "Excel column", "公示里的列名": "Name in the notice",
	"%s 列是什么": "What column %s is", "%s 列的列名": "Name of column %s", "%s 列的单位": "Unit of column %s", "%s（%d 行）": "%s (%d {row|rows})", "第 %d 行": "Row %d",
	"后面还有 %d 行。合计、小计会核对后去掉，合并的单元格会填满。": "%d more {row follows|rows follow}. Totals and subtotals are checked and left out; merged cells are filled.", "返回，不导入": "Cancel the import",
	"上传的文件已经过期，请再传一次。": "The uploaded file has expired; please upload it again.", "至少要有一列进入公示。": "At least one column must go into the notice.", "请先选择文件，或者粘贴单元格。": "Choose a file first, or paste cells.",
	"导入这张表": "Import the table", "批准文件的扫描件（可以不放）：传上来后把用途选成“原件扫描”，居民在触摸屏上能看到。": "A scan of the approving document (optional): after uploading, choose “Scan of the original”; residents can open it on touchscreens.",
	"正在读取表格……": "Reading the sheet…", "键盘：Tab 到右边一格，Enter 到下一行，↑↓ 换行，→ 到行尾的按钮；从 Excel 复制的一块可以直接粘贴到格子里。": "Keys: Tab to the next cell, Enter to the next row, ↑↓ between rows, → to the buttons at the end of a row. Cells copied in Excel can be pasted into a cell.",
	"不导入": "Leave out", "村（社区）": "Village", "金额的单位": "Unit of the amount", "其中一个来源的金额": "Amount from one source",
}
