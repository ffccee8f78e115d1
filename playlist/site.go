package playlist

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
	Identify string         `json:"identify,omitempty"`
	// VoiceKey seals what residents write, see wire.Voice.Seal: an X25519 public
	// key of 32 bytes; empty seals nothing.
	VoiceKey []byte `json:"voice_key,omitempty"`
}

// ChannelGrant names the public keys that may sign editions of a channel.
type ChannelGrant struct {
	Channel ChannelID `json:"channel"`
	Keys    [][]byte  `json:"keys"` // ed25519 public keys, 32 bytes each
}
