package wire_test

import (
	"compress/flate"
	"crypto/ed25519"
	"fmt"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// village is the edition of a channel with n notices, the newest last, of which
// each has a picture.
func village(tb testing.TB, rev playlist.Revision, n int) []byte {
	tb.Helper()
	e := playlist.Edition{Channel: playlist.ChannelID{Site: "liuxi"}, Revision: rev, Created: time.Date(2026, 11, 22, 1, 0, int(rev), 0, time.UTC)}
	for i := range n {
		ref := assets.RefOf(fmt.Appendf(nil, "notice %d", i))
		picture := assets.RefOf(fmt.Appendf(nil, "picture %d", i))
		e.Notices = append(e.Notices, playlist.Entry{
			ID: playlist.NoticeID(fmt.Sprintf("n-%04d", i)), Version: 1, Ref: ref, Size: 900 + int64(i*37%400),
			Blobs: []playlist.Blob{{Ref: picture, Size: 40_000 + int64(i*7919%90_000)}},
		})
	}
	payload, err := e.Encode()
	if err != nil {
		tb.Fatal(err)
	}
	return payload
}

// deflated is how many bytes a message has on the wire, and the CPU time of that is
// the floor of what a patch may take.
func deflated(tb testing.TB, message []byte) int {
	tb.Helper()
	var n counter
	w, err := flate.NewWriter(&n, flate.BestSpeed)
	if err == nil {
		_, err = w.Write(message)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		tb.Fatal(err)
	}
	return int(n)
}

type counter int

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

// BenchmarkPatch publishes one notice more on a channel of 3,000: the bytes of the
// push as a whole and as a patch, and what making the patch takes, as a ratio to
// encoding and deflating the whole.
func BenchmarkPatch(b *testing.B) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	base, whole := village(b, 41, 3000), village(b, 42, 3001)
	env := wire.Sign(wire.EditionType, whole, key)
	push := func(p wire.Push) []byte {
		message, err := wire.Encode(wire.TypePush, p)
		if err != nil {
			b.Fatal(err)
		}
		return message
	}
	var own, floor, applied time.Duration
	var small, large int
	for b.Loop() {
		begin := time.Now()
		p, err := wire.MakePatch(base, whole)
		if err != nil {
			b.Fatal(err)
		}
		p.From = 41
		small = deflated(b, push(wire.Push{Revision: 42, Patch: p, Envelope: wire.Envelope{Type: env.Type, Signatures: env.Signatures}}))
		own += time.Since(begin)

		begin = time.Now()
		large = deflated(b, push(wire.Push{Revision: 42, Envelope: env}))
		floor += time.Since(begin)

		begin = time.Now()
		if got, err := p.Apply(base); err != nil || len(got) != len(whole) {
			b.Fatal(err)
		}
		applied += time.Since(begin)
	}
	b.ReportMetric(float64(large), "whole-B")
	b.ReportMetric(float64(small), "patch-B")
	b.ReportMetric(float64(own)/float64(floor), "ratio")
	b.ReportMetric(float64(own.Microseconds())/float64(b.N)/1000, "make-ms")
	b.ReportMetric(float64(applied.Microseconds())/float64(b.N)/1000, "apply-ms")
	b.ReportMetric(float64(len(whole)), "raw-B")
}
