package console

import (
	"sync"
	"testing"
)

// Pages are read when they are first asked for, by several at once; none may wait
// until then to be broken.
func TestPagesCanBeRead(t *testing.T) {
	p, err := parsePages(embedded())
	if err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	defer readers.Wait()
	for lang, all := range p {
		for name := range all {
			for range 2 {
				readers.Go(func() {
					if page := p.of(lang, name); page == nil || page.Lookup("base") == nil {
						t.Errorf("%s in %s has no base", name, lang.tag())
					}
				})
			}
		}
	}
	if p.of(chinese, "no such page") != nil {
		t.Error("a page that there is not")
	}
}
