// Package browse drives a real browser over the console's pages, for tests and
// for the demonstration, which must see what a person sees.
//
// It promises a fresh profile for every Browser, that the browser talks to
// nobody but the pages it is sent to, that it is gone after Close, and that
// whatever a page complains of in its own console is kept. What to look at is
// for the caller to say; it knows nothing of the controller.
package browse

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// The window of the console: the smallest that offices still have.
const (
	Width  = 1366
	Height = 768
)

// stepWithin bounds one step, in which a page loads or something appears. It is no
// measurement: a busy machine may take its time.
const stepWithin = 3 * time.Minute

// ErrNoBrowser says that no browser is installed.
var ErrNoBrowser = errors.New("no Chromium found: install the package chromium, or name the program in MINGBAI_BROWSER")

// names are the programs that are looked for, in order.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// Find returns the path of a browser: what MINGBAI_BROWSER names, else the first
// that is installed. The error is ErrNoBrowser.
func Find() (string, error) {
	if named := os.Getenv("MINGBAI_BROWSER"); named != "" {
		return exec.LookPath(named)
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNoBrowser
}

// Browser is one window. Its methods serve one goroutine.
type Browser struct {
	ctx  context.Context // of the window
	stop []context.CancelFunc

	mu         sync.Mutex // guards what follows
	complaints []string
	unplugged  bool   // a page lost something to a change of the machine's network
	mark       string // that a page was made to say
	marks      int
	heard      chan struct{} // closed when it is heard
}

// Start opens a browser without a visible window; it ends with ctx or Close.
// language is what it asks pages for, such as "zh-CN" or "en".
func Start(ctx context.Context, language string) (*Browser, error) {
	program, err := Find()
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program),
		chromedp.WindowSize(Width, Height),
		chromedp.Flag("lang", language),
		chromedp.Env("LANGUAGE="+strings.ReplaceAll(language, "-", "_")), // in which fields for dates are written
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("no-pings", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	b := &Browser{}
	ctx, stopProgram := chromedp.NewExecAllocator(ctx, options...)
	ctx, stopWindow := chromedp.NewContext(ctx)
	b.ctx, b.stop = ctx, []context.CancelFunc{stopWindow, stopProgram}
	// The first call starts the program, which lives as long as its context.
	err = chromedp.Listen(ctx, b.hear)
	if err == nil {
		err = b.prepare(language)
	}
	if err != nil {
		b.Close()
		return nil, fmt.Errorf("start the browser %s: %w", program, err)
	}
	return b, nil
}

func (b *Browser) prepare(language string) error {
	ctx, cancel := context.WithTimeout(b.ctx, stepWithin)
	defer cancel()
	focused := emulation.SetFocusEmulationEnabledParams{Enabled: true}
	headers := network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": language}}
	for _, enable := range []func() error{
		func() error { _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); return err },
		func() error { _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); return err },
		func() error { _, err := chromedp.Call(ctx, network.SetExtraHTTPHeaders, headers); return err },
		func() error { return chromedp.Do(ctx, chromedp.EmulateViewport(Width, Height)) },
		// Nobody gives a window without a display the focus: a page could not tell
		// which of its parts has it, and would not draw it.
		func() error { _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, focused); return err },
	} {
		if err := enable(); err != nil {
			return err
		}
	}
	return nil
}

// hear keeps what pages complain of. It must not call the browser.
func (b *Browser) hear(event any) {
	text := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text = e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			text += " " + x.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeDebug && len(e.Args) == 1 {
			b.catch(string(e.Args[0].Value))
		}
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			for _, a := range e.Args {
				text += string(a.Value) + " " + a.Description
			}
		}
	case *log.EventEntryAdded:
		if strings.Contains(e.Entry.Text, networkChanged) {
			b.mu.Lock()
			b.unplugged = true
			b.mu.Unlock()
			return
		}
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			text = e.Entry.Text + " " + e.Entry.URL
		}
	}
	if text = strings.TrimSpace(text); text != "" {
		b.mu.Lock()
		b.complaints = append(b.complaints, text)
		b.mu.Unlock()
	}
}

// networkChanged is what a browser says of everything that it was loading when the
// machine got another address: a cable, a wireless network, a container that somebody
// started. That is no fault of the page, whose pictures Settle asks for again.
const networkChanged = "net::ERR_NETWORK_CHANGED"

// againWhenUnplugged asks once more for pictures that were lost with a network.
func (b *Browser) againWhenUnplugged() {
	b.mu.Lock()
	lost := b.unplugged
	b.unplugged = false
	b.mu.Unlock()
	if lost {
		// An error means that the page is just being changed for another.
		_, _ = ask[bool](b, "[...document.images].filter(i => i.complete && !i.naturalWidth).forEach(i => { i.src = i.src }), true")
	}
}

// Complaints returns what pages complained of since the last call: errors of
// scripts, of the security policy and of loading.
func (b *Browser) Complaints() []string {
	b.catchUp()
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.complaints
	b.complaints = nil
	return all
}

