package hub

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

func TestKnownScreen(t *testing.T) {
	checkLeaks(t)
	c := newCounty()
	id := c.know(1, liuxi, liuxiNow, shiqiao)
	blob := []byte("a notice")
	c.with(func() {
		c.settings[id] = 3
		c.rows[id] = 41
		c.latest[liuxi] = Content{Push: push(liuxi, 7, 2000), Blobs: [][]byte{blob}}
		c.latest[liuxiNow] = Content{Push: push(liuxiNow, 2, 200)}
		c.latest[shiqiao] = Content{Push: push(shiqiao, 5, 200)}
	})
	p := open(t, c, Options{})
	d := p.call(t, 1, map[playlist.ChannelID]playlist.Revision{liuxi: 6, shiqiao: 5})

	var w wire.Welcome
	d.expect(wire.TypeWelcome, &w)
	if w.Screen != id || w.Settings != 3 || w.Ledger != 41 || w.Latest[liuxi] != 7 || w.BlobToken == "" {
		t.Errorf("welcome %+v", w)
	}
	// Settings first, then the alert channel, then what is newer and nothing else.
	d.expectPush(playlist.ChannelID{}, 3)
	d.expectPush(liuxiNow, 2)
	if got := d.expectPush(liuxi, 7); len(got.Attached) != 1 {
		t.Errorf("push %+v carries no blob", got.Attached)
	}
	if n := p.Announce(prepare(t, push(shiqiao, 6, 10))); n != 1 {
		t.Errorf("announced to %d sessions", n)
	}
	d.expectPush(shiqiao, 6)

	d.say(wire.TypeAdopted, wire.Adopted{Settings: 3, Have: map[playlist.ChannelID]playlist.Revision{liuxi: 7}})
	d.say(wire.TypeRefused, wire.Refused{Channel: shiqiao, Revision: 6, Reason: wire.ReasonWrongKey})
	d.say(wire.TypeReport, wire.Report{LedgerHead: 99})
	d.say("weather", map[string]any{"rain": true}) // of a later version
	d.say(wire.TypeLedger, wire.Ledger{Rows: []wire.Row{{Seq: 42, Channel: liuxi}, {Seq: 43, Channel: liuxi}}})
	var taken wire.Taken
	if d.expect(wire.TypeTaken, &taken); taken.Seq != 43 {
		t.Errorf("taken up to %d", taken.Seq)
	}
	c.with(func() {
		if c.adopted[id].Have[liuxi] != 7 || len(c.refused) != 1 || c.reports[id].LedgerHead != 99 {
			t.Errorf("the backend heard %+v %+v %+v", c.adopted, c.refused, c.reports)
		}
	})

	d.say(wire.TypeVoices, wire.Voices{Voices: []wire.Voice{{ID: "one"}, {ID: "two"}}})
	var heard wire.Heard
	if d.expect(wire.TypeHeard, &heard); !slices.Equal(heard.Voices, []string{"one", "two"}) {
		t.Errorf("heard %+v", heard)
	}
	today := schedule.Date{Year: 2026, Month: 11, Day: 22}
	d.say(wire.TypeUsage, wire.Usage{Day: today, Counts: map[string]uint64{wire.CountSession: 3}})
	heard = wire.Heard{}
	if d.expect(wire.TypeHeard, &heard); len(heard.Days) != 1 || heard.Days[0] != today {
		t.Errorf("heard %+v", heard)
	}
	c.with(func() {
		if c.voices["two"] != id || len(c.usage) != 1 || c.usage[0].Counts[wire.CountSession] != 3 {
			t.Errorf("the backend heard %+v %+v", c.voices, c.usage)
		}
	})

	if err := p.Command(id, wire.Command{ID: "c1", Kind: wire.CommandScreenshot}); err != nil {
		t.Fatal(err)
	}
	var cmd wire.Command
	d.expect(wire.TypeCommand, &cmd)
	shot := noise(3<<20, 1)
	d.say(wire.TypeResult, wire.Result{ID: cmd.ID, OK: true}, shot)
	c.until(t, "the screenshot is there", func() bool {
		return len(c.results["c1"]) == 1 && bytes.Equal(c.results["c1"][0], shot)
	})

	live := slices.Collect(p.Connected())
	if len(live) != 1 || live[0].Screen != id || !p.IsConnected(id) {
		t.Errorf("connected %+v", live)
	}
	d.conn.Close()
	c.until(t, "the screen is gone", func() bool { return c.gone[id] != "" })
	if p.IsConnected(id) || p.Command(id, cmd) != ErrNotConnected {
		t.Error("the screen still counts as connected")
	}
}

