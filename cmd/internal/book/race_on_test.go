//go:build race

package book_test

const raceOn = true
