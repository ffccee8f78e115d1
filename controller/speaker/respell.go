package speaker

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"mingbai/playlist/hanzi"
)

// espeak-ng reads Mandarin character by character, each by its most frequent
// reading: 银行 as yin xing, 土地 as tu de, 村长 as cun chang. What residents hear
// every day is respelled for it in pinyin, which its voice cmn-latn-pinyin reads
// as well. Other voices know words, and get the text as it is.

// misread are words of official texts with the readings that espeak-ng misses.
const misread = `
一切 yi2 qie4, 一场 yi4 chang3, 丈量 zhang4 liang2, 上调 shang4 tiao2, 下调 xia4 tiao2, 与会 yu4 hui4, 中奖 zhong4 jiang3,
中标 zhong4 biao1, 中毒 zhong4 du2, 中签 zhong4 qian1, 中选 zhong4 xuan3, 为了 wei4 le5, 为何 wei4 he2, 为您 wei4 nin2,
为村民 wei4 cun1 min2, 为此 wei4 ci3, 为民 wei4 min2, 为群众 wei4 qun2 zhong4, 为老 wei4 lao3, 乐器 yue4 qi4,
乐队 yue4 dui4, 乡长 xiang1 zhang3, 了解 liao3 jie3, 事假 shi4 jia4, 产假 chan3 jia4, 亮相 liang4 xiang4, 休假 xiu1 jia4,
会计 kuai4 ji4, 会长 hui4 zhang3, 作坊 zuo1 fang5, 佣金 yong4 jin1, 使得 shi3 de5, 供应 gong1 ying4, 供给 gong1 ji3,
便宜 pian2 yi5, 倒伏 dao3 fu2, 倒塌 dao3 ta1, 倒闭 dao3 bi4, 假日 jia4 ri4, 假期 jia4 qi1, 偏差 pian1 cha1, 停泊 ting2 bo2,
偿还 chang2 huan2, 免得 mian3 de5, 关卡 guan1 qia3, 兴修 xing1 xiu1, 兴办 xing1 ban4, 兴建 xing1 jian4, 兴旺 xing1 wang4,
农商行 nong2 shang1 hang2, 出差 chu1 chai1, 分行 fen1 hang2, 创伤 chuang1 shang1, 判处 pan4 chu3, 勉强 mian3 qiang3,
区长 qu1 zhang3, 协调 xie2 tiao2, 单薄 dan1 bo2, 卷宗 juan4 zong1, 厂长 chang3 zhang3, 县长 xian4 zhang3, 参与 can1 yu4,
双重 shuang1 chong2, 反应 fan3 ying4, 受难 shou4 nan4, 变得 bian4 de5, 变更 bian4 geng1, 响应 xiang3 ying4,
商业行 shang1 ye4 hang2, 因为 yin1 wei4, 圈养 juan4 yang3, 埋怨 man2 yuan4, 堵塞 du3 se4, 增长 zeng1 zhang3, 处于 chu3 yu2,
处分 chu3 fen4, 处方 chu3 fang1, 处暑 chu3 shu3, 处理 chu3 li3, 处罚 chu3 fa2, 处置 chu3 zhi4, 处长 chu4 zhang3,
复兴 fu4 xing1, 复种 fu4 zhong4, 多重 duo1 chong2, 大夫 dai4 fu5, 央行 yang1 hang2, 套种 tao4 zhong4, 妥当 tuo3 dang4,
婚假 hun1 jia4, 宁可 ning4 ke3, 家长 jia1 zhang3, 宿舍 su4 she4, 寒假 han2 jia4, 对应 dui4 ying4, 少先队 shao4 xian1 dui4,
少年 shao4 nian2, 尽快 jin3 kuai4, 尽早 jin3 zao3, 尽管 jin3 guan3, 尽量 jin3 liang4, 局长 ju2 zhang3, 差价 cha1 jia4,
差别 cha1 bie2, 差异 cha1 yi4, 差旅 chai1 lv3, 差距 cha1 ju4, 差额 cha1 e2, 巷道 hang4 dao4, 市长 shi4 zhang3,
干活 gan4 huo2, 干渠 gan4 qu2, 干线 gan4 xian4, 干群 gan4 qun2, 干道 gan4 dao4, 干部 gan4 bu4, 年假 nian2 jia4,
应对 ying4 dui4, 应急 ying4 ji2, 应用 ying4 yong4, 应聘 ying4 pin4, 庭长 ting2 zhang3, 开拓 kai1 tuo4, 弄堂 long4 tang2,
弹性 tan2 xing4, 归还 gui1 huan2, 当作 dang4 zuo4, 微调 wei1 tiao2, 恰当 qia4 dang4, 惩处 cheng2 chu3, 懂得 dong3 de5,
成分 cheng2 fen4, 成都 cheng2 du1, 成长 cheng2 zhang3, 所长 suo3 zhang3, 投降 tou2 xiang2, 抢种 qiang3 zhong4,
护士长 hu4 shi4 zhang3, 拓宽 tuo4 kuan1, 挑战 tiao3 zhan4, 振兴 zhen4 xing1, 接种 jie1 zhong4, 播种 bo1 zhong4,
支行 zhi1 hang2, 放假 fang4 jia4, 散养 san3 yang3, 散装 san3 zhuang1, 新兴 xin1 xing1, 显得 xian3 de5, 暑假 shu3 jia4,
曝光 bao4 guang1, 更名 geng1 ming2, 更换 geng1 huan4, 更改 geng1 gai3, 更新 geng1 xin1, 更正 geng1 zheng4,
村长 cun1 zhang3, 林长 lin2 zhang3, 查处 cha2 chu3, 标识 biao1 zhi4, 校对 jiao4 dui4, 校正 jiao4 zheng4,
校长 xiao4 zhang3, 栽种 zai1 zhong4, 检察长 jian3 cha2 zhang3, 楼长 lou2 zhang3, 模板 mu2 ban3, 歌曲 ge1 qu3,
正月 zheng1 yue4, 没收 mo4 shou1, 河长 he2 zhang3, 泊位 bo2 wei4, 测量 ce4 liang2, 淹没 yan1 mo4, 灾难 zai1 nan4,
炮制 pao2 zhi4, 照相 zhao4 xiang4, 爱好 ai4 hao4, 率领 shuai4 ling3, 班长 ban1 zhang3, 理事长 li3 shi4 zhang3,
理发 li3 fa4, 生长 sheng1 zhang3, 田长 tian2 zhang3, 畜牧 xu4 mu4, 病假 bing4 jia4, 的确 di2 que4, 目的 mu4 di4,
相处 xiang1 chu3, 相应 xiang1 ying4, 相片 xiang4 pian4, 省长 sheng3 zhang3, 看守 kan1 shou3, 看护 kan1 hu4,
真相 zhen1 xiang4, 着力 zhuo2 li4, 着手 zhuo2 shou3, 着火 zhao2 huo3, 着眼 zhuo2 yan3, 着落 zhuo2 luo4,
着装 zhuo2 zhuang1, 着重 zhuo2 zhong4, 社长 she4 zhang3, 种养 zhong4 yang3, 种地 zhong4 di4, 种树 zhong4 shu4,
种植 zhong4 zhi2, 种田 zhong4 tian2, 种粮 zhong4 liang2, 科长 ke1 zhang3, 秘书长 mi4 shu1 zhang3, 积累 ji1 lei3,
称职 chen4 zhi2, 空地 kong4 di4, 空白 kong4 bai2, 空缺 kong4 que1, 空调 kong1 tiao2, 空闲 kong4 xian2, 站长 zhan4 zhang3,
答应 da1 ying4, 累计 lei3 ji4, 组长 zu3 zhang3, 结实 jie1 shi2, 给予 ji3 yu3, 网格长 wang3 ge2 zhang3, 老少 lao3 shao4,
耕种 geng1 zhong4, 股长 gu3 zhang3, 节假日 jie2 jia4 ri4, 茄子 qie2 zi5, 董事长 dong3 shi4 zhang3, 薄弱 bo2 ruo4,
薄膜 bo2 mo2, 薪酬 xin1 chou2, 行业 hang2 ye4, 行情 hang2 qing2, 行长 hang2 zhang3, 衡量 heng2 liang2, 补种 bu3 zhong4,
补给 bu3 ji3, 觉得 jue2 de5, 角色 jue2 se4, 记得 ji4 de5, 记载 ji4 zai3, 误差 wu4 cha1, 请假 qing3 jia4, 调价 tiao2 jia4,
调低 tiao2 di1, 调减 tiao2 jian3, 调增 tiao2 zeng1, 调整 tiao2 zheng3, 调节 tiao2 jie2, 调解 tiao2 jie3, 调试 tiao2 shi4,
调高 tiao2 gao1, 财会 cai2 kuai4, 转载 zhuan3 zai3, 返还 fan3 huan2, 还建 huan2 jian4, 还本 huan2 ben3, 还林 huan2 lin2,
还款 huan2 kuan3, 还清 huan2 qing1, 还田 huan2 tian2, 还贷 huan2 dai4, 退还 tui4 huan2, 适应 shi4 ying4, 适当 shi4 dang4,
逮捕 dai4 bu3, 遇难 yu4 nan4, 避难 bi4 nan4, 部分 bu4 fen4, 部长 bu4 zhang3, 都市 du1 shi4, 重修 chong2 xiu1,
重印 chong2 yin4, 重发 chong2 fa1, 重复 chong2 fu4, 重庆 chong2 qing4, 重建 chong2 jian4, 重担 zhong4 dan4,
重新 chong2 xin1, 重申 chong2 shen1, 重组 chong2 zu3, 重阳 chong2 yang2, 银行 yin2 hang2, 铺设 pu1 she4,
镇长 zhen4 zhang3, 长势 zhang3 shi4, 长大 zhang3 da4, 长者 zhang3 zhe3, 长辈 zhang3 bei4, 间伐 jian4 fa2, 间隔 jian4 ge2,
队长 dui4 zhang3, 院长 yuan4 zhang3, 难民 nan4 min2, 青少年 qing1 shao4 nian2, 音乐 yin1 yue4, 首都 shou3 du1,
骨干 gu3 gan4`

