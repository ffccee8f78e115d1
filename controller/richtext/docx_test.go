package richtext_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"mingbai/controller/richtext"
)

const w = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`

// file packs the parts of a .docx.
func file(t testing.TB, parts map[string]string) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, text := range parts {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// sample is a document as Word writes it, in parts.
func sample(t testing.TB) map[string]string {
	parts := map[string]string{"[Content_Types].xml": "<Types/>", "word/vbaProject.bin": "macro"}
	for _, name := range []string{"document", "styles", "numbering"} {
		data, err := os.ReadFile("testdata/docx/" + name + ".xml")
		if err != nil {
			t.Fatal(err)
		}
		parts["word/"+name+".xml"] = string(data)
	}
	return parts
}

const sampleText = `# 关于发放2026年冬春救助物资的通知
各村（社区）：
经镇党委研究，现将有关事项通知如下。
# 一、发放范围
# 二、发放标准
（一）棉被：每户一床。
（二）大米：每户
两袋。
- 凭身份证领取
| 村 | 户数 | 物资 |
| 柳溪村 | 12 | 棉被 |
| 柳溪村 | 12 | 大米 |
请各村于11月30日前上报。`

func TestDocx(t *testing.T) {
	doc, err := richtext.Docx(file(t, sample(t)))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(richtext.Format(doc.Blocks), "@ ", "")
	if text != sampleText {
		t.Errorf("it becomes\n%s", text)
	}
	if doc.Title != "关于发放2026年冬春救助物资的通知" {
		t.Errorf("the title is %q", doc.Title)
	}
	if again, _ := richtext.Parse(richtext.Format(doc.Blocks), 0); !reflect.DeepEqual(again, doc.Blocks) {
		t.Errorf("%+v comes back as %+v", doc.Blocks, again)
	}
}

// TestDocxRefuses reads files that are none, are damaged, or are made to harm.
func TestDocxRefuses(t *testing.T) {
	bomb := `<w:document ` + w + `><w:body><w:p><w:r><w:t>` + strings.Repeat("a", 40<<20) + `</w:t></w:r></w:p></w:body></w:document>`
	many := map[string]string{"word/document.xml": "<w:document " + w + "/>"}
	for i := range 5000 {
		many[strings.Repeat("x", i%7)+string(rune('一'+i))] = ""
	}
	for name, c := range map[string]struct {
		data []byte
		say  string
	}{
		"an old .doc":      {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "另存为 .docx"},
		"a PDF":            {[]byte("%PDF-1.7"), "PDF"},
		"a text":           {[]byte("hello"), "不是 Word 文件"},
		"a sheet":          {file(t, map[string]string{"xl/workbook.xml": "<x/>"}), "不是 Word 文件"},
		"broken XML":       {file(t, map[string]string{"word/document.xml": "<w:document><w:p>"}), "损坏"},
		"a bomb":           {file(t, map[string]string{"word/document.xml": bomb}), "太大"},
		"nested elements":  {file(t, map[string]string{"word/document.xml": strings.Repeat("<w:x>", 100_000)}), "损坏"},
		"entities":         {file(t, map[string]string{"word/document.xml": `<!DOCTYPE x [<!ENTITY a "aaaa">]><w:document>&a;</w:document>`}), "损坏"},
		"too many parts":   {file(t, many), "部分太多"},
		"a file cut short": {file(t, sample(t))[:900], "不是 Word 文件"},
		"too long":         {make([]byte, richtext.MaxDocx+1), "太大"},
	} {
		_, err := richtext.Docx(c.data)
		var refused *richtext.Error
		if !errors.As(err, &refused) || !strings.Contains(refused.Message, c.say) || refused.MessageEn == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzDocx(f *testing.F) {
	for _, text := range sample(f) {
		f.Add(text, sample(f)["word/numbering.xml"])
	}
	f.Add(`<w:p><w:pPr><w:numPr><w:ilvl w:val="9"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>x</w:t></w:r></w:p>`, `<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>`)
	f.Fuzz(func(t *testing.T, document, numbering string) {
		doc, err := richtext.Docx(file(t, map[string]string{"word/document.xml": document, "word/numbering.xml": numbering}))
		if err != nil {
			return
		}
		text := richtext.Format(doc.Blocks)
		if again, _ := richtext.Parse(text, 0); len(again)+len(doc.Blocks) > 0 && !reflect.DeepEqual(again, doc.Blocks) {
			t.Errorf("%q: %#v comes back as %#v", text, doc.Blocks, again)
		}
	})
}
