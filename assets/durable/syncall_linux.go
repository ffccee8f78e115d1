package durable

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// syncAll is syncfs(2), which reports failed writes since Linux 5.8.
func syncAll(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	if err := unix.Syncfs(int(d.Fd())); err != nil {
		return errors.Join(&os.PathError{Op: "syncfs", Path: name, Err: err}, d.Close())
	}
	return d.Close()
}
