package console

import (
	"fmt"
	"math"
	"strings"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
)

// The measures of a chart, in units of its drawing: the field in which lines run
// and the room around it for figures and times.
const (
	fieldLeft, fieldRight = 34, 246
	fieldTop, fieldBottom = 8, 92
)

// chartsPart are the charts of a screen over one span.
type chartsPart struct {
	Screen string
	Spans  []option // value is the address
	Charts []chart
	Table  samplesTable
	Empty  bool
	Last   string // of a screen that is offline: when it reported last
	Live   string // the address that refreshes it
}

// chart is one instrument: what it measures in words, the line, and where the
// screen was silent.
type chart struct {
	Title, Unit, Now, Range string
	Line, Band, Bars        string // paths
	Gaps                    []gap
	Top, Bottom             string // labels of the axis
	Limit                   float64
	LimitText               string
	Bad                     bool // the newest value is beyond the limit
	Ticks                   []timeMark
	Alt                     string
	BarsText                string // what the bars say, if there are any
}

type gap struct {
	X, W  float64
	Label string
	Mid   float64
}

type timeMark struct {
	X    float64
	Text string
	End  string // where its text hangs: start, middle or end
}

// samplesTable says the same in figures.
type samplesTable struct {
	Heads []string
	Rows  []samplesRow
}

type samplesRow struct {
	When, Online string
	Cells        []string
}

// chartSpan is a length of time that charts show.
type chartSpan struct {
	name  string
	long  time.Duration
	row   time.Duration // of the table of figures
	stamp string        // of the table
	clock string        // of the axis
}

var chartSpans = []chartSpan{
	{"hour", time.Hour, 5 * time.Minute, "15:04", "15:04"},
	{"day", 24 * time.Hour, time.Hour, "01-02 15:04", "15:04"},
	{"month", 30 * 24 * time.Hour, 24 * time.Hour, "01-02", "01-02"},
}

func (v *visit) chartSpan() chartSpan {
	for _, s := range chartSpans {
		if s.name == v.query("span") {
			return s
		}
	}
	return chartSpans[0]
}

func (v *visit) spanName(s chartSpan) string {
	switch s.name {
	case "day":
		return v.t("一天")
	case "month":
		return v.t("一个月")
	}
	return v.t("一小时")
}

// gauge is what a chart measures.
type gauge struct {
	title, unit string
	of          func(*store.Sample) store.Figure
	top         float64 // 0: as high as the figures
	limit       float64 // 0: none
	below       bool    // the limit is the least, not the most
	bars        func(*store.Sample) store.Figure
	digits      int
}

// gauges draws limits where signs open: one figure for both.
func (v *visit) gauges(disk uint64) []gauge {
	return []gauge{
		{title: v.t("处理器"), unit: "%", of: func(s *store.Sample) store.Figure { return s.CPU }, top: 100, limit: fleet.CPULimit},
		{title: v.t("温度"), unit: "℃", of: func(s *store.Sample) store.Figure { return s.Temperature }, top: 100, limit: fleet.HeatLimit},
		{title: v.t("内存"), unit: "%", of: func(s *store.Sample) store.Figure { return s.Memory }, top: 100, limit: fleet.MemoryLimit},
		{title: v.t("磁盘剩余"), unit: "GB", of: func(s *store.Sample) store.Figure { return s.Disk.Times(1.0 / 1024) }, limit: float64(fleet.DiskLimit(disk)) / (1 << 30), below: true, digits: 1},
		{title: v.t("网络时延与丢包"), unit: "ms", of: func(s *store.Sample) store.Figure { return s.RTT }, bars: func(s *store.Sample) store.Figure { return s.Lost }},
		{title: v.t("帧时间"), unit: "ms", of: func(s *store.Sample) store.Figure { return s.Frame }, digits: 1},
	}
}

// chartsPart draws the charts of a screen.
func (v *visit) chartsPart(s fleet.State) (chartsPart, error) {
	span, now := v.chartSpan(), v.Now()
	p := chartsPart{Screen: string(s.ID), Live: fmt.Sprintf("/screens/%s/live?part=charts&span=%s", s.ID, span.name)}
	for _, o := range chartSpans {
		p.Spans = append(p.Spans, option{Value: "?span=" + o.name + "#charts", Label: v.spanName(o), Chosen: o.name == span.name})
	}
	from := now.Add(-span.long)
	samples, err := v.Fleet.Samples(v.ctx, s.ID, from)
	if err != nil {
		return p, err
	}
	p.Empty = len(samples) == 0
	if !s.Online && !p.Empty && !s.Seen.IsZero() {
		p.Last = v.clock(s.Seen)
	}
	axis := axis{from, now, span}
	gaps := v.gaps(axis, samples, s.Enrolled)
	ticks := v.ticks(axis)
	disk := uint64(0)
	if s.Report != nil {
		disk = s.Report.Vitals.DiskTotal
	}
	gauges := v.gauges(disk)
	for _, g := range gauges {
		c := v.chart(g, axis, samples)
		c.Gaps, c.Ticks = gaps, ticks
		p.Charts = append(p.Charts, c)
	}
	p.Table = v.samplesTable(gauges, axis, samples)
	return p, nil
}

