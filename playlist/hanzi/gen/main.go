// Command gen makes the tables of package hanzi from the files of three
// packages (see LICENSES):
//
//	go run ./playlist/hanzi/gen -strokes cnchar.order.min.js -words jieba.dict.utf8 \
//		-phrases phrases-dict.js -surnames surname.js -own playlist/hanzi/own.txt -out playlist/hanzi
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	strokes := flag.String("strokes", "", "cnchar.order.min.js of cnchar-order")
	words := flag.String("words", "", "jieba.dict.utf8 of CppJieba")
	phrases := flag.String("phrases", "", "phrases-dict.js of pinyin")
	surnames := flag.String("surnames", "", "surname.js of pinyin")
	own := flag.String("own", "", "own.txt, one word to a line")
	out := flag.String("out", ".", "the folder of the tables")
	flag.Parse()
	if err := run(*strokes, *words, *phrases, *surnames, *own, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(strokes, words, phrases, surnames, own, out string) error {
	table, err := strokeTable(strokes)
	if err != nil {
		return fmt.Errorf("strokes: %w", err)
	}
	if err := os.WriteFile(filepath.Join(out, "strokes.bin"), table, 0o644); err != nil {
		return err
	}
	if table, err = wordTable(words, phrases, surnames, own); err != nil {
		return fmt.Errorf("words: %w", err)
	}
	return os.WriteFile(filepath.Join(out, "words.bin"), table, 0o644)
}

// class says which of the five strokes of GB 13000.1 a letter of cnchar-order
// is: 提 counts as 一, 竖钩 as 丨, 捺 as 丶, and every stroke that turns as 乛,
// 竖提, 弯钩 and 斜钩 among them.
func class(letter rune) byte {
	switch letter {
	case 'j', 'i': // 横, 提
		return 0
	case 'f', 'g': // 竖, 竖钩
		return 1
	case 's': // 撇
		return 2
	case 'k', 'd', 'l': // 点, 点, 捺
		return 3
	}
	return 4
}

// radicals are the parts of characters that the package does not have, as
// digits 1 to 5 of 一丨丿丶乛.
const radicals = `丨2 丿3 丶4 匚15 刂22 亠41 冫41 冖45 讠45 卩52 阝52 廴54 艹122 扌121 彳332 彡333 犭353
夂354 饣355 忄442 丬412 氵441 宀445 辶454 彐511 屮523 纟551 灬4444 礻4524 疒41341 衤45234`

func strokeTable(path string) ([]byte, error) {
	script, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	_, rest, ok := bytes.Cut(script, []byte("JSON.parse('"))
	object, _, ok2 := bytes.Cut(rest, []byte("')"))
	if !ok || !ok2 {
		return nil, errors.New("no table in the script")
	}
	var letters map[string]string
	if err := json.Unmarshal(object, &letters); err != nil {
		return nil, err
	}
	order := map[rune][]byte{}
	for text, of := range letters {
		char := []rune(text)
		if len(char) != 1 {
			return nil, fmt.Errorf("%q is not one character", text)
		}
		for _, letter := range of {
			order[char[0]] = append(order[char[0]], class(letter))
		}
	}
	for _, field := range strings.Fields(radicals) {
		char := []rune(field)
		order[char[0]] = nil
		for _, digit := range char[1:] {
			order[char[0]] = append(order[char[0]], byte(digit-'1'))
		}
	}
	var out []byte
	last := rune(0)
	for _, r := range slices.Sorted(maps.Keys(order)) {
		out = binary.AppendUvarint(out, uint64(r-last))
		last = r
		of := order[r]
		out = append(out, byte(len(of)))
		for three := range slices.Chunk(of, 3) {
			v, place := byte(0), byte(1)
			for _, s := range three {
				v += s * place
				place *= 5
			}
			out = append(out, v)
		}
	}
	return out, nil
}
