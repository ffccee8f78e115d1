package console

import (
	"net/http"
	"strings"
)

// busyPage says that the controller had no room for a change. What was typed is
// on the page and goes again with one press.
type busyPage struct {
	frame
	Held, Files string
}

// busy shows the page for a form; false when its request holds none.
func (v *visit) busy() bool {
	h := &held{To: v.r.URL.RequestURI(), By: v.person.Login, Parts: multipartForm(v.r), Form: v.r.PostForm}
	if v.r.Method != http.MethodPost || len(h.Form) == 0 {
		return false
	}
	if v.r.MultipartForm != nil {
		for _, files := range v.r.MultipartForm.File {
			for _, f := range files {
				h.Files = append(h.Files, plainName(f.Filename))
			}
		}
	}
	for _, name := range secrets {
		h.Form.Del(name)
	}
	text, err := h.text()
	if err != nil {
		return false
	}
	v.w.Header().Set("Retry-After", "1")
	p := busyPage{frame: v.page(v.t("总台正忙，这次没有保存")), Held: text, Files: strings.Join(h.Files, v.t("、"))}
	if err := v.showAs(http.StatusServiceUnavailable, "busy", p); err != nil {
		v.Log.Error("the page that says busy failed", "error", err)
		return false
	}
	return true
}
