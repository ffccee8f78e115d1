package page

import (
	"image"
	"strconv"
	"strings"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/scene/typeset"
	"mingbai/playlist/search"
)

// Kind is which page a View shows.
type Kind string

// The pages. A notice of kind alert gets the alert page by itself.
const (
	Attract    Kind = "attract"  // one slide of the loop that runs while nobody is there
	Home       Kind = "home"     // tiles, posting periods, the latest
	ColumnPage Kind = "column"   // a column of the catalogue with what is in it; without Column its top
	Postings   Kind = "postings" // everything whose posting period runs
	Latest     Kind = "latest"   // everything of this place, newest first
	NoticePage Kind = "notice"   // one notice in full
	Pairing    Kind = "pairing"  // the code that enrols this screen
	Fallback   Kind = "fallback" // the site's own card
	Identify   Kind = "identify" // which screen this is, for a technician

	SearchPage  Kind = "search"  // a keypad and what it finds
	PicturePage Kind = "picture" // one picture of a notice, to be enlarged
	OpinionPage Kind = "opinion" // 意见箱, or with Notice set an objection to it
	ThanksPage  Kind = "thanks"  // 已提交
)

// View is everything about a page that is not content: which one, how far it is
// scrolled, how large its text is. The zero value but for Kind is a fresh page.
type View struct {
	Kind   Kind
	Column playlist.ColumnID
	Notice playlist.NoticeID

	Scroll int  // pixels that the content has moved up
	Moving bool // a finger or a fling moves it: the lowest row may be cut
	TableX int  // pixels that a wide table has moved left

	Large        int    // 0 is A, 1 is A+, 2 is A++
	HighContrast bool   // black on white, three-pixel lines
	Lang         string // "zh" (also when empty) or "en"

	Low bool // everything that can be touched lies at most 1,100 mm above the floor (DOMAIN U03)

	Pressed string // the action under the finger
	Rated   int    // NoticePage: the score that this person gave it, 1 to 3; 0 is none yet
	Picture int    // which picture of a media page, or of a PicturePage
	Zoom    int    // PicturePage: per cent of the size that fits; 0 is 100
	PanX    int    // PicturePage: pixels that the enlarged picture has moved left
	PanY    int    // and up

	Typing *Typing // SearchPage and OpinionPage: what was typed; nil is nothing yet
	Sheet  Sheet   // what stands above the bar
	Spoken string  // the line that is being read aloud, as playlist/speech gives it; empty is silence
	Toast  string  // a short message above the bar

	Slide  int // place in the attract loop, from 0
	Slides int // how many slides the loop has
	Idle   int // seconds left in the dialog that asks whether someone is there; 0 shows none
}

// Status is what the machine knows and the content does not.
type Status struct {
	Online  bool
	AsOf    time.Time // when the content was last known to be current; zero when never
	Code    string    // pairing code, six digits
	Console string    // address that a person opens to pair, may be empty
	Hours   string    // opening hours of the site for its own card, may be empty

	Speech   bool // the notice on the page can be read aloud
	Printer  bool // a printer is there and has paper left for this person
	Feedback bool // opinions can be stored
}

// Text is one block of text as it lies in the frame, for Audit.
type Text struct {
	Text    string
	Area    image.Rectangle // line boxes
	Clip    image.Rectangle // what may be painted
	Within  image.Rectangle // what it was laid out in
	Size    int             // pixels of an em
	Last    int             // characters on the last line
	Lines   int
	Chrome  bool // header, bar and dialogs: not counted among a page's sizes
	Covered bool // behind a dialog

	para  *typeset.Para
	by    *typeset.Setter
	op    int // how many operations of the frame lie under it
	at    image.Point
	moves bool // with a table, sideways
	fixed bool // above a page in the low mode: lies in the frame's coordinates already
}

// cut says whether a line of the text is painted in part.
func (t Text) cut() (image.Rectangle, bool) {
	clip := t.Clip
	if t.moves {
		clip.Min.X, clip.Max.X = t.Area.Min.X-t.Size, t.Area.Max.X+t.Size
	}
	for _, l := range t.para.Lines {
		ink := lineInk(l).Add(t.at)
		if !ink.Empty() && ink.Overlaps(clip) && !ink.In(clip) {
			return ink, true
		}
	}
	return image.Rectangle{}, false
}

