package page

// readWords are the words of notices, of taking them away and of printed sheets.
type readWords struct{}

var readChinese = readWords{}

var readEnglish = readWords{}