func TestPairing(t *testing.T) {
	checkLeaks(t)
	c := newCounty()
	c.with(func() { c.latest[liuxi] = Content{Push: push(liuxi, 1, 100)} })
	p := open(t, c, Options{})
	d := p.call(t, 1, nil)
	var code wire.Pairing
	d.expect(wire.TypePairing, &code)
	if len(code.Code) != 6 {
		t.Errorf("code %q", code.Code)
	}
	if err := p.Enrolled(t.Context(), []byte(pubOf(2)), wire.Enrolled{}); err != ErrNotConnected {
		t.Errorf("enrolled a device that is not here: %v", err)
	}
	id := c.know(1, liuxi)
	if err := p.Enrolled(t.Context(), []byte(pubOf(1)), wire.Enrolled{Screen: id, Root: []byte("root")}); err != nil {
		t.Fatal(err)
	}
	var e wire.Enrolled
	if d.expect(wire.TypeEnrolled, &e); e.Screen != id {
		t.Errorf("enrolled as %q", e.Screen)
	}
	var w wire.Welcome
	d.expect(wire.TypeWelcome, &w)
	d.expectPush(liuxi, 1)
}

// A device that leaves while it is being enrolled is not left behind as
// connected.
func TestGoneWhileEnrolled(t *testing.T) {
	c := newCounty()
	p := open(t, c, Options{})
	d := p.call(t, 1, nil)
	d.expect(wire.TypePairing, &wire.Pairing{})
	id := c.know(1, liuxi)
	hold := make(chan struct{})
	c.with(func() { c.hold = hold })
	done := make(chan error, 1)
	go func() { done <- p.Enrolled(t.Context(), []byte(pubOf(1)), wire.Enrolled{Screen: id}) }()
	d.expect(wire.TypeEnrolled, &wire.Enrolled{}) // the backend is being asked
	d.conn.Close()
	poll(t, "the hub notices", p.empty)
	close(hold)
	<-done // whether it still counts as enrolled is the backend's affair
	c.until(t, "the screen is gone", func() bool { return c.gone[id] != "" })
}

func TestPairingCodeIsRenewed(t *testing.T) {
	c := newCounty()
	c.codeLife = time.Millisecond
	p := open(t, c, Options{PingEvery: 60 * time.Millisecond})
	d := p.call(t, 1, nil)
	var a, b wire.Pairing
	d.expect(wire.TypePairing, &a)
	d.expect(wire.TypePairing, &b)
	if a.Code == b.Code {
		t.Errorf("the code stayed %s", a.Code)
	}
}

func TestHelloRefused(t *testing.T) {
	checkLeaks(t)
	c := newCounty()
	c.know(1)
	c.know(3)
	c.with(func() { c.removed[pubOf(3)] = true })
	p := open(t, c, Options{})
	say := func(n int, change func(*wire.Hello)) *device {
		d := &device{t: t, key: keyOf(n)}
		d.dial(p, websocket.Dialer{})
		var ch wire.Challenge
		d.expect(wire.TypeChallenge, &ch)
		h := wire.Hello{Version: 1, Key: []byte(pubOf(n)), Signature: wire.SignHello(ch.Nonce, d.key)}
		change(&h)
		d.say(wire.TypeHello, h)
		return d
	}
	say(1, func(h *wire.Hello) { h.Signature = wire.SignHello([]byte("old nonce"), keyOf(1)) }).expectClose(wire.CloseBadHello)
	say(1, func(h *wire.Hello) { h.Key = []byte(pubOf(2)) }).expectClose(wire.CloseBadHello)
	say(1, func(h *wire.Hello) { h.Key = h.Key[:31] }).expectClose(wire.CloseBadHello)
	say(1, func(h *wire.Hello) { h.Version = wire.Version + 1 }).expectClose(wire.CloseVersion)
	say(1, func(h *wire.Hello) { h.Version = 0 }).expectClose(wire.CloseVersion)
	say(3, func(h *wire.Hello) {}).expectClose(wire.CloseRemoved)
	c.with(func() { c.fail = errors.New("the database is locked") })
	say(1, func(h *wire.Hello) {}).expectClose(wire.CloseBusy)

	silent := &device{t: t}
	silent.dial(open(t, newCounty(), Options{HelloTimeout: 200 * time.Millisecond}), websocket.Dialer{})
	silent.expectClose(wire.CloseSilent)
	early := &device{t: t}
	early.dial(p, websocket.Dialer{})
	early.say(wire.TypeReport, wire.Report{})
	early.expectClose(wire.CloseBadMessage)

	_, resp, err := websocket.DefaultDialer.Dial(p.url(), http.Header{"Origin": {"http://evil.example"}})
	if err == nil || resp == nil || resp.StatusCode != http.StatusForbidden {
		t.Errorf("a browser's page was let in: %v", err)
	}
}

