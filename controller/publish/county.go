package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"mingbai/assets"
	"mingbai/configs/intake"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// maxPictureFile bounds a picture that comes with an import, in bytes.
const maxPictureFile = 32 << 20

// importNote stands in the approvals of what was imported.
const importNote = "导入 / imported"

// Imported says what an import brought.
type Imported struct {
	Sites, Screens, Columns      int
	Notices, Unchanged           int // published now, and left as they were
	Guides, Funds, Announcements int // of Notices and Unchanged together
}

// Import takes a county as files describe it: sites, columns, calendar, screens,
// playlists and rules are set, notices published; a notice that is there already
// is revised if it differs. It is all or nothing, and done when every channel's
// edition is durable.
func (d *Desk) Import(ctx context.Context, who Who, county *intake.County) (Imported, error) {
	if problems := append(playlist.ValidateSites(county.Sites), playlist.ValidateColumns(county.Columns)...); playlist.HasErrors(problems) {
		return Imported{}, fmt.Errorf("import %s: %w", county.Name, &Invalid{problems})
	}
	notices, err := d.importPictures(ctx, county.Drafts)
	if err != nil {
		return Imported{}, fmt.Errorf("import %s: %w", county.Name, err)
	}
	leave, err := d.enter(who)
	if err != nil {
		return Imported{}, fmt.Errorf("import %s: %w", county.Name, err)
	}
	defer leave()
	if err := d.look(ctx); err != nil {
		return Imported{}, fmt.Errorf("import %s: %w", county.Name, err)
	}
	var sum Imported
	var wanted []Receipt
	err = d.cfg.Store.UpdateLong(ctx, func(t *store.Tx) error {
		sum, wanted = Imported{Sites: len(county.Sites), Screens: len(county.Screens), Columns: len(county.Columns)}, nil
		if err := d.importTree(ctx, t, county); err != nil {
			return err
		}
		env, err := d.env(ctx, t.Reader)
		if err != nil {
			return err
		}
		env.watch.alike = nil // what is brought in is not compared with itself
		touched := map[playlist.ChannelID]bool{}
		for _, s := range county.Sites {
			touched[playlist.ChannelID{Site: s.ID}] = true
		}
		offices := map[string]store.DepartmentID{}
		for _, dep := range county.Departments {
			offices[dep.Name] = store.DepartmentID(dep.ID)
		}
		for _, n := range notices {
			if err := t.GiveWay(); err != nil {
				return err
			}
			first, _, _ := strings.Cut(n.Issuer, "、")
			who.Department = offices[first] // whose notice it is from now on
			if err := d.importNotice(ctx, t, who, n, env, &sum); err != nil {
				return err
			}
		}
		for c := range touched {
			r := Receipt{Channel: c}
			if err := d.want(ctx, t, &r); err != nil {
				return err
			}
			wanted = append(wanted, r)
		}
		return t.Audit(ctx, d.record(who, "county.import", county.Name, "", fmt.Sprintf("%d 个站点，%d 块屏，%d 条内容", sum.Sites, sum.Screens, sum.Notices)))
	})
	if err != nil {
		return Imported{}, fmt.Errorf("import %s: %w", county.Name, err)
	}
	if err := d.cfg.Checkpoint("county committed"); err != nil {
		return sum, err
	}
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(4)
	for _, r := range wanted {
		group.Go(func() error { _, err := d.settle(inner, r.Channel, r.Wanted); return err })
	}
	if err := group.Wait(); err != nil {
		return sum, fmt.Errorf("import %s: it is stored; the rest is made up for: %w", county.Name, err)
	}
	return sum, d.cfg.TreeChanged(ctx)
}

