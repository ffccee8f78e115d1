package pixel

import (
	"context"
	"net/netip"
	"time"

	"mingbai/configs"
	"mingbai/playlist/scene"
)

const (
	// keepAlive is how long unchanged channels are not sent (E1.31 6.6.2 and
	// Art-Net: 800 to 1000 ms; receivers of E1.31 give a source up after 2.5 s).
	keepAlive = 900 * time.Millisecond
	// copies is how often unchanged channels follow a change at once, in case a
	// packet was lost (E1.31 6.6.2: three packets before suppression).
	copies = 2
)

// Run sends until ctx ends, then ends the streams that know an end, and closes
// the sockets.
func (o *Output) Run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			o.terminate(context.WithoutCancel(ctx), time.Now())
			for _, l := range o.links {
				l.close()
			}
			return
		case <-o.nudged:
		case <-timer.C:
		}
		now := time.Now()
		if wait := o.pace(now); wait > 0 {
			timer.Reset(wait)
			continue
		}
		o.turn(ctx, now)
		timer.Reset(time.Until(o.next()))
	}
}

const (
	// slack is how much sooner than due, as a part of the interval, a picture may
	// go, and how much later one goes that nothing newer has replaced. A board at
	// 60 frames a second of which every second one is sent would else now and then
	// send two neighbours or leave two out, and a marquee would judder.
	slack = 4
	// follow is how fast the pace falls into step with whoever shows frames.
	follow = 8
)

// pace returns how long the picture must wait for a newer one, or 0 when it may go
// now: there are no more than the configured ones a second.
func (o *Output) pace(now time.Time) time.Duration {
	due := o.last.Add(o.interval)
	early := due.Sub(now)
	switch {
	case early > 2*o.interval, now.Sub(due) > o.interval: // the first, or after a pause
		o.last = now
	case early > o.interval/slack:
		return early + o.interval/slack
	default:
		o.last = due.Add(-early / follow)
	}
	return 0
}

// next is when turn has something to do by itself.
func (o *Output) next() time.Time {
	next := time.Now().Add(keepAlive)
	for _, p := range o.parts {
		for _, k := range p.packets {
			if k.repeats > 0 {
				return o.last.Add(o.interval + o.interval/slack)
			}
			if due := k.sent.Add(keepAlive); !k.sent.IsZero() && due.Before(next) {
				next = due
			}
		}
	}
	return next
}

// turn sends what is due at now.
func (o *Output) turn(ctx context.Context, now time.Time) {
	o.mu.Lock()
	frame := o.frame
	o.mu.Unlock()
	if frame == nil {
		return
	}
	o.paint(frame)
	queued := false
	for _, p := range o.parts {
		for _, k := range p.packets {
			switch {
			case k.changed:
				k.changed, k.repeats = false, copies
			case k.repeats > 0:
				k.repeats--
			case now.Sub(k.sent) < keepAlive:
				continue
			}
			k.sent = now
			p.link.queue = append(p.link.queue, k)
			queued = true
		}
	}
	if queued {
		o.send(ctx, now)
	}
	if o.discovery != nil && now.Sub(o.discovered) >= discoveryEvery {
		o.discovered = now
		o.discover(now)
	}
}

// discover names the universes to whoever looks for them.
func (o *Output) discover(now time.Time) {
	for _, l := range o.links {
		if l.to.IsValid() || l.conn == nil {
			continue
		}
		for _, page := range o.discovery {
			if !l.send(now, page, group(discoveryUniverse)) {
				return
			}
		}
	}
}

// paint brings the picture and all packets up to frame.
func (o *Output) paint(frame *scene.Frame) {
	o.damage = o.damage[:0]
	if frame != o.standing {
		c := scene.Diff(o.standing, frame)
		scene.On(o.picture).Apply(c, frame)
		o.damage = append(o.damage, c.Damage...)
		if !c.Moved.Empty() {
			o.damage = append(o.damage, c.Moved)
		}
		o.standing = frame
	}
	if len(o.damage) == 0 {
		return
	}
	for _, p := range o.parts {
		p.encode(o.picture.Pix, o.damage, o.tables, o.scratch)
	}
}

// send empties the queues: first everything that a controller only keeps, then
// what makes it show the picture.
func (o *Output) send(ctx context.Context, now time.Time) {
	var done Report
	for _, l := range o.links {
		if len(l.queue) == 0 {
			continue
		}
		if !l.ready(ctx, now) {
			done.Dropped += len(l.queue)
			l.queue = l.queue[:0]
			continue
		}
		l.held = nil
		all := l.queue
		if o.cfg.Protocol == configs.DDP {
			all, l.held = all[:len(all)-1], all[len(all)-1:]
		}
		if !o.flush(l, now, all, false, &done) {
			done.Dropped += len(l.held)
			l.held = nil
		}
	}
	for _, l := range o.links {
		o.flush(l, now, l.held, true, &done)
		l.queue, l.held = l.queue[:0], nil
		l.judge(now)
	}
	o.synchronise(ctx, now)
	o.report(done)
}

// flush sends packets over one link. When it fails the rest is dropped.
func (o *Output) flush(l *link, now time.Time, packets []*packet, push bool, done *Report) bool {
	for i, k := range packets {
		o.number(k, push)
		var to netip.AddrPort
		if !l.to.IsValid() {
			to = group(k.universe)
		}
		if !l.send(now, k.buf, to) {
			done.Dropped += len(packets) - i
			return false
		}
		done.Packets++
		done.Bytes += len(k.buf)
	}
	return true
}

// number gives a packet its place in the stream.
func (o *Output) number(k *packet, push bool) {
	switch o.cfg.Protocol {
	case configs.DDP:
		ddpMark(k.buf, push)
	case configs.E131:
		k.buf[e131Sequence] = k.sequence
		k.sequence++
	case configs.ArtNet:
		k.sequence = max(1, k.sequence+1) // 0 would mean that there is no order
		k.buf[artSequence] = k.sequence
	}
}

// synchronise tells all controllers to show what they were sent.
func (o *Output) synchronise(ctx context.Context, now time.Time) {
	switch {
	case o.syncPacket == nil:
	case o.artSync != nil:
		if o.artSync.ready(ctx, now) {
			o.artSync.send(now, o.syncPacket, o.artSync.to)
		}
	default:
		o.syncPacket[e131SyncSequence] = o.syncSequence
		o.syncSequence++
		for _, l := range o.links {
			if l.conn != nil && !now.Before(l.again) {
				l.send(now, o.syncPacket, group(o.cfg.SyncUniverse))
			}
		}
	}
}

func (o *Output) report(done Report) {
	var failing []string
	for _, l := range o.links {
		if l.failing {
			failing = append(failing, l.name())
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	r := &o.reports
	if done.Packets > 0 {
		r.Frames++
	}
	r.Packets += done.Packets
	r.Bytes += done.Bytes
	r.Dropped += done.Dropped
	r.Failing = failing
}

// terminate says that the streams end, where the protocol can say so.
func (o *Output) terminate(ctx context.Context, now time.Time) {
	if o.cfg.Protocol != configs.E131 || o.standing == nil {
		return
	}
	for range terminations {
		for _, p := range o.parts {
			for _, k := range p.packets {
				k.buf[e131Options] |= optionTerminated
				p.link.queue = append(p.link.queue, k)
			}
		}
		o.send(ctx, now)
	}
}
