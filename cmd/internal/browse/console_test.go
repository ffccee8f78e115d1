package browse_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"

	"mingbai/cmd/internal/browse"
	"mingbai/configs"
	"mingbai/controller"
	"mingbai/controller/accounts"
	"mingbai/controller/console"
	"mingbai/controller/store"
	"mingbai/controller/store/storetest"
	"mingbai/playlist"
	"mingbai/playlist/release"
	"mingbai/playlist/wire"
)

const password = "correct horse battery"

// office is a controller with the sample county and a browser signed in to it.
type office struct {
	*testing.T
	*browse.Browser
	c      *controller.Controller
	base   string
	walked map[string]bool // addresses at which barriers were looked for
}

func open(t *testing.T, language string) *office {
	t.Helper()
	return openWith(t, language, "single", func(ctx context.Context, c *controller.Controller) error {
		_, err := c.ImportSample(ctx)
		return err
	})
}

// openWith is a controller under a policy of review, with what fill puts into it.
// tune changes its settings.
func openWith(t *testing.T, language, policy string, fill func(context.Context, *controller.Controller) error, tune ...func(*configs.Controller)) *office {
	t.Helper()
	if _, err := browse.Find(); err != nil {
		t.Fatalf("the pages can be tested in a real browser only: %v", err)
	}
	cfg := configs.DefaultController()
	cfg.Approvals.Policy = policy
	cfg.Speech.Enabled = "off"
	cfg.Data, cfg.Listen = t.TempDir(), "127.0.0.1:0"
	for _, change := range tune {
		change(&cfg)
	}
	storetest.Put(t, cfg.DatabaseFile())
	c, err := controller.NewWith(cfg, slog.New(slog.DiscardHandler), controller.Options{Passwords: accounts.Cheap})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background()) // the browser's requests outlive the test's context
	if err := fill(ctx, c); err != nil {
		t.Fatal(err)
	}
	var run sync.WaitGroup
	run.Go(func() {
		if err := c.Run(ctx); err != nil {
			t.Errorf("run the controller: %v", err)
		}
	})
	b, err := browse.Start(ctx, language)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.Close()
		stop()
		run.Wait()
		if err := c.Close(); err != nil {
			t.Errorf("close the controller: %v", err)
		}
	})
	return &office{T: t, Browser: b, c: c, base: c.URL(), walked: map[string]bool{}}
}

func (o *office) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

func (o *office) setUp() {
	o.Helper()
	token, needed, err := o.c.Accounts.SetupToken(o.Context())
	o.must(err)
	if !needed {
		o.Fatal("the controller has an account already")
	}
	o.must(o.SetUp(o.base+"/setup?token="+token, "liming", "李明", password))
	_, err = o.c.Accounts.Create(o.Context(), accounts.Person{Login: "liming"}, accounts.Details{
		Login: "wangfang", Name: "王芳", Roles: append(slices.Clone(accounts.Publishing), accounts.Technician),
	}, password)
	o.must(err)
}

// as lets somebody else sit down at the browser. The page of the one before is left
// first: its pictures are asked for with a session or not at all.
func (o *office) as(login string) {
	o.Helper()
	o.must(o.Open("about:blank"))
	o.must(o.Forget())
	o.must(o.SignIn(o.base, login, password))
}

// says checks that a part of the page says something.
func (o *office) says(selector, want string) {
	o.Helper()
	text, err := o.Text(selector)
	o.must(err)
	if !strings.Contains(text, want) {
		o.Errorf("%s says %q, not %q", selector, text, want)
	}
}

// sound checks what holds on every page: all that it draws is there, nothing
// complained, nothing is wider than the window. With MINGBAI_SHOTS a picture is kept.
func (o *office) sound(name string) {
	o.Helper()
	o.must(o.Settle())
	for _, c := range o.Complaints() {
		o.Errorf("%s: the page complains: %s", name, c)
	}
	over, err := o.Overflow()
	o.must(err)
	if over > 0 {
		o.Errorf("%s: the page is %d pixels wider than the window", name, over)
	}
	window, err := o.Ask("innerWidth + \"x\" + innerHeight")
	o.must(err)
	if want := fmt.Sprintf("%dx%d", browse.Width, browse.Height); window != want {
		o.Errorf("%s: the window is %s, not %s", name, window, want)
	}
	if dir := os.Getenv("MINGBAI_SHOTS"); dir != "" {
		data, err := o.Shot()
		o.must(err)
		o.must(os.MkdirAll(dir, 0o755))
		o.must(os.WriteFile(filepath.Join(dir, name+".png"), data, 0o644))
	}
}

