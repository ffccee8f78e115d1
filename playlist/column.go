package playlist

// Field is one of the four domains of disclosure, each with its accent colour.
type Field string

// The domains.
const (
	Government Field = "government" // 政务
	Party      Field = "party"      // 党务
	VillageDo  Field = "village"    // 村务
	Money      Field = "money"      // 财务
)

// Cadence is the duty to renew a column.
type Cadence string

// The cadences.
const (
	AdHoc     Cadence = ""
	Monthly   Cadence = "monthly"
	Quarterly Cadence = "quarterly"
	Yearly    Cadence = "yearly"
	Standing  Cadence = "standing" // 常年公开, confirmed yearly
)

// Column is a branch of the disclosure catalogue (栏目).
type Column struct {
	ID      ColumnID `json:"id" toml:"id"`
	Parent  ColumnID `json:"parent,omitempty" toml:"parent"`
	Name    string   `json:"name" toml:"name"`
	NameEn  string   `json:"name_en,omitempty" toml:"name_en"`
	Hint    string   `json:"hint,omitempty" toml:"hint"` // what one finds there, in a resident's words
	Field   Field    `json:"field" toml:"field"`
	Tile    int      `json:"tile,omitempty" toml:"tile"` // place on the touchscreen's home, 1 to 8; 0 is not there
	Cadence Cadence  `json:"cadence,omitempty" toml:"cadence"`
	Owner   string   `json:"owner,omitempty" toml:"owner"` // 责任单位

	// Department is who has the duty to fill the column, by the name of a
	// department; empty is whoever acts where it must be filled.
	Department string `json:"department,omitempty" toml:"department"`
	// Kinds are the sites of which each must fill the column; none means that
	// it is enough if it is filled anywhere.
	Kinds []SiteKind `json:"kinds,omitempty" toml:"kinds"`
	// Within is how many working days after information is formed or changed it
	// must be published; 0 is the law's 20 (条例 26; DOMAIN L05).
	Within int `json:"within,omitempty" toml:"within"`
	// Fresh is after how many days without anything new the column counts as
	// stale: 14 for news, 180 for notices and policies (国办秘函〔2019〕19号; DOMAIN
	// L20); 0 is never.
	Fresh int `json:"fresh,omitempty" toml:"fresh"`
}

// LawWithin is the number of working days of Column.Within when it is 0.
const LawWithin = 20
