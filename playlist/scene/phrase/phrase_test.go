package phrase

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParts(t *testing.T) {
	for text, want := range map[string]string{
		"2026年11月城乡居民最低生活保障金发放情况":     "2026年11月|城乡居民|最低生活保障|金|发放|情况",
		"生育津贴和生育医疗费申领":                "生育|津贴|和|生育|医疗费|申|领",
		"关于做好2027年度城乡居民基本养老保险缴费工作的通知": "关于|做好|2027年|度|城乡居民|基本养老保险|缴费|工作|的|通知",
		"取水许可证核发（新办）":                 "取|水|许可证|核发|（新办）",
		"望川镇柳溪村、石桥村沿河地带":              "望川镇|柳溪村、|石桥村|沿河|地带",
		"县级“三公”经费支出情况":                "县级|“三公”|经费|支出|情况",
	} {
		if got := strings.Join(Parts(text), "|"); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestFill(t *testing.T) {
	measure := func(s string) int { return 2 * utf8.RuneCountInString(s) }
	for text, want := range map[string][]string{
		"生育津贴和生育医疗费申领":   {"生育津贴和", "生育医疗费申领"},
		"青禾县人民政府森林防火禁火令": {"青禾县人民政府", "森林防火禁火令"},
		"低洼处立即转移至望川镇中学":  {"低洼处立即转移", "至望川镇中学"},
	} {
		if got := Fill(Parts(text), 2, 20, 2, measure); !slices.Equal(got, want) {
			t.Errorf("%s is broken into %q, want %q", text, got, want)
		}
	}
	if got := Fill(Parts("森林防火禁火令"), 2, 4, 2, measure); got != nil {
		t.Errorf("what does not fit is broken into %q", got)
	}
}

func FuzzParts(f *testing.F) {
	f.Add("2026年11月20日，（（望川镇")
	f.Add("abc-12.5%的和\xff")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || len(text) > 500 {
			return
		}
		parts := Parts(text)
		if strings.Join(parts, "") != text {
			t.Fatalf("%q falls into %q", text, parts)
		}
		for i := 1; i < len(parts); i++ {
			if c := Cost(parts[i-1], parts[i]); c < 0 || c > 160 {
				t.Fatalf("a break after %q costs %d", parts[i-1], c)
			}
		}
	})
}
