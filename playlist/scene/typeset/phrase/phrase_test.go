package phrase

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestWords(t *testing.T) {
	for _, want := range []string{
		"关于/做好/2027年度/城乡居民养老保险/缴费/工作/的/通知",
		"柳溪村/2026年/第三季度/财务收支明细",
		"杨树湾村/集体机动地/发包/招标公告",
		"望川镇/公共文化资金/313.4万元/，/九项/支出/正在/公示",
		"共7个工作日/，/3个工作日内/答复",
		"公示期/自/2026年/11月18日/至/11月26日",
		"根据/《/青禾县/耕地地力保护补贴/实施方案/》/（/青农发〔2026〕41号/）",
		"按照/青农发〔2026〕41号/要求",
		"12月25日前/把/钱/存进/社保卡",
		"60岁以上/老人/免费",
		"县人力资源和社会保障局",
		"拨打/0000-12317/，/或者/12345/热线",
		"适龄/女孩/HPV/疫苗/免费接种/安排",
		"县级/“三公”经费/支出情况",
		"上午/9:00—17:30/办理",
		"第38次/常务会议/议定/五件事",
		"全县/统一",
		"每人每年/ /400 元/，/12 个/档次",
		"预计/未来/ /3 小时/降雨量/将/达/ /100 毫米以上",
	} {
		text := strings.ReplaceAll(want, "/", "")
		if got := strings.Join(Words([]rune(text)), "/"); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// cost returns what a break costs at the "|" of a text.
func cost(t *testing.T, marked string) uint8 {
	t.Helper()
	before, after, ok := strings.Cut(marked, "|")
	if !ok {
		t.Fatalf("%q marks no break", marked)
	}
	return Costs([]rune(before + after))[len([]rune(before))]
}

func TestNever(t *testing.T) {
	for _, s := range []string{
		"2027|年度", "2027年|度", "313.4|万元", "313|.4万元", "20|个工作日", "20个|工作日", "11月|25日",
		"〔2026〕|41号", "青农发〔2026〕4|1号", "青农|发〔2026〕41号", "0000|-12317", "0000-|12317", "https://a.|example",
		"9:00—|17:30", "第三|季度", "第|38次", "12月25日|前", "3.5|%", "400| 元", "400 |元", "313.4 万|元", "2026—|2027年", "补贴|，公示", "（|新办", "《|办法", "新办|）",
	} {
		if got := cost(t, s); got != Never && got < Inside {
			t.Errorf("a break at %s costs %d", s, got)
		}
	}
}

// TestBetter holds pairs of breaks of one text, the better first.
func TestBetter(t *testing.T) {
	for _, p := range [][2]string{
		{"关于做好|2027年度城乡居民养老保险缴费工作的通知", "关于做好2027年度城乡居民|养老保险缴费工作的通知"},
		{"关于做好2027年度|城乡居民养老保险缴费工作的通知", "关于|做好2027年度城乡居民养老保险缴费工作的通知"},
		{"2027年度城乡居民|养老保险缴费", "2027年度城乡|居民养老保险缴费"},
		{"居民养老保险|开始缴费", "居民养老|保险开始缴费"},
		{"生育津贴和|生育医疗费申领", "生育津贴|和生育医疗费申领"},
		{"政府信息公开的|有关规定", "政府信息公开|的有关规定"},
		{"缴费工作|的通知", "缴费工作的|通知"},
		{"缴费工作|的通知", "缴费工|作的通知"},
		{"柳溪村|便民服务站代办事项", "柳溪村便民|服务站代办事项"},
		{"柳溪村便民|服务站代办事项", "柳溪村便民服务|站代办事项"},
		{"望川镇|2026年临时救助发放公示", "望川|镇2026年临时救助发放公示"},
		{"正在公示，|截止", "正在|公示，截止"},
		{"印发《青禾县|突发事件应急预案》的通知", "印发《青禾县突发|事件应急预案》的通知"},
		{"农村危房改造|补助申请", "农村危房|改造补助申请"},
		{"残疾人|补贴发放", "残疾|人补贴发放"},
		{"100 毫米|以上", "100 毫|米以上"},
		{"在村里|公示", "在|村里公示"},
	} {
		if a, b := cost(t, p[0]), cost(t, p[1]); a >= b {
			t.Errorf("%s costs %d, %s costs %d", p[0], a, p[1], b)
		}
	}
}

func TestBreaks(t *testing.T) {
	got := Breaks("养老保险，缴费")
	if !slices.Contains(got, Break{5, Mark}) || slices.ContainsFunc(got, func(b Break) bool { return b.Index == 1 || b.Index == 4 }) {
		t.Errorf("breaks at %v", got)
	}
	for _, s := range []string{"", "字", "\n", " "} {
		if got := Breaks(s); len(got) != 0 {
			t.Errorf("%q may be broken at %v", s, got)
		}
	}
}

func TestLexicon(t *testing.T) {
	l := load()
	n := 0
	for _, w := range l.words.words {
		if w.class != 0 {
			n++
		}
		if w.loose&^w.joints != 0 {
			t.Error("a loose joint is no joint")
		}
	}
	if n < 3000 {
		t.Errorf("%d words", n)
	}
	for _, bad := range []string{"字", "= nothing\n字", "= noun\n" + strings.Repeat("字", maxWord+1)} {
		if _, err := parseLexicon(bad); err == nil {
			t.Errorf("a lexicon of %.20q is read", bad)
		}
	}
}

func TestShared(t *testing.T) {
	text := []rune("关于做好2027年度城乡居民养老保险缴费工作的通知")
	want := Costs(text)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 100 {
				if !slices.Equal(Costs(text), want) {
					t.Error("the costs differ from call to call")
					return
				}
			}
		})
	}
	wait.Wait()
}