// catchUp waits until all is heard that pages have said so far. What they say and the
// answers to steps come on ways of their own.
func (b *Browser) catchUp() {
	b.mu.Lock()
	b.marks++
	b.mark, b.heard = quoted(fmt.Sprintf("heard so far, %d", b.marks)), make(chan struct{})
	mark, heard := b.mark, b.heard
	b.mu.Unlock()
	if _, err := ask[bool](b, "console.debug("+mark+"), true"); err != nil {
		return // the page is just being changed for another
	}
	limit := time.NewTimer(stepWithin)
	defer limit.Stop()
	select {
	case <-heard:
	case <-limit.C:
	}
}

// catch hears a mark.
func (b *Browser) catch(said string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.heard != nil && said == b.mark {
		close(b.heard)
		b.heard = nil
	}
}

// do runs steps, together within stepWithin.
func (b *Browser) do(steps ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(b.ctx, stepWithin)
	defer cancel()
	return chromedp.Do(ctx, steps...)
}

// ask evaluates an expression in the page.
func ask[T any](b *Browser, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(b.ctx, stepWithin)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression))
}

// Until waits until an expression is true in whatever page is open then.
func (b *Browser) Until(expression string) error {
	ctx, cancel := context.WithTimeout(b.ctx, stepWithin)
	defer cancel()
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for {
		// An error means that the page is just being changed for another.
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		if err == nil && ok {
			return nil
		}
		b.againWhenUnplugged()
		select {
		case <-tick.C:
		case <-ctx.Done():
			at, _ := chromedp.Run(b.ctx, chromedp.Location()) // for the message only
			return fmt.Errorf("at %s it never came true that %s: %w", at, expression, errors.Join(err, ctx.Err()))
		}
	}
}

func quoted(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string always has JSON
	}
	return string(data)
}

// Open goes to an address and waits until the page is whole.
func (b *Browser) Open(address string) error {
	err := b.do(chromedp.Navigate(address))
	for tries := 0; err != nil && strings.Contains(err.Error(), networkChanged) && tries < 5; tries++ {
		err = b.do(chromedp.Navigate(address))
	}
	if err != nil {
		return fmt.Errorf("open %s: %w", address, err)
	}
	return nil
}

// Wait waits until an element is there.
func (b *Browser) Wait(selector string) error {
	return b.Until("document.querySelector(" + quoted(selector) + ")")
}

// Resize gives the window another size, in pixels, such as a telephone's.
func (b *Browser) Resize(width, height int) error {
	if err := b.do(chromedp.EmulateViewport(int64(width), int64(height))); err != nil {
		return fmt.Errorf("resize the window to %d×%d: %w", width, height, err)
	}
	return nil
}

// Has reports whether an element is there now.
func (b *Browser) Has(selector string) (bool, error) {
	return ask[bool](b, "!!document.querySelector("+quoted(selector)+")")
}

// Text returns what an element says.
func (b *Browser) Text(selector string) (string, error) {
	text, err := ask[string](b, "document.querySelector("+quoted(selector)+")?.innerText ?? \"\"")
	if err != nil {
		return "", fmt.Errorf("read %s: %w", selector, err)
	}
	return text, nil
}

// Fill puts text into a field, or ticks a box with "on", as typing would.
func (b *Browser) Fill(selector, text string) error {
	_, err := ask[bool](b, `(() => {
		const e = document.querySelector(`+quoted(selector)+`);
		if (e.type === "checkbox" || e.type === "radio") e.checked = `+quoted(text)+` === "on"; else e.value = `+quoted(text)+`;
		e.dispatchEvent(new Event("input", { bubbles: true }));
		e.dispatchEvent(new Event("change", { bubbles: true }));
		return true; })()`)
	if err != nil {
		return fmt.Errorf("fill %s: %w", selector, err)
	}
	return nil
}

// Click clicks an element with the mouse, as a person does: once it has come to rest
// where it is, and again when the page changed under the mouse, so that another
// element or none got the click. What gets it by mistake does not hear of it.
func (b *Browser) Click(selector string) error {
	limit := time.NewTimer(stepWithin)
	defer limit.Stop()
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for what := "it is not there"; ; {
		hit, seen, err := b.strike(selector)
		if err != nil {
			return fmt.Errorf("click %s: %w", selector, err)
		}
		if hit {
			return nil
		}
		what = cmp.Or(seen, what)
		select {
		case <-tick.C:
		case <-limit.C:
			return fmt.Errorf("click %s: %s", selector, what)
		}
	}
}

// aim says where an element is that has come to rest, and waits for the click: once
// it has come, window.struck says whether the element got it.
const aim = `(selector => new Promise(done => {
	const e = document.querySelector(selector);
	if (!e) return done("");
	if (window.struck === undefined) e.scrollIntoViewIfNeeded(); else e.scrollIntoView({ block: "center" });
	const middle = () => { const r = e.getClientRects()[0]; return r && r.width && r.height && e.isConnected && e.checkVisibility() ? (r.left + r.width / 2) + " " + (r.top + r.height / 2) : ""; };
	const was = middle();
	setTimeout(() => {
		if (!was || middle() !== was) return done("");
		window.unaim?.();
		const judge = c => {
			window.struck = e.contains(c.target) || c.target.closest?.("label")?.control === e ? "hit" : "missed";
			if (window.struck === "missed") { c.preventDefault(); c.stopImmediatePropagation(); }
			window.unaim();
		};
		window.unaim = () => removeEventListener("click", judge, true);
		addEventListener("click", judge, true);
		window.struck = "";
		done(was);
	}, 20);
}))`

