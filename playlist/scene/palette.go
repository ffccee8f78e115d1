package scene

import "image/color"

// The colours of the house. An accent stands for one domain of public
// information and never appears without a word or an icon beside it; red
// otherwise means only end, objection or danger.
var (
	Paper     = rgb(0xF6F4EF) // the ground of every page
	Card      = rgb(0xFFFFFF) // only what can be touched or typed into
	Ink       = rgb(0x1B1A19)
	Secondary = rgb(0x67625B)
	Hairline  = rgb(0xDCD6CA)

	Government = rgb(0x1E4C8A) // 政务
	Party      = rgb(0xA8281E) // 党务
	Village    = rgb(0x2C6A3D) // 村务
	Money      = rgb(0x9A5B0E) // 资金
	Danger     = rgb(0xA8281E)

	GovernmentTint = rgb(0xECF1F8) // the row that is the reader's own
	PartyTint      = rgb(0xFAEDEB)
	VillageTint    = rgb(0xEBF3EC)
	MoneyTint      = rgb(0xFBF3E4) // the panel of a posting period
	MoneyEdge      = rgb(0xE6D2A4)

	White = rgb(0xFFFFFF)
	Black = rgb(0x000000)
)

// Palette is the set of colours and line weights that a page is drawn with.
// Pages take one as a value, so high contrast is another value and not another
// page.
type Palette struct {
	Paper, Card, Ink, Secondary, Hairline     color.RGBA
	Government, Party, Village, Money, Danger color.RGBA

	GovernmentTint, PartyTint, VillageTint color.RGBA
	MoneyTint, MoneyEdge                   color.RGBA

	OnAccent color.RGBA // text and icons upon an accent

	Rule int // thickness in pixels of the lines that open and close a section
	Hair int // thickness in pixels of the lines between rows
}

// Standard is ink on paper.
func Standard() Palette {
	return Palette{
		Paper: Paper, Card: Card, Ink: Ink, Secondary: Secondary, Hairline: Hairline,
		Government: Government, Party: Party, Village: Village, Money: Money, Danger: Danger,
		GovernmentTint: GovernmentTint, PartyTint: PartyTint, VillageTint: VillageTint,
		MoneyTint: MoneyTint, MoneyEdge: MoneyEdge,
		OnAccent: White,
		Rule:     3, Hair: 2,
	}
}

// HighContrast has a white ground, black ink, no secondary grey and
// three-pixel lines. The accents are darkened until each reaches 7:1 on white.
func HighContrast() Palette {
	return Palette{
		Paper: White, Card: White, Ink: Black, Secondary: Black, Hairline: Black,
		Government: rgb(0x123A70), Party: rgb(0x8A1910), Village: rgb(0x14502A), Money: rgb(0x6E3F05), Danger: rgb(0x8A1910),
		GovernmentTint: rgb(0xE3ECF8), PartyTint: rgb(0xFBE6E3), VillageTint: rgb(0xE1F0E5),
		MoneyTint: White, MoneyEdge: Black,
		OnAccent: White,
		Rule:     3, Hair: 3,
	}
}

// Alpha returns c at a/255 of its strength, premultiplied.
func Alpha(c color.RGBA, a uint8) color.RGBA {
	m := func(v uint8) uint8 { return uint8((uint32(v)*uint32(a) + 127) / 255) }
	return color.RGBA{m(c.R), m(c.G), m(c.B), m(c.A)}
}

// Mix returns the colour t/255 of the way from a to b.
func Mix(a, b color.RGBA, t uint8) color.RGBA {
	m := func(x, y uint8) uint8 {
		return uint8((uint32(x)*(255-uint32(t)) + uint32(y)*uint32(t) + 127) / 255)
	}
	return color.RGBA{m(a.R, b.R), m(a.G, b.G), m(a.B, b.B), m(a.A, b.A)}
}

func rgb(v uint32) color.RGBA {
	return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}
}
