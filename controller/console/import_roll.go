package console

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
)

// A list of people is entered in the background, all or none: every password costs
// a while on purpose. The page says how far it is, then shows what each is given.

// rollSoon is how long a press of the button waits for a short list.
const rollSoon = 1500 * time.Millisecond

// enterRoll begins to enter the people of a dry run, the first of them when there
// are many, and leads to the page of it.
func (v *visit) enterRoll(d *dryRun) error {
	name := d.upload.ID
	if old, ok := v.Accounts.RollOf(v.person, name); ok && old.Err != nil {
		v.Accounts.Forget(v.person, name)
	}
	var entries []accounts.Entry
	left := d.counts[rowWrong]
	for _, r := range d.rows {
		switch {
		case !r.writes():
		case len(entries) >= mostAccounts:
			left++
		default:
			e := *r.enter
			if e.ID == "" {
				e.Password = accounts.FirstPassword()
			}
			e.Row = r.Row + 1
			entries = append(entries, e)
		}
	}
	base := d.upload.kind.base() + "/" + name
	if len(entries) == 0 {
		return v.to(base + "/check")
	}
	roll, err := v.Accounts.Begin(v.person, name, entries)
	if err != nil {
		return err
	}
	soon := time.NewTimer(rollSoon)
	defer soon.Stop()
	select {
	case <-roll.Done():
	case <-soon.C:
	case <-v.ctx.Done():
	}
	return v.to(base + "/progress?" + url.Values{"left": {strconv.Itoa(left)}}.Encode())
}

// rollPage is a list of people under way, or one of which nothing was written.
type rollPage struct {
	frame
	ID           string
	Ready, Total int
	Ended        bool
	Problem      string
	Check        string // address of the dry run
}

// listRoll finds the list of the address.
func (v *visit) listRoll() (accounts.Roll, rollPage, error) {
	id := v.r.PathValue("upload")
	roll, ok := v.Accounts.RollOf(v.person, id)
	if !ok {
		return roll, rollPage{}, store.ErrNotFound
	}
	p := rollPage{frame: v.page(v.t("正在保存账号")), ID: id, Ready: roll.Ready, Total: roll.Total, Ended: roll.Ended, Check: staffBase + "/" + id + "/check"}
	if roll.Err != nil {
		p.Title = v.t("一个账号也没有保存")
		p.Problem = v.t("程序停下了，或者磁盘出了错。请再按一次；还不行就告诉技术人员。")
		if at, ok := errors.AsType[*accounts.EntryError](roll.Err); ok {
			p.Problem = v.t("第 %d 行：%s", at.Row, v.entryProblem(at.Err))
		}
	}
	return roll, p, nil
}

// entryProblem says why a row of a list could not be saved although the dry run
// let it through: somebody was faster.
func (v *visit) entryProblem(err error) string {
	if text := v.accountProblem(err); text != "" {
		return text
	}
	return v.t("这一行刚刚被别人改过。")
}

// showRoll is the page of a list of people: how far it is, or what each is given.
func showRoll(v *visit) error {
	roll, p, err := v.listRoll()
	if errors.Is(err, store.ErrNotFound) {
		if _, err := v.Store.Upload(v.ctx, v.r.PathValue("upload"), v.person.Login); err != nil {
			return err
		}
		return v.to(staffBase + "/" + v.r.PathValue("upload") + "/check") // looked at and done with
	}
	if err != nil {
		return err
	}
	const most = 1 << 20
	left := v.count("left", most)
	switch {
	case !roll.Ended || roll.Err != nil:
		status := http.StatusOK
		if roll.Err != nil {
			status = http.StatusConflict
			v.Log.Warn("a list of people was not written", "error", roll.Err)
		}
		return v.showAs(status, "import_roll", p)
	case len(roll.Made) == 0:
		v.Accounts.Forget(v.person, p.ID)
		return v.to(rollDone(p.Check, 0, roll.Total, left))
	}
	cards := cardsPage{frame: v.page(v.t("开了 %d 个账号", len(roll.Made))), Finish: staffBase + "/" + p.ID + "/finish", Until: v.clock(roll.Until), Left: left}
	for _, made := range roll.Made {
		cards.Cards = append(cards.Cards, v.card(made.Person, made.Password))
	}
	return v.showAs(http.StatusOK, "cards", cards)
}

// rollDone is the dry run with what was done.
func rollDone(check string, made, mended, left int) string {
	return check + "?" + url.Values{"made": {strconv.Itoa(made)}, "mended": {strconv.Itoa(mended)}, "left": {strconv.Itoa(left)}}.Encode()
}

// liveRoll is the part of the page that refreshes itself.
func liveRoll(v *visit) error {
	_, p, err := v.listRoll()
	if err != nil {
		return err
	}
	return v.part("import_roll", "roll", p)
}

// finishRoll lets go of the passwords that were shown.
func finishRoll(v *visit) error {
	roll, p, err := v.listRoll()
	if err != nil {
		return err
	}
	if !roll.Ended {
		return v.to(staffBase + "/" + p.ID + "/progress")
	}
	v.Accounts.Forget(v.person, p.ID)
	const most = 1 << 20
	left, err := strconv.Atoi(v.form("left"))
	if err != nil {
		left = 0
	}
	return v.to(rollDone(p.Check, len(roll.Made), roll.Total-len(roll.Made), max(0, min(left, most))))
}
