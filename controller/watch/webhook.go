package watch

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// hookTimeout is the longest that a webhook may take.
const hookTimeout = 10 * time.Second

// hooks follows no redirection: what is signed is meant for one address.
var hooks = &http.Client{
	Timeout:       hookTimeout,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// Signature is what the header X-Mingbai-Signature says of a body: "sha256=" and
// the HMAC-SHA256 in hexadecimal (RFC 2104) over the seconds of the header
// X-Mingbai-Timestamp, a dot and the body.
func Signature(secret []byte, seconds int64, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%d.", seconds)
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// webhook posts one message as JSON. Any answer but 2xx is a failure.
func (p *Post) webhook(ctx context.Context, address string, list []letter) error {
	var secret []byte
	for _, r := range p.Recipients {
		if r.Webhook == address {
			secret = r.Secret
		}
	}
	for _, l := range list {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(l.Body))
		if err != nil {
			return fmt.Errorf("webhook: %w", err)
		}
		seconds := time.Now().Unix()
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("User-Agent", "mingbai")
		req.Header.Set("X-Mingbai-Delivery", l.ID) // the same when it is tried again
		req.Header.Set("X-Mingbai-Event", l.said.Event)
		req.Header.Set("X-Mingbai-Timestamp", strconv.FormatInt(seconds, 10))
		if len(secret) > 0 {
			req.Header.Set("X-Mingbai-Signature", Signature(secret, seconds, l.Body))
		}
		res, err := hooks.Do(req)
		if err != nil {
			return fmt.Errorf("webhook: %w", err)
		}
		io.CopyN(io.Discard, res.Body, 64<<10) // so that the connection can be used again
		res.Body.Close()
		if res.StatusCode/100 != 2 {
			return fmt.Errorf("webhook: the answer is %s", res.Status)
		}
	}
	return nil
}
