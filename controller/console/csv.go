package console

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/url"

	"mingbai/controller/sheet"
)

// csv sends a table as a file that a spreadsheet opens: UTF-8 with the mark that
// Excel needs to see it, lines ended as Windows does.
func (v *visit) csv(name string, rows [][]string) error {
	var out bytes.Buffer
	out.WriteString("\uFEFF")
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = sheet.CSV(cell)
		}
		if err := w.Write(safe); err != nil {
			return fmt.Errorf("write a table: %w", err)
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return fmt.Errorf("write a table: %w", err)
	}
	name += "-" + v.local(v.Now()).Format("20060102") + ".csv"
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="mingbai.csv"; filename*=UTF-8''`+url.PathEscape(name))
	if _, err := v.w.Write(out.Bytes()); err != nil && v.ctx.Err() == nil {
		v.Log.Debug("a browser went away", "path", v.r.URL.Path, "error", err)
	}
	return nil
}
