package browse

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Keys that Type takes among letters.
const (
	Tab    = kb.Tab
	Enter  = kb.Enter
	Down   = kb.ArrowDown
	Up     = kb.ArrowUp
	Right  = kb.ArrowRight
	Left   = kb.ArrowLeft
	Space  = " "
	Escape = kb.Escape
)

// later evaluates an expression that is a promise and returns what it comes to.
func later[T any](b *Browser, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(b.ctx, stepWithin)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Ask evaluates an expression whose value is a text.
func (b *Browser) Ask(expression string) (string, error) { return ask[string](b, expression) }

// Later evaluates an expression that is a promise of a text.
func (b *Browser) Later(expression string) (string, error) { return later[string](b, expression) }

// Type presses keys, one after the other, wherever the focus is.
func (b *Browser) Type(keys string) error {
	if err := b.do(chromedp.KeyEvent(keys)); err != nil {
		return fmt.Errorf("type: %w", err)
	}
	return nil
}

// Leave types keys that lead to another page, and waits until that is whole.
func (b *Browser) Leave(keys string) error {
	if _, err := ask[bool](b, "window.left = true"); err != nil {
		return err
	}
	if err := b.Type(keys); err != nil {
		return err
	}
	if err := b.Until(`!window.left && document.readyState === "complete"`); err != nil {
		return fmt.Errorf("leave the page by keys: %w", err)
	}
	return nil
}

// Focus puts the focus on an element without a mouse.
func (b *Browser) Focus(selector string) error {
	_, err := ask[bool](b, "document.querySelector("+quoted(selector)+").focus() || true")
	if err != nil {
		return fmt.Errorf("focus %s: %w", selector, err)
	}
	return nil
}

// Focused describes the element that has the focus: its tag, its name or id, and
// what it says.
func (b *Browser) Focused() (string, error) {
	return ask[string](b, `(e => e.tagName.toLowerCase() + (e.name ? "[name=" + e.name + "]" : e.id ? "#" + e.id : "") + " " +
		(e.getAttribute("aria-label") || e.innerText || "").trim().slice(0, 40))(document.activeElement || document.body)`)
}

// TabTo presses Tab until an element that matches the selector has the focus, at
// most limit times.
func (b *Browser) TabTo(selector string, limit int) error {
	for range limit {
		if err := b.Type(Tab); err != nil {
			return err
		}
		there, err := ask[bool](b, "!!document.activeElement && document.activeElement.matches("+quoted(selector)+")")
		if err != nil {
			return err
		}
		if there {
			return nil
		}
	}
	at, _ := b.Focused() // for the message only
	return fmt.Errorf("%s is not among the next %d stops of the Tab key; the focus is at %s", selector, limit, at)
}

// Upload chooses files in a field for files.
func (b *Browser) Upload(selector string, paths ...string) error {
	if err := b.do(chromedp.SetUploadFiles(selector, paths)); err != nil {
		return fmt.Errorf("choose a file in %s: %w", selector, err)
	}
	return nil
}

// Paste pastes into an element, as the clipboard of an office program has it: as
// HTML, where that is not empty, and as text.
func (b *Browser) Paste(selector, html, text string) error {
	_, err := ask[bool](b, `(() => {
		const e = document.querySelector(`+quoted(selector)+`);
		e.focus();
		const data = new DataTransfer();
		if (`+quoted(html)+`) data.setData("text/html", `+quoted(html)+`);
		data.setData("text/plain", `+quoted(text)+`);
		e.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
		return true; })()`)
	if err != nil {
		return fmt.Errorf("paste into %s: %w", selector, err)
	}
	return nil
}

// Drop lets a file fall on an element, as it is dragged there from a folder: the
// page hears of it coming, over the place, and falling.
func (b *Browser) Drop(selector, name string, data []byte) error {
	held, err := ask[bool](b, `(() => {
		const at = document.querySelector(`+quoted(selector)+`), box = at.getBoundingClientRect(), held = new DataTransfer();
		held.items.add(new File([Uint8Array.from(atob(`+quoted(base64.StdEncoding.EncodeToString(data))+`), c => c.charCodeAt(0))], `+quoted(name)+`));
		const say = kind => { const e = new DragEvent(kind, { dataTransfer: held, bubbles: true, cancelable: true, clientX: box.left + 5, clientY: box.top + 5 }); at.dispatchEvent(e); return e.defaultPrevented; };
		say("dragenter");
		return say("dragover") && say("drop"); })()`)
	if err != nil {
		return fmt.Errorf("drop %s on %s: %w", name, selector, err)
	}
	if !held {
		return fmt.Errorf("drop %s on %s: the page lets the browser open the file instead of the page", name, selector)
	}
	return nil
}

// Ahead stops the clock of the page that is open, ahead of when it was first stopped.
func (b *Browser) Ahead(by time.Duration) error {
	_, err := ask[bool](b, fmt.Sprintf(`(() => { window.stopped ||= Date.now(); Date.now = () => window.stopped + %d; return true; })()`, by.Milliseconds()))
	if err != nil {
		return fmt.Errorf("set the page's clock: %w", err)
	}
	return nil
}

// Drag drags an element onto another with the mouse.
func (b *Browser) Drag(from, to string) error {
	if err := b.do(chromedp.DragAndDrop(from, to)); err != nil {
		return fmt.Errorf("drag %s onto %s: %w", from, to, err)
	}
	return nil
}

// Blind lets no picture be asked for any more that the controller would draw first.
func (b *Browser) Blind() error {
	ctx, cancel := context.WithTimeout(b.ctx, stepWithin)
	defer cancel()
	if _, err := chromedp.Call(ctx, network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{{URLPattern: "*://*:*/*.png", Block: true}}}); err != nil {
		return fmt.Errorf("ask for no pictures: %w", err)
	}
	return nil
}

// Forget ends the session in this browser, as an expired one would.
func (b *Browser) Forget() error {
	ctx, cancel := context.WithTimeout(b.ctx, stepWithin)
	defer cancel()
	if _, err := chromedp.Call(ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
		return fmt.Errorf("forget the session: %w", err)
	}
	return nil
}

// Authenticator gives the browser an authenticator of its own, which keeps
// passkeys and answers at once, as somebody would who holds the finger on it.
func (b *Browser) Authenticator() error {
	ctx, cancel := context.WithTimeout(b.ctx, stepWithin)
	defer cancel()
	if _, err := chromedp.Call(ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		return fmt.Errorf("give the browser an authenticator: %w", err)
	}
	options := &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}
	if _, err := chromedp.Call(ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: options}); err != nil {
		return fmt.Errorf("give the browser an authenticator: %w", err)
	}
	return nil
}
