// Package rollout brings new programs to screens: it takes signed packages in,
// and offers one to more and more screens for as long as it does them good.
//
// It promises that nothing is offered which the pinned release keys did not
// sign; that a package goes to one screen in a hundred first, spread over the
// sites, then to one in ten, then to all; that it stops by itself when screens
// that took it fail or fall ill more often than the others, and says which and
// why; that what was chosen is on disk before a screen hears of it, so that a
// controller that is killed goes on where it was; and that a screen which was
// off is asked when it comes back. Whether a program fits and is well is left to
// the device, which returns to its former one by itself (package kiosk/update).
//
// # The rules
//
// A stage reaches 1, 10 and 100 per cent of the screens that fit (rounded up, at
// least one): those of the program's kind, system and processor, below the site
// of the rollout. The first screens of all sites come before the second of any,
// in an order that a hash of rollout and screen gives; in the first two stages
// only screens that are connected are chosen.
//
// Enough screens say done when at least one does and four in five of those that
// are connected do. From then on the stage is watched for its time (an hour, four
// hours, an hour); then the next one opens. A person may open it at once.
//
// A screen of the rollout is bad when it failed or refused, or when a warning
// about it of severity 2 or more was opened after it was offered the package; one
// whose disk has no room for the package waits and is not bad. A
// warning about the line of a site does not count if it is also about screens
// that the rollout has not reached. A screen counts once.
//
//   - Of at most ten screens, one that failed stops the rollout; so does one with
//     a new warning, unless as large a share of the other screens got one since
//     the rollout began.
//   - Of more, it stops when the share of bad ones among those that have come to
//     an end (at least twenty, or all when they are fewer) is more than 5 per cent
//     above that share of the others.
//
// What screens have not begun is withdrawn when a rollout stops or is paused.
// Who lets a stopped one go on excuses the screens that stopped it.
package rollout
