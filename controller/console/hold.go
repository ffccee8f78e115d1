package console

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
)

// A session may end while somebody writes. What they sent then is held: it
// travels within the sign-in page and, once they are back, goes where it was
// going, byte for byte. Nothing of it is kept on the controller.

// maxHeld bounds what is held of a form, in bytes; the longest notice has a
// fifth of it. Held it grows by a third and must come back within maxForm.
const maxHeld = 6 << 20

// mostParts is how many parts a held form with files has at most, as many as a
// form may have that is not held: who is not signed in does not fill the memory.
const mostParts = 1000

// loginCookie names who was signed in last, so that what one person wrote is not
// sent in the name of another one.
const loginCookie = "mingbai-login"

// held is a form on its way.
type held struct {
	To    string     `json:"to"` // address in this console
	By    string     `json:"by"` // login of who sent it, if that is known
	Parts bool       `json:"parts,omitempty"`
	Form  url.Values `json:"-"`
	Text  string     `json:"form"`            // Form, url-encoded: every byte survives
	Files []string   `json:"files,omitempty"` // names of what must be chosen again
}

// secrets are fields that are typed again rather than held.
var secrets = []string{"password", "again", "present", "token", "otp", "answer"}

// hold reads the form of a request that came without a session. It returns
// nothing for what cannot be held: a body that is no form, or too much of it.
func (v *visit) hold() *held {
	h := &held{To: v.r.URL.RequestURI(), Form: url.Values{}}
	if c, err := v.r.Cookie(loginCookie); err == nil {
		h.By = c.Value
	}
	typ, _, err := mime.ParseMediaType(v.r.Header.Get("Content-Type"))
	if err != nil {
		return nil
	}
	switch typ {
	case "application/x-www-form-urlencoded":
		if v.r.ParseForm() != nil {
			return nil
		}
		h.Form = v.r.PostForm
	case "multipart/form-data":
		h.Parts = true
		if !h.readParts(v.r) {
			return nil
		}
	default:
		return nil
	}
	if writer := h.Form.Get("writer"); writer != "" {
		h.By = writer // whose page it was; the cookie only says who came last
	}
	size := 0
	for name, values := range h.Form {
		if slices.Contains(secrets, name) {
			delete(h.Form, name)
			continue
		}
		for _, value := range values {
			size += len(name) + len(value)
		}
	}
	if size > maxHeld || len(h.Form) == 0 {
		return nil
	}
	return h
}

// readParts reads the fields of a form with files, and the names of the files.
func (h *held) readParts(r *http.Request) bool {
	parts, err := r.MultipartReader()
	if err != nil {
		return false
	}
	size, n := 0, 0
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return true
		}
		if err != nil {
			return len(h.Form) > 0 // the files were too much; the text before them is here
		}
		if n++; n > mostParts {
			return false
		}
		if p.FileName() != "" {
			if len(h.Files) < mostAtOnce {
				h.Files = append(h.Files, plainName(p.FileName()))
			}
			continue
		}
		value, err := io.ReadAll(io.LimitReader(p, maxHeld+1))
		if size += len(p.FormName()) + len(value); err != nil || size > maxHeld {
			return false
		}
		h.Form.Add(p.FormName(), string(value))
	}
}

// text is the form as it travels: nothing in it is a line end or white space,
// which browsers change.
func (h *held) text() (string, error) {
	h.Text = h.Form.Encode()
	data, err := json.Marshal(h)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(data), nil
}

func heldOf(text string) (*held, bool) {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, false
	}
	var h held
	if json.Unmarshal(data, &h) != nil || h.To != localPath(h.To) || h.To == "/" {
		return nil, false
	}
	h.Form, err = url.ParseQuery(h.Text)
	return &h, err == nil
}

// expired shows the sign-in page with what was sent without a session.
func (v *visit) expired() error {
	p := signInPage{Next: "/", Expired: true}
	if h := v.hold(); h != nil {
		var err error
		if p.Held, err = h.text(); err != nil {
			return err
		}
		p.Login, p.Files = h.By, strings.Join(h.Files, v.t("、"))
	}
	return v.signInPage(http.StatusUnauthorized, p)
}

// another reports whether a form was opened by somebody else than who is signed in
// now: they share a computer, and one signed in while the other's page was open.
func (v *visit) another() bool {
	writer := v.form("writer")
	return writer != "" && writer != v.person.Login
}

// askWhose asks whether what another person wrote is to be sent in the name of who
// is signed in, before anything is done with it.
func (v *visit) askWhose() error {
	h := &held{To: v.r.URL.RequestURI(), By: v.form("writer"), Parts: multipartForm(v.r), Form: v.r.PostForm}
	text, err := h.text()
	if err != nil {
		return err
	}
	return v.show("resume", resumePage{frame: v.page(v.t("继续刚才的提交")), Held: text, By: h.By})
}

type resumePage struct {
	frame
	Held, By string
}

// resend sends a held form on in the name of who is signed in. If another person
// wrote it, or nobody knows who, that person is asked first.
func (v *visit) resend(text, token string, person accounts.Person, asked bool) error {
	h, ok := heldOf(text)
	if !ok {
		return v.to("/")
	}
	if h.By != person.Login && !asked {
		v.person = person
		p := resumePage{frame: v.page(v.t("继续刚才的提交")), Held: text, By: h.By}
		return v.show("resume", p)
	}
	h.Form.Del("writer") // that was asked
	r, err := h.request(v.r)
	if err != nil {
		return err
	}
	r.Header.Set("Cookie", v.sessionName()+"="+token)
	if c, err := v.r.Cookie(languageCookie); err == nil {
		r.AddCookie(c)
	}
	v.mux.ServeHTTP(v.w, r)
	return nil
}

// request is the form as it was sent, on the connection of another request.
func (h *held) request(from *http.Request) (*http.Request, error) {
	to, err := url.ParseRequestURI(h.To)
	if err != nil {
		return nil, store.ErrNotFound
	}
	var body bytes.Buffer
	typ := "application/x-www-form-urlencoded"
	if h.Parts {
		w := multipart.NewWriter(&body)
		typ = w.FormDataContentType()
		for name, values := range h.Form {
			for _, value := range values {
				if err := w.WriteField(name, value); err != nil {
					return nil, err
				}
			}
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
	} else {
		body.WriteString(h.Form.Encode())
	}
	r := from.Clone(from.Context())
	r.URL, r.RequestURI, r.Method = to, h.To, http.MethodPost
	r.Form, r.PostForm, r.MultipartForm = nil, nil, nil
	r.ContentLength, r.Body = int64(body.Len()), io.NopCloser(&body)
	r.Header.Set("Content-Type", typ)
	return r, nil
}

// resumeForm goes on with a form of which the person said that it is to be sent
// in their name, or lets the one who wrote it sign in.
func resumeForm(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	text := v.r.PostForm.Get("held")
	if h, ok := heldOf(text); ok && v.form("do") == "other" {
		if err := v.Accounts.SignOut(v.ctx, v.token()); err != nil {
			return err
		}
		v.setSession("")
		v.person = accounts.Person{}
		p := signInPage{Login: h.By, Next: "/", Expired: true, Held: text, Files: strings.Join(h.Files, v.t("、"))}
		return v.signInPage(http.StatusOK, p)
	}
	return v.resend(text, v.token(), v.person, true)
}
