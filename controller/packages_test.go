package controller_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/assets"
)

// TestOldPackagesGo brings a program in twelve versions. The last eight stay, and of
// those before the one that a screen runs and the one that a rollout offers; the
// others go with their programs, on record, and can be brought again.
func TestOldPackagesGo(t *testing.T) {
	v := newVendor(t)
	c, _ := startTurning(t, updatable(t.TempDir(), v))
	if _, err := c.ImportSample(t.Context()); err != nil {
		t.Fatal(err)
	}
	yard(t, c, 1) // runs version 1
	bring := func(n int) error {
		file := v.pack(t, fmt.Sprint(n), uint64(n), fmt.Sprint("program ", n))
		_, err := c.Depot.Bring(t.Context(), "wang", bytes.NewReader(file), int64(len(file)))
		return err
	}
	for n := 1; n <= 12; n++ {
		if err := bring(n); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Depot.Start(t.Context(), "wang", "kiosk-linux-amd64-1.2", "liuxi"); err != nil {
		t.Fatal(err)
	}
	l := openLater(t, c, time.Now().AddDate(0, 0, 60))
	l.day(t, nil)

	known, err := c.Store.Packages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, p := range known {
		left = append(left, p.Version)
	}
	if want := []string{"12", "11", "10", "9", "8", "7", "6", "5", "2", "1"}; !slices.Equal(left, want) {
		t.Errorf("the packages that stay are %v, not %v", left, want)
	}
	for n := 1; n <= 12; n++ {
		has := c.Blobs.Has(assets.RefOf(fmt.Append(nil, "program ", n)))
		if want := slices.Contains(left, fmt.Sprint(n)); has != want {
			t.Errorf("program %d is here: %v", n, has)
		}
	}
	records, err := c.Store.Records(t.Context(), "", 0, 20)
	if err != nil || strings.Count(fmt.Sprint(records), "package.drop") != 2 {
		t.Errorf("the audit log is %v, %v", records, err)
	}
	if err := bring(3); err != nil {
		t.Errorf("one that went is not taken again: %v", err)
	}
}
