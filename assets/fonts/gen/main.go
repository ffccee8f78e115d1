//go:build ignore

// Command gen makes the embedded typefaces from the fonts of a Debian system.
// README.md says which packages it needs. It is run by go generate in the
// folder above.
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"log"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// ranges is what every face holds: ASCII and Latin, pinyin, Greek, Cyrillic,
// punctuation, numbers, arrows, mathematics, geometric shapes, radicals, CJK
// symbols, kana, bopomofo, Extension A, the unified ideographs, compatibility
// ideographs and the full-width forms.
const ranges = "20-7E,A0-17F,1CD-1DC,251,261,2C7-2DA,370-3FF,400-4FF,2010-2040,2100-214F,2150-218F," +
	"2190-22FF,2312,2460-24FF,2500-26FF,2E80-2EF3,2F00-2FD5,3000-30FF,3100-312F,3200-33FF," +
	"3400-4DBF,4E00-9FFF,F900-FAFF,FE10-FE6F,FF00-FFEF"

// rareRanges is what the two rare faces hold: the ideographs beyond the basic
// plane, as far as Noto has them: with those most rare names are written.
const rareRanges = "20000-2A6DF,2A700-2EBE0,2F800-2FA1F,30000-323AF"

const (
	noto    = "/usr/share/fonts/opentype/noto/"
	unifont = "/usr/share/unifont/unifont.hex"
)

func main() {
	log.SetFlags(0)
	for _, face := range []struct{ out, in, ranges string }{
		{"sans-regular.otf", "NotoSansCJK-Regular.ttc", ranges},
		{"sans-bold.otf", "NotoSansCJK-Bold.ttc", ranges},
		{"serif-bold.otf", "NotoSerifCJK-Bold.ttc", ranges},
		{"rare-regular.otf", "NotoSansCJK-Regular.ttc", rareRanges},
		{"rare-bold.otf", "NotoSansCJK-Bold.ttc", rareRanges},
	} {
		// Face 2 of the collection is the Simplified Chinese one. locl, aalt
		// and vert are left out because they pull in the glyphs of the other
		// regions.
		cmd := exec.Command("hb-subset", "--face-index=2", "--unicodes="+face.ranges,
			"--layout-features=kern,halt,palt", "--no-hinting", "--output-file="+face.out, noto+face.in)
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			log.Fatalf("subsetting %s: %v", face.in, err)
		}
	}
	if err := packUnifont("unifont16.bin.gz"); err != nil {
		log.Fatal(err)
	}
}

type glyph struct {
	r    rune
	bits []byte
}

// packUnifont writes the glyphs as runs of neighbouring characters of one
// width: varints first-last.end, count, bytes a row; after the last run a zero
// count; then all the rows.
func packUnifont(name string) error {
	f, err := os.Open(unifont)
	if err != nil {
		return fmt.Errorf("opening the Unifont table: %w", err)
	}
	defer f.Close()
	var glyphs []glyph
	for lines := bufio.NewScanner(f); lines.Scan(); {
		code, bits, ok := strings.Cut(lines.Text(), ":")
		if !ok {
			continue
		}
		r, err := strconv.ParseInt(code, 16, 32)
		if err != nil {
			return fmt.Errorf("reading the Unifont table: %w", err)
		}
		raw, err := hex.DecodeString(bits)
		if err != nil {
			return fmt.Errorf("reading glyph %s of the Unifont table: %w", code, err)
		}
		if wanted(rune(r)) {
			glyphs = append(glyphs, glyph{rune(r), raw})
		}
	}
	slices.SortFunc(glyphs, func(a, b glyph) int { return int(a.r - b.r) })
	var head, rows []byte
	end := rune(0)
	for i := 0; i < len(glyphs); {
		j := i
		for j < len(glyphs) && glyphs[j].r == glyphs[i].r+rune(j-i) && len(glyphs[j].bits) == len(glyphs[i].bits) {
			rows = append(rows, glyphs[j].bits...)
			j++
		}
		head = binary.AppendUvarint(head, uint64(glyphs[i].r-end))
		head = binary.AppendUvarint(head, uint64(j-i))
		head = binary.AppendUvarint(head, uint64(len(glyphs[i].bits)/16))
		end = glyphs[j-1].r + 1
		i = j
	}
	head = append(head, 0, 0)
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(append(head, rows...)); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(name, out.Bytes(), 0o644)
}

func wanted(r rune) bool {
	for part := range strings.SplitSeq(ranges, ",") {
		from, to, ok := strings.Cut(part, "-")
		if !ok {
			to = from
		}
		lo, _ := strconv.ParseInt(from, 16, 32)
		hi, _ := strconv.ParseInt(to, 16, 32)
		if int64(r) >= lo && int64(r) <= hi {
			return true
		}
	}
	return false
}
