package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// watchSummary is what the technician's half of the story came to.
type watchSummary struct {
	Warnings        int     `json:"warnings"`          // that were raised
	Cleared         int     `json:"cleared"`           // of those, by themselves
	SecondsToNotice float64 `json:"seconds_to_notice"` // from the end of a program to its warning
	SecondsToClear  float64 `json:"seconds_to_clear"`  // from its new start to the end of the warning
	Commands        int     `json:"commands"`          // that were asked and answered well
	Patrolled       int     `json:"patrolled"`         // screens that looked themselves over
	PatrolFindings  int     `json:"patrol_findings"`   // screens of those that found something
}

// technician is who tends the screens.
const technician = "zhenggang"

// tookOver is what the technician writes to a warning.
const tookOver = "已电话通知大厅值班，正在重启设备。"

// ask lets the technician ask something of a screen and waits for the answer.
func (w *world) ask(ctx context.Context, s *screen, kind string, value int) error {
	c, err := w.seat(ctx, technician)
	if err != nil {
		return err
	}
	fields := []string{"kind", kind}
	if value > 0 {
		fields = append(fields, "value", strconv.Itoa(value))
	}
	action := "/screens/" + s.id + "/command"
	p, err := c.post(ctx, action, fields...)
	if err == nil && strings.HasSuffix(p.path, "/sure") { // are you sure? yes
		_, err = c.again(ctx, p, action)
	}
	if err != nil {
		return err
	}
	var last struct {
		Items []struct {
			Kind  string    `json:"kind"`
			Done  time.Time `json:"done"`
			OK    bool      `json:"ok"`
			Error string    `json:"error"`
		} `json:"items"`
	}
	for {
		if err := w.office.call(ctx, "GET", "/screens/"+s.id+"/commands?limit=1", nil, &last); err != nil {
			return err
		}
		if len(last.Items) != 1 || last.Items[0].Kind != kind {
			return fmt.Errorf("%s: the command %s is not on record", s.id, kind)
		}
		if got := last.Items[0]; !got.Done.IsZero() {
			if !got.OK {
				return fmt.Errorf("%s: %s: %s", s.id, kind, got.Error)
			}
			w.watch.Commands++
			return nil
		}
		if err := rest(ctx, pollEvery); err != nil {
			return fmt.Errorf("%s: waiting for the answer to %s: %w", s.id, kind, err)
		}
	}
}

