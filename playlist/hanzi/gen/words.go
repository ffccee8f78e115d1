package main

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mingbai/playlist/hanzi"
)

const (
	most     = 60_000 // words of two characters and more
	longest  = 8      // characters
	ownFloor = 112    // weight of our own words, like that of a word of every day
)

type entry struct {
	text   []rune
	weight uint8
}

// weight is 8 × log2 of a frequency.
func weight(frequency float64) uint8 {
	return uint8(min(255, math.Round(8*math.Log2(frequency+1))))
}

func wordTable(words, phrases, surnames, own string) ([]byte, error) {
	entries, err := readWords(words, own)
	if err != nil {
		return nil, err
	}
	readings, err := readPhrases(phrases)
	if err != nil {
		return nil, err
	}
	names, err := readPhrases(surnames)
	if err != nil {
		return nil, err
	}
	uses := usesOf(readings, names)
	addParts(readings)
	var inUse []byte
	var shared, more, high, low, weights, unusual []byte
	var last []rune
	lastUnusual := 0
	for i, e := range entries {
		same := 0
		for same < min(len(last), len(e.text)) && last[same] == e.text[same] {
			same++
		}
		shared, more, weights = append(shared, byte(same)), append(more, byte(len(e.text)-same)), append(weights, e.weight)
		for _, r := range e.text[same:] {
			high, low = append(high, byte(r>>8)), append(low, byte(r))
		}
		last = e.text
		if of := unusually(e.text, readings); of != nil {
			unusual = binary.AppendUvarint(unusual, uint64(i-lastUnusual))
			unusual = append(unusual, of...)
			lastUnusual = i
		}
		if len(e.text) == 1 {
			inUse = append(inUse, uses.mask(e.text[0]))
		}
	}
	raw := binary.BigEndian.AppendUint32(nil, uint32(len(entries)))
	raw = binary.BigEndian.AppendUint32(raw, uint32(len(high)))
	raw = binary.BigEndian.AppendUint32(raw, uint32(len(unusual)))
	for _, part := range [][]byte{shared, more, high, low, weights, unusual, inUse} {
		raw = append(raw, part...)
	}
	var out bytes.Buffer
	z, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(raw); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// readWords takes the most frequent words, our own, and all characters that have
// a reading and either strokes or a word. A character is as frequent as all the
// words that it is in.
func readWords(path, own string) ([]entry, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	type counted struct {
		text      string
		frequency float64
	}
	var list []counted
	chars := map[rune]float64{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		field := strings.Fields(lines.Text())
		if len(field) < 2 {
			continue
		}
		text := []rune(field[0])
		frequency, err := strconv.ParseFloat(field[1], 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", lines.Text(), err)
		}
		if len(text) > longest || slices.ContainsFunc(text, func(r rune) bool { return r < 0x4E00 || r > 0x9FFF || len(hanzi.Readings(r)) == 0 }) {
			continue
		}
		for _, r := range text {
			chars[r] += frequency
		}
		if len(text) > 1 {
			list = append(list, counted{field[0], frequency})
		}
	}
	slices.SortFunc(list, func(a, b counted) int {
		return cmp.Or(cmp.Compare(b.frequency, a.frequency), strings.Compare(a.text, b.text))
	})
	weights := map[string]uint8{}
	for _, c := range list[:min(most, len(list))] {
		weights[c.text] = weight(c.frequency)
	}
	for r := rune(0x4E00); r <= 0x9FFF; r++ {
		if len(hanzi.Readings(r)) > 0 && (chars[r] > 0 || hanzi.StrokeOrder(r) != "") {
			weights[string(r)] = weight(chars[r])
		}
	}
	ours, err := os.ReadFile(own)
	if err != nil {
		return nil, err
	}
	for _, text := range strings.Fields(string(ours)) {
		weights[text] = max(weights[text], ownFloor)
	}
	var out []entry
	for text, w := range weights {
		out = append(out, entry{[]rune(text), w})
	}
	slices.SortFunc(out, func(a, b entry) int { return slices.Compare(a.text, b.text) })
	return out, nil
}

var phrase = regexp.MustCompile(`"([^"]+)":\s*(\[\[.*\]\])`)
var syllable = regexp.MustCompile(`\["([^"]*)"`)

// readPhrases reads how words are read: for each its syllables with tone marks.
func readPhrases(path string) (map[string][]string, error) {
	script, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for _, m := range phrase.FindAllSubmatch(script, -1) {
		var of []string
		for _, s := range syllable.FindAllSubmatch(m[2], -1) {
			of = append(of, hanzi.Toneless(string(s[1])))
		}
		out[string(m[1])] = of
	}
	return out, nil
}

// uses counts in how many phrases a character has a reading.
type uses map[rune]map[string]int

// enoughPhrases is in how many phrases a character is of which a reading that no
// phrase has can be left out: 占 is in many and is never read tie.
const enoughPhrases = 20

// places are readings that live in the names of places and persons.
const places = `区ou 朴piao 尉yu 召shao 盖ge 圩xu 圩wei 堡bu 堡pu 六lu 台tai 浚xun 泌bi 涡guo 铅yan 莘shen 厦xia 崖ya 埔bu 埔pu
行hang 会kuai 车ju 重chong 乐yue 员yun 种chong 繁po 燕yan 冼xian 洗xian 那na 谷yu 番pan 长chang 大dai 石dan 柏bo 侗tong 番pan 蔚yu 兴xing 丽li 解xie 单chan`

func usesOf(phrases, surnames map[string][]string) uses {
	out := uses{}
	count := func(text string, of []string, n int) {
		for i, r := range []rune(text) {
			if i < len(of) {
				if out[r] == nil {
					out[r] = map[string]int{}
				}
				out[r][of[i]] += n
			}
		}
	}
	for text, of := range phrases {
		count(text, of, 1)
	}
	for text, of := range surnames {
		count(text, of, 1)
	}
	for _, field := range strings.Fields(places) {
		runes := []rune(field)
		count(string(runes[:1]), []string{string(runes[1:])}, 1)
	}
	return out
}

// mask has a bit for each reading of a character that is in use.
func (u uses) mask(r rune) byte {
	total := 0
	for _, n := range u[r] {
		total += n
	}
	if total < enoughPhrases {
		return 0xFF
	}
	mask := byte(1) // the most usual
	for i, s := range hanzi.Readings(r) {
		if u[r][s] > 0 {
			mask |= 1 << i
		}
	}
	return mask
}

// addParts adds the parts of phrases that are not phrases themselves, in the
// reading that most phrases give them: 银行 from 银行家.
func addParts(readings map[string][]string) {
	votes := map[string]map[string]int{}
	for text, of := range readings {
		runes := []rune(text)
		if len(runes) != len(of) {
			continue
		}
		for from := range runes {
			for to := from + 2; to <= len(runes); to++ {
				part := string(runes[from:to])
				if votes[part] == nil {
					votes[part] = map[string]int{}
				}
				votes[part][strings.Join(of[from:to], " ")]++
			}
		}
	}
	for part, of := range votes {
		if _, known := readings[part]; known {
			continue
		}
		best := ""
		for reading, n := range of {
			if n > of[best] || n == of[best] && reading < best {
				best = reading
			}
		}
		readings[part] = strings.Fields(best)
	}
}

// unusually returns for each character of a word which of its readings it has
// there, nil when every one has its first. Parts of a word that are words
// themselves are read as these, the longest first.
func unusually(text []rune, readings map[string][]string) []byte {
	if len(text) < 2 {
		return nil
	}
	out := make([]byte, len(text))
	for i := 0; i < len(text); {
		step := 1
		for n := len(text) - i; n > 1; n-- {
			of := readings[string(text[i:i+n])]
			if len(of) != n {
				continue
			}
			for k, s := range of {
				if at := slices.Index(hanzi.Readings(text[i+k]), s); at > 0 {
					out[i+k] = byte(at)
				}
			}
			step = n
			break
		}
		i += step
	}
	if slices.Max(out) == 0 {
		return nil
	}
	return out
}
