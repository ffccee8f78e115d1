package x11

import "syscall"

// SendFile sends a request together with an open file, whose descriptor the
// server gets a copy of.
func (c *Conn) SendFile(major, data uint8, body []byte, fd int) error {
	_, err := c.send(major, data, body, syscall.UnixRights(fd))
	return err
}
