package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"unicode/utf16"
)

// writer collects the objects of a document and knows where each begins.
type writer struct {
	bytes.Buffer
	begins []int // by number less one; 0 while only reserved
}

// reserve numbers an object that is written later.
func (w *writer) reserve() int {
	w.begins = append(w.begins, 0)
	return len(w.begins)
}

func (w *writer) fill(ref int, body string) {
	w.begins[ref-1] = w.Len()
	fmt.Fprintf(w, "%d 0 obj\n%s\nendobj\n", ref, body)
}

func (w *writer) object(body string) int {
	ref := w.reserve()
	w.fill(ref, body)
	return ref
}

// stream writes a compressed stream with more in its dictionary.
func (w *writer) stream(more string, data []byte) int {
	small := deflate(data)
	ref := w.reserve()
	w.begins[ref-1] = w.Len()
	fmt.Fprintf(w, "%d 0 obj\n<< %s/Filter /FlateDecode /Length %d >>\nstream\n", ref, more, len(small))
	w.Write(small)
	w.WriteString("\nendstream\nendobj\n")
	return ref
}

// trailer ends the file: where every object begins, and a name that follows from
// the content (7.5.4, 7.5.5, 14.4).
func (w *writer) trailer(catalog, info int) {
	sum := sha256.Sum256(w.Bytes())
	id := hex.EncodeToString(sum[:16])
	at := w.Len()
	fmt.Fprintf(w, "xref\n0 %d\n0000000000 65535 f \n", len(w.begins)+1)
	for _, begin := range w.begins {
		fmt.Fprintf(w, "%010d 00000 n \n", begin)
	}
	fmt.Fprintf(w, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%s> <%s>] >>\nstartxref\n%d\n%%%%EOF\n", len(w.begins)+1, catalog, info, id, id, at)
}

// text16 writes a text string in UTF-16 (7.9.2.2).
func text16(s string) string {
	var out bytes.Buffer
	out.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&out, "%04X", u)
	}
	out.WriteString(">")
	return out.String()
}
