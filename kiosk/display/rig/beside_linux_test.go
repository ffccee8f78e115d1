package rig

import (
	"image"
	"testing"
)

// The two monitors of one server have names of their own, and one size.
func TestBeside(t *testing.T) {
	display, _ := Xorg(t, image.Pt(2048, 768))
	left, right, err := Beside(t.Context(), display, image.Pt(1024, 768))
	if err != nil {
		t.Fatal(err)
	}
	if left == "" || right == "" || left == right {
		t.Errorf("the monitors are called %q and %q", left, right)
	}
	if _, _, err := Beside(t.Context(), display, image.Pt(1023, 767)); err == nil {
		t.Error("a size that the server does not know was taken")
	}
}
