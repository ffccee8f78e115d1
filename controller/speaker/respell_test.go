package speaker

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestRespell(t *testing.T) {
	for text, want := range map[string]string{
		"银行处理":       " yin2 hang2  chu3 li3 ",
		"其中标准":       "其中标准",
		"为做好工作，分为两批": "为做好工作，分 wei2 两批",
		"本地土地":       "本 di4 土 di4 ",
		"李𬭎同志":       "李 hong 同志",
		"村长不得":       " cun1 zhang3 不 de2 ",
		"":           "",
	} {
		if got := respell(text); got != want {
			t.Errorf("%s is respelled %q, want %q", text, got, want)
		}
	}
	if readsPinyin([]string{"piper", "--model", "zh"}) || readsPinyin([]string{"espeak-ng", "-v", "yue"}) || !readsPinyin([]string{"/usr/bin/espeak-ng", "-v", "cmn-latn-pinyin"}) {
		t.Error("the voice that needs it is not told apart")
	}
}

// Every word has a syllable with its tone for each character, once.
func TestMisreadIsWellFormed(t *testing.T) {
	syllable := regexp.MustCompile(`^[a-z]+[1-5]$`)
	seen := map[string]bool{}
	for _, entry := range strings.Split(misread, ",") {
		f := strings.Fields(entry)
		if len(f) < 2 || len(f)-1 != utf8.RuneCountInString(f[0]) || seen[f[0]] {
			t.Errorf("entry %q", entry)
			continue
		}
		seen[f[0]] = true
		for _, s := range f[1:] {
			if !syllable.MatchString(s) {
				t.Errorf("%s: %q is no syllable", f[0], s)
			}
		}
	}
	for _, w := range strings.Fields(asIs) {
		if seen[w] {
			t.Errorf("%s is in both lists", w)
		}
	}
}

// TestEspeakReads asks the voice itself for its phonemes: 5 and 1 to 4 are tones
// in its own notation.
func TestEspeakReads(t *testing.T) {
	phonemes := func(text string) string {
		cmd := exec.Command("espeak-ng", "-v", "cmn-latn-pinyin", "-b", "1", "-q", "-x")
		cmd.Stdin = strings.NewReader(text)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("the delivered voice can be tested only where it is installed (apt install espeak-ng): %v", err)
		}
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune("',_| \n", r) {
				return -1
			}
			return r
		}, string(out))
	}
	for text, pinyin := range map[string]string{
		"银行": "yin2 hang2", "土地": "tu3 di4", "处理": "chu3 li3", "会计": "kuai4 ji4", "归还": "gui1 huan2", "种植": "zhong4 zhi2", "调整": "tiao2 zheng3",
	} {
		if got, want := phonemes(respell(text)), phonemes(pinyin); got != want {
			t.Errorf("%s is read %s, want %s", text, got, want)
		}
		if phonemes(text) == phonemes(pinyin) {
			t.Errorf("%s is read well without help; the list can do without it", text)
		}
	}
}
