package scene

// The icons of the house: drawn by us on a grid of 24 units with lines of 2
// and round ends, and never used without a word beside them.
const (
	IconHome       IconName = "home"        // 首页
	IconBack       IconName = "back"        // 返回
	IconTextSize   IconName = "text-size"   // 大字
	IconSpeaker    IconName = "speaker"     // 朗读
	IconGlobe      IconName = "globe"       // 语言
	IconExit       IconName = "exit"        // 结束
	IconSearch     IconName = "search"      // 查找
	IconCheck      IconName = "check"       // 已核对
	IconBox        IconName = "box"         // a box to tick
	IconBoxChecked IconName = "box-checked" // a ticked box
	IconPhone      IconName = "phone"       // 电话
	IconPlace      IconName = "place"       // 地点
	IconClock      IconName = "clock"       // 时间
	IconWarning    IconName = "warning"     // 注意
	IconLeft       IconName = "left"        // chevrons
	IconRight      IconName = "right"
	IconUp         IconName = "up"
	IconDown       IconName = "down"
	IconDocument   IconName = "document"   // 文件
	IconMoney      IconName = "money"      // 资金
	IconPeople     IconName = "people"     // 村务
	IconOffline    IconName = "wifi-off"   // 未联网
	IconBell       IconName = "bell"       // 警报
	IconHand       IconName = "hand"       // 点此
	IconClose      IconName = "close"      // 关闭
	IconStar       IconName = "star"       // 党务
	IconSeal       IconName = "seal"       // 政务
	IconPrint      IconName = "print"      // 打印
	IconCode       IconName = "code"       // 扫码
	IconContrast   IconName = "contrast"   // 高对比
	IconErase      IconName = "erase"      // 退格
	IconCalendar   IconName = "calendar"   // 日期
	IconInfo       IconName = "info"       // 说明
	IconMute       IconName = "mute"       // 不能朗读
	IconStop       IconName = "stop"       // 停止
	IconOpinion    IconName = "opinion"    // 意见箱
	IconChair      IconName = "chair"      // 低位（轮椅）
	IconPlus       IconName = "plus"       // 放大
	IconMinus      IconName = "minus"      // 缩小
	IconWhole      IconName = "whole"      // 全图
	IconPleased    IconName = "pleased"    // 满意
	IconSoSo       IconName = "so-so"      // 一般
	IconDispleased IconName = "displeased" // 不满意
	IconList       IconName = "list"       // 全部栏目
)

