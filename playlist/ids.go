package playlist

import (
	"fmt"
	"strconv"
	"strings"
)

// SiteID names a site: lower-case letters, digits and inner hyphens, 1 to 40
// bytes, for example "wangchuan". It never changes, whatever the site is called.
type SiteID string

// ScreenID names a screen for its whole life, for example "s-7k3m9qxa".
type ScreenID string

// NoticeID names a notice through all its versions.
type NoticeID string

// ColumnID names a column of the catalogue.
type ColumnID string

// Revision counts the editions of a channel from 1. Zero means none.
type Revision uint64

func (r Revision) String() string { return strconv.FormatUint(uint64(r), 10) }

// ChannelID names what one site publishes. Every site has two: its ordinary
// channel, written "liuxi", and its alert channel, written "liuxi!".
type ChannelID struct {
	Site  SiteID
	Alert bool
}

func (c ChannelID) String() string {
	if c.Alert {
		return string(c.Site) + "!"
	}
	return string(c.Site)
}

// IsZero reports whether c names no channel.
func (c ChannelID) IsZero() bool { return c == ChannelID{} }

// ParseChannelID reads what String writes.
func ParseChannelID(s string) (ChannelID, error) {
	name, alert := strings.CutSuffix(s, "!")
	site, err := ParseSiteID(name)
	if err != nil {
		return ChannelID{}, fmt.Errorf("channel %q: %w", s, err)
	}
	return ChannelID{Site: site, Alert: alert}, nil
}

// MarshalText writes the channel as String does.
func (c ChannelID) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (c *ChannelID) UnmarshalText(b []byte) error {
	v, err := ParseChannelID(string(b))
	if err == nil {
		*c = v
	}
	return err
}

// ParseSiteID checks and returns a site's name.
func ParseSiteID(s string) (SiteID, error) { v, err := parseName(s, 40); return SiteID(v), err }

// ParseScreenID checks and returns a screen's name.
func ParseScreenID(s string) (ScreenID, error) { v, err := parseName(s, 40); return ScreenID(v), err }

// ParseNoticeID checks and returns a notice's name.
func ParseNoticeID(s string) (NoticeID, error) { v, err := parseName(s, 64); return NoticeID(v), err }

// ParseColumnID checks and returns a column's name.
func ParseColumnID(s string) (ColumnID, error) { v, err := parseName(s, 40); return ColumnID(v), err }

func parseName(s string, limit int) (string, error) {
	if s == "" || len(s) > limit {
		return "", fmt.Errorf("a name has 1 to %d characters, this one has %d", limit, len(s))
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		case c == '-' && i > 0 && i < len(s)-1:
		default:
			return "", fmt.Errorf("name %q: only a-z, 0-9 and inner hyphens are allowed", s)
		}
	}
	return s, nil
}
