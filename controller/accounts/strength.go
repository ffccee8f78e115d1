package accounts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/trustelem/zxcvbn"
	"github.com/trustelem/zxcvbn/match"

	"mingbai/controller/store"
	"mingbai/playlist/hanzi"
)

// ErrCommon: the password is among the first that anybody would try. The error is
// a *Weak, which says why.
var ErrCommon = fmt.Errorf("the password is among the first that anybody would try: %w", ErrPassword)

// Weakness is what makes a password easy to guess.
type Weakness string

// The weaknesses, the first that applies.
const (
	WeakName    Weakness = "name"    // who knows the person or the office tries Word
	WeakCommon  Weakness = "common"  // it is made of words from lists of stolen passwords
	WeakPattern Weakness = "pattern" // rows of digits, of letters or of keys, repetitions, days
	WeakShort   Weakness = "short"   // too little of it is left to guess
)

// Weak is the ErrCommon of one password.
type Weak struct {
	Why  Weakness
	Word string // of WeakName: the login, a name or a word, none of which is secret
}

func (e *Weak) Error() string { return ErrCommon.Error() + " (" + string(e.Why) + ")" }

func (e *Weak) Unwrap() error { return ErrCommon }

// tried are the words that lists of stolen passwords begin with, in the form that
// common compares: without the digits and signs at their ends.
var tried = []string{
	"password", "passw0rd", "p@ssw0rd", "p@ssword", "admin", "administrator", "root", "user", "guest", "test", "welcome", "letmein", "iloveyou", "woaini", "abc", "abcd", "abcdef", "a",
	"qwerty", "qwertyuiop", "asdfghjkl", "asdfgh", "zxcvbnm", "q1w2e3r4t", "q2w3e4r5t", "q2w3e4r", "q2w3e4r5t6y", "qaz2wsx", "qaz2wsx3edc", "qazwsx", "qazwsxedc",
	"mingbai", "zhengwu", "gongkai", "zwgk", "密码", "明白", "政务公开",
}

// offices are words that everybody tries at a public office of any place.
var offices = []string{
	"明白", "政务", "公开", "政府", "人民", "服务", "大厅", "中心", "办公室", "党政办", "党委", "民政", "中国", "我爱", "欢迎", "密码", "管理", "电子屏",
}

// common reports whether a password is one of the first that anybody would try:
// digits only, which are birthdays and telephone numbers, few characters over and
// over, or the login, the name or a common word with digits or signs around it.
func common(login, name, password string) error {
	p := strings.ToLower(password)
	distinct := map[rune]bool{}
	for _, r := range p {
		distinct[r] = true
	}
	core := strings.TrimFunc(p, func(r rune) bool { return !unicode.IsLetter(r) })
	switch {
	case len(distinct) < 5, core == "":
		return &Weak{Why: WeakPattern}
	case core == strings.ToLower(login), core == strings.ToLower(strings.TrimSpace(name)):
		return &Weak{Why: WeakName, Word: core}
	case slices.Contains(tried, core):
		return &Weak{Why: WeakCommon}
	}
	return nil
}

// rated bounds what is rated of a password, in bytes: rating takes a time that
// grows with the cube, and what comes after so many letters only makes it better.
const rated = 32

// guessable is the least score of zxcvbn that is taken, of 4: 10⁸ guesses, which
// at the cost of our hash are weeks of a machine for one account.
const guessable = 3

// rate returns a *Weak for a password that a program which knows people, their
// words and their keyboards guesses soon (zxcvbn, USENIX Security 2016). Chinese
// counts as what is typed for it, so that a place is the same in both scripts.
func rate(password string, words []string) error {
	spelt := map[string]string{} // what is typed for a word, and the word
	var inputs []string
	add := func(word string) {
		word = strings.TrimSpace(word)
		if typed := typedFor(word); len(typed) > 2 && spelt[typed] == "" {
			spelt[typed] = word
			inputs = append(inputs, typed)
		}
		if first := initials(word); len(first) > 2 && spelt[first] == "" {
			spelt[first] = word
			inputs = append(inputs, first)
		}
	}
	for _, w := range words {
		add(w)
		add(bare(w))
	}
	for _, w := range offices {
		add(w)
	}
	typed := typedFor(password)
	result := zxcvbn.PasswordStrength(typed[:min(len(typed), rated)], inputs)
	weak, rest := &Weak{Why: WeakShort}, 0
	for _, m := range result.Sequence {
		switch {
		case m.Pattern == "dictionary" && m.DictionaryName == "user_inputs":
			if weak.Word == "" {
				weak = &Weak{Why: WeakName, Word: spelt[named(m, spelt)]}
			}
			continue
		case weak.Why == WeakName:
		case m.Pattern == "dictionary":
			weak.Why = WeakCommon
		case m.Pattern != "bruteforce" && weak.Why == WeakShort:
			weak.Why = WeakPattern
		}
		for _, c := range m.Token {
			if unicode.IsLetter(c) {
				rest++
			}
		}
	}
	// Names and places one after another are no secret, however many they are.
	if result.Score >= guessable && (weak.Why != WeakName || rest >= leastRest) {
		return nil
	}
	return weak
}

// leastRest is how many letters beside words that everybody knows a password has
// that has such words: a word of one's own.
const leastRest = 4

// named is the input that was found, however it was written: with signs for
// letters, capitals, or backwards.
func named(m *match.Match, spelt map[string]string) string {
	if _, ok := spelt[m.MatchedWord]; ok {
		return m.MatchedWord
	}
	back := []rune(m.MatchedWord)
	slices.Reverse(back)
	return string(back)
}

// typedFor is what somebody types for a text: Han characters in pinyin.
func typedFor(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		if spelling := hanzi.Readings(r); len(spelling) > 0 {
			b.WriteString(spelling[0])
		} else if r < 0x80 {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "%x", r) // what no list has: hard to guess, whatever it is
		}
	}
	return b.String()
}

// initials are the first letters of a Chinese word in pinyin, as people shorten
// their own names; nothing for other texts.
func initials(word string) string {
	var b strings.Builder
	for _, r := range word {
		spelling := hanzi.Readings(r)
		if len(spelling) == 0 || spelling[0] == "" {
			return ""
		}
		b.WriteByte(spelling[0][0])
	}
	return b.String()
}

// bare is a place without the word for what kind of place it is.
func bare(place string) string {
	for _, kind := range []string{"自治县", "街道办事处", "街道", "社区", "省", "市", "县", "区", "镇", "乡", "村"} {
		if rest, ok := strings.CutSuffix(place, kind); ok && len([]rune(rest)) > 1 {
			return rest
		}
	}
	return ""
}

// surroundings are the words that who knows a person tries: names, the places in
// which the person works, the department, the telephone.
func surroundings(ctx context.Context, r store.Reader, acc store.Account) ([]string, error) {
	words := append([]string{acc.Login, acc.Name, acc.Phone}, strings.FieldsFunc(acc.Login, func(c rune) bool { return !unicode.IsLetter(c) })...)
	tree, err := r.Tree(ctx)
	if err != nil {
		return nil, err
	}
	path := tree.Path(acc.Site)
	if root, err := tree.Root(); err == nil && len(path) == 0 {
		path = append(path, root)
	}
	for _, s := range path {
		words = append(words, s.Name, string(s.ID))
		words = append(words, strings.Fields(s.NameEn)...)
	}
	if acc.Department != "" {
		d, err := r.Department(ctx, acc.Department)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		words = append(words, d.Name)
	}
	return words, nil
}
