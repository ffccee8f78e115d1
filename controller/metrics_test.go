package controller_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"mingbai/configs"
	"mingbai/controller"
	"mingbai/controller/store"
	"mingbai/playlist"
)

// scrape asks for /metrics with a token.
func scrape(t *testing.T, c *controller.Controller, token string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+c.Addr()+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// TestMetrics: the figures are there for who has the token, in a format that
// Prometheus reads, and the dashboard and the rules ask for nothing else.
func TestMetrics(t *testing.T) {
	const token = "0123456789abcdef0123"
	cfg := configs.DefaultController()
	cfg.Listen, cfg.Data = "127.0.0.1:0", t.TempDir()
	cfg.Metrics.TokenFile = filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(cfg.Metrics.TokenFile, []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := controller.New(cfg, quiet(t)); err == nil {
		c.Close()
		t.Error("a short token was taken")
	}
	if err := os.WriteFile(cfg.Metrics.TokenFile, []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, _ := start(t, cfg)
	err := c.Store.Update(t.Context(), func(tx *store.Tx) error {
		err := tx.PutSite(t.Context(), playlist.Site{ID: "x", Kind: playlist.Village, Name: "柳溪村"})
		for _, id := range []playlist.ScreenID{"a", "b", "c"} {
			err = errors.Join(err, tx.PutScreen(t.Context(), playlist.Screen{ID: id, Site: "x", Kind: playlist.LED, Name: string(id)}, "zh"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{"", "0123456789abcdef0124", token + "x"} {
		if code, body := scrape(t, c, wrong); code != http.StatusUnauthorized || strings.Contains(body, "mingbai_") {
			t.Errorf("with the token %q: %d %s", wrong, code, body)
		}
	}
	code, body := scrape(t, c, token)
	if code != http.StatusOK {
		t.Fatalf("%d %s", code, body)
	}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	screens := 0.0
	for _, m := range families["mingbai_screens"].GetMetric() {
		screens += m.GetGauge().GetValue()
	}
	if screens != 3 {
		t.Errorf("%v screens, want 3", screens)
	}
	names := []string{"mingbai_warnings_open", "up"} // of nothing there is no figure; Prometheus itself makes up
	for name := range families {
		names = append(names, name, name+"_bucket", name+"_count", name+"_sum")
	}
	for _, path := range []string{"mingbai.json", "alerts.yml"} {
		text, err := os.ReadFile(filepath.Join("..", "configs", "grafana", path))
		if err != nil {
			t.Fatal(err)
		}
		var exprs []string
		if path == "mingbai.json" {
			var board struct {
				Panels []struct{ Targets []struct{ Expr string } }
			}
			if err := json.Unmarshal(text, &board); err != nil {
				t.Fatal(err)
			}
			for _, p := range board.Panels {
				for _, target := range p.Targets {
					exprs = append(exprs, target.Expr)
				}
			}
		} else {
			for _, m := range regexp.MustCompile(`(?m)^ +expr: (.+)$`).FindAllStringSubmatch(string(text), -1) {
				exprs = append(exprs, m[1])
			}
		}
		if len(exprs) < 5 {
			t.Errorf("%s: %d expressions", path, len(exprs))
		}
		for _, e := range exprs {
			asked := regexp.MustCompile(`\b(up\b|(mingbai|process|go)_[a-z_]+)`).FindAllString(e, -1)
			if len(asked) == 0 {
				t.Errorf("%s: %q asks for nothing", path, e)
			}
			for _, name := range asked {
				if !slices.Contains(names, name) {
					t.Errorf("%s: %q asks for %s, which there is not", path, e, name)
				}
			}
		}
	}
}