// rest waits, unless ctx ends before.
func rest(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// tend asks of the touchscreen what a technician asks from afar, and sees on its
// real pixels that it was done; then all screens look themselves over.
func (w *world) tend(ctx context.Context) error {
	touch := w.screens[0]
	full, err := w.light(touch)
	if err != nil {
		return err
	}
	for _, step := range []struct {
		kind   string
		value  int
		darker bool // than before the first
		shot   string
		limit  float64
	}{
		{"brightness", 40, true, "dimmed", 0.7},
		{"dark", 1, true, "dark", 0.05},
		{"lit", 0, false, "", 0},
		{"brightness", 100, false, "lit", 0.9},
		{"log", 0, false, "", 0},
		{"screenshot", 0, false, "", 0},
	} {
		if err := w.ask(ctx, touch, step.kind, step.value); err != nil {
			return err
		}
		if step.shot == "" || touch.virtual == nil {
			continue
		}
		if err := w.becomes(ctx, touch, step.shot, func(now float64) bool { return step.darker == (now < step.limit*full) }); err != nil {
			return err
		}
	}
	for _, s := range w.screens {
		if err := w.ask(ctx, s, "patrol", 0); err != nil {
			return err
		}
	}
	if err := w.patrolled(ctx); err != nil {
		return err
	}
	// The acceptance of the touchscreen is begun; going on is for somebody before it.
	c, err := w.seat(ctx, technician)
	if err == nil {
		_, err = c.press(ctx, "/screens/"+touch.id+"/acceptance", "/screens/"+touch.id+"/acceptance")
	}
	return err
}

// becomes waits until the light of a screen is as it should be, and saves a
// picture of it.
func (w *world) becomes(ctx context.Context, s *screen, shot string, good func(float64) bool) error {
	for {
		now, err := w.light(s)
		if err != nil {
			return err
		}
		if good(now) {
			if w.shots == "" {
				return nil
			}
			if err := w.settle(ctx); err != nil { // a page may be on its way
				return err
			}
			img, err := s.virtual.Capture()
			if err != nil {
				return err
			}
			return w.save(s, "asked-"+shot, img)
		}
		if err := rest(ctx, 50*time.Millisecond); err != nil {
			return fmt.Errorf("%s: its light is %.2f, not as asked (%s): %w", s.id, now, shot, err)
		}
	}
}

// light is how bright the picture on a display is, 0 to 1.
func (w *world) light(s *screen) (float64, error) {
	if s.virtual == nil {
		return 1, nil // somebody sits before it
	}
	img, err := s.virtual.Capture()
	if err != nil {
		return 0, err
	}
	return mean(img), nil
}

func mean(img *image.RGBA) float64 {
	sum := 0
	for i := 0; i+3 < len(img.Pix); i += 4 {
		sum += int(img.Pix[i]) + int(img.Pix[i+1]) + int(img.Pix[i+2])
	}
	return float64(sum) / float64(len(img.Pix)/4*3*255)
}

// patrolled waits until the page of the day has the findings of every screen.
func (w *world) patrolled(ctx context.Context) error {
	for {
		c, err := w.seat(ctx, technician)
		if err != nil {
			return err
		}
		p, err := c.get(ctx, "/patrol")
		if err != nil {
			return err
		}
		sums := p.sums()
		if len(sums) != 4 {
			return fmt.Errorf("the page of the patrol has %d sums", len(sums))
		}
		if w.watch.Patrolled, w.watch.PatrolFindings = sums[0], sums[2]; sums[0] == len(w.screens) {
			return nil
		}
		if err := rest(ctx, 10*pollEvery); err != nil {
			return fmt.Errorf("%d of %d screens have looked themselves over: %w", sums[0], len(w.screens), err)
		}
	}
}

// sums are the numbers at the head of a page.
func (p answer) sums() (out []int) {
	doc, err := html.Parse(strings.NewReader(p.text))
	if err != nil {
		return nil // a reader of strings does not fail
	}
	for n := range doc.Descendants() {
		if n.Data == "dd" && attr(n.Parent.Parent, "class") == "sums" {
			v, _ := strconv.Atoi(strings.TrimSpace(inside(n))) // words are no sum
			out = append(out, v)
		}
	}
	return out
}

// warningLink is a warning's own page, among the links of the list.
var warningLink = regexp.MustCompile(`<a href="(/warnings/[^"/#?]+)" id=`)

// warnings are the addresses of those that are open, or of those that were.
func (w *world) warnings(ctx context.Context, query string) (out []string, err error) {
	c, err := w.seat(ctx, technician)
	if err != nil {
		return nil, err
	}
	p, err := c.get(ctx, "/warnings"+query)
	for _, m := range warningLink.FindAllStringSubmatch(p.text, -1) {
		out = append(out, m[1])
	}
	return out, err
}

// incident kills the program of an LED board: the technician must be told of it,
// with the cause, takes it over, and it is photographed.
func (w *world) incident(ctx context.Context) error {
	board := w.screens[len(w.screens)-1]
	before, err := w.warnings(ctx, "") // a weak machine may have some already
	if err != nil {
		return err
	}
	began := time.Now()
	if err := board.process.kill(); err != nil {
		return err
	}
	for w.warning == "" {
		open, err := w.warnings(ctx, "?q="+board.id)
		if err != nil {
			return err
		}
		open = slices.DeleteFunc(open, func(a string) bool { return slices.Contains(before, a) })
		if len(open) > 0 {
			w.warning = open[0]
			break
		}
		if err := rest(ctx, 5*pollEvery); err != nil {
			return fmt.Errorf("%s was killed, and nobody was told: %w", board.id, err)
		}
	}
	w.watch.SecondsToNotice = time.Since(began).Seconds()
	c, err := w.seat(ctx, technician)
	if err != nil {
		return err
	}
	p, err := c.press(ctx, w.warning, w.warning, "remark", tookOver)
	if err != nil {
		return err
	}
	if !strings.Contains(p.text, "离线") {
		return fmt.Errorf("%s was killed, and its warning does not say that it is offline", board.id)
	}
	return w.tour(ctx, w.incidentPages())
}

// mend starts the board again and waits until its warning is history.
func (w *world) mend(ctx context.Context) error {
	board := w.screens[len(w.screens)-1]
	began := time.Now()
	if err := w.startScreen(board); err != nil {
		return err
	}
	for {
		open, err := w.warnings(ctx, "")
		if err != nil {
			return err
		}
		if !slices.Contains(open, w.warning) {
			break
		}
		if err := rest(ctx, 5*pollEvery); err != nil {
			return fmt.Errorf("%s is back, and its warning stays: %w", board.id, err)
		}
	}
	w.watch.SecondsToClear = time.Since(began).Seconds()
	closed, err := w.warnings(ctx, "?state=closed")
	if err == nil && !slices.Contains(closed, w.warning) {
		err = errors.New("the warning is not in the history")
	}
	if err != nil {
		return err
	}
	c, err := w.seat(ctx, technician)
	if err != nil {
		return err
	}
	p, err := c.get(ctx, w.warning)
	if err == nil && !strings.Contains(p.text, tookOver) {
		err = errors.New("the history does not say who took the warning over")
	}
	return err
}

// reckon counts the warnings of the whole story.
func (w *world) reckon(ctx context.Context) error {
	open, err := w.warnings(ctx, "")
	if err != nil {
		return err
	}
	closed, err := w.warnings(ctx, "?state=closed")
	w.watch.Warnings, w.watch.Cleared = len(open)+len(closed), len(closed)
	return err
}

// kill ends a program as a power cut would.
func (p *process) kill() error {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill %s: %w", p.name, err)
	}
	<-p.done
	return nil
}
