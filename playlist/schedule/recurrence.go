package schedule

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/teambition/rrule-go"
)

// Limits of a recurrence.
const (
	maxRecurrence = 200 // bytes
	maxInterval   = 366
	maxCount      = 1000
	horizon       = 30 * 366 // days that a search looks ahead; weekdays fall on the same dates again after 28 years
)

// recurrence is an RFC 5545 recurrence rule of days. The library expands it, a
// block of days at a time, when a day of the block is first asked for. It is
// safe for concurrent use.
type recurrence struct {
	option rrule.ROption // as it was written
	days   rrule.ROption // the same days, in the form that is expanded; without DTSTART, COUNT and UNTIL
	count  int           // 0 for without end
	start  int           // the first day that may be one; phase is where intervals are counted from
	phase  int
	until  int // last day that may be one

	mu     sync.Mutex
	blocks map[int]*block // guarded by mu
	all    []int          // with a count: all the days; guarded by mu, then fixed
	run    int            // blocks that were expanded together last; guarded by mu
	barren int            // first block of those of which it is known that they and all later ones are empty; guarded by mu
}

// block is a set of days in a row.
type block [blockDays / 64]uint64

const (
	blockDays = 128
	maxRun    = 32
)

// complaint is what is wrong with a text.
type complaint struct{ zh, en string }

func complain(zh, en string) *complaint { return &complaint{zh, en} }

