package console

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"sync"
)

//go:embed templates/*.html
var templates embed.FS

// parsed is every page of the program, read once.
var parsed = sync.OnceValue(func() map[language]map[string]*template.Template {
	pages, err := parsePages(embedded())
	if err != nil {
		panic(err) // they are part of the program
	}
	return pages
})

// parsePages reads every page once for each language: a page is the base, the
// shared pieces and its own file.
func parsePages(files *files) (map[language]map[string]*template.Template, error) {
	names, err := fs.Glob(templates, "templates/*.html")
	if err != nil {
		return nil, err
	}
	out := map[language]map[string]*template.Template{}
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
		out[lang] = map[string]*template.Template{}
		for _, name := range names {
			short := strings.TrimSuffix(path.Base(name), ".html")
			if short == "base" || strings.HasPrefix(short, "pieces") || short == "writing" {
				continue
			}
			page, err := base.Clone()
			if err == nil {
				page, err = page.ParseFS(templates, name)
			}
			if err != nil {
				return nil, fmt.Errorf("page %s: %w", short, err)
			}
			out[lang][short] = page
		}
	}
	return out, nil
}
