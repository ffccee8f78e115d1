package browse_test

import (
	"fmt"
	"strings"
	"testing"

	"mingbai/cmd/internal/browse"
)

// TestDesk is a day at the desk without a mouse. One controller serves all of it:
// the sample county takes its time.
func TestDesk(t *testing.T) {
	o := bureau(t, "zh-CN")
	t.Run("keys", func(t *testing.T) { o.part(t, (*office).byKeys) })
	t.Run("sheet", func(t *testing.T) { o.part(t, (*office).sheetByKeys) })
	t.Run("drop", func(t *testing.T) { o.part(t, (*office).dropped) })
	t.Run("idle", func(t *testing.T) { o.part(t, (*office).idle) })
	t.Run("counts", func(t *testing.T) { o.part(t, (*office).counts) })
	t.Run("playlist", func(t *testing.T) { o.part(t, (*office).playlistByKeys) })
}

// part runs a part of a test with what the whole has.
func (o *office) part(t *testing.T, do func(*office)) {
	t.Helper()
	own := *o
	own.T = t
	do(&own)
}

// at is true when the element with the focus matches a selector.
func at(selector string) string {
	return fmt.Sprintf("document.activeElement.matches(%q)", selector)
}

// enters types a name and a password where the focus is on the sign-in page.
func (o *office) enters(login string) {
	o.Helper()
	o.must(o.Until(at("input[name=login]")))
	o.must(o.Type(login + browse.Tab + password))
	o.must(o.Leave(browse.Enter))
	o.must(o.Wait("nav.side"))
}

// follow goes to a link or button with Tab and presses Enter on it.
func (o *office) follow(selector string) {
	o.Helper()
	o.must(o.TabTo(selector, 120))
	o.must(o.Leave(browse.Enter))
}

// leaves signs out without a mouse.
func (o *office) leaves() {
	o.Helper()
	o.follow(`form[action="/signout"] button`)
	o.must(o.Wait("input[name=login]"))
}

// byKeys: an announcement is written, reviewed by a colleague and published, all
// without a mouse.
func (o *office) byKeys() {
	const title = "关于县图书馆冬季开放时间的通知"
	o.must(o.Open("about:blank")) // a page that is open would ask without a session
	o.must(o.Forget())
	o.must(o.Open(o.base + "/signin"))
	o.enters("zhaomin")
	// The first Tab is the way past the menu.
	o.must(o.Type(browse.Tab))
	o.must(o.Until(at("a.skip") + ` && document.activeElement.getBoundingClientRect().left >= 0`))
	o.must(o.Type(browse.Enter + browse.Tab))
	o.must(o.Until(`!document.activeElement.closest("nav")`))
	o.must(o.Open(o.base + "/todo"))
	o.follow(`nav a[href="/write"]`)
	o.follow(`a[href="/write/announcement"]`)
	o.must(o.Until(at("input[name=title]")))
	o.must(o.Type(title + browse.Enter)) // Enter goes on; it sends nothing
	o.must(o.Until(at("select[name=site]")))
	o.must(o.TabTo("select[name=column]", 2))
	for range 60 {
		o.must(o.Type(browse.Down))
		if is, err := o.Ask(`document.activeElement.value`); err == nil && is == "dongtai-tongzhi" {
			break
		}
	}
	o.must(o.TabTo("textarea[name=text]", 12))
	o.must(o.Type("各位读者：" + browse.Enter + "12月1日起，每周二至周日9:00至18:00开放。"))
	o.must(o.TabTo("input[name=hotline]", 30))
	o.must(o.Type(browse.Escape)) // does no harm
	o.must(o.Until(`document.querySelector("textarea[name=text]").value.split("\n").length === 2`))
	o.must(o.Settle()) // which may hide a button for another
	o.must(o.TabTo("button[data-send]", 30))
	o.must(o.Leave(browse.Enter))
	o.says(".done", "已送审")
	o.says("h1", title)
	path, err := o.Path()
	o.must(err)
	o.leaves()

	o.enters("lina")
	o.says("main", title)
	o.follow(fmt.Sprintf(`main a.act[href^=%q]`, path))
	o.says("h1", title)
	o.follow(".verdict .deeds button.primary")
	o.must(o.Open(o.base + path + "/review")) // typed by hand, the same person has both
	for i := range 20 {
		if left, err := o.Has(`input[name^="tick."]:not(:checked)`); err != nil || !left {
			o.must(err)
			if i == 0 {
				o.Error("there is no secrecy list")
			}
			break
		}
		o.must(o.TabTo(`input[name^="tick."]:not(:checked)`, 90))
		o.must(o.Type(browse.Space))
	}
	o.sound("keys-secrecy")
	o.follow(".verdict .deeds button.primary")
	o.leaves()

	o.enters("zhaomin")
	o.follow(fmt.Sprintf(`main a.act[href^=%q]`, path))
	o.follow(".verdict .deeds button.primary")
	o.says(".done", "已发布")
	o.Complaints()
}

// playlistByKeys: the first of a playlist comes later, and it is saved.
func (o *office) playlistByKeys() {
	o.as("wangfang")
	o.must(o.Open(o.base + "/programme/qinghe/lists/dengping"))
	o.must(o.Settle())
	const order = `[...document.querySelectorAll("#items .chosen input[name^=order-]")].map(i => i.name).join(" ")`
	before, err := o.Ask(order)
	o.must(err)
	was := strings.Fields(before)
	if len(was) < 2 {
		o.Fatalf("the playlist has %q", before)
	}
	o.must(o.TabTo(`#items .chosen:nth-child(1) [data-move=down]`, 80))
	o.must(o.Type(browse.Enter))
	o.must(o.Until(order + fmt.Sprintf(`.startsWith("%s %s")`, was[1], was[0])))
	// The focus stays with what was moved.
	o.must(o.Until(fmt.Sprintf(`document.activeElement.closest("tr").querySelector("input").name === %q`, was[0])))
	o.must(o.Settle())
	o.must(o.TabTo("button[value=save]", 400))
	o.must(o.Leave(browse.Enter))
	o.says(".done", "已保存")
	o.must(o.Open(o.base + "/programme/qinghe/lists/dengping"))
	o.must(o.Settle())
	o.must(o.Until(order + fmt.Sprintf(`.startsWith("%s %s")`, was[1], was[0])))
}
