package cache

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mingbai/assets/durable"
	"mingbai/assets/durable/crashfs"
)

// A disk that takes nothing is told until it takes something again.
func TestTroubleIsTold(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	c, err := Open(durable.OS, dir, quiet)
	must(t, err)
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	must(t, c.Probe(now))
	if s := c.Inspect(); s.Trouble != "" {
		t.Errorf("trouble %q on a good disk", s.Trouble)
	}
	// A folder where the probe should be: whoever the test runs as, it cannot be
	// written over.
	must(t, os.Remove(filepath.Join(dir, fileProbe)))
	must(t, os.MkdirAll(filepath.Join(dir, fileProbe, "x"), 0o700))
	if err := c.Probe(now); err == nil {
		t.Fatal("the probe was written over a folder")
	}
	if s := c.Inspect(); !strings.Contains(s.Trouble, fileProbe) {
		t.Errorf("trouble %q", s.Trouble)
	}
	must(t, os.RemoveAll(filepath.Join(dir, fileProbe)))
	must(t, c.Probe(now))
	if s := c.Inspect(); s.Trouble != "" {
		t.Errorf("trouble %q after it was over", s.Trouble)
	}
}

// What was hashed once is not hashed again while its file stays as it is.
func TestInspectKnowsWhatItSaw(t *testing.T) {
	county, fsys := newCounty(t), crashfs.New()
	c := first(t, county, fsys)
	for range 3 {
		c.Inspect()
	}
	s := c.Inspect()
	if s.Blobs < 3 || s.Bytes == 0 || s.Missing != 0 || s.Damaged != 0 || c.Torn() {
		t.Errorf("%+v of a sound cache", s)
	}
}
