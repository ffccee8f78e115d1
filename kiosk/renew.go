package kiosk

import (
	"context"
	"errors"
	"time"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/configs"
	"mingbai/kiosk/link"
	"mingbai/kiosk/update"
	"mingbai/playlist"
	"mingbai/playlist/release"
	"mingbai/playlist/wire"
)

// newUpdater opens what the device keeps of other versions of its program. A device
// whose slots cannot be opened shows its content all the same.
func (d *Device) newUpdater(rein *update.Rein) *update.Updater {
	pin, err := d.cfg.ReleasePin()
	if err != nil {
		d.log.Error("The release keys cannot be read; every update is refused.", "error", err)
		pin = release.KeySet{}
	}
	slot, launched := rein.Slot()
	u, err := update.New(update.Options{
		FS: durable.OS, Dir: d.cfg.Slots(), Slot: slot, Launched: launched,
		Version: configs.Version, Machine: release.Here(release.Of(d.kind)),
		Pin: pin, Trial: d.cfg.Update.Trial, Protocol: func() int { return d.link.Protocol() },
		Fetch: func(ctx context.Context, store *assets.Store, b playlist.Blob) error {
			return d.link.FetchInto(ctx, store, []playlist.Blob{b})
		},
		Permanent: func(err error) bool {
			e, ok := errors.AsType[*link.Error](err)
			return ok && e.Kind == link.Refuse
		},
		Room: d.room, Quiet: d.quiet, Health: d.fitness,
		Now: func() time.Time { return d.moment().Now }, Changed: d.kick, Log: d.log,
	})
	if err != nil {
		d.log.Error("The slots for programs cannot be opened; this device is not updated.", "error", err)
		return nil
	}
	return u
}

// room is how much of the disk is free, as far as it was measured.
func (d *Device) room() (uint64, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.health.DiskFree, d.health.DiskTotal > 0
}

// quiet reports whether the program may end for a second or two: nobody touches the
// screen, no warning is on it, and it does not show a technician its name.
func (d *Device) quiet() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return quietPage(d.kind, d.showing.Page)
}

func quietPage(kind playlist.ScreenKind, page string) bool {
	switch page {
	case "alert", "identify":
		return false
	case "loop", "fallback", "pairing", wire.Dark:
		return true
	}
	return kind == playlist.LED // the pages of a touchscreen that are left are in use
}

// fitness is what a new version of the program is judged by.
func (d *Device) fitness() update.Health {
	h := update.Health{Online: d.link.Connected()}
	d.mu.Lock()
	defer d.mu.Unlock()
	h.Beat, h.Content = d.beat, contentPage(d.showing.Page)
	h.Black = d.health.Picture.Black
	return h
}

// contentPage reports whether a page is what residents should see.
func contentPage(page string) bool {
	return page != "" && page != "pairing" && page != "fallback" && page != "identify"
}

// renew takes offers and, when another version is to run, ends the program.
func (d *Device) renew(ctx context.Context) {
	err := d.updater.Run(ctx)
	if errors.Is(err, update.ErrTakeover) {
		d.log.Info("Another version of the program takes over.")
		d.quit(err)
	}
}

// programme fills in which program runs and what becomes of an offered one.
func (d *Device) programme(p *wire.Program) {
	if d.updater == nil {
		return
	}
	p.Slot, p.Update = d.updater.Slot(), d.updater.State()
	if p.Version == "" {
		p.Version = configs.Version
	}
}

// offered hands an offer on. Nobody has verified it yet.
func (d *Device) offered(o wire.Offer) {
	if d.updater != nil {
		d.updater.Offer(o)
	}
}

// turned notes a turn of the render loop, by the clock that does not leap.
func (d *Device) turned() {
	now := time.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.beat = now
}
