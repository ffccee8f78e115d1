package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"mingbai/assets"
	"mingbai/playlist"
)

// parallel is how many blobs one Fetch brings at a time.
const parallel = 4

// flight is a blob that is being fetched by somebody.
type flight struct {
	done chan struct{}
	err  *Error // read after done is closed
}

// destination is a blob on its way into a store.
type destination struct {
	store *assets.Store
	ref   assets.Ref
}

func (l *Link) fetchAll(ctx context.Context, store *assets.Store, blobs []playlist.Blob) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		wg    sync.WaitGroup
		once  sync.Once
		first *Error
	)
	places := make(chan struct{}, parallel)
	for _, b := range blobs {
		if size, ok := store.Size(b.Ref); ok && size == b.Size {
			continue
		}
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() { <-places }()
			if err := l.fetch(ctx, store, b); err != nil {
				once.Do(func() { first = err })
				cancel()
			}
		}()
	}
	wg.Wait()
	switch {
	case first != nil:
		return first
	case ctx.Err() != nil:
		return failed("fetch blobs", context.Cause(ctx))
	}
	return nil
}

// fetch brings one blob, or waits for who brings it already.
func (l *Link) fetch(ctx context.Context, store *assets.Store, b playlist.Blob) *Error {
	to := destination{store, b.Ref}
	for {
		l.mu.Lock()
		f := l.flights[to]
		mine := f == nil
		if mine {
			f = &flight{done: make(chan struct{})}
			l.flights[to] = f
		}
		l.mu.Unlock()
		if mine {
			f.err = l.persist(ctx, store, b)
			l.mu.Lock()
			delete(l.flights, to)
			l.mu.Unlock()
			close(f.done)
			return f.err
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			return failed(doing(b), ctx.Err())
		}
		// Their context may have ended, ours has not.
		if f.err == nil || !errors.Is(f.err, context.Canceled) && !errors.Is(f.err, context.DeadlineExceeded) {
			return f.err
		}
	}
}

func doing(b playlist.Blob) string { return "fetch blob " + b.Ref.Short() }

// maxWrong is how often wrong bytes under one address are thrown away before
// the controller is believed to have no others.
const maxWrong = 3

// persist tries until the blob is there, cannot be had, or ctx ends.
func (l *Link) persist(ctx context.Context, store *assets.Store, b playlist.Blob) *Error {
	wrong := 0
	for attempt := 0; ; attempt++ {
		welcomed := l.nextWelcome()
		moved, err := l.try(ctx, store, b)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return failed(doing(b), ctx.Err())
		case errors.Is(err, assets.ErrMismatch):
			if wrong++; wrong >= maxWrong {
				err.Kind = Refuse
				return err
			}
		case err.Kind == Refuse, errors.Is(err, errStorage):
			return err
		}
		if moved {
			attempt = 0 // a line that moves something is worth asking again
		}
		l.log.Debug("blob fetch will be tried again", "blob", b.Ref.Short(), "error", err)
		t := time.NewTimer(max(l.opt.Backoff.Delay(attempt), err.Wait))
		select {
		case <-t.C:
		case <-welcomed: // the line is back, or the token is new
		case <-ctx.Done():
		}
		t.Stop()
		if ctx.Err() != nil {
			return failed(doing(b), ctx.Err())
		}
	}
}

// nextWelcome is closed at the next welcome.
func (l *Link) nextWelcome() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.welcomed
}

// errStorage marks failures of the device's own disk.
var errStorage = errors.New("the device's storage failed")

// diskWriter tells failures of the disk from those of the line.
type diskWriter struct{ *assets.Writer }

func (d diskWriter) Write(p []byte) (int, error) {
	n, err := d.Writer.Write(p)
	if err != nil && !errors.Is(err, assets.ErrMismatch) {
		err = fmt.Errorf("%w: %w", errStorage, err)
	}
	return n, err
}

