package console

import (
	"errors"
	"fmt"
	"time"

	"mingbai/controller/backup"
	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// backupsPage is how backups stand, and what screens have beyond a restored one.
type backupsPage struct {
	frame
	Live          backupsLive
	Make          bool // the visitor may have one made
	Folder        string
	Beside        bool // on the disk that it is to save from
	Daily, Weekly int
	Command       string // the folder of the newest that can be restored
	Room          *roomPart
}

// backupsLive is the part that is refreshed.
type backupsLive struct {
	Age, Last  string // of the newest that can be used
	AgeTone    string
	Next       string
	Size, Free string
	Count      int
	Doing      string
	Trouble    string // why the last attempt failed
	TroubleAt  string
	Rows       []backupRow
	Lost       []lostRow
	Back       []backRow // what came back lately
	Make, Tend bool
	Recallable int
	Found      int // devices that wait to be taken back
}

type backupRow struct {
	Name, When, Age, Size, New, Who string
	State, Tone                     string
	Problems                        []string
	Schema                          int
	Line                            int64
}

// lostRow is a channel of which screens have a newer edition.
type lostRow struct {
	Channel, Name string
	Here, There   playlist.Revision
	Screens       int
	Online        int
	Asked, Tone   string // what became of asking, in words
	May           bool
}

// backRow is an edition that came back.
type backRow struct{ Name, What, When, Who string }

// backFor is how long the page shows what came back.
const backFor = 24 * time.Hour

func showBackups(v *visit) error {
	s := v.Backups.State()
	p := backupsPage{frame: v.page(v.t("备份")), Make: v.mayAtRoot(), Folder: s.Folder, Beside: s.Beside, Daily: s.Daily, Weekly: s.Weekly}
	p.Room = v.room(s.Daily, s.Weekly)
	var err error
	if p.Live, err = v.backupsLive(s); err != nil {
		return err
	}
	p.Command = s.Folder + "/…"
	for _, b := range s.Backups {
		if b.Sound() {
			p.Command = s.Folder + "/" + b.Name
			break
		}
	}
	return v.show("backups", p)
}

func liveBackups(v *visit) error {
	live, err := v.backupsLive(v.Backups.State())
	if err != nil {
		return err
	}
	return v.part("backups", "live", live)
}

// mayAtRoot reports whether the visitor administers the whole.
func (v *visit) mayAtRoot() bool {
	tree, err := v.sites()
	if err != nil {
		return false
	}
	root, err := tree.Root()
	if err != nil {
		return v.has(manages) && v.person.Site == ""
	}
	return v.may(manages, root.ID)
}

func (v *visit) backupsLive(s backup.State) (backupsLive, error) {
	l := backupsLive{Make: v.mayAtRoot() && s.Doing == "", Tend: v.has(tends), Found: v.Fleet.FoundCount(), Count: len(s.Backups), Next: v.t("没有定时"), Free: "—", Age: v.t("没有"), AgeTone: "bad"}
	if !s.Next.IsZero() {
		l.Next = v.clock(s.Next)
	}
	if s.Free >= 0 {
		l.Free = v.bytes(s.Free)
	}
	var kept int64
	for _, b := range s.Backups {
		row := v.backupRow(b)
		kept += b.Blobs.New + b.Database.Size
		if b.Sound() && l.Last == "" {
			age := v.Now().Sub(b.Made)
			l.Last, l.Age, l.AgeTone = v.clock(b.Made), v.span(age), "good"
			if age < time.Minute {
				l.Age = v.t("刚刚")
			}
			if age > 48*time.Hour {
				l.AgeTone = "bad"
			}
		}
		l.Rows = append(l.Rows, row)
	}
	l.Size = v.bytes(kept)
	switch s.Doing {
	case backup.Making:
		l.Doing = v.t("正在备份，已用 %s。发布和屏幕不受影响。", v.span(v.Now().Sub(s.Since)))
	case backup.Checking:
		l.Doing = v.t("正在核对 %s，已用 %s。", s.Name, v.span(v.Now().Sub(s.Since)))
	}
	if !s.Failed.IsZero() {
		l.Trouble, l.TroubleAt = v.said(s.Why), v.clock(s.Failed)
	}
	return l, v.lost(&l)
}

func (v *visit) backupRow(b backup.Backup) backupRow {
	r := backupRow{
		Name: b.Name, When: v.clock(b.Made), Age: v.ago(b.Made), Size: v.bytes(b.Bytes()), New: v.bytes(b.Blobs.New + b.Database.Size),
		Schema: b.Schema, Line: b.Audit.Line,
	}
	switch b.Actor {
	case "":
		r.Who = v.t("命令行")
	case backup.System:
		r.Who = v.t("定时")
	default:
		r.Who = v.actor(b.Actor)
	}
	switch {
	case !b.Sound():
		r.State, r.Tone = v.t("不能用"), "bad"
	case b.Checked.IsZero():
		r.State, r.Tone = v.t("没有核对过"), "warn"
	default:
		r.State, r.Tone = v.t("已核对 %s", v.clock(b.Checked)), "good"
	}
	for _, p := range b.Problems {
		r.Problems = append(r.Problems, v.said(p))
	}
	return r
}

// bytes writes a size as people say it.
func (v *visit) bytes(n int64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GB", n>>30)
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	case n >= 10<<20:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d KB", (n+1023)>>10)
}

// channelName is a channel as people call it.
func (v *visit) channelName(ch playlist.ChannelID) string {
	if ch.Alert {
		return v.t("%s 的预警", v.siteName(ch.Site))
	}
	return v.siteName(ch.Site)
}

// lost adds what screens have beyond the controller, and what came back from them.
func (v *visit) lost(l *backupsLive) error {
	all, err := v.Fleet.Lost(v.ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		r := lostRow{
			Channel: c.Channel.String(), Name: v.channelName(c.Channel), Here: c.Here, There: c.There, Screens: len(c.Screens), Online: c.Online,
			May: v.may(tends, c.Channel.Site),
		}
		if r.Asked, r.Tone, err = v.recalling(c); err != nil {
			return err
		}
		if r.May && r.Online > 0 {
			l.Recallable++
		}
		l.Lost = append(l.Lost, r)
	}
	rows, err := v.Store.FindRecords(v.ctx, store.AuditFilter{Kind: "channel", From: v.Now().Add(-backFor), Limit: 20})
	if err != nil {
		return err
	}
	for _, r := range rows {
		ch, err := playlist.ParseChannelID(r.Subject)
		if r.Action != "channel.reclaim" || err != nil {
			continue
		}
		l.Back = append(l.Back, backRow{v.channelName(ch), r.Detail, v.clock(r.At), v.actor(r.Actor)})
	}
	return nil
}

// recalling says what became of asking the screens of a channel to give it back.
func (v *visit) recalling(c fleet.Lost) (words, tone string, err error) {
	var last store.Command
	for _, id := range c.Screens[:min(len(c.Screens), 20)] {
		commands, err := v.Store.Commands(v.ctx, id, 10)
		if err != nil {
			return "", "", err
		}
		for _, k := range commands {
			if k.Kind == wire.CommandReturn && k.Created.After(last.Created) {
				last = k
			}
		}
	}
	switch {
	case last.ID == "" && c.Online == 0:
		return v.t("屏都不在线，连上后才能取"), "quiet", nil
	case last.ID == "":
		return v.t("还没有取"), "warn", nil
	case last.Done.IsZero():
		return v.t("%s 请“%s”交回，正在等", v.clock(last.Created), v.screenName(last.Screen)), "quiet", nil
	case !last.OK:
		return v.t("“%s”没有交成：%s", v.screenName(last.Screen), last.Error), "bad", nil
	}
	return v.t("“%s”已交回，正在放回", v.screenName(last.Screen)), "quiet", nil
}

// makeBackup has a backup made now.
func makeBackup(v *visit) error {
	if !v.mayAtRoot() {
		return errSite
	}
	if err := v.Backups.Ask(v.ctx, v.person.Login); err != nil {
		return err
	}
	return v.to("/backups", "done", "backup")
}

// checkBackup has one checked.
func checkBackup(v *visit) error {
	if !v.mayAtRoot() {
		return errSite
	}
	if err := v.Backups.AskCheck(v.ctx, v.person.Login, v.form("name")); err != nil {
		return err
	}
	return v.to("/backups", "done", "backup-check")
}

// recallLost asks screens for one channel, or for all that the visitor may.
func recallLost(v *visit) error {
	var channels []playlist.ChannelID
	if name := v.form("channel"); name != "" {
		ch, err := playlist.ParseChannelID(name)
		if err != nil {
			return store.ErrNotFound
		}
		if err := v.reach(ch.Site); err != nil {
			return err
		}
		channels = append(channels, ch)
	} else {
		lost, err := v.Fleet.Lost(v.ctx)
		if err != nil {
			return err
		}
		for _, l := range lost {
			if l.Online > 0 && v.may(tends, l.Channel.Site) {
				channels = append(channels, l.Channel)
			}
		}
	}
	asked := false
	var failed error
	for _, ch := range channels {
		_, err := v.Fleet.Recall(v.ctx, v.person.Login, ch)
		switch {
		case err == nil:
			asked = true
		case errors.Is(err, store.ErrNotFound): // it came back meanwhile
			asked = true
		default:
			failed = errors.Join(failed, fmt.Errorf("recall %s: %w", ch, err))
		}
	}
	if !asked && failed != nil {
		return failed
	}
	if len(channels) == 0 {
		return fleet.ErrOffline
	}
	return v.to("/backups", "done", "recalled")
}
