package console

import (
	"net/http/httptest"
	"net/url"
	"reflect"
	"testing"

	"mingbai/playlist"
)

// sends is what a page reads of a form that a browser sent.
func sends(f listForm) listForm {
	r := httptest.NewRequest("POST", "/", nil)
	r.PostForm = url.Values{"name": {f.Name}, "latest": {f.Latest}, "kind": f.Kinds, "column": {f.Column}}
	for _, row := range f.Rows {
		r.PostForm.Set("order-"+string(row.Notice), row.Order)
		r.PostForm.Set("dwell-"+string(row.Notice), row.Dwell)
	}
	return (&visit{r: r}).readList()
}

// TestListFormKeepsPlaylists fills the form from a playlist, sends it unchanged
// and wants the same playlist back.
func TestListFormKeepsPlaylists(t *testing.T) {
	for name, l := range map[string]playlist.Playlist{
		"fixed":  {ID: "p", Name: "固定", Items: []playlist.Item{{Notice: "z"}, {Notice: "a", Dwell: 15}, {Notice: "m"}}},
		"newest": {ID: "p", Name: "最新", Latest: &playlist.Select{Count: 8}},
		"both": {ID: "p", Name: "都有", Items: []playlist.Item{{Notice: "n-1"}}, Latest: &playlist.Select{
			Count: 3, Kinds: []playlist.Kind{playlist.KindFund, playlist.KindMedia}, Columns: []playlist.ColumnID{"news"},
		}},
		"several columns": {ID: "p", Name: "几个栏目", Latest: &playlist.Select{Count: 3, Columns: []playlist.ColumnID{"news", "money"}}},
	} {
		got, problems := sends(listFormOf(l)).list(l)
		if len(problems) > 0 || !reflect.DeepEqual(got, l) {
			t.Errorf("%s: it came back as %+v with %v", name, got, problems)
		}
	}
}

func TestListFormOrdersByNumber(t *testing.T) {
	f := listForm{Name: "n", Rows: []listItem{{Notice: "c", Order: "10"}, {Notice: "b", Order: "2"}, {Notice: "a", Order: "2"}, {Notice: "d", Order: "1.5"}, {Notice: "e"}, {Notice: "f", Dwell: "9"}}}
	l, problems := sends(f).list(playlist.Playlist{})
	var order string
	for _, item := range l.Items {
		order += string(item.Notice)
	}
	if order != "dabc" || len(problems) > 0 {
		t.Errorf("the order is %q, %v", order, problems)
	}
	for field, spoil := range map[string]listForm{
		"items":  {Name: "n", Rows: []listItem{{Notice: "a", Order: "first"}, {Notice: "b", Order: "1"}}},
		"latest": {Name: "n", Latest: "many", Rows: []listItem{{Notice: "b", Order: "1"}}},
	} {
		_, problems := sends(spoil).list(playlist.Playlist{})
		if len(problems) != 1 || problems[0].Field != field {
			t.Errorf("%s: %v", field, problems)
		}
	}
	if _, problems := sends(listForm{Name: "n"}).list(playlist.Playlist{}); len(problems) != 1 {
		t.Errorf("an empty playlist: %v", problems)
	}
}
