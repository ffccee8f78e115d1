package playlist

import (
	"encoding/json"

	"mingbai/playlist/schedule"
)

// SiteKind is the rank of a site in the tree.
type SiteKind string

// The kinds of site, from the root down. A hall may stand below any of them.
const (
	Province SiteKind = "province"
	County   SiteKind = "county"
	Town     SiteKind = "town"
	Village  SiteKind = "village"
	Hall     SiteKind = "hall"
)

// Site is a node of the tree province → county → town → village or hall.
type Site struct {
	ID        SiteID   `json:"id" toml:"id"`
	Parent    SiteID   `json:"parent,omitempty" toml:"parent"`
	Kind      SiteKind `json:"kind" toml:"kind"`
	Name      string   `json:"name" toml:"name"`                     // 柳溪村
	NameEn    string   `json:"name_en,omitempty" toml:"name_en"`     // Liuxi Village
	Hotline   string   `json:"hotline,omitempty" toml:"hotline"`     // 监督电话
	Duty      string   `json:"duty,omitempty" toml:"duty"`           // who answers, for example 村值班室
	Latitude  float64  `json:"latitude,omitempty" toml:"latitude"`   // degrees north
	Longitude float64  `json:"longitude,omitempty" toml:"longitude"` // degrees east
}

// ScreenKind is what a screen is.
type ScreenKind string

// The kinds of screen.
const (
	Touch ScreenKind = "touch"
	LED   ScreenKind = "led"
)

// Panel is the physical display of a screen.
type Panel struct {
	Width    int        `json:"width" toml:"width"`                   // pixels or dots across
	Height   int        `json:"height" toml:"height"`                 // pixels or dots down
	WidthMM  int        `json:"width_mm,omitempty" toml:"width_mm"`   // millimetres of lit area across; sizes on touchscreens come from it
	HeightMM int        `json:"height_mm,omitempty" toml:"height_mm"` // millimetres down
	BottomMM int        `json:"bottom_mm,omitempty" toml:"bottom_mm"` // height of the lit area's lower edge above the floor; 0 is unknown. The low mode comes from it
	Colours  LEDColours `json:"colours,omitempty" toml:"colours"`     // LED boards only
}

// LEDColours is what the dots of a board can show.
type LEDColours string

// The kinds of dots. The zero value counts as full colour.
const (
	SingleColour LEDColours = "single" // red only
	DualColour   LEDColours = "dual"   // red, green and their yellow
	FullColour   LEDColours = "full"
)

// Screen is one display at a site.
type Screen struct {
	ID      ScreenID   `json:"id" toml:"id"`
	Site    SiteID     `json:"site" toml:"site"`
	Kind    ScreenKind `json:"kind" toml:"kind"`
	Name    string     `json:"name" toml:"name"`             // 一楼大厅 1 号触摸屏
	Place   string     `json:"place,omitempty" toml:"place"` // 一楼大厅
	Outdoor bool       `json:"outdoor,omitempty" toml:"outdoor"`
	Panel   Panel      `json:"panel" toml:"panel"`
	Tags    []string   `json:"tags,omitempty" toml:"tags"`

	Light  *Light `json:"light,omitempty" toml:"light"`   // nil: full brightness always. A touchscreen has Day and Dark of it only
	Volume *int   `json:"volume,omitempty" toml:"volume"` // how loud a touchscreen reads aloud, 0 to 100 per cent; nil: as its machine is set

	// What follows is for LED boards.

	ReaderM int    `json:"reader_m,omitempty" toml:"reader_m"` // metres to the farthest reader; 0 is unknown (DOMAIN A14, V01)
	Pair    string `json:"pair,omitempty" toml:"pair"`         // boards of one name run in step with each other; they stand at one site
	Zones   []Zone `json:"zones,omitempty" toml:"zones"`       // none: notices have the whole board
}

// ZoneKind says what a zone (版块) of a board shows.
type ZoneKind string

