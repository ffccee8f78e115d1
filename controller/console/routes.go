package console

import "mingbai/controller/accounts"

// route is one line of the table.
type route struct {
	pattern string
	nav     string          // the entry of the menu that is marked
	open    bool            // without being signed in
	roles   []accounts.Role // any of them; none means everyone who is signed in
	do      func(*visit) error
}

// What a role may do.
var (
	writes    = []accounts.Role{accounts.Drafter, accounts.Releaser}
	releases  = []accounts.Role{accounts.Releaser}
	withdraws = []accounts.Role{accounts.Releaser, accounts.Reviewer}
	tends     = []accounts.Role{accounts.Technician}
	audits    = []accounts.Role{accounts.Auditor, accounts.Administrator}
	manages   = []accounts.Role{accounts.Administrator}
	// Those who tend machines read nothing that residents wrote.
	hears   = []accounts.Role{accounts.Drafter, accounts.Reviewer, accounts.Releaser, accounts.Auditor, accounts.Administrator}
	answers = []accounts.Role{accounts.Drafter, accounts.Reviewer, accounts.Releaser, accounts.Administrator}
)

// routes is the table of all pages.
func (c *console) routes() []route {
	return []route{
		{pattern: "GET /{$}", do: home},
		{pattern: "GET /signin", open: true, do: signInForm},
		{pattern: "POST /signin", open: true, do: signIn},
		{pattern: "POST /signout", do: signOut},
		{pattern: "GET /setup", open: true, do: setupForm},
		{pattern: "POST /setup", open: true, do: setup},
		{pattern: "POST /language", open: true, do: chooseLanguage},

		{pattern: "GET /screens", nav: "screens", do: listScreens},
		{pattern: "GET /screens/live", nav: "screens", do: liveScreens},
		{pattern: "GET /screens/{screen}", nav: "screens", do: showScreen},
		{pattern: "GET /screens/{screen}/live", nav: "screens", do: liveScreen},
		{pattern: "GET /screens/{screen}/preview.png", nav: "screens", do: screenPreview},
		{pattern: "GET /screens/{screen}/shot.png", nav: "screens", do: screenShot},
		{pattern: "POST /screens/{screen}/command", nav: "screens", roles: tends, do: commandScreen},
		{pattern: "GET /screens/{screen}/forecast", nav: "screens", do: showForecast},
		{pattern: "GET /screens/{screen}/edit", nav: "screens", roles: tends, do: editScreen},
		{pattern: "POST /screens/{screen}/edit", nav: "screens", roles: tends, do: saveScreen},
		{pattern: "POST /screens/{screen}/edit/check", nav: "screens", roles: tends, do: checkScreen},
		{pattern: "POST /screens/{screen}/edit/preview.png", nav: "screens", roles: tends, do: previewScreen},
		{pattern: "GET /screens/{screen}/preset.png", nav: "screens", roles: tends, do: presetPicture},
		{pattern: "GET /pairing", nav: "pairing", roles: tends, do: pairingForm},
		{pattern: "GET /pairing/live", nav: "pairing", roles: tends, do: livePairing},
		{pattern: "POST /pairing", nav: "pairing", roles: tends, do: pair},

		{pattern: "GET /notices", nav: "notices", do: listNotices},
		{pattern: "GET /notices/{notice}", nav: "notices", do: showNotice},
		{pattern: "GET /notices/{notice}/preview.png", nav: "notices", do: noticePreview},
		{pattern: "GET /notices/{notice}/speech.wav", nav: "notices", do: noticeSpeech},
		{pattern: "POST /notices/{notice}/takedown", nav: "notices", roles: withdraws, do: takeDown},
		{pattern: "POST /notices/{notice}/release", nav: "notices", roles: releases, do: release},
		{pattern: "GET /notices/{notice}/revise", nav: "notices", roles: writes, do: reviseForm},
		{pattern: "GET /write", nav: "write", roles: writes, do: writeForm},
		{pattern: "POST /write", nav: "write", roles: writes, do: write},
		{pattern: "POST /write/check", nav: "write", roles: writes, do: checkWriting},
		{pattern: "POST /write/preview.png", nav: "write", roles: writes, do: previewWriting},

		{pattern: "GET /programme", nav: "programme", do: ownProgramme},
		{pattern: "GET /programme/{site}", nav: "programme", do: showProgramme},
		{pattern: "GET /programme/{site}/rules/{rule}", nav: "programme", roles: releases, do: ruleForming},
		{pattern: "POST /programme/{site}/rules/{rule}", nav: "programme", roles: releases, do: saveRule},
		{pattern: "POST /programme/{site}/rules/{rule}/check", nav: "programme", roles: releases, do: checkRule},
		{pattern: "GET /programme/{site}/lists/{list}", nav: "programme", roles: releases, do: listForming},
		{pattern: "POST /programme/{site}/lists/{list}", nav: "programme", roles: releases, do: saveList},
		{pattern: "POST /programme/{site}/lists/{list}/check", nav: "programme", roles: releases, do: checkList},

		{pattern: "GET /alerts", nav: "alerts", do: listAlerts},
		{pattern: "POST /alerts", nav: "alerts", roles: releases, do: raiseAlert},
		{pattern: "POST /alerts/check", nav: "alerts", roles: releases, do: checkAlert},
		{pattern: "POST /alerts/preview.png", nav: "alerts", roles: releases, do: previewAlert},
		{pattern: "POST /alerts/{notice}/lift", nav: "alerts", roles: releases, do: liftAlert},

		{pattern: "GET /voices", nav: "voices", roles: hears, do: listVoices},
		{pattern: "GET /voices.csv", nav: "voices", roles: hears, do: voicesCSV},
		{pattern: "GET /voices/ratings", nav: "voices", roles: hears, do: listRatings},
		{pattern: "GET /voices/{voice}", nav: "voices", roles: hears, do: showVoice},
		{pattern: "POST /voices/{voice}", nav: "voices", roles: answers, do: settleVoice},
		{pattern: "GET /usage", nav: "usage", do: showUsage},
		{pattern: "GET /usage.csv", nav: "usage", do: usageCSV},

		{pattern: "GET /register", nav: "register", roles: audits, do: showRegister},
		{pattern: "GET /people", nav: "people", roles: manages, do: listPeople},
		{pattern: "POST /people", nav: "people", roles: manages, do: addPerson},
		{pattern: "POST /people/{person}", nav: "people", roles: manages, do: changePerson},
	}
}

// Paths lists the pages that everyone with all roles can open without naming a
// notice or a screen, for those who take pictures of the console.
func Paths() []string {
	return []string{"/screens", "/pairing", "/notices", "/write", "/programme", "/alerts", "/voices", "/voices/ratings", "/usage", "/register", "/people"}
}
