package hanzi_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/encoding/simplifiedchinese"

	"mingbai/playlist/hanzi"
)

func TestReadings(t *testing.T) {
	for r, want := range map[rune]string{
		'养': "yang", '重': "zhong", '庆': "qing", '绿': "lv", '女': "nv", '略': "lve", '一': "yi", '儿': "er", '㛃': "jie",
	} {
		if got := hanzi.Readings(r); len(got) == 0 || got[0] != want {
			t.Errorf("%c is read %v, want %s first", r, got, want)
		}
	}
	for r, want := range map[rune]string{'重': "chong", '曾': "zeng", '长': "chang", '单': "shan", '解': "xie", '仇': "qiu"} {
		if got := hanzi.Readings(r); !slices.Contains(got, want) {
			t.Errorf("%c is read %v, want %s among them", r, got, want)
		}
	}
	for _, r := range []rune{'a', '1', '，', ' ', 0, -1, 0x10FFFF} {
		if got := hanzi.Readings(r); got != nil {
			t.Errorf("%q is read %v", r, got)
		}
	}
}

func TestReadingsInUse(t *testing.T) {
	for r, want := range map[rune]string{
		'占': "zhan", '不': "bu fou", '重': "zhong chong", '曾': "ceng zeng", '长': "zhang chang", '行': "xing hang heng", '单': "dan chan shan",
		'绿': "lv lu", '六': "liu lu", '校': "xiao jiao", '养': "yang", '会': "hui kuai",
	} {
		if got := strings.Join(hanzi.ReadingsInUse(r), " "); got != want {
			t.Errorf("%c is read %s, want %s", r, got, want)
		}
	}
	for _, r := range gb2312(t) {
		all, used := hanzi.Readings(r), hanzi.ReadingsInUse(r)
		if len(used) == 0 || used[0] != all[0] {
			t.Errorf("%c is read %v of %v", r, used, all)
		}
	}
}

// gb2312 returns the 6,763 characters of GB 2312.
func gb2312(t testing.TB) []rune {
	var out []rune
	decode := simplifiedchinese.GBK.NewDecoder()
	for high := 0xB0; high <= 0xF7; high++ {
		for low := 0xA1; low <= 0xFE; low++ {
			text, err := decode.String(string([]byte{byte(high), byte(low)}))
			if r := []rune(text); err == nil && len(r) == 1 && unicode.Is(unicode.Han, r[0]) {
				out = append(out, r[0])
			}
		}
	}
	if len(out) != 6763 {
		t.Fatalf("GB 2312 has %d characters", len(out))
	}
	return out
}

func TestEveryCharacterOfGB2312(t *testing.T) {
	for _, r := range gb2312(t) {
		order := hanzi.StrokeOrder(r)
		if order == "" || strings.Trim(order, hanzi.Strokes) != "" {
			t.Errorf("%c has the strokes %q", r, order)
		}
		readings := hanzi.Readings(r)
		if len(readings) == 0 {
			t.Errorf("%c has no reading", r)
		}
		for _, s := range readings {
			if s == "" || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") != "" {
				t.Errorf("%c is read %q", r, s)
			}
		}
	}
}

// The strokes by the numbers of GB 13000.1 (1 一 2 丨 3 丿 4 丶 5 乛), as school
// books print them.
func TestStrokesAreThoseOfTheStandard(t *testing.T) {
	for char, want := range map[rune]string{
		'养': "431113432", '老': "121335", '保': "322511234", '险': "523414431", '低': "3235154", '村': "1234124",
		'补': "4523424", '民': "51515", '政': "121213134", '医': "1311345", '水': "2534", '电': "25115", '火': "4334",
		'万': "153", '北': "21135", '必': "45434", '母': "55414", '长': "3154", '马': "551", '为': "4354", '乃': "53",
		'凸': "21251", '凹': "25251", '肃': "51123234", '登': "543341251431", '爽': "13434343434", '我': "3121534",
		'家': "4451353334", '狗': "35335251", '手': "3112", '子': "521", '女': "531", '九': "35", '心': "4544", '车': "1512",
		'匹': "1355", '巨': "1515", '出': "52252", '重': "312511211", '那': "511352", '舞': "31122221354152", '讯': "45512",
		'氵': "441", '扌': "121", '阝': "52", '讠': "45",
	} {
		var got strings.Builder
		for _, s := range hanzi.StrokeOrder(char) {
			got.WriteByte('1' + byte(strings.IndexRune(hanzi.Strokes, s)))
		}
		if got.String() != want {
			t.Errorf("%c has the strokes %s, want %s", char, got.String(), want)
		}
	}
}

func texts(of []hanzi.Candidate) []string {
	var out []string
	for _, c := range of {
		out = append(out, c.Text)
	}
	return out
}

func TestFromPinyinFindsWords(t *testing.T) {
	for _, c := range []struct {
		keys, want string
		within     int // of the first so many
	}{
		{"women", "我们", 1}, {"wm", "我们", 3}, {"wom", "我们", 2}, {"wome", "我们", 1},
		{"dibao", "低保", 1}, {"dib", "低保", 3}, {"db", "低保", 8}, {"dbao", "低保", 4},
		{"yanglaobaoxian", "养老保险", 1}, {"ylbx", "养老保险", 2}, {"yanglaobx", "养老保险", 1}, {"yanglao", "养老", 1},
		{"butie", "补贴", 1}, {"gongshi", "公示", 3}, {"cunweihui", "村委会", 1}, {"cwh", "村委会", 2},
		{"chongqing", "重庆", 1}, {"cq", "重庆", 12}, {"zhongqing", "重庆", 30}, {"yinhang", "银行", 1},
		{"shenfenzheng", "身份证", 1}, {"sfz", "身份证", 2}, {"zenme", "怎么", 1}, {"xian", "西安", 5}, {"xian", "县", 12},
		{"lv", "绿", 12}, {"nv", "女", 3}, {"zeng", "曾", 8}, {"de", "的", 1}, {"w", "我", 5}, {"yang", "养", 8}, {"yang", "养老", 12},
		{"qlue", "侵略", 30}, {"wode", "我的", 1}, {"ludengbuliang", "路灯不亮", 1}, {"WOMEN", "我们", 1},
	} {
		got := texts(hanzi.FromPinyin(c.keys, 0))
		if i := slices.Index(got, c.want); i < 0 || i >= c.within {
			t.Errorf("%s gives %v, want %s among the first %d", c.keys, got, c.want, c.within)
		}
	}
}

