package watch_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/controller/watch"
	"mingbai/playlist/wire"
)

// office is an SMTP server that takes mails from one user over STARTTLS, and can
// be out of order.
type office struct {
	roots *x509.CertPool
	host  string
	port  int

	mu     sync.Mutex // guards what follows
	broken bool
	mails  []*mail.Message
	texts  []string
	to     []string
}

func newOffice(t *testing.T) *office {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "127.0.0.1"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{roots: x509.NewCertPool()}
	o.roots.AddCert(cert)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(l.Addr().String())
	o.host = host
	o.port, _ = strconv.Atoi(port)
	srv := smtp.NewServer(o)
	srv.Domain = "localhost"
	srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	srv.ErrorLog = quietLog{}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }() // ends with Close
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		<-done
	})
	return o
}

type quietLog struct{}

func (quietLog) Printf(string, ...any) {}
func (quietLog) Println(...any)        {}

func (o *office) NewSession(*smtp.Conn) (smtp.Session, error) { return &visit{office: o}, nil }

// visit is one connection.
type visit struct {
	office *office
	known  bool
	to     string
}

func (v *visit) AuthMechanisms() []string { return []string{sasl.Plain} }

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if v.known = user == "zhiban" && password == "correct horse"; !v.known {
			return errors.New("who are you")
		}
		return nil
	}), nil
}

func (v *visit) Mail(string, *smtp.MailOptions) error {
	v.office.mu.Lock()
	defer v.office.mu.Unlock()
	if !v.known || v.office.broken {
		return &smtp.SMTPError{Code: 451, Message: "not now"}
	}
	return nil
}

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error { v.to = to; return nil }

func (v *visit) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	body := m.Body
	if m.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	v.office.mu.Lock()
	defer v.office.mu.Unlock()
	v.office.mails, v.office.texts, v.office.to = append(v.office.mails, m), append(v.office.texts, string(text)), append(v.office.to, v.to)
	return nil
}

func (v *visit) Reset()        {}
func (v *visit) Logout() error { return nil }

// got returns the subjects of the mails so far, with their texts.
func (o *office) got(t *testing.T) (subjects, texts []string) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, m := range o.mails {
		s, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil {
			t.Error(err)
		}
		subjects = append(subjects, s)
	}
	return subjects, append(texts, o.texts...)
}

func (o *office) server() watch.MailServer {
	return watch.MailServer{Host: o.host, Port: o.port, TLS: watch.StartTLS, Roots: o.roots, User: "zhiban", Password: "correct horse", From: "mingbai@example.gov.cn"}
}

// deliver lets time pass while the post goes its rounds.
func (c *county) deliver(d time.Duration) {
	c.Helper()
	c.pass(d, func() {
		if err := c.Carry(context.Background(), c.now); err != nil {
			c.Fatal(err)
		}
	})
}

// TestMail: several warnings are one mail, at most one a minute, with everything
// that a person needs; what mends at once is none; what the server does not take
// comes later, also after a start.
func TestMail(t *testing.T) {
	o := newOffice(t)
	c := newCounty(t, 3, 3)
	c.cfg.Post = watch.Post{Office: "青禾县政务公开办", URL: "https://x.example", Mail: o.server(), Recipients: []watch.Recipient{
		{Mail: []string{"li@example.gov.cn"}}, {Site: "v1", Mail: []string{"wang@example.gov.cn"}}}}
	c.open()
	for _, d := range c.devices {
		c.connect(d)
	}
	c.deliver(time.Minute)
	for _, d := range c.devices[:3] {
		c.gone(d, "nothing came in time")
	}
	c.devices[7].vitals = wire.Vitals{ClockOffset: 300}
	c.deliver(50 * time.Second)
	if subjects, _ := o.got(t); len(subjects) != 1 {
		t.Fatalf("%q in the first minute", subjects)
	}
	c.deliver(time.Minute)
	_, texts := o.got(t)
	all := strings.Join(texts, "\n")
	for _, want := range []string{"村0线路中断，3 块屏幕离线", "开始：2026-11-22 22:0", "原因：", "处理：", "https://x.example/warnings"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is missing in:\n%s", want, all)
		}
	}
	c.deliver(2 * time.Minute)
	if _, texts := o.got(t); !strings.Contains(strings.Join(texts, "\n"), "时钟快 5 分钟") || !strings.Contains(strings.Join(texts, "\n"), "镇0 村2 1号屏") {
		t.Errorf("%q", texts)
	}
	for _, to := range o.to {
		if to != "li@example.gov.cn" {
			t.Errorf("%s got a mail that is not for them", to)
		}
	}
	before := len(o.mails)
	o.mu.Lock()
	o.broken = true
	o.mu.Unlock()
	c.devices[3].vitals = wire.Vitals{OutputsLost: "10.0.0.1:1"}
	c.deliver(2 * time.Minute)
	trouble, err := c.Troubled(t.Context())
	if err != nil || len(trouble) != 2 || trouble[0].Tries < 2 || !strings.Contains(trouble[0].Error, "451") || strings.Contains(trouble[0].Error, "horse") {
		t.Errorf("%+v, %v", trouble, err)
	}
	o.mu.Lock()
	o.broken = false
	o.mu.Unlock()
	c.open() // a start in between
	c.deliver(3 * time.Minute)
	o.mu.Lock()
	got := append([]string(nil), o.to[before:]...)
	o.mu.Unlock()
	if len(got) != 2 || got[0] == got[1] {
		t.Errorf("mails to %q, want one to each", got)
	}
	if trouble, err := c.Troubled(t.Context()); err != nil || len(trouble) > 0 {
		t.Errorf("%+v, %v", trouble, err)
	}
	c.devices[3].vitals = wire.Vitals{}
	c.deliver(2 * time.Minute)
	subjects, _ := o.got(t)
	if last := subjects[len(subjects)-1]; !strings.Contains(last, "已恢复") {
		t.Errorf("%q", subjects)
	}
}

