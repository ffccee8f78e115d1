package controller

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"mingbai/configs"
	"mingbai/controller/fleet"
	"mingbai/controller/watch"
	"mingbai/playlist"
)

// post reads what the settings say of who is told of warnings, with the secrets
// in the files that they name.
func post(cfg configs.Controller) (watch.Post, error) {
	p := watch.Post{
		Language: cfg.Language, Office: cfg.Office, URL: cfg.PublicURL,
		Least: map[string]fleet.Severity{"note": fleet.Note, "urgent": fleet.Urgent}[cfg.Watch.Severity],
		Mail:  watch.MailServer{Host: cfg.Mail.Host, Port: cfg.Mail.Port, TLS: cfg.Mail.TLS, User: cfg.Mail.User, From: cfg.Mail.From},
	}
	if cfg.Watch.QuietFrom != "" {
		from, err := configs.ParseClock(cfg.Watch.QuietFrom)
		until, errUntil := configs.ParseClock(cfg.Watch.QuietUntil)
		if err := errors.Join(err, errUntil); err != nil {
			return p, fmt.Errorf("quiet hours of the watch: %w", err)
		}
		p.QuietFrom, p.QuietUntil = int(from), int(until)
	}
	for _, r := range cfg.Watch.Recipients {
		one := watch.Recipient{Site: playlist.SiteID(r.Site), Mail: r.Mail, Webhook: r.Webhook}
		if r.SecretFile != "" {
			var err error
			if one.Secret, err = secret(r.SecretFile); err != nil {
				return p, fmt.Errorf("secret of a webhook: %w", err)
			}
		}
		p.Recipients = append(p.Recipients, one)
	}
	if cfg.Mail.PasswordFile != "" {
		password, err := secret(cfg.Mail.PasswordFile)
		if err != nil {
			return p, fmt.Errorf("password of the mail server: %w", err)
		}
		p.Mail.Password = string(password)
	}
	if cfg.Mail.CA != "" {
		text, err := os.ReadFile(cfg.Mail.CA)
		if err != nil {
			return p, fmt.Errorf("certificates of the mail server: %w", err)
		}
		p.Mail.Roots = x509.NewCertPool()
		if !p.Mail.Roots.AppendCertsFromPEM(text) {
			return p, fmt.Errorf("certificates of the mail server: %s has none", cfg.Mail.CA)
		}
	}
	return p, nil
}

// secret reads a file that holds one secret.
func secret(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if text = bytes.TrimSpace(text); len(text) == 0 {
		return nil, fmt.Errorf("%s is empty", path)
	}
	return text, nil
}
