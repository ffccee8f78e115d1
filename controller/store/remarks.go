package store

import (
	"context"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/review"
)

// RemarkKind is what was done with a remark.
type RemarkKind string

// The kinds of remark.
const (
	Submitted   RemarkKind = "submit"   // 送审
	ReturnedFor RemarkKind = "return"   // 退回, with its reason
	Withdrawn   RemarkKind = "withdraw" // 撤回
	SentOutside RemarkKind = "outside"  // 送外部审查
	Replied     RemarkKind = "reply"    // 外部审查的答复
	Approved    RemarkKind = "approve"  // what a reviewer added to an approval
	Explained   RemarkKind = "explain"  // 补充原因: why it was taken down
	Overridden  RemarkKind = "override" // 保留并说明理由: published over a finding
)

// Remark is something said on a notice's way.
type Remark struct {
	ID      int64             `json:"id"`
	Notice  playlist.NoticeID `json:"notice"`
	Version int               `json:"version"`
	At      time.Time         `json:"at"`
	Person  string            `json:"person"` // login
	Kind    RemarkKind        `json:"kind"`
	Stage   review.Stage      `json:"stage,omitempty"` // in which it stood
	Text    string            `json:"text,omitempty"`
	Ref     assets.Ref        `json:"ref,omitzero"` // of a file that belongs to it
}

// Remarks returns what was said about a notice, the oldest first.
func (r Reader) Remarks(ctx context.Context, id playlist.NoticeID) ([]Remark, error) {
	return collect(ctx, r.q, "remarks on notice "+string(id), scanRemark, `SELECT id, notice, version, at, person, kind, stage, text, ref FROM remarks WHERE notice = $1 ORDER BY id`, string(id))
}

func scanRemark(s scanner) (Remark, error) {
	var m Remark
	var at int64
	var ref string
	if err := s.Scan(&m.ID, &m.Notice, &m.Version, &at, &m.Person, &m.Kind, &m.Stage, &m.Text, &ref); err != nil {
		return m, err
	}
	m.At = fromMillis(at)
	if ref == "" {
		return m, nil
	}
	return m, m.Ref.UnmarshalText([]byte(ref))
}

// AddRemark appends a remark.
func (t *Tx) AddRemark(ctx context.Context, m Remark) error {
	ref := ""
	if m.Ref != (assets.Ref{}) {
		ref = m.Ref.String()
	}
	_, err := exec(ctx, t.q, "add a remark on notice "+string(m.Notice),
		`INSERT INTO remarks (notice, version, at, person, kind, stage, text, ref) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		string(m.Notice), m.Version, millis(m.At), m.Person, string(m.Kind), string(m.Stage), m.Text, ref)
	return err
}

// Evidence is a file that is no part of what is shown: the scan of a signature,
// minutes, a reply. Its bytes are a blob.
type Evidence struct {
	ID      int64             `json:"id"`
	Notice  playlist.NoticeID `json:"notice"`
	Version int               `json:"version"`
	At      time.Time         `json:"at"`
	Person  string            `json:"person"` // login
	Name    string            `json:"name"`   // of the file
	Type    string            `json:"type"`   // media type
	Ref     assets.Ref        `json:"ref"`
	Size    int64             `json:"size"` // bytes
}

// EvidenceOf returns the files that belong to a notice, the oldest first.
func (r Reader) EvidenceOf(ctx context.Context, id playlist.NoticeID) ([]Evidence, error) {
	return collect(ctx, r.q, "evidence of notice "+string(id), func(s scanner) (Evidence, error) {
		var e Evidence
		var at int64
		var ref string
		if err := s.Scan(&e.ID, &e.Notice, &e.Version, &at, &e.Person, &e.Name, &e.Type, &ref, &e.Size); err != nil {
			return e, err
		}
		e.At = fromMillis(at)
		return e, e.Ref.UnmarshalText([]byte(ref))
	}, `SELECT id, notice, version, at, person, name, type, ref, size FROM evidence WHERE notice = $1 ORDER BY id`, string(id))
}

// AddEvidence appends a file. Its blob must be stored already.
func (t *Tx) AddEvidence(ctx context.Context, e Evidence) error {
	_, err := exec(ctx, t.q, "add evidence to notice "+string(e.Notice),
		`INSERT INTO evidence (notice, version, at, person, name, type, ref, size) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		string(e.Notice), e.Version, millis(e.At), e.Person, e.Name, e.Type, e.Ref.String(), e.Size)
	return err
}
