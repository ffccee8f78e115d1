package hub

import (
	"compress/flate"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// Fair is how much of the controller one device may take. Zero values take the
// defaults, which leave a real device ten times the room that it ever needs: it
// reports every half minute, and early at most every two seconds; its ledger goes
// in batches every five seconds; after a month without a line it has 13 MB to say.
type Fair struct {
	Messages      int           // a second in the long run (10)
	MessagesBurst int           // at once (300)
	Bytes         int           // a second in the long run (256 KB), less than a billion
	BytesBurst    int           // at once (32 MB: eight screenshots)
	Patience      time.Duration // with one that is over its measure all the time, then it is cut (30 s)
	Connects      int           // a minute in the long run (10)
	ConnectsBurst int           // at once (20)
	Wrongs        int           // times in WrongsIn that a device may be cut for what it sends (3)
	WrongsIn      time.Duration // (10 min)
	Banned        time.Duration // how long it is refused after that (5 min)
}

func (f Fair) withDefaults() Fair {
	set(&f.Messages, 10)
	set(&f.MessagesBurst, 300)
	set(&f.Bytes, 256<<10)
	set(&f.BytesBurst, 32<<20)
	set(&f.Patience, 30*time.Second)
	set(&f.Connects, 10)
	set(&f.ConnectsBurst, 20)
	set(&f.Wrongs, 3)
	set(&f.WrongsIn, 10*time.Minute)
	set(&f.Banned, 5*time.Minute)
	return f
}

// Deed is something that a device did and should not.
type Deed string

// The deeds.
const (
	Stormed Deed = "stormed" // said more than its measure and was slowed down
	Garbled Deed = "garbled" // sent what cannot be read
	Flapped Deed = "flapped" // connected more often than its measure
	Boasted Deed = "boasted" // claimed to have what was never sent to it
	Stalled Deed = "stalled" // did not read what was sent and was cut
)

// Bucket is a token bucket in eight bytes, for ten thousand devices have some each:
// the instant at which all that was taken is paid for, in nanoseconds (the generic
// cell rate algorithm, ITU-T I.371).
type Bucket int64

// Take takes what costs so much time at the long-run rate, and returns by how much
// that is more than burst allows: who took it has to wait so long. Not more than 0
// is within the measure.
func (b *Bucket) Take(now int64, cost, burst time.Duration) time.Duration {
	*b = Bucket(max(int64(*b), now) + int64(cost))
	return time.Duration(int64(*b)-now) - burst
}

// measure is what a session has taken. Its reader owns it.
type measure struct {
	messages, bytes Bucket
	over            int64 // since when it has been over without a break; 0 while it is not
}

// costs is Fair as buckets count, worked out once.
type costs struct{ message, messages, byte, bytes time.Duration }

func (f Fair) costs() costs {
	c := costs{message: time.Second / time.Duration(f.Messages), byte: time.Second / time.Duration(f.Bytes)}
	c.messages, c.bytes = time.Duration(f.MessagesBurst)*c.message, time.Duration(f.BytesBurst)*c.byte
	return c
}

// longestRest bounds one rest of a reader, so that it still notices its end.
const longestRest = 2 * time.Second

// moderate counts a message of n bytes. A device that is over its measure rests:
// nothing more is read from it for a while, and TCP lets it wait. One that stays
// over is sent away.
func (s *session) moderate(n int) error {
	f, now := &s.hub.fair, s.line.heard // asking the clock would cost more than all the rest
	wait := max(s.measure.messages.Take(now, f.message, f.messages), s.measure.bytes.Take(now, time.Duration(n)*f.byte, f.bytes))
	if wait <= 0 {
		s.measure.over = 0
		return nil
	}
	if s.measure.over == 0 {
		s.measure.over = now
		s.hub.deed(s, Stormed)
	}
	if time.Duration(now-s.measure.over) > s.hub.opt.Fair.Patience {
		return closing(wire.CloseTooMuch, "too much was said in too short a time")
	}
	s.apart(func() error {
		rest := time.NewTimer(min(wait, longestRest))
		defer rest.Stop()
		select {
		case <-rest.C:
		case <-s.hub.ctx.Done():
		}
		return nil
	})
	woken := time.Now()
	s.line.heard = int64(woken.Sub(s.hub.began))
	s.line.alive(woken) // it was us who did not listen
	return nil
}

// honest puts in the place of what a device says it has and cannot have - neither
// did it bring it along nor was it sent - what it was believed to have before.
// What exists and was not sent on this connection is not held against it: the
// connection before may have brought it, and the files that it waited for came while
// the device said hello. It is not believed until it was sent again. A channel of
// which nothing is known is no ground for blame either. The hello of a device that
// wants everything again says nothing of what it has; its first word counts as that,
// also where it has more than a controller that was restored from a backup.
func (s *session) honest(a *wire.Adopted) {
	s.mu.Lock()
	boasted := s.out.believe(a)
	s.mu.Unlock()
	if boasted {
		s.hub.deed(s, Boasted)
	}
}

// believe changes what a device says into what is believed of it, and reports
// whether it claims what never existed.
func (o *outbox) believe(a *wire.Adopted) (boasted bool) {
	for ch, rev := range a.Have {
		w := o.channel(ch)
		switch {
		case w == nil:
			delete(a.Have, ch) // it is none of its channels
			continue
		case o.silent || rev <= max(w.sent, w.has):
			w.has = rev
			continue
		}
		boasted = boasted || w.made > 0 && rev > w.made
		if a.Have[ch] = w.has; w.has == 0 {
			delete(a.Have, ch)
		}
	}
	if o.silent || a.Settings <= max(o.sentSet, o.hasSet) {
		o.hasSet = a.Settings
	} else {
		boasted = boasted || a.Settings > o.madeSet
		a.Settings = o.hasSet
	}
	o.silent = false
	return boasted
}

// records are what the hub remembers of devices beyond their sessions: of each
// that connected within the last minutes, and no more.
type records struct {
	fair Fair

	mu sync.Mutex // guards what follows
	of map[deviceKey]*record
}

// record is what one device did.
type record struct {
	screen   playlist.ScreenID // when it is known
	connects Bucket
	wrongs   Bucket
	banned   int64          // until then it is refused; 0 for not
	code     wire.CloseCode // with this
}

func newRecords(f Fair) *records { return &records{fair: f, of: map[deviceKey]*record{}} }

// banned returns with which code a device is to be refused, 0 for none. It costs
// less than looking at its proof; only what was proven counts against a device.
func (r *records) banned(key deviceKey, now int64) wire.CloseCode {
	r.mu.Lock()
	defer r.mu.Unlock()
	if d := r.of[key]; d != nil && now < d.banned {
		return d.code
	}
	return 0
}

// connected counts a proven device. It is false when that is once too often; screen
// is who it was the last time.
func (r *records) connected(key deviceKey, now int64) (screen playlist.ScreenID, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.of[key]
	if d == nil {
		d = &record{}
		r.of[key] = d
	}
	was, each := d.connects, time.Minute/time.Duration(r.fair.Connects)
	if d.connects.Take(now, each, time.Duration(r.fair.ConnectsBurst)*each) > 0 {
		d.connects = was // who is refused is not made to wait for it
		return d.screen, false
	}
	return d.screen, true
}

// known notes which screen a device is.
func (r *records) known(key deviceKey, screen playlist.ScreenID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if d := r.of[key]; d != nil {
		d.screen = screen
	}
}

// wrong counts a device that was cut for what it sent. Once too often it is refused
// for a while.
func (r *records) wrong(key deviceKey, code wire.CloseCode, now int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.of[key]
	if d == nil {
		return // its connection has lasted for longer than it is remembered
	}
	each := r.fair.WrongsIn / time.Duration(r.fair.Wrongs)
	if d.wrongs.Take(now, each, r.fair.WrongsIn-each) > 0 {
		d.banned, d.code, d.wrongs = now+int64(r.fair.Banned), code, 0
	}
}

// forget drops the records that would change nothing any more.
func (r *records) forget(now int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, d := range r.of {
		if int64(d.connects) <= now && int64(d.wrongs) <= now && d.banned <= now {
			delete(r.of, key)
		}
	}
	if len(r.of) == 0 {
		r.of = map[deviceKey]*record{} // a map keeps the room of its best days
	}
}

// refuse returns why a device may not come in: before its proof was looked at that
// it is banned, and after that it connects too often.
func (h *Hub) refuse(key deviceKey, proven bool) error {
	now := int64(time.Since(h.began))
	if !proven {
		if code := h.records.banned(key, now); code != 0 {
			h.refused.Add(1)
			return closing(code, "this device is refused for a while")
		}
		return nil
	}
	screen, ok := h.records.connected(key, now)
	if ok {
		return nil
	}
	h.refused.Add(1)
	if h.opt.Told != nil && screen != "" {
		h.opt.Told(screen, Flapped, time.Now())
	}
	return closing(wire.CloseTooOften, "this device connects too often")
}

// whose is the key in a hello, which nobody has checked.
func whose(hello wire.Hello) (key deviceKey) {
	copy(key[:], hello.Key)
	return key
}

// deed tells of what a known screen's device did.
func (h *Hub) deed(s *session, d Deed) {
	if screen := s.screenID(); h.opt.Told != nil && screen != "" {
		h.opt.Told(screen, d, time.Now())
	}
}

// judged counts a session that was ended for what its device sent.
func (h *Hub) judged(s *session, f *farewell, err error) {
	h.mu.RLock()
	key := s.key
	h.mu.RUnlock()
	if f == nil && unreadable(err) {
		f = &farewell{code: wire.CloseBadMessage} // the websocket has said so itself
	}
	if f == nil || key == (deviceKey{}) {
		return
	}
	switch f.code {
	case wire.CloseBadMessage, wire.CloseTooBig:
		h.deed(s, Garbled)
	case wire.CloseTooMuch:
	default:
		return
	}
	h.records.wrong(key, f.code, int64(time.Since(h.began)))
}

// unreadable reports whether what came was no websocket frame, or not compressed as
// agreed. The library's errors for it have no type of their own.
func unreadable(err error) bool {
	if l, ok := errors.AsType[*lost](err); ok {
		err = l.err
	}
	if _, ok := errors.AsType[*websocket.CloseError](err); ok {
		return false
	}
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	return corrupt || strings.HasPrefix(err.Error(), "websocket: ")
}

// Strain is how hard the hub works.
type Strain struct {
	Handshakes int    // under way
	TurnedAway uint64 // connections refused because too many came at once, since the start
	Refused    uint64 // devices refused for what they did, since the start
}

// Strain returns how hard the hub works now.
func (h *Hub) Strain() Strain {
	h.gate.mu.Lock()
	defer h.gate.mu.Unlock()
	return Strain{Handshakes: h.gate.in, TurnedAway: h.turnedAway.Load(), Refused: h.refused.Load()}
}

// meter tells how many bytes went over a session since it was told last.
func (s *session) meter() {
	told := s.hub.opt.Metered
	if told == nil {
		return
	}
	screen := s.screenID()
	if screen == "" {
		return
	}
	if in, out := s.line.in.Swap(0), s.line.out.Swap(0); in+out > 0 {
		told(screen, in, out)
	}
}
