package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"mingbai/controller/sheet"
)

const (
	types    = `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`
	rootRels = `<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	bookRels = `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="http://x/styles" Target="/xl/styles.xml"/><Relationship Id="r9" Type="http://x/externalLink" Target="http://192.0.2.1/x" TargetMode="External"/></Relationships>`
	oneSheet = `<workbook><externalReferences><externalReference id="r9"/></externalReferences><sheets><sheet name="名单" id="r1"/></sheets></workbook>`
	bang     = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "哈哈哈哈哈哈哈哈"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>`
)

// zipped packs parts given as name and content; a content that is an io.Reader
// is streamed, so that a bomb costs the test nothing.
func zipped(t testing.TB, parts ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i].(string))
		must(t, err)
		switch content := parts[i+1].(type) {
		case string:
			_, err = io.WriteString(w, content)
		case io.Reader:
			_, err = io.Copy(w, content)
		}
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

// book packs a workbook of one sheet.
func book(t testing.TB, sheetXML any, more ...any) []byte {
	return zipped(t, append([]any{"[Content_Types].xml", types, "_rels/.rels", rootRels, "xl/_rels/workbook.xml.rels", bookRels, "xl/workbook.xml", oneSheet, "xl/worksheets/sheet1.xml", sheetXML}, more...)...)
}

// repeated is a text between two others, many times.
func repeated(before, text string, n int, after string) io.Reader {
	block := strings.Repeat(text, 1000)
	readers := []io.Reader{strings.NewReader(before)}
	for range n / 1000 {
		readers = append(readers, strings.NewReader(block))
	}
	return io.MultiReader(append(readers, strings.NewReader(after))...)
}

// numbered is made of a line for every number.
func numbered(before string, n int, line func(i int) string, after string) io.Reader {
	r, w := io.Pipe()
	go func() {
		io.WriteString(w, before)
		for i := range n {
			if _, err := io.WriteString(w, line(i)); err != nil {
				return
			}
		}
		io.WriteString(w, after)
		w.Close()
	}()
	return r
}

