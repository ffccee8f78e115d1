package browse_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// speak lets a screen say what residents said and what was counted in a month.
func (o *office) speak() {
	o.Helper()
	screens, err := o.c.Store.Screens(o.Context())
	o.must(err)
	samples := o.samples()
	now := time.Now()
	var voices []wire.Voice
	say := func(kind wire.VoiceKind, ago time.Duration, notice playlist.NoticeID, score int, text, contact string, topics ...string) {
		title := ""
		if notice != "" {
			row, err := o.c.Store.Notice(o.Context(), notice)
			o.must(err)
			title = row.Title
		}
		voices = append(voices, wire.Voice{ID: rand.Text(), Kind: kind, At: now.Add(-ago), Notice: notice, Version: 1, Title: title, Score: score, Text: text, Contact: contact, Topics: topics})
	}
	say(wire.Objection, 26*time.Hour, samples[playlist.KindFund], 0, "公示里写我家三口人，实际是四口，去年出生的孩子没有算进去，请核对后更正。\n户主在外务工，可以打电话。", "13800000000", "人数不对", "金额不对")
	say(wire.Opinion, 3*time.Hour, "", 0, "村口到文化礼堂的路灯坏了半个月了，晚上老人走路看不见，请派人来修。", "")
	say(wire.Opinion, 2*time.Hour, samples[playlist.KindGuide], 0, "", "", "看不懂", "字太小")
	say(wire.Opinion, time.Hour, "", 0, `<script>alert("x")</script> 'or'1'='1`, "")
	for i := range 40 {
		say(wire.Rating, time.Duration(i)*time.Hour, []playlist.NoticeID{samples[playlist.KindFund], samples[playlist.KindGuide], "", samples[playlist.KindAnnouncement]}[i%4], []int{3, 3, 3, 2, 1}[i%5], "", "")
	}
	heard, err := o.c.Fleet.Voices(o.Context(), screens[0].ID, voices)
	o.must(err)
	if len(heard) != len(voices) {
		o.Fatalf("%d of %d voices were heard", len(heard), len(voices))
	}
	today := o.c.Fleet.Today()
	for i := range 30 {
		for j, s := range screens[:min(len(screens), 3)] {
			n := uint64(3 + (i*7+j*5)%23)
			u := wire.Usage{Day: today.AddDays(-i), Counts: map[string]uint64{
				wire.CountSession: n, wire.CountPage + "notice": 3 * n, wire.CountSearch: n / 2, wire.CountEmpty: n / 8, wire.CountQR: n / 4,
				wire.CountPrint: n / 6, wire.CountAloud: n / 5, wire.CountLarge: n / 3, wire.CountIdle: n / 2, wire.CountEnglish: n / 20,
			}}
			for k, id := range []playlist.NoticeID{samples[playlist.KindFund], samples[playlist.KindGuide], samples[playlist.KindAnnouncement]} {
				u.Counts[wire.CountNotice+string(id)] = n / uint64(k+1)
			}
			u.Empty = [][]string{{"gaolingbutie"}, {"tudiqq", "一丨丿丶"}, nil, {"gaolingbutie", "yiliao"}}[i%4]
			o.must(o.c.Fleet.Usage(o.Context(), s.ID, u))
		}
	}
}

// residents answers what residents said and looks at what they looked for.
func (o *office) residents() {
	o.speak()
	o.must(o.Open(o.base + "/voices"))
	o.says(".side [aria-current]", "群众意见\n4")
	o.says("tbody tr:first-child", "异议")
	o.says("tbody tr:first-child", "前答复")
	o.says("tbody", `<script>alert("x")</script>`)
	o.sound("voices")
	o.must(o.Press("tbody tr:first-child a"))
	o.says("h1", "异议")
	o.says(".words", "实际是四口")
	o.says("main", "13800000000")
	o.sound("voice")
	o.must(o.Press("button[value=answered]"))
	o.says(".finding.stop", "请写明怎么处理的")
	o.Complaints() // a refused form is a 422, which the browser notes
	o.must(o.Fill("textarea[name=note]", "已核对户口簿，新增一人，下一次公示更正；已电话告知本人。"))
	o.must(o.Press("button[value=answered]"))
	o.says(".card", "已处理")
	o.says(".card", "已电话告知")
	o.sound("voice-answered")
	o.must(o.Open(o.base + "/voices?state=new"))
	o.says(".side [aria-current]", "群众意见\n3")
	text, err := o.Text("tbody")
	o.must(err)
	if strings.Contains(text, "异议") {
		o.Error("an objection that was answered still waits")
	}
	o.must(o.Open(o.base + "/voices/ratings"))
	o.says(".total", "24")
	o.sound("ratings")
	o.must(o.Open(o.base + "/usage"))
	sums, err := o.c.Store.Usage(o.Context(), store.UsageFilter{From: o.c.Fleet.Today().AddDays(-40), To: o.c.Fleet.Today()})
	o.must(err)
	o.says(".sums", fmt.Sprintf("%d,%03d", sums.Totals[wire.CountSession]/1000, sums.Totals[wire.CountSession]%1000))
	o.says(".halves", "gaolingbutie")
	o.sound("usage")
	o.must(o.Until(`window.scrollTo(0, 9999) || true`))
	o.sound("usage-end")
	o.must(o.Press("main > table tbody a"))
	o.says("h1", "看全部屏幕")
	o.sound("usage-screen")
}
