// Package playlist is the domain: sites, screens, columns, notices of each kind
// with their validation, playlists, editions and the library that a screen reads
// them from. It is pure; it knows nothing of machines, networks or databases.
//
// It promises that Validate names the field it complains about, that Compile
// gives the same bytes for the same input, and that a Library never shows a
// notice that is outside its window or taken down. Signing and the device
// protocol are in playlist/wire, time in playlist/schedule, drawing in
// playlist/scene.
package playlist
