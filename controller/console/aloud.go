package console

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"mingbai/assets"
	"mingbai/controller/store"
	"mingbai/playlist/speech"
)

// aloud says whether a notice can be heard at touchscreens.
type aloud struct {
	Text, Tone string
	Address    string // of the recording; empty when there is none
}

// readAloud says how far the recording of the version in force is; nothing for a
// notice that is not in force.
func (v *visit) readAloud(row store.Notice) (*aloud, error) {
	if row.Live == 0 {
		return nil, nil
	}
	s, err := v.Store.Speech(v.ctx, row.ID, row.Live)
	switch {
	case err == nil && v.Blobs.Has(s.Blob.Ref):
		return &aloud{Text: v.t("朗读：已生成 %s", v.minutes(s.Length)), Tone: "good", Address: fmt.Sprintf("/notices/%s/speech.wav?v=%d", row.ID, row.Live)}, nil
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return nil, err
	case !v.Desk.Speaks():
		return &aloud{Text: v.t("朗读：没有。总台没有装语音程序，触摸屏只显示文字。"), Tone: "quiet"}, nil
	}
	return &aloud{Text: v.t("朗读：正在生成，好了会自动送到触摸屏。"), Tone: "quiet"}, nil
}

// minutes is a length of time to the second.
func (v *visit) minutes(d time.Duration) string {
	d = d.Round(time.Second)
	if d < time.Minute {
		return v.t("%d 秒", int(d/time.Second))
	}
	if d%time.Minute == 0 {
		return v.t("%d 分钟", int(d/time.Minute))
	}
	return v.t("%d 分 %d 秒", int(d/time.Minute), int(d%time.Minute/time.Second))
}

// noticeSpeech sends the recording of the version in force as a WAV file that
// every browser plays: none of them knows the packing that screens get.
func noticeSpeech(v *visit) error {
	row, err := v.row()
	if err != nil {
		return err
	}
	version := row.Live
	if asked := v.query("v"); asked != "" {
		if version, err = strconv.Atoi(asked); err != nil {
			return store.ErrNotFound
		}
	}
	s, err := v.Store.Speech(v.ctx, row.ID, version)
	if err != nil {
		return err
	}
	data, err := v.Blobs.Read(s.Blob.Ref, s.Blob.Size)
	if errors.Is(err, assets.ErrNotFound) {
		return store.ErrNotFound
	}
	if err != nil {
		return err
	}
	r, err := speech.Decode(data)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "audio/wav")
	v.w.Header().Set("ETag", `"`+s.Blob.Ref.Short()+`"`)
	http.ServeContent(v.w, v.r, "", time.Time{}, bytes.NewReader(r.WAV()))
	return nil
}
