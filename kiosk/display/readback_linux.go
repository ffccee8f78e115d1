package display

// OpenGL reads the window's own framebuffer, whose rows start at the bottom.
const (
	screenReadable   = true
	screenUpsideDown = true
)
