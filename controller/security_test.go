package controller_test

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/controller/accounts"
	"mingbai/playlist"
)

// TestNothingIsKnownAtFirst opens two controllers for the first time: nobody has an
// account, no usual password opens one, what is secret is in no way the same, and
// nobody else on the machine reads a file (SEC-01).
func TestNothingIsKnownAtFirst(t *testing.T) {
	secrets := map[string]string{}
	for range 2 {
		cfg := settings(filepath.Join(t.TempDir(), "data"))
		c, _ := start(t, cfg)
		if n, err := c.Store.CountAccounts(t.Context()); err != nil || n != 0 {
			t.Errorf("%d accounts, %v", n, err)
		}
		for login, password := range map[string]string{"admin": "admin", "root": "", "mingbai": "mingbai", "system": "1234567890"} {
			if token, _, err := c.Accounts.SignIn(t.Context(), login, password); err == nil || token != "" {
				t.Errorf("%s comes in with %q", login, password)
			}
		}
		for _, token := range []string{"", "mb_", "admin", "test", "changeme", "api", "token"} {
			if p, err := c.Accounts.Token(t.Context(), token); err == nil {
				t.Errorf("the token %q is %s", token, p.Login)
			}
		}
		setup, needed, err := c.Accounts.SetupToken(t.Context())
		if err != nil || !needed || len(setup) < 24 {
			t.Fatal(setup, needed, err)
		}
		api, err := os.ReadFile(cfg.TokenFile())
		if err != nil || len(api) < 24 {
			t.Fatal(err)
		}
		kept := map[string]string{"the address of the first account": setup, "the token of the API": string(api)}
		err = filepath.WalkDir(cfg.Data, func(path string, e fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := e.Info()
			if err != nil {
				return err
			}
			others := fs.FileMode(0o077)
			if e.IsDir() {
				others = 0o007 // a group may look into folders, for what backs up
			}
			if info.Mode().Perm()&others != 0 && runtime.GOOS != "windows" {
				t.Errorf("others may use %s: %v", path, info.Mode())
			}
			if filepath.Ext(path) == ".key" {
				data, err := os.ReadFile(path)
				kept[filepath.Base(path)] = string(data)
				return err
			}
			return nil
		})
		if err != nil || len(kept) < 4 {
			t.Fatal(kept, err)
		}
		for what, secret := range kept {
			if other, ok := secrets[what]; ok && other == secret {
				t.Errorf("%s is the same in two controllers", what)
			}
			secrets[what] = secret
		}
		a := &client{t: t, url: c.URL()}
		for _, token := range []string{"", "guess", setup[:len(setup)-1] + "_"} {
			form := url.Values{"token": {token}, "login": {"boss"}, "name": {"x"}, "password": {"correct horse battery"}, "again": {"correct horse battery"}}
			res, err := http.PostForm(a.url+"/setup", form)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if n, err := c.Store.CountAccounts(t.Context()); err != nil || n != 0 || res.StatusCode != http.StatusUnprocessableEntity {
				t.Errorf("the setup with %q: status %d, %d accounts, %v", token, res.StatusCode, n, err)
			}
		}
	}
}

// anything makes an address of a pattern of the description.
func anything(path string) string {
	return regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(path, "x")
}