func FuzzCosts(f *testing.F) {
	for _, s := range []string{
		"", "关于做好2027年度城乡居民养老保险缴费工作的通知", "青农发〔2026〕41号", "《《》", "（11月23日至29日）",
		"第第第", "一二三", "12.5%的和\xff", "“三公”“", "9:00—", "1、3、8、9、12号窗口", "a b  c", "〔〔〕", "\U00020BB7村",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4000 {
			return
		}
		runes := []rune(text)
		costs := Costs(runes)
		if len(costs) != len(runes)+1 || costs[0] != 0 || costs[len(runes)] != 0 {
			t.Fatalf("%q: %d costs for %d runes", text, len(costs), len(runes))
		}
		if got := strings.Join(Words(runes), ""); got != string(runes) {
			t.Fatalf("%q falls into words of %q", text, got)
		}
		for i := 1; i < len(runes); i++ {
			if isDigit(runes[i-1]) && isDigit(runes[i]) && costs[i] != Never {
				t.Fatalf("%q: a number may be broken at %d for %d", text, i, costs[i])
			}
			if strings.ContainsRune("，。）》", runes[i]) && costs[i] != Never && kindOf(runes[i-1]) != isBlank {
				t.Fatalf("%q: a mark may start a line at %d for %d", text, i, costs[i])
			}
		}
	})
}

var title = []rune("关于做好2027年度城乡居民养老保险缴费工作的通知")

// BenchmarkTitle judges a title; the floor is one look into a map for each
// character.
func BenchmarkTitle(b *testing.B) {
	Costs(title)
	m := make(map[rune]int)
	for i, r := range title {
		m[r] = i
	}
	sum := 0
	floor := perRun(func() {
		for range 100 {
			for _, r := range title {
				sum += m[r]
			}
		}
	}) / 100
	b.ReportAllocs()
	for b.Loop() {
		Costs(title)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/floor, "ratio")
}

// BenchmarkLoad reads the lexicon, which the first text does; the floor is
// entering each of its characters in a map.
func BenchmarkLoad(b *testing.B) {
	floor := perRun(func() {
		m := make(map[int]rune)
		for i, r := range lexiconText {
			m[i] = r
		}
	})
	for b.Loop() {
		if _, err := parseLexicon(lexiconText); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/floor, "ratio")
}

// perRun returns the least nanoseconds that f took in a few runs.
func perRun(f func()) float64 {
	best := time.Duration(1 << 62)
	for range 20 {
		start := time.Now()
		f()
		best = min(best, time.Since(start))
	}
	return float64(max(best, 1))
}
