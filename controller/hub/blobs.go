package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"mingbai/assets"
)

// leastRate is how many bytes a second a device has to take of a blob.
const leastRate = 4 << 10

// Terms are on what terms a device gets a blob.
type Terms struct {
	Status int           // 429 or 503 when it does not get it now; 0 when it does
	Wait   time.Duration // and when it may ask again
	Why    string
	Pace   func(ctx context.Context, n int) error // returns when n more bytes may go; nil for at once
	Piece  int                                    // most bytes that are asked of Pace, when it is given
	Count  func(n int64)                          // hears how many bytes went; nil for nobody
}

// BlobHandler is Blobs for everybody on the same terms.
func BlobHandler(store *assets.Store, allowed func(token string) bool) http.Handler {
	return Blobs(store, allowed, func(string, assets.Ref, int64) Terms { return Terms{} })
}

// Blobs serves GET /device/v1/blobs/{ref}, whole or in ranges, to whoever
// has a bearer token that allowed accepts. Blobs never change, so any answer may
// be kept for ever; the receiver knows the Ref and verifies the bytes. on
// says on what terms the holder of a token gets a blob of a size.
func Blobs(store *assets.Store, allowed func(token string) bool, on func(token string, ref assets.Ref, size int64) Terms) http.Handler {
	return blobs(func(ref assets.Ref) (io.ReadSeekCloser, int64, int64, error) {
		f, size, err := store.File(ref)
		return f, size, size, err
	}, allowed, on)
}

// blobs is Blobs out of what find opens, with its size and the one that on is told.
func blobs(find func(assets.Ref) (f io.ReadSeekCloser, size, counts int64, err error), allowed func(token string) bool, on func(token string, ref assets.Ref, size int64) Terms) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "only GET is served here", http.StatusMethodNotAllowed)
			return
		}
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok || !allowed(token) {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "a bearer token of this controller is needed", http.StatusUnauthorized)
			return
		}
		ref, err := assets.ParseRef(path.Base(r.URL.Path))
		if err != nil {
			http.Error(w, "this is not the address of a blob", http.StatusBadRequest)
			return
		}
		f, size, counts, err := find(ref)
		if err != nil {
			http.Error(w, "this blob is not here", http.StatusNotFound)
			return
		}
		defer f.Close()
		terms := on(token, ref, counts)
		if terms.Status != 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(terms.Wait/time.Second)))
			http.Error(w, terms.Why, terms.Status)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream") // or ServeContent reads to guess
		w.Header().Set("ETag", `"`+ref.String()+`"`)
		w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
		// The whole answer is one write; a line of a village may be thin, and what was
		// cut off is asked for from where it ended.
		limit := time.Now().Add(time.Minute + time.Duration(size)*time.Second/leastRate)
		if err := http.NewResponseController(w).SetWriteDeadline(limit); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return // the connection has ended
		}
		if out := unwrapped(w); terms.Pace == nil {
			http.ServeContent(out, r, "", time.Time{}, f)
		} else {
			http.ServeContent(&pacedAnswer{out, r.Context(), terms}, r, "", time.Time{}, f)
		}
		if terms.Count != nil && r.Method == http.MethodGet {
			terms.Count(served(w.Header(), f))
		}
	})
}

// unwrapped takes middleware off: only net/http's own writer hands a file to
// sendfile.
func unwrapped(w http.ResponseWriter) http.ResponseWriter {
	for {
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return w
		}
		w = u.Unwrap()
	}
}

// served is how many bytes of a file went into an answer. Where the file is read
// next tells it without looking at the bytes, which the kernel moved.
func served(h http.Header, f io.Seeker) int64 {
	at, err := f.Seek(0, io.SeekCurrent)
	var from int64
	if r := h.Get("Content-Range"); err == nil && r != "" {
		_, err = fmt.Sscanf(r, "bytes %d-", &from)
	}
	if err != nil {
		return 0 // nothing of it went
	}
	return max(at-from, 0)
}

// pacedAnswer lets bytes go as fast as the line of a site may be used. It has no
// ReadFrom, so that every byte comes by.
type pacedAnswer struct {
	http.ResponseWriter
	ctx   context.Context
	terms Terms
}

func (p *pacedAnswer) Write(b []byte) (n int, err error) {
	line := http.NewResponseController(p.ResponseWriter)
	for n < len(b) {
		piece := b[n:min(n+max(p.terms.Piece, 1), len(b))]
		if err := p.terms.Pace(p.ctx, len(piece)); err != nil {
			return n, err
		}
		// It is our waiting that takes long: each piece has its own time.
		if err := line.SetWriteDeadline(time.Now().Add(time.Minute)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return n, err
		}
		k, err := p.ResponseWriter.Write(piece)
		if n += k; err != nil {
			return n, err
		}
		if err := line.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return n, err
		}
	}
	return n, nil
}
