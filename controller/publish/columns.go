package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// ErrInUse: notices are filed in the column, or columns stand below it.
var ErrInUse = errors.New("the column is in use")

// ColumnChange is what is done to the catalogue: Put adds a column or changes the
// one with its ID, Remove takes one away, Move shifts one among those with the
// same parent, by -1 or +1. Exactly one is meant.
type ColumnChange struct {
	Put    *playlist.Column
	Add    bool // Put must be new
	Remove playlist.ColumnID
	Move   playlist.ColumnID
	By     int
}

// ChangeColumns changes the catalogue, which every screen below the root gets
// with the next edition of the root's channel. A catalogue with errors is
// *Invalid, with the fields of ValidateColumns; removing a column in use is
// ErrInUse.
func (d *Desk) ChangeColumns(ctx context.Context, who Who, c ColumnChange) (Receipt, error) {
	if done, r, err := d.answered(ctx, who); done || err != nil {
		return r, err
	}
	var r Receipt
	err := d.cfg.Store.Update(ctx, func(t *store.Tx) error {
		columns, err := t.Columns(ctx)
		if err != nil {
			return err
		}
		changed, about, err := c.apply(columns)
		if err != nil {
			return err
		}
		if c.Remove != "" {
			used, err := t.ColumnsInUse(ctx)
			if err != nil {
				return err
			}
			if used[c.Remove] {
				return ErrInUse
			}
		}
		if problems := playlist.ValidateColumns(changed); playlist.HasErrors(problems) {
			return &Invalid{problems}
		}
		if err := t.ReplaceColumns(ctx, changed); err != nil {
			return err
		}
		tree, err := t.Tree(ctx)
		if err != nil {
			return err
		}
		root, err := tree.Root()
		if err != nil {
			return err
		}
		r = Receipt{Channel: playlist.ChannelID{Site: root.ID}}
		record := d.record(who, about.action, string(about.id), root.ID, about.name)
		record.Before, record.After = about.before, about.after
		if err := t.Audit(ctx, record); err != nil {
			return err
		}
		if err := d.ensureChannels(ctx, t, root.ID); err != nil {
			return err
		}
		if err := d.want(ctx, t, &r); err != nil {
			return err
		}
		return d.note(ctx, t, who, r)
	})
	if err != nil {
		return Receipt{}, fmt.Errorf("change the catalogue: %w", err)
	}
	return d.finish(ctx, r)
}

// columnDeed is a change for the audit log.
type columnDeed struct {
	action        string
	id            playlist.ColumnID
	name          string
	before, after string
}

func (c ColumnChange) apply(columns []playlist.Column) ([]playlist.Column, columnDeed, error) {
	at := func(id playlist.ColumnID) int {
		return slices.IndexFunc(columns, func(x playlist.Column) bool { return x.ID == id })
	}
	columns = slices.Clone(columns)
	switch {
	case c.Put != nil:
		return c.put(columns, at(c.Put.ID))
	case c.Remove != "":
		i := at(c.Remove)
		if i < 0 {
			return nil, columnDeed{}, store.ErrNotFound
		}
		if slices.ContainsFunc(columns, func(x playlist.Column) bool { return x.Parent == c.Remove }) {
			return nil, columnDeed{}, ErrInUse
		}
		deed := columnDeed{action: "column.remove", id: c.Remove, name: columns[i].Name, before: asText(columns[i])}
		return slices.Delete(columns, i, i+1), deed, nil
	}
	i := at(c.Move)
	if i < 0 {
		return nil, columnDeed{}, store.ErrNotFound
	}
	deed := columnDeed{action: "column.move", id: c.Move, name: columns[i].Name}
	for j := i + c.By; c.By != 0 && j >= 0 && j < len(columns); j += c.By {
		if columns[j].Parent == columns[i].Parent {
			deed.before, deed.after = order(columns, columns[i].Parent), ""
			columns[i], columns[j] = columns[j], columns[i]
			deed.after = order(columns, columns[i].Parent)
			break
		}
	}
	return columns, deed, nil
}

func (c ColumnChange) put(columns []playlist.Column, i int) ([]playlist.Column, columnDeed, error) {
	deed := columnDeed{action: "column.change", id: c.Put.ID, name: c.Put.Name, after: asText(*c.Put)}
	switch {
	case i >= 0 && c.Add:
		return nil, deed, &Invalid{[]playlist.Problem{{
			Field: fmt.Sprintf("columns[%d].id", i), Code: "twice", Severity: playlist.Wrong, Message: "这个编号已经用过", MessageEn: "this column is there already",
		}}}
	case i >= 0:
		deed.before = asText(columns[i])
		columns[i] = *c.Put
		return columns, deed, nil
	case !c.Add:
		return nil, deed, store.ErrNotFound
	}
	deed.action = "column.add"
	return append(columns, *c.Put), deed, nil
}

func order(columns []playlist.Column, parent playlist.ColumnID) string {
	var ids []playlist.ColumnID
	for _, c := range columns {
		if c.Parent == parent {
			ids = append(ids, c.ID)
		}
	}
	return asText(ids)
}

// asText is a value as the audit log keeps it.
func asText(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error() // columns and lists of names always encode
	}
	return string(data)
}
