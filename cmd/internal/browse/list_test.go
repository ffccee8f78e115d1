package browse_test

import (
	"context"
	"testing"
	"time"

	"mingbai/configs"
	"mingbai/controller"
	"mingbai/playlist/wire"
)

// TestTenThousandScreens looks for screens among ten thousand: by typing, by chips,
// by scrolling and by keys, and sees one go black without asking.
func TestTenThousandScreens(t *testing.T) {
	var h *herd
	o := openWith(t, "zh-CN", "single", func(ctx context.Context, c *controller.Controller) error {
		_, err := c.ImportSample(ctx)
		if err == nil {
			h, err = drive(ctx, c, 10_000)
		}
		if err == nil {
			err = h.ill(ctx)
		}
		if err == nil {
			err = h.warn(ctx)
		}
		if err == nil {
			err = h.patrol(ctx, h.now.AddDate(0, 0, -1))
		}
		return err
	}, func(cfg *configs.Controller) {
		cfg.Screens.Offline = 24 * time.Hour // they report when the test says so, however long it takes
	})
	o.setUp()
	o.as("wangfang")
	o.must(o.Open(o.base + "/screens"))
	o.must(o.Until(`document.getElementById("screens").dataset.seq && document.getElementById("count").textContent.includes("共 10010 块")`))
	o.must(o.Until(`document.querySelector("#rows tr").textContent.includes("画面不动") && document.querySelectorAll("#rows tr").length < 60`))
	o.barriers("/screens")

	o.must(o.Focus("#find"))
	o.must(o.Type("h-09999"))
	o.must(o.Until(`document.querySelectorAll("#rows tr").length === 1 && document.querySelector("#row-h-09999")`))
	o.must(o.Until(`location.search === "?q=h-09999"`))
	began := time.Now()
	o.must(h.says(o.Context(), h.screens[9999], func(r *wire.Report) { r.Vitals.Picture.Black = true }))
	o.must(o.Until(`document.querySelector("#rows tr").textContent.includes("黑屏")`))
	t.Logf("a change among ten thousand was seen after %v", time.Since(began))

	o.must(o.Open(o.base + "/screens?only=trouble&sort=name&tree=off"))
	o.must(o.Until(`/列出 [12][0-9] 块/.test(document.getElementById("count").textContent) && document.querySelector("th[aria-sort=ascending]").textContent === "屏幕"`))
	o.must(o.Click(`a.chip[data-key=only]`))
	o.must(o.Until(`document.getElementById("count").textContent.includes("共 10010 块") && !location.search.includes("only")`))
	// What changes meanwhile draws the rows anew, and the focus is lost with one of them.
	o.must(o.Until(`document.querySelector("#rows tr a").focus(), document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "End", bubbles: true})), [...document.querySelectorAll("#rows tr")].at(-1).ariaRowIndex === "10011" && scrollY > 100000`))
	for _, path := range []string{"/warnings", "/warnings/w-line", "/warnings?state=closed", "/screens?view=pictures"} {
		o.barrierless(path)
	}
	o.must(o.Open(o.base + "/patrol?day=" + h.now.AddDate(0, 0, -1).Format(time.DateOnly))) // too long for looking at each row
	o.sound("patrol")
}
