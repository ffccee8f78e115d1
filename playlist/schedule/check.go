package schedule

// Problem is something wrong with a rule.
type Problem struct {
	Field     string // for example "spans[0].to"
	Code      string
	Message   string // Chinese
	MessageEn string
}

// Check returns what is wrong with the rule by itself.
func (r Rule) Check() []Problem { return nil }

// Summary says in Chinese when and where the rule plays, for example
// 每个工作日 8:30-17:30.
func (r Rule) Summary() string { return "" }

// DefaultDays returns the public holidays and make-up working days of China that
// are embedded in the program.
func DefaultDays() []Exception { return nil }
