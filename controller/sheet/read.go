package sheet

import (
	"bytes"
	"io"
	"path"
	"strings"
)

// Read reads a file of the given size. What it is shows in its first bytes; the
// name only helps to word an Error. Every error of a bad file is an *Error,
// others come from r.
func Read(r io.ReaderAt, size int64, name string, lim Limits) (*Book, error) {
	lim = lim.filled()
	if size > lim.Bytes {
		return nil, tooLarge("文件太大，最多 %d MB。", "The file is too large; the most is %d MB.", lim.Bytes>>20)
	}
	head := make([]byte, min(size, 64<<10))
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if head = head[:n]; n == 0 {
		return nil, refuse(Nothing, "文件是空的。", "The file is empty.")
	}
	ext := strings.ToLower(path.Ext(name))
	switch {
	case bytes.HasPrefix(head, []byte("PK")):
		return readZip(r, size, lim)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return nil, oldFile(r, size, ext)
	}
	if zh, en := foreignFile(head); zh != "" {
		return nil, refuse(Foreign, "这是"+zh+"，不是表格。请上传 .xlsx 或 .csv。", "This is "+en+", not a table. Upload .xlsx or .csv.")
	}
	text, err := decode(io.NewSectionReader(r, 0, size), lim)
	if err != nil {
		return nil, err
	}
	var book *Book
	switch start := strings.ToLower(text[:min(len(text), 4096)]); {
	case strings.HasPrefix(start, "mime-version:"):
		return nil, refuse(Foreign, "这是「单个文件网页」。请用 Excel 或 WPS 打开，另存为 .xlsx 再传。", "This is a web archive. Open it in Excel or WPS and save it as .xlsx.")
	case strings.Contains(start, "schemas-microsoft-com:office:spreadsheet") && strings.Contains(start, "<?xml") && !strings.Contains(start, "<html"):
		return nil, refuse(Old, "这是「XML 表格 2003」。请用 Excel 或 WPS 打开，另存为 .xlsx 再传。", "This is an XML spreadsheet of 2003. Open it in Excel or WPS and save it as .xlsx.")
	case isHTML(start):
		book, err = readHTML(text, lim)
	default:
		book, err = readText(text, sheetName(name), lim)
	}
	if err != nil {
		return nil, err
	}
	return book.filled()
}

// Paste reads cells that were copied in Excel, WPS or a web page: the HTML that
// the clipboard carries, which knows merged cells, or else the text. Either may
// be empty.
func Paste(text, html string, lim Limits) (*Book, error) {
	lim = lim.filled()
	if int64(len(text)) > lim.Bytes || int64(len(html)) > lim.Bytes {
		return nil, tooLarge("粘贴的内容太多，最多 %d MB，请保存成文件上传。", "Too much was pasted; the most is %d MB. Save it as a file and upload that.", lim.Bytes>>20)
	}
	if strings.Contains(strings.ToLower(html), "<table") {
		book, err := readHTML(strings.ToValidUTF8(html, "\uFFFD"), lim)
		if err != nil {
			return nil, err
		}
		if book, err = book.filled(); err == nil {
			return book, nil
		}
	}
	if !validText(text) {
		return nil, damaged("内容里有乱码。", "The text is garbled.")
	}
	book, err := readText(text, "", lim)
	if err != nil {
		return nil, err
	}
	return book.filled()
}

// filled refuses a book without content.
func (b *Book) filled() (*Book, error) {
	for i := range b.Sheets {
		if len(b.Sheets[i].Rows) > 0 {
			return b, nil
		}
	}
	return nil, refuse(Nothing, "表里没有内容。", "There is nothing in the table.")
}

func sheetName(file string) string {
	base := path.Base(strings.ReplaceAll(file, `\`, "/"))
	return strings.TrimSuffix(base, path.Ext(base))
}

// oldFile says which of the old files it is: all of them are compound files
// (OLE2), and so is an encrypted .xlsx.
func oldFile(r io.ReaderAt, size int64, ext string) *Error {
	const encrypted = "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"
	const window = 64 << 10
	buf := make([]byte, window+len(encrypted))
	for off := int64(0); off < size; off += window {
		n, _ := r.ReadAt(buf, off) // what cannot be read has no name in it
		if bytes.Contains(buf[:n], []byte(encrypted)) {
			return errEncrypted()
		}
	}
	what, whatEn := "旧版 Excel 文件（.xls）", "an old Excel file (.xls)"
	switch ext {
	case ".et":
		what, whatEn = "WPS 表格文件（.et）", "a WPS spreadsheet (.et)"
	case ".wps", ".doc":
		return refuse(Foreign, "这是文字文档，不是表格。请把其中的表格复制后粘贴到这里，或上传 .xlsx。", "This is a text document. Copy the table out of it and paste it here, or upload .xlsx.")
	}
	return refuse(Old, "这是"+what+"。请用 Excel 或 WPS 打开，点「另存为」，类型选「Excel 工作簿（.xlsx）」，再上传。", "This is "+whatEn+". Open it in Excel or WPS, choose “Save as”, type “Excel workbook (.xlsx)”, and upload that.")
}

// foreignFile names files that are no tables, by their first bytes.
func foreignFile(head []byte) (zh, en string) {
	for _, f := range []struct{ magic, zh, en string }{
		{"%PDF", " PDF 文件", "a PDF"},
		{"\xff\xd8\xff", "图片", "a picture"},
		{"\x89PNG", "图片", "a picture"},
		{"GIF8", "图片", "a picture"},
		{"Rar!", "压缩包", "an archive"},
		{"7z\xbc\xaf\x27\x1c", "压缩包", "an archive"},
		{"\x1f\x8b", "压缩包", "an archive"},
		{"{\\rtf", "文字文档", "a text document"},
		{"MZ", "程序", "a program"},
		{"\x7fELF", "程序", "a program"},
	} {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return f.zh, f.en
		}
	}
	return "", ""
}
