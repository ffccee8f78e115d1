package console

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"mingbai/assets/fonts"
)

//go:embed static
var static embed.FS

// files serves the styles, scripts and typefaces of the pages. Every address
// has the content's hash in it, so that browsers may keep a file for ever.
type files struct {
	byName map[string]string // name to address
	byPath map[string]file
}

type file struct {
	typ  string
	data []byte
}

var types = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".otf": "font/otf",
}

// embedded hashes the files once: the typefaces have 23 MB.
var embedded = sync.OnceValue(func() *files {
	f := &files{byName: map[string]string{}, byPath: map[string]file{}}
	f.add("sans.otf", fonts.Sans())
	f.add("bold.otf", fonts.Bold())
	f.add("serif.otf", fonts.Serif())
	entries, err := fs.ReadDir(static, "static")
	if err != nil {
		panic(err) // it is part of the program
	}
	for _, e := range entries {
		data, err := static.ReadFile("static/" + e.Name())
		if err != nil {
			panic(err)
		}
		for name, at := range f.byName { // styles name typefaces
			data = bytes.ReplaceAll(data, []byte("url("+name+")"), []byte("url("+at+")"))
		}
		f.add(e.Name(), data)
	}
	return f
})

func (f *files) add(name string, data []byte) {
	sum := sha256.Sum256(data)
	at := "/static/" + hex.EncodeToString(sum[:6]) + "/" + name
	f.byName[name] = at
	f.byPath[at] = file{types[path.Ext(name)], data}
}

// path returns the address of a file. An unknown name is a fault of the pages,
// which a test finds.
func (f *files) path(name string) string { return f.byName[name] }

func (f *files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	found, ok := f.byPath[r.URL.Path]
	if !ok || strings.HasSuffix(r.URL.Path, "/") {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", found.typ)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(found.data))
}
