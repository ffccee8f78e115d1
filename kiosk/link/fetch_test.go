package link_test

import (
	"crypto/ed25519"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"mingbai/assets"
	"mingbai/controller/hub"
	"mingbai/kiosk/link"
	"mingbai/playlist"
)

func key0() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(make([]byte, 32)) }

func keyOf0() ed25519.PublicKey { return key0().Public().(ed25519.PublicKey) }

func refOf(s string) assets.Ref { return assets.RefOf([]byte(s)) }

// A download that is cut goes on where it stopped.
func TestFetchResumes(t *testing.T) {
	o := newOffice(t, hub.Options{})
	p := newLine(t, strings.TrimPrefix(o.server.URL, "http://"))
	r := start(t, p.url(), nil)
	poll(t, "welcomed", r.Connected)
	var blobs []playlist.Blob
	const size = 500_000
	for i := range 6 {
		ref, err := o.blobs.PutBytes(noise(size, uint64(i)))
		if err != nil {
			t.Fatal(err)
		}
		blobs = append(blobs, playlist.Blob{Ref: ref, Size: size})
	}
	p.with(func() { p.limit, p.slice = 90_000, 10_000 })
	if err := r.Fetch(t.Context(), blobs); err != nil {
		t.Fatal(err)
	}
	for _, b := range blobs {
		if _, err := r.store.Read(b.Ref, size); err != nil {
			t.Error(err)
		}
	}
	// The controller may have sent ahead what a cut line swallowed, but starting
	// anew every time would never have ended.
	if n, err := r.store.Size(blobs[0].Ref); !err || n != size {
		t.Errorf("size %d", n)
	}
	served := o.served.Load()
	if err := r.Fetch(t.Context(), blobs); err != nil || o.served.Load() != served {
		t.Errorf("blobs that are there were fetched again: %v", err)
	}
}

func TestFetchRefused(t *testing.T) {
	o := newOffice(t, hub.Options{})
	r := start(t, o.server.URL, nil)
	poll(t, "welcomed", r.Connected)
	err := r.Fetch(t.Context(), []playlist.Blob{{Ref: refOf("nowhere"), Size: 7}})
	if e, ok := errors.AsType[*link.Error](err); !ok || e.Kind != link.Refuse {
		t.Errorf("a blob that is not there: %v", err)
	}
	// Listed with the wrong length: it can never be had.
	ref, perr := o.blobs.PutBytes([]byte("12345678"))
	if perr != nil {
		t.Fatal(perr)
	}
	err = r.Fetch(t.Context(), []playlist.Blob{{Ref: ref, Size: 4}})
	if e, ok := errors.AsType[*link.Error](err); !ok || e.Kind != link.Refuse || !errors.Is(err, assets.ErrMismatch) {
		t.Errorf("a blob that is longer than listed: %v", err)
	}
	if r.store.Has(ref) {
		t.Error("it was stored")
	}
}

// A controller that lies about bytes or ranges is never believed, and one that
// cannot do ranges is no obstacle.
func TestFetchFromBadControllers(t *testing.T) {
	good := noise(100_000, 9)
	blob := playlist.Blob{Ref: assets.RefOf(good), Size: int64(len(good))}
	var turn atomic.Int32
	for _, tt := range []struct {
		name  string
		serve func(w http.ResponseWriter, r *http.Request)
		kind  link.Kind // "" is success
	}{
		{"other bytes", func(w http.ResponseWriter, r *http.Request) { w.Write(noise(len(good), 10)) }, link.Refuse},
		{"no ranges", func(w http.ResponseWriter, r *http.Request) {
			if turn.Add(1) == 1 {
				w.Header().Set("Content-Length", "100000")
				w.Write(good[:50_000]) // and the connection breaks
				return
			}
			w.Write(good)
		}, ""},
		{"another range than asked", func(w http.ResponseWriter, r *http.Request) {
			switch turn.Add(1) {
			case 1:
				w.Header().Set("Content-Length", "100000")
				w.Write(good[:50_000])
			case 2:
				w.Header().Set("Content-Range", "bytes 0-99999/100000")
				w.WriteHeader(http.StatusPartialContent)
				w.Write(good)
			default:
				w.Header().Set("Content-Range", "bytes 50000-99999/100000")
				w.WriteHeader(http.StatusPartialContent)
				w.Write(good[50_000:])
			}
		}, ""},
		{"a range that cannot be", func(w http.ResponseWriter, r *http.Request) {
			switch turn.Add(1) {
			case 1:
				w.Header().Set("Content-Length", "100000")
				w.Write(good[:50_000])
			case 2:
				w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
			default:
				w.Write(good)
			}
		}, ""},
		{"a token that has expired", func(w http.ResponseWriter, r *http.Request) {
			if turn.Add(1) < 3 {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			w.Write(good)
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			turn.Store(0)
			o := newOffice(t, hub.Options{})
			mux := http.NewServeMux()
			mux.Handle("/device/v1/ws", o.Hub)
			mux.HandleFunc("/device/v1/blobs/", tt.serve)
			s := httptest.NewServer(mux)
			t.Cleanup(s.Close)
			r := start(t, s.URL, nil)
			poll(t, "welcomed", r.Connected)
			err := r.Fetch(t.Context(), []playlist.Blob{blob})
			if e, _ := errors.AsType[*link.Error](err); (e == nil) != (tt.kind == "") || e != nil && e.Kind != tt.kind {
				t.Fatalf("Fetch = %v", err)
			}
			if r.store.Has(blob.Ref) != (tt.kind == "") {
				t.Error("what is in the store does not fit the answer")
			}
		})
	}
}
