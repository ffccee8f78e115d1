package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"mingbai/cmd/internal/book"
)

// villageOfBook is where the picture book's touchscreen stands: a village has
// notices of its own, of its town and of the county.
const villageOfBook = "liuxi"

func openBook(m book.Mode) (*book.Place, error) { return book.Open(villageOfBook, m.Panel, time.Now()) }

// drawBook draws nothing but the whole picture book; it returns the exit code.
func drawBook(ctx context.Context, dir string) int {
	n, err := book.Write(ctx, dir, book.Modes(), openBook, true)
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		return 1
	}
	fmt.Printf("%d pictures; open %s in a browser.\n", n, filepath.Join(dir, "index.html"))
	return 0
}

// photographTouchscreen draws the short picture book and the contact sheets of
// LED boards beside the other pictures.
func (w *world) photographTouchscreen(ctx context.Context, sum *summary) (err error) {
	if w.shots == "" {
		return nil
	}
	if sum.BookPages, err = book.Write(ctx, filepath.Join(w.shots, "book"), book.Modes(), openBook, false); err != nil {
		return err
	}
	place, err := book.Open(villageOfBook, book.Upright, time.Now())
	if err != nil {
		return err
	}
	sum.Boards, err = book.Boards(ctx, w.shots, place)
	return err
}

// photographConsole saves a picture of every page of the console, of a
// touchscreen's and a board's pages, and of the notice's. It returns the names of the files.
func (w *world) photographConsole(ctx context.Context, notice string) ([]string, error) {
	if w.shots == "" {
		return nil, nil
	}
	login, password, err := w.person(ctx)
	if err != nil {
		return nil, err
	}
	board := "/screens/" + w.screens[1].id
	cmd := exec.CommandContext(ctx, w.programs[photographer], w.office.base, login, w.shots,
		"/screens/"+w.screens[0].id, "/notices/"+notice, "/programme/qinghe/rules/new", board, board+"/forecast", board+"/edit")
	cmd.Stdin = strings.NewReader(password + "\n")
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, complaint.String())
	}
	return strings.Fields(out.String()), nil
}
