package guard_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mingbai/playlist"
	"mingbai/playlist/guard"
)

// TestBuiltinList: every entry can be looked for, and what it should be is not on
// the list itself.
func TestBuiltinList(t *testing.T) {
	list := guard.Builtin()
	if len(list) < 150 {
		t.Errorf("the list has %d words", len(list))
	}
	finder := guard.Compile(list)
	if finder.Len() != len(list) {
		t.Errorf("%d of %d words are looked for: some stand there twice", finder.Len(), len(list))
	}
	for _, w := range list {
		if hits := finder.Find(w.Text); len(hits) == 0 {
			t.Errorf("%s is not found", w.Text)
		}
		for _, s := range w.Instead {
			if hits := finder.Find(s); len(hits) > 0 {
				t.Errorf("%s should be %s, which has %s", w.Text, s, hits[0].Word.Text)
			}
		}
		for _, e := range w.Except {
			for _, h := range finder.Find(e) {
				if h.Word.Text == w.Text {
					t.Errorf("%s is found in its exception %s", w.Text, e)
				}
			}
		}
	}
	// Sentences in which a word's characters stand side by side by chance.
	for _, right := range []string{
		"通知已送达，解决对象明确。", "月份内完成，省份外地区除外。", "学习贯彻会议精神，交通迅速恢复，物资迅速到位。", "正规化建设，有关建设单位。", "给予报销，给予警告，授予备案号。",
		"支付业务、支付责任、支付和结算。", "既便民又利企，既将道路拓宽又增绿。", "妇女土地权益，完善长效机制，成立既有机构。", "生活不能自己料理的老年人。", "报名截止日期为本月30日。",
		"脱贫因地制宜，机关健康体检，病因难以查明。", "发布署名文章，公布署名。", "按排名先后录取，按装机容量补贴。", "搭帐篷，对帐篷进行检查。", "自己经济困难，期末经考核合格，月末缴费。", "循环竟然中断，究竟争什么。", "国防问题，审讯结束，记录相关情况。",
	} {
		for _, h := range finder.Find(right) {
			t.Errorf("%s is taken for a slip in %q", h.Word.Text, right)
		}
	}
}

func TestWordsOfAnOffice(t *testing.T) {
	office := []guard.Word{
		{Text: "柳西", Kind: guard.Mistyped, Instead: []string{"柳溪"}, Except: []string{"杨柳西路"}},
		{Text: "柳西村民", Kind: guard.Mistyped, Instead: []string{"柳溪村民"}},
		{Text: "帐户", Kind: guard.Mistyped, Off: true},
	}
	finder := guard.Compile(guard.Builtin(), office)
	var found []string
	for _, h := range finder.Find("柳西村民住在杨柳西路，帐户在柳西，帐号另报。") {
		found = append(found, h.Word.Text)
	}
	if want := []string{"柳西村民", "柳西", "帐号"}; !slices.Equal(found, want) {
		t.Errorf("found %v, want %v", found, want)
	}
}

func TestParseWords(t *testing.T) {
	list, problems := guard.ParseWords("\ufeff词\t应为\n# 说明\n柳西\t柳溪|柳溪村\t地名\t\t必须改\n\n秘密会议室\n" + strings.Repeat("长", 41) + "\t短\n甲\t甲\n")
	if len(list) != 2 || list[0].Severity != playlist.Wrong || len(list[0].Instead) != 2 || list[1].Kind != guard.Sensitive {
		t.Errorf("%+v", list)
	}
	if len(problems) != 2 || !errors.Is(problems[0], guard.ErrWord) || !strings.Contains(problems[0].Error(), "line 6") {
		t.Errorf("%v", problems)
	}
}

// FuzzParseWords: whatever is pasted is words or errors that name their lines.
func FuzzParseWords(f *testing.F) {
	f.Add("帐户\t账户\n")
	f.Add("词\t应为\t\t敏感\twarning\t词|词语\r\n\x00")
	f.Fuzz(func(t *testing.T, text string) {
		list, problems := guard.ParseWords(text)
		for _, w := range list {
			if err := w.Check(); err != nil {
				t.Errorf("%+v: %v", w, err)
			}
		}
		for _, p := range problems {
			if !errors.Is(p, guard.ErrWord) {
				t.Error(p)
			}
		}
	})
}

// FuzzInspect: whatever stands in a notice, places are in it and on borders of
// characters, and a fix takes its finding away.
func FuzzInspect(f *testing.F) {
	for _, s := range append(slices.Clone(items), "受理100件，已办结98件，办结率99.8%。", "身份证11010519491231002X，电话 138 1234 5678", "11月22日（星期一）至2月30日", "（一）甲；（三）乙\n1.丙\n3.丁", "帐户4万亿元，占120％", winter) {
		f.Add(s, "5")
	}
	words := guard.Compile(guard.Builtin())
	f.Fuzz(func(t *testing.T, one, two string) {
		n := text(one, two)
		n.Announcement.Blocks = append(n.Announcement.Blocks, playlist.Block{Kind: playlist.TableBlock, Rows: [][]string{{"序号", "单位"}, {"1", one}, {two, "万元"}, {"4", one}}})
		for _, found := range guard.Inspect(n, guard.Env{Words: words}) {
			whole, ok := n.Text(found.Field)
			if found.To == found.From {
				continue
			}
			if !ok || found.To > len(whole) || found.From < 0 || whole[found.From:found.To] != found.Found || !utf8.ValidString(found.Found) {
				t.Fatalf("%+v is not in %q", found, whole)
			}
			for i := range found.Fixes {
				if !utf8.ValidString(one) || !utf8.ValidString(two) {
					continue
				}
				mended := text(one, two)
				mended.Announcement.Blocks = append(mended.Announcement.Blocks, playlist.Block{Kind: playlist.TableBlock, Rows: [][]string{{"序号", "单位"}, {"1", one}, {two, "万元"}, {"4", one}}})
				if err := guard.Apply(mended, found, i); err != nil {
					t.Fatalf("%+v: %v", found, err)
				}
				for _, again := range guard.Inspect(mended, guard.Env{Words: words}) {
					if again.Field == found.Field && again.Code == found.Code && again.From == found.From && again.Found == found.Found && found.Fixes[i].Row == 0 {
						t.Fatalf("%+v is there again after %q", found, found.Fixes[i].Text)
					}
				}
			}
		}
	})
}

// BenchmarkWords: ten thousand words in a megabyte of text, beside the floor of
// looking for one word with strings.Contains.
func BenchmarkWords(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	common := []rune(winter)
	piece := func(n int) string {
		out := make([]rune, n)
		for i := range out {
			out[i] = common[r.IntN(len(common))]
		}
		return string(out)
	}
	var list []guard.Word
	for i := range 10_000 {
		list = append(list, guard.Word{Text: fmt.Sprint(piece(4), i), Kind: guard.Sensitive})
	}
	finder := guard.Compile(list)
	var all strings.Builder
	for all.Len() < 1<<20 {
		all.WriteString(piece(1000))
	}
	text := all.String()
	begin := time.Now()
	for range 20 {
		if strings.Contains(text, "没有这个词在里面") {
			b.Fatal("it is")
		}
	}
	floor := time.Since(begin) / 20
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		finder.Find(text)
	}
	b.ReportMetric(float64(b.Elapsed()/time.Duration(b.N))/float64(floor), "ratio")
}
