package kiosk

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mingbai/assets/durable"
	"mingbai/kiosk/cache"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// The daily patrol (DOMAIN G13): in the quiet hours, each screen at its own
// minute, so that ten thousand do not come at once.
const (
	patrolFrom  = 3 * time.Hour    // after midnight
	patrolIn    = 2 * time.Hour    // within which all screens come round
	patrolLook  = time.Minute      // how often it is asked whether it is time
	patrolCalm  = 10 * time.Minute // after a start, before a patrol that was missed
	patrolRate  = 20 << 20         // bytes a second that are read for it
	patrolBlock = 64 << 10         // written and read back
)

// Bounds within which a machine is well.
const (
	leastRoom   = 200 << 20 // bytes free
	mostHeat    = 85.0      // degrees
	mostOffset  = 30 * time.Second
	mostDiffers = 2.0 // per cent of pixels
)

const patrolFile = "patrol.json"

// patrolled is the last patrol as it is kept on disk.
type patrolled struct {
	Day   schedule.Date `json:"day"` // civil day of the screen
	Found wire.Patrol   `json:"found"`
}

// patrolTime is when after midnight the device with a key looks itself over.
func patrolTime(key ed25519.PublicKey) time.Duration {
	sum := sha256.Sum256(append([]byte("mingbai patrol "), key...))
	return patrolFrom + time.Duration(binary.BigEndian.Uint64(sum[:])%uint64(patrolIn/time.Second))*time.Second
}

// patrolDue reports whether a patrol is due at now, in the screen's zone: its
// time has come and there was none on this civil day. A last one in the future is
// of a clock that has been put right.
func patrolDue(now time.Time, at time.Duration, last schedule.Date) bool {
	day := schedule.DateOf(now)
	if day == last {
		return false
	}
	return !now.Before(day.In(now.Location()).Add(at))
}

// keepPatrol looks the screen over once a day and when a technician asks, until
// ctx ends.
func (d *Device) keepPatrol(ctx context.Context) {
	at := patrolTime(d.key.Public().(ed25519.PublicKey))
	tick := time.NewTicker(patrolLook)
	defer tick.Stop()
	for {
		asked := false
		select {
		case <-ctx.Done():
			return
		case <-d.patrolNow:
			asked = true
		case <-tick.C:
		}
		_, enrolled := d.cache.Identity()
		now := d.localTime()
		if !asked && (!enrolled || d.mono() < patrolCalm || !patrolDue(now, at, d.patrolDay())) {
			continue
		}
		found := d.patrol(ctx)
		if ctx.Err() != nil {
			return
		}
		d.keepPatrolled(patrolled{Day: schedule.DateOf(now), Found: found})
		d.link.Patrol(found)
		d.mend(ctx)
	}
}

// localTime is now in the screen's own zone.
func (d *Device) localTime() time.Time {
	now := d.moment().Now
	if g := d.cache.Current(); g != nil && g.Library != nil {
		return now.In(g.Library.Zone())
	}
	if zone, err := time.LoadLocation(d.cfg.Zone); err == nil {
		return now.In(zone)
	}
	return now
}

func (d *Device) patrolDay() schedule.Date {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.patrolledAs.Day
}

func (d *Device) keepPatrolled(p patrolled) {
	d.mu.Lock()
	d.patrolledAs = p
	d.mu.Unlock()
	data, err := json.Marshal(p)
	if err == nil {
		err = durable.WriteFile(durable.OS, filepath.Join(d.cfg.Data, patrolFile), data)
	}
	if err != nil {
		d.log.Error("The patrol could not be kept.", "error", err)
	}
}

// loadPatrolled reads the last patrol. One that cannot be read is made again.
func (d *Device) loadPatrolled() {
	data, err := durable.ReadFile(durable.OS, filepath.Join(d.cfg.Data, patrolFile))
	if err != nil {
		if !errors.Is(err, os.ErrNotExist) {
			d.log.Warn("The last patrol cannot be read.", "error", err)
		}
		return
	}
	var p patrolled
	if err := json.Unmarshal(data, &p); err != nil {
		d.log.Warn("The last patrol cannot be read.", "error", err)
		return
	}
	d.patrolledAs = p
}

// resendPatrol sends today's patrol again on a new connection: nobody
// acknowledges one, and the controller knows the same one again.
func (d *Device) resendPatrol() {
	today := schedule.DateOf(d.localTime())
	d.mu.Lock()
	p := d.patrolledAs
	d.mu.Unlock()
	if p.Day == today && len(p.Found.Items) > 0 {
		d.link.Patrol(p.Found)
	}
}

