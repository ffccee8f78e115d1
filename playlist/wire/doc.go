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
//	  |  voices{}, usage{} --------------->  |
//	  |  <--- taken{seq}, heard{}, command{} |
//	  |  result{} ------------------------>  |
//
// A message is one binary websocket message: a line of JSON {"type":…,"body":…}
// ended by a newline, then the bytes of the attached blobs one after the other.
// Everything is idempotent; a push is a hint, and what a device has in its hello
// is the truth.
//
// The lower of the two versions, of the challenge and of the device's program,
// is spoken; a hello with a higher one is closed with CloseVersion. Types and
// fields that a reader does not know are passed over, and so are notices of an
// edition that only a newer program can draw (playlist.DecodeListed). Every
// CloseCode says whether the device comes back and when.
//
// What this package promises: no bytes are believed that Judge has not judged,
// no attached blob is handed out that does not hash to its address, and every
// limit is checked before memory is spent on what exceeds it. What it leaves to
// others: whether a revision is new, whether a notice is in its window, and the
// connection itself.
package wire