// axis is the time along a chart.
type axis struct {
	from, until time.Time
	span        chartSpan
}

func (a axis) x(t time.Time) float64 {
	share := t.Sub(a.from).Seconds() / a.until.Sub(a.from).Seconds()
	return fieldLeft + (fieldRight-fieldLeft)*min(max(share, 0), 1)
}

func ends(s store.Sample) time.Time { return s.At.Add(time.Duration(s.Step) * time.Second) }

// apart reports whether a screen was silent between two samples.
func apart(a, b store.Sample) bool {
	return b.At.Sub(ends(a)) >= time.Duration(min(a.Step, b.Step))*time.Second
}

// gaps finds when a screen said nothing: a time without samples is never drawn
// over. Before its device came there is nothing to be silent.
func (v *visit) gaps(a axis, samples []store.Sample, enrolled time.Time) []gap {
	var out []gap
	add := func(from, until time.Time) {
		if from.Before(enrolled) {
			from = enrolled
		}
		x, end := a.x(from), a.x(until)
		if end-x < 0.8 {
			return
		}
		g := gap{X: round1(x), W: round1(end - x), Mid: round1((x + end) / 2)}
		g.Label = v.t("离线")
		if room := 5 * float64(len(g.Label)); v.lang == chinese && g.W < 24 || v.lang == english && g.W < room {
			g.Label = ""
		}
		out = append(out, g)
	}
	last := a.from
	for i, s := range samples {
		if i == 0 || apart(samples[i-1], s) {
			if s.At.Sub(last) >= time.Duration(s.Step)*time.Second {
				add(last, s.At)
			}
		}
		last = ends(s)
	}
	patience := 2 * time.Minute
	if n := len(samples); n > 0 {
		patience = max(patience, time.Duration(samples[n-1].Step)*time.Second)
	}
	if a.until.Sub(last) > patience {
		add(last, a.until)
	}
	return out
}

func round1(x float64) float64 { return math.Round(x*10) / 10 }

func (v *visit) ticks(a axis) []timeMark {
	var out []timeMark
	for i, end := range []string{"start", "middle", "end"} {
		t := a.from.Add(a.until.Sub(a.from) * time.Duration(i) / 2)
		text := v.local(t).Format(a.span.clock)
		if i == 2 {
			text = v.t("现在")
		}
		out = append(out, timeMark{X: round1(a.x(t)), Text: text, End: end})
	}
	return out
}

// nice is the lowest of 1, 2, 5, 10 … that is not below x.
func nice(x float64) float64 {
	if x <= 0 || math.IsInf(x, 0) || math.IsNaN(x) {
		return 1
	}
	p := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 5, 10} {
		if m*p >= x*0.999999 {
			return m * p
		}
	}
	return 10 * p
}

func (v *visit) chart(g gauge, a axis, samples []store.Sample) chart {
	c := chart{Title: g.title, Unit: g.unit, Now: "—"}
	low, high, sum, weight := math.Inf(1), math.Inf(-1), 0.0, 0.0
	for i := range samples {
		if f := g.of(&samples[i]); f.Known {
			low, high = min(low, f.Min), max(high, f.Max)
			sum, weight = sum+f.Mean*float64(samples[i].Step), weight+float64(samples[i].Step)
		}
	}
	top := g.top
	if top == 0 {
		top = nice(max(high*1.1, g.limit*1.2, 1))
	}
	y := func(value float64) float64 {
		return fieldBottom - (fieldBottom-fieldTop)*min(max(value/top, 0), 1)
	}
	c.Line, c.Band = lines(g, a, samples, y)
	if g.bars != nil {
		c.Bars = bars(g.bars, a, samples)
	}
	c.Top, c.Bottom = gaugeText(top, 0)+" "+g.unit, "0"
	if g.limit > 0 && g.limit < top {
		c.Limit, c.LimitText = round1(y(g.limit)), gaugeText(g.limit, g.digits)
	}
	if weight == 0 {
		c.Range = v.t("没有数据")
		c.Alt = c.Title + "：" + c.Range
		return c
	}
	c.Range = v.t("最低 %s · 平均 %s · 最高 %s", gaugeText(low, g.digits), gaugeText(sum/weight, g.digits), gaugeText(high, g.digits))
	newest := samples[len(samples)-1]
	if f := g.of(&newest); f.Known && a.until.Sub(ends(newest)) < 5*time.Minute {
		c.Now = gaugeText(f.Mean, g.digits)
		c.Bad = g.limit > 0 && (f.Mean >= g.limit) != g.below
	}
	if g.bars != nil {
		lost, known := 0.0, false
		for i := range samples {
			if f := g.bars(&samples[i]); f.Known {
				lost, known = max(lost, f.Max), true
			}
		}
		if known {
			c.Range = v.t("平均 %s · 最高 %s", gaugeText(sum/weight, 0), gaugeText(high, 0))
			c.BarsText = v.t("丢包最多 %s%%", gaugeText(lost, 0))
		}
	}
	c.Alt = v.t("%s（%s），%s：%s", c.Title, c.Unit, v.spanName(a.span), strings.TrimSpace(c.Range+" "+c.BarsText))
	return c
}

