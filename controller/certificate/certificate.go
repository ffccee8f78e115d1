// Package certificate writes the posting certificate (公示证明) of a notice: a
// page of A4 that says where a notice was shown, from when to when and for how
// long, with the record behind it on further pages and as a file in the document.
//
// It promises that everything it says is in the Record it is given, that the same
// record gives the same bytes, and that its text can be searched and selected.
// Whether the record is true is for those who make it: packages fleet, publish
// and store.
package certificate

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"mingbai/assets/fonts"
	"mingbai/controller/certificate/pdf"
)

// Record is all that a certificate says. Instants are told in Zone.
type Record struct {
	Office  string `json:"office"` // that issues the certificate
	Title   string `json:"title"`
	Notice  string `json:"notice"`
	Version int    `json:"version"`
	Issuer  string `json:"issuer"`
	Index   string `json:"index,omitempty"`
	Number  string `json:"document,omitempty"` // 文号
	Issued  string `json:"issued"`
	Column  string `json:"column,omitempty"`
	Site    string `json:"site"`

	Wanted  int    `json:"wanted,omitempty"` // days; 0 where no time is wanted
	Counted int    `json:"counted"`          // days on which it was shown, of those that count
	Working bool   `json:"working,omitempty"`
	From    string `json:"from,omitempty"` // of the posting period
	Last    string `json:"last,omitempty"`

	First    time.Time `json:"first"`
	Until    time.Time `json:"until"`
	Seconds  int64     `json:"seconds"`
	Days     int       `json:"days"`
	Screens  []Screen  `json:"screens"`
	Hash     string    `json:"sha256"` // of the notice's bytes
	Channel  string    `json:"channel"`
	Edition  uint64    `json:"edition"` // the first that carried it
	Keys     []string  `json:"edition_keys"`
	Approved []Signed  `json:"approvals"`

	Printed time.Time      `json:"printed"`
	By      string         `json:"printed_by"`
	Zone    *time.Location `json:"-"`
}

// Screen is the part of one screen.
type Screen struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Site    string    `json:"site"`
	Place   string    `json:"place,omitempty"`
	First   time.Time `json:"first"`
	Last    time.Time `json:"last"`
	Seconds int64     `json:"seconds"`
	Times   int       `json:"times"`
	Days    []Day     `json:"days"`
	Epoch   int       `json:"ledger_epoch"`
	Row     uint64    `json:"ledger_row"`   // the last that is stored
	Chain   string    `json:"ledger_chain"` // hash of the ledger up to it
}

// Day is one civil day on one screen.
type Day struct {
	Day     string `json:"day"`
	Seconds int64  `json:"seconds"`
}

// Signed is one approval.
type Signed struct {
	Capacity string    `json:"capacity"` // in words
	Name     string    `json:"name"`
	For      string    `json:"for,omitempty"`
	At       time.Time `json:"at"`
	Genuine  bool      `json:"genuine"` // its signature was checked
}

// Name is the number of the certificate: it follows from what was shown and until
// when the record goes.
func (r *Record) Name() string {
	return fmt.Sprintf("GS-%s-%s", r.Printed.In(r.Zone).Format("20060102"), strings.ToUpper(r.Hash[:min(8, len(r.Hash))]))
}

// The colours of the house, on white paper.
var (
	ink    = pdf.Colour{0x1B, 0x1A, 0x19}
	second = pdf.Colour{0x67, 0x62, 0x5B}
	hair   = pdf.Colour{0xDC, 0xD6, 0xCA}
	green  = pdf.Colour{0x2C, 0x6A, 0x3D}
	amber  = pdf.Colour{0x9A, 0x5B, 0x0E}
	red    = pdf.Colour{0xA8, 0x28, 0x1E}
)

// sheet is a document being set.
type sheet struct {
	doc               pdf.Doc
	sans, bold, serif *pdf.Font
	page              *pdf.Page
	record            *Record
	y                 float64
	listed            int // screens on the first page
}

// The margins in points.
const (
	left   = 62.0
	right  = pdf.Width - 62
	top    = 64.0
	bottom = pdf.Height - 58
)

// Write writes the certificate as PDF.
func Write(w io.Writer, r Record) error {
	s := &sheet{record: &r, doc: pdf.Doc{Title: "公示证明：" + r.Title, Author: r.Office, Language: "zh-CN", Created: r.Printed}}
	var err error
	for _, f := range []struct {
		into  **pdf.Font
		name  string
		files [][]byte
	}{
		{&s.sans, "NotoSansCJKsc-Regular", [][]byte{fonts.Sans(), fonts.Rare(false)}},
		{&s.bold, "NotoSansCJKsc-Bold", [][]byte{fonts.Bold(), fonts.Rare(true)}},
		{&s.serif, "NotoSerifCJKsc-Bold", [][]byte{fonts.Serif(), fonts.Rare(true)}},
	} {
		if *f.into, err = s.doc.Font(f.name, f.files...); err != nil {
			return fmt.Errorf("certificate of %s: %w", r.Notice, err)
		}
	}
	record, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return fmt.Errorf("certificate of %s: %w", r.Notice, err)
	}
	s.doc.Attach("record-"+r.Notice+".json", "application/json", "本证明依据的显示记录", record)
	s.front()
	s.appendix()
	s.feet()
	if _, err := s.doc.WriteTo(w); err != nil {
		return fmt.Errorf("certificate of %s: %w", r.Notice, err)
	}
	return nil
}

func (r *Record) day(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(r.Zone).Format("2006-01-02")
}

func (r *Record) minute(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(r.Zone).Format("2006-01-02 15:04")
}

// hours writes a length of time as hours with one decimal.
func hours(seconds int64) string { return fmt.Sprintf("%.1f", float64(seconds)/3600) }

// wanted says what is wanted, and kept what was kept, in words.
func (r *Record) wanted() string {
	if r.Wanted == 0 {
		return "没有规定公示期"
	}
	text := fmt.Sprintf("%d %s", r.Wanted, r.unit())
	if r.From != "" {
		text += "（" + r.From + " 至 " + r.Last + "）"
	}
	return text
}

func (r *Record) unit() string {
	if r.Working {
		return "个工作日"
	}
	return "天"
}
