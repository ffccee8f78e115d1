package strict

import (
	"strings"
	"testing"
	"time"
)

type sheet struct {
	Name  string        `toml:"名称"`
	Wait  time.Duration `toml:"wait"`
	Table []struct {
		A int `toml:"a"`
	} `toml:"表"`
	Sub struct {
		B bool `toml:"b"`
	} `toml:"sub"`
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"sound", "\"名称\" = \"x\"\nwait = \"3s\"\n[sub]\nb = true\n", nil},
		{"byte order mark", "\xef\xbb\xbf\"名称\" = \"x\"\n", nil},
		{"unknown keys all at once", "# c\n\"名\" = 1\n[sub]\nb = true\nc = 2\n", []string{`line 2: unknown key "名"`, `line 5: unknown key "sub.c"`}},
		{"unknown table is told once", "[other]\nx = 1\ny = 2\n", []string{`line 1: unknown key "other"`}},
		{"in an array of tables", "[[\"表\"]]\na = 1\n[[\"表\"]]\na = 2\nz = 3\n", []string{`line 5: unknown key "表.z"`}},
		{"not inside a long string", "\"名称\" = \"\"\"\nfoo = 1\n\"\"\"\nfoo = 1\n", []string{`line 4: unknown key "foo"`}},
		{"type", "\n\"名称\" = 3\n", []string{"line 2: 名称: incompatible types"}},
		{"duration", "wait = \"soon\"\n", []string{"line 1: wait: "}},
		{"syntax", "a = \n", []string{"line 1: "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var s sheet
			got := Decode([]byte(c.text), &s)
			if len(got) != len(c.want) {
				t.Fatalf("got %v, want %v", got, c.want)
			}
			for i := range got {
				if !strings.HasPrefix(got[i].Error(), c.want[i]) {
					t.Errorf("fault %d is %q, want it to begin with %q", i, got[i].Error(), c.want[i])
				}
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("\"名称\" = \"x\"\n[sub]\nb = true\nc = 2\n"))
	f.Add([]byte("[[\"表\"]]\na = 1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s sheet
		for _, fault := range Decode(data, &s) {
			if fault.Error() == "" {
				t.Error("a fault without words")
			}
		}
	})
}
