package tidy

import "io/fs"

// identity knows nothing here: what several backups share counts for each.
func identity(fs.FileInfo) ([2]uint64, bool) { return [2]uint64{}, false }
