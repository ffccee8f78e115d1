package sheet

import (
	"encoding/xml"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// workbook is what the sheets of one .xlsx share.
type workbook struct {
	*archive
	keeper
	formatter
	strings  []string
	formats  []format // of cell formats, by the s of a cell
	date1904 bool
	linked   bool
}

// readZip reads an .xlsx, or says what else the zip is.
func readZip(r io.ReaderAt, size int64, lim Limits) (*Book, error) {
	a, err := openArchive(r, size, lim)
	if err != nil {
		return nil, err
	}
	if err := a.isWorkbook(); err != nil {
		return nil, err
	}
	w := &workbook{archive: a, keeper: keeper{lim: lim}, formatter: formatter{shown: make(map[[2]string]string)}}
	defer w.close()
	return w.read()
}

// isWorkbook says what the zip is when it is no .xlsx.
func (a *archive) isWorkbook() error {
	switch {
	case a.has("xl/vbaProject.bin"), a.has("xl/macrosheets/sheet1.xml"):
		return refuse(Macros, "文件带有宏（.xlsm），为安全起见不能上传。请在 Excel 或 WPS 里另存为「Excel 工作簿（.xlsx）」。", "The file carries macros (.xlsm), which are not taken. Save it as “Excel workbook (.xlsx)”.")
	case a.has("xl/workbook.bin"):
		return refuse(Old, "这是二进制工作簿（.xlsb）。请用 Excel 或 WPS 打开，另存为 .xlsx 再传。", "This is a binary workbook (.xlsb). Open it and save it as .xlsx.")
	case a.has("word/document.xml"):
		return refuse(Foreign, "这是 Word 文档，不是表格。请把其中的表格复制后粘贴到这里，或上传 .xlsx。", "This is a Word document. Copy the table out of it and paste it here, or upload .xlsx.")
	case a.has("ppt/presentation.xml"):
		return refuse(Foreign, "这是演示文稿，不是表格。请上传 .xlsx 或 .csv。", "This is a presentation, not a table. Upload .xlsx or .csv.")
	case a.has("mimetype") && a.has("content.xml"):
		return refuse(Foreign, "这是 OpenDocument 表格（.ods）。请另存为 .xlsx 再传。", "This is an OpenDocument file (.ods). Save it as .xlsx.")
	case a.has("[Content_Types].xml"):
		return nil
	}
	for name := range a.files {
		if ext := path.Ext(name); ext == ".xlsx" || ext == ".xls" || ext == ".et" || ext == ".csv" {
			return refuse(Foreign, "这是压缩包，里面有表格。请先解压，再上传里面的文件。", "This is a zip archive with a table in it. Unpack it first and upload the table.")
		}
	}
	return refuse(Foreign, "这是压缩包，不是表格。请上传 .xlsx 或 .csv。", "This is a zip archive, not a table. Upload .xlsx or .csv.")
}

func (w *workbook) read() (*Book, error) {
	root, err := w.relations("")
	if err != nil {
		return nil, err
	}
	main := "xl/workbook.xml"
	for _, rel := range root {
		if rel.kind == "officeDocument" {
			main = rel.target
		}
	}
	if !w.has(main) {
		return nil, damaged("文件里没有工作簿。", "There is no workbook in the file.")
	}
	rels, err := w.relations(main)
	if err != nil {
		return nil, err
	}
	book, parts, err := w.list(main, rels)
	if err != nil {
		return nil, err
	}
	for _, rel := range rels {
		switch rel.kind {
		case "sharedStrings":
			err = w.readStrings(rel.target)
		case "styles":
			err = w.readStyles(rel.target)
		}
		if err != nil {
			return nil, err
		}
	}
	for i, part := range parts {
		w.sheet = &book.Sheets[i]
		if err := w.readSheet(part); err != nil {
			return nil, err
		}
	}
	book.Linked = w.linked
	return book.filled()
}

// list reads the tabs and which part each of them is.
func (w *workbook) list(main string, rels map[string]relation) (*Book, []string, error) {
	book := &Book{}
	var parts []string
	err := w.each(main, func(e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			w.date1904 = flag(attr(e, "date1904"))
		case "externalReference":
			w.linked = true
		case "sheet":
			rel, ok := rels[attr(e, "id")]
			if !ok || rel.kind != "worksheet" {
				return nil // a sheet of charts
			}
			if len(parts) >= w.archive.lim.Sheets {
				return tooLarge("工作表超过 %d 个，请只留下要用的。", "There are more than %d sheets. Keep only those that are needed.", w.archive.lim.Sheets)
			}
			name := attr(e, "name")
			if len(name) > 400 {
				name = name[:400]
			}
			state := attr(e, "state")
			book.Sheets = append(book.Sheets, Sheet{Name: strings.ToValidUTF8(name, ""), Hidden: state == "hidden" || state == "veryHidden"})
			parts = append(parts, rel.target)
		}
		return nil
	})
	return book, parts, err
}

