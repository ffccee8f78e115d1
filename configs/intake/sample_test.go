package intake_test

import (
	"bytes"
	"encoding/json"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"slices"
	"strings"
	"testing"

	"mingbai/configs"
	"mingbai/configs/intake"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

func loadSample(t *testing.T, at schedule.Date) *intake.County {
	t.Helper()
	c, err := intake.Load(configs.Sample(), at)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSampleIsSound(t *testing.T) {
	c := loadSample(t, schedule.Date{})
	for _, w := range c.Warnings {
		t.Errorf("the sample has a warning: %s", w)
	}
	env := playlist.ValidateEnv{
		Columns: c.Columns, Sites: c.Sites, Zone: c.Zone, Calendar: schedule.NewCalendar(c.Holidays),
		Now: c.Anchor.In(c.Zone).Add(12 * 3600e9),
	}
	for _, d := range c.Drafts {
		if len(d.Pictures) > 0 {
			continue // its renditions come with the store
		}
		for _, p := range playlist.Validate(&d.Notice, env) {
			t.Errorf("%s: %s: %s", d.File, p.Field, p.Message)
		}
	}
}

func TestSampleCounts(t *testing.T) {
	c := loadSample(t, schedule.Date{})
	if len(c.Departments) < 20 {
		t.Errorf("%d departments", len(c.Departments))
	}
	kinds := map[playlist.Kind]int{}
	pictures := map[string]bool{}
	withLED, withPosting, linked, withWeb, scans, samples, tables := 0, 0, 0, 0, 0, 0, 0
	for _, d := range c.Drafts {
		kinds[d.Notice.Kind]++
		if d.Notice.LED != "" {
			withLED++
		}
		if d.Notice.Posting != nil {
			withPosting++
		}
		if d.Notice.Web != "" {
			withWeb++
		}
		for _, p := range d.Notice.Pictures {
			switch p.Role {
			case playlist.Scan:
				scans++
			case playlist.Sample:
				samples++
			}
		}
		if a := d.Notice.Announcement; a != nil && len(a.Links) > 0 {
			linked++
		}
		if a := d.Notice.Announcement; a != nil && slices.ContainsFunc(a.Blocks, func(b playlist.Block) bool { return b.Kind == playlist.TableBlock }) {
			tables++
		}
		for _, p := range d.Pictures {
			pictures[p.Name] = true
		}
	}
	sites := map[playlist.SiteKind]int{}
	for _, s := range c.Sites {
		sites[s.Kind]++
	}
	main, tiles := 0, 0
	for _, col := range c.Columns {
		if col.Parent == "" {
			main++
		}
		if col.Tile > 0 {
			tiles++
		}
	}
	hall := map[playlist.ScreenKind]int{}
	zones, dark := 0, 0
	for _, s := range c.Screens {
		zones = max(zones, len(s.Zones))
		if s.Light != nil && s.Light.Dark != nil {
			dark++
		}
		if s.Kind == playlist.LED && (s.ReaderM == 0 || s.Light == nil) {
			t.Errorf("the board %s has no reader or no light", s.ID)
		}
		if s.Site == "qinghe-hall" {
			hall[s.Kind]++
		}
	}
	for _, n := range []struct {
		what         string
		got, atLeast int
	}{
		{"guides", kinds[playlist.KindGuide], 40}, {"announcements", kinds[playlist.KindAnnouncement], 60},
		{"rosters", kinds[playlist.KindRoster], 2}, {"tables in texts", tables, 2},
		{"fund notices", kinds[playlist.KindFund], 30}, {"media pages", kinds[playlist.KindMedia], 5}, {"alert templates", len(c.Alerts), 5},
		{"towns", sites[playlist.Town], 2}, {"villages", sites[playlist.Village], 22}, {"main columns", main, 12}, {"tiles", tiles, 8},
		{"touchscreens of the hall", hall[playlist.Touch], 4}, {"boards of the hall", hall[playlist.LED], 2},
		{"zones of the largest board", zones, 6}, {"boards with dark hours", dark, 2},
		{"pictures", len(pictures), 8}, {"texts for boards", withLED, 15}, {"posting periods", withPosting, 20}, {"linked policies", linked, 8},
		{"public addresses", withWeb, 20}, {"scanned documents", scans, 3}, {"sample forms", samples, 2},
	} {
		if n.got < n.atLeast {
			t.Errorf("%d %s, want %d or more", n.got, n.what, n.atLeast)
		}
	}
}

// A guide of the sample has every field that the law wants posted.
func TestSampleGuidesAreComplete(t *testing.T) {
	for _, d := range loadSample(t, schedule.Date{}).Drafts {
		g := d.Notice.Guide
		if g == nil {
			continue
		}
		if g.Who == "" || len(g.Basis) == 0 || len(g.Conditions) == 0 || g.Quota == "" || len(g.Steps) < 2 || g.Limit == "" ||
			g.LegalLimit == "" || len(g.Materials) == 0 || g.Fee == "" || g.Place == "" || g.Hours == "" || g.Phone == "" ||
			g.Complaint == "" || len(g.Tips) == 0 || d.Notice.Summary == "" || d.Notice.TitleEn == "" || d.Notice.Index == "" {
			t.Errorf("%s leaves a field empty", d.File)
		}
	}
}

func TestSampleFundsAgree(t *testing.T) {
	culture := false
	for _, d := range loadSample(t, schedule.Date{}).Drafts {
		f := d.Notice.Fund
		if f == nil {
			continue
		}
		if r := f.Recompute(); !r.Agree || r.Checks < 2 {
			t.Errorf("%s: agree %v after %d checks: %v", d.File, r.Agree, r.Checks, r.Problems)
		}
		for _, table := range f.Tables {
			for _, row := range table.Rows {
				for i, col := range table.Columns {
					if (col.Name == "户主" || col.Name == "姓名") && !strings.Contains(row[i], "*") {
						t.Errorf("%s: the name %q is not masked", d.File, row[i])
					}
				}
			}
		}
		if d.Notice.ID == "wenhua-2026" {
			culture = true
			sources := map[string]playlist.Amount{}
			for _, s := range f.Sources {
				sources[s.Name] = s.Amount
			}
			if f.Total != 3134*playlist.Wan/10 || sources["省级"] != 104*playlist.Wan/10 || sources["中央"] != 303*playlist.Wan {
				t.Errorf("the culture fund is %s from %v", f.Total.Wan(), sources)
			}
			if len(f.Tables[0].Rows) != 9 {
				t.Errorf("the culture fund has %d lines", len(f.Tables[0].Rows))
			}
		}
	}
	if !culture {
		t.Error("the culture fund is missing")
	}
}

func TestSamplePicturesDecode(t *testing.T) {
	for _, d := range loadSample(t, schedule.Date{}).Drafts {
		for i, p := range d.Pictures {
			want := image.Pt(1600, 1000)
			if d.Notice.Pictures[i].Role != playlist.Illustration {
				want = image.Pt(1240, 1754) // a page of A4 at 150 dots an inch
			}
			cfg, _, err := image.DecodeConfig(bytes.NewReader(p.Data))
			if err != nil || image.Pt(cfg.Width, cfg.Height) != want || len(p.Data) > 300_000 {
				t.Errorf("%s: %s is %d×%d, %d bytes, %v", d.File, p.Name, cfg.Width, cfg.Height, len(p.Data), err)
			}
			if p.Caption == "" {
				t.Errorf("%s: %s has no caption", d.File, p.Name)
			}
		}
	}
}

// Loading for another day moves every date by whole days and nothing else.
func TestSampleShifts(t *testing.T) {
	at := schedule.Date{Year: 2027, Month: 3, Day: 1}
	plain, moved := loadSample(t, schedule.Date{}), loadSample(t, at)
	if want := at.DaysSince(plain.Anchor); moved.Days != want || want != 99 {
		t.Fatalf("shifted by %d days, want %d", moved.Days, want)
	}
	for i, d := range plain.Drafts {
		m := moved.Drafts[i].Notice
		if m.Issued != d.Notice.Issued.AddDays(99) {
			t.Errorf("%s: issued %s became %s", d.File, d.Notice.Issued, m.Issued)
		}
		if p := d.Notice.Posting; p != nil && m.Posting.From != p.From.AddDays(99) {
			t.Errorf("%s: posting from %s became %s", d.File, p.From, m.Posting.From)
		}
		if d.Notice.NotAfter.IsZero() != m.NotAfter.IsZero() {
			t.Errorf("%s: the end came or went", d.File)
		}
		if !m.NotAfter.IsZero() && schedule.DateOf(m.NotAfter.In(moved.Zone)) != schedule.DateOf(d.Notice.NotAfter.In(plain.Zone)).AddDays(99) {
			t.Errorf("%s: %s became %s", d.File, d.Notice.NotAfter, m.NotAfter)
		}
	}
}

func TestSampleIsTheSameEveryTime(t *testing.T) {
	a, err := json.Marshal(loadSample(t, schedule.Date{}).Drafts)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(loadSample(t, schedule.Date{}).Drafts)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Error("two loads differ")
	}
}
