package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"
)

// archive is the zip file that an .xlsx is, with what has been inflated so far.
// No entry is opened that is not needed, none is held in memory, and what counts
// is the bytes that really come out, not what the directory claims.
type archive struct {
	lim      Limits
	files    map[string]*zip.File // by lower-case path
	inflated int64
}

// errDirectory says that the directory of the zip is longer than any office
// program makes it.
var errDirectory = errors.New("directory too long")

// fenced lets only so many bytes be read until it is opened: reading the
// directory of a zip allocates for every entry.
type fenced struct {
	r    io.ReaderAt
	left int64
	open bool
}

func (f *fenced) ReadAt(p []byte, off int64) (int, error) {
	if !f.open {
		if f.left -= int64(len(p)); f.left < 0 {
			return 0, errDirectory
		}
	}
	return f.r.ReadAt(p, off)
}

func openArchive(r io.ReaderAt, size int64, lim Limits) (*archive, error) {
	fence := &fenced{r: r, left: 1<<20 + 128<<10}
	z, err := zip.NewReader(fence, size)
	if errors.Is(err, errDirectory) {
		return nil, refuse(Hostile, "文件里的部件太多，不是正常的表格文件。", "The file has far more parts than a spreadsheet has.")
	}
	if err != nil {
		return nil, damaged("文件不完整或已损坏。", "The file is damaged or was cut off.")
	}
	fence.open = true
	if len(z.File) > lim.Parts {
		return nil, refuse(Hostile, "文件里的部件太多，不是正常的表格文件。", "The file has far more parts than a spreadsheet has.")
	}
	a := &archive{lim: lim, files: make(map[string]*zip.File, len(z.File))}
	var claimed uint64
	for _, f := range z.File {
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))
		if _, twice := a.files[name]; twice {
			return nil, refuse(Hostile, "文件里有两个同名的部件，不是正常的表格文件。", "Two parts of the file have one name; no spreadsheet is made so.")
		}
		a.files[name] = f
		if f.UncompressedSize64 > uint64(lim.Part) {
			return nil, a.bomb()
		}
		if claimed += f.UncompressedSize64; claimed > uint64(lim.Inflated) {
			return nil, a.bomb()
		}
	}
	return a, nil
}

func (a *archive) bomb() *Error {
	return tooLarge("文件解压后太大（超过 %d MB），请删去多余的行、图片和工作表再传。", "Unzipped the file is too large (over %d MB). Remove rows, pictures and sheets that are not needed.", a.lim.Part>>20)
}

func (a *archive) has(name string) bool { return a.files[strings.ToLower(name)] != nil }

// part opens an entry for reading XML; nil when it is not there.
func (a *archive) part(name string) (*xmlPart, error) {
	f := a.files[strings.ToLower(name)]
	if f == nil {
		return nil, nil
	}
	if f.Flags&1 != 0 {
		return nil, errEncrypted()
	}
	in, err := f.Open()
	if err != nil {
		return nil, damaged("文件不完整或已损坏。", "The file is damaged or was cut off.")
	}
	p := &xmlPart{archive: a, in: in, left: a.lim.Part, buf: make([]byte, 32<<10)}
	p.dec = xml.NewDecoder(p)
	p.dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	return p, nil
}

// maxToken bounds one token of XML: a tag with its attributes or a run of text.
const maxToken = 256 << 10

var errToken = errors.New("token too long")

// xmlPart reads the tokens of one part. Names are local, so that the strict and
// the transitional flavour of the format look alike.
type xmlPart struct {
	archive *archive
	in      io.ReadCloser
	left    int64
	dec     *xml.Decoder

	buf      []byte
	from, to int
	token    int   // bytes since the last token
	failed   error // that stopped the reading
}

// ReadByte serves the decoder, which asks for one byte at a time.
func (p *xmlPart) ReadByte() (byte, error) {
	if p.from == p.to {
		if err := p.fill(); err != nil {
			return 0, err
		}
	}
	if p.token++; p.token > maxToken {
		p.failed = errToken
		return 0, errToken
	}
	b := p.buf[p.from]
	p.from++
	return b, nil
}

// Read is there because the decoder wants a reader; it uses ReadByte.
func (p *xmlPart) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	one, err := p.ReadByte()
	if err != nil {
		return 0, err
	}
	b[0] = one
	return 1, nil
}

func (p *xmlPart) fill() error {
	n, err := p.in.Read(p.buf)
	for n == 0 && err == nil {
		n, err = p.in.Read(p.buf)
	}
	p.from, p.to = 0, n
	p.left -= int64(n)
	p.archive.inflated += int64(n)
	switch {
	case p.left < 0 || p.archive.inflated > p.archive.lim.Inflated:
		p.failed = p.archive.bomb()
		return p.failed
	case n > 0:
		return nil
	case err != io.EOF:
		p.failed = err
	}
	return err
}

// next returns the next start, end or text. At the end it returns nil, nil.
func (p *xmlPart) next() (xml.Token, error) {
	for {
		p.token = 0
		t, err := p.dec.RawToken()
		if own, ok := errors.AsType[*Error](p.failed); ok {
			return nil, own
		}
		switch {
		case p.failed == errToken:
			return nil, refuse(Hostile, "文件内部有一段长得不正常，不是表格程序写的。", "A piece inside the file is longer than any spreadsheet program writes.")
		case err == io.EOF && p.failed == nil:
			return nil, nil
		case err != nil:
			return nil, damaged("文件不完整或已损坏。", "The file is damaged or was cut off.")
		}
		switch t.(type) {
		case xml.Directive:
			// Entities are declared in a DOCTYPE, which no office program writes.
			return nil, refuse(Hostile, "文件里有 DOCTYPE 声明，不是表格程序写的，已拒绝。", "The file has a DOCTYPE, which no spreadsheet program writes; it was refused.")
		case xml.StartElement, xml.EndElement, xml.CharData:
			return t, nil
		}
	}
}

func (p *xmlPart) close() { p.in.Close() } // it was only read

// attr returns an attribute by its local name.
func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// each calls fn for every start of an element.
func (a *archive) each(name string, fn func(xml.StartElement) error) error {
	p, err := a.part(name)
	if p == nil || err != nil {
		return err
	}
	defer p.close()
	for {
		t, err := p.next()
		if t == nil || err != nil {
			return err
		}
		if e, ok := t.(xml.StartElement); ok {
			if err := fn(e); err != nil {
				return err
			}
		}
	}
}

// relation is an arrow from one part to another.
type relation struct{ kind, target string }

// relations reads where the arrows of a part lead, by their ids. Those that lead
// out of the file are left out.
func (a *archive) relations(of string) (map[string]relation, error) {
	out := make(map[string]relation)
	dir, file := path.Split(of)
	err := a.each(dir+"_rels/"+file+".rels", func(e xml.StartElement) error {
		if e.Name.Local != "Relationship" || attr(e, "TargetMode") == "External" {
			return nil
		}
		target := strings.ReplaceAll(attr(e, "Target"), `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = path.Join("/", dir, target)
		}
		if len(out) > a.lim.Parts {
			return refuse(Hostile, "文件里的部件太多，不是正常的表格文件。", "The file has far more parts than a spreadsheet has.")
		}
		out[attr(e, "Id")] = relation{path.Base(attr(e, "Type")), strings.TrimPrefix(path.Clean(target), "/")}
		return nil
	})
	return out, err
}

func errEncrypted() *Error {
	return refuse(Encrypted, "文件加了密码，打不开。请在 Excel 或 WPS 里去掉密码，另存为 .xlsx 再传。", "The file wants a password. Remove it in Excel or WPS and save as .xlsx.")
}
