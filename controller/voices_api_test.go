package controller_test

import (
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
	"mingbai/playlist/wire"
)

// testVoiceRoutes says something at a screen, over the wire as a device does,
// and answers it over the API.
func testVoiceRoutes(t *testing.T, a *client, d *device, root playlist.Site, notice playlist.NoticeID) {
	voice := wire.Voice{ID: rand.Text(), Kind: wire.Objection, At: time.Now(), Notice: notice, Version: 2, Title: "公示", Text: "金额不对", Contact: "13800000000"}
	for range 2 { // the acknowledgement was lost
		d.send(wire.TypeVoices, wire.Voices{Voices: []wire.Voice{voice}})
		var heard wire.Heard
		d.expect(wire.TypeHeard, &heard)
		if !slices.Equal(heard.Voices, []string{voice.ID}) {
			t.Errorf("heard %+v", heard)
		}
	}
	today := schedule.DateOf(time.Now().In(time.FixedZone("", 8*3600)))
	d.send(wire.TypeUsage, wire.Usage{Day: today, Counts: map[string]uint64{wire.CountSession: 3, wire.CountNotice + string(notice): 2}, Empty: []string{"ylbx"}})
	var heard wire.Heard
	d.expect(wire.TypeHeard, &heard)
	if !slices.Equal(heard.Days, []schedule.Date{today}) {
		t.Errorf("heard %+v", heard)
	}

	type detail struct {
		ID, Number, State, Note, Contact, Actor string
		Due                                     schedule.Date
	}
	var list struct {
		Total int
		Items []detail
	}
	a.do("GET", "/api/v1/voices?kind=objection&state=new&site="+string(root.ID)+"&q="+voice.Number(), "", &list)
	if list.Total != 1 || list.Items[0].ID != voice.ID || list.Items[0].Contact != voice.Contact || !list.Items[0].Due.After(today) {
		t.Fatalf("voices %+v", list)
	}
	path := "/api/v1/voices/" + voice.ID
	a.do("GET", path, "", nil)
	a.refused("GET", "/api/v1/voices/NOBODY", "", 404, "not_found")
	a.refused("POST", path+"/state", `{"from":"new","state":"done"}`, 400, "bad_request")
	a.refused("POST", path+"/state", `{"from":"new","state":"closed"}`, 422, "note")
	var one detail
	a.do("POST", path+"/state", `{"from":"new","state":"answered","note":"已更正"}`, &one)
	if one.State != "answered" || one.Note != "已更正" || one.Actor == "" || !one.Due.IsZero() {
		t.Errorf("settled %+v", one)
	}
	a.refused("POST", path+"/state", `{"from":"new","state":"closed","note":"x"}`, 409, "conflict")

	var usage struct {
		Totals  map[string]int64
		Screens []struct{ Screen string }
		Empty   []struct{ Typed string }
	}
	a.do("GET", "/api/v1/usage?from="+today.AddDays(-1).String()+"&site="+string(root.ID), "", &usage)
	if usage.Totals[wire.CountSession] != 3 || len(usage.Screens) != 1 || len(usage.Empty) != 1 || usage.Empty[0].Typed != "ylbx" {
		t.Errorf("usage %+v", usage)
	}
	a.refused("GET", "/api/v1/usage?from=yesterday", "", 400, "bad_request")
	a.refused("GET", "/api/v1/usage?from=2020-01-01", "", 400, "bad_request")

	// Others read only what is theirs, and how to reach a person only who answers.
	as := func(body string) *client {
		t.Helper()
		var token struct{ Token string }
		a.do("POST", "/api/v1/tokens", body, &token)
		b := *a
		b.token = token.Token
		return &b
	}
	one = detail{}
	as(`{"label":"auditor","roles":["auditor"]}`).do("GET", path, "", &one)
	if one.Contact != "" {
		t.Errorf("an auditor reads %q", one.Contact)
	}
	as(`{"label":"technician","roles":["technician"]}`).refused("GET", path, "", 403, "forbidden")
	as(`{"label":"auditor 2","roles":["auditor"]}`).refused("POST", path+"/state", `{"from":"answered","state":"new"}`, 403, "forbidden")
}
