package configs

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// watch checks who is told of warnings, and how.
func (c *checker) watch(w Watch, m Mail) {
	if !slices.Contains([]string{"note", "warn", "urgent"}, w.Severity) {
		c.wrong("watch.severity", "%q is not a severity; note, warn and urgent are", w.Severity)
	}
	if (w.QuietFrom == "") != (w.QuietUntil == "") {
		c.wrong("watch.quiet_from", "quiet hours need a beginning and an end")
	} else if w.QuietFrom != "" {
		c.clock("watch.quiet_from", w.QuietFrom)
		c.clock("watch.quiet_until", w.QuietUntil)
	}
	mails := false
	for i, r := range w.Recipients {
		key := fmt.Sprintf("watch.recipients[%d].", i)
		if r.Site != "" {
			if _, err := playlist.ParseSiteID(r.Site); err != nil {
				c.wrong(key+"site", "%v", err)
			}
		}
		for _, a := range r.Mail {
			mails = true
			c.mailAddress(key+"mail", a)
		}
		if r.Webhook == "" && len(r.Mail) == 0 {
			c.wrong(key+"mail", "nobody is reached: give addresses or a webhook")
		}
		if r.Webhook != "" {
			c.webAddress(key+"webhook", r.Webhook, false)
			if r.SecretFile == "" {
				c.warn(key+"secret_file", "without a secret the receiver cannot tell whether a message is real")
			}
		}
		if r.SecretFile != "" {
			c.secret(key+"secret_file", r.SecretFile, false)
		}
	}
	if m.Host == "" {
		if mails {
			c.wrong("mail.host", "mails are wanted in [watch], so a mail server is needed")
		}
		return
	}
	if m.Port < 1 || m.Port > 65535 {
		c.wrong("mail.port", "%d is not a port", m.Port)
	}
	if !slices.Contains([]string{"starttls", "tls", "none"}, m.TLS) {
		c.wrong("mail.tls", "%q is not a way to protect mails; starttls, tls and none are", m.TLS)
	}
	if m.CA != "" {
		c.readable("mail.ca", m.CA)
	}
	switch {
	case m.User != "" && m.PasswordFile == "":
		c.wrong("mail.password_file", "the password of %s is needed", m.User)
	case m.User != "" && m.TLS == "none" && !loopback(m.Host):
		c.wrong("mail.tls", "the password would cross the network in the clear")
	}
	if m.PasswordFile != "" {
		c.secret("mail.password_file", m.PasswordFile, false)
	}
	c.mailAddress("mail.from", m.From)
}

func (c *checker) mailAddress(key, address string) {
	if a, err := mail.ParseAddress(address); err != nil || a.Address != strings.TrimSpace(address) {
		c.wrong(key, "%q is not a mail address, for example zhiban@example.gov.cn", address)
	}
}

// backup checks when backups are made and how long they are kept.
func (c *checker) backup(b Backup) {
	if b.At != "" {
		c.clock("backup.at", b.At)
	}
	if b.Daily < 1 || b.Daily > 366 {
		c.wrong("backup.daily", "%d days; 1 to 366 can be kept", b.Daily)
	}
	if b.Weekly < 0 || b.Weekly > 520 {
		c.wrong("backup.weekly", "%d weeks; 0 to 520 can be kept", b.Weekly)
	}
}

func (c *checker) clock(key, text string) {
	if _, err := ParseClock(text); err != nil {
		c.wrong(key, "%q is not a time of day, for example 22:00", text)
	}
}

// ParseClock reads a time of day as it stands in a file.
func ParseClock(text string) (schedule.Clock, error) {
	var c schedule.Clock
	err := c.UnmarshalText([]byte(text))
	return c, err
}
