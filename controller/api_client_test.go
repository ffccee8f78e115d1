package controller_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"mingbai/controller"
)

func newClient(t *testing.T, c *controller.Controller) *client {
	t.Helper()
	token, err := os.ReadFile(c.Config.TokenFile())
	if err != nil {
		t.Fatal(err)
	}
	a := &client{t: t, url: c.URL(), token: strings.TrimSpace(string(token)), seen: map[string]bool{}}
	r := a.raw("GET", "/api/v1/openapi.json", "", nil)
	if err := json.Unmarshal(r.body, &a.doc); err != nil {
		t.Fatal(err)
	}
	a.seen["description"] = true
	return a
}

func (a *client) raw(method, path, key string, body []byte) answer {
	req, err := http.NewRequest(method, a.url+path, bytes.NewReader(body))
	if err != nil {
		a.t.Error(err)
		return answer{}
	}
	if a.token != "" {
		req.Header.Set("Authorization", "Bearer "+a.token)
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Error(err)
		return answer{}
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		a.t.Error(err)
	}
	return answer{res.StatusCode, data, res.Header}
}

// try calls and checks the answer against the description, whatever it is.
func (a *client) try(method, path, body string) answer {
	r := a.raw(method, path, "", []byte(body))
	a.conforms(method, path, r)
	return r
}

// do is try where only success will do.
func (a *client) do(method, path, body string, into any) {
	a.t.Helper()
	r := a.try(method, path, body)
	if r.status/100 != 2 {
		a.t.Fatalf("%s %s: %d %s", method, path, r.status, r.body)
	}
	if into != nil {
		if err := json.Unmarshal(r.body, into); err != nil {
			a.t.Fatalf("%s %s: %v in %s", method, path, err, r.body)
		}
	}
}

// refused checks that a call fails with a status and a code.
func (a *client) refused(method, path, body string, status int, code string) {
	a.t.Helper()
	r := a.try(method, path, body)
	if r.status != status || !bytes.Contains(r.body, []byte(`"code":"`+code+`"`)) {
		a.t.Errorf("%s %s: %d %s, want %d %s", method, path, r.status, r.body, status, code)
	}
}

// conforms finds the operation and compares the answer with its schema.
func (a *client) conforms(method, path string, r answer) {
	a.t.Helper()
	path, _, _ = strings.Cut(path, "?")
	op := a.operation(method, path)
	if op == nil {
		if r.status/100 == 2 {
			a.t.Errorf("%s %s is answered but not described", method, path)
		}
		return
	}
	responses := op["responses"].(map[string]any)
	res, ok := responses[fmt.Sprint(r.status)].(map[string]any)
	if !ok {
		if r.status/100 == 2 {
			a.t.Errorf("%s %s: status %d is not described", method, path, r.status)
		}
		res = a.doc["components"].(map[string]any)["responses"].(map[string]any)["Failure"].(map[string]any)
	} else {
		a.seen[op["operationId"].(string)] = true
	}
	content, _ := res["content"].(map[string]any)
	js, ok := content["application/json"].(map[string]any)
	if !ok || js["schema"] == nil {
		return
	}
	var v any
	if err := json.Unmarshal(r.body, &v); err != nil {
		a.t.Errorf("%s %s: %v", method, path, err)
		return
	}
	for _, p := range a.mismatch(js["schema"].(map[string]any), v, "$") {
		a.t.Errorf("%s %s: %s", method, path, p)
	}
}

func (a *client) operation(method, path string) map[string]any {
	parts := strings.Split(path, "/")
	best, bestFixed := map[string]any(nil), -1
	for pattern, item := range a.doc["paths"].(map[string]any) {
		want := strings.Split(pattern, "/")
		if len(want) != len(parts) {
			continue
		}
		fixed := 0
		for i := range want {
			if want[i] == parts[i] {
				fixed++
			} else if !strings.HasPrefix(want[i], "{") {
				fixed = -1
				break
			}
		}
		if op, ok := item.(map[string]any)[strings.ToLower(method)].(map[string]any); ok && fixed > bestFixed {
			best, bestFixed = op, fixed
		}
	}
	return best
}

// mismatch says where a value differs from a schema.
func (a *client) mismatch(s map[string]any, v any, at string) []string {
	if ref, ok := s["$ref"].(string); ok {
		name := ref[strings.LastIndex(ref, "/")+1:]
		return a.mismatch(a.doc["components"].(map[string]any)["schemas"].(map[string]any)[name].(map[string]any), v, at)
	}
	if all, ok := s["allOf"].([]any); ok {
		return a.mismatch(all[0].(map[string]any), v, at)
	}
	if anyOf, ok := s["anyOf"].([]any); ok {
		if v == nil {
			return nil
		}
		return a.mismatch(anyOf[0].(map[string]any), v, at)
	}
	want, _ := s["type"].(string)
	switch v := v.(type) {
	case map[string]any:
		if want != "object" && want != "" {
			return []string{at + " is an object, not " + want}
		}
		return a.objectMismatch(s, v, at)
	case []any:
		if want != "array" && want != "" {
			return []string{at + " is a list, not " + want}
		}
		var all []string
		for i, e := range v {
			if items, ok := s["items"].(map[string]any); ok {
				all = append(all, a.mismatch(items, e, fmt.Sprintf("%s[%d]", at, i))...)
			}
		}
		return all
	case string:
		if want != "string" && want != "" {
			return []string{at + " is text, not " + want}
		}
	case float64:
		if want != "number" && want != "integer" && want != "" {
			return []string{at + " is a number, not " + want}
		}
	case bool:
		if want != "boolean" && want != "" {
			return []string{at + " is true or false, not " + want}
		}
	case nil:
		if want != "" {
			return []string{at + " is null"}
		}
	}
	return nil
}

func (a *client) objectMismatch(s, v map[string]any, at string) []string {
	var all []string
	properties, _ := s["properties"].(map[string]any)
	extra, _ := s["additionalProperties"].(map[string]any)
	if properties == nil && extra == nil {
		return nil // anything
	}
	for name, e := range v {
		switch p, ok := properties[name].(map[string]any); {
		case ok:
			all = append(all, a.mismatch(p, e, at+"."+name)...)
		case extra != nil:
			all = append(all, a.mismatch(extra, e, at+"."+name)...)
		default:
			all = append(all, at+"."+name+" is not described")
		}
	}
	required, _ := s["required"].([]any)
	for _, name := range required {
		if _, ok := v[name.(string)]; !ok {
			all = append(all, at+"."+name.(string)+" is missing")
		}
	}
	return all
}

func encode(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
