// Package wire is the device protocol: the messages, their one version number
// with its history, and the signed envelope that carries editions and settings.
//
//	device                               controller
//	  |  <------------- challenge{nonce}     |
//	  |  hello{key, signature, have} ----->  |
//	  |  <-- pairing{code} ... enrolled{}    |   unknown device only
//	  |  <-- welcome{latest, blob_token}     |
//	  |  <-- push{envelope} + small blobs    |   for all that is newer, then as it comes
//	  |  GET /device/v1/blobs/{ref} ------>  |   what did not ride along, with Range
//	  |  adopted{have} / refused{reason} ->  |
//	  |  report{}, ledger{rows} ---------->  |
//	  |  <----------- taken{seq}, command{}  |
//	  |  result{} ------------------------>  |
//
// A message is one binary websocket message: a line of JSON {"type":…,"body":…}
// ended by a newline, then the bytes of the attached blobs one after the other.
// Everything is idempotent; a push is a hint, and what a device has in its hello
// is the truth.
package wire
