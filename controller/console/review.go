package console

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"mingbai/assets"
	"mingbai/controller/accounts"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
)

// maxEvidence bounds a scan of a reply, in bytes.
const maxEvidence = 10 << 20

type reviewPage struct {
	noticePage
	Step     string // what is to be done: 初审
	Capacity review.Capacity
	Outside  bool // it waits for an answer from outside
	Secrecy  bool
	Release  bool
	Blocked  string // why it is not for this person
	For      string // in whose place the person acts
	Changed  []lineChange
	Kept     []review.Reason // findings that stay, with their reasons
	Note     string          // of the drafter
	Checks   []checkLine
	Usual    []usualReason
	Typed    map[string]string
}

// usualReason is what notices are often returned for.
type usualReason struct {
	Text   string
	Ticked bool
}

// checkLine is one line of the secrecy checklist.
type checkLine struct {
	Tick   review.Tick
	Text   string
	Law    string
	Ticked bool
	Open   bool // it was sent without
}

// checkLines is the checklist with its grounds (条例 14-16, L03, C32).
func (v *visit) checkLines() []checkLine {
	return []checkLine{
		{Tick: review.NoStateSecret, Text: v.t("没有国家秘密"), Law: v.t("条例第十四条；保密法：涉及国家秘密的一律不得公开")},
		{Tick: review.NoWorkSecret, Text: v.t("没有工作秘密"), Law: v.t("机关履职中产生、泄露后会妨碍工作的事项")},
		{Tick: review.NoSafetyRisk, Text: v.t("公开后不会危及国家安全、公共安全、经济安全、社会稳定"), Law: v.t("条例第十四条")},
		{Tick: review.NoTradeSecret, Text: v.t("没有商业秘密，或权利人已经同意公开"), Law: v.t("条例第十五条")},
		{Tick: review.NoPrivacy, Text: v.t("没有个人隐私：身份证号、电话、银行卡号、住址等已经遮盖，或本人已经同意"), Law: v.t("条例第十五条；个人信息保护法第二十八条")},
		{Tick: review.NoInternalNote, Text: v.t("没有内部事务和过程性信息：人事、后勤、讨论记录、过程稿、请示报告"), Law: v.t("条例第十六条")},
		{Tick: review.ClearBoundary, Text: v.t("公开与保密的界限清楚，没有拿不准的内容"), Law: v.t("条例第十七条：不能确定的，报主管部门或者保密行政管理部门确定")},
	}
}

// usualReasons offers them, those that were ticked marked.
func (v *visit) usualReasons() []usualReason {
	var out []usualReason
	for _, text := range []string{v.t("有错别字"), v.t("金额或数字要核对"), v.t("个人信息没有遮盖"), v.t("栏目选错了"), v.t("显示时间不对"), v.t("缺少依据或附件")} {
		out = append(out, usualReason{text, slices.Contains(v.r.PostForm["usual"], text)})
	}
	return out
}

func reviewForm(v *visit) error {
	p, err := v.reviewPage()
	if err != nil {
		return err
	}
	if p.Way == nil || p.Step == "" { // it waits for nobody's review
		return v.to("/notices/" + string(p.Row.ID))
	}
	return v.show("review", p)
}

func (v *visit) reviewPage() (reviewPage, error) {
	base, err := v.noticePage()
	if err != nil {
		return reviewPage{}, err
	}
	p := reviewPage{noticePage: base, Typed: map[string]string{}, Usual: v.usualReasons()}
	c, ok := p.Row.Stage.Capacity()
	if p.Row.Stage == review.Outside {
		c, ok, p.Outside = review.SecrecyReview, true, true
	}
	if !ok || p.Way == nil {
		return p, nil
	}
	p.Capacity, p.Step = c, v.capacityName(c)
	p.Secrecy, p.Release = c == review.SecrecyReview && !p.Outside, c == review.Release
	p.Title = v.t("%s：%s", p.Step, p.Row.Title)
	deputyOf, mine := v.holds(c, p.Row)
	p.For = deputyOf.Name
	switch {
	case !mine:
		p.Blocked = v.t("%s由有这个角色的同事来做。", p.Step)
	case p.Way != nil:
		p.Blocked = p.Way.Blocked
	}
	if p.Changed, err = v.changed(p.Row, p.Body); err != nil {
		return p, err
	}
	all, err := v.Desk.Approvals(v.ctx, p.Row.ID, p.Row.Version)
	if err != nil {
		return p, err
	}
	for _, a := range publish.LastRound(all) {
		p.Kept = append(p.Kept, a.Reasons...)
		if a.Capacity == review.Draft {
			p.Note = a.Note
		}
	}
	p.Checks = v.checkLines()
	return p, nil
}

