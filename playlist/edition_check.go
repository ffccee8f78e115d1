package playlist

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"mingbai/assets"
	"mingbai/playlist/schedule"
)

// What one edition may hold. A device has to keep all of it in memory.
const (
	maxEntries    = 50_000
	maxTakedowns  = 50_000
	maxColumns    = 2_000
	maxPlaylists  = 500
	maxItems      = 2_000
	maxRules      = 1_000
	maxDays       = 2_000
	maxLatest     = 50
	maxDwell      = 3600 // seconds
	maxBlobs      = maxPictures * maxRenditions
	maxBlobSize   = maxPicture
	maxRevision   = 1 << 53 // what every reader of JSON can hold
	maxSpeech     = 8 << 20 // bytes of a recording; playlist/speech decodes no more
	maxGlyphs     = 8 << 20 // bytes of the characters that an edition brings along
	maxReason     = 500     // characters
	maxNameLength = 64      // characters
)

// Check returns why a device must not admit the edition, or nil. It trusts
// nothing. What it can not see is inside the notices; Matches looks there.
func (e *Edition) Check() error {
	if _, err := ParseSiteID(string(e.Channel.Site)); err != nil {
		return fmt.Errorf("edition: channel: %w", err)
	}
	for _, part := range []func() error{
		e.checkHead, e.checkNotices, e.checkTakedowns, e.checkColumns, e.checkPlaylists, e.checkRules, e.checkDays,
	} {
		if err := part(); err != nil {
			return fmt.Errorf("edition %s of %s: %w", e.Revision, e.Channel, err)
		}
	}
	return nil
}

func (e *Edition) checkHead() error {
	if e.Revision == 0 || e.Revision > maxRevision {
		return errors.New("the revision is not a number from 1 to 2⁵³")
	}
	if y := e.Created.Year(); y < 2000 || y > 9999 {
		return fmt.Errorf("created in the year %d", y)
	}
	if g := e.Glyphs; g != nil && (g.Ref.IsZero() || g.Size < 1 || g.Size > maxGlyphs) {
		return fmt.Errorf("rare characters: blob %s of %d bytes, at most %d are allowed", g.Ref.Short(), g.Size, maxGlyphs)
	}
	if e.Channel.Alert && len(e.Columns)+len(e.Playlists)+len(e.Rules)+len(e.Days) > 0 {
		return errors.New("an alert channel carries alerts and nothing else")
	}
	return nil
}

func (e *Edition) checkNotices() error {
	if len(e.Notices) > maxEntries {
		return fmt.Errorf("%d notices, at most %d are allowed", len(e.Notices), maxEntries)
	}
	sizes := make(map[assets.Ref]int64, len(e.Notices))
	for i, n := range e.Notices {
		if _, err := ParseNoticeID(string(n.ID)); err != nil {
			return fmt.Errorf("notices[%d]: %w", i, err)
		}
		if i > 0 && e.Notices[i-1].ID >= n.ID {
			return fmt.Errorf("notice %s: not in order, or twice", n.ID)
		}
		if n.Version < 1 {
			return fmt.Errorf("notice %s: version %d", n.ID, n.Version)
		}
		if n.Ref.IsZero() || n.Size < 1 || n.Size > MaxNotice {
			return fmt.Errorf("notice %s: no blob, or a size of %d bytes", n.ID, n.Size)
		}
		if !n.NotBefore.IsZero() && !n.NotAfter.IsZero() && !n.NotBefore.Before(n.NotAfter) {
			return fmt.Errorf("notice %s: it expires before it begins", n.ID)
		}
		if n.Since.After(e.Created) {
			return fmt.Errorf("notice %s: it came in after the edition was made", n.ID)
		}
		if e.Channel.Alert && n.NotAfter.IsZero() {
			return fmt.Errorf("notice %s: an alert without an end", n.ID)
		}
		if len(n.Blobs) > maxBlobs {
			return fmt.Errorf("notice %s: %d blobs, at most %d are allowed", n.ID, len(n.Blobs), maxBlobs)
		}
		if s := n.Speech; s != nil && (s.Ref.IsZero() || s.Size < 1 || s.Size > maxSpeech) {
			return fmt.Errorf("notice %s: a recording %s of %d bytes, at most %d are allowed", n.ID, s.Ref.Short(), s.Size, maxSpeech)
		}
		if s := n.Speech; s != nil {
			if was, seen := sizes[s.Ref]; seen && was != s.Size {
				return fmt.Errorf("notice %s: recording %s has two sizes", n.ID, s.Ref.Short())
			}
			sizes[s.Ref] = s.Size
		}
		for j, b := range append([]Blob{{n.Ref, n.Size}}, n.Blobs...) {
			if b.Ref.IsZero() || b.Size < 1 || b.Size > maxBlobSize {
				return fmt.Errorf("notice %s: blob %s of %d bytes", n.ID, b.Ref.Short(), b.Size)
			}
			if was, seen := sizes[b.Ref]; seen && was != b.Size {
				return fmt.Errorf("notice %s: blob %s has two sizes", n.ID, b.Ref.Short())
			}
			if j > 1 && n.Blobs[j-2].Ref.Compare(b.Ref) >= 0 {
				return fmt.Errorf("notice %s: blob %s is not in order, or twice", n.ID, b.Ref.Short())
			}
			sizes[b.Ref] = b.Size
		}
	}
	return nil
}

