package cmd

import (
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// far NAME KIND at SITE: a screen on a machine with a network of its own, at the
// end of a wire to the office, which has to listen on every address. It is as
// patient with its line as one that is installed, but notices its silence sooner.
func far(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 4, 4, "far NAME touch|led at SITE")
	office, err := url.Parse(w.url)
	ts.Check(err)
	l, err := newLine() // of no use to it
	ts.Check(err)
	s := &screen{name: args[0], kind: args[1], site: args[3], line: l, cable: newCable(), config: filepath.Join(w.dir, args[0]+".toml")}
	p := panelOf(s)
	home := "http://" + net.JoinHostPort(s.cable.address(), office.Port())
	text := fmt.Sprintf("controller = %q\ndata = %q\nname = %q\n\n[panel]\nwidth = %d\nheight = %d\nwidth_mm = %d\nheight_mm = %d\n",
		home, w.disk(s), s.name, p.Width, p.Height, p.WidthMM, p.HeightMM)
	ts.Check(os.WriteFile(s.config, []byte(text), 0o644))
	w.screens[s.name] = s
	w.startScreen(ts, s)
}

// wireWord: wire NAME whole|dead|deaf|dumb|flapping|thin
func wireWord(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 2, 2, "wire NAME whole|dead|deaf|dumb|flapping|thin")
	w.began = time.Now()
	if err := w.screen(ts, args[0]).cable.become(args[1]); err != nil {
		w.fail(ts, "%v", err)
	}
}

// count: from now on, bytes to every far screen are counted.
func count(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 0, 0, "count")
	w.each(ts, "every", func(s *screen) {
		n, err := s.cable.sent()
		ts.Check(err)
		s.cable.counted = n
	})
}

// carried NAME at most N of OTHER: the wire of one screen has carried that many
// times the bytes that of the other has.
func carried(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 6, 6, "carried NAME at most N of OTHER")
	most, err := strconv.ParseFloat(args[3], 64)
	ts.Check(err)
	bytes := func(name string) uint64 {
		s := w.screen(ts, name)
		n, err := s.cable.sent()
		ts.Check(err)
		return n - s.cable.counted
	}
	got, need := bytes(args[0]), bytes(args[5])
	ts.Logf("%d bytes went to %s, %d to %s: %.2f", got, args[0], need, args[5], float64(got)/float64(need))
	if float64(got) > most*float64(need) {
		w.fail(ts, "%d bytes went to %s, and %d to %s", got, args[0], need, args[5])
	}
}

// right NAME within DURATION: so soon after its wire was made whole the office
// says that the screen has all that it should.
func right(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 3, 3, "right NAME within DURATION")
	limit, err := time.ParseDuration(args[2])
	ts.Check(err)
	s := w.screen(ts, args[0])
	w.untilWithin(ts, limit*slowness+patience, s.name+" is right again", func() (bool, string) {
		st, err := w.state(s)
		if err != nil {
			return false, err.Error()
		}
		for ch, r := range st.Desired {
			if st.Reported[ch] != r {
				return false, fmt.Sprintf("it has %v of %v", st.Reported, st.Desired)
			}
		}
		return st.Online, st.Condition
	})
	took := time.Since(w.began)
	ts.Logf("%s was right again after %v", s.name, took.Round(time.Millisecond))
	if most := time.Duration(float64(limit) * w.pace.slower(w.began, time.Now())); took > most {
		w.fail(ts, "%s was right again after %v, wanted %v, which is %v here", s.name, took, limit, most)
	}
}

// publish-long SITE NOTICE TITLE KB: an announcement of so much text that no line
// makes it much smaller; that of a notice is the same in every run, or one day in
// many there would be words in it that may not be published.
func publishLong(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 4, 4, "publish-long SITE NOTICE TITLE KB")
	size, err := strconv.Atoi(args[3])
	ts.Check(err)
	n := playlist.Notice{
		ID: playlist.NoticeID(args[1]), Kind: playlist.KindAnnouncement, Site: playlist.SiteID(args[0]), Column: "tongzhi",
		Title: args[2], LED: args[2], Issuer: "青禾县政务公开办公室", Issued: schedule.DateOf(time.Now()),
		Announcement: &playlist.Announcement{Genre: "公告"},
	}
	dice := rand.New(rand.NewPCG(1, uint64(crc32.ChecksumIEEE([]byte(args[1])))))
	for left := size << 10; left > 0; {
		var text strings.Builder
		for range 400 {
			text.WriteRune(rune(0x4e00 + dice.IntN(0x3000)))
		}
		left -= text.Len()
		n.Announcement.Blocks = append(n.Announcement.Blocks, playlist.Block{Kind: playlist.Paragraph, Text: text.String() + "。"})
	}
	w.began = time.Now()
	w.must(ts, "POST", "/notices", map[string]any{"notice": n}, nil)
}