func TestALongRowIsChosenPieceByPiece(t *testing.T) {
	keys, text := "womenyaoshenqingdibaodehuquna", ""
	for keys != "" {
		of := hanzi.FromPinyin(keys, 10)
		if len(of) == 0 {
			t.Fatalf("nothing for %s after %s", keys, text)
		}
		if of[0].Used < 1 || of[0].Used > len(keys) {
			t.Fatalf("%s of %s takes %d keys", of[0].Text, keys, of[0].Used)
		}
		text, keys = text+of[0].Text, keys[of[0].Used:]
	}
	if !strings.HasPrefix(text, "我们要申请低保") {
		t.Errorf("the first of each gives %s", text)
	}
}

func TestFromStrokes(t *testing.T) {
	for _, c := range []struct {
		keys, want string
		within     int
	}{
		{"h", "一", 1}, {"hs", "十", 1}, {"pn", "人", 1}, {"zph", "女", 1}, {"hsh", "土", 3}, {"pszzh", "低", 30},
		{"hshppz", "老", 1}, {"nphhhpn", "养", 3}, {"npnhhhpnps", "养", 30}, {"pshph", "任", 10},
	} {
		got := texts(hanzi.FromStrokes(c.keys, 0))
		i := slices.Index(got, c.want)
		if strings.HasPrefix(hanzi.StrokeOrder([]rune(c.want)[0]), c.keys) && (i < 0 || i >= c.within) {
			t.Errorf("%s gives %v, want %s among the first %d", c.keys, got, c.want, c.within)
		}
	}
	for _, r := range gb2312(t) {
		order := hanzi.StrokeOrder(r)
		if got := hanzi.FromStrokes(order, 40); !slices.Contains(got, hanzi.Candidate{Text: string(r), Used: len(order)}) {
			t.Errorf("%c is not among the characters of its own strokes %s: %v", r, order, got)
		}
	}
}

// Two characters one after the other: the first is offered, and what it takes.
func TestStrokesOfTwoCharacters(t *testing.T) {
	keys := hanzi.StrokeOrder('养') + hanzi.StrokeOrder('老')
	got := hanzi.FromStrokes(keys, 0)
	if len(got) == 0 || got[0] != (hanzi.Candidate{Text: "养", Used: 9}) {
		t.Errorf("the strokes of 养老 give %v", got)
	}
}

func TestConfusable(t *testing.T) {
	for syllable, want := range map[string][]string{
		"zhang": {"zang", "zhan", "zan"}, "nan": {"lan", "ran", "nang"}, "ling": {"nin", "nin", "lin"}, "fu": {"hu"}, "lv": {"lu"},
	} {
		got := hanzi.Confusable(syllable)
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("%s is confused with %v, want %s among them", syllable, got, w)
			}
		}
	}
	if got := hanzi.Confusable("yao"); got != nil {
		t.Errorf("yao is confused with %v", got)
	}
}

func FuzzCompose(f *testing.F) {
	for _, s := range []string{"", "women", "hspnz", "zzzzzzzzzzzzzzzzzzzzzzzzzzzz", "sssssssssssssssssshhhhhh", "人a1 ü", "xianshengshengxianshengshengxianshengshengxianshengshengxianshengsheng"} {
		f.Add(s, 5)
	}
	f.Fuzz(func(t *testing.T, keys string, limit int) {
		for _, got := range [][]hanzi.Candidate{hanzi.FromPinyin(keys, limit), hanzi.FromStrokes(keys, limit)} {
			if limit > 0 && len(got) > limit {
				t.Fatalf("%d candidates, wanted %d at most", len(got), limit)
			}
			seen := map[string]bool{}
			for _, c := range got {
				if c.Text == "" || c.Used < 1 || c.Used > len(keys) || seen[c.Text] && len(c.Text) > 4 {
					t.Fatalf("%q gives %+v", keys, c)
				}
				seen[c.Text] = true
			}
		}
	})
}

// The floor is asking for the readings and strokes of every character once.
func BenchmarkCompose(b *testing.B) {
	hanzi.Warm()
	chars := gb2312(b)
	for _, keys := range []string{"s", "sh", "shi", "jsgl", "women", "yanglaobaoxian", "womenyaoshenqingdibao", "ssssssssssss", "strokes"} {
		b.Run(keys, func(b *testing.B) {
			for b.Loop() {
				if keys == "strokes" {
					hanzi.FromStrokes("n", 30)
				} else {
					hanzi.FromPinyin(keys, 30)
				}
			}
			each := b.Elapsed() / time.Duration(b.N)
			start := time.Now()
			known := 0
			for range 10 {
				for _, r := range chars {
					known += len(hanzi.Readings(r)) + len(hanzi.StrokeOrder(r))
				}
			}
			b.ReportMetric(float64(each)/float64(time.Since(start)/10), "ratio")
		})
	}
}
