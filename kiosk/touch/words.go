package touch

// words are the program's own messages in one language; the pages have theirs.
type words struct {
	thanks, ratedAlready, tooManyRatings, ratingNotStored string
	nothingSaid, unpicked, contactShort, full             string
	tooMany, notStored                                    string
	printing, printed, noPaper, tooLong, printFailed      string
	noSpeech, noSound                                     string
}

var chinese = words{
	thanks: "谢谢您的评价", ratedAlready: "您已经评价过了，谢谢",
	tooManyRatings: "这台机器收到的评价太多，请过一会儿再点", ratingNotStored: "没有存上，请再点一次",
	nothingSaid:  "请先选一项，或者写几个字",
	unpicked:     "还有没选好的字：请点一个字，或者删掉",
	contactShort: "电话号码好像不完整，请再看一看；不留也可以",
	full:         "已经写满，不能再长了",
	tooMany:      "这台机器今天收到的意见太多，请过一会儿再提交，您写的内容还在",
	notStored:    "没有存上，请再点一次“提交”，您写的内容还在",
	printing:     "正在打印，请稍等",
	printed:      "打印好了，请取走",
	noPaper:      "现在不能再打印了，可以用手机扫码带走",
	tooLong:      "这一份有 %d 张，超过了每人能打印的张数，可以用手机扫码带走",
	printFailed:  "没有打印出来，请找工作人员，或者用手机扫码带走",
	noSpeech:     "这一页还没有朗读",
	noSound:      "这台机器现在没有声音，听不了朗读",
}

var english = words{
	thanks: "Thank you", ratedAlready: "You have rated this already, thank you",
	tooManyRatings: "Too many ratings for now, please try later", ratingNotStored: "It could not be stored, please touch again",
	nothingSaid:  "Please choose an item or write a few words first",
	unpicked:     "Some letters are not a word yet: choose one, or delete them",
	contactShort: "The phone number seems incomplete. You may also leave it out",
	full:         "There is no room for more",
	tooMany:      "This screen has received too many messages. Please try later; your text is still here",
	notStored:    "It could not be stored. Please submit again; your text is still here",
	printing:     "Printing, one moment please",
	printed:      "Please take your sheets",
	noPaper:      "No more sheets for now. You can take it away with your phone",
	tooLong:      "This takes %d sheets, more than one person may print. You can take it away with your phone",
	printFailed:  "It could not be printed. Please ask the staff, or use your phone",
	noSpeech:     "There is no recording of this page yet",
	noSound:      "There is no sound here for now, nothing can be read aloud",
}

// words returns the messages in the language of the page.
func (p *Program) words() *words {
	if p.lang() == "en" {
		return &english
	}
	return &chinese
}
