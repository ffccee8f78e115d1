package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"time"

	"mingbai/controller/fleet"
)

// reason is why a backup failed, in words.
func reason(err error) fleet.Words {
	full, isFull := errors.AsType[*NoRoom](err)
	switch {
	case isFull:
		return fleet.Words{
			Zh: fmt.Sprintf("磁盘放不下：还剩 %d MB，需要 %d MB", full.Free>>20, full.Need>>20+1),
			En: fmt.Sprintf("the disk is too full: %d MB are free, %d MB are needed", full.Free>>20, full.Need>>20+1),
		}
	case errors.Is(err, syscall.ENOSPC):
		return fleet.Words{Zh: "备份时磁盘写满了", En: "the disk filled up while the backup was made"}
	case errors.Is(err, fs.ErrPermission):
		return fleet.Words{Zh: "总台程序没有权限写备份文件夹", En: "the controller may not write to the folder of backups"}
	}
	return fleet.Words{Zh: "写备份时出错：" + err.Error(), En: err.Error()}
}

// Signs says what is wrong with the backups, the worst first, for the watch. It
// reads nothing from disk.
func (k *Keeper) Signs(now time.Time) []fleet.Sign {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []fleet.Sign
	sign := func(since time.Time, title, cause, next fleet.Words) {
		out = append(out, fleet.Sign{Kind: fleet.SignBackup, Severity: fleet.Warn, Since: since, Title: title, Cause: cause, Next: next})
	}
	if k.cfg.At < 0 && len(k.list) == 0 {
		return nil // somebody else looks after it
	}
	last, sound := k.since, false
	for _, b := range k.list {
		if b.Sound() {
			last, sound = b.Made, true
			break
		}
	}
	day := func(t time.Time) string { return t.In(k.cfg.Zone).Format("01-02 15:04") }
	switch {
	case !k.fail.at.IsZero():
		sign(k.fail.at, fleet.Words{Zh: "备份失败", En: "The backup failed"}, k.fail.why,
			fleet.Words{Zh: "请在“备份”页看原因，处理后点“现在备份”", En: "See the page Backups for the cause, mend it and use Back up now"})
	case len(k.list) > 0 && !k.list[0].Sound():
		sign(k.list[0].Made, fleet.Words{Zh: "最近的备份不能用", En: "The newest backup cannot be used"}, k.list[0].Problems[0],
			fleet.Words{Zh: "请先检查磁盘，再点“现在备份”", En: "Look at the disk, then use Back up now"})
	case k.cfg.At >= 0 && now.Sub(last) > tooOld && now.Sub(k.began) > time.Hour:
		cause := fleet.Words{Zh: "最近一次是 " + day(last), En: "The newest is of " + day(last)}
		if !sound {
			cause = fleet.Words{Zh: "还没有做成过一次备份", En: "No backup was ever made"}
		}
		days := int(now.Sub(last) / (24 * time.Hour))
		sign(last.Add(tooOld), fleet.Words{Zh: fmt.Sprintf("%d 天没有新备份", days), En: fmt.Sprintf("No new backup for %d days", days)}, cause,
			fleet.Words{Zh: "请在“备份”页点“现在备份”，看它说什么", En: "Use Back up now on the page Backups and see what it says"})
	}
	return out
}
