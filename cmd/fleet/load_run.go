package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"mingbai/assets/durable"
	"mingbai/cmd/internal/swarm"
	"mingbai/controller/api"
	"mingbai/playlist"
)

// loadReport is what a load found, for -json.
type loadReport struct {
	Controller string      `json:"controller"`
	At         time.Time   `json:"at"`
	Screens    int         `json:"screens"`
	Real       int         `json:"real"`
	Shares     shares      `json:"misbehaving,omitempty"`
	Enrolment  float64     `json:"enrolment_seconds"`
	Connecting float64     `json:"connecting_seconds"` // until all were welcome
	Lasted     float64     `json:"lasted_seconds"`
	Connected  int         `json:"connected"` // at the end
	Publishes  []published `json:"publishes,omitempty"`
	Storm      *storm      `json:"storm,omitempty"`
	Stats      swarm.Stats `json:"stats"`
	Before     *figures    `json:"server_before,omitempty"` // enrolled, nobody connected
	Quiet      *figures    `json:"server_quiet,omitempty"`  // all connected
	After      *figures    `json:"server_after,omitempty"`
	Verdict    verdict     `json:"verdict"`
	Left       string      `json:"left_behind,omitempty"` // what could not be cleaned up
}

// published is one notice on its way to the screens.
type published struct {
	Answer  time.Duration     `json:"answer"`  // of the API, nanoseconds: until it is durable
	Acks    swarm.Percentiles `json:"acks"`    // of screens that behave, from the press of the button
	Missing int               `json:"missing"` // of them, when the next one came
}

type storm struct {
	Cut  int     `json:"cut"`
	Back float64 `json:"back_seconds"` // until all that behave were back; -1: not in time
}

// load is one run.
type load struct {
	o       loadOptions
	out     io.Writer
	log     *slog.Logger
	api     *swarm.API
	see     *watcher
	seed    string
	ids     []playlist.ScreenID
	root    playlist.SiteID
	column  playlist.ColumnID
	notices []playlist.NoticeID // published, to be taken down
	r       loadReport
}

// runLoad loads a controller that runs.
func runLoad(ctx context.Context, o loadOptions, out, logs io.Writer) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	if err := raiseLimit(); err != nil {
		return fmt.Errorf("raise the limit of descriptors: %w", err)
	}
	token, err := readToken(o.Token)
	if err != nil {
		return err
	}
	l := &load{
		o: o, out: out, log: slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelWarn})),
		seed: "load-" + strings.ToLower(rand.Text()[:6]),
		r:    loadReport{Controller: o.Controller, At: time.Now().UTC().Truncate(time.Second), Screens: o.Screens, Real: o.Real, Shares: o.Shares},
	}
	if l.api, err = swarm.NewAPI(o.Controller, o.CA, token); err != nil {
		return err
	}
	defer l.api.Close()
	var ca []byte
	if o.CA != "" {
		if ca, err = os.ReadFile(o.CA); err != nil {
			return err
		}
	}
	if l.see, err = newWatcher(o.Controller, string(ca), o.MetricsToken, o.Pid); err != nil {
		return err
	}
	if err := l.survey(ctx); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mingbai-load-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	err = l.live(ctx, dir)
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		fmt.Fprintln(out, "It was stopped; what was measured so far follows.")
		err = nil
	}
	err = errors.Join(err, l.tidy(context.WithoutCancel(ctx)))
	l.r.Verdict = l.judge()
	return errors.Join(err, l.print(), l.save())
}

// survey looks where the screens are to stand, and whether it is a controller that
// may be loaded.
func (l *load) survey(ctx context.Context) error {
	var screens struct {
		Items []struct {
			Tags     []string  `json:"tags"`
			Enrolled time.Time `json:"enrolled"`
		} `json:"items"`
	}
	if err := l.api.Do(ctx, http.MethodGet, "/screens", nil, &screens); err != nil {
		return err
	}
	real := 0
	for _, s := range screens.Items {
		if !s.Enrolled.IsZero() && !slices.Contains(s.Tags, swarm.Tag) {
			real++ // one that only waits for its device is not disturbed
		}
	}
	if real > 0 && !l.o.Yes {
		return fmt.Errorf("this controller has %d screens that are not simulated: take a test controller, or say -yes if they may be disturbed", real)
	}
	var sites struct {
		Items []playlist.Site `json:"items"`
	}
	if err := l.api.Do(ctx, http.MethodGet, "/sites", nil, &sites); err != nil {
		return err
	}
	if len(sites.Items) == 0 {
		return errors.New("this controller has no site yet; start it with -sample, or add one")
	}
	l.root = sites.Items[0].ID // parents come first
	if l.o.Publish == 0 {
		return nil
	}
	var columns struct {
		Items []playlist.Column `json:"items"`
	}
	if err := l.api.Do(ctx, http.MethodGet, "/columns", nil, &columns); err != nil {
		return err
	}
	if len(columns.Items) == 0 {
		return errors.New("this controller has no column to publish in; start it with -sample, or publish nothing")
	}
	l.column = columns.Items[0].ID
	return nil
}

