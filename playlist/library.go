package playlist

import (
	"mingbai/playlist/schedule"
)

// Loaded is one edition with the notices that it lists, decoded.
type Loaded struct {
	Edition Edition
	Notices map[NoticeID]*Notice
}

// Library is what one screen may show: the editions on its path, merged. It is
// immutable and safe for any number of readers. Every question that depends on
// time takes a schedule.Moment, and no answer ever holds a notice outside its
// window or taken down.
type Library struct {
	settings Settings
	loaded   []Loaded
	// caches and indexes follow
	calendar *schedule.Calendar
}
