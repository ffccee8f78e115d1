// Package display puts a player.Program on a real screen through ebiten. It is
// the only package that imports ebiten.
//
// It promises that a screen on which nothing moves costs next to nothing, that
// what moves does so at an even pace, that every touch and every mouse press
// reaches the program once, that Presented is called only after the pixels were
// handed to the display, and that a monitor that is unplugged and comes back
// shows the program again. Its painter agrees with scene.Paint to 4/255. A panel
// that hangs turned shows an upright picture, and its touches are turned back.
//
// It is one of two ways to a display, for machines with a graphics card and for
// Windows; kiosk/display/shm is the other. Both share mount (how a frame lies in
// a window), hands (fingers and the mouse), xinput and x11 below it. rig is what
// their tests look at screens and touch them with.
//
// It leaves to others what the frames say (kiosk/touch, kiosk/led), which
// display server runs and with which power settings: fullscreen stops the X
// screensaver, but `xset -dpms s off` belongs into the session, and a server
// that dies ends the process, for the service manager to start again. On a
// machine without a graphics card libGLESv2 should not be installed: ebiten
// would prefer it, and every frame would go through the X socket.
//
// Importing it on Linux without a display panics, so tests of this package run
// under Xvfb and everything else uses kiosk/headless.
package display