func gaugeText(x float64, digits int) string {
	if digits > 0 && math.Abs(x) >= 100 {
		digits = 0
	}
	return fmt.Sprintf("%.*f", digits, x)
}

// lines draws the means, and between the lowest and the highest a band where they
// differ. A line ends where a screen falls silent.
func lines(g gauge, a axis, samples []store.Sample, y func(float64) float64) (line, band string) {
	var l, b strings.Builder
	var low []string // of the stretch, to be walked back
	wide := false
	end := func() {
		if wide {
			for i := len(low) - 1; i >= 0; i-- {
				b.WriteString("L" + low[i])
			}
			b.WriteString("Z")
		}
		low = nil
	}
	pen := false
	for i := range samples {
		s := samples[i]
		f := g.of(&s)
		if !f.Known || i > 0 && apart(samples[i-1], s) {
			end()
			pen = false
		}
		if !f.Known {
			continue
		}
		x := a.x(s.At.Add(time.Duration(s.Step) * time.Second / 2))
		letter := "L"
		if !pen {
			letter = "M"
			wide = s.Step >= 3600
			if alone := i+1 == len(samples) || apart(s, samples[i+1]); alone {
				fmt.Fprintf(&l, "M%.1f %.1fh.1", x, y(f.Mean)) // a dot, by the round end of a line
				letter = ""
			}
		}
		if letter != "" {
			fmt.Fprintf(&l, "%s%.1f %.1f", letter, x, y(f.Mean))
		}
		if wide {
			if len(low) == 0 {
				b.WriteString("M")
			} else {
				b.WriteString("L")
			}
			fmt.Fprintf(&b, "%.1f %.1f", x, y(f.Max))
			low = append(low, fmt.Sprintf("%.1f %.1f", x, y(f.Min)))
		}
		pen = true
	}
	end()
	return l.String(), b.String()
}

// bars draws shares of a hundred from the ground.
func bars(of func(*store.Sample) store.Figure, a axis, samples []store.Sample) string {
	var b strings.Builder
	for i := range samples {
		f := of(&samples[i])
		if !f.Known || f.Max <= 0 {
			continue
		}
		x, w := a.x(samples[i].At), max(a.x(ends(samples[i]))-a.x(samples[i].At)-0.4, 0.6)
		h := (fieldBottom - fieldTop) * min(f.Max/100, 1)
		fmt.Fprintf(&b, "M%.1f %dv-%.1fh%.1fv%.1fz", x, fieldBottom, max(h, 0.8), w, max(h, 0.8))
	}
	return b.String()
}

// samplesTable says what the charts show, in a few rows.
func (v *visit) samplesTable(gauges []gauge, a axis, samples []store.Sample) samplesTable {
	t := samplesTable{}
	for _, g := range gauges {
		if g.bars != nil {
			t.Heads = append(t.Heads, v.t("时延")+" ms", v.t("丢包")+" %")
			continue
		}
		t.Heads = append(t.Heads, g.title+" "+g.unit)
	}
	step := int64(a.span.row / time.Second)
	_, shift := v.local(a.until).Zone()
	if a.span.name != "month" {
		shift = 0
	}
	rowOf := func(at time.Time) int64 { return (at.Unix() + int64(shift)) / step }
	i := 0
	for n := rowOf(a.from); n <= rowOf(a.until); n++ {
		var sum store.Sample
		count, covered := 0, 0.0
		for ; i < len(samples) && rowOf(samples[i].At) == n; i++ {
			sum.Join(samples[i], count)
			count++
			covered += samples[i].Online * float64(samples[i].Step)
		}
		row := samplesRow{When: v.local(time.Unix(n*step-int64(shift), 0)).Format(a.span.stamp), Online: fmt.Sprintf("%.0f%%", min(100, 100*covered/float64(step)))}
		if count == 0 {
			row.Online = v.t("离线")
			if time.Unix((n+1)*step-int64(shift), 0).After(a.until) {
				break // it has only begun
			}
		}
		cell := func(f store.Figure, digits int) {
			text := "—"
			switch {
			case f.Known && f.Max-f.Min < 1:
				text = gaugeText(f.Mean, digits)
			case f.Known:
				text = fmt.Sprintf("%s–%s", gaugeText(f.Min, digits), gaugeText(f.Max, digits))
			}
			row.Cells = append(row.Cells, text)
		}
		for _, g := range gauges {
			cell(g.of(&sum), g.digits)
			if g.bars != nil {
				cell(g.bars(&sum), 0)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
