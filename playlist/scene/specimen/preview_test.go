package specimen

import (
	"image"
	"image/png"
	"os"
	"testing"

	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
)

func TestPreview(t *testing.T) {
	dir := os.Getenv("PREVIEW")
	if dir == "" {
		return
	}
	all, err := Golden()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		img := image.NewRGBA(image.Rectangle{Max: s.Frame.Size})
		scene.Paint(img, s.Frame)
		f, _ := os.Create(dir + "/" + s.Name + ".png")
		png.Encode(f, img)
		f.Close()
		if !s.LED {
			for _, p := range page.Audit(s.Frame, s.Info, s.Panel) {
				t.Log(s.Name, p)
			}
		}
	}
}