// dayParts are the parts of an RFC 5545 recurrence rule that stay within days.
// BYWEEKNO is not among them: the library is wrong about the first days of a
// year, and nobody here counts weeks.
var dayParts = []string{"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYMONTH", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYSETPOS"}

// parseRecurrence reads a recurrence rule that begins on from. The zero date
// means that it has no beginning; then nothing in it may depend on one.
func parseRecurrence(text string, from Date) (*recurrence, *complaint) {
	if len(text) > maxRecurrence {
		return nil, complain(fmt.Sprintf("重复规则不超过 %d 个字符", maxRecurrence), "the recurrence is too long")
	}
	if strings.ContainsAny(text, " \t\r\n") {
		return nil, complain("重复规则中不能有空格或换行", "a recurrence has no spaces and lines")
	}
	parts, wrong := splitParts(text)
	if wrong != nil {
		return nil, wrong
	}
	if len(parts["UNTIL"]) > 0 && len(parts["UNTIL"]) != len(rrule.DateFormat) {
		return nil, complain("重复规则的 UNTIL 只写日期，如 20271231", "UNTIL must be a date such as 20271231")
	}
	o, err := rrule.StrToROption(text)
	if err == nil {
		_, err = rrule.NewRRule(*o) // checks the bounds of numbers
	}
	if err != nil {
		return nil, complain("重复规则写法不对，例：FREQ=MONTHLY;BYDAY=-1FR", "not an RFC 5545 recurrence: "+err.Error())
	}
	if wrong := checkParts(o, parts); wrong != nil {
		return nil, wrong
	}
	r := &recurrence{start: always, until: never, blocks: map[int]*block{}, barren: never}
	if _, ok := parts["UNTIL"]; ok {
		r.until = DateOf(o.Until).number()
	}
	r.count = o.Count
	if from.IsZero() {
		if zh := leansOnFrom(o); zh != "" {
			return nil, complain("重复规则"+zh+"，需要填写开始日期", "this recurrence needs a first day")
		}
	} else {
		r.start = from.number()
		r.phase = r.start
		writeOut(o, from)
	}
	r.option = *o
	r.days = *o
	r.days.Count, r.days.Until = 0, time.Time{}
	if o.Freq == rrule.DAILY && o.Interval <= 1 {
		// The library is slow where each period is one day.
		r.days.Freq = rrule.MONTHLY
		if len(o.Byweekday)+len(o.Bymonthday) == 0 {
			r.days.Byweekday = rruleWeekdays
		}
	}
	return r, nil
}

// splitParts splits the text into its parts and refuses those below a day.
func splitParts(text string) (map[string]string, *complaint) {
	parts := map[string]string{}
	for part := range strings.SplitSeq(text, ";") {
		key, value, _ := strings.Cut(part, "=")
		if !slices.Contains(dayParts, key) {
			return nil, complain(fmt.Sprintf("重复规则中不能用 %.20q；一天之内的时间请用时段", key), fmt.Sprintf("%.20q cannot be used in a recurrence; use spans for times of day", key))
		}
		if _, ok := parts[key]; ok {
			return nil, complain("重复规则中的 "+key+" 写了两次", key+" is there twice")
		}
		parts[key] = value
	}
	return parts, nil
}

// checkParts refuses what RFC 5545 3.3.10 forbids and what can only be a
// mistake.
func checkParts(o *rrule.ROption, parts map[string]string) *complaint {
	has := func(key string) bool { _, ok := parts[key]; return ok }
	if o.Freq > rrule.DAILY {
		return complain("重复规则的 FREQ 应为 DAILY、WEEKLY、MONTHLY 或 YEARLY；一天之内的时间请用时段", "FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY; use spans for times of day")
	}
	if has("INTERVAL") && (o.Interval < 1 || o.Interval > maxInterval) {
		return complain(fmt.Sprintf("重复规则的 INTERVAL 应为 1 至 %d", maxInterval), "INTERVAL is out of range")
	}
	if has("COUNT") && (o.Count < 1 || o.Count > maxCount) {
		return complain(fmt.Sprintf("重复规则的 COUNT 应为 1 至 %d", maxCount), "COUNT is out of range")
	}
	if has("COUNT") && has("UNTIL") {
		return complain("重复规则的 COUNT 和 UNTIL 只能写一个", "COUNT and UNTIL exclude each other")
	}
	numbered, plain := 0, 0
	for i, w := range strings.Split(parts["BYDAY"], ",") {
		switch {
		case !has("BYDAY"):
		case len(w) == 2:
			plain++
		case o.Byweekday[i].N() == 0:
			return complain("重复规则的 BYDAY 中没有第 0 个", "BYDAY knows no 0th day")
		default:
			numbered++
			if n := o.Byweekday[i].N(); (o.Freq == rrule.MONTHLY || has("BYMONTH")) && (n > 5 || n < -5) {
				return complain("一个月里没有第 6 个同样的星期几", "no month has a sixth of a weekday")
			}
		}
	}
	wrong := func(part, freq string) *complaint {
		return complain("重复规则中 FREQ="+freq+" 不能有 "+part, part+" cannot be used with FREQ="+freq)
	}
	freq := o.Freq.String()
	switch {
	case numbered > 0 && plain > 0:
		return complain("重复规则的 BYDAY 不能把带序号和不带序号的混写", "BYDAY mixes numbered and plain weekdays")
	case numbered > 0 && o.Freq != rrule.MONTHLY && o.Freq != rrule.YEARLY:
		return wrong("BYDAY 的序号", freq)
	case has("BYYEARDAY") && o.Freq != rrule.YEARLY:
		return wrong("BYYEARDAY", freq)
	case has("BYMONTHDAY") && o.Freq == rrule.WEEKLY:
		return wrong("BYMONTHDAY", freq)
	case has("BYSETPOS") && o.Freq == rrule.DAILY:
		return wrong("BYSETPOS", freq)
	case o.Freq == rrule.WEEKLY && slices.ContainsFunc(o.Bysetpos, func(n int) bool { return max(n, -n) > max(plain, 1) }):
		return complain("重复规则的 BYSETPOS 超过了 BYDAY 的天数", "BYSETPOS is beyond the days of BYDAY")
	case has("BYSETPOS") && !has("BYMONTH") && !has("BYYEARDAY") && !has("BYMONTHDAY") && !has("BYDAY"):
		return complain("重复规则的 BYSETPOS 要和别的 BY 一起写", "BYSETPOS needs another BY part")
	}
	for _, list := range [][]int{o.Bymonthday, o.Byyearday, o.Bysetpos, o.Bymonth} {
		if slices.Contains(list, 0) {
			return complain("重复规则中没有第 0 个", "a recurrence knows no 0th")
		}
	}
	return nil
}

// leansOnFrom says what of the recurrence follows from its first day.
func leansOnFrom(o *rrule.ROption) string {
	switch {
	case o.Count > 0:
		return "按次数结束（COUNT）"
	case o.Interval > 1:
		return "隔几次才有一次（INTERVAL）"
	case o.Freq == rrule.DAILY, len(o.Byyearday)+len(o.Bymonthday)+len(o.Byweekday) > 0:
		return ""
	}
	return "没有写明是哪一天"
}

// writeOut writes out the days that a rule without any takes from its first day,
// so that it can be expanded from anywhere.
func writeOut(o *rrule.ROption, from Date) {
	if len(o.Byyearday)+len(o.Bymonthday)+len(o.Byweekday) > 0 {
		return
	}
	switch o.Freq {
	case rrule.YEARLY:
		if len(o.Bymonth) == 0 {
			o.Bymonth = []int{int(from.Month)}
		}
		o.Bymonthday = []int{from.Day}
	case rrule.MONTHLY:
		o.Bymonthday = []int{from.Day}
	case rrule.WEEKLY:
		o.Byweekday = []rrule.Weekday{rruleWeekdays[from.Weekday()]}
	}
}

var rruleWeekdays = []rrule.Weekday{rrule.SU, rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA}

// on reports whether the n-th day since 1970 is one of the recurrence.
func (r *recurrence) on(n int) bool {
	m, ok := r.next(n, n)
	return ok && m == n
}

// next returns the first day of the recurrence from n to end.
func (r *recurrence) next(n, end int) (int, bool) {
	n, end = max(n, r.start), min(end, r.until)
	if n > end {
		return 0, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.count > 0 {
		return r.nextCounted(n, end)
	}
	for at := floorDiv(int64(n), blockDays); at*blockDays <= end && at < r.barren; at++ {
		b := r.block(at)
		for i := max(n-at*blockDays, 0); i < blockDays; i++ {
			word := b[i/64] >> (i % 64)
			if word == 0 {
				i |= 63
				continue
			}
			if word&1 == 1 {
				day := at*blockDays + i
				return day, day <= end
			}
		}
	}
	return 0, false
}

func (r *recurrence) nextCounted(n, end int) (int, bool) {
	if r.all == nil {
		r.all = make([]int, 0, r.count)
		r.expand(r.start, func(day int) bool {
			r.all = append(r.all, day)
			return len(r.all) < r.count
		})
	}
	i, _ := slices.BinarySearch(r.all, n)
	if i == len(r.all) || r.all[i] > end {
		return 0, false
	}
	return r.all[i], true
}

// occurs reports whether there is any day.
func (r *recurrence) occurs() bool {
	first := max(r.start, Date{2000, time.January, 1}.number())
	_, ok := r.next(first, first+horizon)
	return ok
}

// last returns the last day of a recurrence that ends.
func (r *recurrence) last() (int, bool) {
	if r.count > 0 {
		r.next(r.start, r.start) // fills the days
		if len(r.all) > 0 {
			return r.all[len(r.all)-1], true
		}
	}
	return r.until, r.until != never
}

// block returns the days from at*blockDays on. Who asks for one often asks for
// the next, so each time twice as many are expanded.
func (r *recurrence) block(at int) *block {
	if b, ok := r.blocks[at]; ok {
		return b
	}
	r.run = min(max(2*r.run, 1), maxRun)
	end := at + r.run
	blocks := make([]block, r.run)
	more := false // there are days from end on
	r.expand(at*blockDays, func(day int) bool {
		i := day - at*blockDays
		if more = i >= len(blocks)*blockDays; more {
			end = floorDiv(int64(day), blockDays) // what lies between is empty
			return false
		}
		blocks[i/blockDays][i%blockDays/64] |= 1 << (i % 64)
		return day < r.until
	})
	if !more {
		r.barren = min(r.barren, end)
	}
	for i := range blocks {
		r.blocks[at+i] = &blocks[i]
	}
	empty := new(block)
	for i := at + len(blocks); i < end; i++ {
		r.blocks[i] = empty
	}
	return &blocks[0]
}

// expand yields the days of the recurrence from the day first on, until yield
// returns false or the library knows no more.
//
// The library searches for the next day up to the year 9999, however far that
// is. The Gregorian calendar repeats every 400 years, which are 20,871 whole
// weeks; so the search is moved by cycles to the last centuries before that. It
// finds what comes within 100 years and gives up within 500.
func (r *recurrence) expand(first int, yield func(day int) bool) {
	begin := dateOf(r.period(first))
	cycles := (lastStart - begin.Year) / 400
	o := r.days
	o.Dtstart = Date{begin.Year + cycles*400, begin.Month, begin.Day}.In(time.UTC)
	rule, err := rrule.NewRRule(o)
	if err != nil {
		return // parseRecurrence has made one
	}
	next := rule.Iterator()
	for t, ok := next(); ok; t, ok = next() {
		n := floorDiv(t.Unix(), day) - cycles*cycleDays
		if n >= first && n >= r.start && !yield(n) {
			return
		}
	}
}

const (
	lastStart = 9899 // the last year in which a search begins
	cycleDays = 146_097
)

// period returns the first day of the period of the recurrence, such as a month
// of MONTHLY, in which the n-th day lies or of the last one before it.
func (r *recurrence) period(n int) int {
	step, phase := max(r.option.Interval, 1), r.phase
	if r.start == always {
		phase = n
	}
	since := func(unit, from int) int { return floorDiv(int64(unit-from), int64(step))*step + from }
	switch r.days.Freq {
	case rrule.DAILY:
		return since(n, phase)
	case rrule.WEEKLY:
		sunday := (r.option.Wkst.Day() + 1) % 7
		week := func(n int) int { return n - (int(weekdayOf(n))-sunday+7)%7 }
		step *= 7
		return since(week(n), week(phase))
	case rrule.MONTHLY:
		month := func(d Date) int { return d.Year*12 + int(d.Month) - 1 }
		m := since(month(dateOf(n)), month(dateOf(phase)))
		return Date{m / 12, time.Month(m%12 + 1), 1}.number()
	}
	return Date{since(dateOf(n).Year, dateOf(phase).Year), time.January, 1}.number()
}
