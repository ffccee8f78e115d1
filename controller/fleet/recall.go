package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"mingbai/assets"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// recallFor is how long a screen may give back after it was asked.
const recallFor = time.Hour

// Reclaimer takes an edition back, see publish.Desk.Reclaim.
type Reclaimer func(ctx context.Context, actor string, ch playlist.ChannelID, env wire.Envelope) (missing []playlist.Blob, err error)

// recall is what one screen was asked to give back.
type recall struct {
	actor string
	until time.Time
	want  map[assets.Ref]int64 // blobs that were found missing, with their sizes
}

// Lost is a channel of which screens have a newer edition than the controller:
// its data was restored from an older backup (DOMAIN R20).
type Lost struct {
	Channel playlist.ChannelID  `json:"channel"`
	Here    playlist.Revision   `json:"here"`    // the controller's newest
	There   playlist.Revision   `json:"there"`   // the newest on a screen
	Screens []playlist.ScreenID `json:"screens"` // that have it
	Online  int                 `json:"online"`  // of Screens
}

// Lost lists the channels of which screens have newer editions.
func (f *Fleet) Lost(ctx context.Context) ([]Lost, error) {
	states, err := f.List(ctx)
	if err != nil {
		return nil, err
	}
	found := map[playlist.ChannelID]*Lost{}
	channels, err := f.cfg.Store.Channels(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range channels {
		found[c.ID] = &Lost{Channel: c.ID, Here: c.Revision}
	}
	for _, s := range states {
		for ch, rev := range s.Reported {
			l := found[ch]
			if l == nil || rev <= l.Here || rev < l.There {
				continue
			}
			if rev > l.There {
				l.There, l.Screens, l.Online = rev, nil, 0
			}
			l.Screens = append(l.Screens, s.ID)
			if s.Online {
				l.Online++
			}
		}
	}
	out := []Lost{}
	for _, l := range found {
		if l.There > 0 {
			out = append(out, *l)
		}
	}
	slices.SortFunc(out, func(a, b Lost) int { return strings.Compare(a.Channel.String(), b.Channel.String()) })
	return out, nil
}

// Recall asks a connected screen for the newest edition of a channel that this
// controller has lost. The screen gives back all that it has; only what is newer
// is taken. ErrOffline when no screen that has it is connected.
func (f *Fleet) Recall(ctx context.Context, actor string, ch playlist.ChannelID) (store.Command, error) {
	lost, err := f.Lost(ctx)
	if err != nil {
		return store.Command{}, err
	}
	i := slices.IndexFunc(lost, func(l Lost) bool { return l.Channel == ch })
	if i < 0 {
		return store.Command{}, store.ErrNotFound
	}
	for _, id := range lost[i].Screens {
		was := f.ask(id, actor)
		c, err := f.command(ctx, actor, id, wire.CommandReturn, 0)
		if !errors.Is(err, ErrOffline) {
			return c, err
		}
		if was == nil {
			f.mu.Lock()
			delete(f.recalls, id)
			f.mu.Unlock()
		}
	}
	return store.Command{}, ErrOffline
}

// ask notes that a screen may give back, and returns what it was asked for before
// that: for another channel maybe, of which blobs are on their way.
func (f *Fleet) ask(id playlist.ScreenID, actor string) *recall {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.cfg.Now()
	was := f.recalls[id]
	if was != nil && now.After(was.until) {
		was = nil
	}
	next := &recall{actor: actor, until: now.Add(recallFor), want: map[assets.Ref]int64{}}
	if was != nil {
		next.want = was.want
	}
	f.recalls[id] = next
	return was
}

// Reclaims tells the fleet who takes editions back. It is called before a device
// connects.
func (f *Fleet) Reclaims(do Reclaimer) { f.reclaim = do }

// asked returns what the screen of a token was asked to give back, or nil.
func (f *Fleet) asked(r *http.Request) (*recall, playlist.ScreenID) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || !f.BlobAllowed(token) {
		return nil, ""
	}
	name, _, _ := strings.Cut(token, ".")
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.recalls[playlist.ScreenID(name)]
	if c == nil || f.cfg.Now().After(c.until) {
		return nil, ""
	}
	return c, playlist.ScreenID(name)
}

// Returns serves PUT /device/v1/editions/{channel} and PUT
// /device/v1/blobs/{ref}: what a screen gives back that was asked to, and nothing
// else. The answer to an edition is a JSON object whose missing lists the blobs
// that must be sent before it is sent again.
func (f *Fleet) Returns() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /device/v1/editions/{channel}", f.takeEdition)
	mux.HandleFunc("PUT /device/v1/blobs/{ref}", f.takeBlob)
	return mux
}

// maxReturned bounds an envelope that comes back, in bytes.
const maxReturned = 2 * wire.MaxPayload

func (f *Fleet) takeEdition(w http.ResponseWriter, r *http.Request) {
	asked, screen := f.asked(r)
	if asked == nil {
		http.Error(w, "this screen was not asked to give anything back", http.StatusForbidden)
		return
	}
	ch, err := playlist.ParseChannelID(r.PathValue("channel"))
	if err != nil {
		http.Error(w, "this is not the name of a channel", http.StatusBadRequest)
		return
	}
	var env wire.Envelope
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxReturned)).Decode(&env); err != nil {
		http.Error(w, "the edition cannot be read", http.StatusBadRequest)
		return
	}
	missing, err := f.reclaim(r.Context(), asked.actor, ch, env)
	switch _, refused := errors.AsType[*wire.Refusal](err); {
	case refused:
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	case errors.Is(err, store.ErrNotFound):
		http.Error(w, "there is no such channel", http.StatusNotFound)
		return
	case err != nil:
		f.cfg.Log.Error("an edition from a screen could not be taken back", "screen", string(screen), "channel", ch.String(), "error", err)
		http.Error(w, "the edition could not be stored", http.StatusInternalServerError)
		return
	}
	f.mu.Lock()
	for _, b := range missing {
		asked.want[b.Ref] = b.Size
	}
	f.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(map[string]any{"missing": missing}); err != nil {
		f.cfg.Log.Warn("a screen did not read what is missing", "screen", string(screen), "error", err)
	}
}

func (f *Fleet) takeBlob(w http.ResponseWriter, r *http.Request) {
	asked, screen := f.asked(r)
	if asked == nil {
		http.Error(w, "this screen was not asked to give anything back", http.StatusForbidden)
		return
	}
	ref, err := assets.ParseRef(r.PathValue("ref"))
	if err != nil {
		http.Error(w, "this is not the address of a blob", http.StatusBadRequest)
		return
	}
	f.mu.Lock()
	size, wanted := asked.want[ref]
	f.mu.Unlock()
	if !wanted {
		http.Error(w, "this blob is not missing", http.StatusForbidden)
		return
	}
	if err := f.cfg.Blobs.Add(ref, size, io.LimitReader(r.Body, size+1)); err != nil {
		f.cfg.Log.Error("a blob from a screen could not be taken back", "screen", string(screen), "blob", ref.Short(), "error", err)
		http.Error(w, "the blob could not be stored", http.StatusUnprocessableEntity)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
