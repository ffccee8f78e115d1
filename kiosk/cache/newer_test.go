package cache

import (
	"bytes"
	"testing"

	"mingbai/assets"
	"mingbai/assets/durable/crashfs"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// TestNewerNoticesDoNotStopAnEdition offers an edition with a notice of a kind that
// this program does not know: everything else of it is shown, take-downs of it
// count, and the cache opens again with the same.
func TestNewerNoticesDoNotStopAnEdition(t *testing.T) {
	c := newCounty(t)
	fsys := crashfs.New()
	ca := openCache(t, fsys)
	if err := ca.Enrol(c.identity()); err != nil {
		t.Fatal(err)
	}
	if err := ca.Offer(c.settings(1), nil); err != nil {
		t.Fatal(err)
	}
	e, blobs, err := playlist.Compile(playlist.CompileInput{Channel: main, Revision: 1, Created: day, Notices: []*playlist.Notice{notice(main, "gonggao", 1), notice(main, "wenjuan", 1)}})
	if err != nil {
		t.Fatal(err)
	}
	var attached [][]byte
	for i, entry := range e.Notices {
		data := blobs[entry.Ref]
		if entry.ID == "wenjuan" {
			data = bytes.Replace(data, []byte(`"kind":"announcement"`), []byte(`"kind":"survey"`), 1)
			data = bytes.Replace(data, []byte(`"announcement":`), []byte(`"survey":`), 1)
			e.Notices[i].Ref, e.Notices[i].Size = assets.RefOf(data), int64(len(data))
		}
		attached = append(attached, data)
	}
	payload, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := ca.Offer(wire.Push{Channel: main, Revision: 1, Envelope: wire.Sign(wire.EditionType, payload, c.keys[main])}, attached); err != nil {
		t.Fatalf("the edition is refused: %v", err)
	}
	if _, err := ca.Commit(); err != nil {
		t.Fatal(err)
	}
	for _, open := range []*Cache{ca, openCache(t, fsys)} {
		if have := shown(open); len(have) != 1 || have["gonggao"] != 1 {
			t.Errorf("it shows %v", have)
		}
	}
}