// picture checks that what a window shows can be looked at from outside.
func (o *office) picture() {
	o.Helper()
	data, err := o.Shot()
	o.must(err)
	img, err := png.Decode(bytes.NewReader(data))
	o.must(err)
	if img.Bounds() != image.Rect(0, 0, browse.Width, browse.Height) {
		o.Errorf("the picture is %v", img.Bounds())
	}
}

// device is a screen of tests: it shows a code and obeys commands.
type device struct {
	code   chan string
	offers chan string // versions of programs that it is offered; empty when one is withdrawn
	say    func(wire.Type, any, ...[]byte)
	unplug func() // again and again does nothing more
}

// plug connects a device that is not known yet.
func (o *office) plug() *device {
	o.Helper()
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(o.base, "http")+"/device/v1/ws", nil)
	o.must(err)
	public, private, err := ed25519.GenerateKey(nil)
	o.must(err)
	d := &device{code: make(chan string, 1), offers: make(chan string, 16)}
	var speaking sync.Mutex
	say := func(typ wire.Type, body any, blobs ...[]byte) {
		data, err := wire.Encode(typ, body, blobs...)
		speaking.Lock()
		defer speaking.Unlock()
		if err == nil {
			err = conn.WriteMessage(websocket.BinaryMessage, data)
		}
		if err != nil {
			o.Logf("the device cannot speak: %v", err)
		}
	}
	d.say = say
	var work sync.WaitGroup
	work.Go(func() {
		have := map[playlist.ChannelID]playlist.Revision{}
		settings := playlist.Revision(0)
		hello := wire.Hello{Version: wire.Version, Key: public, Program: "test 1.0", System: "linux/amd64", Kind: playlist.Touch, Panel: playlist.Panel{Width: 1080, Height: 1920, WidthMM: 268, HeightMM: 476}, Host: "test"}
		for {
			_, data, err := conn.ReadMessage()
			if err != nil {
				return // the test is over
			}
			m, err := wire.Decode(data)
			if err != nil {
				o.Errorf("the device hears what it cannot read: %v", err)
				return
			}
			switch m.Type {
			case wire.TypeChallenge:
				var c wire.Challenge
				if err := m.Into(&c); err != nil {
					o.Error(err)
				}
				hello.Signature = wire.SignHello(c.Nonce, private)
				say(wire.TypeHello, hello)
			case wire.TypePairing:
				var p wire.Pairing
				if err := m.Into(&p); err != nil {
					o.Error(err)
				}
				select {
				case d.code <- p.Code:
				default:
				}
			case wire.TypePush:
				var p wire.Push
				if err := m.Into(&p); err != nil {
					o.Error(err)
				}
				if p.Channel.IsZero() {
					settings = p.Revision
				} else {
					have[p.Channel] = p.Revision
				}
				say(wire.TypeAdopted, wire.Adopted{Settings: settings, Have: have})
			case wire.TypeOffer:
				var offer wire.Offer
				if err := m.Into(&offer); err != nil {
					o.Error(err)
				}
				p, err := release.OpenPackage(offer.Package)
				if err != nil && offer.Package.Payload != nil {
					o.Error(err)
				}
				d.offers <- p.Version
			case wire.TypeCommand:
				var c wire.Command
				if err := m.Into(&c); err != nil {
					o.Error(err)
				}
				r := wire.Result{ID: c.ID, OK: true}
				if c.Kind != wire.CommandScreenshot {
					say(wire.TypeResult, r)
					continue
				}
				var shot bytes.Buffer
				if err := png.Encode(&shot, image.NewGray(image.Rect(0, 0, 54, 96))); err != nil {
					o.Error(err)
				}
				say(wire.TypeResult, r, shot.Bytes())
			}
		}
	})
	d.unplug = func() {
		conn.Close()
		work.Wait()
	}
	o.Cleanup(d.unplug)
	return d
}

// TestConsole is a clerk's and a technician's day as a person clicks it, and
// then every page in both languages. One controller serves both: the sample
// county takes its time.
func TestConsole(t *testing.T) {
	o := open(t, "zh-CN")
	o.story()
	o.pages()
	o.phone()
}

