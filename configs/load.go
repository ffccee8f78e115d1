package configs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"mingbai/configs/strict"
)

// load decodes the file at path over the defaults in the struct that into
// points to and returns the file's folder, absolute.
func load(path string, into any) (dir string, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read settings: %w", err)
	}
	var errs []error
	for _, f := range strict.Decode(data, into) {
		where := path
		if f.Line > 0 {
			where = fmt.Sprintf("%s:%d", path, f.Line)
		}
		f.Line = 0 // said in where
		errs = append(errs, fmt.Errorf("%s: %w", where, f))
	}
	if len(errs) > 0 {
		return "", errors.Join(errs...)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("find the folder of the settings: %w", err)
	}
	return filepath.Dir(abs), nil
}

// against returns path as seen from dir. An empty path stays empty.
func against(dir, path string) string {
	if path == "" || filepath.IsAbs(path) || strings.HasPrefix(path, "/") {
		return path
	}
	return filepath.Join(dir, path)
}

// DefaultData returns the folder for the data of the named program: a
// subfolder of /var/lib/mingbai for root on Unix, of %ProgramData%\Mingbai on
// Windows, and of $XDG_DATA_HOME/mingbai (or ~/.local/share/mingbai) for anybody
// else.
func DefaultData(program string) string {
	if runtime.GOOS == "windows" {
		base := os.Getenv("ProgramData")
		if base == "" {
			base = `C:\ProgramData`
		}
		return filepath.Join(base, "Mingbai", program)
	}
	if os.Getuid() == 0 {
		return filepath.Join("/var/lib/mingbai", program)
	}
	if base := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(base) {
		return filepath.Join(base, "mingbai", program)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return filepath.Join("/var/lib/mingbai", program)
	}
	return filepath.Join(home, ".local", "share", "mingbai", program)
}