func (l *load) config(dir string) swarm.Config {
	from := l.o.From
	if u, err := url.Parse(l.o.Controller); err == nil && len(from) == 0 && (u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost") && manyLoopbacks {
		from = loopback()
	}
	return swarm.Config{
		URL: l.o.Controller, CA: l.o.CA, Seed: l.seed, Count: l.o.Screens, From: from, Dials: l.o.Dials, Manner: l.o.Shares.manner,
		Real: func(i int) bool { return i < l.o.Real }, Dir: dir, Report: l.o.Report, Ledger: l.o.Rows, Blobs: l.o.Blobs, Plain: l.o.Plain, Log: l.log,
	}
}

// connectWithin is how long all may take to come in.
const connectWithin = 5 * time.Minute

// live enrols, connects and keeps the screens for the time of the run.
func (l *load) live(ctx context.Context, dir string) error {
	cfg := l.config(dir)
	fmt.Fprintf(l.out, "Enrolling %d simulated screens ...\n", l.o.Screens)
	began := time.Now()
	var err error
	l.ids, err = swarm.Enrol(ctx, cfg, l.api, l.o.Sites...)
	l.r.Enrolment = time.Since(began).Seconds()
	if err != nil {
		return err
	}
	l.r.Before = l.look(ctx)
	cfg.Screens = l.ids
	s, err := swarm.New(cfg)
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	ran := make(chan error, 1)
	go func() { ran <- s.Run(running) }() // ends with stop
	defer func() {
		stop()
		if err := <-ran; err != nil {
			l.log.Error("The simulated screens ended.", "error", err)
		}
	}()
	began = time.Now()
	most := l.o.Screens
	if l.o.Shares.sum() > 0 {
		most = l.o.goods() // who misbehaves may not be let in
	}
	within, cancel := context.WithTimeout(ctx, connectWithin)
	err = s.Connected(within, most)
	cancel()
	l.r.Connecting = time.Since(began).Seconds()
	defer func() { l.r.Stats, l.r.Connected = s.Stats(), s.Stats().Connected }()
	if err != nil {
		return err
	}
	fmt.Fprintf(l.out, "%d are connected after %.1f s; the load lasts %s.\n", s.Stats().Connected, l.r.Connecting, l.o.For)
	l.r.Quiet = l.look(ctx)
	began = time.Now()
	err = l.turn(ctx, s)
	l.r.Lasted = time.Since(began).Seconds()
	l.r.After = l.look(context.WithoutCancel(ctx))
	return err
}

// look is what the controller's process takes now; nil when nobody can tell.
func (l *load) look(ctx context.Context) *figures {
	if !l.see.sees() {
		return nil
	}
	f, err := l.see.look(ctx)
	if err != nil {
		l.log.Warn("The controller's figures cannot be read.", "error", err)
		return nil
	}
	return &f
}

// turn publishes and storms until the time is over.
func (l *load) turn(ctx context.Context, s *swarm.Swarm) error {
	end := time.NewTimer(l.o.For)
	defer end.Stop()
	tell := time.NewTicker(10 * time.Second)
	defer tell.Stop()
	var due, half <-chan time.Time
	if l.o.Publish > 0 {
		t := time.NewTicker(l.o.Publish)
		defer t.Stop()
		due = t.C
	}
	if l.o.Storm {
		half = time.After(l.o.For / 2)
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-end.C:
			if l.o.Storm && l.r.Storm == nil { // half time passed in the midst of a notice that took so long
				l.storm(ctx, s)
			}
			return nil
		case <-due:
			err := l.publish(ctx, s)
			if a, ok := errors.AsType[*swarm.Answer](err); ok && a.Status/100 == 4 {
				fmt.Fprintf(l.out, "Nothing more is published: %v. A controller whose approvals.policy is single lets one person publish.\n", err)
				due = nil
			} else if err != nil {
				return err
			}
		case <-half:
			l.storm(ctx, s)
		case <-tell.C:
			st := s.Stats()
			fmt.Fprintf(l.out, "%d connected, %d reports, %d acknowledgements, ping p99 %s\n", st.Connected, st.Reports, st.Acks, short(st.Ping.P99))
		}
	}
}

