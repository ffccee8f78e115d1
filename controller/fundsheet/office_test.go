package fundsheet_test

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"mingbai/controller/fundsheet"
	"mingbai/controller/sheet"
	"mingbai/playlist"
)

// saved writes an .xlsx as WPS does: shared strings with runs and readings, dates as
// serial numbers, formulas with their last values, columns and rows that are
// hidden, a sheet that is protected.
func saved(t *testing.T) []byte {
	t.Helper()
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\r\n"
	texts := []string{
		"望川镇2026年第三季度惠农补贴公示", "单位：元", "序号", "户主姓名", "身份证号", "所在村", "面积（亩）", "补贴金额", "发放日期", "经办备注",
		"张小明", "330106199001011015", "柳溪村", "１，２００．５０", "欠款户，先不发", "李 芳", "33010619851212202X", "东岭村", "合计", "审核人：王芳",
	}
	var shared strings.Builder
	for _, s := range texts {
		shared.WriteString("<si><r><rPr><b/></rPr><t xml:space=\"preserve\">" + s[:3] + "</t></r><r><t xml:space=\"preserve\">" + s[3:] + "</t></r><rPh sb=\"0\" eb=\"1\"><t>wang</t></rPh></si>")
	}
	rows := `<row r="1"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1" s="1"/></row><row r="2"><c r="H2" t="s"><v>1</v></c></row>` +
		`<row r="3"><c r="A3" t="s"><v>2</v></c><c r="B3" t="s"><v>3</v></c><c r="C3" t="s"><v>4</v></c><c r="D3" t="s"><v>5</v></c><c r="E3" t="s"><v>6</v></c><c r="F3" t="s"><v>7</v></c><c r="G3" t="s"><v>8</v></c><c r="H3" t="s"><v>9</v></c></row>` +
		`<row r="4"><c r="A4"><v>1</v></c><c r="B4" t="s"><v>10</v></c><c r="C4" t="s"><v>11</v></c><c r="D4" t="s"><v>12</v></c><c r="E4"><v>8.0399999999999991</v></c><c r="F4" t="s"><v>13</v></c><c r="G4" s="2"><v>46280</v></c><c r="H4" t="s"><v>14</v></c></row>` +
		`<row r="5" hidden="1"><c r="A5"><f>A4+1</f><v>2</v></c><c r="B5" t="s"><v>15</v></c><c r="C5" t="s"><v>16</v></c><c r="D5" t="s"><v>17</v></c><c r="E5"><v>12</v></c><c r="F5" s="3"><f>E5*150</f><v>1800</v></c><c r="G5" s="2"><v>46280</v></c></row>` +
		`<row r="6"><c r="A6" t="s"><v>18</v></c><c r="E6"><f>SUM(E4:E5)</f><v>20.04</v></c><c r="F6" s="3"><f>SUM(F4:F5)</f><v>3000.5</v></c><c r="G6" t="e"><f>#REF!</f><v>#REF!</v></c></row>` +
		`<row r="7"><c r="A7" t="s"><v>19</v></c></row>`
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="/xl/styles.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr/><workbookProtection lockStructure="1"/><sheets><sheet name="惠农补贴" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/styles.xml", `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="176" formatCode="yyyy/m/d;@"/></numFmts><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="0"/><xf numFmtId="176"/><xf numFmtId="4"/></cellXfs></styleSheet>`},
		{"xl/sharedStrings.xml", `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` + shared.String() + `</sst>`},
		{"xl/worksheets/sheet1.xml", `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetPr/><cols><col min="1" max="7" width="9"/><col min="8" max="16384" width="9" hidden="1" customWidth="1"/></cols><sheetData>` + rows +
			`</sheetData><sheetProtection password="CC1A" sheet="1" objects="1"/><mergeCells count="1"><mergeCell ref="A1:H1"/></mergeCells></worksheet>`},
	} {
		w, err := z.Create(part[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(head + part[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestTableAsOfficesSaveIt takes a table the whole way from the file: what Excel
// does not show stays out of the notice, numbers are numbers however they were
// typed, and the sum agrees.
func TestTableAsOfficesSaveIt(t *testing.T) {
	data := saved(t)
	book, err := sheet.Read(bytes.NewReader(data), int64(len(data)), "惠农补贴.xlsx", sheet.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	s := &book.Sheets[0]
	if len(s.HiddenCols) == 0 || s.HiddenCols[0] != 7 || len(s.HiddenCols) > sheet.Default.Columns || len(s.HiddenRows) != 1 {
		t.Errorf("hidden are columns %v and rows %v", s.HiddenCols, s.HiddenRows)
	}
	failed := false
	for _, n := range s.Notes {
		failed = failed || n.Code == sheet.BadResult && strings.HasPrefix(n.In(false), "G6：")
	}
	if !failed {
		t.Errorf("nobody is told of #REF!: %v", s.Notes)
	}
	sites := []playlist.Site{{ID: "liuxi", Kind: playlist.Village, Name: "柳溪村"}, {ID: "dongling", Kind: playlist.Village, Name: "东岭村"}}
	from := fundsheet.From(s)
	r := fundsheet.Build(from, fundsheet.Guess(from, sites), sites, nil)
	var names []string
	for _, c := range r.Table.Columns {
		names = append(names, c.Name)
	}
	if got := strings.Join(names, " "); strings.Contains(got, "备注") || strings.Contains(got, "身份证") || !strings.Contains(got, "补贴金额") {
		t.Errorf("the columns are %s", got)
	}
	if len(r.Table.Rows) != 2 || r.Period != "2026年第三季度" {
		t.Fatalf("%d rows of %q", len(r.Table.Rows), r.Period)
	}
	text := ""
	for _, row := range r.Table.Rows {
		text += strings.Join(row, "|") + "\n"
	}
	for _, want := range []string{"柳溪村", "8.04", "1200.5", "2026/9/15", "1800"} {
		if !strings.Contains(text, want) {
			t.Errorf("the rows lack %s:\n%s", want, text)
		}
	}
	for _, not := range []string{"330106", "欠款", "#REF", "wang", "合计", "审核人", "46280"} {
		if strings.Contains(text, not) {
			t.Errorf("the rows have %s:\n%s", not, text)
		}
	}
	if !r.HasTotal || r.Total.String() != "3,000.50" {
		t.Errorf("the total is %v %v", r.HasTotal, r.Total)
	}
	hidden := false
	for _, f := range r.Findings {
		if f.Code == "fund.sum" || strings.Contains(f.Message, "不一致") {
			t.Errorf("a sum that agrees is called wrong: %s", f.Message)
		}
	}
	for _, n := range r.Notes {
		hidden = hidden || n.Line == 5 && strings.Contains(n.Zh, "隐藏")
	}
	if !hidden {
		t.Error("nobody is told of the hidden row")
	}
}
