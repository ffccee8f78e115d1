package browse_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"mingbai/controller/accounts"
)

// TestSecondFactors goes through what a person does with a second factor: sets an
// authenticator up, signs in with a code of it, loses the phone and uses a
// recovery code, loses that too and has an administrator reset it.
func TestSecondFactors(t *testing.T) {
	o := open(t, "zh-CN")
	o.setUp()
	o.as("wangfang")
	o.must(o.Open(o.base + "/me"))
	o.must(o.Fill("#second input[name=present]", password))
	o.must(o.Press("#second button[value=codes]"))
	o.says("main", "扫左边的二维码")
	o.barriers("a second factor")
	shown, err := o.Text(".key")
	o.must(err)
	secret := regexp.MustCompile(`\s`).ReplaceAllString(shown, "")
	code := func(off time.Duration) string {
		t.Helper()
		c, err := accounts.CodeAt(secret, time.Now().Add(off))
		o.must(err)
		return c
	}
	o.must(o.Fill("input[name=otp]", code(0)))
	o.must(o.Press("main button.primary"))
	o.says("main", "只显示这一次")
	list, err := o.Text(".recovery")
	o.must(err)
	recovery := regexp.MustCompile(`[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}`).FindAllString(list, -1)
	if len(recovery) != 10 {
		t.Fatalf("%d recovery codes in %q", len(recovery), list)
	}
	half := func() {
		t.Helper()
		o.must(o.Open("about:blank")) // a page that is open would ask without a session
		o.must(o.Forget())
		o.must(o.Open(o.base + "/signin"))
		o.must(o.Fill("input[name=login]", "wangfang"))
		o.must(o.Fill("input[name=password]", password))
		o.must(o.Press("main button.primary"))
		o.says("main", "6 位数字")
	}
	half()
	o.barriers("the second step of signing in")
	o.must(o.Open(o.base + "/todo"))
	if path, err := o.Path(); err != nil || path != "/signin" {
		t.Errorf("a half session opens %s, %v", path, err)
	}
	half()
	o.must(o.Fill("input[name=otp]", code(30*time.Second)))
	o.must(o.Press("main button.primary"))
	o.must(o.Wait("nav.side"))
	half()
	o.must(o.Fill("input[name=otp]", recovery[2]))
	o.must(o.Press("main button.primary"))
	o.must(o.Wait("nav.side"))
	o.as("liming")
	people, err := o.c.Accounts.List(t.Context())
	o.must(err)
	for _, a := range people {
		if a.Login == "wangfang" {
			o.must(o.Open(o.base + "/people/" + a.ID))
		}
	}
	o.must(o.Press("main form:has(input[value=reset]) button"))
	o.says("main", "二次验证已重置")
	o.as("wangfang")
	o.must(o.Open(o.base + "/me"))
	o.says("main", "liming 把您的二次验证重置了")
	for _, c := range o.Complaints() {
		t.Errorf("a page complains: %s", c)
	}
}

// TestPasskeys makes a passkey with the browser's own authenticator for tests, and
// signs in with it alone and as the second step.
func TestPasskeys(t *testing.T) {
	o := open(t, "zh-CN")
	o.setUp()
	o.base = strings.Replace(o.base, "127.0.0.1", "localhost", 1) // a passkey needs a name
	o.must(o.Authenticator())
	o.as("wangfang")
	o.must(o.Open(o.base + "/me"))
	o.must(o.Fill("#second input[name=present]", password))
	o.must(o.Fill("#second input[name=name]", "办公室电脑"))
	o.must(o.Press("#second button[value=passkey]"))
	o.says("main", "办公室电脑")
	o.must(o.Press("main button.primary"))
	o.says("main", "只显示这一次")
	o.must(o.Open("about:blank")) // a page that is open would ask without a session
	o.must(o.Forget())
	o.must(o.Open(o.base + "/signin"))
	o.must(o.Press("form[data-passkey] button"))
	o.must(o.Wait("nav.side"))
	o.must(o.Open(o.base + "/me"))
	o.says("#second", "办公室电脑")
	o.must(o.Open("about:blank")) // a page that is open would ask without a session
	o.must(o.Forget())
	o.must(o.Open(o.base + "/signin"))
	o.must(o.Fill("input[name=login]", "wangfang"))
	o.must(o.Fill("input[name=password]", password))
	o.must(o.Press("main button.primary"))
	o.must(o.Press("form[data-passkey] button"))
	o.must(o.Wait("nav.side"))
	for _, c := range o.Complaints() {
		t.Errorf("a page complains: %s", c)
	}
}