// again shows the page with what was typed and what is wrong with it.
func (v *visit) again(status int, problem string) error {
	p, err := v.reviewPage()
	if err != nil {
		return err
	}
	if p.Step == "" {
		return v.showAs(status, "notice", p.noticePage)
	}
	p.Problem = problem
	for _, name := range []string{"note", "reason", "text"} {
		p.Typed[name] = v.form(name)
	}
	for i, c := range p.Checks {
		p.Checks[i].Ticked = v.form("tick."+string(c.Tick)) != ""
		p.Checks[i].Open = !p.Checks[i].Ticked && v.form("do") == "approve"
	}
	return v.showAs(status, "review", p)
}

// unsigned turns what a person can mend into the page that says so.
func (v *visit) unsigned(err error) error {
	if text, ok := v.invalid(err); ok {
		return v.again(http.StatusUnprocessableEntity, text)
	}
	if errors.Is(err, review.ErrTwice) || errors.Is(err, review.ErrTurn) {
		row, w, werr := v.ownWay()
		if werr != nil {
			return werr
		}
		if c, ok := row.Stage.Capacity(); ok && w.Blocked != "" && errors.Is(err, review.ErrTwice) && c != "" {
			return v.again(http.StatusConflict, w.Blocked)
		}
	}
	return err
}

func (v *visit) ownWay() (store.Notice, *way, error) {
	row, err := v.row()
	if err != nil {
		return row, nil, err
	}
	w, err := v.way(row)
	return row, w, err
}

// reviewing finds the notice of a form about its review and checks that the
// person holds the capacity it waits for.
func (v *visit) reviewing() (row store.Notice, version int, ref assets.Ref, c review.Capacity, deputyOf accounts.Principal, err error) {
	if row, err = v.row(); err != nil {
		return
	}
	if err = v.reachNotice(row); err != nil {
		return
	}
	if version, ref, err = v.seen(); err != nil {
		return
	}
	c, ok := row.Stage.Capacity()
	if row.Stage == review.Outside {
		c, ok = review.SecrecyReview, true
	}
	if !ok {
		err = fmt.Errorf("review: %w", review.ErrTurn)
		return
	}
	var mine bool
	if deputyOf, mine = v.holds(c, row); !mine {
		err = errRole
	}
	return
}

// approve signs in the capacity that the form names, which must be the one that
// the notice waits for.
func approve(v *visit) error {
	row, version, ref, c, deputyOf, err := v.reviewing()
	if err != nil {
		return err
	}
	if as := review.Capacity(v.form("capacity")); as != c {
		return fmt.Errorf("approve: %w", review.ErrTurn)
	}
	a := publish.Approval{Capacity: c, Note: v.form("note")}
	for _, t := range review.Ticks {
		if v.form("tick."+string(t)) != "" {
			a.Ticks = append(a.Ticks, t)
		}
	}
	stood, err := v.Desk.Approve(v.ctx, v.whoAs(deputyOf), row.ID, version, ref, a)
	if err != nil {
		return v.unsigned(err)
	}
	// Where one person holds two capacities in a row, the next is asked for at
	// once, by itself.
	row.Stage = stood.Stage
	if next, ok := stood.Stage.Capacity(); ok {
		if of, mine := v.holds(next, row); mine && v.Desk.May(v.ctx, v.whoAs(of), row.ID) == nil {
			return v.to("/notices/"+string(row.ID)+"/review", "done", "approved")
		}
	}
	return v.to("/notices/"+string(row.ID), "done", "approved")
}

// giveBack returns a notice to its author.
func giveBack(v *visit) error {
	row, version, ref, _, _, err := v.reviewing()
	if err != nil {
		return err
	}
	var reasons []string
	for _, r := range v.usualReasons() {
		if r.Ticked {
			reasons = append(reasons, r.Text)
		}
	}
	if text := v.form("reason"); text != "" {
		reasons = append(reasons, text)
	}
	if _, err := v.Desk.Return(v.ctx, v.who(), row.ID, version, ref, strings.Join(reasons, v.t("；"))); err != nil {
		return v.unsigned(err)
	}
	return v.to("/notices/"+string(row.ID), "done", "returned")
}

