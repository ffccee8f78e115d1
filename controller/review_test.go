package controller_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
)

// way is one notice on its way in an office with a policy.
type way struct {
	*testing.T
	o      *office
	dir    string
	policy review.Policy
	id     playlist.NoticeID
}

func as(login string) publish.Who { return publish.Who{Actor: login, Name: login + "同志"} }

// setOff makes an office with a small county whose root has a policy, and a draft
// of a village by who.
func setOff(t *testing.T, policy review.Policy, who string) *way {
	t.Helper()
	ctx := t.Context()
	dir := t.TempDir()
	o := openOffice(t, dir, nil)
	t.Cleanup(func() { o.check(t); o.close(t) })
	if _, err := o.desk.Import(ctx, as("test"), smallCounty()); err != nil {
		t.Fatal(err)
	}
	tree, err := o.store.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	root, err := tree.Root()
	if err != nil {
		t.Fatal(err)
	}
	if err := o.store.Update(ctx, func(tx *store.Tx) error { return tx.PutPolicy(ctx, root.ID, policy) }); err != nil {
		t.Fatal(err)
	}
	w := &way{T: t, o: o, dir: dir, policy: policy}
	n, _, err := o.desk.Draft(ctx, as(who), announcement("liuxi", "news", "关于村道维修的公告"))
	if err != nil {
		t.Fatal(err)
	}
	w.id = n.ID
	return w
}

func (w *way) newest() (store.Notice, store.NoticeVersion) {
	w.Helper()
	row, err := w.o.store.Notice(w.Context(), w.id)
	if err != nil {
		w.Fatal(err)
	}
	v, err := w.o.store.NoticeVersion(w.Context(), w.id, row.Version)
	if err != nil {
		w.Fatal(err)
	}
	return row, v
}

// does lets somebody do the step and wants an error, nil for success.
func (w *way) does(login string, step review.Capacity, want error) {
	w.Helper()
	_, v := w.newest()
	var err error
	switch step {
	case review.Draft:
		_, err = w.o.desk.Submit(w.Context(), as(login), w.id, v.Version, v.Ref, nil, "")
	case review.Release:
		_, err = w.o.desk.Release(w.Context(), as(login), w.id, v.Version, v.Ref)
	default:
		a := publish.Approval{Capacity: step}
		if step == review.SecrecyReview {
			a.Ticks = review.Ticks
		}
		_, err = w.o.desk.Approve(w.Context(), as(login), w.id, v.Version, v.Ref, a)
	}
	if !errors.Is(err, want) || want == nil && err != nil {
		w.Fatalf("%s as %s: %v, want %v", login, step, err, want)
	}
}

// stands wants a stage and whether the notice is in force.
func (w *way) stands(stage review.Stage, live bool) {
	w.Helper()
	row, _ := w.newest()
	if row.Stage != stage || (row.Live > 0) != live {
		w.Fatalf("it waits for %q and has version %d in force", row.Stage, row.Live)
	}
}

func TestFourPeople(t *testing.T) {
	w := setOff(t, review.County, "wang")
	w.does("wang", review.Release, publish.ErrSecondPerson)
	w.does("li", review.FirstReview, review.ErrTurn)
	w.does("wang", review.Draft, nil)
	w.stands("first_review", false)
	w.does("wang", review.FirstReview, review.ErrTwice)
	w.does("zhao", review.SecondReview, review.ErrTurn)
	w.does("li", review.FirstReview, nil)
	w.does("li", review.FirstReview, review.ErrTurn)
	w.does("li", review.SecondReview, review.ErrTwice)
	w.does("zhao", review.SecondReview, nil)
	w.does("zhao", review.SecrecyReview, review.ErrTwice)
	w.does("wang", review.SecrecyReview, review.ErrTwice)
	w.does("wang", review.Release, review.ErrTurn)
	w.does("chen", review.SecrecyReview, nil)
	w.stands("release", false)
	w.does("wang", review.Release, nil)
	w.stands(review.Idle, true)
	all, err := w.o.desk.Approvals(context.Background(), w.id, 1)
	if err != nil || len(all) != 5 {
		t.Fatal(all, err)
	}
	for i, a := range all {
		if !a.Genuine || a.Capacity != review.Capacities[i] || a.Name == "" {
			t.Errorf("approval %d is %+v", i, a)
		}
	}
	w.does("wang", review.Draft, review.ErrTurn)
}

