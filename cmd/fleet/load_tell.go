package main

import (
	"fmt"
	"sort"
	"text/tabwriter"
	"time"

	"mingbai/cmd/internal/swarm"
)

// verdict is what a load showed, in a sentence for a technician.
type verdict struct {
	OK bool   `json:"ok"`
	Zh string `json:"zh"`
	En string `json:"en"`
}

// The bounds of a server that carries its screens: what a resident or a clerk would
// not notice. The acknowledgement is R15 of the tests, the storm R16.
const (
	carriesAck  = 3 * time.Second   // the last screen that behaves
	carriesPing = time.Second       // 99 of 100 answers
	carriesBack = 120 * time.Second // all back after a power cut
)

// judge says whether the server carried the load.
func (l *load) judge() verdict {
	var zh, en []string
	bad := func(z, e string) { zh, en = append(zh, z), append(en, e) }
	if good := l.o.goods(); l.r.Connected < good {
		bad(fmt.Sprintf("正常的 %d 块屏只连上 %d 块", good, l.r.Connected), fmt.Sprintf("of %d screens that behave only %d were connected at the end", good, l.r.Connected))
	}
	missing, last := 0, time.Duration(0)
	for _, p := range l.r.Publishes {
		missing += p.Missing
		last = max(last, p.Acks.Max)
	}
	if missing > 0 {
		bad(fmt.Sprintf("有 %d 次发布在下一次之前没有到屏", missing), fmt.Sprintf("%d times a screen did not have a notice before the next one came", missing))
	} else if last > carriesAck {
		bad("最慢的屏 "+short(last)+" 后才显示新内容", "the last screen took "+short(last)+" to show a notice")
	}
	if p := l.r.Stats.Ping.P99; p > carriesPing {
		bad("服务器应答慢（99% 在 "+short(p)+" 内）", "the server answers slowly (99 % within "+short(p)+")")
	}
	if s := l.r.Storm; s != nil && (s.Back < 0 || s.Back > carriesBack.Seconds()) {
		bad("同时断线后没有在两分钟内全部重新连上", "after all were cut off not all were back within two minutes")
	}
	takes := l.takes()
	if len(zh) == 0 {
		return verdict{true,
			fmt.Sprintf("这台服务器带得动 %d 块屏%s。", l.r.Screens, takes.zh),
			fmt.Sprintf("This server carries %d screens%s.", l.r.Screens, takes.en)}
	}
	v := verdict{Zh: fmt.Sprintf("这台服务器带 %d 块屏有困难：", l.r.Screens), En: fmt.Sprintf("This server has trouble with %d screens: ", l.r.Screens)}
	for i := range zh {
		if i > 0 {
			v.Zh, v.En = v.Zh+"；", v.En+"; "
		}
		v.Zh, v.En = v.Zh+zh[i], v.En+en[i]
	}
	v.Zh, v.En = v.Zh+takes.zh+"。请减少屏数再试，或换更好的机器。", v.En+takes.en+". Try with fewer screens, or on a better machine."
	return v
}

// takes says what the server needed.
func (l *load) takes() (t struct{ zh, en string }) {
	q, a := l.r.Quiet, l.r.After
	if q == nil || a == nil {
		return t
	}
	cores := (a.CPU - q.CPU).Seconds() / max(l.r.Lasted, 1)
	t.zh = fmt.Sprintf("，占内存 %d MB、%.1f 个处理器核心、%d 个文件句柄", a.RSS>>20, cores, a.Descriptors)
	t.en = fmt.Sprintf(" with %d MB of memory, %.1f cores and %d file descriptors", a.RSS>>20, cores, a.Descriptors)
	return t
}

// print writes the figures and the verdict.
func (l *load) print() error {
	r, st := l.r, l.r.Stats
	t := tabwriter.NewWriter(l.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "\nwhat\tnumber\tp50\tp90\tp99\tlongest")
	row := func(what string, p swarm.Percentiles) {
		if p.N > 0 {
			fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%s\n", what, p.N, short(p.P50), short(p.P90), short(p.P99), short(p.Max))
		}
	}
	row("connect", st.Connect)
	row("hello to welcome", st.Welcome)
	row("ping to pong", st.Ping)
	row("report handed over", st.Report)
	row("blob fetched", st.Blob)
	for i, p := range r.Publishes {
		row(fmt.Sprintf("notice %d: published to acknowledged", i+1), p.Acks)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(l.out, "\n%d websockets opened, %d refused for now, %d reports, %d acknowledgements, %d of %d ledger rows taken\n", st.Connects, st.Refusals, st.Reports, st.Acks, st.Taken, st.Rows)
	fmt.Fprintf(l.out, "over websockets %s came and %s went, that is %.0f and %.0f bytes a second for each screen; %d blobs with %s\n",
		size(st.Received), size(st.Sent), perSecond(st.Received, r), perSecond(st.Sent, r), st.Blobs, size(st.BlobBytes))
	kinds := make([]string, 0, len(st.Errors))
	for k := range st.Errors {
		kinds = append(kinds, k)
	}
	sort.Strings(kinds)
	for _, k := range kinds {
		fmt.Fprintf(l.out, "%8d × %s\n", st.Errors[k], k)
	}
	l.printServer()
	_, err := fmt.Fprintf(l.out, "\n%s\n%s\n", r.Verdict.Zh, r.Verdict.En)
	return err
}

func perSecond(n int64, r loadReport) float64 {
	return float64(n) / float64(max(r.Screens, 1)) / max(r.Lasted+r.Connecting, 1)
}

func (l *load) printServer() {
	b, q, a := l.r.Before, l.r.Quiet, l.r.After
	if b == nil || q == nil {
		return
	}
	n := float64(max(l.r.Screens, 1))
	fmt.Fprintf(l.out, "server: %s before anybody came, %s with all connected: %.1f KB and %.2f descriptors a screen\n",
		size(b.RSS), size(q.RSS), float64(q.RSS-b.RSS)/1024/n, float64(q.Descriptors-b.Descriptors)/n)
	if a != nil {
		fmt.Fprintf(l.out, "server: %s at the end, %d goroutines, %.2f cores during the load\n", size(a.RSS), a.Goroutines, (a.CPU-q.CPU).Seconds()/max(l.r.Lasted, 1))
	}
}

// short rounds a duration to three digits.
func short(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		d = d.Round(100 * time.Millisecond)
	case d >= time.Second:
		d = d.Round(10 * time.Millisecond)
	case d >= 10*time.Millisecond:
		d = d.Round(100 * time.Microsecond)
	default:
		d = d.Round(time.Microsecond)
	}
	return d.String()
}

// size is bytes for people, in units of 1024.
func size(n int64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	case n >= 10<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f KB", float64(n)/1024)
}
