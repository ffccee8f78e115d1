package console

import (
	"testing"
)

func TestLocalPath(t *testing.T) {
	for in, want := range map[string]string{
		"/screens?q=1": "/screens?q=1", "": "/", "https://evil.example": "/", "//evil.example": "/", "/\\evil.example": "/", "/a\nb": "/", "javascript:alert(1)": "/",
	} {
		if got := localPath(in); got != want {
			t.Errorf("%q leads to %q, want %q", in, got, want)
		}
	}
}
