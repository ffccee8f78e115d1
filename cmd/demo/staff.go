package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// employee is somebody of the sample county who signs in at the console.
type employee struct {
	Login, Name, Post string
	Site, Department  string
	Roles             []string
	Contractor        bool
}

// staff is who works there: a bureau of the county with its reviewers, those who
// serve all bureaus, and a town of two people.
var staff = []employee{
	{Login: "admin", Name: "陈明", Post: "管理员 administrator", Roles: []string{"administrator", "technician"}},
	{Login: "wangfang", Name: "王芳", Post: "起草 drafter", Site: "qinghe", Department: "wenlvju", Roles: []string{"drafter"}},
	{Login: "lina", Name: "李娜", Post: "初审 first review", Site: "qinghe", Department: "wenlvju", Roles: []string{"first_reviewer"}},
	{Login: "zhaoqiang", Name: "赵强", Post: "复审 second review", Site: "qinghe", Department: "wenlvju", Roles: []string{"second_reviewer"}},
	{Login: "sunli", Name: "孙丽", Post: "保密审查 secrecy", Site: "qinghe", Roles: []string{"secrecy"}},
	{Login: "zhoutao", Name: "周涛", Post: "发布 release", Site: "qinghe", Roles: []string{"drafter", "releaser"}},
	{Login: "hetong", Name: "何彤", Post: "外包 contractor", Site: "qinghe", Department: "wenlvju", Roles: []string{"drafter"}, Contractor: true},
	{Login: "wumin", Name: "吴敏", Post: "督查 auditor", Roles: []string{"auditor"}},
	{Login: "zhenggang", Name: "郑刚", Post: "运维 technician", Roles: []string{"technician"}},
	{Login: "huangmei", Name: "黄梅", Post: "望川镇 起草发布 drafts and publishes", Site: "wangchuan", Roles: []string{"drafter", "releaser"}},
	{Login: "luojun", Name: "罗军", Post: "望川镇 审核保密 reviews", Site: "wangchuan", Roles: []string{"first_reviewer", "secrecy"}},
}

// hire makes the accounts. All have one password, which is new with every
// demonstration.
func (w *world) hire(ctx context.Context) error {
	for _, e := range staff {
		err := w.office.call(ctx, "POST", "/accounts", map[string]any{
			"login": e.Login, "name": e.Name, "site": e.Site, "department": e.Department, "roles": e.Roles, "contractor": e.Contractor, "password": w.password,
		}, nil)
		if err != nil {
			return fmt.Errorf("account of %s: %w", e.Login, err)
		}
	}
	return nil
}

// who finds an employee.
func who(login string) employee {
	for _, e := range staff {
		if e.Login == login {
			return e
		}
	}
	panic("nobody is called " + login) // a slip of the pen in this package
}

// keepPassword takes the password of an earlier demonstration on the same data,
// or keeps the new one for the next.
func (w *world) keepPassword() error {
	file := filepath.Join(w.data, "password")
	data, err := os.ReadFile(file)
	if err == nil {
		w.password = strings.TrimSpace(string(data))
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(w.data, 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(w.password+"\n"), 0o600)
}
