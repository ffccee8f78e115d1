package publish

import (
	"context"
	"errors"
	"fmt"
)

// ErrBusy: more changes are under way than the desk takes at once. Nothing was
// saved; a moment later there is room again. Alerts, liftings and take-downs are
// never refused.
var ErrBusy = errors.New("the desk is busy")

// mostAtOnce is how many changes the desk takes at once; the others of them wait
// for the database. Programs get half of the places, so that a script leaves room
// for people.
const mostAtOnce = 64

// enter takes a place for a change; leave gives it back. Without one free the
// error is ErrBusy, at once: who asks can wait better than the desk.
func (d *Desk) enter(who Who) (leave func(), err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.busy >= d.cfg.AtOnce || who.Program && d.programs >= max(1, d.cfg.AtOnce/2) {
		return nil, fmt.Errorf("%d changes are under way: %w", d.busy, ErrBusy)
	}
	d.busy++
	if who.Program {
		d.programs++
	}
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.busy--
		if who.Program {
			d.programs--
		}
	}, nil
}

// look brings what notices are compared with up to date before a transaction
// needs it, so that the single writer is not held while thousands of notices are
// read.
func (d *Desk) look(ctx context.Context) error {
	_, err := d.watch.at(ctx, d.cfg.Store.Reader, true)
	return err
}