func flag(s string) bool { return s == "1" || s == "true" }

// readStrings reads the shared strings. What stands over characters to tell how
// they are spoken is left out.
func (w *workbook) readStrings(name string) error {
	p, err := w.part(name)
	if p == nil || err != nil {
		return err
	}
	defer p.close()
	var b strings.Builder
	total, spoken, inText := 0, 0, false
	for {
		t, err := p.next()
		if t == nil || err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "si":
				b.Reset()
			case "rPh":
				spoken++
			case "t":
				inText = spoken == 0
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "si":
				if total += b.Len(); total > w.archive.lim.TextLen {
					return tooLarge("文字太多，最多 %d MB，请分成几个文件。", "There is too much text; the most is %d MB. Split the file.", w.archive.lim.TextLen>>20)
				}
				if len(w.strings) >= w.archive.lim.Strings {
					return tooLarge("不同的文字超过 %d 处，请分成几个文件。", "There are more than %d different texts. Split the file.", w.archive.lim.Strings)
				}
				w.strings = append(w.strings, unescape(b.String()))
			case "rPh":
				spoken--
			case "t":
				inText = false
			}
		case xml.CharData:
			if inText && b.Len() <= w.archive.lim.CellLen { // too long, and put will say where
				b.Write(t)
			}
		}
	}
}

// readStyles reads the number format of every cell format.
func (w *workbook) readStyles(name string) error {
	codes := make(map[int]string)
	parsed := make(map[int]format)
	in := ""
	return w.each(name, func(e xml.StartElement) error {
		switch e.Name.Local {
		case "cellXfs", "cellStyleXfs", "dxfs", "cellStyles":
			in = e.Name.Local
		case "numFmt":
			if id, err := strconv.Atoi(attr(e, "numFmtId")); err == nil && in != "dxfs" {
				if code := attr(e, "formatCode"); len(code) <= maxFormat {
					codes[id] = code
				}
			}
		case "xf":
			if in != "cellXfs" {
				return nil
			}
			id, err := strconv.Atoi(attr(e, "numFmtId"))
			if err != nil {
				id = 0
			}
			if _, ok := parsed[id]; !ok {
				code, own := codes[id]
				if !own {
					code = builtIn[id]
				}
				parsed[id] = parseFormat(code)
			}
			w.formats = append(w.formats, parsed[id])
		}
		if len(w.formats) > w.archive.lim.Styles || len(codes) > w.archive.lim.Styles/10 {
			return tooLarge("单元格格式超过 %d 种，请新建一个工作簿，把数值粘贴过去再传。", "There are more than %d cell formats. Paste the values into a new workbook.", w.archive.lim.Styles)
		}
		return nil
	})
}

// format returns what the s of a cell stands for.
func (w *workbook) format(s string) format {
	if i, err := strconv.Atoi(s); err == nil && i >= 0 && i < len(w.formats) {
		return w.formats[i]
	}
	return format{general: true}
}

var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// unescape turns _x000D_ and the like into the characters they stand for
// (ECMA-376 part 1, 22.9.2.19) and ends of lines into \n.
func unescape(s string) string {
	if strings.Contains(s, "_x") {
		s = escaped.ReplaceAllStringFunc(s, func(m string) string {
			n, err := strconv.ParseUint(m[2:6], 16, 16)
			if err != nil || n == 0 || n >= 0xd800 && n < 0xe000 {
				return ""
			}
			return string(rune(n))
		})
	}
	if strings.Contains(s, "\r") {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}
