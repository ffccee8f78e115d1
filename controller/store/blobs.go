package store

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
)

// blobSchema is the first schema that knows which notice has which blob.
const blobSchema = 10

// inBody finds the blobs that the body of a notice names.
var inBody = regexp.MustCompile(`"(sha256-[0-9a-f]{64})"`)

// AddPicture notes that somebody uploaded a picture, who may look at it before a
// notice has it.
func (t *Tx) AddPicture(ctx context.Context, actor string, p playlist.Picture, at time.Time) error {
	for _, r := range p.Renditions {
		if err := t.useBlob(ctx, r.Ref.String(), "", 0, actor, at); err != nil {
			return err
		}
	}
	return nil
}

// AddBlob notes that a blob was made for somebody, to be read again by him.
func (t *Tx) AddBlob(ctx context.Context, actor string, ref assets.Ref, at time.Time) error {
	return t.useBlob(ctx, ref.String(), "", 0, actor, at)
}

func (t *Tx) useBlob(ctx context.Context, ref string, notice playlist.NoticeID, version int, actor string, at time.Time) error {
	_, err := exec(ctx, t.q, "note whose a blob is",
		`INSERT INTO blob_uses (ref, notice, version, actor, at) VALUES ($1, $2, $3, $4, $5)
		 ON CONFLICT (ref, notice, version, actor) DO UPDATE SET at = excluded.at WHERE excluded.at > blob_uses.at`,
		ref, string(notice), version, actor, millis(at))
	return err
}

// useBlobs notes what a version of a notice names, and the version itself.
func (t *Tx) useBlobs(ctx context.Context, v NoticeVersion) error {
	if err := t.useBlob(ctx, v.Ref.String(), v.Notice, v.Version, "", v.Saved); err != nil {
		return err
	}
	for _, m := range inBody.FindAllSubmatch(v.Body, -1) {
		if err := t.useBlob(ctx, string(m[1]), v.Notice, v.Version, "", v.Saved); err != nil {
			return err
		}
	}
	return nil
}

// settleBlobs notes what a version names whose body changes no more, and forgets what
// it named as a draft.
func (t *Tx) settleBlobs(ctx context.Context, id playlist.NoticeID, version int) error {
	v, err := t.NoticeVersion(ctx, id, version)
	if err != nil {
		return err
	}
	if _, err := exec(ctx, t.q, "forget what a draft named", `DELETE FROM blob_uses WHERE notice = $1 AND version = $2`, string(id), version); err != nil {
		return err
	}
	return t.useBlobs(ctx, v)
}

// takeBlobs notes what the notices name that programs before this schema wrote.
func takeBlobs(ctx context.Context, t *Tx) error {
	all, err := collect(ctx, t.q, "all versions of notices", scanVersion, `SELECT `+versionColumns+` FROM notice_versions`)
	if err != nil {
		return err
	}
	for _, v := range all {
		if err := t.useBlobs(ctx, v); err != nil {
			return err
		}
	}
	return nil
}

// MayHave reports whether a login that sees what v sees may have a blob: one that
// it uploaded, one of a notice that it sees whole, one of a version that is or was
// in force, a file of evidence of a notice that it sees whole, a recording of what
// was published, or a picture of a screen where it acts. Everything else is as if
// it were not there.
func (r Reader) MayHave(ctx context.Context, v *Viewer, login string, ref assets.Ref) (bool, error) {
	type use struct {
		notice  playlist.NoticeID
		version int
		actor   string
	}
	uses, err := collect(ctx, r.q, "whose a blob is", func(s scanner) (u use, err error) {
		err = s.Scan(&u.notice, &u.version, &u.actor)
		return u, err
	}, `SELECT notice, version, actor FROM blob_uses WHERE ref = $1
	    UNION ALL SELECT notice, 0, '' FROM evidence WHERE ref = $1`, ref.String())
	if err != nil {
		return false, err
	}
	for _, u := range uses {
		if u.notice == "" {
			if u.actor == login {
				return true, nil
			}
			continue
		}
		n, err := r.Notice(ctx, u.notice)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return false, err
		}
		if v.Whole(n) {
			return true, nil
		}
		if u.version == 0 {
			continue
		}
		version, err := r.NoticeVersion(ctx, u.notice, u.version)
		if err != nil {
			return false, err
		}
		if len(v.Versions(n, []NoticeVersion{version})) > 0 {
			return true, nil
		}
	}
	return r.publicBlob(ctx, v, ref)
}

// publicBlob reports whether a blob is a recording of what was published, or a
// picture of a screen at a site of the viewer.
func (r Reader) publicBlob(ctx context.Context, v *Viewer, ref assets.Ref) (bool, error) {
	if n, err := one(ctx, r.q, "recording", scanInt, `SELECT COUNT(*) FROM speech WHERE ref = $1`, ref.String()); err != nil || n > 0 {
		return err == nil, err
	}
	sites, err := collect(ctx, r.q, "screens of a picture", func(s scanner) (site playlist.SiteID, err error) { err = s.Scan(&site); return site, err },
		`SELECT s.site FROM commands c JOIN screens s ON s.id = c.screen WHERE c.ref = $1`, ref.String())
	for _, site := range sites {
		if v == nil || slices.ContainsFunc(v.Scopes, func(s Scope) bool { return s.Sites == nil || slices.Contains(s.Sites, site) }) {
			return true, nil
		}
	}
	return false, err
}

// MayUse reports whether a login may have all sizes of pictures, and so may put
// them into a notice: else naming a picture of others would show it.
func (r Reader) MayUse(ctx context.Context, v *Viewer, login string, pictures []playlist.Picture) (bool, error) {
	for _, p := range pictures {
		for _, size := range p.Renditions {
			if may, err := r.MayHave(ctx, v, login, size.Ref); err != nil || !may {
				return false, err
			}
		}
	}
	return true, nil
}
