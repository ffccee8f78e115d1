package intake

import (
	"strings"
	"testing"
	"testing/fstest"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// with adds files to the small county.
func with(files map[string]string) fstest.MapFS {
	out := small()
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

const headLines = "\"站点\" = \"柳溪村\"\n\"栏目\" = \"工作动态\"\n\"标题\" = \"值班\"\n\"发布机构\" = \"村委会\"\n\"发布日期\" = 2026-11-20\n"

// A roster comes from the file itself or from a table beside it, in any order.
func TestRosters(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"in the file": {"值班/zhiban.toml": headLines + "\"电话\" = \"0000-6210311\"\n\"夜班开始\" = \"17：30\"\n" +
			"[[\"班\"]]\n\"日期\" = 2026-11-23\n\"值班\" = \"周秀英\"\n[[\"班\"]]\n\"日期\" = 2026-11-22\n\"带班\" = \"陈立\"\n\"值班\" = \"刘长根\"\n\"夜班\" = \"陈大柱\"\n"},
		"beside it": {"rosters/zhiban.toml": headLines + "\"电话\" = \"0000-6210311\"\n\"夜班开始\" = \"17:30\"\n\"文件\" = \"zhiban.csv\"\n",
			"rosters/zhiban.csv": "夜间值班,值班人员,带班领导,日期\n,周秀英,,2026/11/23\n陈大柱,刘长根,陈立,2026年11月22日\n"},
	} {
		c, err := Load(with(files), schedule.Date{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		n := c.Drafts[len(c.Drafts)-1].Notice
		r := n.Roster
		if n.Kind != playlist.KindRoster || r == nil || r.Night != "17:30" || len(r.Shifts) != 2 {
			t.Errorf("%s: %+v", name, r)
			continue
		}
		want := playlist.Shift{Day: schedule.Date{Year: 2026, Month: 11, Day: 22}, Lead: "陈立", Staff: "刘长根", Night: "陈大柱"}
		if r.Shifts[0] != want || r.Shifts[1].Staff != "周秀英" {
			t.Errorf("%s: %+v", name, r.Shifts)
		}
	}
}

func TestTablesInTexts(t *testing.T) {
	c, err := Load(with(map[string]string{"公告/tingdian.toml": headLines +
		"\"正文\" = \"\"\"\n停电安排如下。\n[表] 停电安排\n| 村 | 时间 |\n| 柳溪村 | 8:00—15:00 |\n| 东岭村 | |\n\n请相互转告。\n\"\"\"\n"}), schedule.Date{})
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for c.Drafts[i].Notice.Announcement == nil {
		i++
	}
	b := c.Drafts[i].Notice.Announcement.Blocks
	if len(b) != 3 || b[1].Kind != playlist.TableBlock || b[1].Text != "停电安排" || len(b[1].Rows) != 3 || b[1].Rows[1][1] != "8:00—15:00" || b[1].Rows[2][1] != "" {
		t.Errorf("%+v", b)
	}
}

func TestRosterAndTableProblemsAreTold(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"a day twice": {map[string]string{"rosters/a.toml": headLines + "\"电话\" = \"0000-6210311\"\n\"文件\" = \"a.csv\"\n", "rosters/a.csv": "日期,值班\n2026-11-22,陈立\n2026-11-22,周敏\n,刘洋\n2026-11-31,孙静\n"},
			[]string{"rosters/a.csv 第 3 行「日期」：2026年11月22日 在第 2 行已经排过了", "rosters/a.csv 第 4 行「日期」：不能为空", "rosters/a.csv 第 5 行「日期」：「2026-11-31」不是日期"}},
		"two places": {map[string]string{"rosters/a.toml": headLines + "\"电话\" = \"0000-6210311\"\n\"文件\" = \"a.csv\"\n[[\"班\"]]\n\"日期\" = 2026-11-22\n\"值班\" = \"陈立\"\n"},
			[]string{"rosters/a.toml 第 7 行「文件」：班次写在「班」里，或者放在文件里，只用一种"}},
		"no telephone": {map[string]string{"rosters/a.toml": headLines + "[[\"班\"]]\n\"日期\" = 2026-11-22\n\"值班\" = \"\"\n"},
			[]string{"「电话」：请填写值班电话", "「班」：请填写值班人员"}},
		"a ragged table": {map[string]string{"公告/a.toml": headLines + "\"正文\" = \"\"\"\n| 村 | 时间 |\n| 柳溪村 |\n\"\"\"\n"},
			[]string{"公告/a.toml 第 6 行「正文」：表格的「| 柳溪村 |」一行有 1 格，表头有 2 格"}},
	} {
		_, err := Load(with(c.files), schedule.Date{})
		if err == nil {
			t.Errorf("%s: nothing is wrong", name)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q is not in %v", name, want, err)
			}
		}
	}
}