// TestQuietHours: at night only what is urgent is sent; the rest comes in the
// morning, but not what has mended by then.
func TestQuietHours(t *testing.T) {
	o := newOffice(t)
	c := newCounty(t, 2, 3)
	c.cfg.Post = watch.Post{Language: "en", Office: "Qinghe", Mail: o.server(), QuietFrom: 22 * 60, QuietUntil: 6*60 + 30, Recipients: []watch.Recipient{{Mail: []string{"li@example.gov.cn"}}}}
	c.open()
	for _, d := range c.devices {
		c.connect(d)
	}
	c.devices[0].vitals = wire.Vitals{ClockOffset: 300}
	c.devices[1].vitals = wire.Vitals{ClockOffset: 300}
	c.devices[2].vitals = wire.Vitals{OutputsLost: "10.0.0.1:1"}
	c.deliver(3 * time.Minute)
	if subjects, _ := o.got(t); len(subjects) != 1 || !strings.Contains(subjects[0], "LED controllers lost") {
		t.Fatalf("%q", subjects)
	}
	c.devices[1].vitals = wire.Vitals{}
	c.deliver(time.Minute)
	c.now = time.Date(2026, 11, 22, 22, 29, 0, 0, time.UTC) // 06:29
	for _, d := range c.devices {
		c.report(d)
	}
	c.deliver(2 * time.Minute)
	subjects, texts := o.got(t)
	if len(subjects) != 2 || strings.Count(texts[1], "clock 5 min fast") != 1 {
		t.Errorf("%q\n%q", subjects, texts)
	}
}

// TestWebhook: each message is posted as JSON, signed, in order; a receiver that
// fails twice gets it the third time; one that fails for a day gets it no more,
// and the console can say so.
func TestWebhook(t *testing.T) {
	secret := []byte("a secret of the receiver")
	var mu sync.Mutex
	fails, ids, events := 2, map[string]int{}, []string{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		body, _ := io.ReadAll(r.Body)
		seconds, _ := strconv.ParseInt(r.Header.Get("X-Mingbai-Timestamp"), 10, 64)
		if got := r.Header.Get("X-Mingbai-Signature"); got != watch.Signature(secret, seconds, body) {
			t.Errorf("signature %q", got)
		}
		ids[r.Header.Get("X-Mingbai-Delivery")]++
		if fails > 0 {
			fails--
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		var m struct {
			Event   string
			WhereZh string `json:"where_zh"`
			Link    string
			Warning store.Warning
		}
		if err := json.Unmarshal(body, &m); err != nil || m.Event != r.Header.Get("X-Mingbai-Event") || m.WhereZh != "镇0 村0 0号屏" || m.Link != "https://x.example/warnings/"+m.Warning.ID {
			t.Errorf("%s, %v", body, err)
		}
		events = append(events, m.Event+" "+m.Warning.Kind)
	}))
	defer srv.Close()
	c := newCounty(t, 1, 1)
	c.cfg.Post = watch.Post{URL: "https://x.example", Least: fleet.Warn, Recipients: []watch.Recipient{{Site: "t0", Webhook: srv.URL, Secret: secret}}}
	c.open()
	d := c.devices[0]
	c.connect(d)
	d.vitals = wire.Vitals{ClockOffset: 300}
	c.deliver(time.Minute)
	c.open()
	c.deliver(time.Minute)
	d.vitals = wire.Vitals{}
	c.deliver(time.Minute)
	mu.Lock()
	if strings.Join(events, ", ") != "opened clock, closed clock" || len(ids) != 2 {
		t.Errorf("%q, ids %v", events, ids)
	}
	fails = 1 << 30
	mu.Unlock()
	d.vitals = wire.Vitals{OutputsLost: "10.0.0.1:1"}
	c.deliver(time.Minute)
	for range 30 {
		c.now = c.now.Add(time.Hour)
		if err := c.Carry(t.Context(), c.now); err != nil {
			t.Fatal(err)
		}
	}
	trouble, err := c.Troubled(t.Context())
	if err != nil || len(trouble) != 1 || trouble[0].Done.IsZero() || trouble[0].Tries < 10 || !strings.Contains(trouble[0].Error, "given up") || !strings.Contains(trouble[0].Error, "502") {
		t.Errorf("%+v, %v", trouble, err)
	}
}
