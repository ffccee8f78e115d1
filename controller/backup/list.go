package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"mingbai/assets/durable"
	"mingbai/controller/fleet"
)

// Backup is one finished backup in a folder of them.
type Backup struct {
	Name string // of its folder
	Manifest
	Checked  time.Time     // zero: nobody has
	Problems []fleet.Words // that the check found
}

// Sound reports whether nothing is known against the backup.
func (b *Backup) Sound() bool { return len(b.Problems) == 0 }

// Passed reports whether it was checked and nothing was found.
func (b *Backup) Passed() bool { return b.Sound() && !b.Checked.IsZero() }

// checked is what the check of a backup found, kept beside its manifest.
type checked struct {
	At       time.Time     `json:"at"`
	Problems []fleet.Words `json:"problems"`
}

// ours are the names of backups that the controller makes, and so prunes: when
// they were begun, in UTC.
var ours = regexp.MustCompile(`^mingbai-\d{8}T\d{6}Z$`)

func nameOf(at time.Time) string { return at.UTC().Format("mingbai-20060102T150405Z") }

// List returns the finished backups in a folder, the newest first. A folder that
// is not there has none.
func List(folder string) ([]Backup, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list backups: %w", err)
	}
	var all []Backup
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		dir := filepath.Join(folder, e.Name())
		m, err := ReadManifest(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		b := Backup{Name: e.Name(), Manifest: m}
		if err != nil {
			b.Problems = []fleet.Words{{Zh: "备份清单读不出来", En: "its manifest cannot be read"}}
		}
		if text, err := os.ReadFile(filepath.Join(dir, checkedName)); err == nil {
			var c checked
			if json.Unmarshal(text, &c) == nil { // what cannot be read was not checked
				b.Checked, b.Problems = c.At, append(b.Problems, c.Problems...)
			}
		}
		all = append(all, b)
	}
	slices.SortStableFunc(all, func(a, b Backup) int { return b.Made.Compare(a.Made) })
	return all, nil
}

// newestSound is the folder of the newest backup beside one that is made, against
// which nothing is known; empty for none.
func newestSound(folder, but string) string {
	all, err := List(folder)
	if err != nil {
		return ""
	}
	for _, b := range all {
		if dir := filepath.Join(folder, b.Name); b.Sound() && !same(dir, but) {
			return dir
		}
	}
	return ""
}

func same(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// surplus returns the names of backups that are not kept any more: of the
// controller's own, the newest of each of the last daily days and of each of the
// last weekly weeks stay, and everything of the last day. One that failed its check
// stays until a newer one has passed. The newest that passed always stays.
func surplus(all []Backup, now time.Time, zone *time.Location, daily, weekly int) []string {
	days, weeks := map[string]bool{}, map[string]bool{}
	passed := false
	var out []string
	for _, b := range all {
		if !ours.MatchString(b.Name) {
			continue
		}
		if !b.Sound() {
			if passed {
				out = append(out, b.Name)
			}
			continue
		}
		keep := now.Sub(b.Made) < 24*time.Hour || b.Passed() && !passed
		local := b.Made.In(zone)
		if day := local.Format("2006-01-02"); !days[day] && len(days) < daily {
			days[day], keep = true, true
		}
		year, week := local.ISOWeek()
		if name := fmt.Sprintf("%d-%d", year, week); !weeks[name] && len(weeks) < weekly {
			weeks[name], keep = true, true
		}
		passed = passed || b.Passed()
		if !keep {
			out = append(out, b.Name)
		}
	}
	return out
}

// remove takes a backup away: its manifest first, so that a crash leaves nothing
// that looks finished.
func remove(folder, name string) error {
	dir := filepath.Join(folder, name)
	if err := durable.Remove(durable.OS, filepath.Join(dir, manifestName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.RemoveAll(dir)
}

// sweep takes away what the controller began and did not finish.
func sweep(folder string) error {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.IsDir() || !ours.MatchString(e.Name()) {
			continue
		}
		if _, err := os.Stat(filepath.Join(folder, e.Name(), manifestName)); errors.Is(err, fs.ErrNotExist) {
			if err := os.RemoveAll(filepath.Join(folder, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeChecked keeps what a check found.
func writeChecked(dir string, at time.Time, problems []fleet.Words) error {
	text, err := json.Marshal(checked{at.UTC(), problems})
	if err != nil {
		return err
	}
	return durable.WriteFile(durable.OS, filepath.Join(dir, checkedName), text)
}

// validName reports whether a name can be that of a backup in a folder.
func validName(name string) bool {
	return name != "" && filepath.IsLocal(name) && !strings.ContainsAny(name, `/\`) && name != "."
}
