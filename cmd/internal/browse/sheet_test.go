package browse_test

import (
	"fmt"
	"mingbai/cmd/internal/browse"
)

// seen is empty when somebody who looks at the page sees where the focus is: on
// something that is in the window, not covered by another part and drawn apart from
// what has no focus.
const seen = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body) return "the focus is nowhere";
	const name = e.outerHTML.slice(0, 120), r = e.getBoundingClientRect();
	if (r.bottom <= 0 || r.right <= 0 || r.top >= innerHeight || r.left >= innerWidth) return "out of the window: " + name;
	const x = Math.min(Math.max((r.left + r.right) / 2, 0), innerWidth - 1), y = Math.min(Math.max((r.top + r.bottom) / 2, 0), innerHeight - 1);
	const top = document.elementFromPoint(x, y);
	if (top && !e.contains(top) && !top.contains(e) && ![...(e.labels || [])].some(l => l.contains(top)) && !top.classList.contains("w")) return "below " + top.outerHTML.slice(0, 80) + ": " + name;
	for (let p = e; p && p !== document.body; p = p.parentElement) {
		const s = getComputedStyle(p);
		if (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1) return "";
		if (p !== e && p.matches("form, main, tr, section")) break;
	}
	return "not drawn: " + name;
})()`

// key presses keys and wants to see where the focus is afterwards.
func (o *office) key(keys ...string) {
	o.Helper()
	for _, k := range keys {
		o.must(o.Type(k))
		o.sees("after " + fmt.Sprintf("%.12q", k))
	}
}

// sees fails if the focus cannot be seen.
func (o *office) sees(when string) {
	o.Helper()
	what, err := o.Ask(seen)
	o.must(err)
	if what != "" {
		o.Errorf("%s: %s", when, what)
	}
}

// tabs presses Tab until what matches has the focus, which is seen at every stop.
func (o *office) tabs(selector string, limit int) {
	o.Helper()
	for range limit {
		o.key(browse.Tab)
		if is, err := o.Ask(`String(` + at(selector) + `)`); err != nil || is == "true" {
			o.must(err)
			return
		}
	}
	on, _ := o.Focused() // for the message only
	o.Fatalf("%s is not among the next %d stops of the Tab key; the focus is at %s", selector, limit, on)
}

// picks chooses a line of the list that has the focus with the arrow.
func (o *office) picks(value string) {
	o.Helper()
	for range 60 {
		if is, err := o.Ask(`document.activeElement.value`); err != nil || is == value {
			o.must(err)
			return
		}
		o.must(o.Type(browse.Down))
	}
	o.Fatalf("the list has no %s", value)
}

// cell is the input of a row and a column of the first table, both from 0.
func cell(row, column int) string {
	return fmt.Sprintf("#table0 tr[data-row='%d'] td:nth-of-type(%d) input", row, column+1)
}

// sheetByKeys: a table of money is typed in as in a sheet, added to, pasted into,
// mended and sent, all without a mouse, and the focus is seen at every stop.
func (o *office) sheetByKeys() {
	const tab, enter = browse.Tab, browse.Enter
	o.must(o.Open("about:blank"))
	o.must(o.Forget())
	o.must(o.Open(o.base + "/signin"))
	o.enters("zhaomin")
	o.must(o.Open(o.base + "/write"))
	o.tabs(`a[href="/write/fund"]`, 60)
	o.must(o.Leave(enter))
	o.must(o.Settle())
	o.must(o.Until(at("input[name=title]")))
	o.sees("at the beginning")
	o.must(o.Type("2026年农家书屋补助资金使用情况"))
	o.tabs("select[name=column]", 3)
	o.picks("zijin-xiangmu")
	o.tabs(`input[name="t0.title"]`, 20)
	o.key("农家书屋补助")
	o.tabs(cell(0, 0), 40)

	// A row is typed with Tab, and its end leads to the next one; Enter goes to where
	// the row began, one lower; behind the last row there is always another.
	o.key("农家书屋更新", tab, "中央", tab, "12", tab, "图书补充", tab)
	o.on(1, 0)
	o.key("乡镇文化站补助", tab, "省级", tab, "6.4", enter)
	o.on(2, 0)
	o.key(browse.Up, browse.Right, browse.Right, browse.Right)
	o.on(1, 3)
	o.key("设备", tab, "送戏下乡补贴", tab, "县级", tab, "4", tab, "22个村每村2场", tab)
	o.on(3, 0)
	o.must(o.Paste(cell(3, 0), "", "书架\t县级\t2\t木制\r\n桌椅\t县级\t3\t阅览室\r\n"))
	o.must(o.Until(`document.querySelector("#table0 tfoot").innerText.includes("27.4")`))
	o.key(browse.Down, browse.Up, browse.Left)
	o.on(3, 0)

	// What stands at the end of a row is reached with the arrow. A row is added and
	// taken away, and the focus goes along.
	o.key(browse.Right, browse.Right, browse.Right, browse.Right, browse.Right, browse.Right)
	o.does(enter, 4, 0)
	o.key("临时", browse.Right, browse.Right, browse.Right, browse.Right, browse.Right, browse.Right, browse.Right)
	o.does(enter, 4, 0)
	o.must(o.Until(`document.activeElement.value === "桌椅"`))
	o.tabs(`.under button[value="row:0:-1:add"]`, 8) // by way of a new row, and out of it as it is empty
	o.does(enter, 6, 0)
	o.key(tab, tab, tab, tab)
	o.must(o.Until(at(`.under button`)))

	// A total that does not agree is not sent; the page opens where it is wrong.
	o.tabs("input[name=purpose]", 30)
	o.key("农家书屋和文化站")
	o.tabs("input[name=total]", 30)
	o.key("30")
	o.tabs("input[name=hotline]", 60)
	o.key("0000-6200024")
	o.tabs("button[data-send]", 40)
	o.must(o.Leave(enter))
	o.Complaints() // a 422
	o.must(o.Settle())
	o.sees("where it is wrong")
	o.must(o.Until(`document.activeElement.matches(".todo li") && document.activeElement.innerText.includes("不符")`))
	o.sound("sheet-wrong")
	o.tabs(`button[value=total]`, 1)
	o.must(o.Type(enter))
	o.must(o.Until(`document.activeElement.matches("input[name=total]") && !document.activeElement.value`))
	o.must(o.Settle())
	o.sees("after mending")
	o.must(o.Until(`document.querySelector("#writing .verdict").innerText.includes("没有发现问题")`))
	o.sound("sheet-mended")
	o.tabs("button[data-send]", 60)
	o.must(o.Leave(enter))
	o.says(".done", "已送审")
	o.says("h1", "2026年农家书屋补助资金使用情况")
	o.says("main", "27.4")
}

// on waits until the focus is in a cell of the first table.
func (o *office) on(row, column int) {
	o.Helper()
	if err := o.Until(at(cell(row, column))); err != nil {
		on, _ := o.Focused() // for the message only
		o.Fatalf("the focus is at %s: %v", on, err)
	}
}

// does presses a button with a key, which the controller answers; the focus is in a
// cell afterwards.
func (o *office) does(key string, row, column int) {
	o.Helper()
	o.must(o.Type(key))
	o.must(o.Until(`document.querySelector("#table0").inert === false`))
	o.on(row, column)
	o.sees("after a button of the table")
}
