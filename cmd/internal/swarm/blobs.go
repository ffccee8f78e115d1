package swarm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
)

// maxDownloads is how many blobs are fetched at once from one local address.
const maxDownloads = 64

// fetchAll brings blobs one after the other, each until it is there or cannot be
// had, and reports whether all are. It ends with the connection: the next welcome
// brings the push again.
func (d *device) fetchAll(ctx context.Context, l *line, blobs []playlist.Blob) bool {
	for _, b := range blobs {
		for attempt := 0; ; attempt++ {
			if !d.on(l) {
				return false
			}
			err := d.fetch(ctx, b)
			if err == nil {
				break
			}
			d.swarm.counts.note("blob: " + err.Error())
			if errors.Is(err, errNotHad) {
				return false
			}
			if attempt == maxAttempts {
				d.swarm.cfg.Log.Info("A simulated device gives a blob up for now and connects again.", "device", d.i, "error", err)
				l.conn.Close() // the reader finds out; nothing else would bring the push again
				return false
			}
			wait := d.swarm.cfg.Backoff
			wait.Seed += uint64(d.i) + 7
			var hint time.Duration
			if e, ok := errors.AsType[*refusedError](err); ok {
				hint = e.wait
			}
			if !rest(ctx, max(wait.Delay(attempt), hint)) {
				return false
			}
		}
	}
	return true
}

// maxAttempts is how often one blob is asked for on one connection.
const maxAttempts = 5

// on reports whether a line is the open one.
func (d *device) on(l *line) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.line == l
}

// errNotHad is the answer to who asks for what is not there.
var errNotHad = errors.New("the controller does not have it")

// fetch brings one blob, in ranges where the line breaks, and checks its hash.
func (d *device) fetch(ctx context.Context, b playlist.Blob) error {
	began := time.Now()
	hash := sha256.New()
	var got int64
	for got < b.Size || b.Size == 0 {
		n, err := d.part(ctx, b, got, hash)
		got += n
		d.swarm.counts.blobBytes.Add(n)
		if err != nil && n == 0 {
			return err
		}
		if b.Size == 0 {
			break
		}
	}
	ref, err := assets.ParseRef("sha256-" + hex.EncodeToString(hash.Sum(nil)))
	if err != nil || got != b.Size || ref != b.Ref {
		return errors.New("other bytes came")
	}
	d.swarm.counts.blobs.Add(1)
	d.swarm.counts.blob.add(time.Since(began))
	return nil
}

// part asks for what is missing of a blob and returns how many bytes came.
func (d *device) part(ctx context.Context, b playlist.Blob, from int64, to io.Writer) (int64, error) {
	d.mu.Lock()
	token := d.token
	d.mu.Unlock()
	u := d.swarm.home.base.JoinPath("device/v1/blobs", b.Ref.String())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if from > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	resp, err := d.swarm.dialers[d.i%len(d.swarm.dialers)].http.Do(req)
	if err != nil {
		return 0, errors.New("broken")
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNotFound:
		return 0, errNotHad
	case from == 0 && resp.StatusCode != http.StatusOK, from > 0 && resp.StatusCode != http.StatusPartialContent:
		return 0, &refusedError{status: resp.Status, wait: retryAfter(resp.Header)}
	}
	n, err := io.Copy(to, io.LimitReader(resp.Body, b.Size-from))
	if err != nil {
		return n, errors.New("broken")
	}
	return n, nil
}
