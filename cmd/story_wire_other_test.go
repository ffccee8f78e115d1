//go:build !linux

package cmd

import (
	"errors"
	"os/exec"
)

// cable is for Linux alone.
type cable struct{ counted uint64 }

func newCable() *cable             { return &cable{} }
func (w *cable) prepare(*exec.Cmd) {}
func (w *cable) plug(int) error {
	return errors.New("cables to screens need Linux and its network namespaces")
}
func (w *cable) unplug()               {}
func (w *cable) become(string) error   { return errors.ErrUnsupported }
func (w *cable) sent() (uint64, error) { return 0, errors.ErrUnsupported }
func (w *cable) address() string       { return "" }
