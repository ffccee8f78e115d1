package console

import (
	"net/http"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
)

// stillPart is on which screens a notice that was taken down is still visible.
type stillPart struct{ Still []stillRow }

type stillRow struct {
	fleet.Still
	SiteName, State, Tone string
}

// still lists them; nil for a notice that was not taken down.
func (v *visit) still(row store.Notice) (*stillPart, error) {
	if row.Status != store.TakenDown || row.Live > 0 {
		return nil, nil
	}
	screens, err := v.Fleet.StillShowing(v.ctx, row.ID)
	if err != nil {
		return nil, err
	}
	p := &stillPart{}
	for _, s := range screens {
		r := stillRow{Still: s, SiteName: v.siteName(s.Site), State: v.t("正在撤下"), Tone: "warn"}
		if !s.Online {
			r.State, r.Tone = v.t("可能还在显示：离线，自 %s", v.clock(s.Offline)), "bad"
		}
		p.Still = append(p.Still, r)
	}
	return p, nil
}

// liveStill is the part that refreshes itself after a take-down.
func liveStill(v *visit) error {
	row, err := v.row()
	if err != nil {
		return err
	}
	p, err := v.still(row)
	if err != nil {
		return err
	}
	if p == nil {
		return store.ErrNotFound
	}
	return v.part("notice", "still", p)
}

// explainTakeDown adds the reason that somebody in a hurry left out.
func explainTakeDown(v *visit) error {
	row, err := v.row()
	if err != nil {
		return err
	}
	if err := v.reachNotice(row); err != nil {
		return err
	}
	err = v.Desk.Explain(v.ctx, v.who(), row.ID, v.form("reason"))
	if text, ok := v.invalid(err); ok {
		p, err := v.noticePage()
		if err != nil {
			return err
		}
		p.Problem = text
		return v.showAs(http.StatusUnprocessableEntity, "notice", p)
	}
	if err != nil {
		return err
	}
	return v.to("/notices/"+string(row.ID), "done", "person")
}
