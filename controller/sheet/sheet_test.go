package sheet_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"mingbai/controller/sheet"
)

// read reads what must be readable.
func read(t testing.TB, data []byte, name string) *sheet.Book {
	t.Helper()
	book, err := sheet.Read(bytes.NewReader(data), int64(len(data)), name, sheet.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return book
}

// refused reads what must be refused and returns why.
func refused(t testing.TB, data []byte, name string, lim sheet.Limits) *sheet.Error {
	t.Helper()
	_, err := sheet.Read(bytes.NewReader(data), int64(len(data)), name, lim)
	own, ok := errors.AsType[*sheet.Error](err)
	if !ok {
		t.Fatalf("%s: error is %v, want one for the clerk", name, err)
	}
	if own.Message == "" || own.MessageEn == "" || !strings.ContainsAny(own.Message, "。") {
		t.Errorf("%s: %q, %q are no sentences", name, own.Message, own.MessageEn)
	}
	return own
}

// workbook makes an .xlsx.
func workbook(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestCellsOfWorkbook(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		must(t,
			f.SetCellValue("Sheet1", "A1", "户主\n姓名"),
			f.SetCellDefault("Sheet1", "A2", "0.30000000000000004"),
			f.SetCellDefault("Sheet1", "A3", "1234.0999999999999"),
			f.SetCellDefault("Sheet1", "A4", "3.3010619900101101E+17"),
			f.SetCellValue("Sheet1", "A5", "330106199001011015"),
			f.SetCellDefault("Sheet1", "A6", "46348.354166666664"),
			f.SetCellDefault("Sheet1", "A7", "46348"),
			f.SetCellDefault("Sheet1", "A8", "0.125"),
			f.SetCellDefault("Sheet1", "A9", "-1234567.5"),
			f.SetCellDefault("Sheet1", "A10", "1234.5"),
			f.SetCellFormula("Sheet1", "A11", "SUM(A2:A3)"),
			f.SetCellValue("Sheet1", "A12", "1,200.50"),
			f.SetCellBool("Sheet1", "A13", true),
			f.SetCellValue("Sheet1", "C14", "　远　"),
			f.MergeCell("Sheet1", "C14", "D15"),
			f.AddComment("Sheet1", excelize.Comment{Cell: "A5", Author: "w", Text: "待核"}),
		)
		format := func(cell, code string) {
			id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
			must(t, err, f.SetCellStyle("Sheet1", cell, cell, id))
		}
		format("A3", "#,##0.00_ ")
		format("A6", "yyyy/m/d h:mm")
		format("A7", `yyyy"年"m"月"d"日";@`)
		format("A8", "0.0%")
		format("A9", `"¥"#,##0.00;[Red]"¥"\-#,##0.00`)
		format("A10", "0")
	})
	s := &read(t, data, "a.xlsx").Sheets[0]
	for i, want := range []struct {
		text, number string
		kind         sheet.Kind
	}{
		{"户主\n姓名", "", sheet.Text},
		{"0.3", "0.3", sheet.Number},
		{"1,234.10", "1234.1", sheet.Number},
		{"330106199001011000", "330106199001011000", sheet.Number},
		{"330106199001011015", "", sheet.Text},
		{"2026/11/22 8:30", "2026-11-22T08:30", sheet.Date},
		{"2026年11月22日", "2026-11-22", sheet.Date},
		{"12.5%", "0.125", sheet.Percent},
		{"", "-1234567.5", sheet.Money},
		{"1235", "1234.5", sheet.Number},
		{"", "", sheet.Empty},
		{"1,200.50", "1200.5", sheet.Text},
		{"TRUE", "", sheet.Bool},
	} {
		c := s.At(i, 0)
		if want.text != "" && c.Text != want.text || c.Number != want.number || c.Kind != want.kind {
			t.Errorf("A%d is %q %q %v, want %q %q %v", i+1, c.Text, c.Number, c.Kind, want.text, want.number, want.kind)
		}
	}
	if text := s.At(8, 0).Text; !strings.Contains(text, "1,234,567.50") {
		t.Errorf("money is shown as %q", text)
	}
	if !s.At(10, 0).Formula {
		t.Error("A11 should be a formula")
	}
	if c := s.At(4, 0).Comment; !strings.Contains(c, "待核") {
		t.Errorf("comment of A5 is %q", c)
	}
	if s.At(13, 2).Text != "远" || len(s.Merged) != 1 || s.Merged[0].String() != "C14:D15" {
		t.Errorf("C14 is %q, merged %v", s.At(13, 2).Text, s.Merged)
	}
	codes := map[sheet.NoteCode]string{}
	for _, n := range s.Notes {
		codes[n.Code] = n.In(false)
	}
	if !strings.HasPrefix(codes[sheet.CutNumber], "A4：这个证件号码已被 Excel 截断") || !strings.HasPrefix(codes[sheet.NoResult], "A11：") || len(s.Notes) != 2 {
		t.Errorf("notes are %v", s.Notes)
	}
}

