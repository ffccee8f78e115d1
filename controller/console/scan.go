package console

import (
	"net/http"

	"mingbai/playlist"
)

// scanPage is what was found in everything that is up.
type scanPage struct {
	frame
	Any     bool
	Going   bool
	Failed  bool
	When    string
	Looked  int
	All     int
	Notices int // in which something was found
	Grave   int // findings that would stop them today
	Rows    []scanRow
	More    int
}

type scanRow struct {
	Notice          playlist.NoticeID
	Title, SiteName string
	Findings        []hitRow
}

// mostScanned is how many notices the page lists.
const mostScanned = 200

func (v *visit) scanPage() (scanPage, error) {
	p := scanPage{frame: v.page(v.t("在线内容排查"))}
	scan, ok := v.Desk.Scanned()
	if p.Any = ok; !ok {
		return p, nil
	}
	p.Going, p.Failed, p.Looked, p.All, p.When = scan.Ended.IsZero(), scan.Failed, scan.Looked, scan.All, v.clock(scan.Began)
	for _, s := range scan.Found {
		if v.reach(s.Site) != nil {
			continue
		}
		row := scanRow{Notice: s.Notice, Title: s.Title, SiteName: v.siteName(s.Site)}
		for _, f := range s.Findings {
			h := hitRow{Found: f.Found, Text: v.problem(f.Problem), Tone: "look"}
			if f.Severity != playlist.Warning {
				h.Tone = "stop"
				p.Grave++
			}
			row.Findings = append(row.Findings, h)
		}
		if p.Notices++; p.Notices <= mostScanned {
			p.Rows = append(p.Rows, row)
		}
	}
	p.More = p.Notices - len(p.Rows)
	return p, nil
}

func showScan(v *visit) error {
	p, err := v.scanPage()
	if err != nil {
		return err
	}
	return v.show("scan", p)
}

// liveScan is the part of the page that refreshes itself.
func liveScan(v *visit) error {
	p, err := v.scanPage()
	if err != nil {
		return err
	}
	return v.execute(http.StatusOK, "scan", "scan", p)
}

func startScan(v *visit) error {
	if err := v.Desk.Scan(); err != nil {
		return err
	}
	return v.to("/words/scan")
}
