package search_test

import (
	"testing"

	"mingbai/playlist"
	"mingbai/playlist/scene/specimen"
	"mingbai/playlist/search/corpus"
)

// writer writes notices for the specimens' county.
func writer(seed uint64) *corpus.Writer {
	return corpus.New(seed, "qinghe", specimen.Columns(), specimen.Now().Now)
}

// county is a library of guides and other notices.
func county(t testing.TB, seed uint64, guides, others int) *playlist.Library {
	t.Helper()
	lib, err := specimen.Library(specimen.Settings("liuxi", specimen.Portrait), writer(seed).Notices(guides, others)...)
	if err != nil {
		t.Fatal(err)
	}
	return lib
}
