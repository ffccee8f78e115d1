package main

import (
	"context"
	"fmt"
	"image"

	"mingbai/playlist/scene"
	"mingbai/playlist/scene/specimen"
)

// painting paints whole pages of every kind on the processor.
func painting(ctx context.Context, m *Bench) ([]Row, error) {
	pages, err := specimen.Kept(specimen.Portrait)
	if err != nil {
		return nil, err
	}
	size := image.Pt(specimen.Portrait.Width, specimen.Portrait.Height)
	img := image.NewRGBA(image.Rectangle{Max: size})
	other := make([]uint8, len(img.Pix))
	each := make([][]float64, len(pages))
	var floors []float64
	for round := range 1 + m.Rounds(12) {
		for i, p := range pages {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if p.Frame.Size != size {
				return nil, fmt.Errorf("the page %s has %v pixels, not %v", p.Name, p.Frame.Size, size)
			}
			t0 := cpuClock()
			scene.Paint(img, p.Frame)
			t1 := cpuClock()
			copy(other, img.Pix)
			t2 := cpuClock()
			if round > 0 { // the first is to warm up
				each[i], floors = append(each[i], ms(t1-t0)), append(floors, ms(t2-t1))
			}
		}
	}
	medians, slowest := slowestOf(each)
	note := fmt.Sprintf("CPU time of all goroutines together; %d pages, the median of %d rounds of each.", len(pages), m.Rounds(12))
	floorIs := "copying the same pixels once"
	return []Row{
		{Name: "device: CPU painter, 1080×1920, the slowest page", Unit: "ms", Ours: medians[slowest], Floor: median(floors), FloorIs: floorIs, Target: 15, Of: ofValue,
			Note: note + " The slowest is " + pages[slowest].Name + "."},
		{Name: "device: CPU painter, 1080×1920, the usual page", Unit: "ms", Ours: median(medians), Floor: median(floors), FloorIs: floorIs, Target: 15, Of: ofValue, Note: note},
	}, nil
}
