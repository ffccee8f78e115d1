package guard

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync"
	"unicode"

	"mingbai/playlist"
)

// How alike texts must be (C12). Shingles are rows of four letters or characters
// without anything between them; figures do not count, so that a form filled in
// twice is known by its words.
const (
	shingle   = 4
	sketch    = 128  // hashes that are kept of a text, the smallest ones
	fewest    = 40   // shingles under which a text is too short to be compared
	pointed   = 0.85 // of both texts the same: a person should look
	doubtful  = 0.95 // a reason is wanted
	mostAlike = 3
)

// Alike is a notice that is up and says nearly the same.
type Alike struct {
	Notice playlist.NoticeID
	Title  string
	Issuer string
	By     string  // who wrote it
	Share  float64 // how much of both texts is the same, from 0 to 1
}

// doc is what an index keeps of a notice.
type doc struct {
	id      playlist.NoticeID
	version int
	site    playlist.SiteID
	kind    playlist.Kind
	title   string
	issuer  string
	by      string
	period  string // what tells apart notices of one kind: which quarter, which year
	hashes  []uint32
	slot    int // in the index
}

// Index holds what is up so that what says nearly the same is found at once. Its
// methods may be called from several goroutines.
type Index struct {
	mu    sync.RWMutex // guards what follows
	docs  map[playlist.NoticeID]*doc
	slots []*doc // nil where one was removed
	free  []int
	by    map[uint32][]int32 // slots
}

// NewIndex returns an empty index.
func NewIndex() *Index {
	return &Index{docs: map[playlist.NoticeID]*doc{}, by: map[uint32][]int32{}}
}

// Has reports whether this version of a notice is in the index.
func (x *Index) Has(id playlist.NoticeID, version int) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	d := x.docs[id]
	return d != nil && d.version == version
}

// Put adds a notice, or what is up of it now, and who wrote it.
func (x *Index) Put(n *playlist.Notice, by string) {
	d := newDoc(n)
	d.by = by
	x.mu.Lock()
	defer x.mu.Unlock()
	x.drop(n.ID)
	x.docs[n.ID] = d
	if last := len(x.free) - 1; last >= 0 {
		d.slot, x.free = x.free[last], x.free[:last]
		x.slots[d.slot] = d
	} else {
		d.slot = len(x.slots)
		x.slots = append(x.slots, d)
	}
	for _, h := range d.hashes {
		x.by[h] = append(x.by[h], int32(d.slot))
	}
}

// Keep removes all notices that are not to be kept.
func (x *Index) Keep(keep func(playlist.NoticeID) bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for id := range x.docs {
		if !keep(id) {
			x.drop(id)
		}
	}
}

func (x *Index) drop(id playlist.NoticeID) {
	d := x.docs[id]
	if d == nil {
		return
	}
	delete(x.docs, id)
	x.slots[d.slot] = nil
	x.free = append(x.free, d.slot)
	for _, h := range d.hashes {
		rest := slices.DeleteFunc(x.by[h], func(slot int32) bool { return int(slot) == d.slot })
		if x.by[h] = rest; len(rest) == 0 {
			delete(x.by, h)
		}
	}
}

// Similar returns what is up at sites near the notice's and says nearly the same,
// the most alike first. Other versions of the notice are not among it, nor are
// notices of another period: two quarters of one subsidy are two notices.
func (x *Index) Similar(n *playlist.Notice, near func(playlist.SiteID) bool) []Alike {
	d := newDoc(n)
	if len(d.hashes) < fewest {
		return nil
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	shared := make([]uint8, len(x.slots)) // at most sketch
	for _, h := range d.hashes {
		for _, slot := range x.by[h] {
			shared[slot]++
		}
	}
	var out []Alike
	for slot, common := range shared {
		if 2*int(common) < len(d.hashes) {
			continue
		}
		o := x.slots[slot]
		if o.id == d.id || o.kind != d.kind || o.period != d.period || !near(o.site) {
			continue
		}
		if share := resemblance(d.hashes, o.hashes); share >= pointed {
			out = append(out, Alike{o.id, o.title, o.issuer, o.by, share})
		}
	}
	slices.SortFunc(out, func(a, b Alike) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Notice, b.Notice))
	})
	return out[:min(len(out), mostAlike)]
}

// newDoc reads what is compared of a notice.
func newDoc(n *playlist.Notice) *doc {
	d := &doc{id: n.ID, version: n.Version, site: n.Site, kind: n.Kind, title: n.Title, issuer: n.Issuer, period: periodOf(n)}
	letters := make([]rune, 0, 4096)
	for _, r := range textOf(n) {
		if unicode.IsLetter(r) {
			letters = append(letters, unicode.ToLower(r))
		}
	}
	seen := map[uint32]bool{}
	for i := 0; i+shingle <= len(letters); i++ {
		f := fnv.New32a()
		f.Write([]byte(string(letters[i : i+shingle])))
		seen[mix(f.Sum32())] = true
	}
	for h := range seen {
		d.hashes = append(d.hashes, h)
	}
	slices.Sort(d.hashes)
	d.hashes = slices.Clip(d.hashes[:min(len(d.hashes), sketch)])
	return d
}

// mix spreads a hash over all its bits, because the smallest ones are chosen.
func mix(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x7feb352d
	h ^= h >> 15
	h *= 0x846ca68b
	return h ^ h>>16
}

// textOf is what a notice says, without what every notice of an office has.
func textOf(n *playlist.Notice) string {
	var b strings.Builder
	n.Texts(func(field, text string) {
		switch field {
		case "issuer", "index", "hotline", "document", "led", "title_en":
		default:
			b.WriteString(text)
			b.WriteByte('\n')
		}
	})
	return b.String()
}

// periodOf is what stands for the time and the place of which a notice speaks:
// the figures of its title, and the period of the money.
func periodOf(n *playlist.Notice) string {
	keep := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) || strings.ContainsRune("一二三四五六七八九十〇零上下", r) {
			return r
		}
		return -1
	}, n.Title)
	if n.Fund != nil {
		keep += "|" + n.Fund.Period + "|" + n.Fund.Total.Plain() + "|" + string(n.Site)
	}
	return keep
}

// resemblance estimates the Jaccard index of two sets from their smallest hashes
// (Broder 1997); it is exact for sets that are kept whole.
func resemblance(a, b []uint32) float64 {
	union, both := 0, 0
	for i, j := 0, 0; (i < len(a) || j < len(b)) && union < sketch; union++ {
		switch {
		case j == len(b) || i < len(a) && a[i] < b[j]:
			i++
		case i == len(a) || b[j] < a[i]:
			j++
		default:
			both++
			i++
			j++
		}
	}
	if union == 0 {
		return 0
	}
	return float64(both) / float64(union)
}

// alike points at notices that are up and say nearly the same.
func (in *inspector) alike() {
	if in.env.Alike == nil {
		return
	}
	for _, a := range in.env.Alike(in.n) {
		sev := playlist.Warning
		if a.Share >= doubtful {
			sev = playlist.Doubt
		}
		in.whole(sev, "title", "alike", say(
			fmt.Sprintf("与已经公开的《%s》（%s，编号 %s）有 %.0f%% 相同，是否重复发布？", a.Title, a.Issuer, a.Notice, a.Share*100),
			fmt.Sprintf("%.0f per cent are the same as in %s by %s (%s), which is up already", a.Share*100, a.Title, a.Issuer, a.Notice)))
	}
}
