package console

import (
	"bytes"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"mingbai/controller/certificate"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/duty"
	"mingbai/playlist/review"
)

// showCertificate sends the posting certificate of the version in force, or of
// the last that was, as PDF. It is in Chinese whatever language the page is in: it
// is a document of the office.
func showCertificate(v *visit) error {
	row, _, err := v.newest()
	if err != nil {
		return err
	}
	shown, err := v.lastReleased(row)
	if err != nil {
		return err
	}
	r, err := v.certificate(row, shown)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := certificate.Write(&out, r); err != nil {
		return err
	}
	name := "公示证明-" + strings.Map(fileName, r.Title) + ".pdf"
	h := v.w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", `inline; filename="certificate.pdf"; filename*=UTF-8''`+url.PathEscape(name))
	h.Set("Content-Length", strconv.Itoa(out.Len()))
	if _, err := v.w.Write(out.Bytes()); err != nil && v.ctx.Err() == nil {
		v.Log.Debug("a browser went away", "path", v.r.URL.Path, "error", err)
	}
	return nil
}

// fileName keeps what every system takes in the name of a file.
func fileName(r rune) rune {
	if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
		return '-'
	}
	return r
}

// lastReleased is the version in force, or the newest that once was.
func (v *visit) lastReleased(row store.Notice) (store.NoticeVersion, error) {
	if row.Live > 0 {
		return v.Store.NoticeVersion(v.ctx, row.ID, row.Live)
	}
	all, err := v.Store.NoticeVersions(v.ctx, row.ID)
	if err != nil {
		return store.NoticeVersion{}, err
	}
	for _, ver := range all {
		if !ver.Published.IsZero() {
			return ver, nil
		}
	}
	return store.NoticeVersion{}, store.ErrNotFound
}

func (v *visit) certificate(row store.Notice, ver store.NoticeVersion) (certificate.Record, error) {
	n, err := ver.Decode()
	if err != nil {
		return certificate.Record{}, err
	}
	proof, err := v.Fleet.ProofOf(v.ctx, row.ID)
	if err != nil {
		return certificate.Record{}, err
	}
	zh := *v
	zh.lang = chinese
	_, hash, _ := strings.Cut(ver.Ref.String(), "-")
	r := certificate.Record{
		Office: v.Office, Title: n.Title, Notice: string(n.ID), Version: ver.Version, Issuer: n.Issuer, Index: n.Index, Number: n.Document, Issued: n.Issued.String(),
		Site: strings.TrimPrefix(zh.shownAt(row.Site), "电子屏："), First: proof.First, Until: proof.Last, Seconds: proof.Seconds, Days: proof.Days,
		Hash: hash, Channel: row.Channel().String(), Edition: uint64(ver.Edition),
		Printed: v.Now(), By: v.person.Name, Zone: v.Zone,
	}
	columns, err := v.Store.Columns(v.ctx)
	if err != nil {
		return r, err
	}
	for _, c := range columns {
		if c.ID == n.Column {
			r.Column = c.Name
		}
	}
	cal, err := v.calendar()
	if err != nil {
		return r, err
	}
	if k, ok := duty.KeptOf(n, shownDays(proof), cal, v.today()); ok {
		r.Wanted, r.Counted, r.Working, r.From, r.Last = k.Wanted, k.Counted, k.Working, k.From.String(), k.Last.String()
	}
	for _, s := range proof.Screens {
		if s.Times == 0 {
			continue
		}
		one := certificate.Screen{
			ID: string(s.Screen), Name: s.Name, Place: s.Place, First: s.First, Last: s.Last, Seconds: s.Seconds, Times: s.Times,
			Epoch: s.Ledger.Epoch, Row: s.Ledger.Seq, Chain: s.Ledger.Chain,
		}
		if s.Site != "" {
			one.Site = zh.siteName(s.Site)
		}
		if one.Name == "" {
			one.Name = one.ID
		}
		for _, d := range s.Days {
			one.Days = append(one.Days, certificate.Day{Day: d.Day, Seconds: d.Seconds})
		}
		r.Screens = append(r.Screens, one)
	}
	if err := v.editionOf(&r, row.Channel(), ver.Edition); err != nil {
		return r, err
	}
	return r, v.approvedBy(&r, &zh, ver)
}

// editionOf notes which keys signed the edition that first carried the notice.
func (v *visit) editionOf(r *certificate.Record, c playlist.ChannelID, rev playlist.Revision) error {
	edition, err := v.Store.Edition(v.ctx, c, rev)
	signatures := edition.Envelope.Signatures
	if errors.Is(err, store.ErrNotFound) { // its bytes were dropped; who signed them is known
		var past store.PastEdition
		past, err = v.Store.PastEdition(v.ctx, c, rev)
		signatures = past.Signatures
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil // it was lost with the database of before a restore
	}
	if err != nil {
		return err
	}
	for _, s := range signatures {
		r.Keys = append(r.Keys, s.Key)
	}
	return nil
}

func (v *visit) approvedBy(r *certificate.Record, zh *visit, ver store.NoticeVersion) error {
	all, err := v.Desk.Approvals(v.ctx, ver.Notice, ver.Version)
	if err != nil {
		return err
	}
	for _, a := range publish.LastRound(all) {
		word := "起草"
		if a.Capacity != review.Draft {
			word = zh.stageWord(review.Stage(a.Capacity))
		}
		name := a.Name
		if name == a.Person {
			name = zh.actor(name)
		}
		r.Approved = append(r.Approved, certificate.Signed{Capacity: word, Name: name, For: a.ForName, At: a.At, Genuine: a.Genuine && a.Ref == ver.Ref})
	}
	return nil
}
