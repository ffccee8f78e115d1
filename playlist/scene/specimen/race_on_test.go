//go:build race

package specimen

// raceOn says that the race detector watches. It makes drawing thirty times as
// slow and sees the same code on one panel as on seven, so tests that walk
// through many panels take fewer.
const raceOn = true
