package page

// frameWords are the words of the bar, the sheets above it, the loop and the home page.
type frameWords struct {
	large, read, stop     string // places of the bar
	sizes                 [3]string
	contrast, low, close  string
	find                  string
	normal, lowStart      string   // out of the low mode, into it
	ask                   []string // in the box that leads to the search page, the fullest first
	opinion, opinionShort string
	columns, allColumns   string // the top of the catalogue; how many there are
	alsoNew               string // on a slide, above other titles
	none                  string // of a column with nothing in it
}

var frameChinese = frameWords{
	large: "大字", read: "朗读", stop: "停止",
	sizes:    [3]string{"标准", "大", "特大"},
	contrast: "高对比", low: "低位（轮椅）", close: "关闭",
	find:   "查找",
	normal: "取消低位", lowStart: "轮椅低位",
	ask:     []string{"想办什么事？点这里，按拼音或笔画查找", "点这里，按拼音或笔画查找", "点这里查找"},
	opinion: "意见箱：有话对我们说，点这里写", opinionShort: "意见箱",
	columns: "全部栏目", allColumns: "全部 %d 个栏目", none: "暂无", alsoNew: "还有这些新消息",
}

var frameEnglish = frameWords{
	large: "Text size", read: "Listen", stop: "Stop",
	sizes:    [3]string{"normal", "large", "largest"},
	contrast: "Contrast", low: "Wheelchair", close: "Close",
	find:   "Search",
	normal: "Full height", lowStart: "Wheelchair",
	ask:     []string{"What do you need? Touch here to search", "Touch here to search", "Search"},
	opinion: "Tell us something: the opinion box", opinionShort: "Opinion box",
	columns: "All sections", allColumns: "All %d sections", none: "none", alsoNew: "Also new here",
}
