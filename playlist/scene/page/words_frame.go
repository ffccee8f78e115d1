package page

// frameWords are the words of the bar, the sheets above it, the loop and the home page.
type frameWords struct{}

var frameChinese = frameWords{}

var frameEnglish = frameWords{}
