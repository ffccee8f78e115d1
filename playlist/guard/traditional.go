package guard

import (
	"sync"
	"unicode/utf8"

	"mingbai/playlist"
)

// traditional are characters that are written otherwise in public texts
// (国家通用语言文字法 9, 13; DOMAIN L33), each followed by the one in use: those
// that come along when text is copied. Characters with a use of their own in
// names (乾, 昇, 喆) are not among them.
const traditional = "國国農农業业務务會会議议電电話话發发開开關关個个們们來来時时間间區区縣县鄉乡鎮镇村村黨党員员辦办處处圖图書书館馆學学" +
	"長长員员資资錢钱費费補补貼贴養养醫医療疗險险戶户園园場场廠厂車车輛辆道道橋桥樓楼號号門门廳厅設设備备產产買买賣卖價价單单雙双" +
	"對对應应當当為为與与從从進进還还過过達达運运動动勞劳務务報报告告證证認认識识說说請请謝谢該该詳详語语課课調调談谈論论護护讓让" +
	"點点無无總总統统經经濟济營营環环境境綠绿紅红線线組组結结給给續续級级紙纸細细織织維维網网絡络聯联聲声聽听職职腦脑臺台舊旧" +
	"節节術术規规視视覺觉親亲觀观計计訂订記记許许訴诉評评試试詢询責责貨货貧贫購购質质贈赠贊赞趕赶軍军軟软轉转輕轻輪轮選选遠远" +
	"適适遲迟郵邮鄰邻醬酱釋释針针銀银錄录鐘钟鐵铁閱阅隊队階阶隨随際际險险雞鸡離离難难雲云靈灵靜静頁页項项順顺須须預预領领頭头" +
	"題题額额願愿類类風风飛飞飯饭養养餘余驗验驚惊魚鱼鳥鸟麥麦黃黄齊齐齡龄龍龙歲岁歸归殘残氣气決决況况淚泪淺浅減减測测湯汤溝沟" +
	"滅灭滿满漢汉潔洁潛潜澤泽災灾煙烟熱热燈灯燒烧爐炉爭争爺爷牆墙獎奖獨独獲获現现瑪玛甦苏畫画畢毕異异療疗盡尽監监盤盘眾众礎础" +
	"禮礼種种稱称積积穩稳窮穷競竞筆笔籌筹糧粮糾纠約约純纯紛纷練练緊紧緣缘編编緩缓縮缩績绩織织繼继罰罚義义習习聖圣膽胆臨临興兴" +
	"舉举艦舰莊庄葉叶著著蓋盖藍蓝藝艺藥药蘇苏蘭兰蟲虫衛卫裝装製制複复襲袭訊讯訓训討讨詞词誰谁譯译貝贝負负財财貿贸賓宾賞赏賠赔" +
	"賢贤賬账賴赖賽赛躍跃載载輔辅輸输農农遞递遷迁遺遗邊边醜丑釣钓鋼钢錯错鍋锅鍵键鎖锁鏡镜閉闭閃闪閘闸陣阵陰阴陸陆陽阳隱隐雖虽" +
	"壓压壞坏壯壮夢梦奪夺婦妇媽妈孫孙寧宁實实審审寫写寬宽寶宝將将專专尋寻導导屆届屬属岡冈島岛峽峡嶺岭帶带幫帮幹干幾几庫库廢废" +
	"廣广廟庙張张強强彈弹後后徑径徵征復复態态慣惯慶庆憂忧憑凭憲宪懷怀戰战戲戏擁拥擇择擊击擔担據据擴扩擾扰攝摄數数斷断於于暫暂" +
	"曆历東东條条極极構构標标樣样樹树機机權权歡欢歷历創创剛刚劃划劇剧勝胜勢势勵励勸劝協协卻却厭厌參参吳吴問问啟启喪丧嗎吗團团" +
	"圍围執执堅坚報报塊块塵尘億亿優优傷伤僅仅傳传債债億亿儲储兒儿兩两冊册準准凍冻劑剂"

var simplified = sync.OnceValue(func() map[rune]rune {
	out := map[rune]rune{}
	all := []rune(traditional)
	for i := 0; i+1 < len(all); i += 2 {
		if all[i] != all[i+1] {
			out[all[i]] = all[i+1]
		}
	}
	return out
})

// characters points at traditional characters; a row of them is one finding.
func (in *inspector) characters(field, text string) {
	table := simplified()
	from, right := -1, ""
	tell := func(to int) {
		if from >= 0 {
			in.add(playlist.Warning, field, "traditional", text, from, to,
				say("“"+text[from:to]+"”是繁体字，公开文字用规范汉字", "traditional characters; public texts use simplified ones"),
				Fix{Label: "改为“" + right + "”", LabelEn: "Change to " + right, Text: right})
		}
		from, right = -1, ""
	}
	for i, r := range text {
		if r < utf8.RuneSelf {
			tell(i)
			continue
		}
		s, ok := table[r]
		if !ok {
			tell(i)
			continue
		}
		if from < 0 {
			from = i
		}
		right += string(s)
	}
	tell(len(text))
}
