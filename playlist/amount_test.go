package playlist

import (
	"encoding/json"
	"testing"
)

func TestAmount(t *testing.T) {
	for _, c := range []struct{ in, plain, text, wan string }{
		{"313.4万元", "3134000.00", "3,134,000.00", "313.40 万元"},
		{"1286.4", "1286.40", "1,286.40", "0.12864 万元"},
		{"1,286.40 元", "1286.40", "1,286.40", "0.12864 万元"},
		{"￥ 12，000", "12000.00", "12,000.00", "1.20 万元"},
		{"1.2亿元", "120000000.00", "120,000,000.00", "12,000.00 万元"},
		{"0.000001万", "0.01", "0.01", "0.000001 万元"},
		{"-5", "-5.00", "-5.00", "-0.0005 万元"},
		{"0", "0.00", "0.00", "0.00 万元"},
		{"2060元", "2060.00", "2,060.00", "0.206 万元"},
		{"3134567.89", "3134567.89", "3,134,567.89", "313.456789 万元"},
		{"90000000000000", "90000000000000.00", "90,000,000,000,000.00", "9,000,000,000.00 万元"},
	} {
		a, err := ParseAmount(c.in)
		if err != nil {
			t.Errorf("ParseAmount(%q): %v", c.in, err)
			continue
		}
		if a.Plain() != c.plain || a.String() != c.text || a.Wan() != c.wan {
			t.Errorf("%q is %s, %s, %s", c.in, a.Plain(), a, a.Wan())
		}
		data, err := json.Marshal(a)
		var again Amount
		if err != nil || string(data) != `"`+c.plain+`"` || json.Unmarshal(data, &again) != nil || again != a {
			t.Errorf("%q in JSON is %s, %v, and back %s", c.in, data, err, again)
		}
	}
	for _, s := range []string{"", "元", "1.001", "1,23", "1,2345", "0.0000001万元", "4万亿", "１２", "1e5", "--1", "+1", "1.", ".5", "99999999999999999999", "1 000", "1,000,", "万元"} {
		if a, err := ParseAmount(s); err == nil {
			t.Errorf("ParseAmount(%q) = %s", s, a)
		}
	}
}

func FuzzParseAmount(f *testing.F) {
	for _, s := range []string{"313.4万元", "1,286.40", "￥1.2亿元", "-0.01", "90000000000000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseAmount(s)
		if err != nil {
			return
		}
		for _, text := range []string{a.Plain(), a.String(), a.Wan()} {
			if again, err := ParseAmount(text); err != nil || again != a {
				t.Errorf("%q is written %q and read back as %s, %v", s, text, again, err)
			}
		}
	})
}

func FuzzParseChannelID(f *testing.F) {
	for _, s := range []string{"liuxi", "liuxi!", "", "!", "a--b", "a!!", "-a", "青山"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseChannelID(s)
		if err != nil {
			return
		}
		if c.String() != s || c.IsZero() || len(c.Site) > 40 {
			t.Errorf("%q became %q", s, c)
		}
	})
}
