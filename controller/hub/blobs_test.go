package hub

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"mingbai/assets"
	"mingbai/assets/durable"
)

func TestBlobHandler(t *testing.T) {
	store, err := assets.Open(durable.OS, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	data := noise(300_000, 4)
	ref, err := store.PutBytes(data)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/device/v1/blobs/{ref}", BlobHandler(store, func(token string) bool { return token == "good" }))
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	for _, tt := range []struct {
		name, method, ref, auth, span string
		status                        int
		body                          []byte
	}{
		{"whole", "GET", ref.String(), "Bearer good", "", 200, data},
		{"from the middle", "GET", ref.String(), "Bearer good", "bytes=200000-", 206, data[200_000:]},
		{"a part", "GET", ref.String(), "Bearer good", "bytes=10-19", 206, data[10:20]},
		{"beyond the end", "GET", ref.String(), "Bearer good", "bytes=300000-", 416, nil},
		{"no token", "GET", ref.String(), "", "", 401, nil},
		{"other token", "GET", ref.String(), "Bearer bad", "", 401, nil},
		{"other scheme", "GET", ref.String(), "good", "", 401, nil},
		{"not there", "GET", assets.RefOf([]byte("x")).String(), "Bearer good", "", 404, nil},
		{"no address", "GET", "sha256-xyz", "Bearer good", "", 400, nil},
		{"a way out", "GET", "..%2f..%2fetc%2fpasswd", "Bearer good", "", 400, nil},
		{"writing", "PUT", ref.String(), "Bearer good", "", 405, nil},
	} {
		req, err := http.NewRequest(tt.method, s.URL+"/device/v1/blobs/"+tt.ref, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", tt.auth)
		if tt.span != "" {
			req.Header.Set("Range", tt.span)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != tt.status || tt.body != nil && !bytes.Equal(body, tt.body) {
			t.Errorf("%s: %s with %d bytes, %v", tt.name, resp.Status, len(body), err)
		}
	}
}

// readerFrom stands for net/http's writer, whose ReadFrom is what hands a file
// to sendfile.
type readerFrom struct {
	*httptest.ResponseRecorder
	used bool
}

func (r *readerFrom) ReadFrom(src io.Reader) (int64, error) {
	r.used = true
	return io.Copy(r.ResponseRecorder, src)
}

type middleware struct{ http.ResponseWriter }

func (m middleware) Unwrap() http.ResponseWriter { return m.ResponseWriter }

func TestBlobsKeepSendfile(t *testing.T) {
	store, err := assets.Open(durable.OS, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ref, err := store.PutBytes([]byte("data"))
	if err != nil {
		t.Fatal(err)
	}
	w := &readerFrom{ResponseRecorder: httptest.NewRecorder()}
	req := httptest.NewRequest("GET", "/device/v1/blobs/"+ref.String(), nil)
	req.Header.Set("Authorization", "Bearer x")
	BlobHandler(store, func(string) bool { return true }).ServeHTTP(middleware{middleware{w}}, req)
	if !w.used || w.Body.String() != "data" {
		t.Errorf("ReadFrom used: %v, body %q", w.used, w.Body)
	}
}