// strike tries to click once. When it was no hit it says why, if it knows.
func (b *Browser) strike(selector string) (hit bool, why string, err error) {
	at, err := later[string](b, aim+"("+quoted(selector)+")")
	if err != nil || at == "" {
		return false, "", b.ctx.Err() // the page is just being changed, by itself or for another
	}
	var x, y float64
	if _, err := fmt.Sscan(at, &x, &y); err != nil {
		return false, "", err
	}
	if err := b.do(chromedp.MouseClickXY(x, y)); err != nil {
		return false, "", err
	}
	struck, err := ask[string](b, "String(window.struck)")
	switch {
	case err != nil || struck == "hit" || struck == "undefined": // it led to another page
		return true, "", b.ctx.Err()
	case struck == "missed":
		return false, "something else lies there", nil
	}
	return false, "no element got the click", nil
}

// Press clicks an element that leads to another page, and waits until that is
// whole.
func (b *Browser) Press(selector string) error {
	if _, err := ask[bool](b, "window.left = true"); err != nil {
		return err
	}
	if err := b.Click(selector); err != nil {
		return err
	}
	if err := b.Until(`!window.left && document.readyState === "complete"`); err != nil {
		return fmt.Errorf("press %s: %w", selector, err)
	}
	return nil
}

// Path returns the path of the page that is open.
func (b *Browser) Path() (string, error) { return ask[string](b, "location.pathname") }

// SetUp makes the first account with the one-time address that the controller
// printed, and is signed in afterwards.
func (b *Browser) SetUp(link, login, name, password string) error {
	err := b.Open(link)
	for _, f := range [][2]string{{"name", name}, {"login", login}, {"password", password}, {"again", password}} {
		if err == nil {
			err = b.Fill("input[name="+f[0]+"]", f[1])
		}
	}
	if err == nil {
		err = b.Press("main button.primary")
	}
	if err == nil {
		err = b.Wait("nav.side")
	}
	if err != nil {
		return fmt.Errorf("make the first account: %w", err)
	}
	return nil
}

// SignIn signs in at the console whose address is base, such as
// http://127.0.0.1:8420.
func (b *Browser) SignIn(base, login, password string) error {
	err := b.GivePassword(base, login, password)
	if err == nil {
		err = b.Wait("nav.side")
	}
	if err != nil {
		return fmt.Errorf("sign in as %s: %w", login, err)
	}
	return nil
}

// GivePassword does the first step of signing in. Of somebody with a second
// factor the page that asks for it is open afterwards.
func (b *Browser) GivePassword(base, login, password string) error {
	err := b.Open(base + "/signin")
	for _, f := range [][2]string{{"login", login}, {"password", password}} {
		if err == nil {
			err = b.Fill("input[name="+f[0]+"]", f[1])
		}
	}
	if err == nil {
		err = b.Press("main button.primary")
	}
	return err
}

// SignInTwice signs in somebody with a second factor. code is what an
// authenticator shows, or a recovery code.
func (b *Browser) SignInTwice(base, login, password, code string) error {
	err := b.GivePassword(base, login, password)
	if err == nil {
		err = b.Fill("input[name=otp]", code)
	}
	if err == nil {
		err = b.Press("main button.primary")
	}
	if err == nil {
		err = b.Wait("nav.side")
	}
	if err != nil {
		return fmt.Errorf("sign in as %s in two steps: %w", login, err)
	}
	return nil
}

// settled is true when all pictures are there and no form waits to be checked.
const settled = `[...document.images].filter(i => !i.hidden).every(i => { i.loading = "eager"; return i.complete && i.naturalWidth > 0 }) &&
	[...document.querySelectorAll("form[data-check]")].every(f => f.dataset.checked) && document.fonts.status === "loaded"`

// Settle waits until a page has drawn everything that it draws by itself.
func (b *Browser) Settle() error {
	if err := b.Until(settled); err != nil {
		return fmt.Errorf("wait for the page to settle: %w", err)
	}
	return nil
}

// Shot returns what the window shows once it has settled, as PNG of Width by
// Height pixels.
func (b *Browser) Shot() ([]byte, error) {
	if err := b.Settle(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(b.ctx, stepWithin)
	defer cancel()
	data, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return nil, fmt.Errorf("take a picture of the page: %w", err)
	}
	return data, nil
}

// ShotOf opens an address and returns its picture.
func (b *Browser) ShotOf(address string) ([]byte, error) {
	if err := b.Open(address); err != nil {
		return nil, err
	}
	return b.Shot()
}

// Overflow returns by how many pixels the page is wider than the window.
func (b *Browser) Overflow() (int, error) {
	return ask[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth")
}

// Close ends the browser and waits until it is gone.
func (b *Browser) Close() {
	for _, stop := range b.stop {
		stop()
	}
}
