//go:build !race

package specimen

const raceOn = false
