package crashfs

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"slices"
)

const sectorSize = 512

// node is a file or a folder. data and names are what programs see; disk and
// durable are what is certain to survive; the rest is what lies between.
type node struct {
	isDir bool

	data    []byte
	disk    []byte
	sectors map[int]*sector // written since they were last synced
	sizes   []int           // lengths since the last sync

	names   map[string]*node
	durable map[string]*node
	pending []change
}

// sector has the versions of 512 bytes since they were last synced.
type sector struct {
	versions [][]byte
	lost     bool // a sync failed, and the kernel thinks that it is clean
}

// op is one event; a rename is one event in two places.
type op struct{ _ byte } // not empty: pointers to empty structs may be equal

// change is a name that was not synced yet: to is nil for a removal.
type change struct {
	name string
	to   *node
	op   *op
}

func newDir() *node {
	return &node{isDir: true, names: map[string]*node{}, durable: map[string]*node{}}
}

func (n *node) sorted() []string { return slices.Sorted(maps.Keys(n.names)) }

func set(names map[string]*node, name string, to *node) {
	if to == nil {
		delete(names, name)
	} else {
		names[name] = to
	}
}

func (n *node) change(name string, to *node, o *op) {
	set(n.names, name, to)
	n.pending = append(n.pending, change{name, to, o})
}

func (n *node) syncNames() {
	for _, c := range n.pending {
		set(n.durable, c.name, c.to)
	}
	n.pending = nil
}

// sectorOf returns sector i of data, filled up with zeros.
func sectorOf(data []byte, i int) []byte {
	out := make([]byte, sectorSize)
	if i*sectorSize < len(data) {
		copy(out, data[i*sectorSize:])
	}
	return out
}

func (n *node) touch(from, to int) {
	if n.sectors == nil {
		n.sectors = map[int]*sector{}
	}
	for i := from / sectorSize; i*sectorSize < to; i++ {
		s := n.sectors[i]
		if s == nil {
			s = &sector{}
			n.sectors[i] = s
		}
		s.versions = append(s.versions, sectorOf(n.data, i))
		s.lost = false
	}
}

func (n *node) resize(size int) {
	if size > len(n.data) {
		n.data = append(n.data, make([]byte, size-len(n.data))...)
	}
	n.data = n.data[:size]
	n.sizes = append(n.sizes, size)
}

func (n *node) writeAt(p []byte, off int64) {
	end := int(off) + len(p)
	if end > len(n.data) {
		n.resize(end)
	}
	copy(n.data[off:], p)
	n.touch(int(off), end)
}

func (n *node) truncate(size int64) {
	was := len(n.data)
	n.data = bytes.Clone(n.data[:min(int(size), was)])
	n.resize(int(size))
	if int(size) < was {
		n.touch(int(size), was)
	}
}

// each visits a folder and all that programs see below it.
func (n *node) each(visit func(*node)) {
	visit(n)
	for _, name := range n.sorted() {
		if below := n.names[name]; below != nil {
			below.each(visit)
		}
	}
}

func (n *node) sync() {
	disk := make([]byte, len(n.data))
	copy(disk, n.disk)
	for i, s := range n.sectors {
		if s.lost {
			continue
		}
		if i*sectorSize < len(disk) {
			copy(disk[i*sectorSize:], sectorOf(n.data, i))
		}
		delete(n.sectors, i)
	}
	n.disk, n.sizes = disk, nil
}

func (n *node) syncFailed() {
	for _, s := range n.sectors {
		s.lost = true
	}
}

// loss decides what a crash loses.
type loss struct {
	seed int64
	rng  *rand.Rand
	kept map[*op]bool
	made map[*node]*node
}

// pick returns one of n possibilities, of which 0 is what is on the disk and
// n-1 is the newest.
func (l *loss) pick(n int) int {
	switch l.seed {
	case LoseAll:
		return 0
	case KeepAll:
		return n - 1
	}
	return l.rng.IntN(n)
}

func (l *loss) keep(o *op) bool {
	k, ok := l.kept[o]
	if !ok {
		k = l.pick(2) == 1
		l.kept[o] = k
	}
	return k
}

func (l *loss) dir(n *node) *node {
	if out := l.made[n]; out != nil {
		return out
	}
	out := newDir()
	l.made[n] = out
	names := maps.Clone(n.durable)
	for _, c := range n.pending {
		if l.keep(c.op) {
			set(names, c.name, c.to)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		was := names[name]
		if was.isDir {
			out.names[name] = l.dir(was)
		} else {
			out.names[name] = l.file(was)
		}
	}
	out.durable = maps.Clone(out.names)
	return out
}

func (l *loss) file(n *node) *node {
	if out := l.made[n]; out != nil {
		return out
	}
	size := len(n.disk)
	if i := l.pick(len(n.sizes) + 1); i > 0 {
		size = n.sizes[i-1]
	}
	data := make([]byte, size)
	copy(data, n.disk)
	for _, i := range slices.Sorted(maps.Keys(n.sectors)) {
		versions := n.sectors[i].versions
		if k := l.pick(len(versions) + 1); k > 0 && i*sectorSize < size {
			copy(data[i*sectorSize:], versions[k-1])
		}
	}
	out := &node{data: data, disk: bytes.Clone(data)}
	l.made[n] = out
	return out
}
