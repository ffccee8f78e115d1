package plain_test

import (
	"io"
	"strings"
	"testing"

	"mingbai/configs/plain"
	"mingbai/playlist/schedule"
)

func TestReaderTellsEncodingsApart(t *testing.T) {
	for name, in := range map[string]string{
		"UTF-8": "村,5", "with its mark": "\xef\xbb\xbf村,5", "GBK": "\xb4\xe5,5",
		"UTF-16 little": "\xff\xfe\x51\x67,\x005\x00", "UTF-16 big": "\xfe\xff\x67\x51\x00,\x005", "UTF-16 without its mark": "\x51\x67,\x005\x00",
	} {
		out, err := io.ReadAll(plain.Reader(strings.NewReader(in)))
		if err != nil || string(out) != "村,5" {
			t.Errorf("%s: %q, %v", name, out, err)
		}
	}
	// Cut inside a character at the end of what is looked at.
	long := strings.Repeat("a", 64<<10-1) + "村"
	if out, err := io.ReadAll(plain.Reader(strings.NewReader(long))); err != nil || string(out) != long {
		t.Errorf("a character over the edge is lost: %q", out[len(out)-6:])
	}
}

func TestDaysAndNumbersAsPeopleTypeThem(t *testing.T) {
	want := schedule.Date{Year: 2026, Month: 11, Day: 2}
	for _, s := range []string{"2026-11-02", "2026/11/2", " 2026.11.2 ", "２０２６年11月2日"} {
		if d, err := plain.Day(s); err != nil || d != want {
			t.Errorf("%s is %v, %v", s, d, err)
		}
	}
	if _, err := plain.Day("2026-13-02"); err == nil {
		t.Error("month 13 is read")
	}
	if got := plain.Narrow("１２，３４５．６：－"); got != "12,345.6:-" {
		t.Errorf("narrow is %q", got)
	}
	if got := plain.Clip(strings.Repeat("村", 30) + "\xff"); got != strings.Repeat("村", 24)+"…" {
		t.Errorf("clipped to %q", got)
	}
}
