package watch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"mingbai/controller/fleet"
)

// The ways to protect a connection to a mail server.
const (
	StartTLS = "starttls" // the connection is made safe before anything is said (RFC 3207)
	OverTLS  = "tls"      // it is from the beginning (RFC 8314)
	NoTLS    = "none"     // for a server on the same machine
)

// mailTimeout is the longest that a mail server may take.
const mailTimeout = 30 * time.Second

// MailServer is the server that mails are handed to.
type MailServer struct {
	Host     string // empty: no mails
	Port     int
	TLS      string         // StartTLS, OverTLS or NoTLS
	Roots    *x509.CertPool // that its certificate must come from; nil for those of the machine
	User     string         // empty: without signing in
	Password string
	From     string // address
}

// mailWords are the fixed words of a mail.
var mailWords = map[string]map[string]string{
	"zh": {
		"one": "%s告警：%s", "many": "%s告警：%d 条，%s等", "closed": "%s：已恢复 %s",
		"where": "地点", "since": "开始", "cause": "原因", "next": "处理", "mended": "已恢复", "worse": "加重", "link": "查看",
		"urgent": "紧急", "warn": "注意", "note": "提示",
		"foot": "这封邮件由屏幕值守自动发出。收件人在总台的设置文件 [watch] 里。",
	},
	"en": {
		"one": "%s warning: %s", "many": "%s: %d warnings, %s and others", "closed": "%s: mended: %s",
		"where": "Where", "since": "Since", "cause": "Cause", "next": "To do", "mended": "Mended", "worse": "Worse", "link": "See",
		"urgent": "urgent", "warn": "warning", "note": "note",
		"foot": "Sent by the watch over the screens. Who gets it stands in [watch] of the controller's settings.",
	},
}

// mail sends one mail about several messages.
func (p *Post) mail(ctx context.Context, address string, list []letter) error {
	if p.Mail.Host == "" {
		return errors.New("mail: no mail server is set")
	}
	m := mail.NewMsg()
	if err := m.From(p.Mail.From); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	if err := m.To(address); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	subject, text := p.write(list)
	m.Subject(subject)
	m.SetBodyString(mail.TypeTextPlain, text)
	m.SetDate()
	m.SetMessageID()
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody's holiday answers it
	client, err := p.Mail.client()
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, mailTimeout)
	defer cancel()
	if err := client.DialAndSendWithContext(ctx, m); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	return nil
}

func (s MailServer) client() (*mail.Client, error) {
	opts := []mail.Option{mail.WithPort(s.Port), mail.WithTimeout(mailTimeout), mail.WithTLSConfig(&tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12})}
	switch s.TLS {
	case OverTLS:
		opts = append(opts, mail.WithSSL())
	case NoTLS:
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	default:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.User != "" {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.User), mail.WithPassword(s.Password))
	}
	return mail.NewClient(s.Host, opts...)
}

// write makes the subject and the text of a mail.
func (p *Post) write(list []letter) (subject, text string) {
	words, zh := mailWords["zh"], p.Language != "en"
	if !zh {
		words = mailWords["en"]
	}
	pick := func(a, b string) string {
		if zh {
			return a
		}
		return b
	}
	var b strings.Builder
	first := list[0]
	for i, l := range list {
		w := l.said.Warning
		if fleet.Severity(w.Severity) > fleet.Severity(first.said.Warning.Severity) && l.said.Event != eventClosed {
			first = l
		}
		if i > 0 {
			b.WriteString("\r\n")
		}
		severity := words[map[fleet.Severity]string{fleet.Note: "note", fleet.Warn: "warn", fleet.Urgent: "urgent"}[fleet.Severity(w.Severity)]]
		switch l.said.Event {
		case eventClosed:
			severity = words["mended"]
		case eventWorse:
			severity = words["worse"]
		}
		line := func(name, value string) {
			if value != "" {
				fmt.Fprintf(&b, "  %s%s%s\r\n", name, pick("：", ": "), value)
			}
		}
		fmt.Fprintf(&b, "[%s] %s\r\n", severity, pick(w.TitleZh, w.TitleEn))
		line(words["where"], pick(l.said.WhereZh, l.said.WhereEn))
		if l.said.Event == eventClosed {
			line(words["since"], w.Opened.In(p.zone).Format("2006-01-02 15:04")+" — "+w.Closed.In(p.zone).Format("15:04"))
			continue
		}
		line(words["since"], w.Opened.In(p.zone).Format("2006-01-02 15:04"))
		line(words["cause"], pick(w.CauseZh, w.CauseEn))
		line(words["next"], pick(w.NextZh, w.NextEn))
	}
	link := first.said.Link
	if len(list) > 1 {
		link = p.link("")
	}
	if link != "" {
		fmt.Fprintf(&b, "\r\n%s %s\r\n", words["link"], link)
	}
	fmt.Fprintf(&b, "\r\n-- \r\n%s\r\n", words["foot"])
	what := pick(first.said.Warning.TitleZh, first.said.Warning.TitleEn)
	if _, line := siteOf(first.said.Warning.Scope); line {
		// its title names the site
	} else if where := pick(first.said.WhereZh, first.said.WhereEn); where != "" {
		what = where + " " + what
	}
	switch {
	case len(list) > 1:
		subject = fmt.Sprintf(words["many"], p.Office, len(list), what)
	case first.said.Event == eventClosed:
		subject = fmt.Sprintf(words["closed"], p.Office, what)
	default:
		subject = fmt.Sprintf(words["one"], p.Office, what)
	}
	return strings.Map(func(r rune) rune { // one line, whatever names hold
		if r == '\r' || r == '\n' {
			return ' '
		}
		return r
	}, subject), b.String()
}
