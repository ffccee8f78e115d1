package cmd

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"net/http"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// command NAME KIND: a technician asks something of a screen and gets its answer.
func commandWord(ts *testscript.TestScript, neg bool, args []string) {
	w := need(ts, neg, args, 2, 2, "command NAME reload|identify|screenshot|restart")
	s := w.screen(ts, args[0])
	w.began = time.Now()
	var answer struct {
		ID    string `json:"id"`
		OK    bool   `json:"ok"`
		Error string `json:"error"`
	}
	w.must(ts, "POST", "/screens/"+s.name+"/commands", map[string]any{"kind": args[1], "wait": 30}, &answer)
	w.until(ts, s.name+" answers", func() (bool, string) {
		if !answer.OK && answer.Error == "" {
			w.must(ts, "GET", "/commands/"+answer.ID+"?wait=1", nil, &answer)
		}
		return answer.OK || answer.Error != "", "it says nothing"
	})
	if !answer.OK {
		w.fail(ts, "%s answered: %s", s.name, answer.Error)
	}
	switch args[1] {
	case "restart":
		// A supervisor starts it again when it ends with 75.
		w.until(ts, s.name+" ends", func() (bool, string) { return !s.process.running(), "it runs" })
		if code := s.process.cmd.ProcessState.ExitCode(); code != 75 {
			w.fail(ts, "%s ended with %d", s.name, code)
		}
		w.startScreen(ts, s)
	case "screenshot":
		img, err := w.screenshot(s)
		ts.Check(err)
		if p := panelOf(s); img.Bounds().Size() != image.Pt(p.Width, p.Height) {
			w.fail(ts, "the picture of %s has %v", s.name, img.Bounds())
		}
	}
}

func (w *world) screenshot(s *screen) (image.Image, error) {
	req, err := http.NewRequest("GET", w.url+"/api/v1/screens/"+s.name+"/screenshot", nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+w.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	return png.Decode(bytes.NewReader(data))
}
