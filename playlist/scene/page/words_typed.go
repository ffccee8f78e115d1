package page

import "mingbai/playlist/search"

// typedWords are the words of keypads, search and forms.
type typedWords struct {
	pinyin, strokes, digits string // the tabs of a keypad
	deleteKey, clearKey     string
	strokeName              [5]string // of 一丨丿丶乛
	done                    string    // puts the keypad away
	strokeHow               string    // on the stroke pad, between its lower keys
	prev, next              string    // candidates, read aloud only

	ask        map[Pad]string // in the empty field
	how        map[Pad]string // how searching goes
	found      string         // how many there are
	guides     string         // headings of groups
	funds      string
	others     string
	rest       string // what is not listed of a group
	or         string // heading of what can be opened at once
	sections   string
	preparing  string
	none       string // nothing found
	nonePrefer string // for what was typed
	tips       map[Pad][]string
	askPerson  string // heading of the telephone number
	toSections string // a button
	toOpinion  string

	opinion, opinionLine     string // the form's title and the line below
	objection, objectionLine string
	about                    string // what an objection is about
	whatNext                 string
	over                     string // the posting period is over
	choose                   string // heading of the topics
	text, textHint           string // the fields and what stands in them while empty
	contact, contactHint     string
	candidateHint            map[Pad]string
	submit, nothingYet       string
	reads, urgent            string
	shut                     string // opinions cannot be stored here

	thanks, number, numberLine string
	opinionNext, objectionNext string
	backTo, toHome             string

	rate   string // the question of the rating strip
	rates  [3]string
	quiet  string // how an opinion is treated
	phone  string // label of a number to call
	filled string // characters so far

	where map[string]string // what a text is that matched, in English
}

var typedChinese = typedWords{
	pinyin: "拼音", strokes: "笔画 一丨丿丶乛", digits: "数字", deleteKey: "删除", clearKey: "清空",
	strokeName: [5]string{"横", "竖", "撇", "点", "折"}, done: "写好了",
	strokeHow: "“老”字：一丨一丿丿乛", prev: "前面的字", next: "后面的字",

	ask: map[Pad]string{PinyinPad: "按字母查，例如 YLBX", StrokePad: "按笔画查，例如 一丨一", DigitPad: "按电话、文号里的数字查"},
	how: map[Pad]string{
		PinyinPad: "点每个字拼音的第一个字母就能查：养老保险，点 Y、L、B、X。不会拼音，点“笔画”。",
		StrokePad: "按写字的顺序点笔画：查养老保险，先点“养”字的笔画 丶丿一一一丿。拐弯的笔画都点“折”。",
		DigitPad:  "点电话号码、文号里的几个数字，例如 12333。",
	},
	found: "共 %d 条", guides: "办事指南", funds: "资金公示", others: "公告与政策",
	rest: "这一类还有 %d 条，再多点一个字母或笔画，就更准", or: "可以直接点开", sections: "按分类找",
	preparing: "正在准备，马上就好…", none: "没有找到", nonePrefer: "没有找到“%s”",
	tips: map[Pad][]string{
		PinyinPad: {"少点几个字母，只点最要紧的两三个字", "点“笔画”，按写字的顺序查", "到首页按分类慢慢找"},
		StrokePad: {"只点前几笔就行，点错了按“删除”", "拐弯的笔画都点“折”，提和横一样点“横”", "到首页按分类慢慢找"},
		DigitPad:  {"少点几个数字", "换“拼音”或者“笔画”查名称", "到首页按分类慢慢找"},
	},
	askPerson: "找不到就打电话问", toSections: "看分类", toOpinion: "告诉我们您要找什么",

	opinion: "意见箱", opinionLine: "有话就说。点选就能提交，不写字也可以。",
	objection: "对这条公示有异议", objectionLine: "名单、金额有不对的，在这里说。点选就能提交，不写字也可以。",
	about: "说的是这一条", whatNext: "接下来怎么办", over: "公示期已经满了，仍然可以反映。",
	choose: "是哪方面的（可以多选）", text: "想说的话（可以不写）", textHint: "点这里写字",
	contact: "联系电话（可以不留）", contactHint: "不留也可以提交",
	candidateHint: map[Pad]string{PinyinPad: "点字母，要的字会出现在这里", StrokePad: "按顺序点笔画，要的字会出现在这里", DigitPad: "点数字，直接写上去"},
	submit:        "提交", nothingYet: "点选一项，或者写几个字，就可以提交",
	reads: "由%s的工作人员查看，每一条都有记录。", urgent: "着急的事请打电话", shut: "这台机器现在不能收意见，请打电话或者告诉窗口工作人员。",

	thanks: "已提交", number: "编号", numberLine: "想问办得怎么样，报这个编号。记在纸上，或者用手机拍下来。",
	opinionNext: "您的意见已经存好，不会丢。没有网络时，联网后马上送到。", objectionNext: "您的异议已经存好，不会丢。没有网络时，联网后马上送到，工作人员会核实。",
	backTo: "回到刚才的公示", toHome: "回首页",

	rate: "这一页您看得满意吗？", rates: [3]string{"不满意", "一般", "满意"},
	quiet: "不记名：不留姓名，不拍照。", phone: "监督电话", filled: "已写 %d 字，最多 %d 字",
}