func TestTownOfTwoAtTheDesk(t *testing.T) {
	w := setOff(t, review.Town, "wang")
	w.does("wang", review.Draft, nil)
	w.does("wang", review.FirstReview, review.ErrTwice)
	w.does("li", review.FirstReview, nil)
	w.does("wang", review.SecrecyReview, review.ErrTwice)
	w.does("li", review.SecrecyReview, nil)
	w.does("wang", review.Release, nil)
	w.stands(review.Idle, true)
}

// TestWhoeverWroteIt counts as the drafter, whoever sent it.
func TestWhoeverWroteIt(t *testing.T) {
	w := setOff(t, review.Town, "wang")
	w.does("zhao", review.Draft, nil)
	w.does("wang", review.FirstReview, review.ErrTwice)
	w.does("zhao", review.FirstReview, review.ErrTwice)
	w.does("li", review.FirstReview, nil)
}

// TestDeputies do not give anybody a second capacity.
func TestDeputies(t *testing.T) {
	w := setOff(t, review.County, "wang")
	w.does("wang", review.Draft, nil)
	w.does("li", review.FirstReview, nil)
	_, v := w.newest()
	approve := func(who, of string, as review.Capacity) error {
		a := publish.Approval{Capacity: as}
		if as == review.SecrecyReview {
			a.Ticks = review.Ticks
		}
		_, err := w.o.desk.Approve(t.Context(), publish.Who{Actor: who, For: of, ForName: of}, w.id, v.Version, v.Ref, a)
		return err
	}
	for _, c := range []struct {
		who, of string
		want    error
	}{{"li", "zhao", review.ErrTwice}, {"chen", "li", review.ErrTwice}, {"chen", "wang", review.ErrTwice}, {"chen", "zhao", nil}} {
		if err := approve(c.who, c.of, review.SecondReview); !errors.Is(err, c.want) {
			t.Errorf("%s for %s: %v, want %v", c.who, c.of, err, c.want)
		}
	}
	if err := approve("zhao", "", review.SecrecyReview); !errors.Is(err, review.ErrTwice) {
		t.Errorf("who was stood in for signs again: %v", err)
	}
	if err := approve("zhou", "", review.SecrecyReview); err != nil {
		t.Fatal(err)
	}
	w.does("wang", review.Release, nil)
	all, err := w.o.desk.Approvals(t.Context(), w.id, 1)
	if err != nil || all[2].For != "zhao" || all[2].Person != "chen" {
		t.Errorf("the record says %+v, %v", all, err)
	}
}

// TestReturned sends a notice again, the same bytes and others: what was signed
// before does not count.
func TestReturned(t *testing.T) {
	for _, edit := range []bool{false, true} {
		w := setOff(t, review.County, "wang")
		ctx := t.Context()
		w.does("wang", review.Draft, nil)
		w.does("li", review.FirstReview, nil)
		row, v := w.newest()
		var invalid *publish.Invalid
		if _, err := w.o.desk.Return(ctx, as("zhao"), w.id, v.Version, v.Ref, " "); !errors.As(err, &invalid) {
			t.Errorf("returned without a reason: %v", err)
		}
		n, err := v.Decode()
		if err != nil {
			t.Fatal(err)
		}
		n.Title += "（改）"
		if _, _, err := w.o.desk.Draft(ctx, as("wang"), *n); !errors.Is(err, publish.ErrInReview) {
			t.Errorf("changed in review: %v", err)
		}
		if _, err := w.o.desk.Publish(ctx, as("wang"), *n); !errors.Is(err, publish.ErrInReview) {
			t.Errorf("published in review: %v", err)
		}
		if _, err := w.o.desk.Return(ctx, as("zhao"), w.id, v.Version, v.Ref, "日期不对"); err != nil {
			t.Fatal(err)
		}
		w.stands(review.Returned, false)
		w.does("zhao", review.SecondReview, review.ErrTurn)
		w.does("wang", review.Release, publish.ErrSecondPerson)
		if edit {
			if _, _, err := w.o.desk.Draft(ctx, as("wang"), *n); err != nil {
				t.Fatal(err)
			}
			w.stands(review.Returned, false)
		}
		w.does("wang", review.Draft, nil)
		w.stands("first_review", false)
		w.does("zhao", review.SecondReview, review.ErrTurn)
		w.does("li", review.FirstReview, nil)
		w.does("zhao", review.SecondReview, nil)
		w.does("chen", review.SecrecyReview, nil)
		w.does("wang", review.Release, nil)
		if row.Version != 1 {
			t.Errorf("it began as version %d", row.Version)
		}
		said, err := w.o.store.Remarks(ctx, w.id)
		if err != nil || len(said) != 3 || said[1].Kind != store.ReturnedFor || said[1].Text != "日期不对" || said[1].Stage != "second_review" {
			t.Errorf("said: %+v, %v", said, err)
		}
	}
}