func (e *Edition) checkTakedowns() error {
	if len(e.Takedowns) > maxTakedowns {
		return fmt.Errorf("%d take-downs, at most %d are allowed", len(e.Takedowns), maxTakedowns)
	}
	for i, t := range e.Takedowns {
		if _, err := ParseNoticeID(string(t.Notice)); err != nil {
			return fmt.Errorf("takedowns[%d]: %w", i, err)
		}
		if i > 0 && e.Takedowns[i-1].Notice >= t.Notice {
			return fmt.Errorf("take-down of %s: not in order, or twice", t.Notice)
		}
		if t.Version < 1 || !utf8.ValidString(t.Reason) || utf8.RuneCountInString(t.Reason) > maxReason {
			return fmt.Errorf("take-down of %s: version %d, or a reason that is too long", t.Notice, t.Version)
		}
		if n, listed := e.entry(t.Notice); listed && n.Version <= t.Version {
			return fmt.Errorf("notice %s: version %d is listed, but versions up to %d are taken down", t.Notice, n.Version, t.Version)
		}
	}
	return nil
}

func (e *Edition) checkColumns() error {
	if len(e.Columns) > maxColumns {
		return fmt.Errorf("%d columns, at most %d are allowed", len(e.Columns), maxColumns)
	}
	return firstWrong(ValidateColumns(e.Columns))
}

func (e *Edition) checkPlaylists() error {
	if len(e.Playlists) > maxPlaylists {
		return fmt.Errorf("%d playlists, at most %d are allowed", len(e.Playlists), maxPlaylists)
	}
	for i, p := range e.Playlists {
		if i > 0 && e.Playlists[i-1].ID >= p.ID {
			return fmt.Errorf("playlist %s: not in order, or twice", p.ID)
		}
		if err := firstWrong(ValidatePlaylist(p, ValidateEnv{})); err != nil {
			return fmt.Errorf("playlist %s: %w", p.ID, err)
		}
		for _, item := range p.Items {
			if _, listed := e.entry(item.Notice); !listed {
				return fmt.Errorf("playlist %s: there is no notice %s", p.ID, item.Notice)
			}
		}
	}
	return nil
}

func (e *Edition) checkRules() error {
	if len(e.Rules) > maxRules {
		return fmt.Errorf("%d rules, at most %d are allowed", len(e.Rules), maxRules)
	}
	for i, r := range e.Rules {
		if i > 0 && e.Rules[i-1].ID >= r.ID {
			return fmt.Errorf("rule %s: not in order, or twice", r.ID)
		}
	}
	return firstWrong(ValidateRules(e.Rules, e.Playlists))
}

