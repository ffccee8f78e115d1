package link

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// maxMissing bounds the answer to a returned edition, in bytes.
const maxMissing = 4 << 20

// GiveBack hands an edition that this screen verified back to a controller that
// has lost it: the envelope as it was signed, and then those of its blobs that
// the controller says it lacks. It is called when a technician asked for it and
// tries once; the error is a *Error.
func (l *Link) GiveBack(ctx context.Context, ch playlist.ChannelID, env wire.Envelope) error {
	body, err := json.Marshal(env)
	if err != nil {
		return failed("give back "+ch.String(), err)
	}
	what := "give back " + ch.String()
	for range 2 { // the second time nothing is missing any more
		missing, err := l.giveBack(ctx, ch, body)
		if err != nil {
			return err
		}
		if len(missing) == 0 {
			return nil
		}
		for _, b := range missing {
			if err := l.upload(ctx, b); err != nil {
				return err
			}
		}
	}
	return &Error{Doing: what, Kind: Refuse, Err: errors.New("the controller goes on missing parts of it")}
}

// giveBack sends an envelope and returns what the controller lacks of it.
func (l *Link) giveBack(ctx context.Context, ch playlist.ChannelID, body []byte) ([]playlist.Blob, error) {
	resp, err := l.put(ctx, "give back "+ch.String(), "device/v1/editions/"+ch.String(), bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var answer struct {
		Missing []playlist.Blob `json:"missing"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxMissing)).Decode(&answer); err != nil {
		return nil, failed("give back "+ch.String(), err)
	}
	return answer.Missing, nil
}

// upload sends a blob of the store.
func (l *Link) upload(ctx context.Context, b playlist.Blob) error {
	what := "give back blob " + b.Ref.Short()
	f, size, err := l.opt.Store.File(b.Ref)
	if errors.Is(err, assets.ErrNotFound) {
		return &Error{Doing: what, Kind: Refuse, Err: errors.New("this screen has not got it either")}
	}
	if err != nil {
		return failed(what, err)
	}
	defer f.Close()
	resp, err := l.put(ctx, what, "device/v1/blobs/"+b.Ref.String(), f, size)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// put sends a body with this screen's token. An answer that is no success is an
// error.
func (l *Link) put(ctx context.Context, what, path string, body io.Reader, size int64) (*http.Response, error) {
	l.mu.Lock()
	token := l.token
	l.mu.Unlock()
	if token == "" {
		return nil, failed(what, errors.New("the controller has not welcomed this screen yet"))
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, l.home.JoinPath(path).String(), io.NopCloser(body))
	if err != nil {
		return nil, failed(what, err)
	}
	req.ContentLength = size
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/octet-stream")
	resp, err := l.client.Do(req)
	if err != nil {
		return nil, failed(what, err)
	}
	if resp.StatusCode >= 300 {
		said, _ := io.ReadAll(io.LimitReader(resp.Body, 500)) // what could be read is enough
		resp.Body.Close()
		return nil, &Error{Doing: what, Kind: Refuse, Err: fmt.Errorf("the controller answered %s: %s", resp.Status, bytes.TrimSpace(said))}
	}
	return resp, nil
}