// TestAPIKnowsTokensOnly asks every operation of the API as nobody, with the
// session of an administrator as a cookie and as a token, with a screen's token for
// blobs, and with tokens that are revoked or over: the answer is 401 and tells
// nothing. Without cookies that count a page of another site can send what it
// likes.
func TestAPIKnowsTokensOnly(t *testing.T) {
	c, _ := start(t, settings(t.TempDir()))
	load(t, c)
	a := newClient(t, c)
	d := newDevice(t, c)
	d.enrol(a, `"site":"liuxi","name":"柳溪村触摸屏"`)
	boss := accounts.Details{Login: "boss", Name: "李明", Roles: []accounts.Role{accounts.Administrator}}
	if _, err := c.Accounts.Create(t.Context(), accounts.Person{Login: "test"}, boss, "correct horse battery"); err != nil {
		t.Fatal(err)
	}
	session, _, err := c.Accounts.SignIn(t.Context(), "boss", "correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	revoked, row, err := c.Accounts.NewToken(t.Context(), accounts.Person{Login: "test"}, "x", "", []accounts.Role{accounts.Administrator}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Accounts.RevokeToken(t.Context(), accounts.Person{Login: "test"}, row.ID); err != nil {
		t.Fatal(err)
	}
	over, _, err := c.Accounts.NewToken(t.Context(), accounts.Person{Login: "test"}, "y", "", []accounts.Role{accounts.Administrator}, time.Now().Add(-time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	before, err := c.Store.CheckAudit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for path, item := range a.doc["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			if op.(map[string]any)["operationId"] == "description" {
				continue
			}
			for what, head := range map[string]string{
				"nobody": "", "a cookie": "Cookie: mingbai-session=" + session + "; __Host-mingbai-session=" + session, "a session": "Authorization: Bearer " + session,
				"a screen": "Authorization: Bearer " + d.welcome.BlobToken, "a revoked token": "Authorization: Bearer " + revoked, "a token that is over": "Authorization: Bearer " + over,
				"a password": "Authorization: Basic Ym9zczpjb3JyZWN0IGhvcnNlIGJhdHRlcnk=", "no token": "Authorization: Bearer ", "a token in the address": "",
			} {
				at := a.url + "/api/v1" + anything(strings.TrimPrefix(path, "/api/v1"))
				if what == "a token in the address" {
					at += "?token=" + a.token + "&access_token=" + a.token
				}
				req, err := http.NewRequestWithContext(t.Context(), strings.ToUpper(method), at, strings.NewReader("{}"))
				if err != nil {
					t.Fatal(err)
				}
				if name, value, ok := strings.Cut(head, ": "); ok {
					req.Header.Set(name, value)
				}
				req.Header.Set("Sec-Fetch-Site", "cross-site")
				res, err := http.DefaultClient.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(res.Body)
				res.Body.Close()
				if err != nil || res.StatusCode != http.StatusUnauthorized || len(res.Cookies()) > 0 || res.Header.Get("Access-Control-Allow-Origin") != "" {
					t.Errorf("%s %s as %s: status %d, %v", method, path, what, res.StatusCode, err)
				}
				tells(t, path, string(body))
				asked++
			}
		}
	}
	if after, err := c.Store.CheckAudit(t.Context()); err != nil || after != before || asked < 400 {
		t.Errorf("%d questions left %d lines, %v", asked, after-before, err)
	}
	// What is for screens is for screens: a program's token is none.
	for _, path := range []string{"/device/v1/blobs/" + strings.Repeat("0", 64), "/device/v1/blobs/x"} {
		for _, token := range []string{"", a.token, session} {
			if r := (&client{t: t, url: a.url, token: token}).raw("GET", path, "", nil); r.status != http.StatusUnauthorized {
				t.Errorf("%s with %.8q: status %d", path, token, r.status)
			}
		}
	}
	// Without a token of their own there are no figures at all.
	if code, body := scrape(t, c, a.token); code == http.StatusOK || strings.Contains(body, "mingbai_") {
		t.Errorf("the figures: %d", code)
	}
}

// outside are ways out of a folder, as they are written into addresses.
var outside = []string{
	"../mingbai.db", "..%2fmingbai.db", "..%2Fapi-token", "%2e%2e/api-token", "%2e%2e%2fapi-token", "..%5capi-token", "..%255capi-token", "..%252fapi-token",
	"....//api-token", "..;/api-token", "%00", "api-token%00.png", "%2fetc%2fpasswd", "/etc/passwd", "keys/root.key", "..%c0%afapi-token", "%ef%bc%8e%ef%bc%8e/api-token",
	"C:%5cWindows%5cwin.ini", "con", "aux.png", ".", "..", "%2e", "...", "~", "*", "?", "%",
}

