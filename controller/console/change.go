package console

import (
	"strings"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// lineChange is one line of what changed since the version in force.
type lineChange struct {
	Op   string // same, added, removed, or gap for lines left out
	Text string
}

// around is how many unchanged lines stand before and after a changed one.
const around = 1

// maxCompared bounds the table of a comparison; longer texts are compared by
// which lines they have.
const maxCompared = 4 << 20

// changes compares two texts line by line.
func changes(before, after []string) []lineChange {
	head := 0
	for head < len(before) && head < len(after) && before[head] == after[head] {
		head++
	}
	tail := 0
	for tail < len(before)-head && tail < len(after)-head && before[len(before)-1-tail] == after[len(after)-1-tail] {
		tail++
	}
	var out []lineChange
	for _, line := range before[:head] {
		out = append(out, lineChange{"same", line})
	}
	out = append(out, middle(before[head:len(before)-tail], after[head:len(after)-tail])...)
	for _, line := range before[len(before)-tail:] {
		out = append(out, lineChange{"same", line})
	}
	return out
}

// middle compares what two texts do not begin and end with, by their longest
// common subsequence.
func middle(before, after []string) []lineChange {
	var out []lineChange
	if len(before)*len(after) > maxCompared {
		return bulk(before, after)
	}
	// common[i][j] is the length for before[i:] and after[j:].
	width := len(after) + 1
	common := make([]int32, (len(before)+1)*width)
	for i := len(before) - 1; i >= 0; i-- {
		for j := len(after) - 1; j >= 0; j-- {
			if before[i] == after[j] {
				common[i*width+j] = common[(i+1)*width+j+1] + 1
			} else {
				common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(before) || j < len(after) {
		switch {
		case i < len(before) && j < len(after) && before[i] == after[j]:
			out = append(out, lineChange{"same", before[i]})
			i, j = i+1, j+1
		case j == len(after) || i < len(before) && common[(i+1)*width+j] >= common[i*width+j+1]:
			out = append(out, lineChange{"removed", before[i]})
			i++
		default:
			out = append(out, lineChange{"added", after[j]})
			j++
		}
	}
	return out
}

// bulk tells which lines only one of two long texts has.
func bulk(before, after []string) []lineChange {
	count := map[string]int{}
	for _, line := range after {
		count[line]++
	}
	var out []lineChange
	for _, line := range before {
		if count[line] > 0 {
			count[line]--
			continue
		}
		out = append(out, lineChange{"removed", line})
	}
	clear(count)
	for _, line := range before {
		count[line]++
	}
	for _, line := range after {
		if count[line] > 0 {
			count[line]--
			continue
		}
		out = append(out, lineChange{"added", line})
	}
	return out
}

// brief leaves out what did not change, but for a line around each change.
func brief(all []lineChange) []lineChange {
	keep := make([]bool, len(all))
	for i, c := range all {
		if c.Op != "same" {
			for k := max(i-around, 0); k <= min(i+around, len(all)-1); k++ {
				keep[k] = true
			}
		}
	}
	var out []lineChange
	for i, c := range all {
		switch {
		case keep[i]:
			out = append(out, c)
		case len(out) > 0 && out[len(out)-1].Op != "gap":
			out = append(out, lineChange{Op: "gap"})
		}
	}
	if n := len(out); n > 0 && out[n-1].Op == "gap" {
		out = out[:n-1]
	}
	return out
}

// lines sets out all that a notice says and when and where it is shown, a line
// for each piece, for comparing.
func (v *visit) lines(n *playlist.Notice) []string {
	var out []string
	add := func(label, text string) {
		if text != "" {
			out = append(out, label+v.t("：")+text)
		}
	}
	add(v.t("标题"), n.Title)
	add(v.t("发布机构"), n.Issuer)
	add(v.t("文号"), n.Document)
	add(v.t("索引号"), n.Index)
	add(v.t("发布日期"), n.Issued.String())
	add(v.t("栏目"), string(n.Column))
	add(v.t("监督电话"), n.Hotline)
	add(v.t("LED 短文"), n.LED)
	add(v.t("显示时间"), v.window(n))
	add(v.t("公示期"), v.posting(n))
	if n.Urgent {
		add(v.t("紧急"), v.t("是"))
	}
	if n.Sensitive {
		add(v.t("涉及个人情况"), v.t("是"))
	}
	var p noticePage
	v.content(&p, n)
	for _, f := range p.Facts {
		for _, text := range f.Texts {
			add(f.Label, text)
		}
	}
	for _, b := range p.Blocks {
		if b.Text != "" {
			out = append(out, b.Text)
		}
		for _, row := range b.Rows {
			out = append(out, strings.Join(row, "｜"))
		}
	}
	for _, t := range p.Tables {
		out = append(out, t.Title, cells(t.Heads))
		for _, row := range t.Rows {
			out = append(out, cells(row))
		}
	}
	for _, pic := range n.Pictures {
		if len(pic.Renditions) > 0 {
			add(v.t("图片"), strings.TrimSpace(pic.Caption+" "+pic.Renditions[0].Ref.Short()))
		}
	}
	return out
}

func cells(row []cell) string {
	var texts []string
	for _, c := range row {
		texts = append(texts, c.Text)
	}
	return strings.Join(texts, "｜")
}

// changed compares a notice with its version in force; nothing if there is none.
func (v *visit) changed(row store.Notice, n *playlist.Notice) ([]lineChange, error) {
	if row.Live == 0 || row.Live == n.Version {
		return nil, nil
	}
	old, err := v.Store.NoticeVersion(v.ctx, row.ID, row.Live)
	if err != nil {
		return nil, err
	}
	was, err := old.Decode()
	if err != nil {
		return nil, err
	}
	return brief(changes(v.lines(was), v.lines(n))), nil
}