// rowOf is a row of twelve cells.
func rowOf(i int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<row r="%d">`, i+1)
	for c := range 12 {
		fmt.Fprintf(&b, `<c r="%c%d"><v>%d.5</v></c>`, 'A'+c, i+1, i)
	}
	b.WriteString("</row>")
	return b.String()
}

// declared sets the size that the directory claims for the largest part.
func declared(data []byte, size uint32) []byte {
	out := bytes.Clone(data)
	largest, at := uint32(0), 0
	for i := 0; i+46 < len(out); i++ {
		if bytes.HasPrefix(out[i:], []byte("PK\x01\x02")) {
			if n := binary.LittleEndian.Uint32(out[i+24:]); n > largest {
				largest, at = n, i
			}
		}
	}
	binary.LittleEndian.PutUint32(out[at+24:], size)
	return out
}

var hostile = []struct {
	name string
	make func(t testing.TB) []byte
	want sheet.Code
	says string // a part of the Chinese sentence
}{
	{"a zip bomb that owns up", func(t testing.TB) []byte {
		return declared(book(t, repeated("<worksheet><sheetData>", "<row><c><v>1</v></c></row>      ", 10_000, "")), 200<<20)
	}, sheet.TooLarge, "解压后太大"},
	{"a zip bomb that lies about its size", func(t testing.TB) []byte {
		return declared(book(t, repeated("<worksheet><sheetData>", strings.Repeat(" ", 100), 200_000, "")), 1000)
	}, sheet.Damaged, "损坏"},
	{"a hundred thousand rows", func(t testing.TB) []byte {
		return book(t, numbered("<worksheet><sheetData>", 100_000, func(i int) string { return "<row><c><v>1</v></c></row>" }, "</sheetData></worksheet>"))
	}, sheet.TooLarge, "「名单」A20001"},
	{"the last row of a sheet", func(t testing.TB) []byte {
		return book(t, `<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>`)
	}, sheet.TooLarge, "XFD1048576"},
	{"far columns in every row", func(t testing.TB) []byte {
		return book(t, numbered("<worksheet><sheetData>", 20_000, func(i int) string { return fmt.Sprintf(`<row r="%d"><c r="DP%d"><v>1</v></c></row>`, i+1, i+1) }, ""))
	}, sheet.TooLarge, "稀疏"},
	{"too many columns", func(t testing.TB) []byte {
		return book(t, `<worksheet><sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>`)
	}, sheet.TooLarge, "XFD1：内容超过 120 列"},
	{"entities", func(t testing.TB) []byte {
		return book(t, bang+`<worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>`)
	}, sheet.Hostile, "DOCTYPE"},
	{"an endless tag", func(t testing.TB) []byte {
		return book(t, repeated("<worksheet><sheetData><row ", `a="b" `, 200_000, "></row></sheetData></worksheet>"))
	}, sheet.Hostile, "长得不正常"},
	{"an endless text", func(t testing.TB) []byte {
		return book(t, repeated(`<worksheet><sheetData><row><c r="B7" t="str"><f>`, "SUM(A1)+", 200_000, "</f></c></row></sheetData></worksheet>"))
	}, sheet.Hostile, "长得不正常"},
	{"a cell of a novel", func(t testing.TB) []byte {
		return book(t, repeated(`<worksheet><sheetData><row r="7"><c r="B7" t="inlineStr"><is>`, "<t>很长的字</t>", 20_000, "</is></c></row></sheetData></worksheet>"))
	}, sheet.TooLarge, "「名单」B7：这一格的文字太长"},
	{"far too many shared strings", func(t testing.TB) []byte {
		return book(t, "<worksheet/>", "xl/sharedStrings.xml", repeated("<sst>", "<si><t>x</t></si>", 300_000, "</sst>"))
	}, sheet.TooLarge, "不同的文字超过"},
	{"one shared string, far too long", func(t testing.TB) []byte {
		return book(t, `<worksheet><sheetData><row r="3"><c r="C3" t="s"><v>0</v></c></row></sheetData></worksheet>`, "xl/sharedStrings.xml", repeated("<sst><si>", "<t>很长的字</t>", 200_000, "</si></sst>"))
	}, sheet.TooLarge, "C3"},
	{"far too many styles", func(t testing.TB) []byte {
		return book(t, "<worksheet/>", "xl/styles.xml", repeated("<styleSheet><cellXfs>", `<xf numFmtId="14"/>`, 100_000, "</cellXfs></styleSheet>"))
	}, sheet.TooLarge, "单元格格式"},
	{"far too many formats", func(t testing.TB) []byte {
		return book(t, "<worksheet/>", "xl/styles.xml", numbered("<styleSheet><numFmts>", 20_000, func(i int) string {
			return fmt.Sprintf(`<numFmt numFmtId="%d" formatCode="%s"/>`, i, strings.Repeat("0", 200))
		}, ""))
	}, sheet.TooLarge, "单元格格式"},
	{"far too many merged ranges", func(t testing.TB) []byte {
		return book(t, repeated(`<worksheet><sheetData/><mergeCells>`, `<mergeCell ref="A1:B2"/>`, 100_000, "</mergeCells></worksheet>"))
	}, sheet.TooLarge, "「名单」：合并单元格超过"},
	{"thousands of sheets", func(t testing.TB) []byte {
		return zipped(t, "[Content_Types].xml", types, "_rels/.rels", rootRels, "xl/_rels/workbook.xml.rels", bookRels, "xl/workbook.xml", repeated("<workbook><sheets>", `<sheet name="a" id="r1"/>`, 100_000, "</sheets></workbook>"), "xl/worksheets/sheet1.xml", "<worksheet/>")
	}, sheet.TooLarge, "工作表超过 60 个"},
	{"comments without end", func(t testing.TB) []byte {
		return book(t, `<worksheet><sheetData><row><c r="A1"><v>1</v></c></row></sheetData></worksheet>`,
			"xl/worksheets/_rels/sheet1.xml.rels", `<Relationships><Relationship Id="c" Type="http://x/comments" Target="../comments1.xml"/></Relationships>`,
			"xl/comments1.xml", repeated("<comments>", `<comment ref="A1"><text><t>批注</t></text></comment>`, 50_000, "</comments>"))
	}, sheet.TooLarge, "批注超过"},
	{"a directory of sixty thousand parts", func(t testing.TB) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for i := range 60_000 {
			_, err := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprint(i)})
			must(t, err)
		}
		must(t, z.Close())
		return b.Bytes()
	}, sheet.Hostile, "部件太多"},
	{"two parts of one name", func(t testing.TB) []byte {
		return book(t, "<worksheet/>", "XL/Workbook.xml", oneSheet)
	}, sheet.Hostile, "同名"},
	{"a zip in a zip", func(t testing.TB) []byte {
		return zipped(t, "名单.xlsx", string(book(t, "<worksheet/>")))
	}, sheet.Foreign, "先解压"},
	{"zips in zips only", func(t testing.TB) []byte {
		return zipped(t, "a.zip", string(zipped(t, "b.zip", "x")))
	}, sheet.Foreign, "压缩包"},
	{"macros", func(t testing.TB) []byte { return book(t, "<worksheet/>", "xl/vbaProject.bin", "x") }, sheet.Macros, "宏"},
	{"a binary workbook", func(t testing.TB) []byte { return zipped(t, "[Content_Types].xml", types, "xl/workbook.bin", "x") }, sheet.Old, ".xlsb"},
	{"Word", func(t testing.TB) []byte { return zipped(t, "[Content_Types].xml", types, "word/document.xml", "x") }, sheet.Foreign, "Word"},
	{"OpenDocument", func(t testing.TB) []byte { return zipped(t, "mimetype", "x", "content.xml", "x") }, sheet.Foreign, ".ods"},
	{"an old .xls", func(testing.TB) []byte {
		return []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 4000))
	}, sheet.Old, "另存为"},
	{"an encrypted .xlsx", func(testing.TB) []byte {
		name := ""
		for _, r := range "EncryptedPackage" {
			name += string(r) + "\x00"
		}
		return []byte("\xd0\xcf\x11\xe0" + strings.Repeat("\x00", 70_000) + name + strings.Repeat("\x00", 400))
	}, sheet.Encrypted, "密码"},
	{"a PDF", func(testing.TB) []byte { return []byte("%PDF-1.7 ...") }, sheet.Foreign, "PDF"},
	{"nothing", func(testing.TB) []byte { return nil }, sheet.Nothing, "空的"},
	{"blanks", func(testing.TB) []byte { return []byte(",,,\r\n , \r\n") }, sheet.Nothing, "没有内容"},
	{"noise", func(testing.TB) []byte { return bytes.Repeat([]byte{0xff, 0x80, 0, 0}, 999) }, sheet.Damaged, "乱码"},
	{"half a file", func(t testing.TB) []byte {
		data := book(t, numbered("<worksheet><sheetData>", 1000, rowOf, ""))
		return data[:len(data)/2]
	}, sheet.Damaged, "不完整"},
	{"a table of a million columns", func(testing.TB) []byte { return []byte(strings.Repeat("a,", 1_000_000)) }, sheet.TooLarge, "120 列"},
	{"a page of nothing but tables", func(testing.TB) []byte { return []byte(strings.Repeat("<table><tr><td>x</td></tr></table>", 100_000)) }, sheet.TooLarge, "表太多"},
	{"a cell that spans the world", func(testing.TB) []byte {
		return []byte("<table>" + strings.Repeat("<tr><td colspan=999999999 rowspan=99999999>x</td></tr>", 100_000) + "</table>")
	}, sheet.TooLarge, "「表1」"},
	{"an endless tag of a page", func(testing.TB) []byte { return []byte("<table><tr><td " + strings.Repeat("a", 2_000_000)) }, sheet.Hostile, "长得不正常"},
}

// TestHostileFiles refuses each in a sentence and holds the memory that the
// server may need for it: 64 MiB above what it had.
func TestHostileFiles(t *testing.T) {
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			data := h.make(t)
			var got *sheet.Error
			peak := peakOf(t, func() { got = refused(t, data, "x.xlsx", sheet.Limits{}) })
			if got.Code != h.want || !strings.Contains(got.Error(), h.says) {
				t.Errorf("refused as %s %q, want %s with %q", got.Code, got, h.want, h.says)
			}
			if en := got.In(true); strings.ContainsAny(strings.ReplaceAll(strings.ReplaceAll(en, "名单", ""), "表1", ""), "，。的") {
				t.Errorf("not English: %q", en)
			}
			if peak > 64<<20 {
				t.Errorf("took %d MiB", peak>>20)
			}
		})
	}
}

// peakOf measures how much the heap grows at most while fn runs.
func peakOf(t testing.TB, fn func()) uint64 {
	t.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var peak atomic.Uint64
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		var now runtime.MemStats
		for {
			runtime.ReadMemStats(&now)
			peak.Store(max(peak.Load(), now.HeapAlloc))
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	}()
	fn()
	close(done)
	<-stopped
	return peak.Load() - min(before.HeapAlloc, peak.Load())
}

// TestLargestBookStaysWithinMemory reads a book that goes to every limit and is
// taken.
func TestLargestBookStaysWithinMemory(t *testing.T) {
	data := book(t, numbered("<worksheet><sheetData>", 19_900, rowOf, "</sheetData></worksheet>"),
		"xl/sharedStrings.xml", numbered("<sst>", 199_000, func(i int) string { return fmt.Sprintf("<si><t>文字%060d</t></si>", i) }, "</sst>"),
		"xl/styles.xml", repeated("<styleSheet><cellXfs>", `<xf numFmtId="4"/>`, 69_000, "</cellXfs></styleSheet>"))
	peak := peakOf(t, func() {
		if s := read(t, data, "x.xlsx").Sheets[0]; len(s.Rows) != 19_900 || s.At(19_899, 11).Number != "19899.5" {
			t.Errorf("%d rows", len(s.Rows))
		}
	})
	if peak > 64<<20 {
		t.Errorf("took %d MiB", peak>>20)
	}
}

// TestHarmlessOddities takes what real files have: rows of styles down to the
// last one, links to other books, formulas with their last results.
func TestHarmlessOddities(t *testing.T) {
	data := book(t, numbered(`<worksheet><sheetData><row r="1"><c r="A1" t="str"><f>[1]Sheet1!A1</f><v>甲</v></c><c r="B1"><f>WEBSERVICE("http://192.0.2.1")</f><v>3</v></c></row>`, 40_000,
		func(i int) string { return fmt.Sprintf(`<row r="%d"><c r="A%d" s="1"/></row>`, i+2, i+2) }, `</sheetData><mergeCells><mergeCell ref="A1:A1"/><mergeCell ref="?"/></mergeCells></worksheet>`))
	b := read(t, data, "x.xlsx")
	if s := b.Sheets[0]; !b.Linked || len(s.Rows) != 1 || s.At(0, 0).Text != "甲" || !s.At(0, 1).Formula || s.At(0, 1).Number != "3" || len(s.Merged) != 0 {
		t.Errorf("%v %+v", b.Linked, s)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(workbook(f, func(x *excelize.File) {
		must(f, x.SetCellValue("Sheet1", "A1", "序号"), x.SetCellValue("Sheet1", "B2", 3.5))
	}))
	f.Add([]byte("序号,姓名\n1,\"张三\"\n"))
	f.Add([]byte("<table><tr><td colspan=2>a<td>b</table>"))
	f.Add([]byte("\xff\xfea\x00\t\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := sheet.Read(bytes.NewReader(data), int64(len(data)), "x.xls", sheet.Limits{Rows: 200, Columns: 40, Cells: 2000})
		check(t, b, err)
	})
}

// FuzzCells fuzzes what stands inside the zip, which mutation would never reach.
func FuzzCells(f *testing.F) {
	f.Add(`<worksheet><sheetData><row r="1"><c r="A1" s="1"><v>46348.5</v></c><c t="s"><v>0</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>`, `<sst><si><r><t>甲_x000D_</t></r></si></sst>`, `[h]:mm "年"`)
	f.Add(`<worksheet><sheetData><row><c t="inlineStr"><is><t>合计</t></is></c><c><f/><v>-1E+300</v></c></row></sheetData></worksheet>`, ``, `#,##0.00_);[Red]\(#,##0.00\)`)
	f.Fuzz(func(t *testing.T, cells, shared, code string) {
		code = strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;").Replace(code)
		data := book(t, cells, "xl/sharedStrings.xml", shared, "xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="200" formatCode="`+code+`"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="200"/></cellXfs></styleSheet>`)
		b, err := sheet.Read(bytes.NewReader(data), int64(len(data)), "x.xlsx", sheet.Limits{Rows: 200, Columns: 40, Cells: 2000})
		check(t, b, err)
	})
}

func FuzzPaste(f *testing.F) {
	f.Add("a\tb\n\"c\nd\"\t=1\n", "")
	f.Add("", "<table><tr><td rowspan=3>村<td x:num=1>2</table>")
	f.Fuzz(func(t *testing.T, text, html string) {
		b, err := sheet.Paste(text, html, sheet.Limits{Rows: 200, Columns: 40, Cells: 2000})
		check(t, b, err)
	})
}

// check states what holds for everything that was read.
func check(t *testing.T, b *sheet.Book, err error) {
	t.Helper()
	if err != nil {
		if own, ok := err.(*sheet.Error); !ok || own.Message == "" || own.MessageEn == "" {
			t.Fatalf("not an error for the clerk: %v", err)
		}
		return
	}
	for i := range b.Sheets {
		s := &b.Sheets[i]
		if len(s.Rows) > 200 || s.Width() > 40 {
			t.Fatalf("%d rows of %d", len(s.Rows), s.Width())
		}
		for _, row := range s.Rows {
			for _, c := range row {
				if strings.ToValidUTF8(c.Text, "") != c.Text || (c.Kind == sheet.Empty) != (c.Text == "") && !c.Formula {
					t.Fatalf("cell %+v", c)
				}
			}
		}
		table := sheet.Find(s)
		seen := map[int]bool{}
		for _, r := range append(append(append([]int(nil), table.Heading...), table.Rows...), table.Notes...) {
			if seen[r] || r < 0 || r >= len(s.Rows) {
				t.Fatalf("row %d twice or nowhere: %+v", r, table)
			}
			seen[r] = true
		}
	}
}
