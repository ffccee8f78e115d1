package cmd

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// forged is the notice that a forger wants to see on the screen.
const forged = playlist.NoticeID("weizao")

// forger has what somebody who took over a line, or one village's key, has.
type forger struct {
	w      *world
	s      *screen
	latest wire.Push        // of the screen's own channel
	next   playlist.Edition // the one that follows it, with the forged notice
	blob   []byte           // of the forged notice
	keyDir string
}

// forgery is one attack: the bytes that are slipped to the screen, and the reason
// with which it must refuse them.
type forgery struct {
	reason wire.Reason
	make   func(*forger) ([]byte, error)
}

var forgeries = map[string]forgery{
	"unsigned": {wire.ReasonUnsigned, func(f *forger) ([]byte, error) { return f.push(f.seal(f.next), f.blob) }},
	"strangers-key": {wire.ReasonWrongKey, func(f *forger) ([]byte, error) {
		return f.push(f.seal(f.next, ed25519.NewKeyFromSeed(make([]byte, 32))), f.blob)
	}},
	"posing-key": {wire.ReasonDamaged, func(f *forger) ([]byte, error) {
		env := f.seal(f.next, ed25519.NewKeyFromSeed(make([]byte, 32)))
		env.Signatures[0].Key = f.latest.Envelope.Signatures[0].Key
		return f.push(env, f.blob)
	}},
	"other-villages-key": {wire.ReasonWrongKey, func(f *forger) ([]byte, error) {
		return f.push(f.seal(f.next, f.key("channel-dongling")), f.blob)
	}},
	"other-villages-edition": {wire.ReasonChannel, func(f *forger) ([]byte, error) { return encode(f.genuine("dongling", -1)) }},
	"own-key-other-channel": {wire.ReasonChannel, func(f *forger) ([]byte, error) {
		e := f.next
		e.Channel = playlist.ChannelID{Site: "dongling"}
		return f.push(f.seal(e, f.key("channel-"+f.s.site)), f.blob)
	}},
	"signature-of-settings": {wire.ReasonDamaged, func(f *forger) ([]byte, error) {
		env := f.seal(f.next)
		env.Signatures = wire.Sign(wire.SettingsType, env.Payload, f.key("channel-"+f.s.site)).Signatures
		return f.push(env, f.blob)
	}},
	"alert-with-the-villages-key": {wire.ReasonWrongKey, func(f *forger) ([]byte, error) {
		e := f.next
		e.Channel = playlist.ChannelID{Site: playlist.SiteID(f.s.site), Alert: true}
		e.Playlists, e.Rules = nil, nil
		p := wire.Push{Channel: e.Channel, Revision: e.Revision, Envelope: f.seal(e, f.key("channel-"+f.s.site))}
		return wire.Encode(wire.TypePush, p, f.blob)
	}},
	"older": {wire.ReasonOlder, func(f *forger) ([]byte, error) { return encode(f.genuine(f.s.site, 0)) }},
	"without-take-downs": {wire.ReasonOlder, func(f *forger) ([]byte, error) {
		e := f.next
		e.Takedowns = nil
		return f.push(f.seal(e, f.key("channel-"+f.s.site)), f.blob)
	}},
	"cut-payload": {wire.ReasonDamaged, func(f *forger) ([]byte, error) {
		p := f.latest
		p.Envelope.Payload = p.Envelope.Payload[:len(p.Envelope.Payload)/2]
		return encode(p)
	}},
	"flipped-bit": {wire.ReasonDamaged, func(f *forger) ([]byte, error) {
		p := f.latest
		p.Envelope.Payload = bytes.Clone(p.Envelope.Payload)
		p.Envelope.Payload[len(p.Envelope.Payload)/2] ^= 1
		return encode(p)
	}},
	"cut-message": {wire.ReasonDamaged, func(f *forger) ([]byte, error) {
		b, err := encode(f.latest)
		return b[:len(b)/2], err
	}},
	"blob-that-nobody-named": {wire.ReasonDamaged, func(f *forger) ([]byte, error) {
		return f.push(f.seal(f.next, f.key("channel-"+f.s.site)), f.blob, []byte("not in the edition"))
	}},
	"huge-payload": {wire.ReasonOversized, func(f *forger) ([]byte, error) {
		env := wire.Sign(wire.EditionType, make([]byte, wire.MaxPayload+1), f.key("channel-"+f.s.site))
		return f.push(env)
	}},
	"huge-message": {wire.ReasonOversized, func(*forger) ([]byte, error) { return make([]byte, wire.MaxMessage+1), nil }},
	"settings-with-a-channel-key": {wire.ReasonWrongKey, func(f *forger) ([]byte, error) {
		p := f.genuine("settings of "+f.s.name, -1)
		var s playlist.Settings
		if err := json.Unmarshal(p.Envelope.Payload, &s); err != nil {
			return nil, err
		}
		s.Revision++
		payload, err := json.Marshal(s)
		p.Revision, p.Envelope = s.Revision, wire.Sign(wire.SettingsType, payload, f.key("channel-"+f.s.site))
		return joined(p, err)
	}},
	"settings-of-another-screen": {wire.ReasonChannel, func(f *forger) ([]byte, error) {
		return encode(f.genuine("settings of neighbour", -1))
	}},
}

