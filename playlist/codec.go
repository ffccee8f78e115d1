package playlist

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
	"unicode/utf8"

	"mingbai/playlist/schedule"
)

// MaxNotice is the largest notice in bytes of JSON.
const MaxNotice = 4 << 20

// MaxEdition is the largest edition in bytes of JSON.
const MaxEdition = 32 << 20

// Encode writes the notice as JSON; the same notice always gives the same bytes.
// Instants are written in UTC. It does not ask whether the notice is complete.
func (n *Notice) Encode() ([]byte, error) {
	c := *n
	c.NotBefore, c.NotAfter = utc(c.NotBefore), utc(c.NotAfter)
	if c.Alert != nil {
		a := *c.Alert
		a.Start = utc(a.Start)
		c.Alert = &a
	}
	data, err := encode(&c)
	if err != nil {
		return nil, fmt.Errorf("encode notice %s: %w", n.ID, err)
	}
	if len(data) > MaxNotice {
		return nil, fmt.Errorf("encode notice %s: %d bytes, and at most %d are allowed", n.ID, len(data), MaxNotice)
	}
	return data, nil
}

// DecodeNotice reads what Encode writes. Unknown fields, trailing bytes, text
// that is not UTF-8 and more than MaxNotice bytes are errors. What it returns has
// the body of its kind and tables, pictures and indexes that fit together, so
// that it can be drawn; whether it is complete is for Validate to say.
func DecodeNotice(data []byte) (*Notice, error) {
	n := new(Notice)
	if err := decode(data, MaxNotice, n); err != nil {
		return nil, fmt.Errorf("decode notice: %w", err)
	}
	if err := n.Shape(); err != nil {
		return nil, fmt.Errorf("decode notice: %w", err)
	}
	return n, nil
}

// Encode writes the edition as JSON; the same edition always gives the same
// bytes. They are the payload of its envelope.
func (e *Edition) Encode() ([]byte, error) {
	data, err := encode(e)
	if err != nil {
		return nil, fmt.Errorf("encode edition %s of %s: %w", e.Revision, e.Channel, err)
	}
	if len(data) > MaxEdition {
		return nil, fmt.Errorf("encode edition %s of %s: %d bytes, and at most %d are allowed", e.Revision, e.Channel, len(data), MaxEdition)
	}
	return data, nil
}

// DecodeEdition reads what Encode writes. Unknown fields, trailing bytes and
// more than MaxEdition bytes are errors; Check looks at the content.
func DecodeEdition(data []byte) (*Edition, error) {
	e := new(Edition)
	if err := decode(data, MaxEdition, e); err != nil {
		return nil, fmt.Errorf("decode edition: %w", err)
	}
	return e, nil
}

