package console

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"mingbai/controller/accounts"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/review"
)

// difference is one field that a change changed.
type difference struct{ Field, Before, After string }

// differences compares what was before with what is after, field by field. What
// is not JSON is one field.
func (v *visit) differences(before, after string) []difference {
	if before == "" && after == "" {
		return nil
	}
	old, okOld := flat(before)
	now, okNow := flat(after)
	if !okOld || !okNow {
		return []difference{{"", before, after}}
	}
	var names []string
	for name := range old {
		names = append(names, name)
	}
	for name := range now {
		if _, both := old[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var out []difference
	for _, name := range names {
		if old[name] != now[name] {
			out = append(out, difference{v.fieldName(name), v.fieldValue(name, old[name]), v.fieldValue(name, now[name])})
		}
	}
	return out
}

// flat reads a JSON object into the texts of its fields; those of objects in it
// are named with a point. Nothing is an empty object.
func flat(text string) (map[string]string, bool) {
	out := map[string]string{}
	if text == "" {
		return out, true
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var fields map[string]any
	if d.Decode(&fields) != nil {
		return nil, false
	}
	var put func(name string, value any)
	put = func(name string, value any) {
		switch x := value.(type) {
		case map[string]any:
			for k, y := range x {
				if name != "" {
					k = name + "." + k
				}
				put(k, y)
			}
		case []any:
			parts := make([]string, len(x))
			for i, y := range x {
				if s, ok := y.(string); ok {
					parts[i] = s
				} else {
					b, _ := json.Marshal(y) // it was decoded a moment ago
					parts[i] = string(b)
				}
			}
			out[name] = strings.Join(parts, ", ")
		case nil:
		default:
			out[name] = fmt.Sprint(x)
		}
	}
	put("", fields)
	return out, true
}

func (v *visit) fieldName(name string) string {
	switch name {
	case "name":
		return v.t("姓名或名称")
	case "name_en":
		return v.t("英文名称")
	case "site":
		return v.t("站点")
	case "department":
		return v.t("部门")
	case "roles":
		return v.t("角色")
	case "contractor":
		return v.t("外聘")
	case "phone":
		return v.t("电话")
	case "disabled":
		return v.t("已停用")
	case "lead":
		return v.t("分管领导")
	case "must_change":
		return v.t("须换密码")
	case "login":
		return v.t("账号")
	case "status":
		return v.t("状态")
	case "stage":
		return v.t("等待")
	case "version":
		return v.t("版本")
	case "steps":
		return v.t("步骤")
	case "people":
		return v.t("最少人数")
	case "deputy":
		return v.t("代办的人")
	case "person":
		return v.t("不在的人")
	case "from":
		return v.t("从哪天")
	case "to":
		return v.t("到哪天（含）")
	case "reason":
		return v.t("原因")
	}
	return name
}

func (v *visit) fieldValue(name, value string) string {
	switch {
	case value == "true":
		return v.t("是")
	case value == "false":
		return v.t("否")
	case value == "":
		return ""
	case name == "status":
		word, _ := v.noticeState(store.Notice{Status: store.Status(value)})
		return word
	case name == "stage":
		return v.stageWord(review.Stage(value))
	case name == "site":
		return v.siteName(playlist.SiteID(value))
	case name == "roles":
		var words []string
		for _, r := range strings.Split(value, ", ") {
			words = append(words, v.roleName(accounts.Role(r)))
		}
		return strings.Join(words, v.t("、"))
	case len([]rune(value)) > 300:
		return string([]rune(value)[:300]) + "…"
	}
	return value
}
