package publish

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/guard"
)

// surroundings is what a notice is compared with.
type surroundings struct {
	playlist.ValidateEnv
	watch watched
}

// watched is what package guard compares with, as it is at one time.
type watched struct {
	words *lists
	alike *guard.Index // of what is up; nil does not compare
}

// lists are the words of all sites, with the finders made of them so far.
type lists struct {
	own map[playlist.SiteID][]guard.Word

	mu   sync.Mutex // guards made
	made map[string]*guard.Words
}

// finder returns what looks for the words of a site: what is built in, then the
// lists from the root down, so that the nearest counts. path goes from the site
// up to the root.
func (l *lists) finder(path []playlist.SiteID) *guard.Words {
	all, key := [][]guard.Word{guard.Builtin()}, ""
	for _, site := range slices.Backward(path) {
		if len(l.own[site]) > 0 {
			all, key = append(all, l.own[site]), key+string(site)+"/"
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.made[key] == nil {
		l.made[key] = guard.Compile(all...)
	}
	return l.made[key]
}

// watch keeps what is dear to make: the finders of words and the index of what
// is up. Both are made anew when the store says that they changed.
type watch struct {
	wording  sync.Mutex // guards words and revision
	words    *lists
	revision string

	indexing sync.Mutex // guards alike and live; who waits for it may wait until thousands of notices are read
	alike    *guard.Index
	live     string
}

// at returns what is compared with now; without alike, not what is up.
func (w *watch) at(ctx context.Context, r store.Reader, alike bool) (watched, error) {
	words, err := w.wordsOf(ctx, r)
	if err != nil || !alike {
		return watched{words: words}, err
	}
	w.indexing.Lock()
	defer w.indexing.Unlock()
	live, err := r.LiveRevision(ctx)
	if err != nil {
		return watched{}, err
	}
	if w.alike == nil || live != w.live {
		if err := w.index(ctx, r); err != nil {
			return watched{}, err
		}
		w.live = live
	}
	return watched{words: words, alike: w.alike}, nil
}

func (w *watch) wordsOf(ctx context.Context, r store.Reader) (*lists, error) {
	w.wording.Lock()
	defer w.wording.Unlock()
	revision, err := r.WordsRevision(ctx)
	if err != nil {
		return nil, err
	}
	if w.words == nil || revision != w.revision {
		if err := w.read(ctx, r); err != nil {
			return nil, err
		}
		w.revision = revision
	}
	return w.words, nil
}

// read takes the lists of all sites from the store.
func (w *watch) read(ctx context.Context, r store.Reader) error {
	rows, err := r.Words(ctx, store.WordFilter{Limit: maxWords})
	if err != nil {
		return err
	}
	w.words = &lists{own: map[playlist.SiteID][]guard.Word{}, made: map[string]*guard.Words{}}
	for _, row := range rows {
		w.words.own[row.Site] = append(w.words.own[row.Site], row.Word)
	}
	return nil
}

// maxWords bounds the words of all sites that are looked for.
const maxWords = 50_000

// index brings the index of what is up to what is up now.
func (w *watch) index(ctx context.Context, r store.Reader) error {
	rows, err := r.AllLive(ctx)
	if err != nil {
		return err
	}
	if w.alike == nil {
		w.alike = guard.NewIndex()
	}
	up := make(map[playlist.NoticeID]bool, len(rows))
	for _, row := range rows {
		up[row.Notice] = true
		if w.alike.Has(row.Notice, row.Version) {
			continue
		}
		v, err := r.NoticeVersion(ctx, row.Notice, row.Version)
		if err != nil {
			return err
		}
		n, err := v.Decode()
		if err != nil {
			return err
		}
		w.alike.Put(n, v.Author)
	}
	w.alike.Keep(func(id playlist.NoticeID) bool { return up[id] })
	return nil
}

// findings is what is wrong with a notice, the pictures it names included, with
// places and mendings.
func (d *Desk) findings(n *playlist.Notice, env surroundings) []guard.Finding {
	problems := playlist.Validate(n, env.ValidateEnv)
	for i, p := range n.Pictures {
		for j, size := range p.Renditions {
			if !d.cfg.Blobs.Hold(size.Ref, size.Size) {
				problems = append(problems, playlist.Problem{
					Field: fmt.Sprintf("pictures[%d].renditions[%d].ref", i, j), Code: "missing", Severity: playlist.Wrong,
					Message: "图片没有上传成功，请重新上传", MessageEn: "the picture is not on the controller; upload it again",
				})
			}
		}
	}
	with := guard.Env{Zone: env.Zone, Calendar: env.Calendar, Columns: env.Columns, Words: env.watch.words.finder(pathOf(env.Sites, n.Site))}
	if env.watch.alike != nil && n.Kind != playlist.KindAlert {
		near := nearOf(env.Sites, n.Site)
		with.Alike = func(n *playlist.Notice) []guard.Alike { return env.watch.alike.Similar(n, near) }
	}
	return guard.Merge(problems, guard.Inspect(n, with))
}

// problems is findings for those who need no places.
func (d *Desk) problems(n *playlist.Notice, env surroundings) []playlist.Problem {
	return guard.Problems(d.findings(n, env))
}

// pathOf returns the sites from one up to the root.
func pathOf(sites []playlist.Site, site playlist.SiteID) []playlist.SiteID {
	parent := make(map[playlist.SiteID]playlist.SiteID, len(sites))
	for _, s := range sites {
		parent[s.ID] = s.Parent
	}
	var path []playlist.SiteID
	for site != "" && len(path) < 64 {
		path = append(path, site)
		site = parent[site]
	}
	return path
}

// nearOf tells whether a site shares a screen with another: it is on the path
// from the root to it, or below it.
func nearOf(sites []playlist.Site, site playlist.SiteID) func(playlist.SiteID) bool {
	up := pathOf(sites, site)
	return func(other playlist.SiteID) bool {
		return slices.Contains(up, other) || slices.Contains(pathOf(sites, other), site)
	}
}

// Inspect returns what is wrong with a notice, with the places of what was found
// and the ways to mend it, without saving it. Fields that the desk fills in,
// such as the ID, may be empty.
func (d *Desk) Inspect(ctx context.Context, n playlist.Notice) ([]guard.Finding, error) {
	d.complete(&n)
	env, err := d.env(ctx, d.cfg.Store.Reader)
	if err != nil {
		return nil, fmt.Errorf("inspect notice: %w", err)
	}
	return d.findings(&n, env), nil
}

// Check returns what Inspect does, without places.
func (d *Desk) Check(ctx context.Context, n playlist.Notice) ([]playlist.Problem, error) {
	found, err := d.Inspect(ctx, n)
	return guard.Problems(found), err
}