// Garbage ends its own session and no other.
func TestGarbage(t *testing.T) {
	checkLeaks(t)
	c := newCounty()
	c.know(0, liuxi)
	p := open(t, c, Options{grace: time.Minute}) // a device that is sent away is still sending
	good := p.call(t, 0, nil)
	good.expect(wire.TypeWelcome, &wire.Welcome{})
	for i, tt := range []struct {
		name string
		send func(d *device) error
		code wire.CloseCode
	}{
		{"random bytes", func(d *device) error { return d.conn.WriteMessage(websocket.BinaryMessage, noise(5000, 1)) }, wire.CloseBadMessage},
		{"text", func(d *device) error { return d.conn.WriteMessage(websocket.TextMessage, []byte("hello")) }, wire.CloseBadMessage},
		{"a body that is no report", func(d *device) error {
			return d.conn.WriteMessage(websocket.BinaryMessage, []byte(`{"type":"report","body":[]}`+"\n"))
		}, wire.CloseBadMessage},
		{"a screenshot with other bytes", func(d *device) error {
			b, err := wire.Encode(wire.TypeResult, wire.Result{ID: "x"}, []byte("png"))
			if err != nil {
				return err
			}
			b[len(b)-1]++
			return d.conn.WriteMessage(websocket.BinaryMessage, b)
		}, wire.CloseBadMessage},
		{"too many bytes", func(d *device) error {
			d.conn.WriteMessage(websocket.BinaryMessage, noise(knownLimit+1, 1)) // it may be cut on the way
			return nil
		}, wire.CloseTooBig},
		{"a bomb", func(d *device) error {
			d.conn.EnableWriteCompression(true)
			return d.conn.WriteMessage(websocket.BinaryMessage, make([]byte, knownLimit+1<<20))
		}, wire.CloseTooBig},
	} {
		t.Run(tt.name, func(t *testing.T) {
			id := c.know(i+1, liuxi)
			d := &device{t: t, key: keyOf(i + 1), hello: wire.Hello{Version: 1, Key: []byte(pubOf(i + 1))}}
			d.dial(p, websocket.Dialer{EnableCompression: true})
			d.answer()
			d.expect(wire.TypeWelcome, &wire.Welcome{})
			d.conn.EnableWriteCompression(false)
			if err := tt.send(d); err != nil {
				t.Fatal(err)
			}
			d.expectClose(tt.code)
			c.until(t, "the screen is gone", func() bool { return c.gone[id] != "" })
		})
	}
	p.Announce(prepare(t, push(liuxi, 1, 10)))
	good.expectPush(liuxi, 1)
}

func TestSecondConnectionReplacesFirst(t *testing.T) {
	checkLeaks(t)
	c := newCounty()
	id := c.know(1, liuxi)
	p := open(t, c, Options{})
	first := p.call(t, 1, nil)
	first.expect(wire.TypeWelcome, &wire.Welcome{})
	second := p.call(t, 1, nil)
	second.expect(wire.TypeWelcome, &wire.Welcome{})
	first.expectClose(wire.CloseReplaced)
	if n := p.Announce(prepare(t, push(liuxi, 1, 10))); n != 1 {
		t.Errorf("announced to %d sessions", n)
	}
	second.expectPush(liuxi, 1)
	c.with(func() {
		if why, ok := c.gone[id]; ok {
			t.Errorf("the screen counts as gone: %s", why)
		}
	})
	if !p.Kick(id, wire.CloseRemoved, "a test") {
		t.Error("nothing was kicked")
	}
	second.expectClose(wire.CloseRemoved)
	c.until(t, "the screen is gone", func() bool { return c.gone[id] == "a test" })
}

