package kiosk

import (
	"context"
	"errors"
	"time"

	"mingbai/playlist/wire"
)

// returnWithin bounds how long giving everything back may take: a year of
// pictures over a thin line.
const returnWithin = time.Hour

// giveBack hands the editions on this screen to a controller whose data is older
// than they are. It ends with its own deadline; what is not newer the controller
// leaves alone.
func (d *Device) giveBack(id string) {
	ctx, cancel := context.WithTimeout(context.Background(), returnWithin)
	defer cancel()
	envelopes, err := d.cache.Envelopes()
	errs := []error{err}
	for ch, env := range envelopes {
		if err := d.link.GiveBack(ctx, ch, env); err != nil {
			d.log.Error("An edition could not be given back.", "channel", ch, "error", err)
			errs = append(errs, err)
		}
	}
	r := wire.Result{ID: id, OK: true}
	if err := errors.Join(errs...); err != nil {
		r = wire.Result{ID: id, Error: err.Error()}
	}
	d.log.Info("The editions on this screen were given back.", "channels", len(envelopes), "all", r.OK)
	if !d.link.Result(r) {
		d.log.Error("The controller could not be told that editions were given back.")
	}
}
