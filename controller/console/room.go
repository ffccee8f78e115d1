package console

import (
	"cmp"
	"slices"

	"mingbai/controller/store"
	"mingbai/controller/tidy"
)

// roomPart is what takes the room on the disk of the controller.
type roomPart struct {
	Measured string // empty before the first time
	Rows     []roomRow
}

type roomRow struct{ Name, Of, Size, Month, Bound string }

// room reads what was measured last; nil where nobody measures. What is part of
// another row stands below its name.
func (v *visit) room(daily, weekly int) *roomPart {
	if v.Tidy == nil {
		return nil
	}
	s := v.Tidy.State()
	if s.Measured.IsZero() {
		return &roomPart{}
	}
	bytes := map[store.Held]int64{}
	for _, u := range s.Uses {
		bytes[u.What] = u.Bytes
	}
	rows := map[store.Held]roomRow{
		store.HeldDatabase: {
			Name:  v.t("数据库"),
			Of:    v.t("其中完整的历次版本 %s，打包的显示记录 %s，空着待用 %s", v.bytes(bytes[store.HeldEditions]), v.bytes(bytes[store.HeldPacks]), v.bytes(bytes[store.HeldFree])),
			Bound: v.t("旧版本两个月后每天留一份，一年后只留签名；显示记录隔天打包，到期才删；公告、审批、审计一直保留"),
		},
		store.HeldBlobs: {
			Name:  v.t("图片、录音、程序"),
			Of:    v.t("其中朗读录音 %s", v.bytes(bytes[store.HeldSpeech])),
			Bound: v.t("没有用处满三十天自动删除"),
		},
		store.HeldShots:   {Name: v.t("屏幕截屏"), Bound: v.t("每块屏只留最近两张")},
		store.HeldBackups: {Name: v.t("备份"), Bound: v.t("保留最近 %d 天、%d 周", daily, weekly)},
	}
	p := &roomPart{Measured: v.clock(s.Measured)}
	slices.SortStableFunc(s.Uses, func(a, b tidy.Use) int { return cmp.Compare(b.Bytes, a.Bytes) })
	for _, u := range s.Uses {
		row, has := rows[u.What]
		if !has {
			continue
		}
		row.Size = v.bytes(u.Bytes)
		switch {
		case !u.Known:
			row.Month = v.t("还不知道")
		case u.Month > 0:
			row.Month = "+" + v.bytes(u.Month)
		case u.Month < 0:
			row.Month = "−" + v.bytes(-u.Month)
		default:
			row.Month = v.t("没有变")
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}
