package browse_test

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mingbai/controller/accounts"
	"mingbai/playlist/review"
)

// colleague is somebody who sends forms without a window, so that what others find
// on their desks is there soon.
type colleague struct {
	*office
	http.Client
	login string
}

// bureau is where a desk works: two bureaus, in each somebody who writes and
// publishes and somebody who reviews, under the policy of two people.
func bureau(t *testing.T, language string) *office {
	t.Helper()
	o := open(t, language)
	o.setUp()
	by := accounts.Person{Login: "liming"}
	o.must(o.c.Accounts.SetPolicy(o.Context(), by, "qinghe", &review.Town))
	writes, looks := []accounts.Role{accounts.Drafter, accounts.Releaser}, []accounts.Role{accounts.FirstReviewer, accounts.Secrecy}
	for _, d := range []accounts.Details{
		{Login: "zhaomin", Name: "赵敏", Site: "qinghe", Department: "wenlvju", Roles: writes},
		{Login: "lina", Name: "李娜", Site: "qinghe", Department: "wenlvju", Roles: looks},
		{Login: "sunli", Name: "孙丽", Site: "qinghe", Department: "baomiban", Roles: writes},
		{Login: "zhoutao", Name: "周涛", Site: "qinghe", Department: "baomiban", Roles: looks},
	} {
		_, err := o.c.Accounts.Create(o.Context(), by, d, password)
		o.must(err)
	}
	return o
}

// colleague signs somebody in.
func (o *office) colleague(login string) *colleague {
	o.Helper()
	jar, err := cookiejar.New(nil)
	o.must(err)
	c := &colleague{office: o, Client: http.Client{Jar: jar}, login: login}
	c.post("/signin", "login", login, "password", password)
	return c
}

// post sends a form and returns where it led and the page.
func (c *colleague) post(path string, fields ...string) (to, page string) {
	c.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	to, page, status := c.ask(http.MethodPost, path, form)
	if status != http.StatusOK {
		c.Fatalf("%s sends %s: %d: %s", c.login, path, status, regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " "))
	}
	return to, page
}

// status is how a page answers, and what it says.
func (c *colleague) get(path string) (status int, page string) {
	c.Helper()
	_, page, status = c.ask(http.MethodGet, path, nil)
	return status, page
}

func (c *colleague) ask(method, path string, form url.Values) (to, page string, status int) {
	c.Helper()
	r, err := http.NewRequestWithContext(c.Context(), method, c.base+path, strings.NewReader(form.Encode()))
	c.must(err)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Accept-Language", "zh-CN")
	resp, err := c.Do(r)
	c.must(err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	c.must(err)
	return resp.Request.URL.Path, string(data), resp.StatusCode
}

// draft writes an announcement of the county and returns its address.
func (c *colleague) draft(title, text string) string {
	c.Helper()
	to, _ := c.post("/write/announcement", "title", title, "text", text, "site", "qinghe", "column", "dongtai-tongzhi", "genre", "通知",
		"issuer", "县文化和旅游局", "issued", "2026-11-20", "hotline", "0000-6200031", "do", "draft")
	if !strings.HasPrefix(to, "/notices/") {
		c.Fatalf("the draft %s led to %s", title, to)
	}
	return to
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="(version|ref)" value="([^"]*)">`)

// deed does something with a notice as its page stands: submit, approve, return,
// release or takedown.
func (c *colleague) deed(notice, what string, fields ...string) {
	c.Helper()
	page := notice
	if slices.Contains([]string{"approve", "return", "release"}, what) {
		page += "/review"
	}
	_, text := c.get(page)
	for _, name := range []string{"version", "ref"} {
		for _, m := range hiddenField.FindAllStringSubmatch(text, -1) {
			if m[1] == name {
				fields = append(fields, name, html.UnescapeString(m[2]))
				break
			}
		}
	}
	c.post(notice+"/"+what, fields...)
}

// ticks is the secrecy list with everything ticked.
func ticks() (out []string) {
	for _, tick := range review.Ticks {
		out = append(out, fmt.Sprint("tick.", tick), "1")
	}
	return out
}
