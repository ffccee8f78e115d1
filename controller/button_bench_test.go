//go:build unix

package controller_test

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"

	"mingbai/configs/intake"
	"mingbai/controller"
	"mingbai/controller/publish"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// The county that a button is pressed in.
const (
	buttonGuides   = 1000
	buttonNotices  = 2000
	buttonVillages = 500
	buttonScreens  = 400
)

// wholeCounty is a county of five hundred villages whose own channel has a
// thousand guides and two thousand notices.
func wholeCounty() *intake.County {
	county := smallCounty()
	for i := range buttonVillages {
		county.Sites = append(county.Sites, playlist.Site{
			ID: playlist.SiteID(fmt.Sprintf("v%03d", i)), Parent: "wangchuan", Kind: playlist.Village, Name: fmt.Sprintf("第%d村", i+1),
		})
	}
	for i := range buttonGuides {
		n := announcement("qinghe", "news", fmt.Sprintf("第 %d 项事项", i))
		n.ID, n.Kind, n.Announcement, n.Hotline = playlist.NoticeID(fmt.Sprintf("g-%04d", i)), playlist.KindGuide, nil, "0000-12345"
		n.Guide = &playlist.Guide{
			Who: "本县户籍居民", Basis: []string{"有关规定"}, Conditions: []string{"具有本县户籍"}, Quota: "无", Limit: "20个工作日", Fee: "不收费", Place: "一楼大厅三号窗口",
			Hours: "工作日 9:00-17:00", Phone: "0000-12345", Complaint: "0000-12345",
			Steps: []playlist.Step{{Name: "申请"}, {Name: "受理"}, {Name: "发放"}}, Materials: []playlist.Material{{Name: "身份证", Originals: 1, Copies: 1}},
		}
		county.Drafts = append(county.Drafts, intake.Draft{File: string(n.ID), Notice: n})
	}
	for i := range buttonNotices {
		n := announcement("qinghe", "news", fmt.Sprintf("第 %d 号公告", i))
		n.ID = playlist.NoticeID(fmt.Sprintf("a-%04d", i))
		county.Drafts = append(county.Drafts, intake.Draft{File: string(n.ID), Notice: n})
	}
	return county
}

// stages are the instants of one publication.
type stages struct {
	mu sync.Mutex // guards at
	at map[string]time.Time
}

func (s *stages) mark(step string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at[step] = time.Now()
	return nil
}

