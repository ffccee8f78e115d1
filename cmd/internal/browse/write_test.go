package browse_test

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// picture writes a picture for a test to upload.
func picture(t *testing.T, name string) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 640, 480))
	for y := range 480 {
		for x := range 640 {
			img.SetRGBA(x, y, color.RGBA{uint8(x), uint8(y), 90, 255})
		}
	}
	path := filepath.Join(t.TempDir(), name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestWriting is a clerk at the forms. One controller serves both parts.
func TestWriting(t *testing.T) {
	o := open(t, "zh-CN")
	o.setUp()
	t.Run("guard", func(t *testing.T) { o.part(t, (*office).guarded) })
	t.Run("kept", func(t *testing.T) { o.part(t, (*office).written) })
}

// written: what a clerk types is kept before it is saved, a paste from Word keeps
// its headings and its table, and pictures come one by one.
func (o *office) written() {
	t := o.T
	o.as("wangfang")
	o.must(o.Open(o.base + "/write"))
	o.says("ul.kinds", "值班表")
	o.sound("write-kinds")
	word, err := os.ReadFile("../../../controller/richtext/testdata/word.html")
	o.must(err)
	o.must(o.Open(o.base + "/write/announcement"))
	o.must(o.Settle())
	o.must(o.Paste("textarea[name=text]", string(word), "plain"))
	o.must(o.Until(`document.querySelector("textarea[name=text]").value.includes("| 普通居民 | 400 | 700 |")`))
	o.must(o.Until(`document.querySelector("input[name=title]").value === "关于调整城乡居民医保缴费时间的通知"`))
	o.says("[data-told]", "1 张表")
	o.must(o.Upload("input[name=files]", picture(t, "one.png"), picture(t, "two.png")))
	o.must(o.Until(`document.querySelectorAll(".thumb").length === 2 && document.querySelectorAll(".uploads li").length === 0`))
	o.must(o.Fill(".thumb:nth-child(2) [name=picture_caption]", "第二张"))
	o.must(o.Click(".thumb:nth-child(2) [data-move=insert]"))
	o.must(o.Until(`document.querySelector("textarea[name=text]").value.includes("[图2] 第二张")`))
	o.must(o.Click(".thumb:nth-child(2) [data-move=up]"))
	o.must(o.Until(`document.querySelector("textarea[name=text]").value.includes("[图1] 第二张") && document.querySelector(".thumb [name=picture_caption]").value === "第二张"`))
	bad := filepath.Join(t.TempDir(), "文件.pdf")
	o.must(os.WriteFile(bad, []byte("%PDF-1.7"), 0o644))
	o.must(o.Upload("input[name=files]", bad))
	o.must(o.Until(`document.querySelector(".uploads").innerText.includes("“文件.pdf”是 PDF")`))
	o.Complaints() // of the 422
	o.must(o.Until(`document.querySelector("[data-saved]").innerText.startsWith("已自动保存")`))
	o.must(o.Until(`document.querySelector("#writing").dataset.checked`))
	o.sound("write-pasted")
	o.must(o.Until(`window.scrollTo(0, document.querySelector(".pictures").offsetTop - 80) || true`))
	o.sound("write-pictures")

	// The session ends; nothing is lost and the page says what to do.
	o.must(o.Until(`document.querySelector("#writing").dataset.kept === "all"`))
	o.must(o.Forget())
	o.must(o.Fill("input[name=summary]", "医保缴费时间有调整"))
	o.must(o.Until(`document.querySelector(".expired a")`))
	o.Complaints() // of the 401
	o.must(o.Until(`window.onbeforeunload = null, document.querySelector("input[name=summary]").value === "医保缴费时间有调整"`))
	o.must(o.Until(`(document.querySelector("#writing").addEventListener("submit", e => e.preventDefault()), document.querySelector("#writing").requestSubmit(), true)`))
	o.as("wangfang")
	o.Complaints() // of what the page asked for meanwhile
	o.must(o.Open(o.base + "/write"))
	o.says("main", "关于调整城乡居民医保缴费时间的通知")
	o.sound("write-kept")
	o.must(o.Press(".restore a.button"))
	o.must(o.Settle())
	o.must(o.Until(`document.querySelectorAll(".thumb").length === 2`))
	o.must(o.Until(`document.querySelector("textarea[name=text]").value.includes("[图1] 第二张")`))
	o.must(o.Press("button[value=draft]"))
	o.says("h1", "关于调整城乡居民医保缴费时间的通知")
	o.must(o.Open(o.base + "/write"))
	if left, err := o.Has(".restore"); err != nil || left {
		t.Errorf("what was saved is still offered: %v", err)
	}

	// A month of duty in one click.
	o.must(o.Open(o.base + "/write/roster"))
	o.must(o.Settle())
	o.must(o.Fill("input[name=month]", "2026-12"))
	o.must(o.Fill("textarea[name=names]", "王芳、李明、赵强"))
	o.must(o.Fill("textarea[name=leads]", "陈刚、刘洋"))
	o.must(o.Press("button[value=fill]"))
	o.must(o.Until(`document.querySelectorAll(".roster tbody tr").length >= 34`))
	o.must(o.Settle())
	o.sound("write-roster")
	o.must(o.Open(o.base + "/write/led"))
	o.must(o.Settle())
	o.must(o.Fill("textarea[name=led]", "11月25日8时至18时停水，请提前储水"))
	o.must(o.Settle())
	o.sound("write-led-form")
	o.must(o.Press("button[value=draft]"))
	o.must(o.Open(o.base + "/write/media"))
	o.must(o.Settle())
	o.sound("write-media")
}
