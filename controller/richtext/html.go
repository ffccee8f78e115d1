package richtext

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"mingbai/playlist"
)

// HTML reads what a browser gives of a clipboard: the HTML of Word, WPS, a sheet
// or a page of the web. A refused text is an *Error.
func HTML(src string) (Document, error) {
	if len(src) > MaxHTML {
		return Document{}, &Error{Message: "粘贴的内容太长，请分几次粘贴", MessageEn: "what was pasted is too long; paste it in parts"}
	}
	root, err := html.Parse(strings.NewReader(src))
	if err != nil { // the parser takes anything but what is nested beyond reason
		return Document{}, &Error{Message: "粘贴的内容读不出来，请先粘贴到记事本再复制", MessageEn: "what was pasted cannot be read; paste it into a plain editor first", Err: err}
	}
	w := &walker{para: &paragraph{}}
	w.walk(root, look{})
	w.flush(false)
	return Document{Title: w.title, Blocks: w.out}, nil
}

// look is how text looks where the walk is.
type look struct {
	bold, heading, title bool
}

// walker goes through a document in its order.
type walker struct {
	out   []playlist.Block
	para  *paragraph
	lists []int // numbers of the ordered lists that are open; -1 for bullets
	title string
	cells int
	inner *[]string // paragraphs of the cell that is being read
}

// flush ends a paragraph. If it is empty and keep is set the next one is the item
// that it was to be.
func (w *walker) flush(keep bool) {
	p := w.para
	w.para = &paragraph{}
	if keep && p.letters == 0 {
		w.para.item, w.para.number = p.item, p.number
	}
	if w.inner != nil {
		b, ok := p.block([]playlist.Block{{Kind: playlist.Paragraph}})
		if ok {
			*w.inner = append(*w.inner, b.Text)
		}
		return
	}
	b, ok := p.block(w.out)
	if !ok {
		return
	}
	if p.title && w.title == "" && b.Kind == playlist.Heading && len(w.out) == 0 {
		w.title = b.Text
	}
	w.out = append(w.out, b)
}

var dropped = map[atom.Atom]bool{
	atom.Head: true, atom.Script: true, atom.Style: true, atom.Template: true, atom.Noscript: true, atom.Del: true, atom.Title: true, atom.Svg: true,
	atom.Math: true, atom.Img: true, atom.Object: true, atom.Iframe: true, atom.Select: true, atom.Button: true, atom.Textarea: true, atom.Rt: true, atom.Rp: true,
}

var broken = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Li: true, atom.Ul: true,
	atom.Ol: true, atom.Table: true, atom.Section: true, atom.Article: true, atom.Blockquote: true, atom.Pre: true, atom.Dt: true, atom.Dd: true, atom.Br: true,
	atom.Hr: true, atom.Header: true, atom.Footer: true, atom.Main: true, atom.Figure: true, atom.Figcaption: true, atom.Caption: true, atom.Center: true, atom.Address: true,
}

// walk reads a node and what is in it. The parser bounds how deep that goes.
func (w *walker) walk(n *html.Node, l look) {
	switch n.Type {
	case html.TextNode:
		w.para.write(n.Data, l.bold)
		return
	case html.ElementNode:
	case html.DocumentNode:
		w.children(n, l)
		return
	default:
		return // comments, those of Word among them
	}
	style := styleOf(n)
	if dropped[n.DataAtom] || style.gone || namespaced(n, "v:", "m:") || n.Data == "xml" {
		return
	}
	if style.numbers { // 一、 or a bullet, as Word wrote it before the item
		w.number(n)
		return
	}
	if n.DataAtom == atom.Table {
		w.flush(false)
		w.table(n, l)
		return
	}
	block := broken[n.DataAtom]
	if block {
		w.flush(n.DataAtom != atom.Li)
	}
	switch n.DataAtom {
	case atom.B, atom.Strong:
		l.bold = true
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		l.heading = true
		l.title = l.title || n.DataAtom == atom.H1
	case atom.Ol:
		start := 1
		if s, err := strconv.Atoi(attr(n, "start")); err == nil && s >= 0 && s < 10000 {
			start = s
		}
		w.lists = append(w.lists, start)
	case atom.Ul:
		w.lists = append(w.lists, -1)
	}
	if style.weight != 0 {
		l.bold = style.weight > 0
	}
	l.heading = l.heading || style.heading
	l.title = l.title || style.title
	if block {
		w.para.heading, w.para.title = l.heading, l.title
	}
	if n.DataAtom == atom.Li && !style.list {
		w.item()
	}
	w.children(n, l)
	if (n.DataAtom == atom.Ol || n.DataAtom == atom.Ul) && len(w.lists) > 0 {
		w.lists = w.lists[:len(w.lists)-1]
	}
	if block {
		w.flush(n.DataAtom == atom.Br)
		if n.DataAtom == atom.Br {
			w.para.heading, w.para.title = l.heading, l.title
		}
	}
}