// A screen that is moved to other channels gets what it has not had.
func TestSendSettings(t *testing.T) {
	c := newCounty()
	id := c.know(1, liuxi)
	c.with(func() { c.latest[shiqiao] = Content{Push: push(shiqiao, 9, 100)} })
	p := open(t, c, Options{})
	d := p.call(t, 1, nil)
	d.expect(wire.TypeWelcome, &wire.Welcome{})
	c.with(func() { c.settings[id] = 2; c.channels[id] = []playlist.ChannelID{shiqiao} })
	poll(t, "the screen is in its place", func() bool { return p.IsConnected(id) })
	if err := p.SendSettings(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	d.expectPush(playlist.ChannelID{}, 2)
	d.expectPush(shiqiao, 9)
	if n := p.Announce(prepare(t, push(liuxi, 1, 10))); n != 0 {
		t.Error("the old channel is still announced to the screen")
	}
	if err := p.SendSettings(t.Context(), "s-nobody"); err != ErrNotConnected {
		t.Errorf("settings for nobody: %v", err)
	}
}

// TestOutbox shows the order and that only the latest of a channel waits.
func TestOutbox(t *testing.T) {
	o := outbox{channels: []want{{id: liuxi, sent: 3}, {id: shiqiao}, {id: liuxiNow}}}
	for _, tt := range []struct {
		ch  playlist.ChannelID
		rev playlist.Revision
		ok  bool
	}{{liuxi, 3, false}, {liuxi, 5, true}, {liuxi, 4, false}, {liuxi, 6, true}, {shiqiao, 1, true}, {liuxiNow, 1, true}, {playlist.ChannelID{Site: "other"}, 1, false}} {
		if got := o.put(prepare(t, push(tt.ch, tt.rev, 1))); got != tt.ok {
			t.Errorf("put %s %s = %v", tt.ch, tt.rev, got)
		}
	}
	o.replies = [][]byte{[]byte("welcome")}
	o.settings = prepare(t, push(playlist.ChannelID{}, 1, 1))
	o.taken, o.tell, o.ping = 7, true, true
	o.commands = [][]byte{[]byte("command")}
	var order []string
	for {
		p, ok := o.next()
		if !ok {
			break
		}
		switch {
		case p.push != nil:
			order = append(order, fmt.Sprintf("%s@%s", p.push.channel, p.push.revision))
		case p.ping:
			order = append(order, "ping")
		default:
			order = append(order, strings.SplitN(string(p.raw), ",", 2)[0])
		}
	}
	if got, want := strings.Join(order, " "), `welcome @1 liuxi!@1 ping {"type":"taken" command liuxi@6 shiqiao@1`; got != want {
		t.Errorf("sent %s\nwant %s", got, want)
	}
	if o.put(prepare(t, push(liuxi, 6, 1))) {
		t.Error("a revision that was sent is sent again")
	}
}

// What a device says right after its welcome counts, however late its session
// gets to its place.
func TestHeardFromTheWelcomeOn(t *testing.T) {
	c := newCounty()
	p := open(t, c, Options{})
	d := p.call(t, 1, nil)
	d.expect(wire.TypePairing, &wire.Pairing{})
	id := c.know(1, liuxi)
	p.mu.RLock()
	s := p.byKey[deviceKey([]byte(pubOf(1)))]
	p.mu.RUnlock()
	s.flow.Lock() // its first hello is answered for good when this is free
	s.mu.Lock()
	waits := s.lobby != nil
	s.mu.Unlock()
	s.flow.Unlock()
	if !waits {
		t.Fatal("the session is not in the lobby")
	}
	p.mu.RLock() // holds the session back from its place
	release := sync.OnceFunc(p.mu.RUnlock)
	defer release()
	done := make(chan error, 1)
	go func() { done <- s.enrolled(t.Context(), wire.Enrolled{Screen: id}) }()
	d.expect(wire.TypeEnrolled, &wire.Enrolled{})
	d.expect(wire.TypeWelcome, &wire.Welcome{})
	d.say(wire.TypeLedger, wire.Ledger{Rows: []wire.Row{{Seq: 1, Channel: liuxi}}})
	c.until(t, "the row is taken", func() bool { return c.rows[id] == 1 })
	release()
	if err := <-done; err != nil {
		t.Error(err)
	}
	d.expect(wire.TypeTaken, &wire.Taken{})
}

// TestTooManyVoices cuts a device that says more at once than any program does.
func TestTooManyVoices(t *testing.T) {
	checkLeaks(t)
	c := newCounty()
	id := c.know(1, liuxi)
	p := open(t, c, Options{})
	d := p.call(t, 1, nil)
	var w wire.Welcome
	d.expect(wire.TypeWelcome, &w)
	d.say(wire.TypeVoices, wire.Voices{Voices: make([]wire.Voice, wire.MaxVoices+1)})
	d.expectClose(wire.CloseBadMessage)
	c.with(func() {
		if len(c.voices) != 0 {
			t.Errorf("%s has said %d voices", id, len(c.voices))
		}
	})
}
