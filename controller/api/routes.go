package api

import (
	"mingbai/controller/accounts"
	"mingbai/controller/fleet"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// routes is the table of all that the API serves, under /api/v1.
func (a *api) routes() []route {
	writes := []accounts.Role{accounts.Drafter, accounts.Releaser}
	releases := []accounts.Role{accounts.Releaser}
	withdraws := []accounts.Role{accounts.Releaser, accounts.FirstReviewer, accounts.SecondReviewer}
	tends := []accounts.Role{accounts.Technician}
	audits := []accounts.Role{accounts.Auditor, accounts.Administrator}
	watches := []accounts.Role{accounts.Technician, accounts.Auditor, accounts.Administrator}
	rules := []accounts.Role{accounts.Administrator}
	hears := []accounts.Role{accounts.Drafter, accounts.FirstReviewer, accounts.SecondReviewer, accounts.Releaser, accounts.Auditor, accounts.Administrator}
	answers := []accounts.Role{accounts.Drafter, accounts.FirstReviewer, accounts.SecondReviewer, accounts.Releaser, accounts.Administrator}
	page := []param{{"offset", "integer", "how many to pass over"}, {"limit", "integer", "at most so many, up to 1000"}}
	return []route{
		{Method: "GET", Path: "/openapi.json", Name: "description", Summary: "This description", Open: true, Answer: media{}, Do: a.describe},
		{Method: "GET", Path: "/status", Name: "status", Summary: "Counts, and whether all is well", Answer: Status{}, Do: a.status},

		{Method: "GET", Path: "/sites", Name: "listSites", Summary: "The tree of sites, parents first", Answer: list[playlist.Site]{}, Do: a.listSites},
		{Method: "PUT", Path: "/sites/{site}", Name: "putSite", Summary: "Add or change a site", Roles: rules, Body: playlist.Site{}, Answer: playlist.Site{}, Do: a.putSite},
		{Method: "GET", Path: "/sites/{site}/programme", Name: "getProgramme", Summary: "The playlists and rules of a site", Answer: Programme{}, Do: a.getProgramme},
		{Method: "PUT", Path: "/sites/{site}/programme", Name: "putProgramme", Summary: "Set the playlists and rules of a site; refused where an LED board would need more than three minutes to go round", Roles: releases, Body: Programme{}, Answer: Programmed{}, Do: a.putProgramme},
		{Method: "POST", Path: "/sites/{site}/programme/check", Name: "checkProgramme", Summary: "What is wrong with playlists and rules, without saving them", Roles: writes, Body: Programme{}, Answer: Checked{}, Do: a.checkProgramme},
		{Method: "GET", Path: "/columns", Name: "listColumns", Summary: "The catalogue in its order", Answer: list[playlist.Column]{}, Do: a.listColumns},

		{Method: "GET", Path: "/notices", Name: "listNotices", Summary: "Notices, the last changed first", Query: append([]param{
			{"site", "string", "only of this site"}, {"below", "boolean", "and of all sites below it"}, {"kind", "string", "only of this kind"},
			{"column", "string", "only in this column"}, {"status", "string", "draft, in_review, published or taken_down"}, {"q", "string", "words in the title"},
		}, page...), Answer: list[store.Notice]{}, Do: a.listNotices},
		{Method: "POST", Path: "/notices", Name: "createNotice", Summary: "Publish a notice, or save it as a draft", Roles: writes, Body: Submission{}, Answer: Published{}, Status: 201, Do: a.createNotice},
		{Method: "POST", Path: "/notices/check", Name: "checkNotice", Summary: "What is wrong with a notice, without saving it", Roles: writes, Body: playlist.Notice{}, Answer: Looked{}, Do: a.checkNotice},
		{Method: "GET", Path: "/notices/{notice}", Name: "getNotice", Summary: "A notice with all its versions", Answer: NoticeDetail{}, Do: a.getNotice},
		{Method: "PUT", Path: "/notices/{notice}", Name: "reviseNotice", Summary: "Publish a new version of a notice, or save it as a draft", Roles: writes, Body: Submission{}, Answer: Published{}, Do: a.reviseNotice},
		{Method: "POST", Path: "/notices/{notice}/release", Name: "releaseNotice", Summary: "Publish a draft as it is, where one person may; what is in review is released in the console", Roles: releases, Body: Release{}, Answer: Published{}, Do: a.releaseNotice},
		{Method: "POST", Path: "/notices/{notice}/submit", Name: "submitNotice", Summary: "Send a draft for review", Roles: writes, Body: ReviewSubmission{}, Answer: publish.Stand{}, Do: a.submitNotice},
		{Method: "POST", Path: "/notices/{notice}/withdraw", Name: "withdrawNotice", Summary: "Take back what this token sent for review", Roles: writes, Body: Withdrawal{}, Answer: publish.Stand{}, Do: a.withdrawNotice},
		{Method: "POST", Path: "/notices/{notice}/takedown", Name: "takeDownNotice", Summary: "Withdraw a notice from every screen, for ever", Roles: withdraws, Body: Reason{}, Answer: Published{}, Do: a.takeDownNotice},
		{Method: "GET", Path: "/notices/{notice}/display", Name: "displayOfNotice", Summary: "Proof of display: where, from when, how long", Answer: fleet.Proof{}, Do: a.displayOfNotice},

		{Method: "GET", Path: "/alerts", Name: "listAlerts", Summary: "Alerts that screens show now", Answer: list[AlertDetail]{}, Do: a.listAlerts},
		{Method: "POST", Path: "/alerts", Name: "raiseAlert", Summary: "Raise an alert on a site and all below", Roles: releases, Body: AlertSubmission{}, Answer: Published{}, Status: 201, Do: a.raiseAlert},
		{Method: "POST", Path: "/alerts/{notice}/lift", Name: "liftAlert", Summary: "Lift an alert", Roles: releases, Answer: Published{}, Do: a.liftAlert},

		{Method: "POST", Path: "/pictures", Name: "uploadPicture", Summary: "Upload a picture; the answer goes into a notice's pictures", Roles: writes, Query: []param{{"caption", "string", "its caption"}, {"role", "string", "scan for a page of the approved document, sample for a filled-in form; without it an illustration"}}, Body: media{Type: "image/*"}, Answer: playlist.Picture{}, Status: 201, Do: a.uploadPicture},
		{Method: "GET", Path: "/blobs/{ref}", Name: "getBlob", Summary: "The bytes of a blob", Answer: media{Type: "application/octet-stream"}, Do: a.getBlob},
		{Method: "GET", Path: "/channels", Name: "listChannels", Summary: "All channels with their newest revision", Answer: list[store.Channel]{}, Do: a.listChannels},
		{Method: "GET", Path: "/channels/{channel}/editions", Name: "listEditions", Summary: "The newest editions of a channel", Query: []param{{"limit", "integer", "at most so many, up to 1000"}}, Answer: list[store.EditionHead]{}, Do: a.listEditions},
		{Method: "GET", Path: "/channels/{channel}/editions/{revision}", Name: "getEdition", Summary: "One signed edition as screens get it", Answer: store.Edition{}, Do: a.getEdition},

		{Method: "GET", Path: "/recalls", Name: "listLost", Summary: "Channels of which screens have newer editions than this controller, as after an older backup was restored", Roles: tends, Answer: list[fleet.Lost]{}, Do: a.listLost},
		{Method: "POST", Path: "/channels/{channel}/recall", Name: "recall", Summary: "Take the newest edition of a channel back from a screen that has it", Roles: tends, Body: Patience{}, Answer: store.Command{}, Status: 202, Do: a.recall},

		{Method: "GET", Path: "/screens", Name: "listScreens", Summary: "All screens with what they should and do show", Query: []param{{"site", "string", "only at this site and below"}, {"condition", "string", "only in this condition"}}, Answer: list[fleet.State]{}, Do: a.listScreens},
		{Method: "POST", Path: "/screens", Name: "addScreen", Summary: "Add a screen that waits for its device", Roles: tends, Body: ScreenBody{}, Answer: fleet.State{}, Status: 201, Do: a.addScreen},
		{Method: "GET", Path: "/screens/{screen}", Name: "getScreen", Summary: "One screen with its state", Answer: fleet.State{}, Do: a.getScreen},
		{Method: "PUT", Path: "/screens/{screen}", Name: "changeScreen", Summary: "Change the settings of a screen", Roles: tends, Body: ScreenBody{}, Answer: fleet.State{}, Do: a.changeScreen},
		{Method: "DELETE", Path: "/screens/{screen}", Name: "removeScreen", Summary: "Take a screen out of service; its device stops, what it displayed stays on record", Query: []param{{"reason", "string", "why"}}, Roles: tends, Status: 204, Do: a.removeScreen},
		{Method: "GET", Path: "/screens/{screen}/forecast", Name: "forecast", Summary: "What a screen plays at an instant, and why", Query: []param{{"at", "string", "RFC 3339; now when left out"}}, Answer: fleet.Forecast{}, Do: a.forecast},
		{Method: "GET", Path: "/screens/{screen}/timeline", Name: "timeline", Summary: "What a screen plays over some days, stretch by stretch", Query: []param{{"from", "string", "RFC 3339; now when left out"}, {"days", "integer", "how many, up to 30; 7 when left out"}}, Answer: fleet.Timeline{}, Do: a.timeline},
		{Method: "GET", Path: "/screens/{screen}/health", Name: "health", Summary: "How machine and line were: one sample a minute, in five minutes or an hour, as old as since is; none where nothing was said", Query: []param{{"since", "string", "RFC 3339; a day ago when left out"}}, Answer: list[store.Sample]{}, Do: a.health},
		{Method: "GET", Path: "/screens/{screen}/ledger", Name: "screenLedger", Summary: "Rows of a screen's record of display", Query: []param{{"epoch", "integer", "which ledger; the present one when left out"}, {"after", "integer", "rows after this number"}, {"limit", "integer", "at most so many, up to 10000"}}, Answer: Ledger{}, Do: a.screenLedger},
		{Method: "GET", Path: "/screens/{screen}/screenshot", Name: "screenshot", Summary: "The newest screenshot", Answer: media{Type: "image/png"}, Do: a.screenshot},
		{Method: "GET", Path: "/screens/{screen}/commands", Name: "listCommands", Summary: "The newest commands of a screen with their results", Query: []param{{"limit", "integer", "at most so many, up to 1000"}}, Answer: list[store.Command]{}, Do: a.listCommands},
		{Method: "POST", Path: "/screens/{screen}/commands", Name: "command", Summary: "Ask something of a screen: reload, screenshot, restart, identify, reboot, dark, lit, brightness, volume, log, patrol or tone", Roles: tends, Body: CommandBody{}, Answer: store.Command{}, Status: 202, Do: a.command},
		{Method: "GET", Path: "/commands/{command}", Name: "getCommand", Summary: "One command with its result", Query: []param{{"wait", "integer", "seconds to wait for the result, up to 30"}}, Answer: store.Command{}, Do: a.getCommand},

		{Method: "GET", Path: "/packages", Name: "listPackages", Summary: "Signed programs of screens that were brought in, the newest first", Roles: tends, Answer: list[Package]{}, Do: a.listPackages},
		{Method: "POST", Path: "/packages", Name: "bringPackage", Summary: "Bring a package file in, as controller release pack makes it; one that enough of the release keys did not sign is not kept", Roles: tends, Body: media{Type: "application/zip"}, Answer: Package{}, Status: 201, Do: a.bringPackage},
		{Method: "GET", Path: "/rollouts", Name: "listRollouts", Summary: "The rollouts that stand, the newest first", Roles: tends, Answer: list[Rollout]{}, Do: a.listRollouts},
		{Method: "POST", Path: "/rollouts", Name: "startRollout", Summary: "Offer a package to one in a hundred screens of a site and below, then to one in ten, then to all; it stops by itself when they fail", Roles: tends, Body: RolloutStart{}, Answer: Rollout{}, Status: 201, Do: a.startRollout},
		{Method: "GET", Path: "/rollouts/{rollout}", Name: "getRollout", Summary: "One rollout with its screens, what went wrong first", Roles: tends, Query: []param{{"offset", "integer", "how many screens to pass over"}, {"limit", "integer", "at most so many, up to 1000; 100 when left out"}}, Answer: RolloutDetail{}, Do: a.getRollout},
		{Method: "POST", Path: "/rollouts/{rollout}/{act}", Name: "changeRollout", Summary: "pause, resume, next (open the next stage now), stop, or back (offer the former package again; the answer is the rollout that does)", Roles: tends, Answer: Rollout{}, Do: a.changeRollout},

		{Method: "GET", Path: "/warnings", Name: "listWarnings", Summary: "What a technician should look at: open warnings, or closed ones, the newest first", Roles: watches, Query: []param{
			{"state", "string", "open or closed; open when left out"}, {"site", "string", "only at this site and below"}, {"screen", "string", "only about this screen"},
			{"before", "string", "closed ones that were shown before this instant, RFC 3339; now when left out"}, {"limit", "integer", "at most so many closed ones, up to 1000"},
		}, Answer: list[store.Warning]{}, Do: a.listWarnings},
		{Method: "GET", Path: "/warnings/{warning}", Name: "getWarning", Summary: "One warning", Roles: watches, Answer: store.Warning{}, Do: a.getWarning},
		{Method: "POST", Path: "/warnings/{warning}/acknowledge", Name: "acknowledgeWarning", Summary: "Take a warning: somebody sees to it; who does it again replaces the remark, and whose it is must be said to take it from them", Roles: tends, Body: Acknowledgement{}, Answer: store.Warning{}, Do: a.acknowledge},

		{Method: "GET", Path: "/pairing", Name: "listWaiting", Summary: "Devices that show a pairing code now; the code itself is only on their display", Roles: tends, Answer: list[fleet.Waiting]{}, Do: a.listWaiting},
		{Method: "POST", Path: "/pairing", Name: "confirmPairing", Summary: "Confirm the code that a device shows and make it a screen", Roles: tends, Body: Confirmation{}, Answer: fleet.State{}, Status: 201, Do: a.confirmPairing},
		{Method: "GET", Path: "/pairing/found", Name: "listFound", Summary: "Devices that were enrolled after the backup from which this controller was restored, with why one cannot be taken back as it is", Roles: tends, Answer: list[fleet.Found]{}, Do: a.listFound},
		{Method: "POST", Path: "/pairing/found", Name: "readmit", Summary: "Take such a device back as the screen that it was", Roles: tends, Body: Readmission{}, Answer: fleet.State{}, Status: 201, Do: a.readmit},

		{Method: "GET", Path: "/voices", Name: "listVoices", Summary: "What residents said, what waits first", Roles: hears, Query: append([]param{
			{"site", "string", "only at this site and below"}, {"kind", "string", "rating, opinion or objection"}, {"state", "string", "new, answered or closed"},
			{"notice", "string", "only about this notice"}, {"q", "string", "words, or the number"},
		}, page...), Answer: list[VoiceDetail]{}, Do: a.listVoices},
		{Method: "GET", Path: "/voices/{voice}", Name: "getVoice", Summary: "What one resident said", Roles: hears, Answer: VoiceDetail{}, Do: a.getVoice},
		{Method: "POST", Path: "/voices/{voice}/state", Name: "settleVoice", Summary: "Note what was done about it", Roles: answers, Body: Settlement{}, Answer: VoiceDetail{}, Do: a.settleVoice},
		{Method: "GET", Path: "/usage", Name: "usage", Summary: "Counts without identity, of all screens and of each", Query: []param{
			{"from", "string", "first day, 2026-11-22; thirty days ago when left out"}, {"to", "string", "last day; today when left out"},
			{"site", "string", "only at this site and below"}, {"screen", "string", "only of this screen"},
		}, Answer: Usage{}, Do: a.usage},

		{Method: "GET", Path: "/ledger", Name: "ledgerCount", Summary: "How many rows of display are on record", Answer: LedgerCount{}, Do: a.ledgerCount},
		{Method: "GET", Path: "/audit", Name: "audit", Summary: "The audit log: who did what, from where, and what it was before and after, the newest first", Roles: audits, Query: []param{{"subject", "string", "only about this notice, screen or account"}, {"before", "integer", "lines before this one"}, {"limit", "integer", "at most so many, up to 1000"}}, Answer: list[store.Record]{}, Do: a.audit},
		{Method: "GET", Path: "/accounts", Name: "listAccounts", Summary: "The people who may sign in", Roles: audits, Answer: list[store.Account]{}, Do: a.listAccounts},
		{Method: "POST", Path: "/accounts", Name: "createAccount", Summary: "Add a person", Roles: rules, Body: AccountBody{}, Answer: accounts.Person{}, Status: 201, Do: a.createAccount},
		{Method: "GET", Path: "/tokens", Name: "listTokens", Summary: "The API tokens", Roles: rules, Answer: list[store.APIToken]{}, Do: a.listTokens},
		{Method: "POST", Path: "/tokens", Name: "createToken", Summary: "Make an API token; it is shown this once", Roles: rules, Body: TokenBody{}, Answer: NewToken{}, Status: 201, Do: a.createToken},
		{Method: "DELETE", Path: "/tokens/{token}", Name: "revokeToken", Summary: "Revoke an API token", Roles: rules, Status: 204, Do: a.revokeToken},
	}
}

// list is how every list is answered. Total counts all that match where there
// may be more than Items.
type list[T any] struct {
	Items []T `json:"items"`
	Total int `json:"total"`
}

func listOf[T any](items []T) list[T] {
	if items == nil {
		items = []T{}
	}
	return list[T]{Items: items, Total: len(items)}
}