// BenchmarkButton publishes a notice on the channel of a whole county that 400
// connected screens show, until the last of them has acknowledged it. It prints
// the milliseconds of each stage, the bytes that go to one screen, the server's
// CPU with that of the devices for one screen, and the ratio to a floor: the same
// bytes written to as many plain sockets and answered.
func BenchmarkButton(b *testing.B) {
	ctx, cancel := context.WithCancel(context.Background())
	s := &stages{at: map[string]time.Time{}}
	c, err := controller.NewWith(settings(b.TempDir()), quiet(b), controller.Options{Checkpoint: s.mark})
	if err != nil {
		b.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	defer func() {
		cancel()
		<-done
		c.Close()
	}()
	if _, err := c.Desk.Import(ctx, publish.Who{Actor: "test"}, wholeCounty()); err != nil {
		b.Fatal(err)
	}
	crowd := newCrowd(b, c, buttonScreens)
	defer crowd.close()
	county := playlist.ChannelID{Site: "qinghe"}

	total := map[string]time.Duration{}
	var whole, floor time.Duration
	var cpu, bytes int64
	n := 0
	for b.Loop() {
		n++
		rev, err := c.Store.Channel(ctx, county)
		if err != nil {
			b.Fatal(err)
		}
		crowd.expect(b, c, county, rev.Revision+1)
		_, _, sent := c.Hub.Traffic()
		clear(s.at)
		used, start := rusage(), time.Now()
		if _, err := c.Desk.Publish(ctx, publish.Who{Actor: "li"}, announcement("qinghe", "news", fmt.Sprintf("再发一条 %d", n))); err != nil {
			b.Fatal(err)
		}
		published := time.Now()
		crowd.wait(b)
		end := time.Now()
		cpu += rusage() - used
		_, _, now := c.Hub.Traffic()
		each := (now - sent) / buttonScreens
		bytes += each
		last := start
		for _, step := range []string{"change committed", "blobs stored", "edition stored"} {
			total[step] += s.at[step].Sub(last)
			last = s.at[step]
		}
		total["announced to first"] += crowd.first().Sub(last)
		total["first to last"] += end.Sub(crowd.first())
		total["answer"] += published.Sub(start)
		whole += end.Sub(start)
		floor += crowd.floor(b, int(each))
	}
	for step, d := range total {
		b.ReportMetric(float64(d.Microseconds())/1000/float64(n), strings.ReplaceAll(step, " ", "-")+"-ms")
	}
	b.ReportMetric(float64(bytes)/float64(n), "bytes/screen")
	b.ReportMetric(float64(cpu)/1000/float64(n)/buttonScreens, "cpu-µs/screen")
	b.ReportMetric(float64(whole.Microseconds())/1000/float64(n), "ms/button")
	b.ReportMetric(float64(whole)/float64(floor), "ratio")
}

// rusage is the CPU time of this process in nanoseconds.
func rusage() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

// crowd is many screens that read what comes and acknowledge what was expected.
type crowd struct {
	conns []net.Conn
	near  []net.Conn // of the floor
	far   []net.Conn
	ack   atomic.Pointer[[]byte]
	acked atomic.Int64
	began atomic.Int64 // of the first acknowledgement, in nanoseconds
	all   chan struct{}
	work  sync.WaitGroup
}

// crowdKey is the key of the screen with a number.
func crowdKey(i int) ed25519.PrivateKey {
	seed := sha256.Sum256(fmt.Appendf(nil, "crowd %d", i))
	return ed25519.NewKeyFromSeed(seed[:])
}

// newCrowd seeds n screens, spread over the villages, and connects them with all
// that is published.
func newCrowd(b *testing.B, c *controller.Controller, n int) *crowd {
	b.Helper()
	ctx := context.Background()
	name := func(i int) playlist.ScreenID { return playlist.ScreenID(fmt.Sprintf("s-%05d", i)) }
	err := c.Store.Update(ctx, func(t *store.Tx) error {
		for i := range n {
			screen := playlist.Screen{
				ID: name(i), Site: playlist.SiteID(fmt.Sprintf("v%03d", i%buttonVillages)), Kind: playlist.Touch, Name: fmt.Sprintf("%d 号屏", i),
				Panel: playlist.Panel{Width: 1080, Height: 1920, WidthMM: 530, HeightMM: 940},
			}
			if err := t.PutScreen(ctx, screen, "zh"); err != nil {
				return err
			}
			if err := t.BindDevice(ctx, screen.ID, crowdKey(i).Public().(ed25519.PublicKey), time.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	channels, err := c.Store.Channels(ctx)
	if err != nil {
		b.Fatal(err)
	}
	newest := map[playlist.ChannelID]playlist.Revision{}
	for _, ch := range channels {
		newest[ch.ID] = ch.Revision
	}
	w := &crowd{conns: make([]net.Conn, n), all: make(chan struct{}, 1)}
	group, _ := errgroup.WithContext(ctx)
	group.SetLimit(32)
	for i := range n {
		group.Go(func() (err error) {
			have := map[playlist.ChannelID]playlist.Revision{}
			for _, site := range []playlist.SiteID{"qinghe", "wangchuan", playlist.SiteID(fmt.Sprintf("v%03d", i%buttonVillages))} {
				have[playlist.ChannelID{Site: site}] = newest[playlist.ChannelID{Site: site}]
			}
			w.conns[i], err = w.connect(c, i, name(i), have)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		b.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	for range n {
		far, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		near, err := l.Accept()
		if err != nil {
			b.Fatal(err)
		}
		w.near, w.far = append(w.near, near), append(w.far, far)
	}
	return w
}

// connect brings one screen in and lets it answer from then on.
func (w *crowd) connect(c *controller.Controller, i int, id playlist.ScreenID, have map[playlist.ChannelID]playlist.Revision) (net.Conn, error) {
	dialer := websocket.Dialer{ReadBufferSize: 512, WriteBufferSize: 512, EnableCompression: true}
	conn, _, err := dialer.Dial("ws"+strings.TrimPrefix(c.URL(), "http")+"/device/v1/ws", nil)
	if err != nil {
		return nil, err
	}
	next := func(typ wire.Type, into any) error {
		_, data, err := conn.ReadMessage()
		if err != nil {
			return err
		}
		m, err := wire.Decode(data)
		if err != nil {
			return err
		}
		if m.Type != typ {
			return fmt.Errorf("got a %s, want a %s", m.Type, typ)
		}
		return m.Into(into)
	}
	var ch wire.Challenge
	if err := next(wire.TypeChallenge, &ch); err != nil {
		return nil, err
	}
	key := crowdKey(i)
	hello := wire.Hello{
		Version: wire.Version, Key: key.Public().(ed25519.PublicKey), Signature: wire.SignHello(ch.Nonce, key), Screen: id, Program: "crowd 1", Kind: playlist.Touch,
		Panel: playlist.Panel{Width: 1080, Height: 1920, WidthMM: 530, HeightMM: 940}, Have: have,
	}
	data, err := wire.Encode(wire.TypeHello, hello)
	if err != nil {
		return nil, err
	}
	if err := conn.WriteMessage(websocket.BinaryMessage, data); err != nil {
		return nil, err
	}
	var welcome wire.Welcome
	var push wire.Push
	if err := next(wire.TypeWelcome, &welcome); err != nil {
		return nil, err
	}
	if err := next(wire.TypePush, &push); err != nil { // its settings
		return nil, err
	}
	raw := conn.NetConn()
	if err := raw.SetDeadline(time.Time{}); err != nil { // answering a ping has set one
		return nil, err
	}
	w.work.Go(func() { w.answer(raw) })
	return raw, nil
}

// answer acknowledges every frame that is longer than a ping.
func (w *crowd) answer(conn net.Conn) {
	in := bufio.NewReaderSize(conn, 512)
	for {
		var head [10]byte
		if _, err := io.ReadFull(in, head[:2]); err != nil {
			return
		}
		size := int64(head[1] & 0x7f)
		switch size {
		case 126:
			if _, err := io.ReadFull(in, head[2:4]); err != nil {
				return
			}
			size = int64(binary.BigEndian.Uint16(head[2:]))
		case 127:
			if _, err := io.ReadFull(in, head[2:10]); err != nil {
				return
			}
			size = int64(binary.BigEndian.Uint64(head[2:]))
		}
		if _, err := io.CopyN(io.Discard, in, size); err != nil {
			return
		}
		if head[0]&0xf == 9 {
			if _, err := conn.Write([]byte{0x8a, 0x80, 0, 0, 0, 0}); err != nil {
				return
			}
		}
		ack := w.ack.Load()
		if head[0]&0xf != 2 || ack == nil {
			continue
		}
		if _, err := conn.Write(*ack); err != nil {
			return
		}
		w.began.CompareAndSwap(0, time.Now().UnixNano())
		if w.acked.Add(1) == int64(len(w.conns)) {
			w.all <- struct{}{}
		}
	}
}

// expect tells the screens what they will have.
func (w *crowd) expect(b *testing.B, c *controller.Controller, ch playlist.ChannelID, rev playlist.Revision) {
	b.Helper()
	body, err := wire.Encode(wire.TypeAdopted, wire.Adopted{Settings: 1, Have: map[playlist.ChannelID]playlist.Revision{ch: rev}})
	if err != nil {
		b.Fatal(err)
	}
	frame := []byte{0x82, 0x80 | 126}
	frame = binary.BigEndian.AppendUint16(frame, uint16(len(body)))
	frame = append(append(frame, 0, 0, 0, 0), body...)
	w.began.Store(0)
	w.acked.Store(0)
	w.ack.Store(&frame)
}

func (w *crowd) first() time.Time { return time.Unix(0, w.began.Load()) }

func (w *crowd) wait(b *testing.B) {
	select {
	case <-w.all:
	case <-time.After(2 * time.Minute):
		b.Fatalf("%d of %d screens have acknowledged", w.acked.Load(), len(w.conns))
	}
}

// floor writes size bytes to as many plain sockets, each answered with one, and
// returns how long that takes.
func (w *crowd) floor(b *testing.B, size int) time.Duration {
	var done sync.WaitGroup
	payload := make([]byte, size)
	start := time.Now()
	for i := range w.near {
		done.Go(func() {
			if _, err := io.CopyN(io.Discard, w.far[i], int64(size)); err != nil {
				b.Error(err)
			}
			w.far[i].Write([]byte{1}) // a failure shows at the other end
		})
		done.Go(func() {
			w.near[i].Write(payload)
			if _, err := io.ReadFull(w.near[i], make([]byte, 1)); err != nil {
				b.Error(err)
			}
		})
	}
	done.Wait()
	return time.Since(start)
}

func (w *crowd) close() {
	for i := range w.conns {
		w.conns[i].Close()
		w.near[i].Close()
		w.far[i].Close()
	}
	w.work.Wait()
}