// publish publishes a notice and waits until all that behave show it, or for the
// time until the next one.
func (l *load) publish(ctx context.Context, s *swarm.Swarm) error {
	ch := playlist.ChannelID{Site: l.root}
	head, err := headOf(ctx, l.api, ch)
	if err != nil {
		return err
	}
	n := swarm.Announcement(l.root, fmt.Sprintf("模拟负载测试通知（第 %d 条）", len(l.notices)+1), l.o.Text)
	n.Column = l.column
	w := s.Watch(ch, head+1)
	defer w.Stop()
	w.Only(l.o.good)
	w.Mark()
	began := time.Now()
	var p api.Published
	if err := l.api.Do(ctx, http.MethodPost, "/notices", api.Submission{Notice: n}, &p); err != nil {
		return fmt.Errorf("publish a notice: %w", err)
	}
	one := published{Answer: time.Since(began)}
	l.notices = append(l.notices, p.Notice)
	goods := l.o.goods()
	within, cancel := context.WithTimeout(ctx, l.o.Publish)
	defer cancel()
	w.Wait(within, goods) // what is missing is counted
	times := w.Times()
	one.Acks, one.Missing = swarm.Of(times), goods-len(times)
	l.r.Publishes = append(l.r.Publishes, one)
	fmt.Fprintf(l.out, "published: durable after %s; acknowledged p50 %s, p99 %s, last %s; %d missing\n",
		short(one.Answer), short(one.Acks.P50), short(one.Acks.P99), short(one.Acks.Max), one.Missing)
	return ctx.Err()
}

// headOf is the newest revision of a channel.
func headOf(ctx context.Context, from *swarm.API, ch playlist.ChannelID) (playlist.Revision, error) {
	var all struct {
		Items []struct {
			Revision playlist.Revision `json:"revision"`
		} `json:"items"`
	}
	err := from.Do(ctx, http.MethodGet, "/channels/"+url.PathEscape(ch.String())+"/editions?limit=1", nil, &all)
	if err != nil || len(all.Items) == 0 {
		return 0, err
	}
	return all.Items[0].Revision, nil
}

// storm cuts all connections and waits until all that behave are back.
func (l *load) storm(ctx context.Context, s *swarm.Swarm) {
	l.r.Storm = &storm{Cut: s.Storm(1), Back: -1}
	fmt.Fprintf(l.out, "cut %d connections at once\n", l.r.Storm.Cut)
	began := time.Now()
	within, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	if s.Connected(within, l.o.goods()) == nil {
		l.r.Storm.Back = time.Since(began).Seconds()
		fmt.Fprintf(l.out, "all are back after %.1f s\n", l.r.Storm.Back)
	}
}

// Of tidying up.
const (
	tidyWithin = 15 * time.Minute
	tidyAtOnce = 16
)

// tidy takes down what was published and takes the screens out of service.
func (l *load) tidy(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, tidyWithin)
	defer cancel()
	var errs []error
	if len(l.notices) > 0 {
		fmt.Fprintf(l.out, "Taking %d notices down ...\n", len(l.notices))
	}
	for _, id := range l.notices {
		err := l.api.Do(ctx, http.MethodPost, "/notices/"+string(id)+"/takedown", api.Reason{Reason: "负载测试结束 / the load test is over"}, nil)
		if err != nil {
			errs = append(errs, err)
		}
	}
	left := 0
	if !l.o.Keep {
		var group errgroup.Group
		group.SetLimit(tidyAtOnce)
		failed := make(chan error, len(l.ids))
		fmt.Fprintln(l.out, "Taking the simulated screens out of service ...")
		for _, id := range l.ids {
			if id == "" {
				continue
			}
			group.Go(func() error {
				if err := l.api.Do(ctx, http.MethodDelete, "/screens/"+string(id)+"?reason=load+test", nil, nil); err != nil {
					failed <- err
				}
				return nil
			})
		}
		group.Wait() // the errors are in failed
		if left = len(failed); left > 0 {
			errs = append(errs, <-failed)
		}
	}
	if len(errs) == 0 {
		return nil
	}
	l.r.Left = fmt.Sprintf("%d screens with the tag %q and %d notices", left, swarm.Tag, len(errs))
	return fmt.Errorf("not all could be cleaned up; take the screens with the tag %q out of service by hand: %w", swarm.Tag, errors.Join(errs...))
}

func (l *load) save() error {
	if l.o.JSON == "" {
		return nil
	}
	b, err := json.MarshalIndent(l.r, "", "  ")
	if err != nil {
		return err
	}
	return durable.WriteFile(durable.OS, l.o.JSON, append(b, '\n'))
}
