package console

import (
	"regexp"
	"strconv"
	"strings"

	"mingbai/controller/richtext"
	"mingbai/playlist"
)

// announcementForm writes running text.
func announcementForm() *kindForm {
	return &kindForm{
		name: "announcement", kind: playlist.KindAnnouncement, page: "write_announcement", pictures: true,
		words: func(v *visit) formWords {
			return formWords{Name: v.t("通知公告"), Sentence: v.t("通知、公告、公示、通报、政策解读：有标题和正文的文字。")}
		},
		fresh: func(v *visit, f fields) { f.Set("genre", genres[0]) },
		fill: func(v *visit, f fields, n *playlist.Notice) {
			f.Set("genre", n.Announcement.Genre)
			f.Set("text", richtext.Format(n.Announcement.Blocks))
		},
		read: func(v *visit, f fields, n *playlist.Notice) []playlist.Problem {
			a := playlist.Announcement{}
			if n.Announcement != nil {
				a = *n.Announcement
			}
			a.Genre = f.text("genre")
			a.Blocks, _ = richtext.Parse(f.Get("text"), len(n.Pictures))
			n.Announcement = &a
			return nil
		},
		field: func(v *visit, f fields, path string) (string, string, bool) {
			if path == "announcement.genre" {
				return "genre", "", true
			}
			if m := blockField.FindStringSubmatch(path); m != nil {
				_, lines := richtext.Parse(f.Get("text"), 0)
				if i, _ := strconv.Atoi(m[1]); i < len(lines) {
					return "text", v.t("第 %d 行：", lines[i]+1), true
				}
			}
			return "text", "", strings.HasPrefix(path, "announcement.")
		},
		view: func(v *visit, f fields, n *playlist.Notice) (any, error) { return v.genres(genres, f), nil },
	}
}

var genres = []string{"通知", "公告", "通告", "公示", "通报", "解读"}

// genreEn names genres of both forms. On screens they are as they are written.
var genreEn = map[string]string{
	"通知": "Notice", "公告": "Announcement", "通告": "Proclamation", "公示": "Public posting", "通报": "Circular", "解读": "Explanation",
	"提示": "Advice", "标语": "Slogan", "提醒": "Reminder",
}

// genres are the choices of a form.
func (v *visit) genres(all []string, f fields) []option {
	out := make([]option, 0, len(all))
	for _, g := range all {
		out = append(out, option{Value: g, Label: v.words(g, genreEn[g]), Chosen: g == f.Get("genre")})
	}
	return out
}

var blockField = regexp.MustCompile(`^announcement\.blocks\[(\d+)\]`)
