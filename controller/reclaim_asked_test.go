package controller_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"mingbai/assets"
	"mingbai/playlist"
)

// TestOnlyAskedScreensGiveBack has a screen send editions and blobs that nobody
// asked for, then what is forged and what is not missing, and an edition that the
// controller has (R20).
func TestOnlyAskedScreensGiveBack(t *testing.T) {
	c, _ := start(t, settings(t.TempDir()))
	load(t, c)
	a, d, other := newClient(t, c), newDevice(t, c), newDevice(t, c)
	d.enrol(a, `"site":"liuxi","name":"柳溪村触摸屏"`)
	other.enrol(a, `"site":"liuxi","name":"柳溪村另一块屏"`)
	channel := playlist.ChannelID{Site: "liuxi"}
	d.until(channel, func(playlist.Edition) bool { return true })
	row, err := c.Store.Edition(t.Context(), channel, d.have[channel])
	if err != nil {
		t.Fatal(err)
	}
	stray := []byte("nobody needs this")
	edition, blob := "/device/v1/editions/"+channel.String(), "/device/v1/blobs/"+assets.RefOf(stray).String()
	forged := row.Envelope
	forged.Payload = append(bytes.Clone(forged.Payload), ' ')

	puts := func(token, path, body string, want int, says string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, c.URL()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != want || !strings.Contains(string(answer), says) {
			t.Errorf("PUT %s: %d %s, want %d %s", path, resp.StatusCode, answer, want, says)
		}
	}
	const unasked = "was not asked"
	for _, token := range []string{"", "x", string(d.screen) + ".x", a.token, d.welcome.BlobToken} {
		puts(token, edition, encode(t, row.Envelope), http.StatusForbidden, unasked)
		puts(token, blob, string(stray), http.StatusForbidden, unasked)
	}
	testRecall(t, a, d, channel)
	puts(other.welcome.BlobToken, edition, encode(t, row.Envelope), http.StatusForbidden, unasked)
	puts(d.welcome.BlobToken, edition, "{", http.StatusBadRequest, "cannot be read")
	puts(d.welcome.BlobToken, edition, encode(t, forged), http.StatusUnprocessableEntity, "")
	puts(d.welcome.BlobToken, "/device/v1/editions/"+playlist.ChannelID{Site: "shiqiao"}.String(), encode(t, row.Envelope), http.StatusUnprocessableEntity, "")
	puts(d.welcome.BlobToken, "/device/v1/editions/"+playlist.ChannelID{Site: "nowhere"}.String(), encode(t, row.Envelope), http.StatusNotFound, "no such channel")
	puts(d.welcome.BlobToken, blob, string(stray), http.StatusForbidden, "not missing")
	puts(d.welcome.BlobToken, edition, encode(t, row.Envelope), http.StatusOK, `"missing":null`)
	if c.Blobs.Has(assets.RefOf(stray)) {
		t.Error("a blob that nobody asked for is kept")
	}
	if now, err := c.Store.Channel(t.Context(), channel); err != nil || now.Revision != row.Revision {
		t.Errorf("the channel is at %+v, %v", now, err)
	}
}
