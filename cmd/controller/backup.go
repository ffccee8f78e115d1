package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"mingbai/configs"
	"mingbai/controller/backup"
)

// backUp makes a backup, or checks one.
func backUp(ctx context.Context, cfg configs.Controller, args []string, out io.Writer) error {
	if len(args) == 2 && args[0] == "check" {
		report, err := backup.Check(ctx, args[1])
		if err != nil {
			return err
		}
		tellBackup(out, report.Manifest)
		if err := report.Err(); err != nil {
			return unsound(cfg, out, err)
		}
		fmt.Fprintf(out, "sound: %d lines of the audit log follow from each other, %d editions have all they need\n", report.Audit, report.Editions)
		return nil
	}
	if len(args) != 1 || args[0] == "check" {
		return errors.New("backup needs a new folder; backup check needs the folder of a backup")
	}
	m, err := backup.Make(ctx, backup.Request{Place: backup.Of(cfg), Dir: args[0], Office: cfg.Office})
	if err != nil {
		return err
	}
	tellBackup(out, m)
	fmt.Fprintf(out, "check it with: controller backup check %s\n", args[0])
	return nil
}

// restore puts a backup onto an empty machine.
func restore(ctx context.Context, cfg configs.Controller, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("restore", flag.ContinueOnError)
	flags.SetOutput(out)
	force := flags.Bool("force", false, "take the backup although it did not pass its check, as far as it goes")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("restore needs the folder of a backup, with -force before it to take one that did not pass its check")
	}
	report, err := backup.Restore(ctx, backup.Order{Place: backup.Of(cfg), Dir: flags.Arg(0), Force: *force})
	if err != nil {
		return unsound(cfg, out, err)
	}
	if err := report.Err(); err != nil {
		fmt.Fprintln(out, "It was restored because you insisted. What is wrong with it stays wrong:")
		tellProblems(cfg, out, err)
	}
	tellBackup(out, report.Manifest)
	fmt.Fprintln(out, "Restored. Start the controller; screens connect by themselves and do not go back.")
	fmt.Fprintln(out, "Then open the page 备份 (Backups): it names what screens have beyond this backup, to be taken back from them.")
	return nil
}

// unsound writes what a check found, a line each in the language of the office,
// and returns an error that says what follows.
func unsound(cfg configs.Controller, out io.Writer, err error) error {
	if !tellProblems(cfg, out, err) {
		return err
	}
	return errors.New("the backup did not pass its check; take another one, or restore -force to take what there is")
}

// tellProblems writes what a check found, and reports whether that is the error.
func tellProblems(cfg configs.Controller, out io.Writer, err error) bool {
	bad, is := errors.AsType[*backup.Unsound](err)
	if !is {
		return false
	}
	for _, line := range bad.Words(cfg.Language == "zh") {
		fmt.Fprintln(out, "-", line)
	}
	return true
}

// tellBackup says what a backup holds.
func tellBackup(out io.Writer, m backup.Manifest) {
	if m.Made.IsZero() {
		return
	}
	fmt.Fprintf(out, "backup of %s, schema %d: %d MiB, %d blobs (%d shared with the backup before), audit log up to line %d (%s)\n",
		m.Made.Local().Format("2006-01-02 15:04:05"), m.Schema, m.Bytes()>>20, m.Blobs.Count, m.Blobs.Linked, m.Audit.Line, m.AuditHash())
}
