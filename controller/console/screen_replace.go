package console

import (
	"errors"
	"net/http"
	"strings"

	"mingbai/controller/fleet"
	"mingbai/playlist"
)

// replacePage leads through giving a screen a new device: the code is read, what
// is different is told, and then it is done.
type replacePage struct {
	frame
	Screen, Name, SiteName string
	KindName, Size         string
	Old                    string // fingerprint of the device that goes
	OldSeen                string
	Online                 bool // it still answers
	Code, Problem          string
	Device                 *waitingRow // that shows the code, once it was read
	Differs                []otherness
	Resize                 bool // its panel is another, and content is to be laid out for it
	Live                   pairingList
}

type otherness struct{ What, Was, Will, Note string }

func (v *visit) replacePage() (replacePage, error) {
	row, err := v.tended()
	if err != nil {
		return replacePage{}, err
	}
	s, err := v.Fleet.StateOf(v.ctx, row.ID)
	if err != nil {
		return replacePage{}, err
	}
	p := replacePage{
		Screen: string(s.ID), Name: s.Name, SiteName: v.siteName(s.Site), KindName: v.screenKind(s.Kind), Size: panelText(s.Panel),
		Old: fleet.Fingerprint(s.Key), OldSeen: v.clock(s.Seen), Online: s.Online, Live: v.pairingList(),
	}
	p.frame = v.page(v.t("给“%s”换新设备", s.Name))
	return p, nil
}

func replaceForm(v *visit) error {
	p, err := v.replacePage()
	if err != nil {
		return err
	}
	return v.show("replace", p)
}

// codeDigits takes the spaces out of a code as people write it.
func codeDigits(code string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '　' {
			return -1
		}
		return r
	}, code)
}

// replaceScreen looks at the device that shows a code, and the second time gives
// it the screen.
func replaceScreen(v *visit) error {
	p, err := v.replacePage()
	if err != nil {
		return err
	}
	p.Code = v.form("code")
	code := codeDigits(p.Code)
	again := func() error { return v.showAs(http.StatusUnprocessableEntity, "replace", p) }
	if len(code) != 6 {
		p.Problem = v.t("请输入屏上显示的六位数字")
		return again()
	}
	w, err := v.Fleet.Lookup(code)
	if p.Problem = v.codeProblem(err); p.Problem != "" {
		return again()
	}
	if err != nil {
		return err
	}
	row, err := v.Store.Screen(v.ctx, playlist.ScreenID(p.Screen))
	if err != nil {
		return err
	}
	if w.Kind != row.Kind {
		p.Problem = v.t("显示这个码的机器是%s，要换的是%s，不能互换。", v.screenKind(w.Kind), v.screenKind(row.Kind))
		return again()
	}
	if v.form("sure") == "" {
		p.Device = &waitingRow{Waiting: w, KindName: v.screenKind(w.Kind), Size: panelText(w.Panel), Since: v.ago(w.Since)}
		p.Code = code
		p.Differs, p.Resize = v.panelDiffers(row.Panel, w)
		return v.show("replace", p)
	}
	e := fleet.Enrolment{Screen: row.ID}
	if v.form("panel") == "new" {
		panel := fitted(row.Panel, w.Panel)
		e.Panel = &panel
	}
	if _, err = v.Fleet.Confirm(v.ctx, v.person.Login, code, e); err != nil {
		problems, ok := problemsOf(err)
		if p.Problem = v.codeProblem(err); p.Problem == "" && ok && len(problems) > 0 {
			p.Problem = v.problem(problems[0])
		}
		if p.Problem != "" {
			return again()
		}
		return err
	}
	return v.to("/screens/"+p.Screen, "done", "replaced")
}

// codeProblem says beside the field why a code is not good; empty for what is not
// the code's fault.
func (v *visit) codeProblem(err error) string {
	switch {
	case errors.Is(err, fleet.ErrCode):
		return v.t("没有屏显示这个配对码，请再看一眼屏幕：码会定时更换。")
	case errors.Is(err, fleet.ErrTooMany):
		return v.t("尝试太多，请等一分钟再试。")
	}
	return ""
}

// fitted is the panel of a new device with what people measured at the old one,
// where the device does not say it itself.
func fitted(was, is playlist.Panel) playlist.Panel {
	if is.WidthMM == 0 || is.HeightMM == 0 {
		is.WidthMM, is.HeightMM = was.WidthMM, was.HeightMM
	}
	if is.BottomMM == 0 {
		is.BottomMM = was.BottomMM
	}
	if is.Colours == "" {
		is.Colours = was.Colours
	}
	return is
}

// panelDiffers tells what is different about the new device before it is too late.
func (v *visit) panelDiffers(was playlist.Panel, w fleet.Waiting) (out []otherness, resize bool) {
	is := w.Panel
	dots := func(p playlist.Panel) string { return panelText(playlist.Panel{Width: p.Width, Height: p.Height}) }
	if resize = was.Width != is.Width || was.Height != is.Height; resize {
		note := v.t("画面会按新尺寸重新排。")
		if (was.Width > was.Height) != (is.Width > is.Height) {
			note = v.t("横竖不一样：请确认屏没有装反。")
		}
		out = append(out, otherness{v.t("像素"), dots(was), dots(is), note})
	}
	if is.WidthMM > 0 && (is.WidthMM != was.WidthMM || is.HeightMM != was.HeightMM) {
		was, is := v.t("%d×%d 毫米", was.WidthMM, was.HeightMM), v.t("%d×%d 毫米", is.WidthMM, is.HeightMM)
		out = append(out, otherness{v.t("可视面"), was, is, v.t("字的大小按毫米算。")})
	}
	if is.Colours != "" && is.Colours != was.Colours {
		out = append(out, otherness{v.t("颜色"), v.coloursName(was.Colours), v.coloursName(is.Colours), ""})
	}
	return out, len(out) > 0
}

func (v *visit) coloursName(c playlist.LEDColours) string {
	switch c {
	case playlist.SingleColour:
		return v.t("单色（红）")
	case playlist.DualColour:
		return v.t("双色（红、绿）")
	}
	return v.t("全彩")
}