func lineInk(l typeset.Line) image.Rectangle {
	var r image.Rectangle
	for _, g := range l.Glyphs {
		r = r.Union(image.Rectangle{Min: g.At, Max: g.At.Add(image.Pt(g.Mask.W, g.Mask.H))})
	}
	return r
}

// Ink returns the smallest rectangle of the frame that holds the text's painted
// pixels.
func (t Text) Ink() image.Rectangle { return t.para.Ink().Add(t.at).Intersect(t.Clip) }

// Info is what the caller needs to know of a drawn page.
type Info struct {
	Page          image.Rectangle // between header and bar: what slides when pages change
	Viewport      image.Rectangle // where the content scrolls
	ContentHeight int             // pixels
	MaxScroll     int             // pixels
	Scroll        int             // what View.Scroll was held to
	Down, Up      int             // where scroll:down and scroll:up lead
	Own           int             // where scroll:own leads: to the reader's own village in a table
	MaxTableX     int             // pixels; 0 when no table is too wide
	Table         image.Rectangle // where a finger moves the table sideways
	Pictures      int             // how many pictures a media page can show
	Picture       image.Rectangle // where two fingers enlarge a picture; PicturePage
	Fit           image.Point     // the picture's size at 100 per cent; PicturePage
	MaxPanX       int             // pixels; PicturePage
	MaxPanY       int             // pixels; PicturePage
	Spoken        image.Rectangle // the lines that are being read aloud, in frame pixels of the unscrolled page with its viewport's top at 0; empty when they are not on the page
	Candidates    int             // how many candidates the pad shows at once
	Controls      image.Rectangle // the smallest rectangle that holds everything that can be touched
	Reach         int             // the first row of pixels that can be touched; more than 0 in the low mode
	Large         int             // View.Large, where the page follows it
	HighContrast  bool            // View.HighContrast
	Characters    int             // of the content, for the idle limit
	Over          image.Rectangle // the sheet above the bar; empty when none is up
	Texts         []Text
}

// Verb is what an action does.
type Verb string

// The verbs. Those with an argument are written verb:argument.
const (
	DoStart    Verb = "start"    // leave the attract loop
	DoHome     Verb = "home"     // 首页
	DoBack     Verb = "back"     // 返回
	DoLarge    Verb = "large"    // the next text size
	DoContrast Verb = "contrast" // high contrast on or off
	DoLang     Verb = "lang"     // the other language
	DoEnd      Verb = "end"      // wipe the session
	DoContinue Verb = "continue" // still here
	DoColumn   Verb = "column"   // :ColumnID
	DoNotice   Verb = "notice"   // :NoticeID
	DoColumns  Verb = "columns"  // the top of the catalogue: ColumnPage without a column
	DoPostings Verb = "postings"
	DoLatest   Verb = "latest"
	DoScroll   Verb = "scroll"  // :down, :up, :top, :own
	DoTable    Verb = "table"   // :left, :right
	DoPicture  Verb = "picture" // :next, :prev

	DoRead    Verb = "read"    // 朗读: begin or stop reading aloud
	DoLow     Verb = "low"     // the low mode on or off
	DoSize    Verb = "size"    // :0, :1, :2
	DoClose   Verb = "close"   // put the sheet away
	DoSearch  Verb = "search"  // open the search page
	DoPad     Verb = "pad"     // :pinyin, :strokes, :digits
	DoKey     Verb = "key"     // :a to :z, :0 to :9, :h :s :p :n :z as strokes (一丨丿丶乛), :delete, :clear
	DoPick    Verb = "pick"    // :N, the candidate to take
	DoMore    Verb = "more"    // :prev, :next candidates
	DoField   Verb = "field"   // :text, :contact: which field of a form the keys go to; :none puts the keypad away
	DoTopic   Verb = "topic"   // :N, on or off
	DoOpinion Verb = "opinion" // open 意见箱
	DoObject  Verb = "object"  // :NoticeID, open the objection to it
	DoSubmit  Verb = "submit"
	DoRate    Verb = "rate" // :1, :2, :3, of the page that is open
	DoTake    Verb = "take" // open the sheet with the QR code
	DoPrint   Verb = "print"
	DoEnlarge Verb = "enlarge" // :N, open a picture of the notice
	DoZoom    Verb = "zoom"    // :in, :out, :fit
)