// try makes one request for what is missing of a blob and reports whether bytes
// came.
func (l *Link) try(ctx context.Context, store *assets.Store, b playlist.Blob) (moved bool, _ *Error) {
	w, err := store.Resume(b.Ref, b.Size)
	if errors.Is(err, assets.ErrBusy) {
		return false, failed(doing(b), err)
	}
	if err != nil {
		return false, failed(doing(b), fmt.Errorf("%w: %w", errStorage, err))
	}
	defer w.Close() // keeps what came, for the next attempt
	for from := w.Offset(); from < b.Size || b.Size == 0; from = w.Offset() {
		n, err := l.gauge.take(ctx, b.Size-from)
		if err != nil {
			return moved, failed(doing(b), err)
		}
		h := &hauling{pulse: &l.pulse, left: n}
		problem := l.download(ctx, b, w, n, h)
		l.gauge.give(n, h.came, h.took())
		moved = moved || w.Offset() > from
		if problem != nil && !errors.Is(problem, errSlow) {
			return moved, problem
		}
		if w.Offset() <= from { // an empty blob, or an answer without a body
			break
		}
	}
	if err := w.Commit(); err != nil {
		if errors.Is(err, assets.ErrMismatch) || errors.Is(err, assets.ErrIncomplete) {
			return moved, failed(doing(b), err)
		}
		return moved, failed(doing(b), fmt.Errorf("%w: %w", errStorage, err))
	}
	return moved, nil
}

// download asks for the next n bytes of a blob. They are all that is left of it, or
// less; a controller may send more than was asked for.
func (l *Link) download(ctx context.Context, b playlist.Blob, w *assets.Writer, n int64, h *hauling) *Error {
	l.mu.Lock()
	token := l.token
	l.mu.Unlock()
	if token == "" {
		return failed(doing(b), errors.New("the controller has not welcomed this screen yet"))
	}
	u := l.home.JoinPath("device/v1/blobs", b.Ref.String())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return failed(doing(b), err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	from := w.Offset()
	switch {
	case from+n < b.Size:
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", from, from+n-1))
	case from > 0:
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	resp, err := l.client.Do(req)
	if err != nil {
		return failed(doing(b), err)
	}
	defer resp.Body.Close()
	answer := failed(doing(b), fmt.Errorf("the controller answered %s", resp.Status))
	answer.Wait = retryAfter(resp)
	switch resp.StatusCode {
	case http.StatusOK:
		if from > 0 {
			if err := w.Restart(); err != nil {
				return failed(doing(b), fmt.Errorf("%w: %w", errStorage, err))
			}
		}
	case http.StatusPartialContent:
		if !strings.HasPrefix(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", from)) {
			answer.Err = fmt.Errorf("the controller sent %q, bytes from %d were asked for", resp.Header.Get("Content-Range"), from)
			return answer
		}
	case http.StatusRequestedRangeNotSatisfiable: // its blob is shorter than ours
		w.Restart() // the next attempt begins anew either way
		return answer
	case http.StatusNotFound, http.StatusBadRequest, http.StatusGone:
		answer.Kind = Refuse
		return answer
	default:
		return answer
	}
	h.Reader, h.began = resp.Body, time.Now()
	if _, err := io.Copy(diskWriter{w}, h); err != nil {
		return failed(doing(b), err)
	}
	return nil
}

// hauling is a body that fills the line for a while. It ends with errSlow when the
// line turns out to be too thin for it.
type hauling struct {
	io.Reader
	pulse      *pulse
	left, came int64
	began, now time.Time
}

func (h *hauling) took() time.Duration { return h.now.Sub(h.began) }

func (h *hauling) Read(p []byte) (int, error) {
	n, err := h.Reader.Read(p)
	h.now = time.Now()
	h.came += int64(n)
	h.left -= int64(n)
	if h.took() > bulk {
		h.pulse.arriving(h.now)
	}
	if h.took() > overdue && err == nil && h.left > leastPiece && float64(h.left)*float64(h.took()) > float64(h.came)*float64(overdue) {
		return n, errSlow
	}
	return n, err
}
