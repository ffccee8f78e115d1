// Package x11 speaks the X protocol over one connection of its own: greeting,
// requests, replies, events, extensions, atoms. It is what kiosk/display needs
// of X11 and no binding: requests are bytes, and messages are handed on as they
// came.
//
// It promises that nothing that a server sends makes it panic or grow without
// bound, and that any goroutine may send while one reads. It leaves to others
// what the requests mean.
package x11
