package console

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"mingbai/assets"
	"mingbai/assets/rendition"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// A form keeps its pictures as three fields for each, in their order: picture,
// which is the renditions as JSON, picture_caption and picture_role. With a script
// files are sent one by one as they are chosen or dropped; without, with the form.

// maxUpload bounds one picture, and a form with its files, in bytes.
const (
	maxUpload     = 32 << 20
	mostAtOnce    = 20 // files that come with a form
	inMemory      = 4 << 20
	largestBlob   = 16 << 20
	pictureFields = "picture"
)

// pictureRow is a picture as the form shows it.
type pictureRow struct {
	Number        int
	JSON          string
	Src           string // the smallest rendition
	Caption, Role string
	Size          string
}

// pictures reads the pictures of a form. Entries that cannot be read are left
// out; only a forged form has them.
func (f fields) pictures() (out []playlist.Picture, ok bool) {
	captions, roles := f.Values["picture_caption"], f.Values["picture_role"]
	ok = true
	for i, text := range f.Values[pictureFields] {
		var p playlist.Picture
		if err := json.Unmarshal([]byte(text), &p); err != nil || len(p.Renditions) == 0 {
			ok = false
			continue
		}
		if i < len(captions) {
			p.Caption = strings.TrimSpace(captions[i])
		}
		if i < len(roles) {
			p.Role = playlist.PictureRole(roles[i])
		}
		if slices.Contains(f.Values["picture_drop"], strconv.Itoa(i+1)) {
			continue
		}
		out = append(out, p)
	}
	return out, ok
}

// ownPictures takes pictures out of a notice that the person may not see: only a
// forged form names them. It reports whether all may stay.
func (v *visit) ownPictures(n *playlist.Notice) bool {
	sees, err := v.viewer()
	kept := n.Pictures[:0:0]
	for _, p := range n.Pictures {
		may := false
		if err == nil {
			may, err = v.Store.MayUse(v.ctx, sees, v.person.Login, []playlist.Picture{p})
		}
		if err != nil {
			v.Log.Error("whose a picture is could not be read", "error", err)
		}
		if may {
			kept = append(kept, p)
		}
	}
	all := len(kept) == len(n.Pictures)
	n.Pictures = kept
	return all
}

// setPictures puts pictures into a form in place of those that are there.
func (f fields) setPictures(pictures []playlist.Picture) {
	for _, name := range []string{pictureFields, "picture_caption", "picture_role", "picture_drop"} {
		f.Del(name)
	}
	for _, p := range pictures {
		f.addPicture(p)
	}
}

func (f fields) addPicture(p playlist.Picture) {
	f.Add("picture_caption", p.Caption)
	f.Add("picture_role", string(p.Role))
	p.Caption, p.Role = "", ""
	data, err := json.Marshal(p)
	if err != nil {
		data = []byte("{}") // read refuses it
	}
	f.Add(pictureFields, string(data))
}

// pictureRows lists the pictures of a form as it shows them.
func pictureRows(f fields) []pictureRow {
	pictures, _ := f.pictures()
	var out []pictureRow
	for i, p := range pictures {
		out = append(out, pictureRowOf(i+1, p))
	}
	return out
}

func pictureRowOf(number int, p playlist.Picture) pictureRow {
	f := fields{url.Values{}}
	f.addPicture(p)
	large, small := p.Renditions[0], p.Renditions[len(p.Renditions)-1]
	return pictureRow{
		Number: number, JSON: f.Get(pictureFields), Src: "/write/pictures/" + small.Ref.String(), Caption: p.Caption, Role: string(p.Role),
		Size: fmt.Sprintf("%d×%d", large.Width, large.Height),
	}
}

// takeFiles takes in the pictures that came with a form, and tells of those that
// are none.
func (v *visit) takeFiles(f fields) (problems []playlist.Problem, err error) {
	if v.r.MultipartForm == nil {
		return nil, nil
	}
	for i, h := range v.r.MultipartForm.File["files"] {
		if h.Size == 0 && h.Filename == "" {
			continue
		}
		if i >= mostAtOnce {
			zh := fmt.Sprintf("一次最多传 %d 张图片，“%s”起没有收下", mostAtOnce, h.Filename)
			return append(problems, invalid("pictures", zh, fmt.Sprintf("at most %d pictures at once; “%s” and those after it were not taken", mostAtOnce, h.Filename))), nil
		}
		p, err := v.takeFile(h, playlist.Illustration)
		if zh, en, refused := refusedPicture(h.Filename, err); refused {
			problems = append(problems, invalid("pictures", zh, en))
			continue
		}
		if err != nil {
			return problems, err
		}
		f.addPicture(p)
	}
	return problems, nil
}