// The kinds of zone.
const (
	NoticeZone ZoneKind = "notices" // the loop; exactly one
	NameZone   ZoneKind = "name"    // the site's name
	ClockZone  ZoneKind = "clock"   // time of day
	DateZone   ZoneKind = "date"    // date, weekday and lunar date
	TextZone   ZoneKind = "text"    // the newest notice of Column as running text: weather, a slogan
	PhoneZone  ZoneKind = "phone"   // 监督电话 of the site (DOMAIN A21)
	AlertZone  ZoneKind = "alert"   // yellow and blue alerts; without one they take over the board as red and orange do (L28)
)

// Zone is a rectangle of a board in dots, with what it shows.
type Zone struct {
	Kind   ZoneKind `json:"kind" toml:"kind"`
	X      int      `json:"x" toml:"x"`
	Y      int      `json:"y" toml:"y"`
	Width  int      `json:"width" toml:"width"`
	Height int      `json:"height" toml:"height"`
	Column ColumnID `json:"column,omitempty" toml:"column"` // TextZone: where its text is filed
}

// Light is how bright a screen is over the day, in per cent of its full
// light (DOMAIN V07). A timetable decides where there is one, else the sun
// of the site, else Day holds always.
type Light struct {
	Day   int            `json:"day" toml:"day"`               // by day, 1 to 100
	Night int            `json:"night" toml:"night"`           // by night, 1 to 100
	Sun   bool           `json:"sun,omitempty" toml:"sun"`     // day and night by sunrise and sunset
	Table []LightPoint   `json:"table,omitempty" toml:"table"` // in order of time
	Cap   int            `json:"cap,omitempty" toml:"cap"`     // never more than this between sunset and sunrise, alerts neither; 0 is no cap
	Dark  *schedule.Span `json:"dark,omitempty" toml:"dark"`   // hours without any light, red and orange alerts excepted
}

// LightPoint is a brightness from a time of day on.
type LightPoint struct {
	At      schedule.Clock `json:"at" toml:"at"`
	Percent int            `json:"percent" toml:"percent"`
}

// SiteName is a site as a screen needs it to speak of itself.
type SiteName struct {
	ID     SiteID   `json:"id"`
	Kind   SiteKind `json:"kind"`
	Name   string   `json:"name"`
	NameEn string   `json:"name_en,omitempty"`
}

// Settings is what differs from screen to screen: one small document of its own,
// revisioned and signed like an edition. Channels lists what the screen shows,
// nearest site first, each with the keys that may publish it.
type Settings struct {
	Revision Revision       `json:"revision"`
	Screen   Screen         `json:"screen"`
	Path     []SiteName     `json:"path"`            // from the screen's own site up to the root
	Below    []SiteName     `json:"below,omitempty"` // sites below the screen's own, to name villages in tables
	Channels []ChannelGrant `json:"channels"`
	Hotline  string         `json:"hotline,omitempty"`
	Duty     string         `json:"duty,omitempty"`
	Zone     string         `json:"zone"`               // IANA time zone, for example Asia/Shanghai
	Language string         `json:"language,omitempty"` // "zh" (default) or "en"
	Place    Place          `json:"place,omitzero"`     // where the site is, for its sun
	Identify string         `json:"identify,omitempty"`
	// VoiceKey seals what residents write, see wire.Voice.Seal: an X25519 public
	// key of 32 bytes; empty seals nothing.
	VoiceKey []byte `json:"voice_key,omitempty"`
	// Enrolment is the controller's signed word on which device this screen is, an
	// envelope of wire.Enrolment: what the device shows to a controller that has
	// forgotten it. Empty for a screen without a device.
	Enrolment json.RawMessage `json:"enrolment,omitempty"`
}

// Place is a point on the earth. The zero value is not known.
type Place struct {
	Latitude  float64 `json:"latitude"`  // degrees north
	Longitude float64 `json:"longitude"` // degrees east
}

// ChannelGrant names the public keys that may sign editions of a channel.
type ChannelGrant struct {
	Channel ChannelID `json:"channel"`
	Keys    [][]byte  `json:"keys"` // ed25519 public keys, 32 bytes each
}