// Sheet is a panel above the bar that leaves the page behind it standing.
type Sheet string

// The sheets.
const (
	NoSheet   Sheet = ""
	LookSheet Sheet = "look" // size of text, contrast, low mode
	TakeSheet Sheet = "take" // QR code and printing
)

// Pad is a keypad on the screen.
type Pad string

// The keypads. Handwriting may come later.
const (
	PinyinPad Pad = "pinyin"
	StrokePad Pad = "strokes"
	DigitPad  Pad = "digits"
)

// Field is a field of a form that keys go to.
type Field string

// The fields. A form opens with NoField: it can be submitted without a key, so
// the keypad comes only when a field is touched.
const (
	NoField      Field = ""
	TextField    Field = "text"
	ContactField Field = "contact"
)

// Typing is what a person has typed. It is never changed: every key makes a new
// one, so that a View with it can be compared.
type Typing struct {
	Pad  Pad
	Keys string // letters, strokes (h s p n z) or digits that are not text yet

	// On the search page.
	Result *search.Result // what Keys find; nil while nothing is typed or the index is not made yet

	// On the forms.
	Field      Field
	Text       string
	Contact    string
	Candidates []string // what Keys may mean, best first
	From       int      // the first candidate that is shown
	Topics     uint32   // bit N: topic N of Topics(lang, objection) is chosen
	Problem    string   // why it cannot be submitted, in the person's language
	Number     string   // ThanksPage: what the person may write down
}

// Action is what a region of a page does when it is touched.
type Action struct {
	Verb Verb
	Arg  string // an ID or a direction
}

func (a Action) String() string {
	if a.Arg == "" {
		return string(a.Verb)
	}
	return string(a.Verb) + ":" + a.Arg
}

// ParseAction reads what String writes; ok is false for anything else.
func ParseAction(s string) (a Action, ok bool) {
	verb, arg, has := strings.Cut(s, ":")
	a = Action{Verb(verb), arg}
	switch a.Verb {
	case DoStart, DoHome, DoBack, DoLarge, DoContrast, DoLang, DoEnd, DoContinue, DoColumns, DoPostings, DoLatest,
		DoRead, DoLow, DoClose, DoSearch, DoOpinion, DoSubmit, DoTake, DoPrint:
		return a, !has
	case DoColumn:
		_, err := playlist.ParseColumnID(arg)
		return a, err == nil
	case DoNotice, DoObject:
		_, err := playlist.ParseNoticeID(arg)
		return a, err == nil
	case DoScroll:
		return a, arg == "down" || arg == "up" || arg == "top" || arg == "own"
	case DoTable:
		return a, arg == "left" || arg == "right"
	case DoPicture:
		return a, arg == "next" || arg == "prev"
	case DoSize:
		return a, arg == "0" || arg == "1" || arg == "2"
	case DoPad:
		return a, arg == string(PinyinPad) || arg == string(StrokePad) || arg == string(DigitPad)
	case DoKey:
		return a, arg == "delete" || arg == "clear" || len(arg) == 1 && (arg[0] >= 'a' && arg[0] <= 'z' || arg[0] >= '0' && arg[0] <= '9')
	case DoMore:
		return a, arg == "next" || arg == "prev"
	case DoField:
		return a, arg == "none" || arg == string(TextField) || arg == string(ContactField)
	case DoRate:
		return a, arg == "1" || arg == "2" || arg == "3"
	case DoZoom:
		return a, arg == "in" || arg == "out" || arg == "fit"
	case DoPick, DoTopic, DoEnlarge:
		n, err := strconv.Atoi(arg)
		return a, err == nil && n >= 0 && n < 1000 && strconv.Itoa(n) == arg
	}
	return Action{}, false
}

// ToColumn is the action that opens a column.
func ToColumn(id playlist.ColumnID) string { return Action{DoColumn, string(id)}.String() }

// ToNotice is the action that opens a notice.
func ToNotice(id playlist.NoticeID) string { return Action{DoNotice, string(id)}.String() }

func itoa(n int) string { return strconv.Itoa(n) }