// phone looks at what a technician opens beside a screen: the page answers before
// the menu does, and nothing is wider than the telephone.
func (o *office) phone() {
	o.Helper()
	o.as("wangfang")
	o.must(o.Resize(390, 844))
	defer func() { o.must(o.Resize(browse.Width, browse.Height)) }()
	for _, path := range []string{"/screens", "/screens/hall-touch-1", "/warnings", "/patrol", "/lines", "/pairing", "/updates", "/notices", "/write/announcement", "/backups"} {
		o.must(o.Open(o.base + path))
		if over, err := o.Overflow(); err != nil || over > 0 {
			o.Errorf("%s is %d pixels wider than a telephone (%v)", path, over, err)
		}
		if top, err := o.Ask(`String(document.querySelector("h1").getBoundingClientRect().top < 200)`); err != nil || top != "true" {
			o.Errorf("%s begins below the menu on a telephone (%v)", path, err)
		}
	}
	o.must(o.Open(o.base + "/screens"))
	o.must(o.Until(`document.querySelectorAll("#rows tr[aria-rowindex]").length > 5`)) // drawn by the script
	if over, err := o.Ask(`String([...document.querySelectorAll("#rows tr")].filter((tr, i, all) => tr.scrollHeight > tr.clientHeight + 1 || i && tr.getBoundingClientRect().top < all[i-1].getBoundingClientRect().bottom - 1).length)`); err != nil || over != "0" {
		o.Errorf("%s rows of screens lie over each other on a telephone (%v)", over, err)
	}
	o.must(o.Click(".opener"))
	o.must(o.Until(`document.querySelector(".side ul").offsetHeight > 200`))
	o.must(o.Press(`.side a[href="/screens"]`))
}

func (o *office) story() {
	t := o.T
	o.must(o.Open(o.base + "/"))
	o.says("main", "还没有人注册")
	o.sound("signin")
	o.picture()
	o.must(o.Open(o.base + "/setup?token=none"))
	o.sound("setup")
	o.setUp()
	o.as("wangfang")
	o.must(o.Open(o.base + "/nothing"))
	o.Complaints() // of the 404 that was asked for
	o.sound("error")
	o.must(o.Open(o.base + "/notices"))
	o.sound("welcome")

	// A device is paired.
	d := o.plug()
	code := <-d.code
	o.must(o.Open(o.base + "/pairing"))
	o.must(o.Wait("#live table"))
	o.sound("pairing")
	o.must(o.Fill("input[name=code]", "12"))
	o.must(o.Fill("select[name=site]", "liuxi"))
	o.must(o.Fill("input[name=name]", "柳溪村文化礼堂触摸屏"))
	o.must(o.Press("main button.primary"))
	o.says(".finding.stop", "六位数字")
	o.says("main", "确认配对")
	o.Complaints() // a refused form is a 422, which the browser notes
	o.must(o.Fill("input[name=code]", code[:3]+" "+code[3:]))
	o.must(o.Press("main button.primary"))
	o.says("h1", "柳溪村文化礼堂触摸屏")
	o.says(".done", "配对成功")
	o.must(o.Until(`document.querySelector("#state").innerText.includes("正常")`))
	o.must(o.Press(`button[value=screenshot]`))
	o.must(o.Until(`document.querySelector(".shot img")`))
	o.sound("screen")
	o.must(o.Open(o.base + "/screens"))
	o.says("#screens", "柳溪村文化礼堂触摸屏")
	o.sound("screens")
	o.must(o.Fill("#find", "不存在"))
	o.must(o.Until(`!document.querySelector("#none").hidden`))

	// An announcement is written; what is wrong stands beside its field.
	o.must(o.Open(o.base + "/write/announcement"))
	o.must(o.Settle())
	o.must(o.Fill("input[name=title]", "关于柳溪村自来水管道检修的通知"))
	o.must(o.Fill("textarea[name=text]", "全体村民：\n因主管道老化，11月25日上午8时至下午6时检修，请提前储水。\n# 停水范围\n- 一组至四组\n- 村小学\n恢复供水后请先放水一分钟。"))
	o.must(o.Press("button[value=publish]"))
	o.says("[data-field=column]", "请选择栏目")
	if v, err := o.Text("#writing"); err != nil || !strings.Contains(v, "发布前要处理") {
		t.Errorf("the form does not say what to do: %q %v", v, err)
	}
	o.Complaints()
	o.must(o.Fill("select[name=column]", "cunwu"))
	o.must(o.Fill("select[name=site]", "liuxi"))
	o.must(o.Fill("input[name=led]", "11月25日8时至18时停水，请提前储水"))
	o.sound("write")
	o.must(o.Fill("textarea[name=text]", "全体村民：\n因主管道老化，\U000F0001明日检修。"))
	o.must(o.Settle())
	o.says(".missing", "字库里没有这些字")
	o.must(o.Until(`window.scrollTo(0, 9999) || true`))
	o.sound("write-end")
	o.must(o.Fill("textarea[name=text]", "全体村民：\n因主管道老化，11月25日上午8时至下午6时检修，请提前储水。\n# 停水范围\n- 一组至四组\n- 村小学\n恢复供水后请先放水一分钟。"))
	o.must(o.Settle())
	if shown, err := o.Has(".missing[hidden]"); err != nil || !shown {
		t.Errorf("the missing characters are still named: %v", err)
	}
	o.must(o.Press("button[value=publish]"))
	o.says("h1", "关于柳溪村自来水管道检修的通知")
	o.says(".done", "已发布")
	path, err := o.Path()
	o.must(err)
	o.sound("notice-announcement")

	o.must(o.Open(o.base + "/notices"))
	o.says("table", "关于柳溪村自来水管道检修的通知")
	o.sound("notices")

	// It is revised, then taken down.
	o.must(o.Open(o.base + path + "/revise"))
	o.must(o.Fill("input[name=title]", "关于柳溪村自来水管道检修延期的通知"))
	o.sound("revise")
	o.must(o.Press("button[value=publish]"))
	o.says("h1", "延期")
	o.says("main", "第 2 版")
	o.must(o.Fill("input[name=reason]", "内容有误，更正后重发"))
	o.must(o.Press("button.danger"))
	o.says(".facts", "已下架")
	o.sound("notice-down")

	// An exercise is raised and lifted.
	o.must(o.Open(o.base + "/alerts"))
	o.must(o.Settle())
	o.must(o.Fill("input[name=type]", "暴雨"))
	o.must(o.Fill("input[name=action]", "马上到村小学二楼集合"))
	o.must(o.Fill("input[name=exercise]", "on"))
	o.sound("alerts-writing")
	o.must(o.Press("form#warning button.danger"))
	o.says(".inforce", "演练")
	o.says(".inforce", "马上到村小学二楼集合")
	o.sound("alerts")
	o.must(o.Open(o.base + "/screens"))
	o.must(o.Press("#rows a"))
	o.sound("screen-alert")
	o.must(o.Open(o.base + "/alerts"))
	o.must(o.Press(".inforce button.danger"))
	o.says(".inforce", "已解除")

	o.residents()
	o.boards()

	// The device loses its line.
	d.unplug()
	o.must(o.Open(o.base + "/screens"))
	o.must(o.Until(`document.querySelector("#rows") && document.querySelector("#rows").innerText.includes("离线")`))
	o.says("#screens", "网线") // what to do next
	o.sound("screens-offline")

	o.as("liming")
	o.must(o.Open(o.base + "/audit"))
	o.says("table", "下架")
	o.says("table", "配对屏幕")
	o.sound("audit")
	o.must(o.Open(o.base + "/people"))
	o.sound("people")
	o.must(o.Press(".foot form[action=\"/signout\"] button"))
	o.says("main", "账号")
}

