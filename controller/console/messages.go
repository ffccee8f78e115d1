package console

import "maps"

// inEnglish is the message table: every text of the pages, named by its Chinese,
// with its English. Each area of the console has its own part; a test keeps them
// complete, without leftovers and apart from each other.
var inEnglish = merged(englishParts...)

var englishParts = []map[string]string{
	englishHouse, englishWrite, englishFund, englishSheet, englishGuard, englishReview, englishPeople, englishDuty, englishCalendar, englishRoster, englishImport, englishFactors, englishScreen, englishUpdates, englishList, englishAccept, englishBackup, englishLines, englishTold,
}

func merged(parts ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, p := range parts {
		maps.Copy(all, p)
	}
	return all
}
