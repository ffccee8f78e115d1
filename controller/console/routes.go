package console

import (
	"net/http"
	"strings"

	"mingbai/controller/accounts"
)

// route is one line of the table.
type route struct {
	pattern string
	nav     string          // the entry of the menu that is marked
	open    bool            // without being signed in
	roles   []accounts.Role // any of them; none means everyone who is signed in
	most    int64           // bytes that may be sent with files, maxForm when 0
	do      func(*visit) error
}

// What a role may do.
var (
	writes    = []accounts.Role{accounts.Drafter, accounts.Releaser}
	releases  = []accounts.Role{accounts.Releaser}
	withdraws = []accounts.Role{accounts.Releaser, accounts.FirstReviewer, accounts.SecondReviewer}
	reviews   = []accounts.Role{accounts.FirstReviewer, accounts.SecondReviewer, accounts.Secrecy, accounts.Releaser}
	// checksSecrecy asks others where the boundary is not clear (C03).
	checksSecrecy = []accounts.Role{accounts.Secrecy}
	tends         = []accounts.Role{accounts.Technician}
	// watches reads warnings and patrols: whoever tends the machines, and those who
	// answer for the whole.
	watches = []accounts.Role{accounts.Technician, accounts.Auditor, accounts.Administrator}
	audits  = []accounts.Role{accounts.Auditor, accounts.Administrator}
	manages = []accounts.Role{accounts.Administrator}
	// keeps reads how backups stand: who has them made, and who mends the machine.
	keeps = []accounts.Role{accounts.Administrator, accounts.Technician}
	// Those who tend machines read nothing that residents wrote.
	hears   = []accounts.Role{accounts.Drafter, accounts.FirstReviewer, accounts.SecondReviewer, accounts.Releaser, accounts.Auditor, accounts.Administrator}
	answers = []accounts.Role{accounts.Drafter, accounts.FirstReviewer, accounts.SecondReviewer, accounts.Releaser, accounts.Administrator}
)

