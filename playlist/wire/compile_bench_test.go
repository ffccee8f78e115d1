package wire_test

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// BenchmarkCompileAndSign compiles a channel of 1,000 notices to an edition and
// signs it. The floor is what cannot be left out: the notices written as JSON
// and hashed, the edition written as JSON, one signature.
func BenchmarkCompileAndSign(b *testing.B) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	in := playlist.CompileInput{
		Channel: playlist.ChannelID{Site: "qinghe"}, Revision: 1, Created: time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC),
	}
	for i := range 1000 {
		in.Notices = append(in.Notices, &playlist.Notice{
			ID: playlist.NoticeID(fmt.Sprintf("n-%04d", i)), Version: 1, Kind: playlist.KindAnnouncement, Site: "qinghe",
			Title: fmt.Sprintf("关于第%d号事项的公告", i), Issuer: "青禾县人民政府", Issued: schedule.Date{Year: 2026, Month: 11, Day: 20},
			Announcement: &playlist.Announcement{Blocks: []playlist.Block{
				{Kind: playlist.Salutation, Text: "各村（社区）："},
				{Kind: playlist.Paragraph, Text: "为做好有关工作，现将有关事项公告如下，请认真贯彻执行，并按时报送办理情况。"},
			}},
		})
	}
	var own, floor time.Duration
	for b.Loop() {
		begin := time.Now()
		e, blobs, err := playlist.Compile(in)
		if err != nil {
			b.Fatal(err)
		}
		payload, err := e.Encode()
		if err != nil {
			b.Fatal(err)
		}
		env := wire.Sign(wire.EditionType, payload, key)
		own += time.Since(begin)
		if len(env.Signatures) != 1 || len(blobs) != 1000 {
			b.Fatal("not compiled")
		}

		begin = time.Now()
		for _, n := range in.Notices {
			data, err := json.Marshal(n)
			if err != nil || assets.RefOf(data).IsZero() {
				b.Fatal(err)
			}
		}
		plain, err := json.Marshal(e)
		if err != nil || len(ed25519.Sign(key, plain)) == 0 {
			b.Fatal(err)
		}
		floor += time.Since(begin)
	}
	b.ReportMetric(float64(own)/float64(floor), "ratio")
}
