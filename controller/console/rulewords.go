package console

import "mingbai/playlist/schedule"

// ruleWords says when a rule plays. In which places is told beside it.
func (v *visit) ruleWords(r schedule.Rule) string {
	r.Tags = nil
	return sentence(v.words(r.Summary(), r.SummaryEn()))
}