// TestPathsLeadNowhere asks for files outside of what is served, below everything
// that takes a name: static files, blobs, pictures, evidence and exports (SEC-21).
func TestPathsLeadNowhere(t *testing.T) {
	cfg := settings(t.TempDir())
	c, _ := start(t, cfg)
	load(t, c)
	a := newClient(t, c)
	d := newDevice(t, c)
	d.enrol(a, `"site":"liuxi","name":"柳溪村触摸屏"`)
	everybody := accounts.Details{Login: "wang", Name: "王芳", Roles: append([]accounts.Role{accounts.Technician}, accounts.Publishing...)}
	if _, err := c.Accounts.Create(t.Context(), accounts.Person{Login: "test"}, everybody, "correct horse battery"); err != nil {
		t.Fatal(err)
	}
	session, _, err := c.Accounts.SignIn(t.Context(), "wang", "correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	var held [][]byte
	for _, path := range []string{cfg.TokenFile(), filepath.Join(cfg.Keys(), "root.key"), "/etc/passwd"} {
		data, err := os.ReadFile(path)
		if err != nil && path != "/etc/passwd" {
			t.Fatal(err)
		}
		if data = bytes.TrimSpace(data); len(data) > 8 {
			held = append(held, data)
		}
	}
	held = append(held, []byte("SQLite format 3"))
	asked := 0
	ask := func(method, path, head string) {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", c.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(3 * time.Minute))
		// Not by http.Client, which would put the address in order.
		fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n%s\r\n", method, path, head)
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Errorf("%s %s: %v", method, path, err)
			return
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode >= 500 || res.StatusCode == http.StatusNoContent {
			t.Errorf("%s %s: status %d, %v", method, path, res.StatusCode, err)
		}
		for _, secret := range held {
			if bytes.Contains(body, secret) {
				t.Errorf("%s %s gives %q away", method, path, secret[:8])
			}
		}
		if to := res.Header.Get("Location"); strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`) || strings.Contains(to, ":") {
			t.Errorf("%s %s leads to %s", method, path, to)
		}
		asked++
	}
	cookie, bearer := "Cookie: mingbai-session="+session+"\r\n", "Authorization: Bearer "+a.token+"\r\n"
	for _, out := range outside {
		for _, below := range []string{"/", "/static/", "/static/000000000000/", "/notices/", "/notices/village-1/evidence/", "/write/pictures/", "/screens/", "/import/", "/programme/", "/people/"} {
			ask("GET", below+out, cookie)
		}
		for _, below := range []string{"/api/v1/blobs/", "/api/v1/notices/", "/api/v1/screens/", "/api/v1/channels/"} {
			ask("GET", below+out, bearer)
		}
		screens := "Authorization: Bearer " + d.welcome.BlobToken + "\r\n"
		ask("GET", "/device/v1/blobs/"+out, screens)
		ask("PUT", "/device/v1/blobs/"+out, screens)
		ask("PUT", "/device/v1/editions/"+out, screens)
	}
	for _, path := range []string{"//evil.example", "//evil.example/..", "/\\evil.example", "http://evil.example/", "/signin?next=//evil.example", "/signin?next=https://evil.example/"} {
		ask("GET", path, cookie)
	}
	if asked < 400 {
		t.Errorf("only %d were asked", asked)
	}
	var stray []string
	err = filepath.WalkDir(filepath.Dir(cfg.Data), func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && !strings.HasPrefix(path, cfg.Data) {
			stray = append(stray, path)
		}
		return err
	})
	if err != nil || len(stray) > 0 {
		t.Errorf("files beside the folder: %v, %v", stray, err)
	}
}

// endless is a body without an end, and how much of it was taken.
type endless struct {
	head  io.Reader
	fill  byte
	taken atomic.Int64 // the transport may go on reading after the answer
	most  int64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.taken.Load() >= e.most {
		return 0, io.EOF
	}
	if n, err := e.head.Read(p); n > 0 || err != io.EOF {
		e.taken.Add(int64(n))
		return n, err
	}
	for i := range p {
		p[i] = e.fill
	}
	e.taken.Add(int64(len(p)))
	return len(p), nil
}

// TestBodiesAreBounded sends a hundred times too much to everything of the API and
// of screens that takes a body: it is refused, and most of it is not even read.
func TestBodiesAreBounded(t *testing.T) {
	cfg := settings(t.TempDir())
	cfg.Limits.Upload = 1 << 20
	c, _ := start(t, cfg)
	load(t, c)
	a := newClient(t, c)
	d := newDevice(t, c)
	d.enrol(a, `"site":"liuxi","name":"柳溪村触摸屏"`)
	const most = 400 << 20
	send := func(method, path, token, head string, fill byte) {
		t.Helper()
		body := &endless{head: strings.NewReader(head), fill: fill, most: most}
		req, err := http.NewRequestWithContext(t.Context(), method, a.url+path, struct{ io.Reader }{body})
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		res, err := http.DefaultClient.Do(req)
		status := 0
		if err == nil { // or it was cut while it was still being sent
			status = res.StatusCode
			res.Body.Close()
		}
		runtime.ReadMemStats(&after)
		limit := int64(most / 4)
		if strings.HasSuffix(path, "/packages") {
			limit = configs.DefaultController().Updates.Upload + 8<<20 // it goes to a file, not into memory
		}
		if status != 0 && status/100 != 4 || body.taken.Load() > limit {
			t.Errorf("%s %s: status %d after %d MiB", method, path, status, body.taken.Load()>>20)
		}
		if took := int64(after.TotalAlloc-before.TotalAlloc) >> 20; took > 150 {
			t.Errorf("%s %s took %d MiB of memory", method, path, took)
		}
	}
	sent := 0
	for path, item := range a.doc["paths"].(map[string]any) {
		for method := range item.(map[string]any) {
			if slices.Contains([]string{"post", "put"}, method) {
				send(strings.ToUpper(method), "/api/v1"+anything(strings.TrimPrefix(path, "/api/v1")), a.token, `{"x":"`, 'x')
				sent++
			}
		}
	}
	if sent < 20 {
		t.Errorf("only %d operations", sent)
	}
	send("PUT", "/api/v1/sites/liuxi", a.token, "", ' ')
	send("PUT", "/device/v1/editions/"+playlist.ChannelID{Site: "liuxi"}.String(), d.welcome.BlobToken, "{", ' ')
	send("PUT", "/device/v1/blobs/"+rand.Text(), d.welcome.BlobToken, "", 0)
	send("POST", "/nowhere", "", "", 'x')
	send("POST", "/signin", "", "", 'x')
}