func utc(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Round(0)
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	if err := out.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func decode(data []byte, limit int, v any) error {
	if len(data) > limit {
		return fmt.Errorf("%d bytes, and at most %d are allowed", len(data), limit)
	}
	if !utf8.Valid(data) {
		return errors.New("the text is not UTF-8")
	}
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	if err := in.Decode(v); err != nil {
		return err
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there are bytes after the end")
	}
	return nil
}

// Caution says how an unsure clock counts for this notice: most carefully for
// personal data, least for guides and alerts, where failing dark is worse.
func (n *Notice) Caution() schedule.Caution {
	switch {
	case n.Sensitive:
		return schedule.Strict
	case n.Kind == KindGuide || n.Kind == KindAlert:
		return schedule.Lenient
	}
	return schedule.Ordinary
}

// Allows reports whether the notice's window lets it be shown at m.
func (n *Notice) Allows(m schedule.Moment) bool {
	return m.Within(n.NotBefore, n.NotAfter, n.Caution())
}

// Blobs returns the blobs that drawing the notice needs, each once, by Ref.
func (n *Notice) Blobs() []Blob {
	if len(n.Pictures) == 0 {
		return nil
	}
	var out []Blob
	for _, p := range n.Pictures {
		for _, r := range p.Renditions {
			out = append(out, Blob{Ref: r.Ref, Size: r.Size})
		}
	}
	slices.SortFunc(out, func(a, b Blob) int { return a.Ref.Compare(b.Ref) })
	return slices.CompactFunc(out, func(a, b Blob) bool { return a.Ref == b.Ref })
}

// Limits of one picture, beyond which a device would not draw it.
const (
	maxPictures   = 200
	maxRenditions = 16
	maxSide       = 16_384
	maxPicture    = 64 << 20 // bytes
)

// Shape returns why the notice cannot be drawn safely, or nil: names, the body
// of its kind, and rows and indexes that fit.
func (n *Notice) Shape() error {
	if err := n.named(); err != nil {
		return err
	}
	count, has, known := 0, false, false
	for _, body := range []struct {
		kind Kind
		set  bool
	}{
		{KindAnnouncement, n.Announcement != nil}, {KindGuide, n.Guide != nil}, {KindFund, n.Fund != nil},
		{KindMedia, n.Media != nil}, {KindRoster, n.Roster != nil}, {KindAlert, n.Alert != nil},
	} {
		if body.set {
			count++
		}
		if body.kind == n.Kind {
			has, known = body.set, true
		}
	}
	if !known {
		return fmt.Errorf("notice %s: kind %.40q is not known: %w", n.ID, n.Kind, ErrNewer)
	}
	if !has || count != 1 {
		return fmt.Errorf("notice %s: a notice of kind %s has exactly that body, this one has %d bodies", n.ID, n.Kind, count)
	}
	if err := n.shapePictures(); err != nil {
		return fmt.Errorf("notice %s: %w", n.ID, err)
	}
	if n.Roster != nil && len(n.Roster.Shifts) > maxShifts {
		return fmt.Errorf("notice %s: roster.shifts: %d, at most %d are allowed", n.ID, len(n.Roster.Shifts), maxShifts)
	}
	if n.Fund != nil {
		for i := range n.Fund.Tables {
			if err := n.Fund.Tables[i].shape(); err != nil {
				return fmt.Errorf("notice %s: fund.tables[%d]: %w", n.ID, i, err)
			}
		}
	}
	return nil
}

// named checks what every kind of notice is known by.
func (n *Notice) named() error {
	if _, err := ParseNoticeID(string(n.ID)); err != nil {
		return fmt.Errorf("id: %w", err)
	}
	if n.Version < 1 {
		return fmt.Errorf("notice %s: version %d, versions begin with 1", n.ID, n.Version)
	}
	if _, err := ParseSiteID(string(n.Site)); err != nil {
		return fmt.Errorf("notice %s: site: %w", n.ID, err)
	}
	return nil
}

func (n *Notice) shapePictures() error {
	if len(n.Pictures) > maxPictures {
		return fmt.Errorf("%d pictures, at most %d are allowed", len(n.Pictures), maxPictures)
	}
	for i, p := range n.Pictures {
		if len(p.Renditions) == 0 || len(p.Renditions) > maxRenditions {
			return fmt.Errorf("pictures[%d]: %d renditions, 1 to %d are allowed", i, len(p.Renditions), maxRenditions)
		}
		for j, r := range p.Renditions {
			if r.Ref.IsZero() || r.Size < 1 || r.Size > maxPicture {
				return fmt.Errorf("pictures[%d].renditions[%d]: no blob, or a size of %d bytes", i, j, r.Size)
			}
			if r.Width < 1 || r.Height < 1 || r.Width > maxSide || r.Height > maxSide {
				return fmt.Errorf("pictures[%d].renditions[%d]: %d×%d pixels", i, j, r.Width, r.Height)
			}
			if r.Type != "image/jpeg" && r.Type != "image/png" {
				return fmt.Errorf("pictures[%d].renditions[%d]: type %.40q is neither image/jpeg nor image/png", i, j, r.Type)
			}
		}
	}
	if n.Announcement == nil {
		return nil
	}
	for i := range n.Announcement.Blocks {
		b := &n.Announcement.Blocks[i]
		if b.Kind != TableBlock && b.Rows != nil {
			return fmt.Errorf("announcement.blocks[%d].rows: only a table has rows", i)
		}
		switch b.Kind {
		case Paragraph, Heading, ListItem, Salutation:
		case TableBlock:
			if err := b.tableShape(); err != nil {
				return fmt.Errorf("announcement.blocks[%d].%w", i, err)
			}
		case Image:
			if b.Picture < 0 || b.Picture >= len(n.Pictures) {
				return fmt.Errorf("announcement.blocks[%d].picture: there is no picture %d", i, b.Picture)
			}
		default:
			return fmt.Errorf("announcement.blocks[%d].kind: %.40q is not known: %w", i, b.Kind, ErrNewer)
		}
	}
	return nil
}

func (t *FundTable) shape() error {
	for i, c := range t.Columns {
		switch c.Type {
		case TextColumn, NumberColumn, SumColumn:
		default:
			return fmt.Errorf("columns[%d].type: %.40q is not known: %w", i, c.Type, ErrNewer)
		}
		if c.Decimals < 0 || c.Decimals > cellPower {
			return fmt.Errorf("columns[%d].decimals: %d, 0 to %d are allowed", i, c.Decimals, cellPower)
		}
	}
	for i, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return fmt.Errorf("rows[%d]: %d cells for %d columns", i, len(row), len(t.Columns))
		}
	}
	if len(t.Sites) > 0 && len(t.Sites) != len(t.Rows) {
		return fmt.Errorf("sites: %d for %d rows", len(t.Sites), len(t.Rows))
	}
	if p := t.Product; p != nil {
		for _, at := range []int{p.Quantity, p.Rate, p.Result} {
			if at < 0 || at >= len(t.Columns) {
				return fmt.Errorf("product: there is no column %d", at)
			}
		}
	}
	return nil
}
