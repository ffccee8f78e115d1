//go:build race

package console_test

// many is how many rows the largest lists of the tests have: enough to pass every
// limit of a page. The database runs in Go, so that the race detector makes each
// row ten times as dear; without it the lists have ten thousand.
const many = 2300

// oneOf is how many cases of the large tables stand for one: the race detector
// makes each of thousands of pages ten times as dear, and more of the same finds
// no more races. Without it every case runs.
const oneOf = 8
