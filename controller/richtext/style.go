package richtext

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// style is what matters of how an element looks.
type style struct {
	gone    bool // hidden, a comment, a footnote, tracked as deleted
	numbers bool // the number of an item, as Word writes it
	list    bool // an item whose number Word wrote
	heading bool
	title   bool
	weight  int // 1 is bold, -1 is not, 0 says nothing
}

var (
	headingClass = regexp.MustCompile(`(?i)^(mso)?(heading|title|subtitle|标题)\s*-?\d?$`)
	headingName  = regexp.MustCompile(`(?i)^\s*(heading|title|subtitle|标题|副标题)\s*\d?\s*$`)
	titleName    = regexp.MustCompile(`(?i)^\s*(mso)?(title|标题)\s*$`)
)

// styleOf reads the classes and the style of an element.
func styleOf(n *html.Node) style {
	var s style
	class := attr(n, "class")
	for _, c := range strings.Fields(class) {
		switch strings.ToLower(c) {
		case "msocommentreference", "msocommenttext", "msofootnotereference", "msofootnotetext", "msoendnotetext", "msoendnotereference", "msodel", "msocomanchor", "msocomtxt":
			s.gone = true
		}
		if headingClass.MatchString(c) {
			s.heading = true
			s.title = s.title || titleName.MatchString(c)
		}
	}
	for _, a := range n.Attr {
		if a.Key == "hidden" {
			s.gone = true
		}
	}
	for _, part := range strings.Split(attr(n, "style"), ";") {
		name, value, _ := strings.Cut(part, ":")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.Trim(strings.TrimSpace(value), `"'`)
		low := strings.ToLower(value)
		switch name {
		case "display":
			s.gone = s.gone || low == "none"
		case "visibility":
			s.gone = s.gone || low == "hidden"
		case "mso-hide":
			s.gone = s.gone || low == "all" || low == "screen"
		case "mso-element":
			switch low {
			case "comment", "comment-list", "footnote", "footnote-list", "endnote", "endnote-list", "header", "footer", "field-begin", "field-separator", "field-end":
				s.gone = true
			}
		case "mso-special-character":
			s.gone = s.gone || low == "comment" || low == "footnote"
		case "mso-footnote-id", "mso-endnote-id":
			s.gone = true
		case "mso-list":
			if low == "ignore" {
				s.numbers = true
			} else if low != "none" && !strings.HasPrefix(low, "none") {
				s.list = true
			}
		case "mso-outline-level":
			level, err := strconv.Atoi(low)
			s.heading = s.heading || err == nil && level >= 1 && level <= 9
		case "mso-style-name":
			s.heading = s.heading || headingName.MatchString(value)
			s.title = s.title || titleName.MatchString(value)
		case "font-weight":
			w, err := strconv.Atoi(low)
			switch {
			case low == "bold" || low == "bolder" || err == nil && w >= 600:
				s.weight = 1
			case low == "normal" || err == nil:
				s.weight = -1
			}
		}
	}
	return s
}
