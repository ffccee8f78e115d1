//go:build !race

package console_test

// many is how many rows the largest lists of the tests have.
const many = 10_000

// oneOf: every case of the large tables runs.
const oneOf = 1