func (w *walker) children(n *html.Node, l look) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.walk(c, l)
	}
}

// item begins an item of a list.
func (w *walker) item() {
	last := len(w.lists) - 1
	if last < 0 || w.lists[last] < 0 {
		w.para.item = true
		return
	}
	w.para.number = strconv.Itoa(w.lists[last]) + "."
	w.lists[last]++
}

// number takes the mark that Word put before an item: numbers are kept as they
// are, and everything else is a bullet.
func (w *walker) number(n *html.Node) {
	var text strings.Builder
	symbols := false
	var collect func(*html.Node)
	collect = func(n *html.Node) {
		if n.Type == html.TextNode {
			text.WriteString(n.Data)
		}
		if n.Type == html.ElementNode && bulletFont.MatchString(attr(n, "style")) {
			symbols = true
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			collect(c)
		}
	}
	collect(n)
	mark := squeeze(text.String())
	if symbols || !hasNumber.MatchString(mark) {
		w.para.item = true
		return
	}
	w.para.number = mark
}

var (
	bulletFont = regexp.MustCompile(`(?i)font-family:\s*["']?(symbol|wingdings|webdings)`)
	hasNumber  = regexp.MustCompile(`[0-9０-９一二三四五六七八九十百〇零壹贰叁肆伍陆柒捌玖拾甲乙丙丁①-⑳⑴-⒇⒈-⒛]|^[（(]?[a-zA-Zivx]{1,4}[.)）、]`)
)

// table reads a table, nested ones as the text of their cell.
func (w *walker) table(n *html.Node, l look) {
	g := &grid{cells: &w.cells}
	outer := w.inner
	var caption string
	var rows func(*html.Node)
	rows = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch {
			case c.Type != html.ElementNode || styleOf(c).gone:
			case c.DataAtom == atom.Tr:
				g.begin()
				for d := c.FirstChild; d != nil; d = d.NextSibling {
					if d.Type == html.ElementNode && (d.DataAtom == atom.Td || d.DataAtom == atom.Th) && !styleOf(d).gone {
						g.cell(w.cellOf(d, l), spanOf(d, "colspan"), spanOf(d, "rowspan"))
					}
				}
				g.end()
			case c.DataAtom == atom.Caption:
				caption = cellText(w.cellOf(c, l))
			case c.DataAtom == atom.Thead || c.DataAtom == atom.Tbody || c.DataAtom == atom.Tfoot:
				rows(c)
			}
		}
	}
	rows(n)
	w.inner = outer
	blocks := g.blocks()
	if len(blocks) == 1 && blocks[0].Kind == playlist.TableBlock {
		blocks[0].Text = caption
	}
	if w.inner == nil {
		w.out = append(w.out, blocks...)
		return
	}
	for _, b := range blocks {
		for _, r := range b.Rows {
			*w.inner = append(*w.inner, strings.Join(slices.DeleteFunc(r, func(s string) bool { return s == "" }), " "))
		}
		if b.Text != "" {
			*w.inner = append(*w.inner, b.Text)
		}
	}
}

// cellOf reads the paragraphs of a cell.
func (w *walker) cellOf(n *html.Node, l look) string {
	outer, lists := w.inner, w.lists
	var lines []string
	w.inner, w.lists = &lines, nil
	w.children(n, l)
	w.flush(false)
	w.inner, w.lists = outer, lists
	return strings.Join(lines, "\n")
}

func spanOf(n *html.Node, name string) int {
	s, err := strconv.Atoi(strings.TrimSpace(attr(n, name)))
	if err != nil {
		return 1
	}
	return s
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func namespaced(n *html.Node, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(n.Data, p) })
}
