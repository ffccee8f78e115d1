package watch

import (
	"testing"
	"time"

	"mingbai/controller/fleet"
)

// TestTimeToVisible: how long each way of being away lasts until it is a warning,
// and that the next look comes just then.
func TestTimeToVisible(t *testing.T) {
	for name, x := range map[string]struct {
		set  func(*fleet.State)
		want time.Duration
	}{
		"the connection broke":  {func(*fleet.State) {}, 10 * time.Second},
		"nothing came for long": {func(s *fleet.State) { s.Silent = true }, 4 * time.Second},
		"it said goodbye":       {func(s *fleet.State) { s.Left = true }, 2 * time.Minute},
		"it is hot": {func(s *fleet.State) {
			s.Online = true
			s.Signs = []fleet.Sign{{Kind: fleet.SignHeat, Severity: fleet.Warn, Since: noon}}
		}, 20 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCounty(t)
			c.gone("v00-0")
			x.set(c.states["v00-0"])
			states := func() []*fleet.State {
				s := *c.states["v00-0"]
				if s.Online {
					s.Seen = c.now
				}
				return []*fleet.State{&s}
			}
			for {
				got := c.engine.step(c.now, states(), nil, c.tree)
				if took := c.now.Sub(noon); len(got) > 0 {
					if took != x.want {
						t.Errorf("shown after %v, want %v", took, x.want)
					}
					break
				}
				pause := c.engine.due.Sub(c.now)
				if pause <= 0 || pause > lookEvery {
					t.Fatalf("the next look is in %v", pause)
				}
				c.now = c.engine.due
			}
			c.states["v00-0"].Online, c.states["v00-0"].Signs = true, nil
			c.now = c.now.Add(time.Second)
			mended := c.now
			for len(c.engine.step(c.now, states(), nil, c.tree)) == 0 {
				c.now = c.engine.due
			}
			if took := c.now.Sub(mended); took != clearAfter {
				t.Errorf("closed after %v, want %v", took, clearAfter)
			}
		})
	}
}
