package wire

import (
	"bytes"
	"encoding/json"
	"fmt"

	"mingbai/assets"
	"mingbai/playlist"
)

// Limits of a message.
const (
	MaxHeader   = 8 << 20  // bytes of the JSON line
	MaxMessage  = 16 << 20 // bytes of the whole message
	MaxAttached = 4096     // blobs in one message
)

// The JSON line has exactly this form, so that a reader finds the type without
// parsing. What later versions add goes into the body.
const (
	linePrefix = `{"type":"`
	lineMiddle = `","body":`
	maxType    = 40
)

// Message is a decoded message. It shares memory with the bytes that it was
// decoded from.
type Message struct {
	Type Type
	Body json.RawMessage // checked when it is read with Into
	tail []byte
}

// Encode writes a message of the given type. Blobs are attached in order; a
// Push or a Result (or a pointer to one) whose Attached is empty gets the list
// of them. It fails on bodies that cannot be JSON, on a list that does not
// agree with the blobs, and above the limits.
func Encode(typ Type, body any, blobs ...[]byte) ([]byte, error) {
	body, list := withAttached(body, blobs)
	if len(list) != len(blobs) || len(list) > MaxAttached {
		return nil, fmt.Errorf("encode %s: %d blobs for a list of %d", typ, len(blobs), len(list))
	}
	if !typ.valid() {
		return nil, fmt.Errorf("encode: %.60q is not a type of message", string(typ))
	}
	b, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", typ, err)
	}
	n := len(linePrefix) + len(typ) + len(lineMiddle) + len(b) + 2
	total := n
	for i, blob := range blobs {
		if int64(len(blob)) != list[i].Size {
			return nil, fmt.Errorf("encode %s: blob %s has %d bytes, listed with %d", typ, list[i].Ref.Short(), len(blob), list[i].Size)
		}
		total += len(blob)
	}
	if n > MaxHeader || total > MaxMessage {
		return nil, fmt.Errorf("encode %s: %w", typ, refuse(ReasonOversized, "%d bytes of text and %d in all", n, total))
	}
	out := make([]byte, 0, total)
	out = append(out, linePrefix...)
	out = append(out, typ...)
	out = append(out, lineMiddle...)
	out = append(out, b...)
	out = append(out, '}', '\n')
	for _, blob := range blobs {
		out = append(out, blob...)
	}
	return out, nil
}

// withAttached returns the body with its list of blobs filled in, and the list.
func withAttached(body any, blobs [][]byte) (any, []playlist.Blob) {
	switch v := body.(type) {
	case *Push:
		return withAttached(*v, blobs)
	case *Result:
		return withAttached(*v, blobs)
	case Push:
		if len(v.Attached) == 0 {
			v.Attached = listOf(blobs)
		}
		return v, v.Attached
	case Result:
		if len(v.Attached) == 0 {
			v.Attached = listOf(blobs)
		}
		return v, v.Attached
	}
	return body, nil
}

func listOf(blobs [][]byte) []playlist.Blob {
	var list []playlist.Blob
	for _, b := range blobs {
		list = append(list, playlist.Blob{Ref: assets.RefOf(b), Size: int64(len(b))})
	}
	return list
}

func (t Type) valid() bool {
	if t == "" || len(t) > maxType {
		return false
	}
	for i := range len(t) {
		if c := t[i]; (c < 'a' || c > 'z') && c != '_' {
			return false
		}
	}
	return true
}

// Decode finds the type, the body and the attached bytes of a message. The body
// is not parsed: a reader passes over types that it does not know. The error is
// a *Refusal.
func Decode(data []byte) (Message, error) {
	if len(data) > MaxMessage {
		return Message{}, refuse(ReasonOversized, "the message has %d bytes, at most %d are allowed", len(data), MaxMessage)
	}
	line, _, ok := bytes.Cut(data[:min(len(data), MaxHeader)], []byte{'\n'})
	if !ok && len(data) > MaxHeader {
		return Message{}, refuse(ReasonOversized, "the text of the message has more than %d bytes", MaxHeader)
	}
	if !ok {
		return Message{}, refuse(ReasonDamaged, "the text of the message is not ended by a newline")
	}
	rest, ok := bytes.CutPrefix(line, []byte(linePrefix))
	name, _, ok2 := bytes.Cut(rest[:min(len(rest), maxType+len(lineMiddle))], []byte(lineMiddle))
	if !ok || !ok2 || !Type(name).valid() || line[len(line)-1] != '}' {
		return Message{}, refuse(ReasonDamaged, "the message does not begin with its type")
	}
	body := rest[len(name)+len(lineMiddle) : len(rest)-1]
	return Message{Type: Type(name), Body: body, tail: data[len(line)+1:]}, nil
}

// Into parses the body into what v points at, a zero value. The error is a *Refusal.
func (m Message) Into(v any) error {
	if err := parse(m.Body, v); err != nil {
		return refuse(ReasonDamaged, "the %s message cannot be read: %v", m.Type, err)
	}
	return nil
}

// Blobs returns the attached bytes, one slice for each entry of list, verified
// against their addresses. The list must account for every byte. The error is a
// *Refusal.
func (m Message) Blobs(list []playlist.Blob) ([][]byte, error) {
	if len(list) > MaxAttached {
		return nil, refuse(ReasonOversized, "%d blobs are attached, at most %d are allowed", len(list), MaxAttached)
	}
	var out [][]byte
	rest := m.tail
	for _, b := range list {
		if b.Size < 0 || b.Size > int64(len(rest)) {
			return nil, refuse(ReasonDamaged, "attached blob %s is cut short", b.Ref.Short())
		}
		data := rest[:b.Size:b.Size]
		rest = rest[b.Size:]
		if assets.RefOf(data) != b.Ref {
			return nil, refuse(ReasonDamaged, "attached blob %s has other bytes", b.Ref.Short())
		}
		out = append(out, data)
	}
	if len(rest) > 0 {
		return nil, refuse(ReasonDamaged, "%d bytes follow that no blob accounts for", len(rest))
	}
	return out, nil
}