func (e *Edition) checkDays() error {
	if len(e.Days) > maxDays {
		return fmt.Errorf("%d days, at most %d are allowed", len(e.Days), maxDays)
	}
	for i, d := range e.Days {
		if !d.Date.Valid() || i > 0 && !e.Days[i-1].Date.Before(d.Date) {
			return fmt.Errorf("day %s: no such day, not in order, or twice", d.Date)
		}
		if !utf8.ValidString(d.Name) || utf8.RuneCountInString(d.Name) > maxNameLength {
			return fmt.Errorf("day %s: the name is too long", d.Date)
		}
	}
	return nil
}

func firstWrong(problems []Problem) error {
	for _, p := range problems {
		if p.Severity == Wrong {
			return fmt.Errorf("%s: %s", p.Field, p.MessageEn)
		}
	}
	return nil
}

// Follows returns why e must not replace prev, or nil: the revision must be
// greater, no take-down and no notice may be missing, no version go back and no
// version change its bytes. A notice may be missing when it was taken down or
// had expired when e was made. prev may be nil.
func (e *Edition) Follows(prev *Edition) error {
	if prev == nil {
		return nil
	}
	fail := func(format string, args ...any) error {
		return fmt.Errorf("edition %s of %s after %s: %w", e.Revision, e.Channel, prev.Revision, fmt.Errorf(format, args...))
	}
	if e.Channel != prev.Channel {
		return fail("the other is of channel %s", prev.Channel)
	}
	if e.Revision <= prev.Revision {
		return fail("the revision is not greater")
	}
	for _, t := range prev.Takedowns {
		if now, ok := e.takedown(t.Notice); !ok || now.Version < t.Version {
			return fail("the take-down of %s is missing", t.Notice)
		}
	}
	for _, n := range prev.Notices {
		now, listed := e.entry(n.ID)
		down, taken := e.takedown(n.ID)
		switch {
		case listed && now.Version < n.Version:
			return fail("notice %s goes back from version %d to %d", n.ID, n.Version, now.Version)
		case listed && now.Version == n.Version && !sameEntry(n, now):
			return fail("notice %s is still version %d but has changed", n.ID, n.Version)
		case listed:
		case taken && down.Version >= n.Version:
		case !n.NotAfter.IsZero() && !n.NotAfter.After(e.Created):
		default:
			return fail("notice %s is missing without having been taken down or expired", n.ID)
		}
	}
	return nil
}

func sameEntry(a, b Entry) bool {
	return a.Ref == b.Ref && a.Size == b.Size && a.NotBefore.Equal(b.NotBefore) && a.NotAfter.Equal(b.NotAfter)
}

// Matches returns why the notice is not the one that the entry of e lists, or
// may not be on e's channel, or nil. That n's bytes hash to the entry's Ref is
// for the caller to know.
func (e *Edition) Matches(entry Entry, n *Notice) error {
	switch {
	case n.ID != entry.ID || n.Version != entry.Version:
		return fmt.Errorf("notice %s version %d is listed, the blob is %s version %d", entry.ID, entry.Version, n.ID, n.Version)
	case n.Site != e.Channel.Site:
		return fmt.Errorf("notice %s is of site %s and may not be on channel %s", n.ID, n.Site, e.Channel)
	case (n.Kind == KindAlert) != e.Channel.Alert && n.Kind != KindNewer:
		return fmt.Errorf("notice %s is of kind %s and may not be on channel %s", n.ID, n.Kind, e.Channel)
	case !n.NotBefore.Equal(entry.NotBefore) || !n.NotAfter.Equal(entry.NotAfter):
		return fmt.Errorf("notice %s has another window than is listed", n.ID)
	}
	for _, b := range n.Blobs() {
		if !slices.Contains(entry.Blobs, b) {
			return fmt.Errorf("notice %s needs blob %s, which is not listed", n.ID, b.Ref.Short())
		}
	}
	return nil
}

// ruleProblem turns a problem of a rule into one of a document.
func ruleProblem(prefix string, p schedule.Problem) Problem {
	return Problem{Field: prefix + p.Field, Code: p.Code, Message: p.Message, MessageEn: p.MessageEn, Severity: Wrong}
}
