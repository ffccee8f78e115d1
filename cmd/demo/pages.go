package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// photographConsole saves a picture of every page of the console, of a screen's
// page and of the notice's. It returns the names of the files.
func (w *world) photographConsole(ctx context.Context, notice string) ([]string, error) {
	if w.shots == "" {
		return nil, nil
	}
	login, password, err := w.person(ctx)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, w.programs[photographer], w.office.base, login, w.shots,
		"/screens/"+w.screens[0].id, "/notices/"+notice)
	cmd.Stdin = strings.NewReader(password + "\n")
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, complaint.String())
	}
	return strings.Fields(out.String()), nil
}
