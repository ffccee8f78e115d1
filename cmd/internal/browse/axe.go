package browse

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
)

//go:embed axe/axe.min.js.gz
var axePacked []byte

// axe is the checker of accessibility, as a script.
var axe = sync.OnceValues(func() (string, error) {
	r, err := gzip.NewReader(bytes.NewReader(axePacked))
	if err != nil {
		return "", fmt.Errorf("unpack the checker of accessibility: %w", err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return "", fmt.Errorf("unpack the checker of accessibility: %w", err)
	}
	return string(data), nil
})

// Barrier is something on a page that keeps people from using it.
type Barrier struct {
	Rule   string   `json:"id"`
	Impact string   `json:"impact"` // minor, moderate, serious or critical
	Help   string   `json:"help"`
	At     []string `json:"at"` // the elements as HTML
}

func (b Barrier) String() string {
	return fmt.Sprintf("%s (%s): %s at %s", b.Rule, b.Impact, b.Help, strings.Join(b.At, " | "))
}

// Grave reports whether the barrier is serious or critical.
func (b Barrier) Grave() bool { return b.Impact == "serious" || b.Impact == "critical" }

// Barriers looks for barriers on the page that is open, by the rules of WCAG 2.2
// A and AA and the good practice that axe-core checks.
func (b *Browser) Barriers() ([]Barrier, error) {
	script, err := axe()
	if err != nil {
		return nil, err
	}
	if known, err := ask[bool](b, "!!window.axe"); err != nil {
		return nil, err
	} else if !known {
		if _, err := ask[bool](b, script+";true"); err != nil {
			return nil, fmt.Errorf("load the checker of accessibility: %w", err)
		}
	}
	const run = `axe.run(document, { resultTypes: ["violations"] }).then(r => JSON.stringify(r.violations.map(v => (
		{ id: v.id, impact: v.impact || "minor", help: v.help, at: v.nodes.slice(0, 3).map(n => n.html.slice(0, 200)) }))))`
	text, err := later[string](b, run)
	if err != nil {
		return nil, fmt.Errorf("check the page for barriers: %w", err)
	}
	var out []Barrier
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return nil, fmt.Errorf("read what the checker found: %w", err)
	}
	return out, nil
}
