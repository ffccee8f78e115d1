package publish

import (
	"errors"
	"strings"
	"testing"

	"mingbai/playlist"
	"mingbai/playlist/review"
)

// TestDoubtsNeedReasons lets a finding stay only with words about that finding.
func TestDoubtsNeedReasons(t *testing.T) {
	found := []playlist.Problem{
		{Field: "led", Code: "long", Severity: playlist.Warning, Message: "长"},
		{Field: "title", Code: "word", Severity: playlist.Doubt, Message: "“帐号”应为“账号”"},
		{Field: "summary", Code: "word", Severity: playlist.Doubt, Message: "“登陆”应为“登录”"},
	}
	why := func(field, code, text string) review.Reason {
		return review.Reason{Field: field, Code: code, Text: text}
	}
	both := []review.Reason{why("title", "word", " 引用原文 "), why("summary", "word", "专名")}
	for name, c := range map[string]struct {
		reasons []review.Reason
		left    []string // fields of the problems that are left
	}{
		"none":          {nil, []string{"led", "title", "summary"}},
		"one of two":    {both[:1], []string{"led", "summary"}},
		"both":          {both, nil},
		"blank":         {[]review.Reason{both[1], why("title", "word", " \n")}, []string{"led", "title"}},
		"another code":  {[]review.Reason{both[1], why("title", "phone", "引用原文")}, []string{"led", "title"}},
		"another field": {[]review.Reason{both[1], why("led", "word", "引用原文")}, []string{"led", "title"}},
		"far too long":  {[]review.Reason{both[1], why("title", "word", strings.Repeat("长", maxReason+1))}, []string{"led", "title"}},
	} {
		given, err := answeredDoubts(found, c.reasons)
		var invalid *Invalid
		if c.left == nil {
			if err != nil || len(given) != 2 || given[0] != (review.Reason{Field: "title", Code: "word", Found: "“帐号”应为“账号”", Text: "引用原文"}) {
				t.Errorf("%s: %+v, %v", name, given, err)
			}
			continue
		}
		if !errors.As(err, &invalid) || len(invalid.Problems) != len(c.left) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, p := range invalid.Problems {
			if p.Field != c.left[i] {
				t.Errorf("%s: %s is left, want %s", name, p.Field, c.left[i])
			}
		}
	}
	wrong := append(found, playlist.Problem{Field: "title", Code: "required", Severity: playlist.Wrong})
	if _, err := answeredDoubts(wrong, append(both, why("title", "required", "不填"))); err == nil {
		t.Error("a reason did away with an error")
	}
	if given, err := answeredDoubts(found[:1], both); err != nil || len(given) != 0 {
		t.Errorf("reasons for nothing: %+v, %v", given, err)
	}
}
