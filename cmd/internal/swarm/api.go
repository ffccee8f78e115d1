package swarm

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"mingbai/controller/api"
)

// API is the HTTP API of a controller.
type API struct {
	home   home
	token  string
	client *http.Client
}

// NewAPI returns the API of the controller at an address (http or https), whose
// certificate comes from the authorities in the PEM file ca, for the holder of a
// token.
func NewAPI(address, ca, token string) (*API, error) {
	h, err := homeOf(address, ca)
	if err != nil {
		return nil, err
	}
	return &API{home: h, token: token, client: &http.Client{
		Timeout:   time.Minute,
		Transport: &http.Transport{TLSClientConfig: h.tls, MaxIdleConnsPerHost: 32, IdleConnTimeout: time.Minute},
	}}, nil
}

// Answer is what the controller says to a call that it does not fulfil.
type Answer struct {
	Status int
	Code   string // for programs
	Text   string // for people, English
	Wait   time.Duration
}

func (a *Answer) Error() string {
	return fmt.Sprintf("the controller answered %d %s: %s", a.Status, a.Code, a.Text)
}

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 256 << 20

// Do calls method and path, below /api/v1, with body as JSON unless it is nil,
// and reads the answer into into unless that is nil. A refusal is an *Answer.
func (a *API) Do(ctx context.Context, method, path string, body, into any) error {
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
		in = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, a.home.base.String()+"/api/v1"+path, in)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	req.Header.Set("Authorization", "Bearer "+a.token)
	resp, err := a.client.Do(req)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if resp.StatusCode/100 != 2 {
		var f api.Failure
		if json.Unmarshal(data, &f) != nil {
			f.Error.MessageEn = string(data[:min(len(data), 200)])
		}
		return fmt.Errorf("%s %s: %w", method, path, &Answer{Status: resp.StatusCode, Code: f.Error.Code, Text: f.Error.MessageEn, Wait: retryAfter(resp.Header)})
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s %s: read the answer: %w", method, path, err)
	}
	return nil
}

// Close ends the connections that wait to be used again.
func (a *API) Close() { a.client.CloseIdleConnections() }
