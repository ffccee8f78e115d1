package playlist

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// ErrNewer is what a notice is refused with that has a kind, a kind of block or a
// type of column that this program does not know.
var ErrNewer = errors.New("made for a newer program")

// KindNewer is the kind of what stands for a notice that this program can not
// draw. It has no body and is never shown; it is never encoded.
const KindNewer Kind = "newer"

// DecodeListed is DecodeNotice for a device, whose program may be older than the
// office's: what only a newer program can draw does not keep the rest of its
// edition from the screen. Such a notice comes back as one of KindNewer with its
// name and window, which a library passes over; the program that can draw it
// reads the same bytes again. Fields that this program does not know make a
// notice such a one too, for they may say what must not be shown; but a warning
// is shown without them, for to be silent would be worse.
//
// Bytes that no program wrote are an error as before.
func DecodeListed(data []byte) (*Notice, error) {
	n, err := DecodeNotice(data)
	if err == nil {
		return n, nil
	}
	if len(data) > MaxNotice || !utf8.Valid(data) {
		return nil, err
	}
	loose := new(Notice)
	if json.Unmarshal(data, loose) != nil {
		return nil, err
	}
	shape := loose.Shape()
	if shape != nil && !errors.Is(shape, ErrNewer) {
		return nil, err
	}
	if shape == nil && loose.Kind == KindAlert {
		return loose, nil
	}
	out := &Notice{ID: loose.ID, Version: loose.Version, Kind: KindNewer, Site: loose.Site, NotBefore: loose.NotBefore, NotAfter: loose.NotAfter}
	if err := out.named(); err != nil {
		return nil, fmt.Errorf("decode notice: %w", err)
	}
	return out, nil
}
