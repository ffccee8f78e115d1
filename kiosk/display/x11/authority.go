package x11

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const cookieName = "MIT-MAGIC-COOKIE-1"

// Families of addresses in an authority file.
const (
	familyLocal = 256
	familyWild  = 65535
)

// Cookie finds the secret for a display in the bytes of an authority file: an
// entry for this host and number, else one for any host, else one for just the
// number. It returns nil if there is none.
func Cookie(file []byte, host string, display int) []byte {
	var best []byte
	rank := 0
	for len(file) > 0 {
		var entry authority
		var ok bool
		if entry, file, ok = nextAuthority(file); !ok {
			return best
		}
		if string(entry.name) != cookieName {
			continue
		}
		if n := string(entry.number); n != "" && n != strconv.Itoa(display) {
			continue
		}
		score := 1
		switch {
		case entry.family == familyLocal && string(entry.address) == host:
			score = 3
		case entry.family == familyWild:
			score = 2
		}
		if score > rank {
			rank, best = score, entry.data
		}
	}
	return best
}

type authority struct {
	family                      uint16
	address, number, name, data []byte
}

// nextAuthority cuts one entry off the file: a family and four counted fields.
func nextAuthority(b []byte) (e authority, rest []byte, ok bool) {
	if len(b) < 2 {
		return e, nil, false
	}
	e.family = binary.BigEndian.Uint16(b)
	b = b[2:]
	for _, field := range []*[]byte{&e.address, &e.number, &e.name, &e.data} {
		if len(b) < 2 {
			return e, nil, false
		}
		n := int(binary.BigEndian.Uint16(b))
		if b = b[2:]; len(b) < n {
			return e, nil, false
		}
		*field, b = b[:n:n], b[n:]
	}
	return e, b, true
}

// ownCookie reads the user's authority file. A missing one is not an error:
// many servers ask for nothing.
func ownCookie(display int) []byte {
	name := os.Getenv("XAUTHORITY")
	if name == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil
		}
		name = filepath.Join(home, ".Xauthority")
	}
	file, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	host, err := os.Hostname()
	if err != nil {
		host = ""
	}
	return bytes.Clone(Cookie(file, host, display))
}

// Address is a parsed display name.
type Address struct {
	Host   string // empty for this machine
	Number int
}

// ParseDisplay reads a display name as in $DISPLAY: "[host]:number[.screen]".
func ParseDisplay(name string) (Address, error) {
	host, rest, ok := cutLast(name, ':')
	if !ok {
		return Address{}, fmt.Errorf("x11: %q is not a display name", name)
	}
	rest, _, _ = strings.Cut(rest, ".")
	n, err := strconv.Atoi(rest)
	if err != nil || n < 0 || n > 65535-6000 {
		return Address{}, fmt.Errorf("x11: %q has no display number", name)
	}
	if host == "unix" || strings.HasSuffix(host, "/unix") {
		host = ""
	}
	return Address{Host: host, Number: n}, nil
}

func cutLast(s string, sep byte) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}
