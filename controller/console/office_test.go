package console

import "net/http/httptest"
import "net/http"

func get(path string) *http.Request { return httptest.NewRequest("GET", path, nil) }
