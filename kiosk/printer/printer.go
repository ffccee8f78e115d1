// Package printer puts pages on paper through CUPS (lp), within a quota.
//
// It promises that a hall's paper is not used up by a child: so many sheets a
// session and a day, also when the machine is switched off and on; and that
// nothing of what a person printed stays on disk: pages lie there while CUPS
// takes them, and what a crash left is removed at the next start. It leaves to
// others what the sheets look like.
package printer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode"

	"mingbai/assets/durable"
)

// The kinds of errors, for errors.Is.
var (
	// ErrQuota: the quota is used up.
	ErrQuota = errors.New("no more sheets for now")
	// ErrNone: there is no printer.
	ErrNone = errors.New("there is no printer")
)

const (
	takeWithin = 30 * time.Second // CUPS takes a few pages in well under one
	maxTitle   = 60               // characters
	spool      = "spool"
	counter    = "sheets.json"
)

// Config of a printer; the zero value is no printer.
type Config struct {
	Name    string // as CUPS knows it; "default" takes CUPS' own default
	Session int    // sheets a session at most
	Day     int    // sheets a day at most
	Folder  string // for the count of the day and for pages on their way
}

// Printer may be used by several goroutines.
type Printer struct {
	cfg Config
	log *slog.Logger
	lp  string // empty when there is no printer

	turn sync.Mutex // held while pages go to CUPS, one job after the other

	mu      sync.Mutex // guards all below
	session int        // sheets of this session
	today   day
	failing bool
}

// day is what the counter's file holds.
type day struct {
	Date   string `json:"date"` // 2026-11-22
	Sheets int    `json:"sheets"`
}

// New makes a printer and removes what a crash left of its pages. Without a
// name, a folder, a quota or the program lp there is none: Ready says no.
func New(cfg Config, log *slog.Logger) *Printer {
	p := &Printer{cfg: cfg, log: log}
	if cfg.Name == "" || cfg.Session < 1 || cfg.Day < 1 || cfg.Folder == "" {
		return p
	}
	lp, err := exec.LookPath("lp")
	if err != nil {
		log.Error("Nothing can be printed: this machine has no lp; install CUPS (apt install cups cups-client).", "error", err)
		return p
	}
	if err := p.open(); err != nil {
		log.Error("Nothing can be printed: the folder of the printer cannot be used.", "error", err)
		return p
	}
	p.lp = lp
	return p
}

// open makes the folder, empties the spool and reads the count of the day.
func (p *Printer) open() error {
	if err := os.RemoveAll(p.spool()); err != nil {
		return err
	}
	if err := durable.MkdirAll(durable.OS, p.cfg.Folder); err != nil {
		return err
	}
	if err := os.MkdirAll(p.spool(), 0o700); err != nil {
		return err
	}
	data, err := durable.ReadFile(durable.OS, p.counter())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, &p.today); err != nil || p.today.Sheets < 0 {
		p.log.Error("The count of printed sheets is damaged and begins anew.", "error", err)
		p.today = day{}
	}
	return nil
}

func (p *Printer) spool() string   { return filepath.Join(p.cfg.Folder, spool) }
func (p *Printer) counter() string { return filepath.Join(p.cfg.Folder, counter) }

// Ready reports whether a print of so many sheets would be taken now.
func (p *Printer) Ready(sheets int, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.check(sheets, now) == nil
}

func (p *Printer) check(sheets int, now time.Time) error {
	switch {
	case p.lp == "":
		return ErrNone
	case sheets < 1:
		return errors.New("there is nothing to print")
	case p.session+sheets > p.cfg.Session || p.used(now)+sheets > p.cfg.Day:
		return ErrQuota
	}
	return nil
}

// used is how many sheets were printed on the day of now, in now's own zone. Any
// other day begins anew: a clock that was years ahead must not stop the printer
// for years.
func (p *Printer) used(now time.Time) int {
	if now.Format(time.DateOnly) != p.today.Date {
		return 0
	}
	return p.today.Sheets
}

// Print hands sheets to CUPS and returns when CUPS has taken them. It blocks: it
// is for a goroutine of its own. Sheets count from the moment when they are
// asked for; those that CUPS did not take are given back.
func (p *Printer) Print(title string, sheets []image.Image, now time.Time) error {
	n := len(sheets)
	if err := p.take(n, now); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	p.turn.Lock()
	defer p.turn.Unlock()
	err := p.send(title, sheets)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		p.failing = false
		return nil
	}
	if !p.failing {
		p.log.Error("A print was not taken.", "printer", p.cfg.Name, "error", err)
	}
	p.failing = true
	p.session = max(0, p.session-n)
	p.today.Sheets = max(0, p.today.Sheets-n)
	if serr := p.save(); serr != nil {
		err = errors.Join(err, serr)
	}
	return fmt.Errorf("print: %w", err)
}

// take counts sheets, on disk before any paper moves.
func (p *Printer) take(n int, now time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.check(n, now); err != nil {
		return err
	}
	before := p.today
	p.today.Sheets = p.used(now) + n
	p.today.Date = now.Format(time.DateOnly)
	if err := p.save(); err != nil {
		p.today = before
		return err
	}
	p.session += n
	return nil
}

func (p *Printer) save() error {
	data, err := json.Marshal(p.today)
	if err != nil {
		return err
	}
	return durable.WriteFile(durable.OS, p.counter(), data)
}

// send writes the pages, hands them to lp and removes them: CUPS keeps copies of
// its own until they are on paper.
func (p *Printer) send(title string, sheets []image.Image) (err error) {
	dir, err := os.MkdirTemp(p.spool(), "job-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	args := []string{"-o", "media=A4", "-o", "fit-to-page", "-t", jobName(title)}
	if p.cfg.Name != "default" {
		args = append([]string{"-d", p.cfg.Name}, args...)
	}
	for i, sheet := range sheets {
		var page bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&page, sheet); err != nil {
			return fmt.Errorf("page %d: %w", i+1, err)
		}
		name := filepath.Join(dir, fmt.Sprintf("page-%02d.png", i+1))
		if err := os.WriteFile(name, page.Bytes(), 0o600); err != nil {
			return fmt.Errorf("page %d: %w", i+1, err)
		}
		args = append(args, name)
	}
	ctx, cancel := context.WithTimeout(context.Background(), takeWithin) // EndSession does not take back what was asked for
	defer cancel()
	cmd := exec.CommandContext(ctx, p.lp, args...)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("CUPS did not answer within %v", takeWithin)
	case err != nil:
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(out[:min(len(out), 300)])))
	}
	return nil
}

// jobName is a title as the queue shows it: one line, and not too long.
func jobName(title string) string {
	name := []rune(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, title))
	if len(name) > maxTitle {
		name = append(name[:maxTitle-1], '…')
	}
	if len(name) == 0 {
		return "明白"
	}
	return string(name)
}

// EndSession gives the next person a new quota.
func (p *Printer) EndSession() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.session = 0
}