// TestRevisionInReview leaves what is in force alone until it is released, also
// when it is taken down meanwhile.
func TestRevisionInReview(t *testing.T) {
	w := setOff(t, review.Town, "wang")
	ctx := t.Context()
	all := func() {
		w.does("wang", review.Draft, nil)
		w.does("li", review.FirstReview, nil)
		w.does("li", review.SecrecyReview, nil)
	}
	all()
	w.does("wang", review.Release, nil)
	_, v := w.newest()
	n, err := v.Decode()
	if err != nil {
		t.Fatal(err)
	}
	n.Title += "（第二版）"
	if _, _, err := w.o.desk.Draft(ctx, as("wang"), *n); err != nil {
		t.Fatal(err)
	}
	all()
	row, v := w.newest()
	if row.Live != 1 || row.Status != store.Published || v.Status != store.InReview || v.Version != 2 {
		t.Errorf("in review: %+v", row)
	}
	if _, err := w.o.desk.TakeDown(ctx, as("li"), w.id, "有误"); err != nil {
		t.Fatal(err)
	}
	w.o.check(t)
	w.stands("release", false)
	w.does("wang", review.Release, nil)
	if row, _ := w.newest(); row.Live != 2 {
		t.Errorf("in force: %+v", row)
	}
}

// TestOutside stops the way until a reply is noted.
func TestOutside(t *testing.T) {
	w := setOff(t, review.Town, "wang")
	ctx := t.Context()
	w.does("wang", review.Draft, nil)
	_, v := w.newest()
	out := func(text string) error {
		_, err := w.o.desk.SendOutside(ctx, as("li"), w.id, v.Version, v.Ref, text)
		return err
	}
	reply := func(text string, scan *publish.File) error {
		_, err := w.o.desk.Reply(ctx, as("li"), w.id, v.Version, v.Ref, text, scan)
		return err
	}
	if err := out("请保密局看"); !errors.Is(err, review.ErrTurn) {
		t.Errorf("sent outside at the first review: %v", err)
	}
	w.does("li", review.FirstReview, nil)
	if err := reply("可以公开", nil); !errors.Is(err, review.ErrTurn) {
		t.Errorf("a reply to nothing: %v", err)
	}
	if err := out("请保密局看"); err != nil {
		t.Fatal(err)
	}
	w.stands(review.Outside, false)
	w.does("li", review.SecrecyReview, review.ErrTurn)
	w.does("wang", review.Release, review.ErrTurn)
	ref, err := w.o.blobs.PutBytes([]byte("a scan"))
	if err != nil {
		t.Fatal(err)
	}
	if err := reply("可以公开", &publish.File{Name: "答复.pdf", Ref: assets.RefOf([]byte("nowhere")), Size: 7}); !errors.Is(err, assets.ErrNotFound) {
		t.Errorf("a scan that is not there: %v", err)
	}
	if err := reply("可以公开", &publish.File{Name: "答复.pdf", Type: "application/pdf", Ref: ref, Size: 6}); err != nil {
		t.Fatal(err)
	}
	files, err := w.o.store.EvidenceOf(ctx, w.id)
	if err != nil || len(files) != 1 || files[0].Name != "答复.pdf" || files[0].Ref != ref {
		t.Errorf("evidence: %+v, %v", files, err)
	}
	w.does("li", review.SecrecyReview, nil)
	w.does("wang", review.Release, nil)
}

// TestSecrecyIsItemByItem leaves each line of the checklist open once (L04).
func TestSecrecyIsItemByItem(t *testing.T) {
	w := setOff(t, review.Town, "wang")
	w.does("wang", review.Draft, nil)
	w.does("li", review.FirstReview, nil)
	_, v := w.newest()
	for i, open := range review.Ticks {
		ticks := append(append([]review.Tick{}, review.Ticks[:i]...), review.Ticks[i+1:]...)
		_, err := w.o.desk.Approve(t.Context(), as("li"), w.id, v.Version, v.Ref, publish.Approval{Capacity: review.SecrecyReview, Ticks: ticks})
		var invalid *publish.Invalid
		if !errors.As(err, &invalid) || len(invalid.Problems) != 1 || invalid.Problems[0].Field != "ticks."+string(open) {
			t.Errorf("without %s: %v", open, err)
		}
	}
	w.stands("secrecy_review", false)
}

