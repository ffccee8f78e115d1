package hub

import (
	"net/http"
	"path"
	"strings"
	"time"

	"mingbai/assets"
)

// BlobHandler serves GET /device/v1/blobs/{ref}, whole or in ranges, to whoever
// has a bearer token that allowed accepts. Blobs never change, so any answer may
// be kept for ever; the receiver knows the Ref and verifies the bytes.
func BlobHandler(store *assets.Store, allowed func(token string) bool) http.Handler {
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
		f, _, err := store.File(ref)
		if err != nil {
			http.Error(w, "this blob is not here", http.StatusNotFound)
			return
		}
		defer f.Close()
		w.Header().Set("Content-Type", "application/octet-stream") // or ServeContent reads to guess
		w.Header().Set("ETag", `"`+ref.String()+`"`)
		w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
		http.ServeContent(unwrapped(w), r, "", time.Time{}, f)
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
