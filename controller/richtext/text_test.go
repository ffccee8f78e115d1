package richtext_test

import (
	"reflect"
	"testing"

	"mingbai/controller/richtext"
	"mingbai/playlist"
)

func TestTextOfAnAnnouncement(t *testing.T) {
	text := "全体村民：\r\n\n　　停水一天。\n# 范围\n-  一组\n- 二组\n#号不是标题\n[图2] 水厂\n[图9] 没有\n-5℃\n再见："
	blocks, lines := richtext.Parse(text, 2)
	want := []playlist.Block{
		{Kind: playlist.Salutation, Text: "全体村民："}, {Kind: playlist.Paragraph, Text: "停水一天。"}, {Kind: playlist.Heading, Text: "范围"},
		{Kind: playlist.ListItem, Text: "一组"}, {Kind: playlist.ListItem, Text: "二组"}, {Kind: playlist.Paragraph, Text: "#号不是标题"},
		{Kind: playlist.Image, Text: "水厂", Picture: 1}, {Kind: playlist.Paragraph, Text: "[图9] 没有"}, {Kind: playlist.Paragraph, Text: "-5℃"}, {Kind: playlist.Paragraph, Text: "再见："},
	}
	if !reflect.DeepEqual(blocks, want) {
		t.Errorf("the blocks are %+v", blocks)
	}
	if !reflect.DeepEqual(lines, []int{0, 2, 3, 4, 5, 6, 7, 8, 9, 10}) {
		t.Errorf("the lines are %v", lines)
	}
}
