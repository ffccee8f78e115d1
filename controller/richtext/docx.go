package richtext

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"mingbai/playlist"
)

// Bounds of a file. A ratio beyond maxRatio is a bomb, not a text: the most
// repetitive real documents stay below 60.
const (
	maxEntries  = 4096
	maxDocument = 48 << 20 // bytes of a part of the file, unpacked
	maxRatio    = 200
	maxDepth    = 200 // elements within each other
)

var errNotWord = errors.New("no document of Word")

// Docx reads a file of Word or WPS (.docx, ISO/IEC 29500). A refused file is an
// *Error.
func Docx(data []byte) (Document, error) {
	refuse := func(zh, en string, err error) (Document, error) {
		return Document{}, &Error{Message: zh, MessageEn: en, Err: err}
	}
	switch {
	case len(data) > MaxDocx:
		return refuse("文件太大，最多 32 MB；请去掉里面的图片再传", "the file has more than 32 MB; take its pictures out", nil)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return refuse("这是旧格式（.doc、.wps）或者加了密码的文件，请在 Word 或 WPS 里另存为 .docx 再传", "this is an old file (.doc, .wps) or one with a password; save it as .docx", nil)
	case bytes.HasPrefix(data, []byte("%PDF")):
		return refuse("这是 PDF，读不出文字的层次；请传 Word 原件（.docx），或者把 PDF 另存为图片当原件扫描", "this is a PDF; upload the Word file, or save the PDF as pictures and upload them as scans", nil)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return refuse("这不是 Word 文件（.docx）", "this is no Word file (.docx)", err)
	}
	if len(z.File) > maxEntries {
		return refuse("文件里的部分太多，没有读", "the file has too many parts", nil)
	}
	parts := map[string]*zip.File{}
	for _, f := range z.File {
		if _, twice := parts[f.Name]; !twice {
			parts[f.Name] = f
		}
	}
	if parts["word/document.xml"] == nil {
		return refuse("这不是 Word 文件（.docx）", "this is no Word file (.docx)", errNotWord)
	}
	d := &docx{styles: map[string]docStyle{}, lists: &numbering{}}
	for _, part := range []struct {
		name string
		read func(*xml.Decoder) error
	}{{"word/styles.xml", d.readStyles}, {"word/numbering.xml", d.lists.read}, {"word/document.xml", d.read}} {
		f := parts[part.name]
		if f == nil {
			continue
		}
		if f.UncompressedSize64 > maxDocument || f.UncompressedSize64 > 1<<20 && f.UncompressedSize64 > maxRatio*max(f.CompressedSize64, 1) {
			return refuse("文件解开后太大，没有读", "the file is too large when unpacked", nil)
		}
		r, err := f.Open()
		if err != nil {
			return refuse("文件已损坏，读不出来", "the file is damaged", err)
		}
		dec := xml.NewDecoder(&limited{r: r, left: min(maxDocument, max(1<<20, maxRatio*int64(f.CompressedSize64)))})
		err = part.read(dec)
		r.Close()
		var tooLong *Error
		if errors.As(err, &tooLong) {
			return Document{}, err
		}
		if err != nil {
			return refuse("文件已损坏，读不出来", "the file is damaged", err)
		}
	}
	return Document{Title: d.title, Blocks: d.out}, nil
}

// limited gives what a part may have, whatever its header said.
type limited struct {
	r    io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, &Error{Message: "文件解开后太大，没有读", MessageEn: "the file is too large when unpacked"}
	}
	n, err := l.r.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	return n, err
}

// next returns the next element that begins or ends, and the text before it;
// documents with a DOCTYPE are refused, for nothing good has one.
func next(dec *xml.Decoder) (xml.Token, error) {
	t, err := dec.Token()
	if _, ok := t.(xml.Directive); ok {
		return nil, errNotWord
	}
	return t, err
}

// each reads the elements of a part, with how deep they are.
func each(dec *xml.Decoder, begin func(xml.StartElement) error, end func(xml.EndElement), text func([]byte)) error {
	depth := 0
	for {
		t, err := next(dec)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return errNotWord
			}
			if err := begin(t); err != nil {
				return err
			}
		case xml.EndElement:
			depth--
			end(t)
		case xml.CharData:
			text(t)
		}
	}
}

