package console

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
)

type voicePage struct {
	frame
	Row      voiceRow
	About    string // title of the notice
	Link     string // to it, empty when it is gone
	Others   int    // voices about the same notice
	Arrived  string // when it arrived, if that was long after it was said
	Handled  string
	Who      string
	Settle   bool
	Forgot   bool // how to reach the person would be gone by now
	Note     string
	Problem  string
	Received string
}

// heardVoice finds the voice of the address, if it is the visitor's to read. A
// voice of another town is not found rather than forbidden: that there is one is
// not to be told either.
func (v *visit) heardVoice() (store.Voice, error) {
	row, err := v.Store.Voice(v.ctx, v.r.PathValue("voice"))
	if err != nil {
		return row, err
	}
	if v.person.Site == "" {
		return row, nil
	}
	tree, err := v.sites()
	if err != nil {
		return row, err
	}
	if !v.person.Reaches(tree.PathIDs(row.Site)) {
		return store.Voice{}, store.ErrNotFound
	}
	return row, nil
}

func showVoice(v *visit) error {
	p, err := v.voicePage()
	if err != nil {
		return err
	}
	return v.show("voice", p)
}

func (v *visit) voicePage() (voicePage, error) {
	row, err := v.heardVoice()
	if err != nil {
		return voicePage{}, err
	}
	due, err := v.Fleet.Deadlines(v.ctx)
	if err != nil {
		return voicePage{}, err
	}
	p := voicePage{Row: v.voiceRow(row, due(row)), Settle: v.has(answers), Who: v.actor(row.Actor)}
	p.frame = v.page(v.t("%s %s", p.Row.KindName, row.Number()))
	if row.Notice != "" {
		p.About = row.Title
		if n, err := v.noticeRow(row.Notice); err == nil {
			p.About, p.Link = n.Title, "/notices/"+string(n.ID)
		}
		f, err := v.watched()
		if err != nil {
			return p, err
		}
		f.Notice, f.Written = row.Notice, true
		n, err := v.Store.CountVoices(v.ctx, f)
		if err != nil {
			return p, err
		}
		p.Others = n - 1
	}
	p.Row.When = v.local(row.At).Format("2006-01-02 15:04")
	if row.Received.Sub(row.At) > time.Hour {
		p.Received = v.local(row.Received).Format("2006-01-02 15:04")
	}
	p.Forgot = !row.Handled.IsZero() && v.Now().Sub(row.Handled) > fleet.KeepContacts
	if !row.Handled.IsZero() {
		p.Handled = v.local(row.Handled).Format("2006-01-02 15:04")
	}
	return p, nil
}

// settleVoice notes what was done.
func settleVoice(v *visit) error {
	row, err := v.heardVoice()
	if err != nil {
		return err
	}
	from, to, note := store.VoiceState(v.form("from")), store.VoiceState(v.form("state")), v.form("note")
	if !slices.Contains([]store.VoiceState{store.VoiceNew, store.VoiceAnswered, store.VoiceClosed}, to) {
		return store.ErrNotFound
	}
	err = v.Fleet.Settle(v.ctx, v.person.Login, row.ID, from, to, note)
	if errors.Is(err, fleet.ErrNote) {
		p, err := v.voicePage()
		if err != nil {
			return err
		}
		p.Problem, p.Note = v.t("请写明怎么处理的，或者为什么不需处理，最多 %d 个字。", fleet.MaxNote), note
		return v.showAs(http.StatusUnprocessableEntity, "voice", p)
	}
	if err != nil {
		return err
	}
	return v.to("/voices/"+row.ID, "done", "person")
}

// heardOf is what residents said about one notice.
type heardOf struct {
	Said    int // opinions and objections
	Waiting int
	Rating  ratingRow
}

// heardOf counts what the visitor may read about a notice; nil for who reads
// nothing of it, and when nobody said anything.
func (v *visit) heardOf(id playlist.NoticeID) (*heardOf, error) {
	if !v.has(hears) {
		return nil, nil
	}
	f, err := v.watched()
	if err != nil {
		return nil, err
	}
	f.Notice = id
	scores, err := v.Store.Scores(v.ctx, f)
	if err != nil {
		return nil, err
	}
	out := &heardOf{}
	for _, s := range scores {
		out.Rating = rated(s)
	}
	f.Written = true
	if out.Said, err = v.Store.CountVoices(v.ctx, f); err != nil {
		return nil, err
	}
	f.State = store.VoiceNew
	if out.Waiting, err = v.Store.CountVoices(v.ctx, f); err != nil {
		return nil, err
	}
	if out.Said == 0 && out.Rating.All == 0 {
		return nil, nil
	}
	return out, nil
}
