package console

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/light"
	"mingbai/playlist/scene/led"
	"mingbai/playlist/schedule"
)

type screenEditPage struct {
	frame
	ID        playlist.ScreenID
	LED       bool
	Form      screenForm
	Sites     []option
	Languages []option
	Colours   []option
	Kinds     []option // of zones
	Zones     []zoneRow
	Presets   []presetRow
	Texts     bool     // a preset has texts
	Weather   []option // their columns
	Slogan    []option
	Pairs     []string
	Problems  map[string][]finding
	Wrong     int
	Previews  []preview
	Reader    string
	Light     string // what the light does today, in words
	Curve     string // and as a path of 240 by 40 units
}

// zoneRow is a zone of the form with its choices.
type zoneRow struct {
	zoneForm
	Kinds, Columns []option
}

type presetRow struct {
	ID, Label, Src string
	Width, Height  int
	Chosen         bool
}

// presetWidth is how wide the picture of a preset is at most, in pixels.
const presetWidth = 390

// tended finds the screen of the address if the visitor may tend it.
func (v *visit) tended() (store.Screen, error) {
	row, err := v.named()
	if err != nil {
		return row, err
	}
	return row, v.reach(row.Site)
}

func editScreen(v *visit) error {
	row, err := v.tended()
	if err != nil {
		return err
	}
	f := screenFormOf(row.Screen, row.Language)
	f.Was = mark(row.Screen)
	p, err := v.screenEditPage(row, f, row.Screen)
	if err != nil {
		return err
	}
	return v.show("screenedit", p)
}

// screenEditPage makes the page around a form; s is what the form says.
func (v *visit) screenEditPage(row store.Screen, f screenForm, s playlist.Screen) (screenEditPage, error) {
	p := screenEditPage{frame: v.page(v.t("改“%s”的数据", row.Name)), ID: row.ID, LED: row.Kind == playlist.LED, Form: f}
	sites, err := v.own()
	if err != nil {
		return p, err
	}
	p.Sites = v.siteOptions(sites, playlist.SiteID(f.Site))
	p.Languages = []option{{Value: "", Label: v.t("中文")}, {Value: "en", Label: v.t("英文")}}
	p.Colours = []option{
		{Value: string(playlist.SingleColour), Label: v.t("单色（红）")}, {Value: string(playlist.DualColour), Label: v.t("双色（红、绿、黄）")},
		{Value: string(playlist.FullColour), Label: v.t("全彩")},
	}
	choose(p.Languages, f.Language)
	choose(p.Colours, cmp.Or(f.Colours, string(playlist.FullColour)))
	if !p.LED {
		return p, nil
	}
	columns, err := v.Store.Columns(v.ctx)
	if err != nil {
		return p, err
	}
	if f.Division == drawn || f.Weather == "" && f.Slogan == "" {
		f.Weather, f.Slogan = textColumns(columns, s)
	}
	p.Weather, p.Slogan = v.columnOptions(columns, playlist.ColumnID(f.Weather)), v.columnOptions(columns, playlist.ColumnID(f.Slogan))
	for _, z := range f.Zones {
		r := zoneRow{zoneForm: z, Columns: v.columnOptions(columns, playlist.ColumnID(z.Column))}
		for _, k := range zoneKinds {
			r.Kinds = append(r.Kinds, option{Value: string(k), Label: v.zoneName(k), Chosen: string(k) == z.Kind})
		}
		p.Zones = append(p.Zones, r)
	}
	p.Presets = v.presetRows(row.Screen, f.Division)
	for _, o := range led.Presets(row.Screen.Panel) {
		p.Texts = p.Texts || slices.ContainsFunc(o.Zones, func(z playlist.Zone) bool { return z.Kind == playlist.TextZone })
	}
	all, err := v.Store.Screens(v.ctx)
	if err != nil {
		return p, err
	}
	for _, o := range all {
		if o.Pair != "" && !slices.Contains(p.Pairs, o.Pair) {
			p.Pairs = append(p.Pairs, o.Pair)
		}
	}
	p.Reader, p.Previews = v.readerWords(s), v.editPreviews(row, s)
	p.Light, p.Curve = v.lightWords(s)
	return p, nil
}

