package wire

import (
	"fmt"
	"time"
)

// CloseCode is the status of a websocket close. Each says whether the device
// should come back, and how soon at the earliest.
type CloseCode int

// The close codes. Those below 4000 are of RFC 6455.
const (
	CloseGoingAway  CloseCode = 1001 // the controller stops or restarts: reconnect
	CloseTooBig     CloseCode = 1009 // a message over the limit: reconnect
	CloseReplaced   CloseCode = 4000 // the same device key connected again: reconnect after a minute
	CloseSlow       CloseCode = 4001 // the device did not read in time: reconnect
	CloseBadMessage CloseCode = 4002 // a message could not be read: reconnect after half a minute
	CloseVersion    CloseCode = 4003 // the protocol version is not spoken here: reconnect after ten minutes, one side will be updated
	CloseBadHello   CloseCode = 4004 // the answer to the challenge is wrong: reconnect after a minute
	CloseBusy       CloseCode = 4005 // the controller cannot answer now: reconnect
	CloseSilent     CloseCode = 4006 // nothing came in time: reconnect
	CloseRefresh    CloseCode = 4007 // a technician asked the screen to connect anew: reconnect at once
	CloseTooMuch    CloseCode = 4008 // the device said more than its share: reconnect after a minute
	CloseTooOften   CloseCode = 4009 // the device connects too often: reconnect after ten seconds
	CloseRemoved    CloseCode = 4010 // a person removed this screen: stop
)

type closeRule struct {
	name string
	stop bool
	wait time.Duration
}

var closeRules = map[CloseCode]closeRule{
	CloseGoingAway:  {name: "going away"},
	CloseTooBig:     {name: "message too big", wait: 30 * time.Second},
	CloseReplaced:   {name: "replaced", wait: time.Minute},
	CloseSlow:       {name: "too slow"},
	CloseBadMessage: {name: "bad message", wait: 30 * time.Second},
	CloseVersion:    {name: "protocol version", wait: 10 * time.Minute},
	CloseBadHello:   {name: "bad hello", wait: time.Minute},
	CloseBusy:       {name: "busy"},
	CloseSilent:     {name: "silent"},
	CloseRefresh:    {name: "refresh"},
	CloseTooMuch:    {name: "too much", wait: time.Minute},
	CloseTooOften:   {name: "too often", wait: 10 * time.Second},
	CloseRemoved:    {name: "removed", stop: true},
}

func (c CloseCode) String() string {
	if r, ok := closeRules[c]; ok {
		return r.name
	}
	return fmt.Sprintf("close code %d", int(c))
}

// Stop reports whether the device must not come back by itself. Codes that this
// program does not know mean: come back.
func (c CloseCode) Stop() bool { return closeRules[c].stop }

// Wait is the least time before the device comes back; its usual back-off comes
// on top when it is longer.
func (c CloseCode) Wait() time.Duration { return closeRules[c].wait }
