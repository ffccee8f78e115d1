//go:build !race

package touch

// raced is whether the race detector watches, under which everything is many
// times slower.
const raced = false
