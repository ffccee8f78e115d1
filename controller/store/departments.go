package store

import (
	"context"
	"fmt"
	"strings"

	"mingbai/playlist"
)

// DepartmentID names a department (部门), for example wenlv.
type DepartmentID string

// Department is an office that writes notices. What one department drafts, no
// other sees before it is published.
type Department struct {
	ID     DepartmentID    `json:"id"`
	Site   playlist.SiteID `json:"site"`
	Name   string          `json:"name"`
	NameEn string          `json:"name_en,omitempty"`
	Phone  string          `json:"phone,omitempty"`
	Lead   string          `json:"lead,omitempty"` // 分管领导
}

// Departments returns all departments in their order.
func (r Reader) Departments(ctx context.Context) ([]Department, error) {
	return collect(ctx, r.q, "departments", scanJSON[Department], `SELECT body FROM departments ORDER BY position, id`)
}

// Department returns one department.
func (r Reader) Department(ctx context.Context, id DepartmentID) (Department, error) {
	return one(ctx, r.q, "department "+string(id), scanJSON[Department], `SELECT body FROM departments WHERE id = $1`, string(id))
}

// DepartmentFilter narrows a list of departments. Empty fields do not narrow.
type DepartmentFilter struct {
	Sites  []playlist.SiteID
	Text   string // in names, lead or phone
	Offset int
	Limit  int // 1 to 1000; 0 is 100
}

func (f DepartmentFilter) where() (string, []any) {
	var c conditions
	in(&c, "site", f.Sites)
	if f.Text != "" {
		c.add(`text LIKE ? ESCAPE '\'`, likely(f.Text))
	}
	return c.where(), c.args
}

// FindDepartments lists departments in their order.
func (r Reader) FindDepartments(ctx context.Context, f DepartmentFilter) ([]Department, error) {
	where, args := f.where()
	limit := f.Limit
	if limit <= 0 || limit > 1000 {
		limit = 100
	}
	args = append(args, limit, max(f.Offset, 0))
	return collect(ctx, r.q, "departments", scanJSON[Department], fmt.Sprintf(
		`SELECT body FROM departments%s ORDER BY position, id LIMIT $%d OFFSET $%d`, where, len(args)-1, len(args)), args...)
}

// CountDepartments counts what FindDepartments would list without Offset and
// Limit.
func (r Reader) CountDepartments(ctx context.Context, f DepartmentFilter) (int, error) {
	where, args := f.where()
	n, err := one(ctx, r.q, "number of departments", scanInt, `SELECT COUNT(*) FROM departments`+where, args...)
	return int(n), err
}

// Heads counts the people of departments who are not disabled.
func (r Reader) Heads(ctx context.Context) (map[DepartmentID]int, error) {
	type head struct {
		id DepartmentID
		n  int
	}
	rows, err := collect(ctx, r.q, "people of departments", func(s scanner) (h head, err error) {
		err = s.Scan(&h.id, &h.n)
		return h, err
	}, `SELECT department, COUNT(*) FROM accounts WHERE disabled = 0 AND department <> '' GROUP BY department`)
	out := map[DepartmentID]int{}
	for _, h := range rows {
		out[h.id] = h.n
	}
	return out, err
}

// PutDepartment adds or changes a department. A new one comes last.
func (t *Tx) PutDepartment(ctx context.Context, d Department) error {
	data, err := encode(d)
	if err != nil {
		return err
	}
	_, err = exec(ctx, t.q, "save department "+string(d.ID),
		`INSERT INTO departments (id, site, position, text, body) VALUES ($1, $2, (SELECT COUNT(*) FROM departments), $3, $4)
		 ON CONFLICT (id) DO UPDATE SET site = excluded.site, text = excluded.text, body = excluded.body`,
		string(d.ID), string(d.Site), strings.Join([]string{d.Name, d.NameEn, d.Lead, d.Phone}, "\n"), data)
	return err
}
