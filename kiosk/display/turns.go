package display

import "github.com/hajimehoshi/ebiten/v2"

// ebiten calls its event-driven mode deprecated, but offers nothing that rests
// as deeply: drawing nothing at 60 turns a second costs twenty times as much.
// The pinned version has it; everything of it that we use is here.

// scheduleTurn makes the render loop turn once, from any goroutine.
func scheduleTurn() {
	//lint:ignore SA1019 see above
	ebiten.ScheduleFrame()
}

// turnWithDisplay makes the render loop turn in step with the display, or else
// only when there are events.
func turnWithDisplay(on bool) {
	if on {
		//lint:ignore SA1019 see above
		ebiten.SetFPSMode(ebiten.FPSModeVsyncOn)
		return
	}
	//lint:ignore SA1019 see above
	ebiten.SetFPSMode(ebiten.FPSModeVsyncOffMinimum)
}