// routes is the table of all pages.
func (c *console) routes() []route {
	return []route{
		{pattern: "GET /{$}", do: home},
		{pattern: "GET /signin", open: true, do: signInForm},
		{pattern: "POST /signin", open: true, do: signIn},
		{pattern: "GET /signin/second", open: true, do: secondForm},
		{pattern: "POST /signin/second", open: true, do: second},
		{pattern: "POST /signin/passkey", open: true, do: enterPasskey},
		{pattern: "POST /signout", do: signOut},
		{pattern: "GET /menu/live", do: liveMenu},
		{pattern: "POST /resume", do: resumeForm},
		{pattern: "GET /setup", open: true, do: setupForm},
		{pattern: "POST /setup", open: true, do: setup},
		{pattern: "POST /language", open: true, do: chooseLanguage},

		{pattern: "GET /screens", nav: "screens", do: listScreens},
		{pattern: "GET /screens/live", nav: "screens", do: liveScreens},
		{pattern: "GET /screens/hours/live", nav: "screens", do: liveHours},
		{pattern: "GET /screens/pictures/live", nav: "screens", do: livePictures},
		{pattern: "POST /screens/pictures", nav: "screens", roles: tends, do: takePictures},
		{pattern: "GET /screens/{screen}", nav: "screens", do: showScreen},
		{pattern: "GET /screens/{screen}/live", nav: "screens", do: liveScreen},
		{pattern: "GET /screens/{screen}/preview.png", nav: "screens", do: screenPreview},
		{pattern: "GET /screens/{screen}/shot.png", nav: "screens", do: screenShot},
		{pattern: "POST /screens/{screen}/command", nav: "screens", roles: tends, do: commandScreen},
		{pattern: "GET /screens/{screen}/sure", nav: "screens", roles: tends, do: sureCommand},
		{pattern: "GET /screens/{screen}/events", nav: "screens", do: showEvents},
		{pattern: "GET /screens/acceptances", nav: "screens", do: listAcceptances},
		{pattern: "GET /screens/{screen}/acceptance", nav: "screens", roles: tends, do: showAcceptance},
		{pattern: "POST /screens/{screen}/acceptance", nav: "screens", roles: tends, do: doAcceptance},
		{pattern: "GET /screens/{screen}/acceptance/live", nav: "screens", roles: tends, do: liveAcceptance},
		{pattern: "GET /screens/{screen}/acceptance/alert.png", nav: "screens", roles: tends, do: alertPicture},
		{pattern: "GET /screens/{screen}/acceptance/{acceptance}", nav: "screens", do: showAcceptanceRecord},
		{pattern: "GET /screens/{screen}/log", nav: "screens", roles: tends, do: showLog},
		{pattern: "GET /screens/{screen}/log/live", nav: "screens", roles: tends, do: liveLog},
		{pattern: "GET /screens/{screen}/log.txt", nav: "screens", roles: tends, do: logFile},
		{pattern: "GET /screens/{screen}/replace", nav: "screens", roles: tends, do: replaceForm},
		{pattern: "POST /screens/{screen}/replace", nav: "screens", roles: tends, do: replaceScreen},
		{pattern: "GET /screens/{screen}/retire", nav: "screens", roles: tends, do: retireForm},
		{pattern: "POST /screens/{screen}/retire", nav: "screens", roles: tends, do: retireScreen},
		{pattern: "GET /screens/retired", nav: "screens", do: listRetired},
		{pattern: "GET /screens/{screen}/forecast", nav: "screens", do: showForecast},
		{pattern: "GET /screens/{screen}/edit", nav: "screens", roles: tends, do: editScreen},
		{pattern: "POST /screens/{screen}/edit", nav: "screens", roles: tends, do: saveScreen},
		{pattern: "POST /screens/{screen}/edit/check", nav: "screens", roles: tends, do: checkScreen},
		{pattern: "POST /screens/{screen}/edit/preview.png", nav: "screens", roles: tends, do: previewScreen},
		{pattern: "GET /screens/{screen}/preset.png", nav: "screens", roles: tends, do: presetPicture},
		{pattern: "GET /pairing", nav: "pairing", roles: tends, do: pairingForm},
		{pattern: "GET /pairing/live", nav: "pairing", roles: tends, do: livePairing},
		{pattern: "POST /pairing", nav: "pairing", roles: tends, do: pair},
		{pattern: "GET /pairing/found/live", nav: "pairing", roles: tends, do: liveFound},
		{pattern: "POST /pairing/found", nav: "pairing", roles: tends, do: readmit},

		{pattern: "GET /updates", nav: "updates", roles: tends, do: showUpdates},
		{pattern: "GET /updates/live", nav: "updates", roles: tends, do: liveUpdates},
		{pattern: "POST /updates", nav: "updates", roles: tends, most: c.Package + inMemory, do: bringPackage},
		{pattern: "POST /updates/start", nav: "updates", roles: tends, do: startRollout},
		{pattern: "GET /updates/{rollout}", nav: "updates", roles: tends, do: showRollout},
		{pattern: "GET /updates/{rollout}/live", nav: "updates", roles: tends, do: liveRollout},
		{pattern: "POST /updates/{rollout}", nav: "updates", roles: tends, do: changeRollout},
		{pattern: "GET /lines", nav: "screens", roles: tends, do: listLines},
		{pattern: "GET /lines/{site}", nav: "screens", roles: tends, do: lineForm},
		{pattern: "POST /lines/{site}", nav: "screens", roles: tends, do: saveLine},
		{pattern: "GET /warnings", nav: "warnings", roles: watches, do: listWarnings},
		{pattern: "GET /warnings/live", nav: "warnings", roles: watches, do: liveWarnings},
		{pattern: "GET /warnings/told", nav: "warnings", roles: watches, do: showTold},
		{pattern: "GET /warnings/told/live", nav: "warnings", roles: watches, do: liveTold},
		{pattern: "POST /warnings/told", nav: "warnings", roles: tends, do: tryWay},
		{pattern: "GET /warnings/{warning}/live", nav: "warnings", roles: watches, do: liveWarning},
		{pattern: "GET /warnings/{warning}", nav: "warnings", roles: watches, do: showWarning},
		{pattern: "POST /warnings/{warning}", nav: "warnings", roles: tends, do: takeWarning},
		{pattern: "GET /patrol", nav: "patrol", roles: watches, do: showPatrol},
		{pattern: "GET /patrol.xlsx", nav: "patrol", roles: watches, do: patrolSheet},

		{pattern: "GET /notices", nav: "notices", do: listNotices},
		{pattern: "GET /notices/{notice}", nav: "notices", do: showNotice},
		{pattern: "GET /notices/{notice}/preview.png", nav: "notices", do: noticePreview},
		{pattern: "GET /notices/{notice}/speech.wav", nav: "notices", do: noticeSpeech},
		{pattern: "POST /notices/{notice}/takedown", nav: "notices", roles: withdraws, do: takeDown},
		{pattern: "POST /notices/{notice}/release", nav: "notices", roles: releases, do: release},
		{pattern: "POST /notices/{notice}/explain", nav: "notices", roles: withdraws, do: explainTakeDown},
		{pattern: "GET /notices/{notice}/still/live", nav: "notices", do: liveStill},
		{pattern: "POST /notices/{notice}/submit", nav: "notices", roles: writes, do: sendForReview},
		{pattern: "POST /notices/{notice}/withdraw", nav: "notices", roles: writes, do: withdraw},
		{pattern: "GET /notices/{notice}/review", nav: "notices", roles: reviews, do: reviewForm},
		{pattern: "POST /notices/{notice}/approve", nav: "notices", roles: reviews, do: approve},
		{pattern: "POST /notices/{notice}/return", nav: "notices", roles: reviews, do: giveBack},
		{pattern: "POST /notices/{notice}/outside", nav: "notices", roles: checksSecrecy, do: askOutside},
		{pattern: "POST /notices/{notice}/reply", nav: "notices", roles: checksSecrecy, do: answerOutside},
		{pattern: "GET /notices/{notice}/evidence/{file}", nav: "notices", do: showEvidence},
		{pattern: "GET /notices/{notice}/revise", nav: "notices", roles: writes, do: reviseForm},

		{pattern: "GET /write", nav: "write", roles: writes, do: chooseKind},
		{pattern: "GET /write/{form}", nav: "write", roles: writes, do: writeForm},
		{pattern: "POST /write/{form}", nav: "write", roles: writes, most: 4 * maxUpload, do: write},
		{pattern: "POST /write/guide/rows", nav: "write", roles: writes, do: changeGuideRows},
		{pattern: "POST /write/{form}/autosave", nav: "write", roles: writes, do: autosave},
		{pattern: "POST /write/{form}/discard", nav: "write", roles: writes, do: discard},
		{pattern: "POST /write/{form}/paste", nav: "write", roles: writes, most: maxUpload + inMemory, do: paste},
		{pattern: "POST /write/{form}/pictures", nav: "write", roles: writes, most: maxUpload + inMemory, do: uploadPicture},
		{pattern: "GET /write/pictures/{ref}", nav: "write", roles: writes, do: showPicture},
		{pattern: "POST /write/{form}/check", nav: "write", roles: writes, do: checkWriting},
		{pattern: "POST /write/{form}/preview.png", nav: "write", roles: writes, do: previewWriting},

		{pattern: "GET /import", nav: "write", roles: writes, do: importStart},
		{pattern: "POST /import", nav: "write", roles: writes, do: importUpload},
		{pattern: "GET /import/template.xlsx", nav: "write", roles: writes, do: importTemplate},
		{pattern: "GET /import/{upload}", nav: "write", roles: writes, do: importMap},
		{pattern: "POST /import/{upload}", nav: "write", roles: writes, do: importSay},
		{pattern: "GET /import/{upload}/check", nav: "write", roles: writes, do: importCheck},
		{pattern: "GET /import/{upload}/wrong.xlsx", nav: "write", roles: writes, do: importWrong},
		{pattern: "POST /import/{upload}/do", nav: "write", roles: writes, do: importDo},

		{pattern: "GET /programme", nav: "programme", do: ownProgramme},
		{pattern: "GET /programme/calendar", nav: "programme", do: ownCalendar},
		{pattern: "GET /programme/{site}/calendar", nav: "programme", do: siteCalendar},
		{pattern: "GET /screens/{screen}/calendar", nav: "screens", do: screenCalendar},
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

		{pattern: "GET /notices/{notice}/certificate.pdf", nav: "notices", do: showCertificate},
		{pattern: "GET /notices/{notice}/screens.xlsx", nav: "notices", do: displaySheet},
		{pattern: "GET /todo", nav: "todo", do: showTodo},
		{pattern: "GET /columns", nav: "columns", do: listColumns},
		{pattern: "GET /columns/new", nav: "columns", roles: manages, do: newColumn},
		{pattern: "POST /columns/new", nav: "columns", roles: manages, do: addColumn},
		{pattern: "GET /columns/{column}", nav: "columns", do: showColumn},
		{pattern: "GET /columns/{column}/edit", nav: "columns", roles: manages, do: editColumn},
		{pattern: "POST /columns/{column}/edit", nav: "columns", roles: manages, do: saveColumn},
		{pattern: "POST /columns/{column}/move", nav: "columns", roles: manages, do: moveColumn},
		{pattern: "POST /columns/{column}/remove", nav: "columns", roles: manages, do: removeColumn},

		{pattern: "GET /register", nav: "register", roles: staffed, do: showRegister},
		{pattern: "GET /register/paper", nav: "register", roles: staffed, do: registerPaper},
		{pattern: "GET /register.xlsx", nav: "register", roles: staffed, do: registerSheet},
		{pattern: "GET /audit.csv", nav: "audit", roles: audits, do: auditCSV},
		{pattern: "POST /audit/verify", nav: "audit", roles: audits, do: checkAudit},
		{pattern: "GET /audit", nav: "audit", roles: audits, do: showAudit},
		{pattern: "GET /people", nav: "people", roles: manages, do: listPeople},
		{pattern: "POST /people", nav: "people", roles: manages, do: addPerson},
		{pattern: "GET /people/new", nav: "people", roles: manages, do: newPerson},
		{pattern: "GET /people/departments", nav: "people", roles: manages, do: listDepartments},
		{pattern: "GET /people/departments/{department}", nav: "people", roles: manages, do: departmentForm},
		{pattern: "POST /people/departments/{department}", nav: "people", roles: manages, do: saveDepartment},
		{pattern: "GET /people/deputies", nav: "people", roles: manages, do: listDeputies},
		{pattern: "GET /people/import", nav: "people", roles: manages, do: importStart},
		{pattern: "POST /people/import", nav: "people", roles: manages, do: importUpload},
		{pattern: "GET /people/import/template.xlsx", nav: "people", roles: manages, do: importTemplate},
		{pattern: "GET /people/import/{upload}", nav: "people", roles: manages, do: importMap},
		{pattern: "POST /people/import/{upload}", nav: "people", roles: manages, do: importSay},
		{pattern: "GET /people/import/{upload}/check", nav: "people", roles: manages, do: importCheck},
		{pattern: "GET /people/import/{upload}/wrong.xlsx", nav: "people", roles: manages, do: importWrong},
		{pattern: "POST /people/import/{upload}/do", nav: "people", roles: manages, do: importDo},
		{pattern: "GET /people/import/{upload}/progress", nav: "people", roles: manages, do: showRoll},
		{pattern: "GET /people/import/{upload}/progress/live", nav: "people", roles: manages, do: liveRoll},
		{pattern: "POST /people/import/{upload}/finish", nav: "people", roles: manages, do: finishRoll},
		{pattern: "GET /people/{person}", nav: "people", roles: manages, do: showPerson},
		{pattern: "POST /people/{person}", nav: "people", roles: manages, do: changePerson},
		{pattern: "GET /start", nav: "people", roles: manages, do: showStart},
		{pattern: "POST /start", nav: "people", roles: manages, do: saveStart},
		{pattern: "GET /policies", nav: "policies", roles: manages, do: listPolicies},
		{pattern: "GET /policies/{site}", nav: "policies", roles: manages, do: policyForm},
		{pattern: "POST /policies/{site}", nav: "policies", roles: manages, do: savePolicy},

		{pattern: "GET /backups", nav: "backups", roles: keeps, do: showBackups},
		{pattern: "GET /backups/live", nav: "backups", roles: keeps, do: liveBackups},
		{pattern: "POST /backups", nav: "backups", roles: manages, do: makeBackup},
		{pattern: "POST /backups/check", nav: "backups", roles: manages, do: checkBackup},
		{pattern: "POST /backups/recall", nav: "backups", roles: tends, do: recallLost},

		{pattern: "GET /words", nav: "words", roles: looksUp, do: listWords},
		{pattern: "POST /words", nav: "words", roles: guards, do: changeWords},
		{pattern: "POST /words/try", nav: "words", roles: looksUp, do: tryWords},
		{pattern: "GET /words.csv", nav: "words", roles: looksUp, do: wordsCSV},
		{pattern: "GET /words/scan", nav: "words", roles: looksUp, do: showScan},
		{pattern: "GET /words/scan/live", nav: "words", roles: looksUp, do: liveScan},
		{pattern: "POST /words/scan", nav: "words", roles: looksUp, do: startScan},

		{pattern: "GET /me", nav: "me", do: showSelf},
		{pattern: "POST /me", nav: "me", do: changeSelf},
		{pattern: "POST /me/here", nav: "me", do: func(v *visit) error { v.w.WriteHeader(http.StatusNoContent); return nil }},
		{pattern: "POST /me/passkeys", nav: "me", do: addPasskey},
		{pattern: "GET /me/codes", nav: "me", do: codesForm},
		{pattern: "POST /me/codes", nav: "me", do: confirmCodes},
	}
}

