//go:build !linux

package cmd

func inOwnNetwork() (code int, ran bool) { return 0, false }

func outside(run func() error) error { return run() }