// askOutside stops the way until others have answered.
func askOutside(v *visit) error {
	row, version, ref, _, _, err := v.reviewing()
	if err != nil {
		return err
	}
	if _, err := v.Desk.SendOutside(v.ctx, v.who(), row.ID, version, ref, v.form("text")); err != nil {
		return v.unsigned(err)
	}
	return v.to("/notices/"+string(row.ID)+"/review", "done", "outside")
}

// answerOutside notes the answer, with its scan.
func answerOutside(v *visit) error {
	row, version, ref, _, _, err := v.reviewing()
	if err != nil {
		return err
	}
	scan, err := v.evidence()
	if err != nil {
		return err
	}
	if _, err := v.Desk.Reply(v.ctx, v.who(), row.ID, version, ref, v.form("text"), scan); err != nil {
		return v.unsigned(err)
	}
	return v.to("/notices/"+string(row.ID)+"/review", "done", "replied")
}

// evidence stores the file that came with a form; nil if none did.
func (v *visit) evidence() (*publish.File, error) {
	f, head, err := v.r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if head.Size > maxEvidence {
		return nil, &http.MaxBytesError{Limit: maxEvidence}
	}
	if head.Size == 0 {
		return nil, nil
	}
	data, err := io.ReadAll(io.LimitReader(f, maxEvidence))
	if err != nil {
		return nil, err
	}
	ref, err := v.Blobs.PutBytes(data)
	if err != nil {
		return nil, err
	}
	name := []rune(head.Filename)
	if len(name) > 120 {
		name = name[len(name)-120:]
	}
	return &publish.File{Name: string(name), Type: http.DetectContentType(data), Ref: ref, Size: int64(len(data))}, nil
}

// showEvidence hands out a file that belongs to a notice, never to be opened as a
// page of this site.
func showEvidence(v *visit) error {
	row, err := v.row()
	if err != nil {
		return err
	}
	if err := v.reachNotice(row); err != nil {
		return err
	}
	files, err := v.Store.EvidenceOf(v.ctx, row.ID)
	if err != nil {
		return err
	}
	for _, f := range files {
		if strconv.FormatInt(f.ID, 10) != v.r.PathValue("file") {
			continue
		}
		data, err := v.Blobs.Read(f.Ref, f.Size)
		if err != nil {
			return err
		}
		v.w.Header().Set("Content-Type", "application/octet-stream")
		v.w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(f.Name))
		v.w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		if _, err := v.w.Write(data); err != nil && v.ctx.Err() == nil {
			v.Log.Debug("a browser went away", "path", v.r.URL.Path, "error", err)
		}
		return nil
	}
	return store.ErrNotFound
}

// sendForReview sends the newest draft on its way.
func sendForReview(v *visit) error {
	row, err := v.row()
	if err != nil {
		return err
	}
	if err := v.reachNotice(row); err != nil {
		return err
	}
	version, ref, err := v.seen()
	if err != nil {
		return err
	}
	f, err := v.fields()
	if err != nil {
		return err
	}
	_, err = v.Desk.Submit(v.ctx, v.who(), row.ID, version, ref, f.reasons(), v.form("note"))
	var invalid *publish.Invalid
	if errors.As(err, &invalid) {
		p, err := v.noticePage()
		if err != nil {
			return err
		}
		p.Problem = v.stopping(invalid.Problems)
		return v.showAs(http.StatusUnprocessableEntity, "notice", p)
	}
	if err != nil {
		return err
	}
	return v.to("/notices/"+string(row.ID), "done", "submitted")
}

// stopping says how many findings wait for being mended or explained.
func (v *visit) stopping(problems []playlist.Problem) string {
	var texts []string
	for _, p := range problems {
		if p.Severity == playlist.Wrong {
			texts = append(texts, v.problem(p))
		}
	}
	if len(texts) == 0 {
		return v.t("有几处还没有写理由：请改正，或者在下面写明为什么保留。")
	}
	return strings.Join(texts, v.t("；"))
}

// withdraw takes a notice back from review.
func withdraw(v *visit) error {
	row, err := v.row()
	if err != nil {
		return err
	}
	if err := v.reachNotice(row); err != nil {
		return err
	}
	version, _, err := v.seen()
	if err != nil {
		return err
	}
	if _, err := v.Desk.Withdraw(v.ctx, v.who(), row.ID, version); err != nil {
		return err
	}
	return v.to("/notices/"+string(row.ID), "done", "withdrawn")
}
