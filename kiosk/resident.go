package kiosk

import (
	"mingbai/assets"
	"mingbai/playlist"
	"mingbai/playlist/speech"
	"mingbai/playlist/wire"
)

// Say stores what a person said at this screen.
func (d *Device) Say(wire.Voice) (number string, err error) { return "", assets.ErrNotFound }

// Count adds to a count of today.
func (d *Device) Count(key string, n uint64) {}

// EmptySearch notes keys that found nothing.
func (d *Device) EmptySearch(keys string) {}

// HasSpeech reports whether a notice can be read aloud.
func (d *Device) HasSpeech(playlist.NoticeID, int) bool { return false }

// Speech returns a notice read aloud.
func (d *Device) Speech(id playlist.NoticeID, version int) (*speech.Recording, error) {
	return nil, assets.ErrNotFound
}

// Wake asks the presenter for a Step soon.
func (d *Device) Wake() { d.screen.Wake() }
