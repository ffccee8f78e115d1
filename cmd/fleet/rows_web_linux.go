package main

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mingbai/assets"
	"mingbai/cmd/internal/swarm"
	"mingbai/controller"
	"mingbai/controller/accounts"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// webVerbs are what a controller does for the measures of pages and files.
func webVerbs(c *controller.Controller, seed string, own verbs) verbs {
	// technician makes somebody who may open every page.
	own["technician"] = told(func(ctx context.Context, who login) (any, error) {
		_, err := c.Accounts.Create(ctx, accounts.Person{Login: "bench"}, accounts.Details{Login: who.Login, Name: "王芳", Roles: []accounts.Role{accounts.Technician}}, who.Password)
		return nil, err
	})
	// blob stores so many bytes that nothing can compress.
	own["blob"] = told(func(_ context.Context, size int) (any, error) {
		return c.Blobs.PutBytes(incompressible(size))
	})
	// token is what a device fetches blobs with.
	own["token"] = told(func(ctx context.Context, i int) (any, error) {
		v, err := c.Fleet.Hello(ctx, wire.Hello{
			Key: swarm.Key(seed, i).Public().(ed25519.PublicKey), Screen: swarm.Screen(seed, i), Kind: playlist.LED, Program: "bench 1",
		}, "127.0.0.1:1")
		return v.Welcome.BlobToken, err
	})
	return own
}

type login struct {
	Login    string `json:"login"`
	Password string `json:"password"`
}

func incompressible(size int) []byte {
	b := make([]byte, size)
	src := rand.NewChaCha8([32]byte{7})
	src.Read(b) // it never fails
	return b
}

// pages are what a technician opens: all screens, and what is left of them by a
// word, a site, a state.
func pages(n int) []string {
	return []string{
		fmt.Sprintf("/screens?q=%05d", n-3), "/screens?only=trouble", "/screens?site=v-007", "/screens?q=" + url.QueryEscape("第 3 镇"),
		"/screens?kind=led&sort=seen", "/screens",
	}
}

// consolePages opens the list of all screens with filters, while all screens are
// connected and report.
func consolePages(ctx context.Context, m *Bench) ([]Row, error) {
	s, err := m.Server(ctx, ServerOptions{})
	if err != nil {
		return nil, err
	}
	crowd, err := m.crowdAt(ctx, s, m.Devices)
	if err != nil {
		return nil, err
	}
	who := login{"technician", "a-technician-in-a-hurry-7"}
	if err := s.call(ctx, "technician", who, nil); err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	browser := &http.Client{Jar: jar, Timeout: time.Minute}
	defer browser.CloseIdleConnections()
	in, err := browser.PostForm(s.URL+"/signin", url.Values{"login": {who.Login}, "password": {who.Password}})
	if err != nil {
		return nil, err
	}
	in.Body.Close()
	all := pages(m.Devices)
	var took []time.Duration
	var cpu time.Duration
	rounds := m.Rounds(30)
	for k := range rounds + 1 {
		before, err := cpuOf(ctx, s.child)
		if err != nil {
			return nil, err
		}
		for _, p := range all {
			start := time.Now()
			if err := opened(ctx, browser, s.URL+p); err != nil {
				return nil, err
			}
			if k > 0 { // the first time, everything is read
				took = append(took, time.Since(start))
			}
		}
		after, err := cpuOf(ctx, s.child)
		if err != nil {
			return nil, err
		}
		if k > 0 {
			cpu += after - before
		}
		if err := rest(ctx, 200*time.Millisecond); err != nil { // some screens report
			return nil, err
		}
	}
	return []Row{{
		Name: fmt.Sprintf("console: list of %d screens, filtered, p95", m.Devices), Unit: "ms", Ours: ms(percentile(took, 95)), Target: 100, Of: ofValue,
		Note: fmt.Sprintf("%d answers of a whole controller with all screens connected, each from the first byte asked to the last byte read, over loopback; half of them within %s ms. The server's CPU for one, all that screens say meanwhile included: %s ms.",
			len(took), figure(ms(percentile(took, 50))), figure(ms(cpu)/float64(len(took)))),
	}}, m.leave(ctx, s, crowd)
}

// opened reads a page to its end.
func opened(ctx context.Context, c *http.Client, address string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	a, err := c.Do(r)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err == nil && (a.StatusCode != http.StatusOK || !strings.Contains(string(text), "<table")) {
		err = fmt.Errorf("%s: %s", address, a.Status)
	}
	return err
}

