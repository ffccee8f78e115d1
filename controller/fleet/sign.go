package fleet

import (
	"time"

	"mingbai/playlist"
)

// Kind is what is wrong with a screen.
type Kind string

// The kinds of signs. Those that hide others come first: of an offline screen
// nothing newer is known.
const (
	SignOffline   Kind = "offline"   // 离线
	SignWrongKey  Kind = "wrong_key" // 身份不符: a device with another key, or two devices with one
	SignUnplugged Kind = "unplugged" // 显示器没接上
	SignUnlit     Kind = "unlit"     // 显示器没有亮: it was told to light up and stayed off
	SignFrozen    Kind = "frozen"    // 画面不动: the render loop stands still
	SignBlack     Kind = "black"     // 黑屏
	SignPicture   Kind = "picture"   // 画面不对: the pixels are not what was drawn
	SignOutputs   Kind = "outputs"   // LED 控制器连不上
	SignStale     Kind = "stale"     // 内容过旧: nothing but what has expired, or the fallback card
	SignRefused   Kind = "refused"   // 拒收内容
	SignCache     Kind = "cache"     // 缓存损坏
	SignDisk      Kind = "disk"      // 磁盘将满 or failing
	SignClock     Kind = "clock"     // 时钟不准
	SignHeat      Kind = "heat"      // 温度过高
	SignCPU       Kind = "cpu"       // 处理器吃紧
	SignMemory    Kind = "memory"    // 内存吃紧
	SignRestarts  Kind = "restarts"  // 反复重启
	SignLine      Kind = "line"      // 线路不稳
	SignTouch     Kind = "touch"     // 触摸失灵
	SignBehind    Kind = "behind"    // 内容未更新
	SignAhead     Kind = "ahead"     // 版本高于总台
	SignUpdate    Kind = "update"    // 更新失败
	SignVersion   Kind = "version"   // 程序太旧
	SignPatrol    Kind = "patrol"    // 巡检发现问题

	// What the controller itself saw a device do.
	SignGarbage  Kind = "garbage"  // 发来的数据读不懂
	SignFalse    Kind = "false"    // 报告不实: it claims to have what was never sent to it
	SignStorming Kind = "storming" // 报告太多
	SignGreedy   Kind = "greedy"   // 反复下载
	SignStalled  Kind = "stalled"  // 收不下数据
	SignFlapping Kind = "flapping" // 反复断开又连上

	// SignVolume is of the line of a site.
	SignVolume Kind = "volume" // 本月流量快用完 or 用完

	// SignOverload is of the controller itself.
	SignOverload Kind = "overload" // 总台过载

	// SignBackup is of the office and of no screen.
	SignBackup Kind = "backup" // 备份失败 or too old

	// SignRoom is of the disk of the controller.
	SignRoom Kind = "room" // 总台磁盘将满
)

// Severity is how much a sign matters to people in the hall.
type Severity int

// The severities.
const (
	Note   Severity = 1 // 提示: worth knowing, nobody is hurt
	Warn   Severity = 2 // 注意: will hurt residents if nobody looks
	Urgent Severity = 3 // 紧急: residents see it now
)

// Sign is one thing that is wrong with a screen, in the words of the person who
// has to mend it.
type Sign struct {
	Kind     Kind      `json:"kind"`
	Severity Severity  `json:"severity"`
	Since    time.Time `json:"since"`
	Title    Words     `json:"title"` // 离线 3 小时
	Cause    Words     `json:"cause"` // 最后一次心跳 10:42，此前网络丢包 30%
	Next     Words     `json:"next"`  // 请先看电源和网线

	// Site is where it is when it is of a whole site; of a screen, and of the
	// controller, it is empty.
	Site playlist.SiteID `json:"site,omitempty"`
}
