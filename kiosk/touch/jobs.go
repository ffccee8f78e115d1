package touch

import (
	"sync"
	"time"
)

// jobs are what takes longer than a frame: storing, printing, decoding. Each has
// a goroutine of its own; what it found comes back as a function that the next
// Step calls.
type jobs struct {
	wait sync.WaitGroup

	mu     sync.Mutex // guards all below
	closed bool
	done   []func(now time.Time)
}

// run starts work, unless the program is closing.
func (j *jobs) run(work func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return
	}
	j.wait.Go(work)
}

// finished hands a result to the next Step.
func (j *jobs) finished(result func(now time.Time)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.done = append(j.done, result)
}

// deliver calls what has come since the last Step.
func (j *jobs) deliver(now time.Time) {
	j.mu.Lock()
	done := j.done
	j.done = nil
	j.mu.Unlock()
	for _, result := range done {
		result(now)
	}
}

// close takes no more work and waits for what runs.
func (j *jobs) close() {
	j.mu.Lock()
	j.closed = true
	j.mu.Unlock()
	j.wait.Wait()
	j.mu.Lock()
	j.done = nil
	j.mu.Unlock()
}

// begin runs work beside the frames. What it returns is called in a Step of the
// same session; when that session is over, there is nobody left to tell.
func (p *Program) begin(work func() func(now time.Time)) {
	serial := p.serial
	p.jobs.run(func() {
		tell := work()
		p.jobs.finished(func(now time.Time) {
			if p.serial == serial {
				tell(now)
			}
		})
		p.src.Wake()
	})
}
