package controller

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"mingbai/controller/fleet"
)

// leastToken is the least length of the token of /metrics, in characters.
const leastToken = 16

// scrapeWithin bounds what one collection of figures may take.
const scrapeWithin = 10 * time.Second

// metrics are the figures for Prometheus, in its text format. Their names are what
// the dashboard in configs/grafana asks for.
type metrics struct {
	c        *Controller
	token    [sha256.Size]byte
	registry *prometheus.Registry
	requests *prometheus.HistogramVec

	screens, warnings, lagging, lag, reports, connections, received, sent, waiting, givenUp *prometheus.Desc
	overload, shed, handshakes, refused, writes, unwritten                                  *prometheus.Desc
}

// newMetrics reads the token; nil when the settings name none.
func newMetrics(c *Controller) (*metrics, error) {
	if c.Config.Metrics.TokenFile == "" {
		return nil, nil
	}
	token, err := secret(c.Config.Metrics.TokenFile)
	if err != nil {
		return nil, fmt.Errorf("token of the metrics: %w", err)
	}
	if len(token) < leastToken {
		return nil, fmt.Errorf("token of the metrics: %s has less than %d characters", c.Config.Metrics.TokenFile, leastToken)
	}
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("mingbai_"+name, help, labels, nil)
	}
	m := &metrics{
		c: c, token: sha256.Sum256(token), registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mingbai_http_request_seconds", Help: "Time to answer, by part of the controller and class of the status.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"part", "code"}),
		screens:     desc("screens", "Screens by condition.", "condition"),
		warnings:    desc("warnings_open", "Open warnings by kind and severity.", "kind", "severity"),
		lagging:     desc("screens_lagging", "Screens without the newest edition of a channel that they show."),
		lag:         desc("edition_lag_seconds", "How long the connected screen that lags most has lacked an edition."),
		reports:     desc("reports_total", "Health reports taken since the start."),
		connections: desc("connections", "Open websockets of devices, those in the lobby included."),
		received:    desc("received_bytes_total", "Bytes from devices over websockets since the start."),
		sent:        desc("sent_bytes_total", "Bytes to devices over websockets since the start."),
		waiting:     desc("deliveries_waiting", "Messages about warnings that are still to be delivered."),
		givenUp:     desc("deliveries_given_up", "Messages about warnings that were given up."),
	}
	m.overload = desc("overload", "What is left out because the controller is over its means: 0 nothing, 1 screenshots and samples, 2 health reports as well.")
	m.shed = desc("shed_total", "What was left out since the start.", "what")
	m.handshakes = desc("handshakes", "Connections of devices that are being opened.")
	m.refused = desc("refused_total", "Connections refused since the start: too many at once, or the device for what it did.", "why")
	m.writes = desc("writes_waiting", "Messages of devices that wait to be durable.")
	m.unwritten = desc("reports_waiting", "Screens of which something said is not written yet.")
	m.registry.MustRegister(m, m.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m, nil
}

// Describe is part of prometheus.Collector.
func (m *metrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.screens, m.warnings, m.lagging, m.lag, m.reports, m.connections, m.received, m.sent, m.waiting, m.givenUp, m.overload, m.shed, m.handshakes, m.refused, m.writes, m.unwritten} {
		out <- d
	}
}

// severities are their names as labels.
var severities = map[fleet.Severity]string{fleet.Note: "note", fleet.Warn: "warn", fleet.Urgent: "urgent"}

// Collect is part of prometheus.Collector. What cannot be read is left out, with
// the error among the figures, so that the scrape says so.
func (m *metrics) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeWithin) // Collect is given none
	defer cancel()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	total := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
	}
	if states, err := m.c.Fleet.List(ctx); err != nil {
		out <- prometheus.NewInvalidMetric(m.screens, err)
	} else {
		m.collectScreens(states, gauge)
	}
	type class struct{ kind, severity string }
	open := map[class]int{}
	for _, w := range m.c.Watch.Open() {
		open[class{w.Kind, severities[fleet.Severity(w.Severity)]}]++
	}
	for k, n := range open {
		gauge(m.warnings, float64(n), k.kind, k.severity)
	}
	sessions, received, sent := m.c.Hub.Traffic()
	gauge(m.connections, float64(sessions))
	total(m.received, float64(received))
	total(m.sent, float64(sent))
	total(m.reports, float64(m.c.Fleet.Reports()))
	shed := m.c.Fleet.HasShed()
	gauge(m.overload, float64(shed.Level))
	total(m.shed, float64(shed.Screenshots), "screenshot")
	total(m.shed, float64(shed.Samples), "sample")
	total(m.shed, float64(shed.Reports), "report")
	strain := m.c.Hub.Strain()
	gauge(m.handshakes, float64(strain.Handshakes))
	total(m.refused, float64(strain.TurnedAway), "too_many")
	total(m.refused, float64(strain.Refused), "conduct")
	gauge(m.writes, float64(m.c.Fleet.Writes()))
	gauge(m.unwritten, float64(m.c.Store.Unwritten()))
	if waiting, givenUp, err := m.c.Store.CountDeliveries(ctx); err != nil {
		out <- prometheus.NewInvalidMetric(m.waiting, err)
	} else {
		gauge(m.waiting, float64(waiting))
		gauge(m.givenUp, float64(givenUp))
	}
}

func (m *metrics) collectScreens(states []*fleet.State, gauge func(*prometheus.Desc, float64, ...string)) {
	count := map[fleet.Condition]int{fleet.Offline: 0, fleet.Refusing: 0, fleet.Behind: 0, fleet.Ailing: 0, fleet.Pending: 0, fleet.Fine: 0}
	lagging, longest := 0, time.Duration(0)
	for _, s := range states {
		count[s.Condition]++
		behind := false
		for ch, want := range s.Desired {
			behind = behind || s.Paired() && s.Reported[ch] < want
		}
		if behind {
			lagging++
		}
		for _, sign := range s.Signs {
			if sign.Kind == fleet.SignBehind {
				longest = max(longest, time.Since(sign.Since))
			}
		}
	}
	for c, n := range count {
		gauge(m.screens, float64(n), string(c))
	}
	gauge(m.lagging, float64(lagging))
	gauge(m.lag, longest.Seconds())
}

// ServeHTTP answers GET /metrics for who has the token.
func (m *metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	given := sha256.Sum256([]byte(token))
	if subtle.ConstantTimeCompare(given[:], m.token[:]) != 1 {
		w.Header().Set("WWW-Authenticate", `Bearer realm="metrics"`)
		http.Error(w, "a token is needed", http.StatusUnauthorized)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError}).ServeHTTP(w, r)
}

// timed measures what a handler answers, except websockets, which stay open.
func (m *metrics) timed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == deviceSocket {
			next.ServeHTTP(w, r)
			return
		}
		part := "console"
		switch {
		case strings.HasPrefix(r.URL.Path, "/api/"):
			part = "api"
		case strings.HasPrefix(r.URL.Path, "/device/"):
			part = "device"
		case r.URL.Path == "/metrics":
			part = "metrics"
		}
		seen := &status{ResponseWriter: w, code: http.StatusOK}
		start := time.Now()
		next.ServeHTTP(seen, r)
		m.requests.WithLabelValues(part, strconv.Itoa(seen.code/100)+"xx").Observe(time.Since(start).Seconds())
	})
}

// status remembers the status of an answer.
type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController see what is below.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }
