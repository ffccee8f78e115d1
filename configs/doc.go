// Package configs holds the typed settings of the programs: what a controller
// and a screen are told by their TOML files, with defaults in code, and the
// sample county.
//
// It promises that a file with an unknown key or a wrong type is refused with
// the line, that relative paths mean the folder of the file they stand in, that
// every key has a documented default, and that Check tells all that is not sane
// before a program starts. Secrets are never in the file, only paths to them.
// What the settings do is left to the programs; reading the sample county (and
// any other county's files) is left to configs/intake.
package configs
