package console

var inEnglish = map[string]string{}
