package sheet

import "fmt"

// Code says what kind of thing stopped the reading.
type Code string

// The codes of an Error.
const (
	TooLarge  Code = "too-large" // a limit was passed; Limits says which
	Damaged   Code = "damaged"   // not what it says it is, or cut off
	Old       Code = "old"       // .xls, .et and .wps of before 2007
	Encrypted Code = "encrypted" // wants a password
	Macros    Code = "macros"    // .xlsm: carries programs
	Foreign   Code = "foreign"   // another kind of file: Word, PDF, a picture, a zip
	Hostile   Code = "hostile"   // made to harm: an entity bomb, a zip bomb
	Nothing   Code = "nothing"   // no cell with content
)

// Error is why a file is refused: a sentence for the person who brought it, in
// Chinese and in English, with the place where it has one.
type Error struct {
	Code      Code
	Sheet     string // name, where it is known
	Cell      string // as B12
	Message   string
	MessageEn string
}

// Error gives the Chinese sentence with its place.
func (e *Error) Error() string { return e.In(false) }

// In gives the sentence with its place.
func (e *Error) In(english bool) string {
	switch {
	case english && e.Sheet != "" && e.Cell != "":
		return fmt.Sprintf("Sheet “%s”, %s: %s", e.Sheet, e.Cell, e.MessageEn)
	case english && e.Sheet != "":
		return fmt.Sprintf("Sheet “%s”: %s", e.Sheet, e.MessageEn)
	case english:
		return e.MessageEn
	case e.Sheet != "" && e.Cell != "":
		return fmt.Sprintf("工作表「%s」%s：%s", e.Sheet, e.Cell, e.Message)
	case e.Sheet != "":
		return fmt.Sprintf("工作表「%s」：%s", e.Sheet, e.Message)
	}
	return e.Message
}

func refuse(code Code, zh, en string) *Error {
	return &Error{Code: code, Message: zh, MessageEn: en}
}

// in adds the place to an Error that has none.
func (e *Error) in(sheet, cell string) *Error {
	if e.Sheet == "" {
		e.Sheet, e.Cell = sheet, cell
	}
	return e
}

func damaged(zh, en string) *Error {
	return refuse(Damaged, zh+"请用 Excel 或 WPS 打开，另存为 .xlsx 再传。", en+" Open it in Excel or WPS and save it as .xlsx.")
}

func tooLarge(zh, en string, limit any) *Error {
	return refuse(TooLarge, fmt.Sprintf(zh, limit), fmt.Sprintf(en, limit))
}

// NoteCode says what a Note is about.
type NoteCode string

// The codes of a Note.
const (
	CutNumber NoteCode = "cut"      // a long number of which Excel has kept 15 digits
	NoResult  NoteCode = "noresult" // a formula whose result was never saved
	BadResult NoteCode = "failed"   // a formula that failed
)

// Note is something in a cell that a person should look at.
type Note struct {
	Code     NoteCode
	Row, Col int // from 0
}

const maxNotes = 200

// In says what is wrong and what to do.
func (n Note) In(english bool) string {
	at := Address(n.Row, n.Col)
	switch n.Code {
	case CutNumber:
		if english {
			return at + ": Excel has cut this ID number: it keeps 15 digits only. Set the column to text and type the number again."
		}
		return at + "：这个证件号码已被 Excel 截断，只剩 15 位。请把该列设为文本格式，重新录入。"
	case NoResult:
		if english {
			return at + ": the formula has no saved result. Open the file in Excel or WPS and save it again."
		}
		return at + "：公式没有保存结果，请用 Excel 或 WPS 打开后保存，再传一次。"
	}
	if english {
		return at + ": the formula failed. Mend it or type the value."
	}
	return at + "：公式出错，请改正公式或直接填数。"
}

func (s *Sheet) note(code NoteCode, row, col int) {
	if len(s.Notes) < maxNotes {
		s.Notes = append(s.Notes, Note{code, row, col})
	}
}