func TestTextsInEveryEncoding(t *testing.T) {
	const table = "序号,户主,金额（元）\r\n1,\"张,三\",\"1,200.50\"\r\n2,䶮㐱,￥3\r\n"
	utf16 := func(end unicode.Endianness, bom unicode.BOMPolicy) encoding.Encoding { return unicode.UTF16(end, bom) }
	for name, enc := range map[string]encoding.Encoding{
		"utf8": unicode.UTF8, "bom": unicode.UTF8BOM, "gb18030": simplifiedchinese.GB18030,
		"le": utf16(unicode.LittleEndian, unicode.UseBOM), "be": utf16(unicode.BigEndian, unicode.UseBOM),
		"le without mark": utf16(unicode.LittleEndian, unicode.IgnoreBOM), "be without mark": utf16(unicode.BigEndian, unicode.IgnoreBOM),
	} {
		for mark, in := range map[string]string{",": table, "\t": strings.NewReplacer(",\"张,", "\t\"张,", "三\",", "三\"\t", "序号,户主,", "序号\t户主\t", "2,䶮㐱,", "2\t䶮㐱\t").Replace(table), ";": strings.NewReplacer(",\"张,", ";\"张,", "三\",", "三\";", "序号,户主,", "序号;户主;", "2,䶮㐱,", "2;䶮㐱;").Replace(table)} {
			data, err := enc.NewEncoder().Bytes([]byte(in))
			must(t, err)
			s := &read(t, data, "名单.csv").Sheets[0]
			if s.Name != "名单" || len(s.Rows) != 3 || s.At(1, 1).Text != "张,三" || s.At(1, 2).Number != "1200.5" || s.At(2, 1).Text != "䶮㐱" || s.At(2, 2).Kind != sheet.Money || s.At(2, 2).Number != "3" {
				t.Errorf("%s parted by %q: %+v", name, mark, s.Rows)
			}
		}
	}
	gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte("姓名,身份证号\n王五,3.30106E+17\n"))
	must(t, err)
	s := &read(t, gbk, "x.txt").Sheets[0]
	if s.At(0, 1).Text != "身份证号" || len(s.Notes) != 1 || s.Notes[0].Code != sheet.CutNumber {
		t.Errorf("GBK: %+v, notes %v", s.Rows, s.Notes)
	}
}