func encode(p wire.Push) ([]byte, error) {
	p.Attached = nil
	return wire.Encode(wire.TypePush, p)
}

func joined(p wire.Push, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return encode(p)
}

// genuine returns what the office really signed: the i-th push under that name,
// or the last.
func (f *forger) genuine(key string, i int) wire.Push {
	f.w.relay.mu.Lock()
	defer f.w.relay.mu.Unlock()
	list := f.w.relay.pushes[key]
	if i < 0 {
		i = len(list) - 1
	}
	return list[i]
}

// key reads a private key of the office.
func (f *forger) key(name string) ed25519.PrivateKey {
	text, err := os.ReadFile(filepath.Join(f.keyDir, name+".key"))
	if err != nil {
		panic(err)
	}
	seed, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		panic(err)
	}
	return ed25519.NewKeyFromSeed(seed)
}

func (f *forger) seal(e playlist.Edition, keys ...ed25519.PrivateKey) wire.Envelope {
	payload, err := e.Encode()
	if err != nil {
		panic(err)
	}
	return wire.Sign(wire.EditionType, payload, keys...)
}

// push encodes a push on the screen's own channel.
func (f *forger) push(env wire.Envelope, blobs ...[]byte) ([]byte, error) {
	return wire.Encode(wire.TypePush, wire.Push{Channel: f.latest.Channel, Revision: f.next.Revision, Envelope: env}, blobs...)
}

// newForger prepares the edition that it wants the screen to believe.
func newForger(w *world, s *screen) (*forger, error) {
	f := &forger{w: w, s: s, keyDir: filepath.Join(w.dir, "office", "keys")}
	f.latest = f.genuine(s.site, -1)
	e, err := playlist.DecodeEdition(f.latest.Envelope.Payload)
	if err != nil {
		return nil, err
	}
	n := playlist.Notice{
		ID: forged, Version: 1, Kind: playlist.KindAnnouncement, Site: playlist.SiteID(s.site), Column: "tongzhi",
		Title: "伪造的公告", Issuer: "无此单位", Issued: schedule.DateOf(time.Now()),
		Announcement: &playlist.Announcement{Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: "伪造"}}},
	}
	if f.blob, err = n.Encode(); err != nil {
		return nil, err
	}
	f.next = *e
	f.next.Revision, f.next.Created = e.Revision+1, e.Created.Add(time.Second)
	f.next.Notices = append(slices.Clone(e.Notices), playlist.Entry{ID: forged, Version: 1, Ref: assets.RefOf(f.blob), Size: int64(len(f.blob))})
	slices.SortFunc(f.next.Notices, func(a, b playlist.Entry) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return f, nil
}

// forge NAME ATTACK: somebody on the line slips that to the screen. It must refuse
// it with the right reason and tell the office, and nothing on it may change.
func forge(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 2, 2, "forge NAME ATTACK")
	s := w.screen(ts, args[0])
	attack, ok := forgeries[args[1]]
	if !ok {
		ts.Fatalf("there is no attack %s", args[1])
	}
	connected(ts, false, args[:1])
	f, err := newForger(w, s)
	ts.Check(err)
	b, err := attack.make(f)
	ts.Check(err)
	before, _ := w.now(s)
	had, err := w.state(s)
	ts.Check(err)
	told := len(w.relay.refusals(s.name))
	w.until(ts, "the message is slipped to "+s.name, func() (bool, string) { return w.relay.slip(s.name, b), "it is not connected" })
	var got wire.Refused
	w.until(ts, s.name+" refuses "+args[1], func() (bool, string) {
		list := w.relay.refusals(s.name)
		if len(list) <= told {
			return false, "it has said nothing"
		}
		got = list[told]
		return true, ""
	})
	if got.Reason != attack.reason {
		w.fail(ts, "%s refused %s as %s (%s), wanted %s", s.name, args[1], got.Reason, got.Detail, attack.reason)
	}
	ts.Logf("%s: %s: %s", args[1], got.Reason, got.Detail)
	w.until(ts, "the office knows", func() (bool, string) {
		st, err := w.state(s)
		return err == nil && (st.Refused != nil && st.Refused.Reason == attack.reason || st.Refused == nil && attack.reason == wire.ReasonOversized), fmt.Sprint(st.Refused, err)
	})
	has, err := w.state(s)
	ts.Check(err)
	after, _ := w.now(s)
	if fmt.Sprint(had.Reported) != fmt.Sprint(has.Reported) || !slices.Equal(before.Offers, after.Offers) {
		w.fail(ts, "%s has changed: %v, then %v; %s, then %s", s.name, had.Reported, has.Reported, before, after)
	}
	neverShown(ts, false, []string{s.name, string(forged)})
}
