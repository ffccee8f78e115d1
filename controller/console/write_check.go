package console

import (
	"encoding/json"
	"fmt"
	"html/template"
)

// checked is what a script asks while someone types.
type checked struct {
	Problems map[string][]finding `json:"problems"`
	Previews []preview            `json:"previews"`
	Missing  []string             `json:"missing"` // characters that no typeface has
	Summary  string               `json:"summary"`
	Facts    map[string]string    `json:"facts"` // what is told beside a field
	Send     string               `json:"send,omitempty"`
	Release  bool                 `json:"release,omitempty"`
	Way      template.HTML        `json:"way,omitempty"` // the bar of stages of a new notice
}

func checkWriting(v *visit) error {
	w, err := v.written()
	if err != nil {
		return err
	}
	out := checked{}
	var wrong int
	out.Problems, wrong = v.findings(w.form, w.fields, w.problems)
	if w.notice.ID == "" {
		out.Way = v.wayOf(&w.notice)
	}
	shown := v.sketched(w.form, w.notice)
	if out.Previews, err = v.previews(w.notice.Site, "/write/"+w.form.name+"/preview.png", &shown, v.label); err != nil {
		return err
	}
	v.onBoards(&out, &w.notice)
	if out.Send, out.Release, err = v.onward(w.notice.Site); err != nil {
		return err
	}
	out.missing(v.Desk.Missing(w.notice.PlainText()))
	if out.Summary = v.summary(wrong); wrong == 0 && !out.Release {
		out.Summary = v.t("没有发现问题，可以送审。")
	}
	return v.json(out)
}

func (v *visit) summary(wrong int) string {
	if wrong == 0 {
		return v.t("没有发现问题，可以发布。")
	}
	return v.t("发布前要处理 %d 处。", wrong)
}

func (c *checked) missing(runes []rune) {
	c.Missing = []string{}
	for _, r := range runes {
		c.Missing = append(c.Missing, fmt.Sprintf("%c (U+%04X)", r, r)) // the browser may not have it either
	}
}

func previewWriting(v *visit) error {
	w, err := v.written()
	if err != nil {
		return err
	}
	return v.drawNotice(v.sketched(w.form, w.notice))
}

// json answers a script.
func (v *visit) json(data any) error {
	v.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if err := json.NewEncoder(v.w).Encode(data); err != nil && v.ctx.Err() == nil {
		return fmt.Errorf("encode an answer: %w", err)
	}
	return nil
}