var typedEnglish = typedWords{
	pinyin: "Pinyin", strokes: "Strokes 一丨丿丶乛", digits: "Numbers", deleteKey: "Del", clearKey: "Clear",
	strokeName: [5]string{"across", "down", "left", "dot", "bend"}, done: "Done",
	strokeHow: "老 is 一丨一丿丿乛", prev: "Earlier", next: "More",

	ask: map[Pad]string{PinyinPad: "Letters, such as YLBX", StrokePad: "Strokes, such as 一丨一", DigitPad: "Part of a number"},
	how: map[Pad]string{
		PinyinPad: "Touch the first letter of each syllable: for yang lao bao xian (pension) touch Y, L, B, X.",
		StrokePad: "Touch the strokes in the order of writing: 养 begins 丶丿一一一丿. Every stroke that turns is a bend.",
		DigitPad:  "Touch some digits of a telephone or document number, such as 12333.",
	},
	found: "%d found", guides: "Service guides", funds: "Public funds", others: "Notices and policies",
	rest: "%d more of these: one more letter or stroke narrows them down", or: "Open at once", sections: "By section",
	preparing: "One moment, getting ready…", none: "Nothing found", nonePrefer: "Nothing found for %s",
	tips: map[Pad][]string{
		PinyinPad: {"Use fewer letters: two or three syllables are enough", "Try the strokes", "Walk through the sections from the home page"},
		StrokePad: {"The first strokes are enough; Del takes one back", "Every stroke that turns is a bend, a rising one goes across", "Walk through the sections from the home page"},
		DigitPad:  {"Use fewer digits", "Look for the name with letters or strokes", "Walk through the sections from the home page"},
	},
	askPerson: "Or ask by telephone", toSections: "See the sections", toOpinion: "Tell us what you look for",

	opinion: "Opinion box", opinionLine: "Say what you think. Touching a topic is enough, no typing needed.",
	objection: "Object to this notice", objectionLine: "Say here if names or amounts are wrong. Touching a topic is enough, no typing needed.",
	about: "It is about", whatNext: "What happens next", over: "The notice period is over; you can still report it.",
	choose: "What is it about? (one or more)", text: "Your words (not required)", textHint: "Touch here to write",
	contact: "Telephone (not required)", contactHint: "You need not leave one",
	candidateHint: map[Pad]string{PinyinPad: "Touch letters, the characters appear here", StrokePad: "Touch strokes, the characters appear here", DigitPad: "Digits are written at once"},
	submit:        "Submit", nothingYet: "Choose a topic or write a few words to submit",
	reads: "Read by the staff of %s. Every opinion is recorded.", urgent: "If it is urgent, call", shut: "This machine cannot take opinions now. Please call, or tell the staff.",

	thanks: "Submitted", number: "Number", numberLine: "Give this number when you ask how it went. Write it down or take a photograph.",
	opinionNext: "What you said is stored and will not be lost. Without a network it is delivered as soon as there is one.", objectionNext: "Your objection is stored and will not be lost. Without a network it is delivered as soon as there is one, and then checked.",
	backTo: "Back to the notice", toHome: "Home page",

	rate: "Are you satisfied with this page?", rates: [3]string{"No", "So-so", "Yes"},
	quiet: "Anonymous: no name, no photograph.", phone: "Hotline", filled: "%d of %d characters",

	where: map[string]string{
		search.WhereIssuer: "Department", search.WhereColumn: "Section", search.WhereEnglish: "English", search.WhereSummary: "Summary",
		search.WhereText: "Text", search.WhereWho: "Conditions", search.WhereMaterial: "To bring", search.WhereStep: "Steps", search.WhereFee: "Fee",
		search.WherePlace: "Place", search.WhereTable: "List", search.WherePurpose: "Purpose", search.WhereCaption: "Picture", search.WhereBasis: "Basis",
		search.WhereNumber: "Document", search.WhereIndex: "Index", search.WherePhone: "Telephone",
	},
}
