package console

import (
	"net/url"
	"strings"
	"time"

	"mingbai/playlist"
)

// preview is how a notice looks on one kind of screen.
type preview struct {
	Kind  string        `json:"kind"`
	Label string        `json:"label"`
	Note  string        `json:"note"`
	Pages []previewPage `json:"pages"` // one of a touchscreen
}

// previewPage is one picture of a preview.
type previewPage struct {
	Src    string `json:"src"`
	Large  string `json:"-"` // a larger one to open, if there is one
	Note   string `json:"note"`
	Text   string `json:"text"`  // what it says, for who cannot see it
	Width  int    `json:"width"` // as it is shown, in pixels
	Height int    `json:"height"`
}

// touchWidth is how wide a touchscreen is shown, in pixels.
const touchWidth = 250

// longOnBoard is how long one notice may keep a board before a clerk is asked to
// be brief: a third of what the whole loop may take.
const longOnBoard = playlist.MaxCycle / 3

// previews lists the pictures of a notice on the screens of a site and below;
// base is the address of the pictures.
func (v *visit) previews(site playlist.SiteID, base string, n *playlist.Notice, label func(target) string) ([]preview, error) {
	targets, err := v.targets(site)
	if err != nil {
		return nil, err
	}
	out := []preview{}
	for _, t := range targets {
		p := preview{Kind: string(t.Screen.Kind), Label: label(t)}
		if t.Screen.Kind == playlist.LED {
			p.Pages, p.Note = v.boardPreview(n, t, base, columnWidth)
		} else {
			p.Pages = []previewPage{v.touchPreview(t.query(), base, t.Screen.Panel, p.Label)}
		}
		out = append(out, p)
	}
	return out, nil
}

// mostDrawn is how many bytes of a title or a board's text previews look at; what
// is longer is refused anyway, and breaking a megabyte into lines takes seconds.
const mostDrawn = 6000

// shortened is a notice without what would take long to set in lines.
func shortened(n *playlist.Notice) *playlist.Notice {
	if n == nil || len(n.Title) <= mostDrawn && len(n.LED) <= mostDrawn {
		return n
	}
	out := *n
	out.Title = strings.ToValidUTF8(n.Title[:min(len(n.Title), mostDrawn)], "")
	out.LED = strings.ToValidUTF8(n.LED[:min(len(n.LED), mostDrawn)], "")
	return &out
}

func (v *visit) touchPreview(q url.Values, base string, panel playlist.Panel, label string) previewPage {
	width := touchWidth
	if panel.Width > panel.Height {
		width = 300
	}
	return previewPage{Src: base + "?" + q.Encode(), Text: label, Width: width, Height: width * panel.Height / max(panel.Width, 1)}
}

// onBoards tells beside the field of the short text how long the notice takes on
// the boards, and says so when that is too long (DOMAIN V08).
func (v *visit) onBoards(out *checked, n *playlist.Notice) {
	targets, err := v.targets(n.Site)
	if err != nil {
		return // the previews have told
	}
	told := ""
	for _, t := range targets {
		if t.Screen.Kind != playlist.LED {
			continue
		}
		pages := v.boardPages(n, t)
		var total time.Duration
		for _, p := range pages {
			total += p.Dwell
		}
		if told != "" {
			told += v.t("；")
		}
		told += v.t("%s：%d 页 %d 秒", panelText(t.Screen.Panel), len(pages), seconds(total))
		if total > longOnBoard {
			text := v.t("在 %s 的屏上要 %d 秒，别的内容要等很久。请写一段 LED 短文，或者写短些。", panelText(t.Screen.Panel), seconds(total))
			out.Problems["led"] = append(out.Problems["led"], finding{Text: text})
		}
	}
	out.Facts = map[string]string{"led": told}
}
