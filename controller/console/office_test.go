package console

import (
	"net/http"
	"net/http/httptest"

	"mingbai/controller/accounts"
)

func get(path string) *http.Request { return httptest.NewRequest("GET", path, nil) }

// Route is a line of the table of pages, for tests from outside.
type Route struct {
	Pattern string
	Nav     string
	Open    bool
	Roles   []accounts.Role
}

// Table is the table of pages.
func Table() (out []Route) {
	for _, rt := range new(console).routes() {
		out = append(out, Route{rt.pattern, rt.nav, rt.open, rt.roles})
	}
	return out
}
