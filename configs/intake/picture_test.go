package intake

import (
	"testing"
	"testing/fstest"

	"mingbai/playlist"
	"mingbai/playlist/schedule"
)

// What a picture is for and where the text stands on the web come over from the
// clerks' words; what is misspelt is told.
func TestPictureRolesAndAddress(t *testing.T) {
	files := small()
	files["pictures/a.png"] = &fstest.MapFile{Data: []byte("\x89PNG\r\n\x1a\n")}
	head := "\"标题\" = \"x\"\n\"站点\" = \"青禾县\"\n"
	files["公告/roles.toml"] = &fstest.MapFile{Data: []byte(head +
		"\"网址\" = \"ftp://a\"\n\"图片\" = [\"a.png | 一 | 原件\", \"a.png | 二 | 样表\", \"a.png | 三\", \"a.png\", \"a.png | 四 | 海报\"]\n\"正文\" = \"正文\"\n")}
	c, err := Load(files, schedule.Date{})
	if err == nil {
		t.Fatal("a misspelt role and an address of no web are taken")
	}
	told := map[string]bool{}
	for _, p := range err.(Problems) {
		if p.File == "公告/roles.toml" {
			told[p.Column] = true
		}
	}
	if !told["网址"] || !told["图片"] {
		t.Errorf("the problems do not name both keys: %v", err)
	}
	for _, d := range c.Drafts {
		if d.Notice.ID != "roles" {
			continue
		}
		var got []playlist.PictureRole
		for _, p := range d.Notice.Pictures {
			got = append(got, p.Role)
		}
		want := []playlist.PictureRole{playlist.Scan, playlist.Sample, playlist.Illustration, playlist.Illustration}
		if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] || len(d.Pictures) != len(want) {
			t.Errorf("the roles are %q, want %q", got, want)
		}
		return
	}
	t.Error("the notice is not among the drafts")
}