func TestPaste(t *testing.T) {
	book, err := sheet.Paste("项目\t说明\t金额\r\n\"三馆\r\n一站\"\t\"他说\"\"好\"\"\"\t41.0\r\n\"二七\"广场\t5\"管\t9\r\n", "", sheet.Limits{})
	must(t, err)
	s := &book.Sheets[0]
	if s.At(1, 0).Text != "三馆\r\n一站" && s.At(1, 0).Text != "三馆\n一站" || s.At(1, 1).Text != `他说"好"` || s.At(2, 0).Text != `"二七"广场` || s.At(2, 1).Text != `5"管` || s.At(2, 2).Number != "9" {
		t.Errorf("text: %+v", s.Rows)
	}
	book, err = sheet.Paste("", `<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><style>td{mso-number-format:General}</style></head><body>
<table><tr><td rowspan=2>村</td><td colspan="2">补贴</td></tr>
<tr><td>面积<br>（亩）</td><td>金额</td></tr>
<tr><td rowspan=2>柳溪村</td><td x:num="3.14159">3.1</td><td style='mso-number-format:"\@"'>330106199001011015</td></tr>
<tr><td x:num>4</td><td>&nbsp;5&nbsp;</td></tr></table></body></html>`, sheet.Limits{})
	must(t, err)
	s = &book.Sheets[0]
	if fmt.Sprint(s.Merged) != "[A1:A2 B1:C1 A3:A4]" || s.At(1, 1).Text != "面积\n（亩）" || s.At(2, 1).Number != "3.14159" || s.At(2, 1).Text != "3.1" || s.At(2, 2).Kind != sheet.Text || s.At(3, 1).Number != "4" || s.At(3, 2).Number != "5" {
		t.Errorf("html: %v %+v", s.Merged, s.Rows)
	}
	table := sheet.Find(s)
	if got := strings.Join(table.Headings(), " "); got != "村 补贴/面积（亩） 补贴/金额" || len(table.Rows) != 2 {
		t.Errorf("headings %q, rows %v", got, table.Rows)
	}
}

func TestWriteIsRead(t *testing.T) {
	day := time.Date(2026, 11, 22, 8, 30, 0, 0, time.FixedZone("", 8*3600))
	page := sheet.Page{Name: "登记簿[1]/二", Title: "登记簿", Headings: []string{"编号", "标题", "金额（元）", "日期", "时间"}, Notes: []string{"注：自动生成"}}
	for _, text := range []string{"=1+1", "+86", "-x", "@SUM(A1)", "普通\x01"} {
		page.Rows = append(page.Rows, []sheet.Value{sheet.T("001"), sheet.T(text), sheet.N("1234567.80", 2), sheet.D(day), sheet.At(day)})
	}
	var b bytes.Buffer
	must(t, sheet.Write(&b, []sheet.Page{page, {Headings: []string{"空"}}}))
	book := read(t, b.Bytes(), "x.xlsx")
	s := &book.Sheets[0]
	for r, want := range []string{"=1+1", "+86", "-x", "@SUM(A1)", "普通"} {
		c := s.At(r+2, 1)
		if c.Text != want || c.Kind != sheet.Text || c.Formula {
			t.Errorf("row %d is %+v, want the text %q", r, c, want)
		}
	}
	if c := s.At(2, 0); c.Text != "001" || c.Kind != sheet.Text {
		t.Errorf("a code lost its zeros: %+v", c)
	}
	if c := s.At(2, 2); c.Text != "1,234,567.80" || c.Number != "1234567.8" || c.Kind != sheet.Number {
		t.Errorf("number is %+v", c)
	}
	if c := s.At(2, 3); c.Kind != sheet.Date || c.Number != "2026-11-22" || c.Text != "2026-11-22" {
		t.Errorf("day is %+v", c)
	}
	if c := s.At(2, 4); c.Number != "2026-11-22T08:30" {
		t.Errorf("instant is %+v", c)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	must(t, err)
	defer f.Close()
	panes, err := f.GetPanes(f.GetSheetName(0))
	if err != nil || !panes.Freeze || panes.YSplit != 2 {
		t.Errorf("the heading is not frozen: %+v %v", panes, err)
	}
	for text, want := range map[string]string{"=1": "'=1", "-5": "-5", "+86 1": "'+86 1", "@a": "'@a", "村": "村"} {
		if got := sheet.CSV(text); got != want {
			t.Errorf("CSV(%q) = %q", text, got)
		}
	}
}
