package publish

import (
	"context"
	"fmt"
	"image"
	"io"

	"mingbai/assets"
	"mingbai/assets/rendition"
	"mingbai/playlist"
)

// boxes are the sizes that screens need: a full page upright or across, half of
// it for lists, and a thumbnail that also fits LED boards.
var boxes = []image.Point{{X: 1920, Y: 1920}, {X: 960, Y: 960}, {X: 320, Y: 320}}

// paper is the size of what people enlarge to read: an A4 page scanned with 200
// dots to the inch keeps every one of them, 1654 by 2339.
var paper = image.Pt(2400, 2400)

// sizesFor returns the sizes for a picture's role.
func sizesFor(role playlist.PictureRole) []image.Point {
	if role == playlist.Illustration {
		return boxes
	}
	return append([]image.Point{paper}, boxes...)
}

// Picture takes an uploaded picture of at most limit bytes, makes the sizes that
// screens need and stores them. A refused picture is a *rendition.Error; one
// that is too long is assets.ErrTooLarge.
func (d *Desk) Picture(ctx context.Context, r io.Reader, limit int64, role playlist.PictureRole, caption string) (playlist.Picture, error) {
	src, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return playlist.Picture{}, fmt.Errorf("read the picture: %w", err)
	}
	if int64(len(src)) > limit {
		return playlist.Picture{}, fmt.Errorf("the picture has more than %d bytes: %w", limit, assets.ErrTooLarge)
	}
	select { // decoding needs much memory
	case d.pictures <- struct{}{}:
	case <-ctx.Done():
		return playlist.Picture{}, fmt.Errorf("wait to read the picture: %w", ctx.Err())
	}
	defer func() { <-d.pictures }()
	sizes, err := rendition.Render(src, sizesFor(role))
	if err != nil {
		return playlist.Picture{}, fmt.Errorf("read the picture: %w", err)
	}
	picture := playlist.Picture{Role: role, Caption: caption}
	for _, s := range sizes {
		ref, err := d.cfg.Blobs.PutBytes(s.Data)
		if err != nil {
			return playlist.Picture{}, fmt.Errorf("store the picture: %w", err)
		}
		if n := len(picture.Renditions); n > 0 && picture.Renditions[n-1].Ref == ref {
			continue // a small picture is not enlarged: two boxes give the same
		}
		picture.Renditions = append(picture.Renditions, playlist.Rendition{
			Ref: ref, Size: int64(len(s.Data)), Type: s.Type, Width: s.Width, Height: s.Height,
		})
	}
	return picture, nil
}