// pages opens every page in both languages, with each kind of notice and screen.
func (o *office) pages() {
	paths := map[string]string{}
	for _, p := range console.Paths() {
		paths[strings.ReplaceAll(strings.TrimPrefix(p, "/"), "/", "-")] = p
	}
	for kind, id := range o.samples() {
		paths["notice-"+string(kind)] = "/notices/" + string(id)
	}
	screens, err := o.c.Store.Screens(o.Context())
	o.must(err)
	for _, s := range screens {
		paths["screen-"+string(s.Kind)] = "/screens/" + string(s.ID)
		paths["forecast-"+string(s.Kind)] = "/screens/" + string(s.ID) + "/forecast"
		paths["edit-"+string(s.Kind)] = "/screens/" + string(s.ID) + "/edit"
	}
	paths["rule"] = "/programme/qinghe/rules/shiwai-duanxun"
	paths["list"] = "/programme/qinghe/lists/dengping"
	admin := map[string]string{}
	for _, p := range console.AdminPaths() {
		admin["admin"+strings.ReplaceAll(p, "/", "-")] = p
	}
	for login, paths := range map[string]map[string]string{"wangfang": paths, "liming": admin} {
		o.as(login)
		for _, language := range []string{"zh", "en"} {
			for name, p := range paths {
				o.must(o.Open(o.base + p))
				o.sound(language + "-" + name)
			}
			o.must(o.Press(`button[name="lang"]`))
		}
	}
}

// samples finds a notice of every kind.
func (o *office) samples() map[playlist.Kind]playlist.NoticeID {
	o.Helper()
	out := map[playlist.Kind]playlist.NoticeID{}
	for _, kind := range []playlist.Kind{playlist.KindAnnouncement, playlist.KindGuide, playlist.KindFund, playlist.KindMedia} {
		rows, err := o.c.Store.Notices(o.Context(), store.NoticeFilter{Kind: kind, Limit: 1})
		o.must(err)
		for _, r := range rows {
			out[kind] = r.ID
		}
	}
	return out
}