// TestTwiceIsOnce sends every request again: it counts once, and an old page
// signs nothing.
func TestTwiceIsOnce(t *testing.T) {
	w := setOff(t, review.Town, "wang")
	ctx := t.Context()
	_, v := w.newest()
	twice := func(name string, do func() (any, error)) {
		t.Helper()
		first, err := do()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		second, err := do()
		if err != nil || fmt.Sprint(first) != fmt.Sprint(second) {
			t.Errorf("%s again: %+v then %+v, %v", name, first, second, err)
		}
	}
	who := func(login, request string) publish.Who { return publish.Who{Actor: login, Request: request} }
	twice("submit", func() (any, error) {
		return w.o.desk.Submit(ctx, who("wang", "1"), w.id, v.Version, v.Ref, nil, "")
	})
	twice("approve", func() (any, error) {
		return w.o.desk.Approve(ctx, who("li", "2"), w.id, v.Version, v.Ref, publish.Approval{Capacity: review.FirstReview})
	})
	twice("return", func() (any, error) { return w.o.desk.Return(ctx, who("li", "3"), w.id, v.Version, v.Ref, "改") })
	twice("submit anew", func() (any, error) {
		return w.o.desk.Submit(ctx, who("wang", "4"), w.id, v.Version, v.Ref, nil, "")
	})
	twice("withdraw", func() (any, error) { return w.o.desk.Withdraw(ctx, who("wang", "5"), w.id, v.Version) })
	w.does("wang", review.Draft, nil)
	w.does("li", review.FirstReview, nil)
	w.does("li", review.SecrecyReview, nil)
	// The form that was sent for review has the same number when it is published.
	twice("release", func() (any, error) { return w.o.desk.Release(ctx, who("wang", "1"), w.id, v.Version, v.Ref) })
	w.stands(review.Idle, true)
	rows, err := w.o.store.Approvals(ctx, w.id, 0)
	if err != nil || len(rows) != 7 { // draft, first; draft; draft, first, secrecy, release
		t.Errorf("%d approvals, %v", len(rows), err)
	}
	if _, err := w.o.desk.Approve(ctx, as("zhao"), w.id, v.Version, assets.RefOf([]byte("old")), publish.Approval{Capacity: review.FirstReview}); !errors.Is(err, store.ErrConflict) {
		t.Errorf("an approval of other bytes: %v", err)
	}
	if _, err := w.o.desk.Withdraw(ctx, as("zhao"), w.id, v.Version+1); !errors.Is(err, store.ErrConflict) {
		t.Errorf("withdrawing another version: %v", err)
	}
}

// TestWithdrawIsTheAuthors lets nobody else take a notice back.
func TestWithdrawIsTheAuthors(t *testing.T) {
	w := setOff(t, review.Town, "wang")
	w.does("zhao", review.Draft, nil)
	if _, err := w.o.desk.Withdraw(t.Context(), as("li"), w.id, 1); !errors.Is(err, publish.ErrAuthor) {
		t.Errorf("withdrawn by a stranger: %v", err)
	}
	if _, err := w.o.desk.Withdraw(t.Context(), as("zhao"), w.id, 1); err != nil {
		t.Errorf("withdrawn by who sent it: %v", err)
	}
	w.does("wang", review.Draft, nil)
	if _, err := w.o.desk.Withdraw(t.Context(), as("wang"), w.id, 1); err != nil {
		t.Errorf("withdrawn by who wrote it: %v", err)
	}
}

// TestStillVisible takes a notice down while its screen is away: the screen is
// named until it says that it has an edition without the notice.
func TestStillVisible(t *testing.T) {
	ctx := t.Context()
	c, _ := start(t, settings(t.TempDir()))
	load(t, c)
	a := newClient(t, c)
	d := newDevice(t, c)
	d.enrol(a, `"site":"liuxi","name":"村口屏"`)
	channel := playlist.ChannelID{Site: "liuxi"}
	has := func(id playlist.NoticeID) func(playlist.Edition) bool {
		return func(e playlist.Edition) bool {
			for _, n := range e.Notices {
				if n.ID == id {
					return true
				}
			}
			return false
		}
	}
	still := func(want int) {
		t.Helper()
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			screens, err := c.Fleet.StillShowing(ctx, "village-1")
			if err != nil {
				t.Fatal(err)
			}
			if len(screens) == want {
				return
			}
			select {
			case <-tick.C:
			case <-time.After(3 * time.Minute):
				t.Fatalf("still visible: %+v, want %d", screens, want)
			}
		}
	}
	d.until(channel, has("village-1"))
	still(0) // it is in force
	d.conn.Close()
	if _, err := c.Desk.TakeDown(ctx, as("wang"), "village-1", "有误"); err != nil {
		t.Fatal(err)
	}
	still(1)
	d.connect()
	d.until(channel, func(e playlist.Edition) bool { return !has("village-1")(e) })
	still(0)
}