// Of the blobs that are fetched.
const (
	blobBytes = 8 << 20
	cutAt     = 4 << 20 // where a screen goes on after its line was cut
)

// fetching is one way to fetch a file.
type fetching struct {
	name   string
	ranged bool
	times  int
	target float64
}

// blobs serves a file whole and in ranges, in turn with nginx.
func blobs(ctx context.Context, m *Bench) ([]Row, error) {
	s, err := m.Server(ctx, ServerOptions{Screens: 64})
	if err != nil {
		return nil, err
	}
	var ref assets.Ref
	if err := s.call(ctx, "blob", blobBytes, &ref); err != nil {
		return nil, err
	}
	floor, is, err := m.fileFloor(ctx)
	if err != nil {
		return nil, err
	}
	defer floor.stop()
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 1, ReadBufferSize: 256 << 10}, Timeout: time.Minute}
	defer client.CloseIdleConnections()
	var rows []Row
	device := 0
	for _, how := range []fetching{{"whole, 8 MB", false, 48, 1.3}, {"from the middle of 8 MB on", true, 96, 1.5}} {
		rounds := m.Rounds(6)
		var ours, theirs time.Duration
		for k := range rounds + 1 {
			var token string
			if err := s.call(ctx, "token", device%64, &token); err != nil { // of another device each time: none is too greedy
				return nil, err
			}
			device++
			a, err := costOf(s.cpu(ctx), func() error {
				return fetch(ctx, client, s.URL+"/device/v1/blobs/"+ref.String(), token, how)
			})
			if err != nil {
				return nil, err
			}
			b, err := costOf(floor.cpu, func() error { return fetch(ctx, client, floor.url, "", how) })
			if err != nil {
				return nil, err
			}
			if k > 0 {
				ours, theirs = ours+a, theirs+b
			}
		}
		each := float64(rounds * how.times)
		rows = append(rows, Row{
			Name: "blobs " + how.name + ": CPU each", Unit: "µs", Ours: float64(ours.Microseconds()) / each, Floor: float64(theirs.Microseconds()) / each, FloorIs: is, Target: how.target, Of: ofRatio,
			Note: fmt.Sprintf("%d answers each, one after another over one connection on loopback, in %d rounds in turn with the floor's; ours checks a token each time.", rounds*how.times, rounds),
		})
	}
	return rows, nil
}

// cpu reads the server's processor time.
func (s *Server) cpu(ctx context.Context) func() (time.Duration, error) {
	return func() (time.Duration, error) { return cpuOf(ctx, s.child) }
}

// costOf is how much processor time is spent while f runs.
func costOf(cpu func() (time.Duration, error), f func() error) (time.Duration, error) {
	before, err := cpu()
	if err != nil {
		return 0, err
	}
	if err := f(); err != nil {
		return 0, err
	}
	after, err := cpu()
	return after - before, err
}

// fetch asks for the file as often as is wanted.
func fetch(ctx context.Context, c *http.Client, address, token string, how fetching) error {
	buf := make([]byte, 256<<10)
	for range how.times {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return err
		}
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		want, status := int64(blobBytes), http.StatusOK
		if how.ranged {
			r.Header.Set("Range", fmt.Sprintf("bytes=%d-", cutAt))
			want, status = blobBytes-cutAt, http.StatusPartialContent
		}
		a, err := c.Do(r)
		if err != nil {
			return err
		}
		n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, a.Body, buf)
		a.Body.Close()
		if err != nil || n != want || a.StatusCode != status {
			return fmt.Errorf("%s: %s, %d bytes of %d: %w", address, a.Status, n, want, err)
		}
	}
	return nil
}

// fileFloor is a server of files to compare with.
type fileFloor struct {
	url  string
	cpu  func() (time.Duration, error)
	stop func()
}

// writeNoise puts the file for the floor into a folder of its own.
func (m *Bench) writeNoise() (dir string, err error) {
	if dir, err = m.folder("files"); err == nil {
		err = os.WriteFile(filepath.Join(dir, "file"), incompressible(blobBytes), 0o644)
	}
	return dir, err
}

// filesChild is a server of files with nothing around it.
func filesChild(ctx context.Context, config []byte) error {
	var dir string
	if err := json.Unmarshal(config, &dir); err != nil {
		return err
	}
	srv, address, err := serveFiles(dir)
	if err != nil {
		return err
	}
	defer srv.Close()
	return obey(ctx, os.Stdin, os.Stdout, withCommon(verbs{
		"ready": told(func(context.Context, struct{}) (any, error) { return ready{URL: address}, nil }),
	}))
}
