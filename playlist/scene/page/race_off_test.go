//go:build !race

package page_test

const raceOn = false
