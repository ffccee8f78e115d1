package console

import (
	"slices"
	"sync"

	"mingbai/controller/sheet"
)

// readBooks keeps the files of imports under way, whose pages look at one file
// again and again: reading 10,000 rows takes a second. One file is read at a time,
// so that many at once take no more memory than one.
type readBooks struct {
	mu    sync.Mutex // guards what follows
	ids   []string   // the last used comes last
	books map[string]*sheet.Book
}

const mostBooks = 3

func (r *readBooks) get(id string, read func() (*sheet.Book, error)) (*sheet.Book, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	book := r.books[id]
	if book == nil {
		var err error
		if book, err = read(); err != nil {
			return nil, err
		}
		if r.books == nil {
			r.books = map[string]*sheet.Book{}
		}
		r.books[id] = book
	}
	r.ids = append(slices.DeleteFunc(r.ids, func(s string) bool { return s == id }), id)
	if len(r.ids) > mostBooks {
		delete(r.books, r.ids[0])
		r.ids = r.ids[1:]
	}
	return book, nil
}

// forget lets go of a file that is done.
func (r *readBooks) forget(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.books, id)
	r.ids = slices.DeleteFunc(r.ids, func(s string) bool { return s == id })
}
