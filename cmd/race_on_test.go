//go:build race

package cmd

// slowness is how much longer than in production things may take here: the race
// detector, and all the programs of a story on the cores of one machine.
const slowness = 8
