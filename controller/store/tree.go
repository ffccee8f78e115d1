package store

import (
	"context"
	"fmt"

	"mingbai/playlist"
)

// Tree is the sites with who is above and below whom.
type Tree struct {
	sites    []playlist.Site
	byID     map[playlist.SiteID]playlist.Site
	parent   map[playlist.SiteID]playlist.SiteID
	children map[playlist.SiteID][]playlist.SiteID
}

// Tree returns the sites as a tree.
func (r Reader) Tree(ctx context.Context) (*Tree, error) {
	sites, err := r.Sites(ctx)
	if err != nil {
		return nil, err
	}
	return NewTree(sites), nil
}

// NewTree arranges sites, which package playlist has validated.
func NewTree(sites []playlist.Site) *Tree {
	t := &Tree{sites: sites, byID: map[playlist.SiteID]playlist.Site{}, parent: map[playlist.SiteID]playlist.SiteID{}, children: map[playlist.SiteID][]playlist.SiteID{}}
	for _, s := range sites {
		t.byID[s.ID], t.parent[s.ID] = s, s.Parent
		if s.Parent != "" {
			t.children[s.Parent] = append(t.children[s.Parent], s.ID)
		}
	}
	return t
}

// Sites returns all sites in their order.
func (t *Tree) Sites() []playlist.Site { return t.sites }

// Site returns one site.
func (t *Tree) Site(id playlist.SiteID) (playlist.Site, error) {
	s, ok := t.byID[id]
	if !ok {
		return s, fmt.Errorf("site %s: %w", id, ErrNotFound)
	}
	return s, nil
}

// Root returns the site without a parent, or ErrNotFound in an empty tree.
func (t *Tree) Root() (playlist.Site, error) {
	for _, s := range t.sites {
		if s.Parent == "" {
			return s, nil
		}
	}
	return playlist.Site{}, fmt.Errorf("root of the sites: %w", ErrNotFound)
}

// Path returns a site and all above it, up to the root; nothing for a site that
// does not exist.
func (t *Tree) Path(id playlist.SiteID) []playlist.Site {
	var path []playlist.Site
	for s, ok := t.byID[id]; ok && len(path) <= len(t.byID); s, ok = t.byID[s.Parent] {
		path = append(path, s)
	}
	return path
}

// PathIDs is Path with the names only.
func (t *Tree) PathIDs(id playlist.SiteID) []playlist.SiteID {
	up, ok := t.parent[id]
	if !ok {
		return nil
	}
	ids := make([]playlist.SiteID, 0, 6) // province, city, county, town, village, and a part of it
	for ; ok && len(ids) <= len(t.parent); up, ok = t.parent[id] {
		ids = append(ids, id)
		id = up
	}
	return ids
}

// Below returns all sites below one, without itself, parents before children.
func (t *Tree) Below(id playlist.SiteID) []playlist.Site {
	var all []playlist.Site
	queue := t.children[id]
	for len(queue) > 0 && len(all) <= len(t.byID) {
		next := queue[0]
		queue = append(queue[1:len(queue):len(queue)], t.children[next]...)
		all = append(all, t.byID[next])
	}
	return all
}

// Subtree returns the names of a site and all below it.
func (t *Tree) Subtree(id playlist.SiteID) []playlist.SiteID {
	ids := []playlist.SiteID{id}
	for _, s := range t.Below(id) {
		ids = append(ids, s.ID)
	}
	return ids
}
