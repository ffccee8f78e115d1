package printer

import (
	"bytes"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary be lp: it notes its arguments and what the files
// are, in the folder LP_OUT.
func TestMain(m *testing.M) {
	if name := filepath.Base(os.Args[0]); strings.TrimSuffix(name, ".exe") == "lp" {
		os.Exit(lp(os.Getenv("LP_OUT")))
	}
	os.Exit(m.Run())
}

// job is what lp was asked.
type job struct {
	Args  []string
	Sizes []image.Point // of the pages, as decoded
	Modes []os.FileMode
}

func lp(out string) int {
	if _, err := os.Stat(filepath.Join(out, "refuse")); err == nil {
		os.Stderr.WriteString("lp: The printer or class does not exist.\n")
		return 1
	}
	var j job
	for _, a := range os.Args[1:] {
		if !strings.HasSuffix(a, ".png") {
			j.Args = append(j.Args, a)
			continue
		}
		f, err := os.Open(a)
		if err != nil {
			return 2
		}
		img, err := png.Decode(f)
		info, serr := f.Stat()
		if err != nil || serr != nil || f.Close() != nil {
			return 2
		}
		j.Sizes, j.Modes = append(j.Sizes, img.Bounds().Size()), append(j.Modes, info.Mode().Perm())
	}
	data, err := json.Marshal(j)
	if err != nil || os.WriteFile(filepath.Join(out, "job.json"), data, 0o600) != nil {
		return 2
	}
	return 0
}

// a4 is a page of 100 dots an inch.
func a4() image.Image { return image.NewGray(image.Rect(0, 0, 827, 1169)) }

func pages(n int) (all []image.Image) {
	for range n {
		all = append(all, a4())
	}
	return all
}

// desk is a printer with its fake lp.
type desk struct {
	*testing.T
	out, folder string
	log         bytes.Buffer
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{T: t, out: t.TempDir(), folder: filepath.Join(t.TempDir(), "printer")}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name := "lp"
	if runtime.GOOS == "windows" {
		name = "lp.exe"
	}
	bin := t.TempDir()
	if err := os.Symlink(exe, filepath.Join(bin, name)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	t.Setenv("LP_OUT", d.out)
	return d
}

func (d *desk) open() *Printer {
	return New(Config{Name: "hall", Session: 4, Day: 10, Folder: d.folder}, slog.New(slog.NewTextHandler(&d.log, nil)))
}

func (d *desk) job() (j job) {
	d.Helper()
	data, err := os.ReadFile(filepath.Join(d.out, "job.json"))
	if err == nil {
		err = json.Unmarshal(data, &j)
	}
	if err != nil {
		d.Fatal(err)
	}
	return j
}

func (d *desk) spoolIsEmpty() {
	d.Helper()
	left, err := os.ReadDir(filepath.Join(d.folder, spool))
	if err != nil || len(left) > 0 {
		d.Errorf("the spool has %v, %v", left, err)
	}
}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.FixedZone("", 8*3600))

func TestPrint(t *testing.T) {
	d := newDesk(t)
	p := d.open()
	if !p.Ready(2, noon) {
		t.Fatalf("the printer is not ready: %s", &d.log)
	}
	if err := p.Print("最低生活保障\n申请", pages(2), noon); err != nil {
		t.Fatal(err)
	}
	j := d.job()
	if want := []string{"-d", "hall", "-o", "media=A4", "-o", "fit-to-page", "-t", "最低生活保障 申请"}; !slices.Equal(j.Args, want) {
		t.Errorf("lp was called with %q, want %q", j.Args, want)
	}
	if want := (image.Point{827, 1169}); !slices.Equal(j.Sizes, []image.Point{want, want}) {
		t.Errorf("the pages are %v", j.Sizes)
	}
	if runtime.GOOS != "windows" && j.Modes[0] != 0o600 {
		t.Errorf("others may read the page: %v", j.Modes)
	}
	d.spoolIsEmpty()
}

func TestDefaultPrinterAndLongTitle(t *testing.T) {
	d := newDesk(t)
	p := New(Config{Name: "default", Session: 9, Day: 9, Folder: d.folder}, slog.New(slog.DiscardHandler))
	if err := p.Print(strings.Repeat("长", 100), pages(1), noon); err != nil {
		t.Fatal(err)
	}
	j := d.job()
	if slices.Contains(j.Args, "-d") || len([]rune(j.Args[len(j.Args)-1])) != 60 {
		t.Errorf("lp was called with %q", j.Args)
	}
}

// The quota of a session ends with it, that of a day at midnight; both are kept
// through a restart as far as that matters.
func TestQuota(t *testing.T) {
	d := newDesk(t)
	p := d.open()
	if err := p.Print("a", pages(5), noon); !errors.Is(err, ErrQuota) {
		t.Errorf("five sheets in a session of four: %v", err)
	}
	for range 2 {
		if err := p.Print("a", pages(4), noon); err != nil {
			t.Fatal(err)
		}
		if p.Ready(1, noon) || !errors.Is(p.Print("a", pages(1), noon), ErrQuota) {
			t.Error("more than a session's sheets are printed")
		}
		p.EndSession()
	}
	p = d.open() // the plug was pulled
	if p.Ready(3, noon) || !p.Ready(2, noon) {
		t.Error("the count of the day did not survive")
	}
	if err := p.Print("a", pages(2), noon); err != nil {
		t.Fatal(err)
	}
	if p.Ready(1, noon.Add(11*time.Hour)) {
		t.Error("more than a day's sheets are printed")
	}
	p.EndSession()
	if tomorrow := noon.Add(12 * time.Hour); !p.Ready(4, tomorrow) {
		t.Error("the next day has no sheets")
	}
	if p.Ready(0, noon) || p.Print("a", nil, noon) == nil {
		t.Error("nothing can be printed")
	}
}

// What CUPS did not take is not counted, and said once.
func TestRefused(t *testing.T) {
	d := newDesk(t)
	p := d.open()
	refuse := filepath.Join(d.out, "refuse")
	if err := os.WriteFile(refuse, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := p.Print("a", pages(4), noon); err == nil || !strings.Contains(err.Error(), "does not exist") {
			t.Errorf("a printer that is not there: %v", err)
		}
	}
	if n := strings.Count(d.log.String(), "level=ERROR"); n != 1 {
		t.Errorf("the log says %s", &d.log)
	}
	d.spoolIsEmpty()
	if err := os.Remove(refuse); err != nil {
		t.Fatal(err)
	}
	if err := p.Print("a", pages(4), noon); err != nil {
		t.Errorf("sheets were counted that were not printed: %v", err)
	}
}

// What a crash left behind is gone after the next start; a damaged count begins
// anew and does not stop the printer.
func TestAfterACrash(t *testing.T) {
	d := newDesk(t)
	d.open()
	job := filepath.Join(d.folder, spool, "job-1")
	if err := errors.Join(os.MkdirAll(job, 0o700), os.WriteFile(filepath.Join(job, "page-01.png"), []byte("secret"), 0o600),
		os.WriteFile(filepath.Join(d.folder, counter), []byte("{"), 0o600)); err != nil {
		t.Fatal(err)
	}
	p := d.open()
	d.spoolIsEmpty()
	if !p.Ready(4, noon) || !strings.Contains(d.log.String(), "damaged") {
		t.Errorf("after a damaged count: %s", &d.log)
	}
}

// The zero value is no printer, nor is one without lp.
func TestNone(t *testing.T) {
	var log bytes.Buffer
	p := New(Config{}, slog.New(slog.NewTextHandler(&log, nil)))
	if p.Ready(1, noon) || !errors.Is(p.Print("a", pages(1), noon), ErrNone) || log.Len() > 0 {
		t.Errorf("no printer prints, or complains: %s", &log)
	}
	p.EndSession()
	t.Setenv("PATH", t.TempDir())
	p = New(Config{Name: "hall", Session: 1, Day: 1, Folder: t.TempDir()}, slog.New(slog.NewTextHandler(&log, nil)))
	if p.Ready(1, noon) || !strings.Contains(log.String(), "no lp") {
		t.Errorf("without lp: %s", &log)
	}
}
