package search

// perShard is how many notices share one set of lists, so that a place in them
// fits into 16 bits and a set of them into half a kilobyte.
const perShard = 4096

// set is a set of the notices of a shard.
type set [perShard / 64]uint64

func (s *set) add(i uint16)      { s[i/64] |= 1 << (i % 64) }
func (s *set) has(i uint16) bool { return s[i/64]&(1<<(i%64)) != 0 }

func (s *set) and(o *set) (any bool) {
	var all uint64
	for i := range s {
		s[i] &= o[i]
		all |= s[i]
	}
	return all != 0
}

func (s *set) or(o *set) {
	for i := range s {
		s[i] |= o[i]
	}
}

// lists holds for every key the notices that have it. A list is the places in
// order, or, where that is shorter, a set: dense words of 16 notices each.
type lists struct {
	start []uint32 // by key, and the end
	ids   []uint16
}

// dense is how long a list is that is a set.
const dense = perShard / 16

// addTo adds the notices of a key to a set.
func (l *lists) addTo(s *set, key int) {
	of := l.ids[l.start[key]:l.start[key+1]]
	if len(of) != dense {
		for _, i := range of {
			s.add(i)
		}
		return
	}
	for i := range s {
		four := of[4*i : 4*i+4 : 4*i+4]
		s[i] |= uint64(four[0]) | uint64(four[1])<<16 | uint64(four[2])<<32 | uint64(four[3])<<48
	}
}

// has reports whether any notice has a key.
func (l *lists) has(key int) bool { return l.start[key] < l.start[key+1] }

func (l *lists) bytes() int { return 4*len(l.start) + 2*len(l.ids) }

// pile is lists while they grow.
type pile struct {
	last []uint16 // by key: 1 + the notice that was put last
	ids  [][]uint16
}

func newPile(keys int) *pile { return &pile{last: make([]uint16, keys), ids: make([][]uint16, keys)} }

func (p *pile) put(key int, id uint16) {
	if p.last[key] != id+1 {
		p.last[key] = id + 1
		p.ids[key] = append(p.ids[key], id)
	}
}

// lists packs the pile and makes it ready for the next shard.
func (p *pile) lists() lists {
	total := 0
	for _, ids := range p.ids {
		total += min(len(ids), dense)
	}
	out := lists{start: make([]uint32, 0, len(p.ids)+1), ids: make([]uint16, 0, total)}
	for key, ids := range p.ids {
		out.start = append(out.start, uint32(len(out.ids)))
		if len(ids) < dense {
			out.ids = append(out.ids, ids...)
		} else {
			var words [dense]uint16
			for _, i := range ids {
				words[i/16] |= 1 << (i % 16)
			}
			out.ids = append(out.ids, words[:]...)
		}
		p.ids[key] = ids[:0]
	}
	out.start = append(out.start, uint32(len(out.ids)))
	clear(p.last)
	return out
}
