package swarm

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"time"
)

// restless is the pause between two acts of a device that misbehaves.
const restless = 500 * time.Millisecond

// rest waits and reports whether ctx goes on.
func rest(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// gorge asks for all blobs of what the device shows again and again until ctx
// ends, whatever the answer is.
func (d *device) gorge(ctx context.Context) {
	for rest(ctx, restless) {
		d.mu.Lock()
		c := d.showing
		d.mu.Unlock()
		if c == nil {
			continue
		}
		for _, b := range c.blobs {
			if ctx.Err() != nil {
				return
			}
			if err := d.fetch(ctx, b); err != nil {
				d.swarm.counts.note("blob: " + err.Error())
				if !rest(ctx, restless) {
					return
				}
			}
		}
	}
}

// garble sends what is no message, another kind of it each time, until the
// controller has enough of it.
func (d *device) garble(ctx context.Context, l *line) {
	noise := make([]byte, 4096)
	for i := 0; i < len(noise); i += 8 {
		binary.BigEndian.PutUint64(noise[i:], rand.Uint64())
	}
	for kind := rand.IntN(6); rest(ctx, restless); kind++ {
		var err error
		switch kind % 6 {
		case 0:
			err = l.write(opBinary, noise)
		case 1:
			err = l.write(opText, []byte("<html>"))
		case 2:
			err = l.write(opBinary, []byte(`{"type":"report","body":[[[[[[[[`+"\n"))
		case 3:
			err = l.write(opBinary, []byte(`{"type":"adopted","body":{"settings":-1,"have":{"../..":"x"}}}`+"\n"))
		case 4:
			err = l.write(opBinary, make([]byte, 5<<20)) // more than a screen may say at once
		case 5:
			_, err = l.conn.Write(noise) // not even a frame
		}
		d.swarm.counts.garbage.Add(1)
		if err != nil {
			l.conn.Close()
			return
		}
	}
}
