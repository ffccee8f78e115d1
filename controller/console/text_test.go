package console

import (
	"reflect"
	"strings"
	"testing"

	"mingbai/playlist"
)

func TestTextOfAnAnnouncement(t *testing.T) {
	text := "全体村民：\r\n\n　　停水一天。\n# 范围\n-  一组\n- 二组\n#号不是标题\n[图2] 水厂\n[图9] 没有\n-5℃\n再见："
	blocks, lines := blocksOf(text, 2)
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

// FuzzText shows that what a form shows again is what was read from it.
func FuzzText(f *testing.F) {
	f.Add("全体村民：\n# 标题\n- 一\n[图1] 说明\n正文", 1)
	f.Add("# # a\n- - b\n-\n#\n[图1]", 2)
	f.Add("　 \r\n\x00", 0)
	f.Fuzz(func(t *testing.T, text string, pictures int) {
		if pictures < 0 || pictures > 99 {
			return
		}
		first, lines := blocksOf(text, pictures)
		again, _ := blocksOf(textOf(first), pictures)
		if len(lines) != len(first) || len(again) > len(first) {
			t.Fatalf("%d blocks in %d lines, again %d", len(first), len(lines), len(again))
		}
		settled, _ := blocksOf(textOf(again), pictures)
		if textOf(settled) != textOf(again) {
			t.Errorf("%q becomes %q and then %q", text, textOf(again), textOf(settled))
		}
		if strings.TrimSpace(text) == "" && len(first) > 0 {
			t.Errorf("nothing becomes %+v", first)
		}
	})
}

func TestLocalPath(t *testing.T) {
	for in, want := range map[string]string{
		"/screens?q=1": "/screens?q=1", "": "/", "https://evil.example": "/", "//evil.example": "/", "/\\evil.example": "/", "/a\nb": "/", "javascript:alert(1)": "/",
	} {
		if got := localPath(in); got != want {
			t.Errorf("%q leads to %q, want %q", in, got, want)
		}
	}
}
