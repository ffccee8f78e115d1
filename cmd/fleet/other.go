//go:build !linux

package main

import (
	"context"
	"errors"
	"io"
)

var errLinux = errors.New("benchmarks need Linux: they read /proc and set their floors with epoll")

func runBench(context.Context, benchOptions, io.Writer, io.Writer) error { return errLinux }

func runSoak(context.Context, loadOptions, io.Writer, io.Writer) error { return errLinux }

func runChild(context.Context, []string) error { return errLinux }