// textColumns finds from which columns the texts of a preset come: those that the
// screen has, else those that are called so.
func textColumns(columns []playlist.Column, s playlist.Screen) (weather, slogan string) {
	if _, weather, slogan = division(s); weather != "" || slogan != "" {
		return weather, slogan
	}
	for _, c := range columns {
		switch {
		case weather == "" && strings.Contains(c.Name, "天气"):
			weather = string(c.ID)
		case slogan == "" && (strings.Contains(c.Name, "标语") || strings.Contains(c.Name, "口号")):
			slogan = string(c.ID)
		}
	}
	return weather, slogan
}

// choose marks the option with a value.
func choose(options []option, value string) {
	for i := range options {
		options[i].Chosen = options[i].Value == value
	}
}

var zoneKinds = []playlist.ZoneKind{playlist.NoticeZone, playlist.NameZone, playlist.ClockZone, playlist.DateZone, playlist.TextZone, playlist.PhoneZone, playlist.AlertZone}

func (v *visit) zoneName(k playlist.ZoneKind) string {
	switch k {
	case playlist.NoticeZone:
		return v.t("公告轮播")
	case playlist.NameZone:
		return v.t("单位名称")
	case playlist.ClockZone:
		return v.t("时钟")
	case playlist.DateZone:
		return v.t("日期和农历")
	case playlist.TextZone:
		return v.t("栏目里最新一条")
	case playlist.PhoneZone:
		return v.t("监督电话")
	case playlist.AlertZone:
		return v.t("黄色和蓝色预警")
	}
	return string(k)
}

// presetRows lists the ways to divide a board, each with its picture.
func (v *visit) presetRows(s playlist.Screen, chosen string) []presetRow {
	zoom := min(zoomOf(s.Panel, presetWidth), 3)
	var out []presetRow
	for _, p := range led.Presets(s.Panel) {
		q := url.Values{"preset": {p.ID}, "zoom": {strconv.Itoa(zoom)}}
		out = append(out, presetRow{
			ID: p.ID, Label: v.words(p.Name, p.NameEn), Chosen: p.ID == chosen, Src: fmt.Sprintf("/screens/%s/preset.png?%s", s.ID, q.Encode()),
			Width: s.Panel.Width * zoom, Height: s.Panel.Height * zoom,
		})
	}
	return out
}

// readerWords answers how large characters must be for the farthest reader.
func (v *visit) readerWords(s playlist.Screen) string {
	pitch := s.Panel.Pitch()
	if pitch == 0 {
		return v.t("填上发光区的毫米尺寸，就能算出字要多大。")
	}
	most := s.LargestDots()
	out := v.t("点距 %s 毫米；这块屏最大能放 %d 点的字，最远 %d 米能看清。", strconv.FormatFloat(pitch, 'f', -1, 64), most, int(s.Farthest(most)))
	if need := s.DotsFor(playlist.ReadWell); need > 0 {
		out += v.t("给 %d 米处的人看，建议字高 ≥ %d 点。", s.ReaderM, need)
	}
	return out
}

