package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// office speaks to the controller's API.
type office struct {
	base, token string
}

// call sends in as JSON, unless it is nil, and reads the answer into out, unless
// that is nil.
func (o office) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, o.base+"/api/v1"+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+o.token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 32<<20))
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, data)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// state is what the controller says of a screen; the fields that the demo needs.
type state struct {
	ID       string            `json:"id"`
	Online   bool              `json:"online"`
	Program  string            `json:"program"` // name and version
	Desired  map[string]uint64 `json:"desired"`
	Reported map[string]uint64 `json:"reported"`
	Ledger   uint64            `json:"ledger_seq"`
	Report   *struct {
		Showing struct {
			Notice string `json:"notice"`
			Page   string `json:"page"`
		} `json:"showing"`
		Vitals struct {
			RSS     uint64 `json:"rss"`
			Running int64  `json:"running"` // seconds
		} `json:"vitals"`
		LedgerHead uint64 `json:"ledger_head"`
	} `json:"report"`
}

func (s state) showing() string {
	if s.Report == nil {
		return ""
	}
	return s.Report.Showing.Notice
}

func (s state) page() string {
	if s.Report == nil {
		return ""
	}
	return s.Report.Showing.Page
}

// version is that of the program on the screen's device.
func (s state) version() string {
	_, version, _ := strings.Cut(s.Program, " ")
	return version
}

// has reports whether the screen has adopted all that it should show.
func (s state) has() bool {
	for ch, r := range s.Desired {
		if s.Reported[ch] < r {
			return false
		}
	}
	return len(s.Desired) > 0
}

func (o office) screen(ctx context.Context, id string) (state, error) {
	var s state
	err := o.call(ctx, "GET", "/screens/"+id, nil, &s)
	return s, err
}

// pollEvery is how often the demo asks the controller; it bounds the precision
// of the times in the summary.
const pollEvery = 20 * time.Millisecond

// until asks for a screen's state until it satisfies good and returns how long
// that took.
func (o office) until(ctx context.Context, id, what string, good func(state) bool) (state, error) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	var last state
	for {
		s, err := o.screen(ctx, id)
		if err == nil && good(s) {
			return s, nil
		}
		if err == nil {
			last = s
		}
		select {
		case <-ctx.Done():
			return last, fmt.Errorf("screen %s: waiting until %s: %w (page %q, notice %q, has %v of %v, online %v)",
				id, what, context.Cause(ctx), last.page(), last.showing(), last.Reported, last.Desired, last.Online)
		case <-tick.C:
		}
	}
}

// published is the answer to a publication.
type published struct {
	Notice   string `json:"notice"`
	Channel  string `json:"channel"`
	Revision uint64 `json:"revision"`
}
