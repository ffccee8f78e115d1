package sheet_test

import (
	"fmt"
	"strings"
	"testing"

	"mingbai/controller/sheet"
)

// text makes a sheet of lines whose cells are parted by |.
func table(t testing.TB, rows string) *sheet.Sheet {
	t.Helper()
	book, err := sheet.Paste(strings.ReplaceAll(strings.TrimSpace(rows), "|", "\t"), "", sheet.Limits{})
	must(t, err)
	return &book.Sheets[0]
}

func TestFindTheTable(t *testing.T) {
	s := table(t, `
附件2
2026年耕地地力保护补贴发放表（柳溪村）|||||||
填报单位：望川镇||||||单位：元|
序 号|户主姓名|身份证号码|一卡通账号|联系电话|面积（亩）|补贴标准（元/亩）|补贴金额
1|王建国|330106196001011015|6228481234567890123|13800001111|3.5|95|332.50
2|李秀英|33010619620202202X|6228481234567890124|13800001112|2|95|190.00
一组小计|||||5.5||522.50
3|赵*柱|330106195803031013|6228481234567890125|13800001113|1|95|95
序 号|户主姓名|身份证号码|一卡通账号|联系电话|面积（亩）|补贴标准（元/亩）|补贴金额
4|孙福|330106195803041013|6228481234567890126||1|95|95
合  计||||||7.5|712.50
注：本表公示7天，如有异议请向村委会反映。
制表人：张三|||审核：李四`)
	got := sheet.Find(s)
	if got.Title != "2026年耕地地力保护补贴发放表（柳溪村）" || got.Unit != "元" {
		t.Errorf("title %q, unit %q", got.Title, got.Unit)
	}
	if fmt.Sprint(got.Heading, got.Rows, got.Totals, got.Notes) != "[3] [4 5 7 9] [{6 true} {10 false}] [8 11 12]" {
		t.Errorf("heading %v, rows %v, totals %v, notes %v", got.Heading, got.Rows, got.Totals, got.Notes)
	}
	var meanings []string
	for _, c := range got.Columns {
		meanings = append(meanings, string(c.Meaning))
	}
	if strings.Join(meanings, " ") != "serial name id card phone quantity rate amount" {
		t.Errorf("meanings are %v", meanings)
	}
	if c := got.Columns[5]; c.Name != "面积" || c.Unit != "亩" {
		t.Errorf("area is %+v", c)
	}
	if c := got.Columns[6]; c.Unit != "元/亩" {
		t.Errorf("rate is %+v", c)
	}
	if c := got.Columns[7]; c.Unit != "元" {
		t.Errorf("the unit above the table is not that of its amount: %+v", c)
	}
}

func TestMeaningsOfHeadings(t *testing.T) {
	for _, c := range []struct {
		heading, cells string
		want           sheet.Meaning
	}{
		{"编号", "1 2 3", sheet.Serial}, {"村（社区）", "柳溪村 东岭村", sheet.Village}, {"户编号", "001 002", sheet.Household},
		{"承包方代表姓名", "王建国 李秀英", sheet.Name}, {"补贴对象", "王建国 李秀英", sheet.Name}, {"金额（万元）", "41.0 9.0", sheet.Amount},
		{"单位", "万元 万元", sheet.UnitOf}, {"来源", "中央 省级", sheet.Source}, {"用途与去向", "三馆全年开放 水电", sheet.Reason},
		{"人数（人）", "22 17", sheet.Quantity}, {"每季补助（元）", "1200 900", sheet.Rate}, {"拨付情况", "已拨 未拨", sheet.Status},
		{"发放日期", "2026-11-01 2026-11-02", sheet.Day}, {"备用", "330106196001011015 330106196001011023", sheet.ID},
		{"账户", "6228481234567890123 6228481234567890124", sheet.Card}, {"家庭住址", "柳溪村3组 柳溪村4组", sheet.Dwelling},
		{"项目", "提前下达 送戏下乡", sheet.Item}, {"补助类型", "特困 低保", sheet.Plain}, {"股数（股）", "2 5", sheet.Quantity},
		{"收入（元）", "26400.00 36000.00", sheet.Amount}, {"应发", "1 9", sheet.Amount},
	} {
		var b strings.Builder
		b.WriteString("第一列|" + c.heading + "\n")
		for _, cell := range strings.Fields(c.cells) {
			b.WriteString("文字|" + cell + "\n")
		}
		got := sheet.FindAt(table(t, b.String()), 0)
		if len(got.Columns) != 2 || got.Columns[1].Meaning != c.want {
			t.Errorf("%s over %s is %+v, want %s", c.heading, c.cells, got.Columns, c.want)
		}
	}
}

func TestShapeSeesThroughLooks(t *testing.T) {
	a := sheet.Shape([]string{"序 号", "金额（元）", "户主\n姓名"})
	if b := sheet.Shape([]string{"序号", "金额(元)", "户主姓名"}); a != b {
		t.Error("spaces and brackets make another shape")
	}
	if b := sheet.Shape([]string{"序号", "金额(万元)", "户主姓名"}); a == b {
		t.Error("another unit makes the same shape")
	}
}
