// Package pdf writes documents of pages with text, rules and filled boxes in the
// typefaces of the house, and files attached to them.
//
// It promises that text in a document is text: it can be searched, selected and
// read aloud, in typefaces of which no more is embedded than the characters used;
// that the same calls give the same bytes; and that a character without a glyph is
// written as 〓 and named. What stands on the pages is left to others. The format
// is that of ISO 32000-1 (PDF 1.7); numbers in comments are its sections.
package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
)

// The size of a page: A4, in points of 1/72 inch.
const (
	Width  = 595.28
	Height = 841.89
)

// Colour is red, green and blue, 0 to 255.
type Colour [3]byte

// Doc is a document being written. It serves one goroutine.
type Doc struct {
	Title, Author, Language string
	Created                 time.Time // told in the document's information

	fonts []*Font
	pages []*Page
	files []file
}

type file struct {
	name, kind, about string
	data              []byte
}

// Attach adds a file to the document (7.11.4).
func (d *Doc) Attach(name, kind, about string, data []byte) {
	d.files = append(d.files, file{name, kind, about, data})
}

// Page adds an empty page.
func (d *Doc) Page() *Page {
	p := &Page{}
	d.pages = append(d.pages, p)
	return p
}

// Pages returns how many pages there are.
func (d *Doc) Pages() []*Page { return d.pages }

// Page is a page being written. Places are in points from its upper left corner.
type Page struct{ ops []op }

// op is one thing on a page: raw operators, or after them a line of text, whose
// codes are known only when all text is.
type op struct {
	raw  string
	font *Font
	text []rune
}

// number writes a coordinate with no more digits than a printer can tell apart.
func number(v float64) string { return strconv.FormatFloat(math.Round(v*1000)/1000, 'f', -1, 64) }

func (c Colour) operator() string {
	return fmt.Sprintf("%s %s %s rg\n", number(float64(c[0])/255), number(float64(c[1])/255), number(float64(c[2])/255))
}

// Fill fills a box.
func (p *Page) Fill(x, y, w, h float64, c Colour) {
	p.ops = append(p.ops, op{raw: c.operator() + fmt.Sprintf("%s %s %s %s re f\n", number(x), number(Height-y-h), number(w), number(h))})
}

// Text writes a line with its baseline at y.
func (p *Page) Text(f *Font, size, x, y float64, c Colour, text string) {
	if text == "" {
		return
	}
	o := op{raw: c.operator() + fmt.Sprintf("BT /F%d %s Tf 1 0 0 1 %s %s Tm ", f.at, number(size), number(x), number(Height-y)), font: f}
	for _, r := range text {
		o.text = append(o.text, f.use(r))
	}
	p.ops = append(p.ops, o)
}

// content is the page's stream.
func (p *Page) content(codes map[*Font]map[rune]uint16) []byte {
	var out bytes.Buffer
	for _, o := range p.ops {
		out.WriteString(o.raw)
		if o.font == nil {
			continue
		}
		out.WriteString("<")
		for _, r := range o.text {
			fmt.Fprintf(&out, "%04X", codes[o.font][r])
		}
		out.WriteString("> Tj ET\n")
	}
	return out.Bytes()
}

// WriteTo writes the whole document. Nothing may be added afterwards.
func (d *Doc) WriteTo(w io.Writer) (int64, error) {
	out := &writer{}
	out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n") // four bytes above 127 say that it is no text (7.5.2)
	catalog, tree, info := out.reserve(), out.reserve(), out.reserve()
	var resources bytes.Buffer
	resources.WriteString("<< /Font <<")
	codes := map[*Font]map[rune]uint16{}
	for _, f := range d.fonts {
		ref, code, err := f.write(out)
		if err != nil {
			return 0, fmt.Errorf("write a document: %w", err)
		}
		codes[f] = code
		fmt.Fprintf(&resources, " /F%d %d 0 R", f.at, ref)
	}
	resources.WriteString(" >> >>")
	var kids bytes.Buffer
	for _, p := range d.pages {
		content := out.stream("", p.content(codes))
		ref := out.object(fmt.Sprintf("<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %s %s] /Resources %s /Contents %d 0 R >>",
			tree, number(Width), number(Height), resources.String(), content))
		fmt.Fprintf(&kids, "%d 0 R ", ref)
	}
	out.fill(tree, fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", kids.String(), len(d.pages)))
	names := ""
	if len(d.files) > 0 {
		names = d.attached(out)
	}
	out.fill(catalog, fmt.Sprintf("<< /Type /Catalog /Pages %d 0 R /Lang %s /ViewerPreferences << /DisplayDocTitle true >>%s >>", tree, text16(d.Language), names))
	out.fill(info, fmt.Sprintf("<< /Title %s /Author %s /CreationDate (%s) >>", text16(d.Title), text16(d.Author), d.Created.UTC().Format("D:20060102150405Z")))
	out.trailer(catalog, info)
	n, err := w.Write(out.Bytes())
	return int64(n), err
}

// attached writes the files and returns what the catalogue says of them.
func (d *Doc) attached(out *writer) string {
	var tree, all bytes.Buffer
	for _, f := range d.files {
		data := out.stream(fmt.Sprintf("/Type /EmbeddedFile /Subtype /%s /Params << /Size %d >> ", mime(f.kind), len(f.data)), f.data)
		spec := out.object(fmt.Sprintf("<< /Type /Filespec /F %s /UF %s /Desc %s /AFRelationship /Data /EF << /F %d 0 R /UF %d 0 R >> >>",
			text16(f.name), text16(f.name), text16(f.about), data, data))
		fmt.Fprintf(&tree, "%s %d 0 R ", text16(f.name), spec)
		fmt.Fprintf(&all, "%d 0 R ", spec)
	}
	return fmt.Sprintf(" /Names << /EmbeddedFiles << /Names [%s] >> >> /AF [%s]", tree.String(), all.String())
}

// mime writes a media type as a name (7.3.5).
func mime(kind string) string {
	return string(bytes.ReplaceAll([]byte(kind), []byte("/"), []byte("#2F")))
}

// deflate compresses a stream (7.4.4).
func deflate(data []byte) []byte {
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	_, _ = z.Write(data) // a buffer takes everything
	_ = z.Close()
	return out.Bytes()
}
