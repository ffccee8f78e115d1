package store

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// namesNone are the columns of text and bytes that name no blobs, or that
// References reads in another way; a column that is new has to be put here or into
// naming.
const namesNone = `
	notices.* notice_versions.* editions.* past_editions.* blob_uses.* audit.* register.* ledger.* ledger_packs.* display.* health.* samples.* sample_days.*
	sessions.* accounts.* api_tokens.* factors.* recovery_codes.* secrets.* signers.* deputies.* channels.* takedowns.* removed_devices.*
	voices.* usage.* traffic.* line_passes.* sizes.* screen_events.* warnings.* deliveries.* patrols.* commands.* sqlite_sequence.*
	uploads.data approvals.envelope screens.settings screens.reported screens.refused screens.device_key schema_version.*`

// TestReferencesKnowTheSchema holds the list of columns that can name blobs against
// the schema.
func TestReferencesKnowTheSchema(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	type column struct{ table, name, kind string }
	all, err := collect(t.Context(), s.q, "columns", func(r scanner) (c column, err error) { err = r.Scan(&c.table, &c.name, &c.kind); return c, err },
		`SELECT m.name, i.name, i.type FROM sqlite_master m JOIN pragma_table_info(m.name) i WHERE m.type = 'table'`)
	if err != nil || len(all) < 100 {
		t.Fatalf("%d columns, %v", len(all), err)
	}
	none := strings.Fields(namesNone)
	for _, c := range all {
		named := slices.ContainsFunc(naming, func(n struct{ table, column string }) bool { return n.table == c.table && n.column == c.name })
		if slices.Contains(none, c.table+".*") || slices.Contains(none, c.table+"."+c.name) || named {
			continue
		}
		if c.kind == "BLOB" || c.name == "ref" || c.name == "body" {
			t.Errorf("can %s.%s name blobs? Put it into naming or among those that cannot.", c.table, c.name)
		}
	}
	for _, n := range naming {
		if !slices.ContainsFunc(all, func(c column) bool { return c.table == n.table && c.name == n.column }) {
			t.Errorf("there is no %s.%s", n.table, n.column)
		}
	}
}
