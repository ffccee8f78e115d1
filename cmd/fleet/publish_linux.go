package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"mingbai/cmd/internal/swarm"
	"mingbai/playlist"
)

// press is one press of a button: what is sent to the API and on which channel its
// edition goes out.
type press struct {
	path string
	body any
	on   playlist.ChannelID
}

// pressed is what came of it, all from the press on.
type pressed struct {
	answer   time.Duration // of the API
	last     time.Duration // until the controller had heard the last screen
	devices  []time.Duration
	sent     int64 // bytes to each
	notice   playlist.NoticeID
	revision playlist.Revision
}

// desk presses buttons of a controller and watches its screens.
type desk struct {
	m     *Bench
	s     *Server
	crowd *child
	http  http.Client
}

func (d *desk) press(ctx context.Context, p press) (out pressed, err error) {
	var head playlist.Revision
	if err := d.s.call(ctx, "head", p.on, &head); err != nil {
		return out, err
	}
	var before, after sessions
	if err := d.s.call(ctx, "sessions", nil, &before); err != nil {
		return out, err
	}
	if err := d.crowd.call(ctx, "expect", mark{Channel: p.on.String(), Above: uint64(head)}, nil); err != nil {
		return out, err
	}
	body, err := json.Marshal(p.body)
	if err != nil {
		return out, err
	}
	req, err := http.NewRequestWithContext(ctx, "POST", d.s.URL+"/api/v1"+p.path, bytes.NewReader(body))
	if err != nil {
		return out, err
	}
	req.Header.Set("Authorization", "Bearer "+d.s.Token)
	req.Header.Set("Content-Type", "application/json")
	began, click := monotonic(), time.Now()
	resp, err := d.http.Do(req)
	if err != nil {
		return out, err
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	resp.Body.Close() // it was read
	if err != nil {
		return out, err
	}
	out.answer = time.Since(click)
	if resp.StatusCode/100 != 2 {
		return out, fmt.Errorf("%s: %s: %s", p.path, resp.Status, text)
	}
	var said struct {
		Notice   playlist.NoticeID `json:"notice"`
		Revision playlist.Revision `json:"revision"`
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return out, err
	}
	out.notice, out.revision = said.Notice, said.Revision
	var times []int64
	if err := d.crowd.call(ctx, "await", limit{Seconds: answerIn}, &times); err != nil {
		return out, fmt.Errorf("%s: %w", p.path, err)
	}
	for _, at := range times {
		out.devices = append(out.devices, time.Duration(at-began))
	}
	var last time.Time
	if err := d.s.call(ctx, "spread", allHave{p.on, said.Revision, answerIn}, &last); err != nil {
		return out, fmt.Errorf("%s: %w", p.path, err)
	}
	out.last = last.Sub(click)
	if err := d.s.call(ctx, "sessions", nil, &after); err != nil {
		return out, err
	}
	out.sent = (after.Sent - before.Sent) / int64(d.m.Devices)
	return out, nil
}

// deeds is what is known of several presses of one kind.
type deeds struct {
	answer, p50, p99, last []float64 // ms
	sent                   []float64 // bytes
	floor                  []float64 // ms
}

// add takes a press into account and measures its floor.
func (d *deeds) add(ctx context.Context, m *Bench, f *floor, p pressed) error {
	least, err := m.leastPublish(ctx, f, int(p.sent))
	if err != nil {
		return err
	}
	d.floor = append(d.floor, ms(least))
	d.answer, d.last = append(d.answer, ms(p.answer)), append(d.last, ms(p.last))
	d.p50, d.p99 = append(d.p50, ms(percentile(p.devices, 50))), append(d.p99, ms(percentile(p.devices, 99)))
	d.sent = append(d.sent, float64(p.sent))
	return nil
}

func (d *deeds) row(what string) Row {
	worst := 0.0
	for _, v := range d.last {
		worst = max(worst, v)
	}
	return Row{
		Name: what + ", until the last has acknowledged", Unit: "ms", Ours: median(d.last), Floor: median(d.floor),
		FloorIs: "one file of the same size written and synced, then the same bytes to as many plain sockets with epoll and their acknowledgements",
		Target:  1000, Of: ofValue,
		Note: fmt.Sprintf("From the press of the button, database commit included. %d times: the button answered after %s ms, half of the screens had it after %s, 99 of 100 after %s, the last after %s in the worst; %.1f KB to each.",
			len(d.last), figure(median(d.answer)), figure(median(d.p50)), figure(median(d.p99)), figure(worst), median(d.sent)/1024),
	}
}

// publishing presses the buttons of a controller to which all screens are connected:
// publish, take down, raise an alert and lift it.
func publishing(ctx context.Context, m *Bench) ([]Row, error) {
	s, err := m.Server(ctx, ServerOptions{})
	if err != nil {
		return nil, err
	}
	crowd, err := m.crowdAt(ctx, s, m.Devices)
	if err != nil {
		return nil, err
	}
	f, err := m.floor(ctx, false)
	if err != nil {
		return nil, err
	}
	if _, _, err := m.crowdAtFloor(ctx, f, m.Devices, 128); err != nil {
		return nil, err
	}
	d := &desk{m: m, s: s, crowd: crowd}
	county, alerts := playlist.ChannelID{Site: swarm.County}, playlist.ChannelID{Site: swarm.County, Alert: true}
	var publish, down, raise, lift deeds
	const warm = 1
	rounds := m.Rounds(10)
	err = m.profiled(ctx, s, "publish", func() error {
		for k := range warm + rounds {
			p, err := d.press(ctx, press{"/notices", submission{Notice: notice(fmt.Sprintf("关于调整办理时间的第%d号公告", k+1), 20)}, county})
			if err != nil {
				return err
			}
			a, err := d.press(ctx, press{"/alerts", alarm{Site: swarm.County, Title: "暴雨红色预警", Minutes: 60, Alert: playlist.Alert{
				Type: "暴雨", Colour: playlist.Red, Area: "全县", Action: "立即转移到高处",
			}}, alerts})
			if err != nil {
				return err
			}
			l, err := d.press(ctx, press{"/alerts/" + string(a.notice) + "/lift", nil, alerts})
			if err != nil {
				return err
			}
			t, err := d.press(ctx, press{"/notices/" + string(p.notice) + "/takedown", reason{"内容有误"}, county})
			if err != nil {
				return err
			}
			if k < warm {
				continue
			}
			err = errors.Join(publish.add(ctx, m, f, p), raise.add(ctx, m, f, a), lift.add(ctx, m, f, l), down.add(ctx, m, f, t))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf(" to %d screens", m.Devices)
	return []Row{
		publish.row("publish an announcement" + name), raise.row("raise an alert" + name), lift.row("lift it"), down.row("take an announcement down"),
	}, m.leave(ctx, s, crowd)
}

// What the API takes (api.Submission, api.AlertSubmission, api.Reason).
type (
	submission struct {
		Notice playlist.Notice `json:"notice"`
	}
	alarm struct {
		Site    playlist.SiteID `json:"site"`
		Title   string          `json:"title"`
		Minutes int             `json:"minutes"`
		Alert   playlist.Alert  `json:"alert"`
	}
	reason struct {
		Reason string `json:"reason"`
	}
)

// leastPublish is the least that publishing so many bytes to each can take: they are
// made durable once and then sent.
func (m *Bench) leastPublish(ctx context.Context, f *floor, size int) (time.Duration, error) {
	payload, err := payloadFor(max(size, 512))
	if err != nil {
		return 0, err
	}
	frame, answer, err := exchange(announcement{Channel: everywhere, Revision: firstRevision, Bytes: payload})
	if err != nil {
		return 0, err
	}
	began := time.Now()
	if err := synced(filepath.Join(m.Dir, "least"), frame); err != nil {
		return 0, err
	}
	wrote := time.Since(began)
	var r round
	err = f.call(ctx, "send", shot{Payload: frame, Answer: answer, Seconds: answerIn}, &r)
	return wrote + r.Wall, err
}

func synced(path string, b []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(b); err != nil {
		return err
	}
	return f.Sync()
}
