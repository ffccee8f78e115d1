package fleet

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"mingbai/controller/store"
)

// writer stores what many screens say in one transaction, because each costs a
// sync of the disk: whoever comes while one is under way shares the next.
type writer struct {
	store   *store.Store
	in      chan writing
	waiting atomic.Int64    // who wait for an answer
	ctx     context.Context // ends with stop
	quit    context.CancelFunc
	done    sync.WaitGroup
}

type writing struct {
	write  func(context.Context, *store.Tx) error
	answer chan error // of capacity 1
}

const writesTogether = 256

// longestWrite is how long one transaction goes on taking what screens sent: as
// long a desk that publishes may have to wait for it.
const longestWrite = 100 * time.Millisecond

func startWriter(s *store.Store) *writer {
	w := &writer{store: s, in: make(chan writing)}
	w.ctx, w.quit = context.WithCancel(context.Background()) // ends with stop
	w.done.Go(w.run)
	return w
}

func (w *writer) stop() {
	w.quit()
	w.done.Wait()
}

func (w *writer) run() {
	for {
		var jobs []writing
		select {
		case <-w.ctx.Done():
			return
		case j := <-w.in:
			jobs = append(jobs, j)
		}
	more:
		for len(jobs) < writesTogether {
			select {
			case j := <-w.in:
				jobs = append(jobs, j)
			default:
				break more
			}
		}
		w.together(jobs)
	}
}

func (w *writer) together(jobs []writing) {
	answers := make([]error, len(jobs))
	done, began := 0, time.Now()
	err := w.store.Update(w.ctx, func(t *store.Tx) error {
		for i, j := range jobs {
			if i > 0 && (t.Pressed() || time.Since(began) > longestWrite) {
				return nil // the rest goes into the next one
			}
			done = i + 1
			err := j.write(w.ctx, t)
			if answers[i] = err; err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			// A screen that was removed meanwhile is its own trouble only.
		}
		return nil
	})
	if err != nil && len(jobs) > 1 && w.ctx.Err() == nil {
		// Whoever cannot be stored must not keep the others from it.
		for _, j := range jobs {
			w.together([]writing{j})
		}
		return
	}
	if err != nil {
		done = len(jobs)
	}
	for i, j := range jobs[:done] {
		if err != nil {
			answers[i] = err
		}
		j.answer <- answers[i]
	}
	if done < len(jobs) {
		w.together(jobs[done:])
	}
}

// do runs write in a transaction, together with what others write, and returns
// when it is durable. An error that is not store.ErrNotFound undoes the whole
// transaction, and each then gets one of its own: write may run twice. doing says
// in errors what was being done.
func (w *writer) do(ctx context.Context, doing string, write func(context.Context, *store.Tx) error) error {
	j := writing{write, make(chan error, 1)}
	w.waiting.Add(1)
	defer w.waiting.Add(-1)
	var err error
	select {
	case w.in <- j:
		select {
		case err = <-j.answer:
		case <-ctx.Done():
			err = ctx.Err()
		}
	case <-ctx.Done():
		err = ctx.Err()
	case <-w.ctx.Done():
		err = w.ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}
