package shm

import (
	"fmt"
	"image"

	"golang.org/x/sys/unix"

	"mingbai/kiosk/display/x11"
)

// memory is pixels that the X server reads too. It is a file without a name, so
// nothing of it outlives the two processes, however they end.
type memory struct {
	pix     []uint8
	size    image.Point
	segment uint32 // the server's name for it
}

// Requests of the extension MIT-SHM.
const (
	shmQueryVersion = 0
	shmDetach       = 2
	shmPutImage     = 3
	shmAttachFD     = 6
)

// shmExtension finds MIT-SHM in the version that takes open files.
func shmExtension(c *x11.Conn) (x11.Extension, error) {
	e, err := c.Extension("MIT-SHM")
	if err != nil {
		return e, err
	}
	r, err := c.Ask(e.Major, shmQueryVersion, nil)
	if err != nil {
		return e, err
	}
	if major, minor := half(r[8:]), half(r[10:]); major < 1 || major == 1 && minor < 2 {
		return e, fmt.Errorf("the shared memory of the X server is of version %d.%d; 1.2 is needed", major, minor)
	}
	return e, nil
}

func half(b []byte) int { return int(b[0]) | int(b[1])<<8 }

// share makes memory for an image of the given size and gives it to the server.
func share(c *x11.Conn, e x11.Extension, size image.Point) (*memory, error) {
	bytes := size.X * size.Y * 4
	fd, err := unix.MemfdCreate("mingbai-frame", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("making shared memory: %w", err)
	}
	defer unix.Close(fd) // the mapping and the server keep it
	if err := unix.Ftruncate(fd, int64(bytes)); err != nil {
		return nil, fmt.Errorf("making shared memory of %d bytes: %w", bytes, err)
	}
	pix, err := unix.Mmap(fd, 0, bytes, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("making shared memory of %d bytes: %w", bytes, err)
	}
	m := &memory{pix: pix, size: size, segment: c.NewID()}
	const readOnly = 1
	if err := c.SendFile(e.Major, shmAttachFD, append(x11.Words(m.segment), readOnly, 0, 0, 0), fd); err != nil {
		_ = unix.Munmap(pix)
		return nil, fmt.Errorf("sharing memory with the X server: %w", err)
	}
	return m, nil
}

// release takes the memory back. The server has read it to the end by then.
func (m *memory) release(c *x11.Conn, e x11.Extension) {
	_ = c.Send(e.Major, shmDetach, x11.Words(m.segment)) // a server that is gone holds nothing
	_ = unix.Munmap(m.pix)
	m.pix = nil
}
