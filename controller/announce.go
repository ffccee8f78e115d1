package controller

import (
	"context"
	"sync"

	"mingbai/controller/bus"
	"mingbai/controller/hub"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// announce hands every new edition to the screens that are connected here:
// alerts and take-downs in a lane of their own, so that no other edition that is
// being read, encoded and deflated is before them.
func (c *Controller) announce(ctx context.Context, sub *bus.Subscription) {
	defer sub.Close()
	var lanes sync.WaitGroup
	for _, next := range []func(context.Context) (bus.Announcement, error){sub.Urgent, sub.Ordinary} {
		lanes.Go(func() {
			for {
				a, err := next(ctx)
				if err != nil {
					return // the bus or ctx ended
				}
				c.hand(ctx, a)
			}
		})
	}
	lanes.Wait()
}

// hand gives one edition to the screens.
func (c *Controller) hand(ctx context.Context, a bus.Announcement) {
	var content hub.Content
	var err error
	if e := c.fresh.take(a.Channel, a.Revision); e != nil {
		content, err = c.Fleet.Fresh(ctx, *e)
	} else {
		content, err = c.Fleet.Latest(ctx, a.Channel, a.Revision-1)
	}
	if err == nil && content.Push.Revision > 0 {
		content.Urgent = a.Urgent
		var p *hub.Prepared
		if p, err = content.Prepare(); err == nil {
			n := c.Hub.Announce(p)
			c.Log.Info("an edition was announced", "channel", a.Channel.String(), "revision", uint64(content.Push.Revision), "screens", n)
		}
	}
	if err != nil && ctx.Err() == nil {
		// Screens learn of it when they connect the next time.
		c.Log.Error("an edition could not be announced", "channel", a.Channel.String(), "revision", uint64(a.Revision), "error", err)
	}
}

// fresh holds the newest edition of each channel from its making until it is
// announced, so that it need not be read back.
type fresh struct {
	mu   sync.Mutex // guards made
	made map[playlist.ChannelID]*store.Edition
}

func (f *fresh) put(m publish.Made) {
	if m.Edition == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.made == nil {
		f.made = map[playlist.ChannelID]*store.Edition{}
	}
	f.made[m.Channel] = m.Edition
}

// take returns the edition of a channel if it is that revision. What is taken,
// or older, is forgotten.
func (f *fresh) take(ch playlist.ChannelID, rev playlist.Revision) *store.Edition {
	f.mu.Lock()
	defer f.mu.Unlock()
	e := f.made[ch]
	if e == nil || e.Revision > rev {
		return nil // the newer one's announcement is to come
	}
	delete(f.made, ch)
	if e.Revision < rev {
		return nil
	}
	return e
}
