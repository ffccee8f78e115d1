package console

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"mingbai/controller/richtext"
	"mingbai/playlist"
)

// maxMarked bounds the marked text that a paste or a file may become, in bytes.
const maxMarked = 1 << 20

// marked is what a paste became.
type marked struct {
	Text  string `json:"text"`
	Title string `json:"title"`
	Told  string `json:"told"` // what was kept
	Error string `json:"error,omitempty"`
}

// paste makes marked text of what is in the clipboard, or of a file of Word.
func paste(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	var doc richtext.Document
	var err error
	if v.r.MultipartForm != nil && len(v.r.MultipartForm.File["file"]) > 0 {
		var data []byte
		if data, err = part(v.r, "file", richtext.MaxDocx+1); err != nil {
			return err
		}
		doc, err = richtext.Docx(data)
	} else {
		doc, err = richtext.HTML(v.r.PostFormValue("html"))
	}
	var refused *richtext.Error
	if errors.As(err, &refused) {
		return v.json(marked{Error: v.words(refused.Message, refused.MessageEn)})
	}
	if err != nil {
		return err
	}
	out := marked{Text: richtext.Format(doc.Blocks), Title: doc.Title, Told: v.toldOf(doc.Blocks)}
	if len(out.Text) > maxMarked {
		return v.json(marked{Error: v.t("内容太长，请分成几条发布。")})
	}
	return v.json(out)
}

// toldOf says what came of a paste.
func (v *visit) toldOf(blocks []playlist.Block) string {
	headings, tables, rest := 0, 0, 0
	for _, b := range blocks {
		switch b.Kind {
		case playlist.Heading:
			headings++
		case playlist.TableBlock:
			tables++
		default:
			rest++
		}
	}
	return v.t("已读入 %d 段、%d 个小标题、%d 张表；字体、颜色、批注和修订没有带进来。", rest, headings, tables)
}

// part reads the first file of a field, at most limit bytes of it.
func part(r *http.Request, field string, limit int64) ([]byte, error) {
	f, _, err := r.FormFile(field)
	if err != nil {
		return nil, fmt.Errorf("read a file that was sent: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit))
	if err != nil {
		return nil, fmt.Errorf("read a file that was sent: %w", err)
	}
	return data, nil
}