func (d *Desk) importTree(ctx context.Context, t *store.Tx, county *intake.County) error {
	for _, s := range county.Sites {
		if err := t.PutSite(ctx, s); err != nil {
			return err
		}
		if err := d.ensureChannels(ctx, t, s.ID); err != nil {
			return err
		}
	}
	for _, dep := range county.Departments {
		if err := t.PutDepartment(ctx, store.Department{
			ID: store.DepartmentID(dep.ID), Site: dep.Site, Name: dep.Name, NameEn: dep.NameEn, Phone: dep.Phone, Lead: dep.Lead,
		}); err != nil {
			return err
		}
	}
	if err := t.ReplaceColumns(ctx, county.Columns); err != nil {
		return err
	}
	if err := t.ReplaceDays(ctx, county.Holidays); err != nil {
		return err
	}
	for _, s := range county.Sites {
		var lists []playlist.Playlist
		var rules []schedule.Rule
		for _, l := range county.Playlists {
			if l.Site == s.ID {
				lists = append(lists, l.Playlist)
			}
		}
		for _, r := range county.Rules {
			if r.Site == s.ID {
				rules = append(rules, r.Rule)
			}
		}
		if problems := playlist.ValidateRules(rules, lists); playlist.HasErrors(problems) {
			return fmt.Errorf("rules of %s: %w", s.ID, &Invalid{problems})
		}
		if err := t.ReplaceProgramme(ctx, s.ID, lists, rules); err != nil {
			return err
		}
	}
	for _, s := range county.Screens {
		if err := t.PutScreen(ctx, s, ""); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) importNotice(ctx context.Context, t *store.Tx, who Who, n playlist.Notice, env surroundings, sum *Imported) error {
	switch n.Kind {
	case playlist.KindGuide:
		sum.Guides++
	case playlist.KindFund:
		sum.Funds++
	case playlist.KindAnnouncement:
		sum.Announcements++
	}
	same, err := d.unchanged(ctx, t, n)
	if err != nil {
		return err
	}
	if same {
		sum.Unchanged++
		return nil
	}
	n.Version = 0 // based on whatever is there
	saved, problems, _, err := d.saveDraft(ctx, t, who, n, &env)
	if err != nil {
		return err
	}
	if playlist.HasErrors(problems) {
		return fmt.Errorf("notice %s: %w", n.ID, &Invalid{problems})
	}
	sum.Notices++
	// What is brought in was approved where it comes from.
	if err := d.signAlone(ctx, t, who, saved.ID, saved.Version, nil, importNote); err != nil {
		return err
	}
	return d.putInForce(ctx, t, who, "notice.import", saved.ID, saved.Version)
}

// unchanged reports whether the version in force says the same.
func (d *Desk) unchanged(ctx context.Context, t *store.Tx, n playlist.Notice) (bool, error) {
	row, err := t.Notice(ctx, n.ID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil || row.Live == 0 {
		return false, err
	}
	v, err := t.NoticeVersion(ctx, n.ID, row.Live)
	if err != nil {
		return false, err
	}
	n.Version = row.Live
	body, err := n.Encode()
	return bytes.Equal(body, v.Body), err
}

// importPictures stores the pictures of drafts, each file once, several at a
// time.
func (d *Desk) importPictures(ctx context.Context, drafts []intake.Draft) ([]playlist.Notice, error) {
	type use struct {
		ref  assets.Ref
		role playlist.PictureRole
	}
	done := map[use]*playlist.Picture{}
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(cap(d.pictures))
	for _, draft := range drafts {
		for i, p := range draft.Pictures {
			as := use{assets.RefOf(p.Data), draft.Notice.Pictures[i].Role}
			if done[as] != nil {
				continue
			}
			into := new(playlist.Picture)
			done[as] = into
			group.Go(func() error {
				picture, err := d.Picture(inner, bytes.NewReader(p.Data), maxPictureFile, as.role, "")
				if err != nil {
					return fmt.Errorf("%s: picture %s: %w", draft.File, p.Name, err)
				}
				*into = picture
				return nil
			})
		}
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var notices []playlist.Notice
	for _, draft := range drafts {
		n := draft.Notice
		n.Pictures = slices.Clone(n.Pictures)
		for i, p := range draft.Pictures {
			picture := *done[use{assets.RefOf(p.Data), n.Pictures[i].Role}]
			picture.Caption = p.Caption
			n.Pictures[i] = picture
		}
		notices = append(notices, n)
	}
	return notices, nil
}