var icons = map[IconName]string{
	IconHome:       "M 3.5 11 L 12 3.5 L 20.5 11 M 5.5 9.5 L 5.5 20.5 L 9.5 20.5 L 9.5 14 L 14.5 14 L 14.5 20.5 L 18.5 20.5 L 18.5 9.5",
	IconBack:       "M 21 12 L 3.5 12 M 10 5.5 L 3.5 12 L 10 18.5",
	IconTextSize:   "M 2.5 19 L 8 5 L 13.5 19 M 4.4 14.5 L 11.6 14.5 M 14.8 19 L 18.2 10.5 L 21.6 19 M 16 16.2 L 20.4 16.2",
	IconSpeaker:    "M 3 9.2 L 3 14.8 L 6.5 14.8 L 11.5 19 L 11.5 5 L 6.5 9.2 Z M 15.2 9 A 11.6 12 4.7 -40 40 M 17.4 5.8 A 11.6 12 8.6 -46 46",
	IconGlobe:      "O 12 12 9 M 3 12 L 21 12 M 12 3 C 7.2 7.8 7.2 16.2 12 21 C 16.8 16.2 16.8 7.8 12 3",
	IconExit:       "M 13 4 L 19.5 4 L 19.5 20 L 13 20 M 14.5 12 L 3.5 12 M 8 7.5 L 3.5 12 L 8 16.5",
	IconSearch:     "O 10.5 10.5 6.5 M 15.5 15.5 L 20.5 20.5",
	IconCheck:      "M 4.5 12.5 L 10 18 L 20 6.5",
	IconBox:        "M 6 3.5 L 18 3.5 A 18 6 2.5 -90 0 L 20.5 18 A 18 18 2.5 0 90 L 6 20.5 A 6 18 2.5 90 180 L 3.5 6 A 6 6 2.5 180 270",
	IconBoxChecked: "F M 6 2.5 L 18 2.5 A 18 6 3.5 -90 0 L 21.5 18 A 18 18 3.5 0 90 L 6 21.5 A 6 18 3.5 90 180 L 2.5 6 A 6 6 3.5 180 270 X S 2.4 M 7 12.4 L 10.7 16 L 17.2 8.4",
	IconPhone:      "M 7.8 3.5 L 4.8 3.5 C 4 3.5 3.5 4.1 3.5 4.8 C 3.9 13.4 10.6 20.1 19.2 20.5 C 19.9 20.5 20.5 20 20.5 19.2 L 20.5 16.2 L 16 14.4 L 13.8 16.8 C 11 15.5 8.5 13 7.2 10.2 L 9.6 8 Z",
	IconPlace:      "M 12 21.2 C 8.2 17 5 13.4 5 10 A 12 10 7 180 360 C 19 13.4 15.8 17 12 21.2 O 12 10 2.6",
	IconClock:      "O 12 12 9 M 12 6.8 L 12 12 L 15.6 14.2",
	IconWarning:    "M 12 3.5 L 21.5 20 L 2.5 20 Z M 12 9.5 L 12 14 F O 12 17 1.15",
	IconLeft:       "M 15 5 L 8 12 L 15 19",
	IconRight:      "M 9 5 L 16 12 L 9 19",
	IconUp:         "M 5 15 L 12 8 L 19 15",
	IconDown:       "M 5 9 L 12 16 L 19 9",
	IconDocument:   "M 14 3 L 5.5 3 L 5.5 21 L 18.5 21 L 18.5 7.5 L 14 3 L 14 7.5 L 18.5 7.5 M 9 12 L 15 12 M 9 16.2 L 15 16.2",
	IconMoney:      "O 12 12 9 M 8.2 6.8 L 12 11.6 L 15.8 6.8 M 12 11.6 L 12 17.8 M 8.6 12 L 15.4 12 M 8.6 15 L 15.4 15",
	IconPeople:     "O 9 8 3.6 M 2.5 20 C 2.5 11.8 15.5 11.8 15.5 20 M 15.6 4.8 A 15 8 3.4 -80 80 M 18 14.4 C 20.2 15.2 21.5 17 21.5 20",
	IconOffline:    "M 1.9 8.9 A 12 19 14.3 -135 -45 M 5 12 A 12 19 9.9 -135 -45 M 8 15.4 A 12 19 5.4 -135 -45 F O 12 19.2 1.6 X S 5.5 M 5 2 L 21.5 18.5 N S 2 M 3.5 3.5 L 20 20",
	IconBell:       "M 4 17.2 C 5.6 15.8 6 14.4 6 11 A 12 9.6 6 180 360 C 18 14.4 18.4 15.8 20 17.2 Z M 9.8 20.6 C 10.6 21.6 13.4 21.6 14.2 20.6",
	IconHand:       "M 9 13.5 L 9 5 A 10.6 5 1.6 180 360 L 12.2 11 L 17.8 12.2 C 19.2 12.6 19.7 13.4 19.5 14.8 L 18.4 20.8 L 10.2 20.8 L 5.2 15.2 C 4.4 14.2 5.6 12.8 6.8 13.4 L 9 14.8",
	IconClose:      "M 5.5 5.5 L 18.5 18.5 M 18.5 5.5 L 5.5 18.5",
	IconStar:       "F M 12 2.6 L 14.3 9.2 L 21.3 9.35 L 15.7 13.6 L 17.8 20.3 L 12 16.3 L 6.2 20.3 L 8.3 13.6 L 2.7 9.35 L 9.7 9.2 Z",
	IconSeal:       "M 3.5 9.5 L 12 4 L 20.5 9.5 Z M 6 12.5 L 6 17 M 10 12.5 L 10 17 M 14 12.5 L 14 17 M 18 12.5 L 18 17 M 3.5 20.5 L 20.5 20.5",
	IconPrint:      "M 7 8.5 L 7 3.5 L 17 3.5 L 17 8.5 M 7 17.5 L 3.5 17.5 L 3.5 8.5 L 20.5 8.5 L 20.5 17.5 L 17 17.5 M 7 14 L 17 14 L 17 21 L 7 21 Z",
	IconCode:       "M 3.5 3.5 L 9.5 3.5 L 9.5 9.5 L 3.5 9.5 Z M 14.5 3.5 L 20.5 3.5 L 20.5 9.5 L 14.5 9.5 Z M 3.5 14.5 L 9.5 14.5 L 9.5 20.5 L 3.5 20.5 Z M 14.5 14.5 L 17.5 14.5 M 20.5 17.5 L 20.5 20.5 L 17.5 20.5 M 14.5 18 L 14.5 20.5 M 20.5 13.8 L 20.5 14",
	IconContrast:   "O 12 12 9 F M 12 3 A 12 12 9 -90 90 Z",
	IconErase:      "M 8.5 5 L 21 5 L 21 19 L 8.5 19 L 2.5 12 Z M 11.5 9 L 17 15 M 17 9 L 11.5 15",
	IconCalendar:   "M 3.5 5.5 L 20.5 5.5 L 20.5 20.5 L 3.5 20.5 Z M 3.5 10.2 L 20.5 10.2 M 8 3 L 8 7 M 16 3 L 16 7",
	IconMute:       "M 3 9.2 L 3 14.8 L 6.5 14.8 L 11.5 19 L 11.5 5 L 6.5 9.2 Z M 15.5 9.5 L 20.5 14.5 M 20.5 9.5 L 15.5 14.5",
	IconStop:       "F M 6.5 5 L 17.5 5 A 17.5 6.5 1.5 -90 0 L 19 17.5 A 17.5 17.5 1.5 0 90 L 6.5 19 A 6.5 17.5 1.5 90 180 L 5 6.5 A 6.5 6.5 1.5 180 270",
	IconOpinion:    "M 3.5 4.5 L 20.5 4.5 L 20.5 16.5 L 12 16.5 L 7.5 20.5 L 7.5 16.5 L 3.5 16.5 Z M 8 9 L 16 9 M 8 12.5 L 13 12.5",
	IconList:       "M 8.5 6 L 20.5 6 M 8.5 12 L 20.5 12 M 8.5 18 L 20.5 18 F O 4.2 6 1.5 O 4.2 12 1.5 O 4.2 18 1.5",
	IconChair:      "F O 9.2 3.6 1.9 N S 2 M 9.4 8 L 10 14 L 15.4 14 L 18 20 L 20.5 19 M 9.8 10.6 L 15 10.6 M 6.9 11.4 A 10 16 5.2 -120 -117 M 7.2 11.6 A 9.6 16 5 236 30",
	IconInfo:       "O 12 12 9 M 12 11.2 L 12 16.8 F O 12 7.4 1.25",
	IconPlus:       "O 10.5 10.5 7 M 15.5 15.5 L 21 21 M 7 10.5 L 14 10.5 M 10.5 7 L 10.5 14",
	IconMinus:      "O 10.5 10.5 7 M 15.5 15.5 L 21 21 M 7 10.5 L 14 10.5",
	IconWhole:      "M 4 9 L 4 4 L 9 4 M 15 4 L 20 4 L 20 9 M 20 15 L 20 20 L 15 20 M 9 20 L 4 20 L 4 15",
	IconPleased:    "O 12 12 9.2 M 7.6 14 C 9.2 17.4 14.8 17.4 16.4 14 F O 8.9 9.6 1.3 O 15.1 9.6 1.3",
	IconSoSo:       "O 12 12 9.2 M 8 15.4 L 16 15.4 F O 8.9 9.6 1.3 O 15.1 9.6 1.3",
	IconDispleased: "O 12 12 9.2 M 7.8 16.8 C 9.4 13.6 14.6 13.6 16.2 16.8 F O 8.9 9.6 1.3 O 15.1 9.6 1.3",
}
