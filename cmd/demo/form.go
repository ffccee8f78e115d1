package main

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// filled returns what a browser would send of a page's form to a path: what its
// fields hold, without a button.
func (p answer) filled(action string) url.Values {
	out := url.Values{}
	doc, err := html.Parse(strings.NewReader(p.text))
	if err != nil {
		return out // a reader of strings does not fail
	}
	for form := range doc.Descendants() {
		if form.Data == "form" && attr(form, "action") == action {
			for n := range form.Descendants() {
				take(out, n)
			}
			break
		}
	}
	return out
}

// take adds what an element contributes to a form.
func take(out url.Values, n *html.Node) {
	name := attr(n, "name")
	if n.Type != html.ElementNode || name == "" || has(n, "disabled") {
		return
	}
	switch n.Data {
	case "textarea":
		out.Add(name, inside(n))
	case "select":
		value, first := "", true
		for o := range n.Descendants() {
			if o.Data == "option" && (first || has(o, "selected")) {
				value, first = attr(o, "value"), false
				if !has(o, "value") {
					value = inside(o)
				}
			}
		}
		out.Add(name, value)
	case "input":
		switch attr(n, "type") {
		case "file", "submit", "button":
		case "checkbox", "radio":
			if has(n, "checked") {
				out.Add(name, attr(n, "value"))
			}
		default:
			out.Add(name, attr(n, "value"))
		}
	}
}

// button finds what a button with a label sends as do.
func (p answer) button(label string) string {
	doc, err := html.Parse(strings.NewReader(p.text))
	if err != nil {
		return ""
	}
	for n := range doc.Descendants() {
		if n.Data == "button" && attr(n, "name") == "do" && strings.TrimSpace(inside(n)) == label {
			return attr(n, "value")
		}
	}
	return ""
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func inside(n *html.Node) string {
	var b strings.Builder
	for t := range n.Descendants() {
		if t.Type == html.TextNode {
			b.WriteString(t.Data)
		}
	}
	return b.String()
}