// val is the attribute of an element, whatever its name space.
func val(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// off tells whether a switch like <w:b w:val="0"/> is off.
func off(e xml.StartElement) bool {
	v := val(e, "val")
	return v == "0" || v == "false" || v == "off" || v == "none"
}

// docStyle is what matters of a style of paragraphs.
type docStyle struct {
	base    string
	heading bool
	title   bool
	bold    bool
	list    listRef
}

// listRef is the list that a paragraph belongs to; num is empty for none.
type listRef struct {
	num   string
	level int
}

func (d *docx) readStyles(dec *xml.Decoder) error {
	var id string
	var s docStyle
	return each(dec, func(e xml.StartElement) error {
		switch e.Name.Local {
		case "style":
			id, s = val(e, "styleId"), docStyle{}
		case "basedOn":
			s.base = val(e, "val")
		case "name":
			s.heading = s.heading || headingName.MatchString(val(e, "val"))
			s.title = titleName.MatchString(val(e, "val"))
		case "outlineLvl":
			n, err := strconv.Atoi(val(e, "val"))
			s.heading = s.heading || err == nil && n >= 0 && n <= 8
		case "b":
			s.bold = !off(e)
		case "numId":
			s.list.num = val(e, "val")
		case "ilvl":
			s.list.level = level(e)
		}
		return nil
	}, func(e xml.EndElement) {
		if e.Name.Local == "style" && len(d.styles) < maxEntries {
			d.styles[id] = s
		}
	}, func([]byte) {})
}

func level(e xml.StartElement) int {
	n, err := strconv.Atoi(val(e, "val"))
	if err != nil || n < 0 || n > 8 {
		return 0
	}
	return n
}

// style returns a style with what it takes from those that it is based on.
func (d *docx) style(id string) docStyle {
	s := d.styles[id]
	for base, i := s.base, 0; base != "" && i < 16; i++ {
		b := d.styles[base]
		s.heading, s.bold, s.title = s.heading || b.heading, s.bold || b.bold, s.title || b.title
		if s.list.num == "" {
			s.list = b.list
		}
		base = b.base
	}
	return s
}

// docx is a document that is being read.
type docx struct {
	styles map[string]docStyle
	lists  *numbering
	out    []playlist.Block
	title  string
	cells  int

	skip      int // elements deep within what is not read
	para      *paragraph
	inPr      string // pPr, rPr or trPr, where properties stand
	list      listRef
	styleBold bool // of the paragraph
	bold      bool
	hidden    bool
	text      bool // within <w:t>
	tables    []*wordTable
}

// wordTable is a table that is being read.
type wordTable struct {
	rows    [][]wordCell
	lines   []string
	cell    wordCell
	removed bool // the row is tracked as deleted
}

type wordCell struct {
	text  string
	span  int
	merge string // restart, continue or empty
}

var unread = map[string]bool{
	"del": true, "moveFrom": true, "delText": true, "instrText": true, "delInstrText": true, "drawing": true, "pict": true, "object": true, "sectPr": true, "sdtPr": true,
	"rPrChange": true, "pPrChange": true, "tblPrChange": true, "trPrChange": true, "tcPrChange": true, "numberingChange": true, "Fallback": true, "rt": true, "footnotePr": true,
}

func (d *docx) read(dec *xml.Decoder) error {
	err := each(dec, func(e xml.StartElement) error {
		if d.skip > 0 || unread[e.Name.Local] {
			if d.skip == 0 && e.Name.Local == "del" && d.inPr == "trPr" && len(d.tables) > 0 {
				d.tables[len(d.tables)-1].removed = true
			}
			d.skip++
			return nil
		}
		return d.begin(e)
	}, func(e xml.EndElement) {
		if d.skip > 0 {
			d.skip--
			return
		}
		d.end(e.Name.Local)
	}, func(text []byte) {
		if d.text && d.skip == 0 && !d.hidden && d.para != nil {
			d.para.write(string(text), d.bold)
		}
	})
	return err
}

func (d *docx) begin(e xml.StartElement) error {
	switch name := e.Name.Local; name {
	case "p":
		d.para, d.list, d.styleBold = &paragraph{}, listRef{}, false
	case "pPr", "trPr":
		d.inPr = name
	case "rPr":
		if d.inPr != "pPr" {
			d.inPr = name
		}
	case "r":
		d.bold, d.hidden = d.styleBold, false
	case "pStyle":
		d.styled(val(e, "val"))
	case "outlineLvl":
		if n, err := strconv.Atoi(val(e, "val")); d.para != nil && err == nil && n >= 0 && n <= 8 {
			d.para.heading = true
		}
	case "numId":
		d.list.num = val(e, "val")
	case "ilvl":
		d.list.level = level(e)
	case "b":
		if d.inPr == "rPr" {
			d.bold = !off(e)
		}
	case "vanish", "webHidden":
		if d.inPr == "rPr" {
			d.hidden = !off(e)
		}
	case "t":
		d.text = true
	case "tab":
		if d.inPr == "" {
			d.space(" ")
		}
	case "noBreakHyphen":
		d.space("-")
	case "br", "cr":
		if val(e, "type") == "" || val(e, "type") == "textWrapping" {
			d.broken()
		}
	case "tbl":
		if len(d.tables) > 8 {
			return errNotWord
		}
		d.tables = append(d.tables, &wordTable{})
	case "tr", "tc", "gridSpan", "vMerge":
		d.tablePart(e)
	}
	return nil
}

func (d *docx) space(s string) {
	if d.para != nil && !d.hidden {
		d.para.write(s, false)
	}
}

// styled takes what a paragraph has from its style.
func (d *docx) styled(id string) {
	if d.para == nil {
		return
	}
	s := d.style(id)
	d.para.heading, d.para.title, d.styleBold = s.heading, s.title, s.bold
	if s.list.num != "" {
		d.list = s.list
	}
}

// broken ends a line within a paragraph.
func (d *docx) broken() {
	if d.para == nil || d.para.letters == 0 {
		return
	}
	heading := d.para.heading
	d.flush()
	d.para, d.list = &paragraph{heading: heading}, listRef{}
}

func (d *docx) end(name string) {
	switch name {
	case "pPr", "trPr":
		d.inPr = ""
	case "rPr":
		if d.inPr == "rPr" {
			d.inPr = ""
		}
	case "t":
		d.text = false
	case "p":
		d.flush()
		d.para = nil
	case "tc", "tr", "tbl":
		d.endTable(name)
	}
}

// flush ends a paragraph.
func (d *docx) flush() {
	p := d.para
	if p == nil || p.letters == 0 {
		return
	}
	d.lists.mark(p, d.list)
	if len(d.tables) > 0 {
		if b, ok := p.block([]playlist.Block{{Kind: playlist.Paragraph}}); ok {
			t := d.tables[len(d.tables)-1]
			t.lines = append(t.lines, b.Text)
		}
		return
	}
	b, ok := p.block(d.out)
	if !ok {
		return
	}
	if p.title && d.title == "" && len(d.out) == 0 {
		d.title = b.Text
	}
	d.out = append(d.out, b)
}

func (d *docx) tablePart(e xml.StartElement) {
	if len(d.tables) == 0 {
		return
	}
	t := d.tables[len(d.tables)-1]
	switch e.Name.Local {
	case "tr":
		t.rows, t.removed = append(t.rows, nil), false
	case "tc":
		t.cell, t.lines = wordCell{span: 1}, nil
	case "gridSpan":
		if n, err := strconv.Atoi(val(e, "val")); err == nil {
			t.cell.span = min(max(n, 1), maxSpan)
		}
	case "vMerge":
		if t.cell.merge = val(e, "val"); t.cell.merge == "" {
			t.cell.merge = "continue"
		}
	}
}

func (d *docx) endTable(name string) {
	if len(d.tables) == 0 {
		return
	}
	t := d.tables[len(d.tables)-1]
	last := len(t.rows) - 1
	switch {
	case name == "tc" && last >= 0:
		t.cell.text = strings.Join(t.lines, "\n")
		t.rows[last] = append(t.rows[last], t.cell)
		t.lines = nil
	case name == "tr" && last >= 0 && t.removed:
		t.rows = t.rows[:last]
	case name == "tbl":
		d.tables = d.tables[:len(d.tables)-1]
		blocks := t.blocks(&d.cells)
		if len(d.tables) == 0 {
			d.out = append(d.out, blocks...)
			return
		}
		outer := d.tables[len(d.tables)-1]
		for _, b := range blocks {
			for _, r := range b.Rows {
				outer.lines = append(outer.lines, strings.Join(r, " "))
			}
			if b.Text != "" {
				outer.lines = append(outer.lines, b.Text)
			}
		}
	}
}

// blocks fills the table in: a cell that continues says what the one above says.
func (t *wordTable) blocks(cells *int) []playlist.Block {
	g := &grid{cells: cells}
	var above []string
	for _, r := range t.rows {
		g.begin()
		for _, c := range r {
			if at := len(g.row); c.merge == "continue" && at < len(above) {
				c.text = above[at]
			}
			g.cell(c.text, c.span, 1)
		}
		above = g.row
		g.end()
	}
	return g.blocks()
}
