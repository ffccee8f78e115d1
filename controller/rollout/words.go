package rollout

import (
	"fmt"

	"mingbai/playlist"
	"mingbai/playlist/release"
)

// mostNamed is how many screens a reason names; the page lists all.
const mostNamed = 3

// words says why a rollout stops, with the screens.
func (m *machine) words(t tally) (zh, en string) {
	zh = fmt.Sprintf("%d 块已更新或正在更新的屏中", t.size)
	en = fmt.Sprintf("of %d screens that were offered it", t.size)
	if n := len(t.failed); n > 0 {
		namesZh, namesEn := m.named(t.failed)
		zh += fmt.Sprintf("，%d 块更新失败（%s）", n, namesZh)
		en += fmt.Sprintf(", %d failed (%s)", n, namesEn)
	}
	if n := len(t.warned); n > 0 {
		namesZh, namesEn := m.named(t.warned)
		zh += fmt.Sprintf("，%d 块在更新后出现新警告（%s）", n, namesZh)
		en += fmt.Sprintf(", %d have new warnings since (%s)", n, namesEn)
	}
	if t.others > 0 {
		zh += fmt.Sprintf("；其他屏的新警告只占 %.0f%%", 100*t.others)
		en += fmt.Sprintf("; of the other screens %.0f%% have new warnings", 100*t.others)
	}
	return zh + "。还没开始的屏已撤回。", en + ". It was withdrawn from screens that have not begun."
}

// named lists screens by name, the first few, each run of them with what they all
// say.
func (m *machine) named(ids []playlist.ScreenID) (zh, en string) {
	few := ids[:min(len(ids), mostNamed)]
	for i, id := range few {
		saidZh, saidEn := m.said(id)
		zh, en = zh+m.screens[id].Name, en+m.screens[id].Name
		last := i == len(few)-1
		if !last {
			if nextZh, _ := m.said(few[i+1]); nextZh == saidZh {
				zh, en = zh+"、", en+", "
				continue
			}
		} else if len(ids) > mostNamed {
			zh, en = zh+" 等", en+" and others"
		}
		if saidZh != "" {
			zh, en = zh+"："+saidZh, en+": "+saidEn
		}
		if !last {
			zh, en = zh+"；", en+"; "
		}
	}
	return zh, en
}

// said is what is wrong with a screen: what its device said, or its warning.
func (m *machine) said(id playlist.ScreenID) (zh, en string) {
	member := m.members[id]
	if Broken(member) {
		return Said(member.Error)
	}
	for _, w := range m.screens[id].Warned {
		if !w.Since.Before(member.Offered) {
			return w.TitleZh, w.TitleEn
		}
	}
	return "", ""
}

// Said puts what a device says of an offer into words, with the next step.
func Said(text string) (zh, en string) {
	reason, detail := release.ReasonOf(text)
	if reason == "" {
		return detail, detail
	}
	return reason.Words()
}

// Refused says why a package file was not taken, where the controller is the one
// that refuses.
func Refused(r release.Reason) (zh, en string) {
	if w, ok := refusals[r]; ok {
		return w.zh, w.en
	}
	return r.Words()
}

var refusals = map[release.Reason]struct{ zh, en string }{
	release.Unpinned: {"本总台还没有配置签名公钥，不能收程序包", "no release keys are set for this controller, so it takes no package"},
	release.Unsigned: {"程序包的签名人数不够，没有收下。请让其他签名人补签后再传", "too few people have signed the package, so it was not taken; have the others sign it"},
	release.WrongKey: {"程序包不是本总台信任的人签的，没有收下。请核对来源", "the package is not signed by people whom this controller trusts, so it was not taken; check where it comes from"},
	release.Damaged:  {"程序包已损坏，没有收下。请重新取一份", "the package is damaged, so it was not taken; get another copy"},
	release.Chain:    {"程序包里的密钥接不上本总台信任的密钥，没有收下。请补齐中间各版密钥", "the keys in the package do not lead from those that this controller trusts, so it was not taken; complete the chain"},
}
