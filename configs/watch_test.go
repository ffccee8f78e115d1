package configs

import (
	"slices"
	"testing"
)

// TestWatchCheck reads who is told of warnings and says what is not sane in it.
func TestWatchCheck(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "secret", "0123456789abcdef", 0o600)
	for name, c := range map[string]struct {
		text string
		keys []string // of the problems
	}{
		"everything": {`
[watch]
severity = "urgent"
quiet_from = "22:00"
quiet_until = "06:30"
recipients = [ { mail = ["a@example.gov.cn"] }, { site = "liuxi", webhook = "https://example.gov.cn/h", secret_file = "secret" } ]
[mail]
host = "smtp.example.gov.cn"
user = "zhiban"
password_file = "secret"
from = "zhiban@example.gov.cn"
[metrics]
token_file = "secret"`, nil},
		"no server": {"[watch]\nrecipients = [ { mail = [\"a@example.gov.cn\"] } ]", []string{"mail.host"}},
		"everything wrong": {`
[watch]
severity = "loud"
quiet_from = "22:00"
quiet_until = "25:00"
recipients = [ { mail = ["bad"] }, { site = "Not a site" }, { webhook = "ftp://x", secret_file = "none" } ]
[mail]
host = "smtp.example.gov.cn"
port = 70000
tls = "some"
user = "u"
from = "x"
[metrics]
token_file = "none"`, []string{"watch.severity", "watch.quiet_until", "watch.recipients[0].mail", "watch.recipients[1].site", "watch.recipients[1].mail",
			"watch.recipients[2].webhook", "watch.recipients[2].secret_file", "mail.port", "mail.tls", "mail.password_file", "mail.from", "metrics.token_file"}},
		"half a night": {"[watch]\nquiet_from = \"22:00\"", []string{"watch.quiet_from"}},
		"in the clear": {"[mail]\nhost = \"smtp.example.gov.cn\"\ntls = \"none\"\nuser = \"u\"\npassword_file = \"secret\"\nfrom = \"a@example.gov.cn\"", []string{"mail.tls"}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, err := LoadController(write(t, dir, "c.toml", c.text, 0o600))
			if err != nil {
				t.Fatal(err)
			}
			cfg.Data = dir
			var keys []string
			for _, p := range cfg.Check() {
				if !p.Warning {
					keys = append(keys, p.Key)
				}
			}
			if !slices.Equal(keys, c.keys) {
				t.Errorf("%q, want %q", keys, c.keys)
			}
		})
	}
}
