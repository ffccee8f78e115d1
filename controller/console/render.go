package console

import (
	"embed"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"sync"
)

//go:embed templates/*.html
var templates embed.FS

// pages are every page of the program in each language, by name. A page is the base,
// the shared pieces and its own file. It is read when it is first asked for: all of
// them take 40 MB, and few are used in one office.
type pages map[language]map[string]func() *template.Template

// of returns a page, nil if there is none of that name.
func (p pages) of(lang language, name string) *template.Template {
	read := p[lang][name]
	if read == nil {
		return nil
	}
	return read()
}

// parsed is the pages, for all consoles of a process.
var parsed = sync.OnceValue(func() pages {
	p, err := parsePages(embedded())
	if err != nil {
		panic(err) // they are part of the program
	}
	return p
})

func parsePages(files *files) (pages, error) {
	names, err := fs.Glob(templates, "templates/*.html")
	if err != nil {
		return nil, err
	}
	out := pages{}
	for _, lang := range []language{chinese, english} {
		base, err := template.New("base").Funcs(template.FuncMap{
			"t":      lang.say,
			"file":   files.path,
			"indent": func(n int) string { return strings.Repeat("　", n) },
			"list":   func(args ...any) []any { return args },
			"inc":    func(n int) int { return n + 1 },
		}).ParseFS(templates, "templates/base.html", "templates/pieces*.html", "templates/writing.html")
		if err != nil {
			return nil, err
		}
		out[lang] = map[string]func() *template.Template{}
		for _, name := range names {
			short := strings.TrimSuffix(path.Base(name), ".html")
			if short == "base" || strings.HasPrefix(short, "pieces") || short == "writing" {
				continue
			}
			out[lang][short] = sync.OnceValue(func() *template.Template {
				page := template.Must(base.Clone()) // which is never drawn itself
				return template.Must(page.ParseFS(templates, name))
			})
		}
	}
	return out, nil
}
