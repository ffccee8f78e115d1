package main

import (
	"strings"
	"testing"
)

func TestCountKeepsTheOutputOfWhatFailed(t *testing.T) {
	const stream = `{"Action":"output","Package":"p","Test":"TestA","Output":"fine\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Test":"TestA/sub"}
{"Action":"output","Package":"p","Test":"TestB","Output":"the sum is wrong\n"}
{"Action":"fail","Package":"p","Test":"TestB"}
{"Action":"output","Package":"p","Test":"TestC","Output":"no printer\n"}
{"Action":"skip","Package":"p","Test":"TestC"}
{"Action":"fail","Package":"p"}
not json
`
	o, err := count(strings.NewReader(stream))
	if err != nil {
		t.Fatal(err)
	}
	if o.passed != 1 || o.failed != 2 || o.skipped != 1 {
		t.Errorf("passed %d, failed %d, skipped %d; want 1, 2 (the test and its package), 1", o.passed, o.failed, o.skipped)
	}
	for _, want := range []string{"the sum is wrong", "SKIPPED p TestC", "no printer", "not json"} {
		if !strings.Contains(o.detail, want) {
			t.Errorf("the detail lacks %q:\n%s", want, o.detail)
		}
	}
	if strings.Contains(o.detail, "fine") {
		t.Error("the detail has the output of a test that passed")
	}
}
