package release

import (
	"fmt"
	"strings"
)

// Reason is why a device does not run what it was offered. wire.UpdateState.Error
// begins with one and a colon, so that pages and rollouts can tell them apart.
type Reason string

// The reasons for which an offer is refused (wire.UpdateRefused).
const (
	Unpinned  Reason = "unpinned"  // no release key is pinned
	Unsigned  Reason = "unsigned"  // too few different keys have signed
	WrongKey  Reason = "wrong_key" // none of the signatures is by a key that counts
	Damaged   Reason = "damaged"
	Oversized Reason = "oversized"
	Chain     Reason = "chain"     // the key sets do not lead from the pinned one to the newest
	Downgrade Reason = "downgrade" // a newer program has been well on this machine
	Program   Reason = "program"   // it is another program
	System    Reason = "system"    // it is for another operating system or processor
	Speech    Reason = "protocol"  // it does not speak with this controller
	Unslotted Reason = "no_slots"  // the program was not started by the launcher
)

// The reasons for which an update failed (wire.UpdateFailed).
const (
	Storage     Reason = "storage"     // no room, or the disk does not write
	Missing     Reason = "missing"     // the controller does not have the program, or has other bytes
	NotStarted  Reason = "not_started" // the machine could not start it at all
	Crashed     Reason = "crashed"     // it ended by itself while it was on trial
	Frozen      Reason = "frozen"      // its picture did not move
	Dark        Reason = "dark"        // it showed nothing, or not the content that was there before
	Unreachable Reason = "unreachable" // the controller did not welcome it, although it had welcomed the old one
)

// Refusal says why an offer is not taken. Detail is a sentence for a technician.
type Refusal struct {
	Reason Reason
	Detail string
}

func (r *Refusal) Error() string { return string(r.Reason) + ": " + r.Detail }

func refuse(reason Reason, format string, args ...any) error {
	return &Refusal{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

// ReasonOf reads the reason with which an UpdateState.Error begins, and what
// follows it; the reason is empty when it begins with none.
func ReasonOf(text string) (Reason, string) {
	code, detail, ok := strings.Cut(text, ": ")
	if _, known := words[Reason(code)]; !ok || !known {
		return "", text
	}
	return Reason(code), detail
}

// Words say a reason to a technician, with the next step.
func (r Reason) Words() (zh, en string) {
	w := words[r]
	return w.zh, w.en
}

type saying struct{ zh, en string }

var words = map[Reason]saying{
	Unpinned:  {"设备上没有配置程序签名公钥，拒绝一切更新；请在设备配置 [update] keys 中填写公钥", "no release key is pinned on the device, so it refuses every update; put the public keys into [update] keys of its settings"},
	Unsigned:  {"程序包签名人数不足；请由其他签名人补签后重新推送", "too few people have signed the package; have the others sign it and offer it again"},
	WrongKey:  {"程序包不是由设备信任的密钥签名；请核对密钥链", "the package is not signed by keys that the device trusts; check the chain of keys"},
	Damaged:   {"程序包或密钥数据损坏；请重新上传", "the package or a key set is damaged; upload it again"},
	Oversized: {"程序包说明或密钥链过大；请重新制作", "the manifest or the chain of keys is too large; make it again"},
	Chain:     {"密钥链不能从设备信任的密钥接续到最新密钥；请补齐中间各版密钥", "the chain of keys does not lead from those that the device trusts to the newest; complete it"},
	Downgrade: {"设备已运行过更新的程序，不会退回旧版；如需退回，请用旧版程序制作编号更高的包", "the device has run a newer program and does not go back; to go back, make a package of the old program with a higher number"},
	Program:   {"程序包类型不符（触摸屏与 LED 屏程序不能混用）", "the package is of the other program: touchscreens and boards run different ones"},
	System:    {"程序包与设备的操作系统或处理器不符；请推送对应的程序包", "the package is for another operating system or processor; offer the one that fits"},
	Speech:    {"该程序与控制端协议版本不兼容；请先升级控制端", "the program does not speak with this controller; update the controller first"},
	Unslotted: {"设备程序不是由启动器启动的，不能远程更新；请按说明以 launch 方式运行", "the program was not started by its launcher and cannot be updated from afar; run it with launch"},

	Storage:     {"设备存储空间不足或写入失败；请清理磁盘，设备会自动再试", "the device has no room or cannot write; make room on its disk, and it tries again by itself"},
	Missing:     {"控制端没有该程序文件或文件内容不符；请重新上传程序包", "the controller does not have the program, or has other bytes; upload the package again"},
	NotStarted:  {"新程序无法启动，已退回原程序；请确认程序包与设备相符", "the new program could not be started and the old one runs again; check that it fits the machine"},
	Crashed:     {"新程序试运行时异常退出，已退回原程序；请查看日志", "the new program ended by itself while on trial and the old one runs again; look at its log"},
	Frozen:      {"新程序试运行时画面停止，已退回原程序", "the picture of the new program stood still while on trial; the old one runs again"},
	Dark:        {"新程序试运行时没有显示原有内容，已退回原程序", "the new program did not show the content that was there before; the old one runs again"},
	Unreachable: {"新程序试运行时连接不上控制端（原程序可以），已退回原程序", "the new program did not reach the controller, which the old one did; the old one runs again"},
}
