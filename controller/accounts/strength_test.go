package accounts_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
	"mingbai/controller/store/storetest"
	"mingbai/playlist"
)

// placed is a county with a town, in which wangfang works.
func placed(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := t.Context()
	err := s.Update(ctx, func(tx *store.Tx) error {
		for _, site := range []playlist.Site{
			{ID: "hengsha", Kind: playlist.County, Name: "衡沙县", NameEn: "Hengsha County"},
			{ID: "wangchuan", Parent: "hengsha", Kind: playlist.Town, Name: "望川镇"},
		} {
			if err := tx.PutSite(ctx, site); err != nil {
				return err
			}
		}
		return tx.PutDepartment(ctx, store.Department{ID: "mz", Site: "wangchuan", Name: "民生事务办"})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPasswordsThatAreGuessed(t *testing.T) {
	ctx := t.Context()
	a, s, _ := people(t)
	li := first(t, a)
	placed(t, s)
	wang := accounts.Details{Login: "wangfang", Name: "王小芳", Site: "wangchuan", Department: "mz", Phone: "0000-6208001", Roles: []accounts.Role{accounts.Drafter}}
	for password, want := range map[string]accounts.Weak{
		"1234567890":       {Why: accounts.WeakPattern},
		"13800138000":      {Why: accounts.WeakPattern},
		"aaaaaaaaaaaa":     {Why: accounts.WeakPattern},
		"abab12ab12":       {Why: accounts.WeakPattern},
		"Password2026":     {Why: accounts.WeakCommon},
		"Admin@123456":     {Why: accounts.WeakCommon},
		"qwertyuiop":       {Why: accounts.WeakCommon},
		"P@ssw0rd2026!":    {Why: accounts.WeakCommon},
		"1qaz2wsx3edc":     {Why: accounts.WeakCommon},
		"wangfang1990":     {Why: accounts.WeakName, Word: "wangfang"},
		"wangfang@1990":    {Why: accounts.WeakName, Word: "wangfang"},
		"Gnafgnaw2026":     {Why: accounts.WeakName, Word: "wangfang"},
		"wangxiaofang99":   {Why: accounts.WeakName, Word: "王小芳"},
		"王小芳2026!!!!!":     {Why: accounts.WeakName, Word: "王小芳"},
		"Hengsha@2026":     {Why: accounts.WeakName, Word: "衡沙"},
		"衡沙县望川镇2026":       {Why: accounts.WeakName, Word: "衡沙县"},
		"wangchuan2026!":   {Why: accounts.WeakName, Word: "望川"},
		"wcz-wangchuan":    {Why: accounts.WeakName, Word: "望川"},
		"minshengshiwuban": {Why: accounts.WeakName, Word: "民生事务办"},
		"zhengwugongkai1":  {Why: accounts.WeakName, Word: "政务"},
		"人民政府政务公开":         {},
	} {
		_, err := a.Create(ctx, li, wang, password)
		weak, ok := errors.AsType[*accounts.Weak](err)
		if password == "人民政府政务公开" { // fewer than ten characters: the first rule
			if !errors.Is(err, accounts.ErrPassword) || ok {
				t.Errorf("%q: %v", password, err)
			}
			continue
		}
		if !ok || *weak != want || !errors.Is(err, accounts.ErrCommon) || !errors.Is(err, accounts.ErrPassword) {
			t.Errorf("%q: %v %+v, want %+v", password, err, weak, want)
		}
		if strings.Contains(fmt.Sprint(err), password) {
			t.Errorf("the error has the password in it: %v", err)
		}
	}
	for i, password := range []string{
		"柳溪村的老井 1962", "correct horse", "今天下雨我带伞去赶集", "tea kettle bicycle", accounts.FirstPassword(), strings.Repeat("長い合言葉 ключ 🔑 ", 20), "\xff\xfe bytes of no text at all",
	} {
		wang.Login = fmt.Sprintf("clerk%d", i)
		if _, err := a.Create(ctx, li, wang, password); err != nil {
			t.Errorf("%q: %v", password, err)
		}
	}
	// What is a place to one is any word to another.
	if _, err := a.Create(ctx, li, accounts.Details{Login: "zhou", Name: "周某", Site: "hengsha", Roles: wang.Roles}, "kettle wangchuan bell"); err != nil {
		t.Error(err)
	}
}

func FuzzPasswords(f *testing.F) {
	f.Add("li", "李某", "衡沙县望川镇2026")
	f.Add("a.b", "", "\xff\xfe1234567890")
	f.Add("x-y", "Ann Lee", "P@$$w0rd!!!!!!!!!")
	s := storetest.Open(f, filepath.Join(f.TempDir(), "x.db"))
	f.Cleanup(func() { s.Close() })
	a, err := accounts.New(s, accounts.Config{Cost: accounts.Cheap})
	if err != nil {
		f.Fatal(err)
	}
	n := 0
	f.Fuzz(func(t *testing.T, login, name, password string) {
		n++
		d := accounts.Details{Login: fmt.Sprintf("%.20s%d", login, n), Name: name, Roles: []accounts.Role{accounts.Drafter}}
		_, err := a.Create(t.Context(), accounts.Person{Login: "test"}, d, password)
		if err == nil || errors.Is(err, accounts.ErrPassword) || errors.Is(err, accounts.ErrInvalid) {
			return
		}
		t.Fatalf("%q %q %q: %v", login, name, password, err)
	})
}
