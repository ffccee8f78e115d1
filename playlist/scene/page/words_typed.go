package page

// typedWords are the words of keypads, search and forms.
type typedWords struct{}

var typedChinese = typedWords{}

var typedEnglish = typedWords{}
