package console

import (
	"strings"

	"mingbai/playlist"
)

// mediaForm writes a page of pictures.
func mediaForm() *kindForm {
	return &kindForm{
		name: "media", kind: playlist.KindMedia, page: "write_media", pictures: true, without: []string{"document", "posting"},
		words: func(v *visit) formWords {
			return formWords{Name: v.t("图片页"), Sentence: v.t("照片、海报、红头文件的扫描件：一张或几张图，配几句话。")}
		},
		fill: func(v *visit, f fields, n *playlist.Notice) { f.Set("text", n.Media.Text) },
		read: func(v *visit, f fields, n *playlist.Notice) []playlist.Problem {
			n.Media = &playlist.Media{Text: f.text("text")}
			return nil
		},
		field: func(v *visit, f fields, path string) (string, string, bool) {
			if path == "media.text" {
				return "text", "", true
			}
			return "", "", strings.HasPrefix(path, "media.")
		},
	}
}
