package book

import (
	"bufio"
	"context"
	"fmt"
	"html"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

	"mingbai/playlist/scene"
	"mingbai/playlist/scene/page"
	"mingbai/playlist/scene/typeset"
)

// maxTurns is how far down a page is followed.
const maxTurns = 6

// Draw calls each with the frames of a page in a mode, from its top to its foot,
// or as far as maxTurns.
func (p *Place) Draw(b *page.Book, pg Page, mode Mode, each func(turn int, f *scene.Frame, info page.Info) error) error {
	lib := p.Library
	if pg.Alert {
		lib = p.Warned
	}
	v := pg.View
	mode.Dress(&v)
	for turn := range maxTurns {
		f, info := b.Draw(v, lib, p.Moment, pg.Status)
		if err := each(turn, f, info); err != nil {
			return err
		}
		if v.Scroll >= info.MaxScroll || info.Down <= v.Scroll {
			return nil
		}
		v.Scroll = info.Down
	}
	return nil
}

// Write saves the book's pages as PNG files in dir, named by mode and page, with
// index.html to leaf through them. all takes every page of the county from top
// to foot, which are thousands of pictures; otherwise the first screen of a few
// of each kind. It returns how many pictures there are.
func Write(ctx context.Context, dir string, modes []Mode, open func(Mode) (*Place, error), all bool) (int, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, fmt.Errorf("picture book: %w", err)
	}
	var index strings.Builder
	index.WriteString("<!doctype html><meta charset=utf-8><title>明白 · 画册</title>\n<style>body{font:16px sans-serif;background:#F6F4EF;margin:24px}" +
		"figure{display:inline-block;margin:8px;vertical-align:top}img{height:420px;border:1px solid #DCD6CA}</style>\n")
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	count := 0
	for _, mode := range modes {
		place, err := open(mode)
		if err != nil {
			return count, err
		}
		b := page.New(typeset.Default(), place.Library.Settings(), place.Pictures)
		fmt.Fprintf(&index, "<h2>%s</h2>\n", mode.Name)
		for _, pg := range place.Pages() {
			if pg.All && !all {
				continue
			}
			err := place.Draw(b, pg, mode, func(turn int, f *scene.Frame, _ page.Info) error {
				if err := ctx.Err(); err != nil {
					return err
				}
				if turn > 0 && !all {
					return nil
				}
				name := fmt.Sprintf("%s-%s-%d.png", mode.Name, pg.Name, turn+1)
				fmt.Fprintf(&index, "<figure><a href=%q><img loading=lazy src=%q></a><figcaption>%s</figcaption></figure>\n", name, name, html.EscapeString(pg.Name))
				count++
				group.Go(func() error { return save(filepath.Join(dir, name), f) })
				return nil
			})
			if err != nil {
				return count, fmt.Errorf("picture book: %w", err)
			}
		}
	}
	if err := group.Wait(); err != nil {
		return count, fmt.Errorf("picture book: %w", err)
	}
	return count, os.WriteFile(filepath.Join(dir, "index.html"), []byte(index.String()), 0o644)
}

func save(path string, f *scene.Frame) error {
	img := image.NewRGBA(image.Rectangle{Max: f.Size})
	scene.Paint(img, f)
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(file)
	err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, img)
	if err == nil {
		err = w.Flush()
	}
	if cerr := file.Close(); err == nil {
		err = cerr
	}
	return err
}
