// Package page lays the touchscreen's pages out. Draw turns a library, a moment
// and the state of a view into a scene.Frame, the same pixels on a kiosk, in the
// console's preview and in a golden picture.
//
// It promises that sizes follow the panel's millimetres, that every page hangs
// on the same two vertical lines with the same bar in the same place, that no
// line of text is cut or lies upon another (Audit says so), and that nothing is
// drawn which cannot be touched where it looks as if it could. What to show and
// when, gestures and idle time are left to the program that calls it.
package page
