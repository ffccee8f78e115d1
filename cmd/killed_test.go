package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shirou/gopsutil/v3/disk"

	"mingbai/assets"
	"mingbai/assets/durable"
	"mingbai/configs"
	"mingbai/configs/intake"
	"mingbai/controller"
	"mingbai/controller/fleet"
	"mingbai/controller/publish"
	"mingbai/kiosk/cache"
	"mingbai/kiosk/ledger"
	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// killAt are the lines of a device's log after which it is killed, some
// milliseconds later: while it starts, while it fetches, and while it switches
// from one generation to the next.
var killAt = []string{"", "The controller has welcomed this screen.", "The controller has welcomed this screen.", "New content is on screen."}

// TestKilledInSync kills real device processes at random points of a sync while
// an office publishes, revises and takes down without a pause, and holds what is
// left on disk against the invariant after every kill (R01 of the reliability
// regime). The points differ from run to run; the seed is printed.
func TestKilledInSync(t *testing.T) {
	rounds := 200 // of one check; more with -count
	if testing.Short() {
		rounds = 60
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	o := openHectic(t)
	var left, done, generations, voices atomic.Int64
	left.Store(int64(rounds))
	var work sync.WaitGroup
	for i := range 4 {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		v := o.enrol(t, fmt.Sprintf("screen-%d", i))
		work.Go(func() {
			for left.Add(-1) >= 0 && !t.Failed() {
				v.round(killAt[rng.IntN(len(killAt))], time.Duration(rng.Int64N(int64(40*time.Millisecond))))
				done.Add(1)
			}
			if !t.Failed() {
				v.deliver(t)
			}
			generations.Add(int64(v.changed))
			voices.Add(int64(v.arrived))
			if id, err := v.screenID(); err != nil {
				t.Error(err)
			} else {
				o.unbroken(t, id)
			}
		})
	}
	work.Wait()
	if t.Failed() {
		return
	}
	t.Logf("%d rounds; what was on disk had changed in %d of them; %d changes were published; %d voices arrived", done.Load(), generations.Load(), o.published.Load(), voices.Load())
	// A machine that is busy with other things kills more of them too early; none
	// at all would make this test say nothing.
	if n := generations.Load(); n < int64(rounds)/50 {
		t.Errorf("the devices were killed too early: only %d of %d rounds changed anything", n, rounds)
	}
	if n := voices.Load(); n < 4 {
		t.Errorf("the devices were killed too early: only %d voices were accepted", n)
	}
}

// hectic is an office that never stops changing what it publishes.
type hectic struct {
	t         *testing.T
	dir       string
	c         *controller.Controller
	published atomic.Int64
	more      chan struct{}
	editions  sync.Map // by channel and revision, *playlist.Edition
}

func openHectic(t *testing.T) *hectic {
	o := &hectic{t: t, dir: scratch(t), more: make(chan struct{}, 2)}
	cfg := configs.DefaultController()
	cfg.Approvals.Policy = "single"
	cfg.Speech.Enabled = "off"
	cfg.Data, cfg.Listen = filepath.Join(o.dir, "office"), "127.0.0.1:0"
	cfg.Limits.PushInline = 2000 // much has to be fetched
	var err error
	if o.c, err = controller.New(cfg, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	county, err := intake.Load(os.DirFS("testdata/county"), schedule.Date{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if _, err := o.c.Desk.Import(ctx, publish.Who{Actor: "test"}, county); err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(func() {
		if err := o.c.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	work.Go(func() { o.publish(ctx) })
	t.Cleanup(func() {
		cancel()
		work.Wait()
		if err := o.c.Close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

// scratch is a folder in memory where there is one with room: the death of a
// process leaves the same files there as on a disk, and hundreds of devices that
// sync every file need not wait for one.
func scratch(t *testing.T) string {
	const memory, room = "/dev/shm", 1 << 30
	if u, err := disk.Usage(memory); err != nil || u.Free < room {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp(memory, "mingbai-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// publish changes something on one of three channels whenever a round asks for
// it, so that a slow machine does not publish more for each kill than a fast one.
func (o *hectic) publish(ctx context.Context) {
	who := publish.Who{Actor: "test"}
	name := func(i int) playlist.NoticeID { return playlist.NoticeID(fmt.Sprintf("notice-%d", i)) }
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-o.more:
		}
		n := playlist.Notice{
			ID: name(i), Kind: playlist.KindAnnouncement, Site: []playlist.SiteID{"liuxi", "qinghe", "wangchuan"}[i%3], Column: "tongzhi",
			Title: fmt.Sprintf("第%d号公告", i), Issuer: "青禾县政务公开办公室", Issued: schedule.DateOf(time.Now()),
			Announcement: &playlist.Announcement{Blocks: []playlist.Block{{Kind: playlist.Paragraph, Text: strings.Repeat("特此公告。", 1+i%200)}}},
		}
		_, err := o.c.Desk.Publish(ctx, who, n)
		if old := i - 24; err == nil && old >= 0 {
			_, err = o.c.Desk.TakeDown(ctx, who, name(old), "")
		}
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			o.t.Errorf("publish: %v", err)
			return
		}
		o.published.Add(2)
	}
}

// ask wants one more change.
func (o *hectic) ask() {
	select {
	case o.more <- struct{}{}:
	default: // the office is busy enough
	}
}

// edition returns what the office signed, decoded once.
func (o *hectic) edition(ch playlist.ChannelID, rev playlist.Revision) (*playlist.Edition, error) {
	key := fmt.Sprint(ch, " ", rev)
	if e, ok := o.editions.Load(key); ok {
		return e.(*playlist.Edition), nil
	}
	row, err := o.c.Store.Edition(context.Background(), ch, rev)
	if err != nil {
		return nil, err
	}
	e, err := playlist.DecodeEdition(row.Envelope.Payload)
	if err == nil {
		o.editions.Store(key, e)
	}
	return e, err
}

// takenDown reports whether a notice has been taken down by now.
func (o *hectic) takenDown(ch playlist.ChannelID, id playlist.NoticeID) (bool, error) {
	all, err := o.c.Store.Takedowns(context.Background(), ch)
	return slices.ContainsFunc(all, func(d playlist.Takedown) bool { return d.Notice == id }), err
}

// unbroken checks that the ledger of a screen never had to begin anew.
func (o *hectic) unbroken(t *testing.T, id playlist.ScreenID) {
	records, err := o.c.Store.Records(context.Background(), string(id), 1<<62, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if r.Action == "ledger.break" {
			t.Errorf("the ledger of %s broke: %s", id, r.Detail)
		}
	}
}

// victim is a device folder whose process is killed again and again.
type victim struct {
	o       *hectic
	name    string
	config  string
	disk    configs.Screen
	changed int // rounds after which there was another generation

	settings playlist.Revision
	have     map[playlist.ChannelID]playlist.Revision
	down     map[playlist.NoticeID]bool
	rows     []wire.Row      // all that was ever on disk
	accepted map[string]bool // voices that have not arrived and left the disk
	arrived  int             // that have
}

func (o *hectic) enrol(t *testing.T, name string) *victim {
	v := &victim{
		o: o, name: name, config: filepath.Join(o.dir, name+".toml"),
		have: map[playlist.ChannelID]playlist.Revision{}, down: map[playlist.NoticeID]bool{}, accepted: map[string]bool{},
	}
	text := fmt.Sprintf("controller = %q\ndata = %q\nname = %q\n", o.c.URL(), filepath.Join(o.dir, name), name)
	if err := os.WriteFile(v.config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var err error
	if v.disk, err = configs.LoadScreen(v.config, playlist.LED); err != nil {
		t.Fatal(err)
	}
	p, err := v.start()
	if err != nil {
		t.Fatal(err)
	}
	defer p.kill()
	await(t, p, "its code", func() bool {
		l, ok := p.said(func(l logLine) bool { return l.Code != "" })
		if !ok {
			return false
		}
		_, err := o.c.Fleet.Confirm(context.Background(), "test", l.Code, fleet.Enrolment{Site: "liuxi", Name: name})
		return err == nil
	})
	await(t, p, "its first content", func() bool {
		_, ok := p.said(func(l logLine) bool { return strings.HasPrefix(l.Msg, "The first content") })
		return ok
	})
	return v
}

// await polls until good, and fails when the process ends or takes too long.
func await(t *testing.T, p *process, what string, good func() bool) {
	t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !good() {
		select {
		case <-p.done:
			t.Fatalf("%s ended before %s: %v\n%s", p.name, what, p.err, p.tail())
		case <-limit.C:
			t.Fatalf("%s: no %s\n%s", p.name, what, p.tail())
		case <-tick.C:
		}
	}
}

func (v *victim) start() (*process, error) {
	return start(v.name, v.o.dir, "mingbai-sync", "-config", v.config)
}

// round lets the device run, kills it d after a line of its log, or after the
// first if that is empty, and checks what is left.
func (v *victim) round(after string, d time.Duration) {
	p, err := v.start()
	if err != nil {
		v.o.t.Error(err)
		return
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	tick := time.NewTicker(3 * time.Millisecond)
	defer tick.Stop()
	for began, turn, next := false, 0, 0; !began; {
		// There must be something to sync while the device runs; a slow one is not
		// given more and more of it.
		if _, runs := p.said(func(l logLine) bool { return l.Msg != "" }); runs {
			if turn == next {
				v.o.ask()
				next += max(20, next)
			}
			turn++
		}
		_, began = p.said(func(l logLine) bool { return l.Msg == after || after == "" })
		select {
		case <-p.done:
			v.o.t.Errorf("%s ended by itself: %v\n%s", v.name, p.err, p.tail())
			return
		case <-timer.C:
			v.o.t.Errorf("%s does not begin\n%s", v.name, p.tail())
			began = true
		case <-tick.C:
		}
	}
	timer.Reset(d)
	<-timer.C
	p.kill()
	if err := v.check(p); err != nil {
		v.o.t.Errorf("%s, killed after %v: %v\n%s", v.name, d, err, p.tail())
	}
}

// check is the whole invariant of a device's disk.
func (v *victim) check(p *process) error {
	var complaints bytes.Buffer
	log := slog.New(slog.NewTextHandler(&complaints, &slog.HandlerOptions{Level: slog.LevelWarn}))
	c, err := cache.Open(durable.OS, v.disk.Cache(), log)
	if err != nil {
		return err
	}
	g := c.Current()
	if g == nil {
		return fmt.Errorf("there is no generation\n%s", &complaints)
	}
	settings, have := c.Have()
	if settings < v.settings {
		return fmt.Errorf("settings went back from %d to %d", v.settings, settings)
	}
	moved := settings != v.settings
	for ch, rev := range v.have {
		if have[ch] < rev {
			return fmt.Errorf("channel %s went back from revision %d to %d", ch, rev, have[ch])
		}
	}
	for ch, rev := range have {
		moved = moved || rev != v.have[ch]
		if err := v.checkChannel(c, g, ch, rev); err != nil {
			return fmt.Errorf("channel %s revision %d: %w", ch, rev, err)
		}
	}
	if moved {
		v.changed++
	}
	v.settings, v.have = settings, have
	if err := v.checkLedger(log); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if err := v.checkVoices(p, log); err != nil {
		return fmt.Errorf("mailbox: %w", err)
	}
	if complaints.Len() > 0 {
		return fmt.Errorf("something on disk is damaged:\n%s", &complaints)
	}
	return nil
}

// checkChannel holds what is shown of a channel against the edition that the
// office signed: nothing else, nothing partial, and nothing missing but what was
// taken down, which never comes back.
func (v *victim) checkChannel(c *cache.Cache, g *cache.Generation, ch playlist.ChannelID, rev playlist.Revision) error {
	e, err := v.o.edition(ch, rev)
	if err != nil {
		return err
	}
	for _, d := range e.Takedowns {
		v.down[d.Notice] = true
	}
	for _, entry := range e.Notices {
		if !g.Library.Holds(entry.ID, entry.Version) {
			if taken, err := v.o.takenDown(ch, entry.ID); err != nil || !taken {
				return fmt.Errorf("notice %s is missing (%v)", entry.ID, err)
			}
			v.down[entry.ID] = true
			continue
		}
		if v.down[entry.ID] {
			return fmt.Errorf("notice %s was taken down and is back", entry.ID)
		}
		for _, b := range append([]playlist.Blob{{Ref: entry.Ref, Size: entry.Size}}, entry.Blobs...) {
			if _, err := c.Read(b.Ref, b.Size); err != nil {
				return fmt.Errorf("notice %s: %w", entry.ID, err)
			}
		}
	}
	for id := range v.down {
		if _, _, _, ok := g.Library.Notice(id, schedule.Sure(time.Now())); ok {
			return fmt.Errorf("notice %s was taken down and is there", id)
		}
	}
	return nil
}

// checkLedger checks that rows are numbered and chained, that those which were on
// disk before are there still, and that the office has none that the disk lacks.
func (v *victim) checkLedger(log *slog.Logger) error {
	l, err := ledger.Open(durable.OS, v.disk.Ledger(), log)
	if err != nil {
		return err
	}
	rows, err := allRows(l, uint64(max(0, len(v.rows)-1)))
	if err := errors.Join(err, l.Close()); err != nil {
		return err
	}
	id, err := v.screenID()
	if err != nil {
		return err
	}
	screen, err := v.o.c.Store.Screen(context.Background(), id)
	if err != nil {
		return err
	}
	var chain assets.Ref
	seq := uint64(0)
	if n := uint64(len(v.rows)); n > 0 {
		seq, chain = n, v.rows[n-1].Chain
		switch {
		case len(rows) > 0 && rows[0].Seq == n && rows[0].Chain == chain:
			rows = rows[1:]
		case len(rows) > 0 && rows[0].Seq == n+1 && screen.LedgerSeq >= n:
			// It was the last row of a file that went when the office had it all.
		default:
			return fmt.Errorf("row %d was on disk and is not", n)
		}
	}
	for _, r := range rows {
		if r.Seq != seq+1 || wire.Link(chain, r) != r.Chain {
			return fmt.Errorf("row %d does not follow row %d", r.Seq, seq)
		}
		seq, chain = r.Seq, r.Chain
		v.rows = append(v.rows, r)
	}
	if screen.LedgerSeq > seq {
		return fmt.Errorf("the office has %d rows, the disk %d", screen.LedgerSeq, seq)
	}
	return nil
}

// allRows reads what follows row after, from all files of a ledger.
func allRows(l *ledger.Ledger, after uint64) (all []wire.Row, err error) {
	for {
		rows, err := l.Batch(after, 100_000)
		if err != nil || len(rows) == 0 {
			return all, err
		}
		all, after = append(all, rows...), rows[len(rows)-1].Seq
	}
}

func (v *victim) screenID() (playlist.ScreenID, error) {
	data, err := os.ReadFile(filepath.Join(v.disk.Cache(), "identity.json"))
	if err != nil {
		return "", err
	}
	_, after, _ := bytes.Cut(data, []byte(`"screen":"`))
	id, _, ok := bytes.Cut(after, []byte(`"`))
	if !ok {
		return "", errors.New("the identity cannot be read")
	}
	return playlist.ScreenID(id), nil
}
