package intake_test

import (
	"testing"

	"mingbai/configs"
	"mingbai/configs/intake"
	"mingbai/playlist/schedule"
)

func TestSample(t *testing.T) {
	c, err := intake.Load(configs.Sample(), schedule.Date{})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range c.Warnings {
		t.Log(w)
	}
}
