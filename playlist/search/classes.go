package search

import (
	"sync"

	"mingbai/playlist/hanzi"
)

// The first classes of runes; all others are characters that keys can mean.
const (
	stop uint16 = iota // ends a match: digits, signs, what has no reading
	skip               // is passed over inside a match: 《养老》保险
	firstClass
)

// skipped are the signs that stand inside what people think of as one phrase.
const skipped = " 　“”‘’《》〈〉「」『』（）()·、-—–/"

// place is a rune as it is kept: 16 bits. What is beyond has no reading here.
func place(r rune) uint16 {
	if r < 0 || r > 0xFFFF {
		return 0xFFFF
	}
	return uint16(r)
}

// classes sorts runes by what keys can mean them. By pinyin those are one class
// that have the same readings.
type classes struct {
	of        [1 << 16]uint16
	count     int
	members   [][]uint16 // by class: runes
	readings  [][]uint16 // by class: indices into syllables
	initials  []uint32   // by class: a bit for every letter that a reading begins with
	syllables []syllable
}

// syllable is one with what southern speakers confuse it with.
type syllable struct {
	text   string
	others []string
}

// pinyinClasses makes the classes of the runes that are used.
func pinyinClasses(used *[1 << 16]bool) *classes {
	c := &classes{count: int(firstClass), members: make([][]uint16, firstClass), readings: make([][]uint16, firstClass), initials: make([]uint32, firstClass)}
	known, number := map[string]uint16{}, map[string]uint16{}
	for r, is := range used {
		if !is {
			continue
		}
		of := readingsOf(rune(r))
		if len(of) == 0 {
			continue
		}
		name := ""
		for _, s := range of {
			name += s + " "
		}
		class, ok := known[name]
		if !ok {
			class = uint16(c.count)
			known[name] = class
			c.count++
			var ids []uint16
			var initials uint32
			for _, s := range of {
				id, ok := number[s]
				if !ok {
					id = uint16(len(c.syllables))
					number[s] = id
					c.syllables = append(c.syllables, syllable{s, hanzi.Confusable(s)})
				}
				ids = append(ids, id)
				initials |= 1 << (s[0] - 'a')
			}
			c.members = append(c.members, nil)
			c.readings = append(c.readings, ids)
			c.initials = append(c.initials, initials)
		}
		c.of[r] = class
		c.members[class] = append(c.members[class], uint16(r))
	}
	for _, r := range skipped {
		c.of[r] = skip
	}
	return c
}

// readingsOf are a character's readings that somebody may type, and a letter's own name.
func readingsOf(r rune) []string {
	switch {
	case r >= 'a' && r <= 'z':
		return []string{string(r)}
	case r >= 'A' && r <= 'Z':
		return []string{string(r + 'a' - 'A')}
	case r < 0x80:
		return nil
	}
	return hanzi.ReadingsInUse(r)
}

// strokeClasses are the same for every index: a class is a place in the order of
// strokes.
var strokeClasses = sync.OnceValue(func() *classes {
	_, count := hanzi.ByStrokeRank(1)
	c := &classes{count: int(strokeClass(count)) + 1}
	c.members = make([][]uint16, c.count)
	for r := rune(0x80); r <= 0xFFFF; r++ {
		if rank := hanzi.StrokeRank(r); rank > 0 {
			c.of[r] = strokeClass(rank)
			c.members[strokeClass(rank)] = []uint16{uint16(r)}
		}
	}
	for _, r := range skipped {
		c.of[r] = skip
	}
	return c
})

func strokeClass(rank int) uint16 { return uint16(rank-1) + firstClass }

// runesOf appends a text as places.
func runesOf(to []uint16, text string) []uint16 {
	for _, r := range text {
		to = append(to, place(r))
	}
	return to
}
