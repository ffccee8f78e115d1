package cache

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"mingbai/assets"
	"mingbai/assets/durable/crashfs"
	"mingbai/playlist"
)

// TestManyNotices: an edition that several goroutines read is whole and in order, and
// what rotted in it is left out, asked for again and nothing else.
func TestManyNotices(t *testing.T) {
	county, fsys := newCounty(t), crashfs.New()
	var all []*playlist.Notice
	for i := range 10*readTogether + 3 {
		all = append(all, notice(main, playlist.NoticeID(fmt.Sprintf("n-%03d", i)), 1+i%3))
	}
	push, blobs := county.edition(main, 1, nil, all...)
	c := openCache(t, fsys)
	must(t, c.Enrol(county.identity()))
	must(t, c.Offer(county.settings(1), nil))
	must(t, c.Offer(push, blobs))
	commits(t, c)

	rotten := map[assets.Ref]bool{}
	walk(t, fsys, filepath.Join("cache", "blobs"), func(name string, size int64) {
		for _, i := range []int{0, 17, 100, len(blobs) - 1} {
			if ref := assets.RefOf(blobs[i]); strings.HasSuffix(ref.String(), filepath.Base(name)) {
				rotten[ref] = true
				fsys.Flip(name, size*4)
			}
		}
	})
	if len(rotten) != 4 {
		t.Fatalf("%d blobs were damaged, not 4", len(rotten))
	}
	c = openCache(t, fsys)
	got := shown(c)
	for i, n := range all {
		_, there := got[n.ID]
		if damaged := rotten[assets.RefOf(blobs[i])]; there == damaged {
			t.Errorf("%s: shown %t, damaged %t", n.ID, there, damaged)
		}
		if there && got[n.ID] != n.Version {
			t.Errorf("%s is shown in version %d, not %d", n.ID, got[n.ID], n.Version)
		}
	}
	for _, b := range c.Missing(playlist.ChannelID{}) {
		if !rotten[b.Ref] {
			t.Errorf("blob %s is asked for again", b.Ref.Short())
		}
		delete(rotten, b.Ref)
	}
	if len(rotten) > 0 {
		t.Errorf("%d blobs that rotted are not asked for again", len(rotten))
	}
}
