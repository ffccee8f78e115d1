// Command photograph saves a picture of every page of a console. The
// demonstration runs it; it is a program of its own so that the demonstration
// starts without a browser's whole protocol being compiled first.
//
//	photograph BASE LOGIN DIR [PATH ...]
//
// The password comes on standard input. Beside the console's own pages it takes
// those named by PATH. It prints the names of the files, one on each line.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"mingbai/cmd/internal/browse"
	"mingbai/controller/console"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "photograph:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) < 3 {
		return fmt.Errorf("usage: photograph BASE LOGIN DIR [PATH ...]")
	}
	base, login, dir := args[0], args[1], args[2]
	password, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil {
		return fmt.Errorf("read the password: %w", err)
	}
	b, err := browse.Start(ctx, "zh-CN")
	if err != nil {
		return err
	}
	defer b.Close()
	if err := save(b, base+"/signin", dir, "signin"); err != nil {
		return err
	}
	if err := b.SignIn(base, login, strings.TrimSpace(password)); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	for _, path := range append(console.Paths(), args[3:]...) {
		if err := save(b, base+path, dir, strings.Trim(strings.ReplaceAll(path, "/", "-"), "-")); err != nil {
			return err
		}
	}
	if complaints := b.Complaints(); len(complaints) > 0 {
		return fmt.Errorf("the pages complain: %s", strings.Join(complaints, "; "))
	}
	return nil
}

// save writes the picture of one page and prints its name.
func save(b *browse.Browser, address, dir, name string) error {
	data, err := b.ShotOf(address)
	if err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	file := "console-" + name + ".png"
	if err := os.WriteFile(filepath.Join(dir, file), data, 0o644); err != nil {
		return err
	}
	fmt.Println(file)
	return nil
}
