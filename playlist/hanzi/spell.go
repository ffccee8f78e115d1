package hanzi

import "strings"

// Reach says how far keys lead when the character that is meant next is read as
// syllable: bit e is set when keys[at:e] can stand for it. That is its first
// letter, its first two when they are zh, ch or sh, the whole syllable, or, at
// the end of the keys, any beginning of it. keys are letters a to z, 60 at most.
func Reach(keys string, at int, syllable string) uint64 {
	rest := keys[at:]
	if rest == "" || syllable == "" || rest[0] != syllable[0] {
		return 0
	}
	reach := uint64(1) << (at + 1)
	if len(syllable) > 1 && syllable[1] == 'h' && len(rest) > 1 && rest[1] == 'h' {
		reach |= 1 << (at + 2)
	}
	if len(rest) < len(syllable) {
		if strings.HasPrefix(syllable, rest) {
			reach |= 1 << len(keys)
		}
	} else if strings.HasPrefix(rest, syllable) {
		reach |= 1 << (at + len(syllable))
	}
	// 略 and 虐 are lve and nve in the table; most people type lue and nue.
	if n := len(syllable); n == 3 && syllable[1:] == "ve" {
		reach |= Reach(keys, at, syllable[:1]+"ue")
	}
	return reach
}

// confused are beginnings that southern speakers do not tell apart. A letter of
// its own is not enough to swap n for l: every second name would be found.
var confused = [...][2]string{
	{"zh", "z"}, {"ch", "c"}, {"sh", "s"}, {"n", "l"}, {"l", "r"}, {"n", "r"}, {"f", "h"},
}

// Confusable returns the other spellings under which southern speakers look for
// a syllable: z for zh, c for ch, s for sh, n for l, l for r, f for h, in for ing,
// en for eng, an for ang, each the other way round as well, and lu for lv.
func Confusable(syllable string) []string {
	begin := syllable
	if i := strings.IndexAny(syllable, "aeiouv"); i >= 0 {
		begin = syllable[:i]
	}
	rest := syllable[len(begin):]
	if rest == "" {
		return nil
	}
	begins, rests := []string{begin}, []string{rest}
	for _, c := range confused {
		if begin == c[0] {
			begins = append(begins, c[1])
		} else if begin == c[1] {
			begins = append(begins, c[0])
		}
	}
	for _, vowel := range []string{"a", "e", "i"} {
		switch {
		case strings.HasSuffix(rest, vowel+"ng"):
			rests = append(rests, strings.TrimSuffix(rest, "g"))
		case strings.HasSuffix(rest, vowel+"n"):
			rests = append(rests, rest+"g")
		}
	}
	if rest == "v" {
		rests = append(rests, "u")
	}
	var out []string
	for _, b := range begins {
		for _, r := range rests {
			if s := b + r; s != syllable {
				out = append(out, s)
			}
		}
	}
	return out
}
