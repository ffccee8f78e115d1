package console_test

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// markup is a page as a browser reads it.
type markup struct {
	*html.Node
	source string
}

func parsed(source string) (markup, error) {
	n, err := html.Parse(strings.NewReader(source))
	return markup{n, source}, err
}

// all returns the elements with one of the names, in the order of the page.
func (m markup) all(names ...string) (out []*html.Node) {
	for n := range m.Descendants() {
		if n.Type == html.ElementNode && slices.Contains(names, n.Data) {
			out = append(out, n)
		}
	}
	return out
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// within returns the nearest element around n with the name, nil if there is none.
func within(n *html.Node, name string) *html.Node {
	for n := range n.Ancestors() {
		if n.Type == html.ElementNode && n.Data == name {
			return n
		}
	}
	return nil
}

// words is the text of an element without that of the controls in it.
func words(n *html.Node) string {
	var out strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			out.WriteString(n.Data)
		case n.Type == html.ElementNode && (n.Data == "select" || n.Data == "textarea" || n.Data == "script"):
			return
		case n.Type == html.ElementNode && n.Data == "img":
			out.WriteString(attr(n, "alt"))
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(n)
	return strings.TrimSpace(out.String())
}

// void are the elements that have no end.
var void = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

// residue is what a template or a format leaves behind that was given the wrong
// thing.
var residue = []string{"<no value>", "&lt;no value&gt;", "%!", "ZgotmplZ", "<nil>", "&lt;nil&gt;", "0xc000", "map[", "{{", "}}"}

// faults says what is wrong with a page, whoever looks at it.
func (m markup) faults() (out []string) {
	fault := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, r := range residue {
		if strings.Contains(m.source, r) {
			fault("it holds %q", r)
		}
	}
	for _, name := range []string{"h1", "title", "main"} {
		found := slices.DeleteFunc(m.all(name), func(n *html.Node) bool { return within(n, "svg") != nil })
		if len(found) != 1 || words(found[0]) == "" {
			fault("it has %d %s", len(found), name)
		}
	}
	out = append(out, unbalanced(m.source)...)
	ids := map[string]bool{}
	for n := range m.Descendants() {
		if id := attr(n, "id"); n.Type == html.ElementNode && has(n, "id") {
			if ids[id] || id == "" {
				fault("two elements have the id %q", id)
			}
			ids[id] = true
		}
	}
	for n := range m.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, key := range []string{"for", "list", "aria-labelledby", "aria-describedby", "aria-controls", "form"} {
			for id := range strings.FieldsSeq(attr(n, key)) {
				if !ids[id] {
					fault("%s=%q of <%s> leads to nothing", key, id, n.Data)
				}
			}
		}
		if href := attr(n, "href"); strings.HasPrefix(href, "#") && !ids[href[1:]] {
			fault("the link %s leads to nothing on the page", href)
		}
		switch n.Data {
		case "input", "select", "textarea":
			if t := attr(n, "type"); t != "hidden" && t != "submit" && !m.labelled(n) {
				fault("<%s name=%q> has no label", n.Data, attr(n, "name"))
			}
		case "button":
			if !has(n, "hidden") && attr(n, "aria-hidden") != "true" && words(n) == "" && attr(n, "aria-label") == "" {
				fault("a button says nothing")
			}
		case "a":
			if has(n, "href") && words(n) == "" && attr(n, "aria-label") == "" {
				fault("the link to %s says nothing", attr(n, "href"))
			}
		case "img":
			if !has(n, "alt") {
				fault("the picture %s has no alt", attr(n, "src"))
			}
		case "svg":
			if attr(n, "aria-hidden") != "true" && attr(n, "aria-label") == "" && len(markup{n, ""}.all("title")) == 0 {
				fault("a drawing says nothing")
			}
		}
	}
	return out
}

// labelled reports whether a control says what it is for.
func (m markup) labelled(n *html.Node) bool {
	if attr(n, "aria-label") != "" || attr(n, "aria-labelledby") != "" {
		return true
	}
	if l := within(n, "label"); l != nil && words(l) != "" {
		return true
	}
	id := attr(n, "id")
	return id != "" && slices.ContainsFunc(m.all("label"), func(l *html.Node) bool { return attr(l, "for") == id && words(l) != "" })
}

// unbalanced says which elements are not closed where they should be: a browser
// mends that in its own way, and forms in forms it drops.
func unbalanced(source string) (out []string) {
	var open []string
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				out = append(out, fmt.Sprintf("%v stay open", open))
			}
			return out
		case html.StartTagToken:
			name, _ := z.TagName()
			if slices.Contains(void, string(name)) {
				continue
			}
			if string(name) == "form" && slices.Contains(open, "form") {
				out = append(out, "a form stands in a form")
			}
			open = append(open, string(name))
		case html.EndTagToken:
			name, _ := z.TagName()
			for len(open) > 0 && open[len(open)-1] == "option" && string(name) != "option" {
				open = open[:len(open)-1] // those of a datalist have nothing in them
			}
			if len(open) == 0 || open[len(open)-1] != string(name) {
				return append(out, fmt.Sprintf("</%s> closes %v", name, open))
			}
			open = open[:len(open)-1]
		}
	}
}

// chinese returns texts of the page that hold Chinese characters, those apart
// that say of themselves that they are Chinese, what is on a screen (alt) and
// what is chosen from or typed. butCells leaves out those of tables, where they
// hold what people wrote.
func (m markup) chinese(butCells bool) (out []string) {
	han := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode && (strings.HasPrefix(attr(n, "lang"), "zh") || butCells && n.Data == "td" || n.Data == "option" || n.Data == "textarea") {
			return
		}
		if n.Type == html.TextNode && han(n.Data) {
			out = append(out, strings.TrimSpace(n.Data))
		}
		if n.Type == html.ElementNode {
			for _, key := range []string{"title", "placeholder", "aria-label", "content"} {
				if v := attr(n, key); han(v) {
					out = append(out, v)
				}
			}
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(m.Node)
	return out
}
