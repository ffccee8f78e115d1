package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
)

// clerk is somebody at the console, who does with forms what a browser would.
type clerk struct {
	employee
	base string
	http http.Client
}

// errRefused: the console answered a form with something else than success.
var errRefused = errors.New("the console refused it")

// sit signs an employee in.
func (w *world) sit(ctx context.Context, e employee) (*clerk, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	c := &clerk{employee: e, base: w.office.base, http: http.Client{Jar: jar}}
	at, err := c.post(ctx, "/signin", "login", e.Login, "password", w.password)
	if err == nil && at.path == "/signin" {
		err = errRefused
	}
	if err != nil {
		return nil, fmt.Errorf("%s signs in: %w", e.Login, err)
	}
	return c, nil
}

// answer is what the console answered.
type answer struct {
	path string // in the end
	text string
}

// post sends a form of names and values; of a name that comes twice the last counts.
func (c *clerk) post(ctx context.Context, path string, fields ...string) (answer, error) {
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return c.send(ctx, path, form)
}

func (c *clerk) send(ctx context.Context, path string, form url.Values) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.do(req)
}

// get opens a page.
func (c *clerk) get(ctx context.Context, path string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return answer{}, err
	}
	return c.do(req)
}

func (c *clerk) do(req *http.Request) (answer, error) {
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{}, fmt.Errorf("%s at %s: %w", c.Login, req.URL.Path, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err != nil {
		return answer{}, fmt.Errorf("%s at %s: %w", c.Login, req.URL.Path, err)
	}
	p := answer{path: resp.Request.URL.Path, text: string(data)}
	if resp.StatusCode >= 300 {
		return p, fmt.Errorf("%s at %s: %s: %w: %s", c.Login, req.URL.Path, resp.Status, errRefused, complaint(p.text))
	}
	return p, nil
}

var (
	inBad = regexp.MustCompile(`(?s)class="[^"]*\bbad\b[^"]*"[^>]*>(.*?)</(?:p|b|div|li|span)>`)
	tags  = regexp.MustCompile(`<[^>]*>`)
)

// complaint is what a page says in red.
func complaint(text string) string {
	var out []string
	for _, m := range inBad.FindAllStringSubmatch(text, 5) {
		if words := strings.Join(strings.Fields(tags.ReplaceAllString(m[1], " ")), " "); words != "" {
			out = append(out, words)
		}
	}
	return strings.Join(out, "; ")
}

// press fills in the form of a page that is sent to action, and sends it.
func (c *clerk) press(ctx context.Context, at, action string, filled ...string) (answer, error) {
	p, err := c.get(ctx, at)
	if err != nil {
		return p, err
	}
	return c.again(ctx, p, action, filled...)
}

// again sends the form of a page that is open.
func (c *clerk) again(ctx context.Context, p answer, action string, filled ...string) (answer, error) {
	form := p.filled(action)
	for i := 0; i+1 < len(filled); i += 2 {
		form.Set(filled[i], filled[i+1])
	}
	return c.send(ctx, action, form)
}