// patrol looks the screen over.
func (d *Device) patrol(ctx context.Context) wire.Patrol {
	d.log.Info("The screen looks itself over.")
	began := d.mono()
	v := d.newest(ctx)
	p := wire.Patrol{At: d.moment().Now.UTC().Round(time.Millisecond)}
	add := func(items ...wire.PatrolItem) { p.Items = append(p.Items, items...) }
	content, err := d.cache.Verify(ctx, patrolRate)
	add(contentItem(content, err))
	add(ledgerItem(d.ledger.Verify()))
	offset, known := d.clock.Drift(d.wall(), d.mono())
	add(clockItem(offset, known, d.clock.Suspect()))
	add(diskItem(v.DiskFree, v.DiskTotal, d.writeAndRead()))
	add(d.displayItems(ctx, v)...)
	add(d.lampItem(brightnessItem(d.readLamp(v))))
	if d.kind == playlist.Touch {
		add(touchItem(v.Output)...)
		add(soundItem(d.gear.sound != nil && d.gear.sound.Ready(), d.volume()))
	}
	if v.Temperature > 0 {
		add(heatItem(v.Temperature))
	}
	bad := 0
	for _, item := range p.Items {
		if !item.OK {
			bad++
			d.log.Warn("The patrol found something.", "check", item.Check, "found", item.En, "detail", item.Detail)
		}
	}
	d.log.Info("The screen has looked itself over.", "checks", len(p.Items), "bad", bad, "took_ms", (d.mono() - began).Milliseconds())
	return p
}

// newest returns the vitals as they are now.
func (d *Device) newest(ctx context.Context) wire.Vitals {
	fresh := d.vitals.Collect(ctx, time.Now())
	d.mu.Lock()
	v := d.health
	d.mu.Unlock()
	d.peer()
	d.sense(&v)
	v.DiskFree, v.DiskTotal, v.Temperature = fresh.DiskFree, fresh.DiskTotal, fresh.Temperature
	d.outputs(&v.Output)
	return v
}

// writeAndRead writes a file beside the content and reads it back.
func (d *Device) writeAndRead() error {
	path := filepath.Join(d.cfg.Data, "patrol.probe")
	data := make([]byte, patrolBlock)
	rand.Read(data) // never fails
	if err := durable.WriteFile(durable.OS, path, data); err != nil {
		return err
	}
	back, err := durable.ReadFile(durable.OS, path)
	if err == nil && !bytes.Equal(back, data) {
		err = errors.New("what was read back is not what was written")
	}
	return errors.Join(err, durable.Remove(durable.OS, path))
}

// readLamp returns how bright the display is: as its lamp says, else as the
// program paints it.
func (d *Device) readLamp(v wire.Vitals) (percent int, painted bool, err error) {
	if d.gear.lamp == nil {
		return v.Output.Brightness, true, nil
	}
	percent, err = d.gear.lamp.Read()
	return percent, false, err
}

func contentItem(v cache.Verified, err error) wire.PatrolItem {
	item := wire.PatrolItem{Check: wire.PatrolContent}
	size := float64(v.Bytes) / (1 << 20)
	switch {
	case err != nil:
		item.Zh, item.En = "内容文件没有查完：读磁盘出错", "the content could not be read to the end: the disk fails"
		item.Detail = err.Error()
	case len(v.Damaged) > 0:
		item.Zh = fmt.Sprintf("%d 个内容文件里有 %d 个损坏，正在重新取", v.Blobs, len(v.Damaged))
		item.En = fmt.Sprintf("%d of %d content files are damaged and are fetched again", len(v.Damaged), v.Blobs)
		var names []string
		for _, ref := range v.Damaged[:min(len(v.Damaged), 20)] {
			names = append(names, ref.Short())
		}
		item.Detail = strings.Join(names, " ")
	default:
		item.OK = true
		item.Zh = fmt.Sprintf("%d 个内容文件（%.1f MB）全部核对无误", v.Blobs, size)
		item.En = fmt.Sprintf("all %d content files (%.1f MB) have their hashes", v.Blobs, size)
	}
	return item
}

func ledgerItem(rows int, broken uint64, err error) wire.PatrolItem {
	item := wire.PatrolItem{Check: wire.PatrolLedger}
	switch {
	case err != nil:
		item.Zh, item.En, item.Detail = "显示记录读不出来", "the record of display cannot be read", err.Error()
	case broken > 0:
		item.Zh = fmt.Sprintf("显示记录在第 %d 条处断了", broken)
		item.En = fmt.Sprintf("the record of display is broken at row %d", broken)
	default:
		item.OK = true
		item.Zh = fmt.Sprintf("显示记录 %d 条，前后相连", rows)
		item.En = fmt.Sprintf("the %d rows of the record of display follow each other", rows)
	}
	return item
}

