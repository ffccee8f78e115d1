//go:build !linux

package shm

import (
	"context"
	"errors"

	"mingbai/kiosk/player"
)

// ErrSystem is what Run and Suits return on systems without shared memory for X11.
var ErrSystem = errors.New("the window backend shm works on Linux only")

// Run returns ErrSystem.
func (d *Display) Run(context.Context, player.Program) error {
	close(d.done)
	return ErrSystem
}

// Suits reports that this machine should present otherwise.
func Suits(context.Context, string) (bool, string) { return false, ErrSystem.Error() }

// Works returns ErrSystem.
func Works(context.Context, string) error { return ErrSystem }
