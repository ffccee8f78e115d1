package console

import (
	"mingbai/controller/accounts"
)

// entry is one line of the menu.
type entry struct {
	Name, Path, Label string
	Group             string // a heading above it
	Count             int    // things that wait
	Now               bool
}

// menu is what the visitor may open, with what waits there. now is the entry that
// is marked.
func (v *visit) menu(now string) (all []entry) {
	add := func(name, label, group string, count int, roles ...accounts.Role) {
		if len(roles) == 0 || v.person.May(roles...) {
			all = append(all, entry{Name: name, Path: "/" + name, Label: label, Group: group, Count: count, Now: name == now})
		}
	}
	alerts, _ := v.Desk.ActiveAlerts(v.ctx) // the menu is no place to fail
	add("todo", v.t("待办"), "", v.waitingTodo(), staffed...)
	add("notices", v.t("公告与公示"), "", 0)
	add("write", v.t("写一条"), "", 0, writes...)
	add("programme", v.t("播放安排"), "", 0)
	add("columns", v.t("栏目与时限"), "", v.missedDuties(), staffed...)
	add("register", v.t("登记簿"), "", 0, staffed...)
	add("alerts", v.t("预警"), "", len(alerts))
	add("voices", v.t("群众意见"), "", v.waitingVoices(), hears...)
	add("usage", v.t("使用统计"), "", 0)
	add("screens", v.t("全部屏幕"), v.t("设备"), 0)
	add("warnings", v.t("告警"), "", v.freeWarnings(), watches...)
	add("patrol", v.t("每日巡检"), "", 0, watches...)
	add("pairing", v.t("配对新屏"), "", len(v.Fleet.Waiting())+v.Fleet.FoundCount(), tends...)
	add("updates", v.t("程序更新"), "", v.Depot.Stopped(), tends...)
	first := len(all)
	add("people", v.t("人员与权限"), "", 0, manages...)
	add("policies", v.t("审核流程"), "", 0, manages...)
	add("words", v.t("错敏词"), "", 0, looksUp...)
	add("audit", v.t("审计"), "", 0, audits...)
	add("backups", v.t("备份"), "", len(v.Backups.Signs(v.Now())), keeps...)
	if first < len(all) {
		all[first].Group = v.t("管理")
	}
	return all
}

// liveMenu is the menu again, for a page that stays open while others work. It
// counts as no use of the session.
func liveMenu(v *visit) error {
	return v.part("todo", "menu", struct{ Menu []entry }{v.menu(v.query("at"))})
}