// lightWords says how bright a board is today, in words and as a curve.
func (v *visit) lightWords(s playlist.Screen) (words, curve string) {
	place := playlist.Place{}
	tree, err := v.sites()
	if err != nil {
		return "", ""
	}
	for _, site := range tree.Path(s.Site) {
		if place == (playlist.Place{}) {
			place = playlist.Place{Latitude: site.Latitude, Longitude: site.Longitude}
		}
	}
	day := schedule.DateOf(v.local(v.Now())).In(v.Zone)
	var path strings.Builder
	letter, night := "M", false
	var rise, set time.Time
	const step = 10
	for m := 0; m <= 24*60; m += step {
		at := day.Add(time.Duration(m) * time.Minute)
		l := light.At(s.Light, place, v.Zone, at)
		fmt.Fprintf(&path, "%s%.1f %.1f", letter, float64(m)/6, 39-38*l.Percent/100)
		switch {
		case m > 0 && night && !l.Night:
			rise = at
		case m > 0 && !night && l.Night:
			set = at
		}
		letter, night = "L", l.Night
	}
	if place == (playlist.Place{}) {
		words = v.t("站点没有填经纬度，日出日落按 6:00 和 18:00 算。")
	} else if !rise.IsZero() && !set.IsZero() {
		words = v.t("今天约 %s 日出，%s 日落。", rise.Format("15:04"), set.Format("15:04"))
	}
	return words, path.String()
}

// editPreviews is how a board would look with what a form says.
func (v *visit) editPreviews(row store.Screen, s playlist.Screen) []preview {
	if row.Kind != playlist.LED || !drawable(s) {
		return []preview{}
	}
	zoom := zoomOf(s.Panel, columnWidth)
	q := url.Values{"zoom": {strconv.Itoa(zoom)}}
	return []preview{{
		Kind: string(playlist.LED), Label: v.t("保存后的样子（%s）", panelText(s.Panel)),
		Pages: []previewPage{{Src: fmt.Sprintf("/screens/%s/edit/preview.png?%s", row.ID, q.Encode()), Text: v.t("保存后的样子（%s）", panelText(s.Panel)), Width: s.Panel.Width * zoom, Height: s.Panel.Height * zoom}},
	}}
}

// drawable reports whether a board can be drawn at all.
func drawable(s playlist.Screen) bool {
	p := s.Panel
	if p.Width < 16 || p.Height < 8 || p.Width > maxPanel || p.Height > maxPanel {
		return false
	}
	return !slices.ContainsFunc(s.Zones, func(z playlist.Zone) bool {
		return z.X < 0 || z.Y < 0 || z.Width < 1 || z.Height < 1 || z.X+z.Width > p.Width || z.Y+z.Height > p.Height
	})
}

// screenSent reads a form that was sent.
func (v *visit) screenSent() (row store.Screen, f screenForm, s playlist.Screen, problems []playlist.Problem, err error) {
	if err = v.parse(); err != nil {
		return
	}
	if row, err = v.tended(); err != nil {
		return
	}
	f = readScreen(v.r.PostForm)
	s, problems = f.screen(row.Screen)
	return
}

// rowField is a field of one zone or of one line of the timetable.
var rowField = regexp.MustCompile(`^(?:zones|light\.table)\[(\d{1,4})\]`)

// legible drops what follows only from a size that cannot be read.
func legible(unread, found []playlist.Problem) []playlist.Problem {
	if !slices.ContainsFunc(unread, func(p playlist.Problem) bool { return strings.HasPrefix(p.Field, "panel") }) {
		return append(unread, found...)
	}
	return append(unread, slices.DeleteFunc(found, func(p playlist.Problem) bool {
		return strings.HasPrefix(p.Field, "panel") || strings.HasPrefix(p.Field, "zones")
	})...)
}

func (v *visit) screenFindings(problems []playlist.Problem) (map[string][]finding, int) {
	out, wrong := map[string][]finding{}, 0
	for _, p := range problems {
		field, text := screenField(p.Field), v.problem(p)
		if m := rowField.FindStringSubmatch(p.Field); m != nil {
			i, _ := strconv.Atoi(m[1]) // digits only
			text = v.t("第 %d 行：", i+1) + text
		}
		f := finding{Text: text, Stop: p.Severity == playlist.Wrong}
		if p.Field == "" {
			field = ""
		}
		if !f.in(out[field]) {
			out[field] = append(out[field], f)
		}
		if f.Stop {
			wrong++
		}
	}
	return out, wrong
}

