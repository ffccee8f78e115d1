package console

// englishRoster has the messages of duty rosters beside their form.
var englishRoster = map[string]string{
	"哪天": "Day", "带班": "Duty leader", "值班": "On duty", "夜班": "Night", "%s 起": "from %s",
}
