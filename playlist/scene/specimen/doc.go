// Package specimen holds the notices, the places and the moment from which the
// golden pictures are drawn, and lists those pictures: every kind of notice on
// every shape of panel, and the pages around them.
//
// It promises the same frames in every run, so that the painters can be compared
// on them (display, headless) and a change of the look is seen as a change of
// files. All names and numbers in it are invented.
package specimen