func checkScreen(v *visit) error {
	row, _, s, problems, err := v.screenSent()
	if err != nil {
		return err
	}
	found, err := v.validScreen(s)
	if err != nil {
		return err
	}
	out := checked{Facts: map[string]string{}}
	var wrong int
	out.Problems, wrong = v.screenFindings(legible(problems, found))
	if row.Kind == playlist.LED {
		out.Facts["reader"] = v.readerWords(s)
		out.Facts["light"], out.Facts["curve"] = v.lightWords(s)
	}
	out.Previews = v.editPreviews(row, s)
	out.missing(nil)
	out.Summary = v.saving(wrong)
	return v.json(out)
}

// validScreen returns what is wrong with a screen, warnings too.
func (v *visit) validScreen(s playlist.Screen) ([]playlist.Problem, error) {
	tree, err := v.sites()
	if err != nil {
		return nil, err
	}
	columns, err := v.Store.Columns(v.ctx)
	if err != nil {
		return nil, err
	}
	found := playlist.ValidateScreen(s, playlist.ValidateEnv{Sites: tree.Sites(), Columns: columns, Now: v.Now(), Zone: v.Zone})
	if playlist.HasErrors(found) {
		return found, nil
	}
	crowded, err := v.Fleet.Crowded(v.ctx, s)
	if errors.Is(err, store.ErrNotFound) {
		return found, nil // nothing was published yet
	}
	return append(crowded, found...), err
}

func saveScreen(v *visit) error {
	row, f, s, problems, err := v.screenSent()
	if err != nil {
		return err
	}
	if f.Was != mark(row.Screen) {
		return store.ErrConflict
	}
	again := func(found []playlist.Problem) error {
		p, err := v.screenEditPage(row, f, s)
		if err != nil {
			return err
		}
		p.Problems, p.Wrong = v.screenFindings(legible(problems, found))
		return v.refused("screenedit", p)
	}
	found, err := v.validScreen(s)
	if err != nil {
		return err
	}
	if len(problems) > 0 || playlist.HasErrors(found) {
		return again(found)
	}
	if err := v.reach(s.Site); err != nil {
		return err
	}
	_, err = v.Fleet.Change(v.ctx, v.person.Login, s, f.Language)
	if late, ok := problemsOf(err); ok {
		return again(late)
	}
	if err != nil {
		return err
	}
	done := "screen"
	if slices.ContainsFunc(found, func(p playlist.Problem) bool { return p.Code == "overload" }) {
		done = "crowded"
	}
	return v.to("/screens/"+string(row.ID), "done", done)
}

// previewScreen draws a board with what a form says.
func previewScreen(v *visit) error {
	row, _, s, _, err := v.screenSent()
	if err != nil {
		return err
	}
	return v.drawWith(row, s)
}

// presetPicture draws a board divided by a preset.
func presetPicture(v *visit) error {
	row, err := v.tended()
	if err != nil {
		return err
	}
	s := row.Screen
	columns, err := v.Store.Columns(v.ctx)
	if err != nil {
		return err
	}
	weather, slogan := textColumns(columns, s)
	zones, ok := preset(s.Panel, v.query("preset"), weather, slogan)
	if !ok {
		return store.ErrNotFound
	}
	s.Zones = zones
	return v.drawWith(row, s)
}

// drawWith draws what a board shows now as if it were another one.
func (v *visit) drawWith(row store.Screen, s playlist.Screen) error {
	if row.Kind != playlist.LED || !drawable(s) {
		return store.ErrNotFound
	}
	lib, err := v.Fleet.Library(v.ctx, row.ID)
	if err != nil {
		return err
	}
	set, m := lib.Settings(), schedule.Sure(v.Now())
	set.Screen = s
	on := stage(set, nil, false, v.Now())
	if slots, _ := lib.Programme(m); len(slots) > 0 { // an alert would hide how it is divided
		on = stage(set, slots[0].Notice, slots[0].Totals, v.Now())
	}
	data, err := v.drawer.board(v.ctx, on, lib, 0, v.zoom(), m)
	return v.png(data, err)
}
