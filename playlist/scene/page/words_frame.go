package page

// frameWords are the words of the bar, the sheets above it, the loop and the home page.
type frameWords struct {
	large, read, stop    string // places of the bar
	sizes                [3]string
	contrast, low, close string
}

var frameChinese = frameWords{
	large: "大字", read: "朗读", stop: "停止",
	sizes:    [3]string{"标准", "大", "特大"},
	contrast: "高对比", low: "低位（轮椅）", close: "关闭",
}

var frameEnglish = frameWords{
	large: "Text size", read: "Listen", stop: "Stop",
	sizes:    [3]string{"normal", "large", "largest"},
	contrast: "Contrast", low: "Wheelchair", close: "Close",
}
