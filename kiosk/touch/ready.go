package touch

// readying puts off what only a first touch needs until something is on the display:
// tables, the search index, the pages of a session. All of it together takes longer
// than the first frame, and would keep it from the cores.
type readying struct {
	shown   bool
	waiting []func()
}

// after does work when something is on the display, at once when something is.
func (r *readying) after(work func()) {
	if r.shown {
		work()
		return
	}
	r.waiting = append(r.waiting, work)
}

// presented says that something is.
func (r *readying) presented() {
	if r.shown {
		return
	}
	r.shown = true
	for _, work := range r.waiting {
		work()
	}
	r.waiting = nil
}