// Paths lists the pages that somebody with every publishing role and that of the
// technician can open without naming a notice or a screen, for those who take
// pictures of the console; AdminPaths those of an administrator.
func Paths() []string {
	return []string{"/todo", "/columns", "/register", "/screens", "/screens?view=pictures", "/pairing", "/updates", "/warnings", "/patrol", "/backups", "/notices", "/write", "/write/announcement", "/write/guide", "/import", "/programme", "/alerts", "/voices", "/voices/ratings", "/usage", "/words", "/words/scan"}
}

// AdminPaths lists the pages of an administrator.
func AdminPaths() []string {
	return []string{"/start", "/people", "/people/new", "/people/departments", "/people/departments/new", "/people/deputies", "/people/import", "/policies", "/audit"}
}

// Patterns lists the lines of the table that are pages to look at, as
// http.ServeMux writes them: no parts of pages, pictures or files. Whoever holds
// that something is true of every page walks these.
func Patterns() (out []string) {
	for _, rt := range new(console).routes() {
		part := strings.HasSuffix(rt.pattern, "/live") || strings.Contains(rt.pattern, ".") || strings.HasSuffix(rt.pattern, "{file}") || strings.HasSuffix(rt.pattern, "{ref}")
		if strings.HasPrefix(rt.pattern, "GET ") && !part {
			out = append(out, rt.pattern)
		}
	}
	return out
}