func (v *visit) takeFile(h *multipart.FileHeader, role playlist.PictureRole) (playlist.Picture, error) {
	file, err := h.Open()
	if err != nil {
		return playlist.Picture{}, fmt.Errorf("read a picture that was sent: %w", err)
	}
	defer file.Close()
	head := make([]byte, 8)
	n, _ := file.Read(head)
	if _, err := file.Seek(0, 0); err != nil {
		return playlist.Picture{}, fmt.Errorf("read a picture that was sent: %w", err)
	}
	if bytes.HasPrefix(head[:n], []byte("%PDF")) {
		return playlist.Picture{}, errPDF
	}
	p, err := v.Desk.Picture(v.ctx, file, maxUpload, role, "")
	if err != nil {
		return p, err
	}
	return p, v.Store.Update(v.ctx, func(t *store.Tx) error { return t.AddPicture(v.ctx, v.person.Login, p, v.Now()) })
}

var errPDF = errors.New("a PDF is no picture")

// refusedPicture tells what is wrong with a file that was refused.
func refusedPicture(name string, err error) (zh, en string, refused bool) {
	var wrong *rendition.Error
	kind := strings.ToLower(path.Ext(name))
	switch {
	case errors.As(err, &wrong) && slices.Contains([]string{".xlsx", ".xls", ".et", ".csv", ".ods"}, kind):
		return fmt.Sprintf("“%s”是表格，不是图片。资金公示：把它拖到表格上导入；其他的：打开后复制单元格，粘贴到正文里", name),
			fmt.Sprintf("“%s” is a sheet, not a picture. In a fund notice drop it on the table; elsewhere open it, copy its cells and paste them into the text", name), true
	case errors.As(err, &wrong) && slices.Contains([]string{".docx", ".doc", ".wps", ".odt", ".rtf"}, kind):
		return fmt.Sprintf("“%s”是文字文档，不是图片。请打开后复制文字，粘贴到正文里；要显示原件，先另存为图片（JPG）", name),
			fmt.Sprintf("“%s” is a text document, not a picture. Open it, copy its text and paste it; to show the original save it as pictures (JPG) first", name), true
	case errors.Is(err, errPDF):
		return fmt.Sprintf("“%s”是 PDF。请在 WPS 或 PDF 阅读器里把它另存为图片（JPG），再传图片", name), fmt.Sprintf("“%s” is a PDF; save its pages as pictures (JPG) and upload those", name), true
	case errors.Is(err, assets.ErrTooLarge):
		return fmt.Sprintf("“%s”太大，一张图片最多 %d MB", name, maxUpload>>20), fmt.Sprintf("“%s” is too large; a picture may have %d MB", name, maxUpload>>20), true
	case errors.As(err, &wrong):
		return fmt.Sprintf("“%s”：%s", name, rendition.KindOf(err).Advice()), fmt.Sprintf("“%s”: %s", name, wrong.Reason), true
	}
	return "", "", false
}

// uploadPicture takes one picture and answers with its row of the form.
func uploadPicture(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	if v.r.MultipartForm == nil || len(v.r.MultipartForm.File["file"]) == 0 {
		http.Error(v.w, v.t("没有收到文件。"), http.StatusUnprocessableEntity)
		return nil
	}
	role := playlist.PictureRole(v.form("role"))
	h := v.r.MultipartForm.File["file"][0]
	p, err := v.takeFile(h, role)
	if zh, en, refused := refusedPicture(h.Filename, err); refused {
		http.Error(v.w, sentence(v.words(zh, en)), http.StatusUnprocessableEntity)
		return nil
	}
	if err != nil {
		return err
	}
	return v.part("write_announcement", "picture row", pictureRowOf(1, p))
}

// showPicture serves a picture that the person uploaded, or that a notice has which
// the person may see. To who only knows its content address it is not there.
func showPicture(v *visit) error {
	ref, err := assets.ParseRef(v.r.PathValue("ref"))
	if err != nil {
		return assets.ErrNotFound
	}
	sees, err := v.viewer()
	if err != nil {
		return err
	}
	if may, err := v.Store.MayHave(v.ctx, sees, v.person.Login, ref); err != nil || !may {
		return errors.Join(err, assets.ErrNotFound)
	}
	size, ok := v.Blobs.Size(ref)
	if !ok || size > largestBlob {
		return assets.ErrNotFound
	}
	data, err := v.Blobs.Read(ref, size)
	if err != nil {
		return err
	}
	typ := http.DetectContentType(data)
	if typ != "image/jpeg" && typ != "image/png" {
		return assets.ErrNotFound
	}
	v.w.Header().Set("Content-Type", typ)
	v.w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	if _, err := v.w.Write(data); err != nil && v.ctx.Err() == nil {
		v.Log.Debug("a browser went away", "path", v.r.URL.Path, "error", err)
	}
	return nil
}
