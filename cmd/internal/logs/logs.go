// Package logs makes the programs' logger from their configuration: lines for a
// person or JSON for a collector, on standard error.
package logs

import (
	"io"
	"log/slog"

	"mingbai/configs"
)

// New returns a logger that writes to w as c says. What c gets wrong, its Check
// reports; New falls back to information in text.
func New(w io.Writer, c configs.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo
	}
	opt := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, opt))
	}
	return slog.New(slog.NewTextHandler(w, opt))
}