func clockItem(offset time.Duration, known, suspect bool) wire.PatrolItem {
	item := wire.PatrolItem{Check: wire.PatrolClock}
	switch {
	case !known:
		item.OK = !suspect
		item.Zh, item.En = "开机以来没有连上总台，时钟无从核对", "the controller was not heard since the start, so the clock cannot be compared"
	case suspect || offset.Abs() > mostOffset:
		item.Zh = fmt.Sprintf("机器时钟差 %.0f 秒；屏幕按总台的时间走", offset.Seconds())
		item.En = fmt.Sprintf("the machine's clock is %.0f s off; the screen goes by the controller's time", offset.Seconds())
	default:
		item.OK = true
		item.Zh = fmt.Sprintf("时钟准确，差 %.1f 秒", offset.Seconds())
		item.En = fmt.Sprintf("the clock is right, %.1f s off", offset.Seconds())
	}
	return item
}

func diskItem(free, total uint64, err error) wire.PatrolItem {
	item := wire.PatrolItem{Check: wire.PatrolDisk}
	room := float64(free) / (1 << 30)
	switch {
	case err != nil:
		item.Zh, item.En, item.Detail = "磁盘写不进去或读不回来", "the disk does not take or give back a file", err.Error()
	case total > 0 && free < leastRoom:
		item.Zh = fmt.Sprintf("磁盘只剩 %.1f GB", room)
		item.En = fmt.Sprintf("only %.1f GB are left on the disk", room)
	default:
		item.OK = true
		item.Zh = fmt.Sprintf("磁盘能写能读，还剩 %.1f GB", room)
		item.En = fmt.Sprintf("the disk takes and gives back a file; %.1f GB are left", room)
	}
	return item
}

// displayItems says whether the display is there and shows what was drawn.
func (d *Device) displayItems(ctx context.Context, v wire.Vitals) []wire.PatrolItem {
	item := wire.PatrolItem{Check: wire.PatrolDisplay, Detail: v.Output.Connector}
	d.mu.Lock()
	lost, dark := d.lost, d.showing.Page == wire.Dark
	d.mu.Unlock()
	if lost != nil {
		if gone := lost(); len(gone) > 0 {
			item.Zh, item.En = "LED 控制器连不上", "a pixel controller cannot be reached"
			item.Detail = strings.Join(gone, ", ")
			return []wire.PatrolItem{item}
		}
	}
	switch pic := v.Picture; {
	case v.Output.Display == wire.Unplugged:
		item.Zh, item.En = "显示器没有接上", "no display is plugged in"
	case pic.Error != "":
		item.Zh, item.En, item.Detail = "画面读不回来", "the picture cannot be read back", pic.Error
	case pic.Black:
		item.Zh, item.En = "应该有画面，实际是黑的", "something should be shown, but all is black"
	case pic.Differs > mostDiffers:
		item.Zh = fmt.Sprintf("画面有 %.0f%% 的像素与应显示的不同", pic.Differs)
		item.En = fmt.Sprintf("%.0f%% of the pixels are not what was drawn", pic.Differs)
	case !pic.At.IsZero():
		item.OK = true
		item.Zh, item.En = "画面与应显示的一致", "the picture is what was drawn"
	default:
		short, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		if img, err := d.screen.Screenshot(short); err != nil {
			item.Zh, item.En, item.Detail = "画面读不回来", "the picture cannot be read back", err.Error()
		} else {
			item.OK = true
			item.Zh = fmt.Sprintf("画面读得回来，%d×%d 像素", img.Rect.Dx(), img.Rect.Dy())
			item.En = fmt.Sprintf("the picture can be read back, %d×%d pixels", img.Rect.Dx(), img.Rect.Dy())
		}
	}
	if dark && item.OK {
		darkItem(&item, v.Output)
	} else if item.OK && v.Output.Glow == wire.GlowDead {
		item.OK = false
		item.Zh, item.En = "画面画好了，显示器却关着，叫不亮", "the picture is drawn, but the monitor is off and does not light up"
	}
	return []wire.PatrolItem{item}
}

