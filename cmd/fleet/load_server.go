package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// figures are what a controller's process takes. Those that are not known are 0.
type figures struct {
	At          time.Time     `json:"at"`
	RSS         int64         `json:"rss"`  // bytes
	Heap        int64         `json:"heap"` // bytes of Go objects
	Goroutines  int           `json:"goroutines"`
	Descriptors int           `json:"descriptors"`
	CPU         time.Duration `json:"cpu"`         // since it started
	Connections int           `json:"connections"` // of devices
}

// watcher looks at a controller.
type watcher struct {
	url    string // of /metrics; empty: not looked at
	token  string
	client *http.Client
	pid    int // 0: not looked at
}

// newWatcher reads the token of the metrics. caPEM is a PEM text or empty.
func newWatcher(address, caPEM, tokenFile string, pid int) (*watcher, error) {
	w := &watcher{pid: pid, client: plainClient()}
	if tokenFile == "" {
		return w, nil
	}
	token, err := readToken(tokenFile)
	if err != nil {
		return nil, err
	}
	return w.with(address, caPEM, token)
}

func plainClient() *http.Client { return &http.Client{Timeout: 20 * time.Second} }

// with makes the watcher ask for /metrics.
func (w *watcher) with(address, caPEM, token string) (*watcher, error) {
	w.url, w.token = strings.TrimSuffix(address, "/")+"/metrics", token
	if caPEM != "" {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM([]byte(caPEM)) {
			return nil, errors.New("the authority holds no certificate")
		}
		w.client.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	}
	return w, nil
}

func readToken(file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	t := strings.TrimSpace(string(b))
	if t == "" {
		return "", fmt.Errorf("token: %s is empty", file)
	}
	return t, nil
}

// sees reports whether anything can be looked at.
func (w *watcher) sees() bool { return w.url != "" || w.pid != 0 }

// look returns the figures of this moment. What /proc says counts before what the
// controller says of itself.
func (w *watcher) look(ctx context.Context) (f figures, err error) {
	f.At = time.Now()
	if w.url != "" {
		if f, err = w.scrape(ctx); err != nil {
			return f, fmt.Errorf("figures of the controller: %w", err)
		}
	}
	if w.pid != 0 {
		p, err := readProc(fmt.Sprintf("/proc/%d", w.pid))
		if err != nil {
			return f, err
		}
		f.RSS, f.CPU, f.Descriptors = p.RSS, p.CPU, p.Descriptors
	}
	return f, nil
}

// maxScrape bounds an answer, in bytes.
const maxScrape = 16 << 20

func (w *watcher) scrape(ctx context.Context) (figures, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url, nil)
	if err != nil {
		return figures{}, err
	}
	req.Header.Set("Authorization", "Bearer "+w.token)
	resp, err := w.client.Do(req)
	if err != nil {
		return figures{}, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return figures{}, fmt.Errorf("%s answered %s", w.url, resp.Status)
	}
	return parseFigures(io.LimitReader(resp.Body, maxScrape))
}

// parseFigures reads the text format of Prometheus.
func parseFigures(r io.Reader) (figures, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	all, err := parser.TextToMetricFamilies(r)
	if err != nil {
		return figures{}, err
	}
	of := func(name string) float64 {
		m := all[name].GetMetric()
		if len(m) == 0 {
			return 0
		}
		return value(m[0])
	}
	// A collection is due when the heap is twice what the last one left (GOGC).
	return figures{
		At: time.Now(), RSS: int64(of("process_resident_memory_bytes")), Heap: int64(of("go_memstats_next_gc_bytes") / 2), Goroutines: int(of("go_goroutines")),
		Descriptors: int(of("process_open_fds")), CPU: time.Duration(of("process_cpu_seconds_total") * float64(time.Second)), Connections: int(of("mingbai_connections")),
	}, nil
}

func value(m *dto.Metric) float64 {
	if g := m.GetGauge(); g != nil {
		return g.GetValue()
	}
	if c := m.GetCounter(); c != nil {
		return c.GetValue()
	}
	return m.GetUntyped().GetValue()
}