// asIs are words that begin like a misread one ends: 其中标准 is not 中标.
const asIs = `其中 集中 之中 国家 大家 全部 内部 社区 小区 合作社 社会 大会 委员会 办事处 处级 完成 形成 多少 减少 至少 不少 困难 高中 初中 会计划 年中 政府 下班 晚会 理事会 监事会 居委会 村委会 专家 老人家`

// alone are characters that are read otherwise than espeak-ng does wherever no
// word says more. 为 at the head of a clause is wèi, as espeak-ng has it.
var alone = map[rune]string{'为': "wei2", '地': "di4", '得': "de2"}

// words maps every word of the lists to its pinyin, nothing for those as they
// are; longest is the length of the longest in characters.
var words = sync.OnceValues(func() (map[string]string, int) {
	all, longest := map[string]string{}, 0
	for _, entry := range strings.Split(misread, ",") {
		word, pinyin, _ := strings.Cut(strings.TrimSpace(entry), " ")
		all[word] = pinyin
	}
	for _, word := range strings.Fields(asIs) {
		all[word] = ""
	}
	for word := range all {
		longest = max(longest, utf8.RuneCountInString(word))
	}
	return all, longest
})

// readsPinyin reports whether a command is espeak-ng with the voice that reads
// pinyin within a text.
func readsPinyin(command []string) bool {
	name := strings.TrimSuffix(strings.ToLower(filepath.Base(command[0])), ".exe")
	return name == "espeak-ng" && slices.Contains(command, "cmn-latn-pinyin")
}

// respell writes what espeak-ng would misread in pinyin.
func respell(text string) string {
	known, longest := words()
	runes := []rune(text)
	var out strings.Builder
	for i := 0; i < len(runes); {
		n := min(longest, len(runes)-i)
		for ; n > 1; n-- {
			word := string(runes[i : i+n])
			pinyin, found := known[word]
			if !found {
				continue
			}
			if pinyin == "" {
				out.WriteString(word)
			} else {
				out.WriteString(" " + pinyin + " ")
			}
			break
		}
		if n <= 1 {
			n = 1
			r := runes[i]
			pinyin, found := alone[r]
			if r > 0xFFFF {
				// It would read the number of a rare name's character. Its tone is
				// not known here.
				pinyin, found = "某", true
				if readings := hanzi.Readings(r); len(readings) > 0 {
					pinyin = strings.ReplaceAll(readings[0], "v", "ü")
				}
			}
			if found && (r != '为' || i > 0 && unicode.Is(unicode.Han, runes[i-1])) {
				out.WriteString(" " + pinyin + " ")
			} else {
				out.WriteRune(r)
			}
		}
		i += n
	}
	return out.String()
}
