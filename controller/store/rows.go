package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// scanner is *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

// collect reads all rows of a query.
func collect[T any](ctx context.Context, q querier, what string, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", what, err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", what, err)
		}
		all = append(all, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", what, err)
	}
	return all, nil
}

// one reads a single row, or returns ErrNotFound.
func one[T any](ctx context.Context, q querier, what string, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	v, err := scan(q.QueryRowContext(ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		var zero T
		return zero, fmt.Errorf("read %s: %w", what, err)
	}
	return v, nil
}

// exec changes rows and returns how many.
func exec(ctx context.Context, q querier, what string, query string, args ...any) (int64, error) {
	res, err := q.ExecContext(ctx, query, args...)
	if err != nil {
		if strings.Contains(err.Error(), "UNIQUE constraint") {
			err = fmt.Errorf("%w (%s)", ErrConflict, err)
		}
		return 0, fmt.Errorf("%s: %w", what, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", what, err)
	}
	return n, nil
}

// change is exec where at least one row must be there.
func change(ctx context.Context, q querier, what string, query string, args ...any) error {
	n, err := exec(ctx, q, what, query, args...)
	if err == nil && n == 0 {
		return fmt.Errorf("%s: %w", what, ErrNotFound)
	}
	return err
}

func scanJSON[T any](r scanner) (T, error) {
	var v T
	var body []byte
	if err := r.Scan(&body); err != nil {
		return v, err
	}
	return v, json.Unmarshal(body, &v)
}

func scanInt(r scanner) (n int64, err error) { err = r.Scan(&n); return n, err }

// encode writes a body. All bodies are structs and maps that cannot fail to
// encode except through a programming error, which the caller sees.
func encode(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	return b, nil
}

// conditions are what a list is narrowed by.
type conditions struct {
	conds []string
	args  []any
}

// add narrows by a condition in which every ? stands for v.
func (c *conditions) add(cond string, v any) {
	c.args = append(c.args, v)
	c.conds = append(c.conds, strings.ReplaceAll(cond, "?", fmt.Sprintf("$%d", len(c.args))))
}

// in narrows a column to values; none do not narrow.
func in[T ~string](c *conditions, column string, values []T) {
	if len(values) == 0 {
		return
	}
	marks := make([]string, len(values))
	for i, v := range values {
		c.args = append(c.args, string(v))
		marks[i] = fmt.Sprintf("$%d", len(c.args))
	}
	c.conds = append(c.conds, column+" IN ("+strings.Join(marks, ", ")+")")
}

func (c conditions) where() string {
	if len(c.conds) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.conds, " AND ")
}

// likely is a pattern for LIKE with the escape \ that finds text anywhere.
func likely(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}
