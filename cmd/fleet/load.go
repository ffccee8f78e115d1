package main

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"mingbai/cmd/internal/swarm"
	"mingbai/playlist"
)

// loadOptions are what a load is told.
type loadOptions struct {
	Controller, CA      string
	Token, MetricsToken string // files
	Pid                 int

	Screens, Real    int
	Sites            words
	For              time.Duration
	From             addresses
	Dials            int
	Report, Rows     time.Duration
	Blobs, Plain     bool
	Publish          time.Duration
	Text             int
	Storm, Keep, Yes bool
	JSON             string
	Shares           shares
}

// loadFlags are the flags of a load beside those that it has in common with
// others.
func (o *loadOptions) flags(f *flag.FlagSet) {
	f.StringVar(&o.Controller, "controller", "", "load the controller at this `URL`, http or https")
	f.StringVar(&o.CA, "ca", "", "PEM `FILE` of the authority of the controller's certificate")
	f.StringVar(&o.Token, "token", "", "`FILE` with a token of the controller's API; the one in its data folder has all rights")
	f.StringVar(&o.MetricsToken, "metrics-token", "", "`FILE` with the token of the controller's /metrics, to see its memory, CPU and descriptors")
	f.IntVar(&o.Pid, "pid", 0, "process of the controller, if it runs on this machine: `PID` to look at in /proc")
	f.IntVar(&o.Real, "real", 0, "so many of the screens run the code of real ones and verify every signature")
	f.Var(&o.Sites, "site", "stand at these `SITES`, with commas; without it at all that have none below")
	f.DurationVar(&o.For, "for", 0, "how `LONG`: 10m is ten minutes (default 2m, or 8h of a soak)")
	f.Var(&o.From, "from", "call from these local `ADDRESSES`, with commas (default: the system's choice, or eight of 127.0.0.x if the controller is there)")
	f.IntVar(&o.Dials, "dials", 0, "handshakes at once (default 256)")
	f.DurationVar(&o.Report, "report", 0, "`TIME` between a screen's reports (default: as the controller asks)")
	f.DurationVar(&o.Rows, "rows", 10*time.Second, "`TIME` between a screen's rows of the record of display; 0: none")
	f.BoolVar(&o.Blobs, "blobs", true, "fetch pictures and texts that do not come with an edition, as real screens do")
	f.BoolVar(&o.Plain, "plain", false, "take no compression")
	f.DurationVar(&o.Publish, "publish", 0, "publish a notice every so `OFTEN`, at the root of the county; taken down at the end")
	f.IntVar(&o.Text, "text", 400, "so many `CHARACTERS` of text in a notice")
	f.BoolVar(&o.Storm, "storm", false, "cut all connections at once at half time, as a power cut does, and see when all are back")
	f.BoolVar(&o.Keep, "keep", false, "leave the simulated screens enrolled at the end")
	f.BoolVar(&o.Yes, "yes", false, "load a controller that has real screens too")
	o.Shares = shares{}
	for _, m := range swarm.Manners[1:] {
		f.Func(string(m), fmt.Sprintf("`PART` of the screens that %s: 4%% or 0.04", does[m]), o.Shares.of(m))
	}
}

// does says in a word what a manner does.
var does = map[swarm.Manner]string{
	swarm.Stalled: "do not read what they are sent", swarm.Flapping: "break their connections after seconds", swarm.Slow: "read a few hundred bytes a second",
	swarm.Lying: "report impossible figures", swarm.Garbling: "send what is no message", swarm.Mute: "never acknowledge",
	swarm.Greedy: "fetch every blob again and again", swarm.Storming: "report as fast as they can",
}

// shares are parts of all screens, 0 to 1, by manner.
type shares map[swarm.Manner]float64

func (s shares) of(m swarm.Manner) func(string) error {
	return func(text string) error {
		number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
		v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil {
			return errors.New("it is a part as 4% or 0.04")
		}
		if percent {
			v /= 100
		}
		if !(v >= 0 && v <= 1) {
			return errors.New("it is between 0 and 100%")
		}
		s[m] = v
		return nil
	}
}

func (s shares) sum() (sum float64) {
	for _, v := range s {
		sum += v
	}
	return sum
}

// golden spreads numbers evenly: the parts of its multiples after the point.
const golden = 0.6180339887498949

// manner is how screen i behaves. Those of a manner are spread evenly over all.
func (s shares) manner(i int) swarm.Manner {
	at := math.Mod(float64(i)*golden, 1)
	for _, m := range swarm.Manners[1:] {
		if at -= s[m]; at < 0 {
			return m
		}
	}
	return swarm.Good
}

// good reports whether screen i behaves: the real ones do.
func (o *loadOptions) good(i int) bool { return i < o.Real || o.Shares.manner(i) == swarm.Good }

func (o *loadOptions) goods() (n int) {
	for i := range o.Screens {
		if o.good(i) {
			n++
		}
	}
	return n
}

// words is a list with commas.
type words []playlist.SiteID

func (w *words) String() string { return fmt.Sprint([]playlist.SiteID(*w)) }

func (w *words) Set(text string) error {
	for t := range strings.SplitSeq(text, ",") {
		id, err := playlist.ParseSiteID(strings.TrimSpace(t))
		if err != nil {
			return err
		}
		*w = append(*w, id)
	}
	return nil
}

// addresses is a list with commas.
type addresses []netip.Addr

func (a *addresses) String() string { return fmt.Sprint([]netip.Addr(*a)) }

func (a *addresses) Set(text string) error {
	for t := range strings.SplitSeq(text, ",") {
		v, err := netip.ParseAddr(strings.TrimSpace(t))
		if err != nil {
			return err
		}
		*a = append(*a, v)
	}
	return nil
}

// loopback are eight addresses of this machine: the ports of one are too few for
// tens of thousands of calls that come and go.
func loopback() (list addresses) {
	for i := byte(1); i <= 8; i++ {
		list = append(list, netip.AddrFrom4([4]byte{127, 0, 0, i}))
	}
	return list
}

// check completes the options.
func (o *loadOptions) check() error {
	set := func(v *time.Duration, def time.Duration) {
		if *v == 0 {
			*v = def
		}
	}
	set(&o.For, 2*time.Minute)
	if o.Screens == 0 {
		o.Screens = 1000
	}
	switch {
	case o.Screens < 1 || o.Real < 0 || o.Real > o.Screens:
		return errors.New("-screens is at least 1, and -real no more than that")
	case o.For < 0 || o.Publish < 0 || o.Report < 0 || o.Rows < 0:
		return errors.New("times are not negative")
	case o.Token == "":
		return errors.New("-token is needed: a file with a token of the controller's API, which lies in its data folder")
	case o.Shares.sum() > 1:
		return errors.New("the parts that misbehave are more than all")
	}
	return nil
}
