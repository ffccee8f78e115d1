//go:build !linux

package durable

import "errors"

func syncAll(string) error { return errors.ErrUnsupported }
