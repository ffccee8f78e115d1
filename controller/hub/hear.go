package hub

import (
	"bytes"
	"fmt"
	"io"

	"github.com/gorilla/websocket"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// receive reads one message and hands it on; the message is gone afterwards.
func (s *session) receive(handle func(wire.Message) error) error {
	kind, r, err := s.conn.NextReader()
	if err != nil {
		return &lost{err}
	}
	if kind != websocket.BinaryMessage {
		return closing(wire.CloseBadMessage, "a text message came, all are binary")
	}
	limit := int64(strangerLimit)
	if s.screenID() != "" {
		limit = knownLimit
	}
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	defer func() {
		if buf.Cap() <= keepBuffer {
			buffers.Put(buf)
		}
	}()
	// The websocket's own limit counts bytes before they are inflated.
	n, err := buf.ReadFrom(io.LimitReader(r, limit+1))
	if err != nil {
		return &lost{err}
	}
	if n > limit {
		return closing(wire.CloseTooBig, "a message has more than %d bytes", limit)
	}
	if err := s.moderate(buf.Len()); err != nil {
		return err
	}
	m, err := wire.Decode(buf.Bytes())
	if err != nil {
		return err
	}
	return handle(m)
}

// turn handles one message of an admitted device.
func (s *session) turn() error {
	s.line.spent = 0
	kind, said := s.line.simple()
	if kind == 0 {
		return s.receive(s.hear)
	}
	defer s.line.spend()
	if err := s.moderate(len(said)); err != nil {
		return err
	}
	switch kind {
	case websocket.PingMessage:
		return s.asked(string(said))
	case websocket.PongMessage:
		return nil
	}
	m, err := wire.Decode(said)
	if err != nil {
		return err
	}
	return s.hear(m)
}

// hear handles a message.
func (s *session) hear(m wire.Message) error {
	s.mu.Lock()
	screen, lobby, ended, replaced := s.screen, s.lobby, s.ended, s.replaced
	s.mu.Unlock()
	if ended && !(replaced && m.Type == wire.TypeResult) {
		return nil // a device on its way out has nothing to say that counts, but what it was asked
	}
	if screen == "" {
		if lobby == nil || m.Type != wire.TypeProof {
			return nil // nor has one in the lobby, but for who it is
		}
		return s.apart(func() error {
			return hand(m, func(p wire.Proof) error { return s.hub.backend.Proof(s.hub.ctx, lobby.hello, p) })
		})
	}
	return s.handle(screen, m)
}

func (s *session) handle(screen playlist.ScreenID, m wire.Message) error {
	ctx, b := s.hub.ctx, s.hub.backend
	switch m.Type {
	case wire.TypeAdopted:
		return hand(m, func(v wire.Adopted) error { s.honest(&v); return b.Adopted(ctx, screen, v) })
	case wire.TypeReport:
		return hand(m, func(v wire.Report) error { return b.Report(ctx, screen, v) })
	}
	return s.apart(func() error { return s.handleSlow(screen, m) })
}

// handleSlow handles what the backend writes down before it answers.
func (s *session) handleSlow(screen playlist.ScreenID, m wire.Message) error {
	ctx, b := s.hub.ctx, s.hub.backend
	switch m.Type {
	case wire.TypeRefused:
		return hand(m, func(v wire.Refused) error {
			if v.Reason == wire.ReasonNoBase {
				return s.whole(ctx, v)
			}
			return b.Refused(ctx, screen, v)
		})
	case wire.TypeLedger:
		return hand(m, func(v wire.Ledger) error {
			taken, err := b.Ledger(ctx, screen, v.Rows)
			if err == nil {
				s.acknowledge(taken)
			}
			return err
		})
	case wire.TypeVoices:
		return hand(m, func(v wire.Voices) error {
			if len(v.Voices) > wire.MaxVoices {
				return closing(wire.CloseBadMessage, "%d voices came at once, at most %d are allowed", len(v.Voices), wire.MaxVoices)
			}
			heard, err := b.Voices(ctx, screen, v.Voices)
			if err == nil && len(heard) > 0 {
				s.heard(wire.Heard{Voices: heard})
			}
			return err
		})
	case wire.TypeUsage:
		return hand(m, func(u wire.Usage) error {
			err := b.Usage(ctx, screen, u)
			if err == nil {
				s.heard(wire.Heard{Days: []schedule.Date{u.Day}})
			}
			return err
		})
	case wire.TypePatrol:
		return hand(m, func(p wire.Patrol) error { return b.Patrol(ctx, screen, p) })
	case wire.TypeResult:
		return hand(m, func(v wire.Result) error {
			blobs, err := m.Blobs(v.Attached)
			if err != nil {
				return err
			}
			for i := range blobs { // the buffer is used again
				blobs[i] = bytes.Clone(blobs[i])
			}
			return b.Result(ctx, screen, v, blobs)
		})
	}
	return nil // of a later version
}

// hand parses a message and gives it to the backend.
func hand[T any](m wire.Message, to func(T) error) error {
	var v T
	if err := m.Into(&v); err != nil {
		return err
	}
	if err := to(v); err != nil {
		return fmt.Errorf("take a %s: %w", m.Type, err)
	}
	return nil
}