// darkItem says what is found in dark hours. Only what could be mended is a fault:
// a machine without the means is as it is.
func darkItem(item *wire.PatrolItem, o wire.Output) {
	item.Zh, item.En = "正在熄屏时段，画面是黑的", "these are dark hours: the picture is black"
	add := func(zh, en string) { item.Zh, item.En = item.Zh+zh, item.En+en }
	switch {
	case o.Power == wire.PowerOff:
		add("，显示器也关了（机器确认），这是对的", " and the monitor is off, as the machine confirms")
	case o.Glow == wire.GlowUnable:
		add("，这是对的；显示器还亮着，这台机器没有关它的办法（没有 DPMS），要省电请用显示器自带的定时",
			", as it should be; the monitor stays lit: this machine has no means to switch it off (no DPMS). To save power use the monitor's own timer")
	case o.Glow == wire.GlowUnwanted:
		add("，这是对的；配置不让关显示器（window.standby = false，或不是全屏）", ", as it should be; the configuration forbids to switch the monitor off (window.standby = false, or no full screen)")
	case o.Glow == wire.GlowFailed:
		item.OK, item.Detail = false, o.GlowDetail
		add("，但显示器关不掉，请取日志看原因", ", but the monitor could not be switched off; fetch the log")
	case o.Glow == wire.GlowDisobeys:
		item.OK = false
		add("，但显示器没有听命令关掉，请看有没有别的程序在管它的电源", ", but the monitor did not obey and is lit; look whether another program manages its power")
	default:
		add("，这是对的", ", as it should be")
	}
}

// lampItem says when the light behind the display is there and cannot be set.
func (d *Device) lampItem(item wire.PatrolItem) wire.PatrolItem {
	d.mu.Lock()
	why := d.lampError
	d.mu.Unlock()
	if why == nil {
		return item
	}
	item.OK, item.Detail = false, why.Error()
	item.Zh, item.En = "背光调不了，亮度改由画面调暗", "the backlight cannot be set, so the picture is dimmed instead"
	if errors.Is(why, os.ErrPermission) {
		item.Zh += "：程序没有写权限，请装 90-mingbai-backlight.rules（见安装说明）"
		item.En += ": the program may not write there; install 90-mingbai-backlight.rules"
	}
	return item
}

func brightnessItem(percent int, painted bool, err error) wire.PatrolItem {
	item := wire.PatrolItem{Check: wire.PatrolBrightness}
	switch {
	case err != nil:
		item.Zh, item.En, item.Detail = "背光亮度读不出来", "the brightness of the backlight cannot be read", err.Error()
	case percent < 0:
		item.OK = true
		item.Zh, item.En = "还没有画过画面，亮度未知", "nothing was drawn yet, so the brightness is not known"
	case painted:
		item.OK = true
		item.Zh, item.En = fmt.Sprintf("画面亮度 %d%%", percent), fmt.Sprintf("the picture is painted at %d%%", percent)
	default:
		item.OK = true
		item.Zh, item.En = fmt.Sprintf("背光亮度 %d%%", percent), fmt.Sprintf("the backlight is at %d%%", percent)
	}
	return item
}

// touchItem is left out where the machine does not tell.
func touchItem(o wire.Output) []wire.PatrolItem {
	item := wire.PatrolItem{Check: wire.PatrolTouch}
	switch o.Touch {
	case wire.Plugged:
		item.OK = true
		item.Zh, item.En = "触摸板在", "the touch panel is there"
		if !o.Touched.IsZero() {
			item.Detail = o.Touched.UTC().Format(time.RFC3339)
		}
	case wire.Unplugged:
		item.Zh, item.En = "找不到触摸板", "the touch panel is gone"
	default:
		return nil
	}
	return []wire.PatrolItem{item}
}

func soundItem(ready bool, volume int) wire.PatrolItem {
	item := wire.PatrolItem{Check: wire.PatrolSound, OK: ready}
	item.Zh, item.En = "没有声音输出，不能朗读", "there is no sound, so nothing can be read aloud"
	if ready {
		item.Zh, item.En = fmt.Sprintf("声音输出正常，音量 %d%%", volume), fmt.Sprintf("there is sound, at %d%%", volume)
	}
	return item
}

func heatItem(degrees float64) wire.PatrolItem {
	item := wire.PatrolItem{Check: wire.PatrolHeat, OK: degrees < mostHeat}
	item.Zh, item.En = fmt.Sprintf("温度 %.0f ℃", degrees), fmt.Sprintf("%.0f ℃", degrees)
	if !item.OK {
		item.Zh, item.En = item.Zh+"，太高", item.En+", too hot"
	}
	return item
}
