package console_test

import (
	"fmt"
	"regexp"
	"testing"

	"mingbai/configs"
	"mingbai/controller/accounts"
	"mingbai/controller/store"
)

var wayField = regexp.MustCompile(`name="way" value="([0-9a-f]+)"`)

// TestTold: everybody who sees warnings sees who is told of them; technicians try
// it; nobody is shown, or may try, what is of sites that they do not look after.
func TestTold(t *testing.T) {
	o := open(t, func(cfg *configs.Controller) {
		cfg.Watch.QuietFrom, cfg.Watch.QuietUntil = "22:00", "06:30"
		cfg.Mail.Host, cfg.Mail.From = "mail.example", "mingbai@example.gov.cn" // nothing is sent while nothing runs
		cfg.Watch.Recipients = []configs.Recipient{{Site: "liuxi", Mail: []string{"cun@example.gov.cn"}}, {Webhook: "https://hook.example/robot-secret"}}
	})
	jishu, ducha := o.comes("jishu", "", accounts.Technician), o.comes("ducha", "", accounts.Auditor)
	shiling := o.comes("shi", "shiling", accounts.Technician)
	o.comes("writer", "", accounts.Drafter).get("/warnings/told").wants(403)
	ducha.get("/warnings/told").wants(200, "cun@example.gov.cn", "柳溪", "hook.example", "还没有发过", "22:00 到 06:30")
	ducha.lacks("robot-secret", wayField.String(), "<form method=\"post\" action=\"/warnings/told\"")
	ducha.post("/warnings/told", "way", "x").wants(403)
	shiling.get("/warnings/told").wants(200, "hook.example")
	shiling.lacks("cun@example.gov.cn")

	jishu.get("/warnings").wants(200, `href="/warnings/told"`)
	ways := wayField.FindAllStringSubmatch(jishu.get("/warnings/told").body, -1)
	if len(ways) != 2 {
		t.Fatalf("%q", ways)
	}
	mail := ways[0][1]
	shiling.post("/warnings/told", "way", mail).wants(409, "没有这个收件人")
	jishu.post("/warnings/told", "way", mail).wants(200, "1 条在路上", "试发的已经上路")
	jishu.post("/warnings/told", "way", mail).wants(409, "还没有送到，不用再点")
	jishu.post("/warnings/told", "way", "mail boss@example.org").wants(409, "没有这个收件人")
	jishu.get("/warnings/told/live").wants(200, "1 条在路上")
	rows, err := o.c.Store.FindRecords(t.Context(), store.AuditFilter{Limit: 1})
	if err != nil || len(rows) != 1 || rows[0].Action != "watch.try" || rows[0].Actor != "jishu" || rows[0].Subject != "cun@example.gov.cn" {
		t.Errorf("the audit log ends with %s, %v", fmt.Sprint(rows), err)
	}
}
