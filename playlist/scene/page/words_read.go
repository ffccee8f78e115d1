package page

// readWords are the words of notices, of taking them away and of printed sheets.
type readWords struct {
	take, takePrint, original, sample, object string // the row of actions
	explained, explains                       string // 看解读：…, 看文件原文：…
	explanation, source                       string // the same in the row of actions
	samples, scans, otherTimes                string
	ownRow                                    string // leads to the own village's row
	who                                       string

	takeTitle, takeText, takeTextHint, takeShort string
	takeWeb, takeWebHint                         string
	print, close                                 string

	zoomIn, zoomOut, zoomFit, next, prev string
	noPicture                            string

	bringShort, stepsShort, carriedMore string // in the code's text
	postingShort                        string

	inCode, bringLabel, mineLabel, textLabel, hotlineLabel, listComma string

	printedAt, sheetOf, sheetLong, sheetWeb string
}

var readChinese = readWords{
	take: "扫码带走", takePrint: "扫码或打印", original: "看文件", sample: "看样表", object: "提出异议",
	explained: "看解读：%s", explains: "看文件原文：%s", explanation: "看解读", source: "看原文",
	samples: "样表（照着填）", scans: "批准文件（原件）", otherTimes: "其他时期",
	ownRow: "找到%s", who: "谁能办",

	takeTitle: "扫码带走",
	takeText:  "文字码", takeTextHint: "用手机扫一扫，文字就在手机上，不用联网。", takeShort: "全文较长，码里是要点。",
	takeWeb: "网页码", takeWebHint: "手机能上网的，扫这个码看网上的全文，与本机内容一致。",
	print: "打印", close: "关闭",

	zoomIn: "放大", zoomOut: "缩小", zoomFit: "全图", next: "下一张", prev: "上一张",
	noPicture: "图片正在下载，请稍后再看",

	bringShort: "要带", stepsShort: "步骤", carriedMore: "（全文请看触摸屏或到窗口）",
	postingShort: "公示期",

	inCode: "码里有：", bringLabel: "要带什么", mineLabel: "本村金额", textLabel: "正文", hotlineLabel: "监督电话", listComma: "、",

	printedAt: "%s打印", sheetOf: "第 %d / %d 页", sheetLong: "全文较长，请扫码或到窗口索取。", sheetWeb: "网上全文",
}

var readEnglish = readWords{
	take: "Take along", takePrint: "Scan or print", original: "Document", sample: "Samples", object: "Object",
	explained: "In plain words: %s", explains: "The document: %s", explanation: "In plain words", source: "The document",
	samples: "Sample forms", scans: "The approved document", otherTimes: "Other periods",
	ownRow: "Find %s", who: "For whom",

	takeTitle: "Take it along",
	takeText:  "The text", takeTextHint: "Scan it with a phone: the text is in the code, no network is needed.", takeShort: "The text is long; the code holds what matters.",
	takeWeb: "The web page", takeWebHint: "With a network on your phone, scan this one for the full text, the same as here.",
	print: "Print", close: "Close",

	zoomIn: "Larger", zoomOut: "Smaller", zoomFit: "Whole", next: "Next", prev: "Previous",
	noPicture: "The picture is on its way, please look again later",

	bringShort: "Bring", stepsShort: "Steps", carriedMore: "(full text on the touchscreen or at the counter)",
	postingShort: "Public notice",

	inCode: "In the code: ", bringLabel: "what to bring", mineLabel: "this village's amount", textLabel: "the text", hotlineLabel: "hotline", listComma: ", ",

	printedAt: "Printed %s", sheetOf: "Page %d of %d", sheetLong: "The text goes on: scan the code or ask at the counter.", sheetWeb: "Full text online",
}
