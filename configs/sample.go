package configs

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed sample
var sample embed.FS

// Sample returns the files of the sample county, as intake.Load reads them.
func Sample() fs.FS {
	sub, err := fs.Sub(sample, "sample")
	if err != nil {
		panic(fmt.Sprintf("the sample county is not in the program: %v", err)) // the path is a constant
	}
	return sub
}
