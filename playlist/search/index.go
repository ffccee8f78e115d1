package search

import (
	"context"

	"mingbai/playlist"
)

// Index is a library's text, ready to be searched. It is immutable and safe for
// any number of readers.
type Index struct {
	lib       *playlist.Library
	shards    []*shard
	places    [][]int32  // by shard and notice: which of documents, -1 when it is gone
	documents []document // in the library's order: newest first, of one day nearest first
	names     []name     // departments and columns
	classes   *classes
}

// document is a notice with where its lists are.
type document struct {
	notice         *playlist.Notice
	shard          int32
	local          uint16
	group          group
	issuer, column int32 // names
	always         bool  // has no window
}

// name is a department or a column.
type name struct {
	text  string
	runes []uint16
}

// Rebuild makes the index of lib and takes over from old, which may be nil, what
// has not changed, so that one new notice costs milliseconds. It gives up with
// the context's error when ctx ends.
func Rebuild(ctx context.Context, old *Index, lib *playlist.Library) (*Index, error) {
	x := &Index{lib: lib}
	issuers, columns := map[string]int32{}, map[playlist.ColumnID]int32{}
	sums := []uint64{}
	for n := range lib.All() {
		if len(sums)%64 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		d := document{notice: n, shard: -1, group: groupOf(n.Kind), always: n.NotBefore.IsZero() && n.NotAfter.IsZero()}
		var ok bool
		if d.issuer, ok = issuers[n.Issuer]; !ok {
			d.issuer = x.addName(n.Issuer)
			issuers[n.Issuer] = d.issuer
		}
		if d.column, ok = columns[n.Column]; !ok {
			column, _ := lib.Column(n.Column)
			d.column = x.addName(column.Name)
			columns[n.Column] = d.column
		}
		x.documents = append(x.documents, d)
		sums = append(sums, sum(n))
	}
	x.takeOver(old, sums)
	if err := x.addRest(ctx, sums); err != nil {
		return nil, err
	}
	x.classes = x.classify()
	return x, nil
}

func (x *Index) addName(text string) int32 {
	x.names = append(x.names, name{text, runesOf(nil, text)})
	return int32(len(x.names) - 1)
}

// takeOver finds the notices in the shards of an older index. Shards of which
// less than half is left are given up.
func (x *Index) takeOver(old *Index, sums []uint64) {
	if old == nil {
		return
	}
	wanted := make(map[uint64][]int32, len(sums))
	for i, s := range sums {
		wanted[s] = append(wanted[s], int32(i))
	}
	for _, s := range old.shards {
		places := make([]int32, len(s.sums))
		left := 0
		for local, sum := range s.sums {
			places[local] = -1
			if of := wanted[sum]; len(of) > 0 {
				places[local], wanted[sum] = of[0], of[1:]
				left++
			}
		}
		if 2*left < len(s.sums) || len(x.shards) >= maxShards {
			for local, i := range places {
				if i >= 0 {
					wanted[s.sums[local]] = append(wanted[s.sums[local]], i)
				}
			}
			continue
		}
		for local, i := range places {
			if i >= 0 {
				x.documents[i].shard, x.documents[i].local = int32(len(x.shards)), uint16(local)
			}
		}
		x.shards = append(x.shards, s)
		x.places = append(x.places, places)
	}
}

// maxShards is how many shards are taken over at most: many small ones, from
// many small changes, are slower than few full ones.
const maxShards = 16

// addRest makes shards of what was not taken over.
func (x *Index) addRest(ctx context.Context, sums []uint64) error {
	var rest []int32
	for i := range x.documents {
		if x.documents[i].shard < 0 {
			rest = append(rest, int32(i))
		}
	}
	if len(rest) == 0 {
		return nil
	}
	b := newBuilder()
	for len(rest) > 0 {
		part := rest[:min(len(rest), perShard)]
		rest = rest[len(part):]
		notices, own := make([]*playlist.Notice, len(part)), make([]uint64, len(part))
		for local, i := range part {
			d := &x.documents[i]
			d.shard, d.local = int32(len(x.shards)), uint16(local)
			notices[local], own[local] = d.notice, sums[i]
		}
		s, err := b.shard(ctx, notices, own)
		if err != nil {
			return err
		}
		x.shards = append(x.shards, s)
		x.places = append(x.places, part)
	}
	return nil
}

// classify makes the classes of all runes that occur.
func (x *Index) classify() *classes {
	var used [1 << 16]bool
	for _, s := range x.shards {
		for _, r := range s.titles {
			used[r] = true
		}
		for r := range used {
			used[r] = used[r] || s.inText.chars.has(r)
		}
	}
	for _, n := range x.names {
		for _, r := range n.runes {
			used[r] = true
		}
	}
	return pinyinClasses(&used)
}

// Bytes is about how much memory the index takes beside the library.
func (x *Index) Bytes() int {
	n := 2<<16 + 40*len(x.documents)
	for i, s := range x.shards {
		n += s.bytes() + 4*len(x.places[i])
	}
	for _, of := range x.names {
		n += len(of.text) + 2*len(of.runes) + 40
	}
	return n
}
