// Package runs keeps a record of when a device program was started and how its
// runs ended, in one small file that survives the loss of power.
//
// It promises that a run that nobody ended counts as crashed, or as ended by the
// loss of power when the machine was started anew since, and that a file that
// cannot be read costs the record and nothing else.
package runs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"mingbai/assets/durable"
	"mingbai/playlist/wire"
)

const (
	day  = 24 * time.Hour
	most = 300 // runs that are kept: a program that falls over every five minutes for a day
)

// run is one start of the program.
type run struct {
	Start  time.Time   `json:"start"`
	Boot   string      `json:"boot,omitempty"` // names the start of the machine; empty: not known
	Ending wire.Ending `json:"ending,omitempty"`
}

// file is what lies on disk.
type file struct {
	Runs    []run `json:"runs"`              // oldest first; the last is this one
	Touched bool  `json:"touched,omitempty"` // a touch panel was there once
}

// Record is the record of one program. Its methods are safe for any number of
// goroutines.
type Record struct {
	fs   durable.FS
	path string

	mu   sync.Mutex // guards what follows
	file file
}

// Open reads the record at path and notes that the program was started now on a
// machine whose own start is named boot. A file that is damaged is set aside with
// the ending .damaged. The error is that the start could not be noted; the record
// is good for this run nevertheless.
func Open(fsys durable.FS, path, boot string, now time.Time, log *slog.Logger) (*Record, error) {
	r := &Record{fs: fsys, path: path}
	data, err := durable.ReadFile(fsys, path)
	if err == nil {
		if err = json.Unmarshal(data, &r.file); err != nil {
			r.file = file{}
			log.Error("The record of starts is damaged and is set aside.", "file", path, "error", err)
			if err := durable.Rename(fsys, path, path+".damaged"); err != nil {
				log.Error("The damaged record of starts cannot be set aside.", "error", err)
			}
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		log.Error("The record of starts cannot be read.", "error", err)
	}
	if n := len(r.file.Runs); n > 0 && r.file.Runs[n-1].Ending == "" {
		last := &r.file.Runs[n-1]
		last.Ending = wire.EndedCrashed
		if last.Boot != "" && boot != "" && !sameBoot(last.Boot, boot) {
			last.Ending = wire.EndedPower
		}
	}
	r.file.Runs = append(r.file.Runs, run{Start: now.UTC().Truncate(time.Second), Boot: boot})
	if n := len(r.file.Runs); n > most {
		r.file.Runs = r.file.Runs[n-most:]
	}
	return r, r.save()
}

// save writes the file. The caller holds mu, or is alone.
func (r *Record) save() error {
	data, err := json.Marshal(r.file)
	if err == nil {
		err = durable.WriteFile(r.fs, r.path, data)
	}
	if err != nil {
		return fmt.Errorf("record of starts: %w", err)
	}
	return nil
}

// End notes how this run ends, just before it does. What is noted first stands.
func (r *Record) End(how wire.Ending) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	last := &r.file.Runs[len(r.file.Runs)-1]
	if last.Ending != "" {
		return nil
	}
	last.Ending = how
	return r.save()
}

// GoesOn takes back what End noted: the run did not end after all.
func (r *Record) GoesOn() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.file.Runs[len(r.file.Runs)-1].Ending = ""
	return r.save()
}

// Tell fills in what the record says at now.
func (r *Record) Tell(p *wire.Program, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p.Starts, p.Crashes, p.Before = 0, 0, ""
	n := len(r.file.Runs)
	for i, run := range r.file.Runs {
		// The clock may have been wrong then or be wrong now; what seems to come
		// from the future is not of today either.
		if i < n-1 && now.Sub(run.Start).Abs() > day {
			continue
		}
		p.Starts++
		// A run is said to have crashed by the run after it.
		if i < n-1 && run.Ending == wire.EndedCrashed {
			p.Crashes++
		}
	}
	if n > 1 {
		p.Before = r.file.Runs[n-2].Ending
	}
}

// HadTouch reports whether a touch panel was ever seen on this machine; SawTouch
// notes that one is there.
func (r *Record) HadTouch() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.file.Touched
}

// SawTouch is the other half of HadTouch.
func (r *Record) SawTouch() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file.Touched {
		return nil
	}
	r.file.Touched = true
	return r.save()
}

// BootID names the start of this machine, given when that was in seconds of Unix
// time: as Linux does, and else by the time.
func BootID(booted uint64) string {
	if b, err := os.ReadFile("/proc/sys/kernel/random/boot_id"); err == nil {
		return strings.TrimSpace(string(b))
	}
	if booted == 0 {
		return ""
	}
	return "@" + strconv.FormatUint(booted, 10)
}

// sameBoot compares two such names. Times are computed from the clock, which is
// set now and then.
func sameBoot(a, b string) bool {
	at, aok := strings.CutPrefix(a, "@")
	bt, bok := strings.CutPrefix(b, "@")
	if !aok || !bok {
		return a == b
	}
	x, err := strconv.ParseInt(at, 10, 64)
	y, err2 := strconv.ParseInt(bt, 10, 64)
	return err == nil && err2 == nil && max(x-y, y-x) < 120
}
