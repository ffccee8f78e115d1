//go:build !linux

package display

// DirectX does not read a window back; the picture is painted once more.
const (
	screenReadable   = false
	screenUpsideDown = false
)
