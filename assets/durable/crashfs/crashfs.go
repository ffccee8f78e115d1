// Package crashfs is a file system in memory that fails on command and forgets
// what was not synced. It is for tests.
//
// It promises to be at least as forgetful as a real disk: after Crash, each
// 512-byte sector written since the last sync of its file holds any of the
// versions it had, the file has any of the lengths it had, and each name that
// was created, renamed or removed since the last sync of its folder did so or
// did not, in any combination. After a Sync that failed, the data written
// before it is never made durable by a later Sync, as on Linux. A rename is
// one event unless only one of two folders was synced. What it leaves to
// others: it does not model permissions, links or concurrent processes.
//
// Exhaust runs an operation once for every call that can fail.
package crashfs

import (
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"mingbai/assets/durable"
)

// ErrPowerCut is the error of every call after a PowerCut.
var ErrPowerCut = errors.New("the power is cut")

// Fault is what happens to the call chosen with FailAt.
type Fault string

const (
	// EIO: the call does nothing and returns an input/output error.
	EIO Fault = "EIO"
	// ENOSPC: as EIO, but writing says that the disk is full.
	ENOSPC Fault = "ENOSPC"
	// Short: a write writes half and says that the disk is full; other calls
	// as EIO.
	Short Fault = "short write"
	// Late: the call does its work and then returns EIO, as on a network
	// drive.
	Late Fault = "late EIO"
	// PowerCut: this call and all later ones do nothing and return ErrPowerCut.
	PowerCut Fault = "power cut"
)

// Faults are all of them.
var Faults = []Fault{EIO, ENOSPC, Short, Late, PowerCut}

// FS implements durable.FS. All paths hang from one root, with or without a
// leading slash.
type FS struct {
	mu     sync.Mutex // guards everything below, including the tree
	root   *node
	calls  int
	failAt int
	fault  Fault
	failed bool
	dead   bool
}

var _ durable.FS = (*FS)(nil)

// New returns an empty file system.
func New() *FS { return &FS{root: newDir()} }

// FailAt makes the n-th call from now (1 is the next) fail; with 0 none does.
// Every method of FS and of its files is a call. FailAt also ends a PowerCut as
// if only the process had been killed: the next one sees what that one saw.
func (f *FS) FailAt(n int, fault Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls, f.failAt, f.fault, f.failed, f.dead = 0, n, fault, false, false
}

// Failed reports whether the call chosen with FailAt was reached.
func (f *FS) Failed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failed
}

// Calls returns the number of calls since FailAt, or since the beginning.
func (f *FS) Calls() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

// The two extremes of Crash; every other seed is a random mixture.
const (
	LoseAll int64 = 0 // nothing that was not synced survives
	KeepAll int64 = 1 // everything survives
)

// Crash returns the file system as it is found after a power cut at this
// moment. The same seed gives the same loss. f itself is not changed, so
// several seeds can be tried.
func (f *FS) Crash(seed int64) *FS {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := &loss{seed: seed, rng: rand.New(rand.NewPCG(uint64(seed), 512)), kept: map[*op]bool{}, made: map[*node]*node{}}
	return &FS{root: l.dir(f.root)}
}

// Clone returns a copy in which everything is durable.
func (f *FS) Clone() *FS { return f.Crash(KeepAll) }

// begin counts a call. late must be returned by the caller after its work.
func (f *FS) begin(what, name string, writes bool) (err, late error) {
	if f.dead {
		return &fs.PathError{Op: what, Path: name, Err: ErrPowerCut}, nil
	}
	f.calls++
	if f.failAt == 0 || f.calls != f.failAt {
		return nil, nil
	}
	f.failed = true
	eio := &fs.PathError{Op: what, Path: name, Err: syscall.EIO}
	switch {
	case f.fault == PowerCut:
		f.dead = true
		return &fs.PathError{Op: what, Path: name, Err: ErrPowerCut}, nil
	case f.fault == Late:
		return nil, eio
	case f.fault == Short && what == "write":
		return nil, errShort
	case (f.fault == ENOSPC || f.fault == Short) && writes:
		return &fs.PathError{Op: what, Path: name, Err: syscall.ENOSPC}, nil
	}
	return eio, nil
}

// errShort tells write to write half.
var errShort = errors.New("write half")

func split(name string) []string {
	name = filepath.ToSlash(filepath.Clean(name))
	return slices.DeleteFunc(strings.Split(name, "/"), func(s string) bool { return s == "" || s == "." })
}

// find returns the node at name, or nil.
func (f *FS) find(name string) *node {
	n := f.root
	for _, part := range split(name) {
		if n == nil || !n.isDir {
			return nil
		}
		n = n.names[part]
	}
	return n
}

// parent returns the folder of name, or nil, and the last part of name.
func (f *FS) parent(name string) (*node, string) {
	parts := split(name)
	if len(parts) == 0 {
		return nil, ""
	}
	dir := f.find(strings.Join(parts[:len(parts)-1], "/"))
	if dir == nil || !dir.isDir {
		return nil, ""
	}
	return dir, parts[len(parts)-1]
}

func pathError(what, name string, err error) error {
	return &fs.PathError{Op: what, Path: name, Err: err}
}

func (f *FS) Open(name string) (durable.File, error) { return f.OpenFile(name, os.O_RDONLY, 0) }

func (f *FS) OpenFile(name string, flag int, _ fs.FileMode) (durable.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	err, late := f.begin("open", name, flag&os.O_CREATE != 0)
	if err != nil {
		return nil, err
	}
	dir, base := f.parent(name)
	if dir == nil {
		return nil, pathError("open", name, fs.ErrNotExist)
	}
	n := dir.names[base]
	switch {
	case n == nil && flag&os.O_CREATE == 0:
		return nil, pathError("open", name, fs.ErrNotExist)
	case n == nil:
		n = &node{}
		dir.change(base, n, &op{})
	case flag&os.O_EXCL != 0:
		return nil, pathError("open", name, fs.ErrExist)
	case n.isDir:
		return nil, pathError("open", name, syscall.EISDIR)
	}
	if flag&os.O_TRUNC != 0 {
		n.truncate(0)
	}
	if late != nil {
		return nil, late
	}
	return &file{fs: f, node: n, name: name, flag: flag}, nil
}

func (f *FS) Rename(oldname, newname string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err, late := f.begin("rename", oldname, true)
	if err != nil {
		return err
	}
	from, old := f.parent(oldname)
	to, base := f.parent(newname)
	if from == nil || to == nil || from.names[old] == nil {
		return pathError("rename", oldname, fs.ErrNotExist)
	}
	n := from.names[old]
	if was := to.names[base]; was != nil && (was.isDir || n.isDir) {
		return pathError("rename", newname, fs.ErrExist)
	}
	if from == to && old == base {
		return late
	}
	o := &op{}
	to.change(base, n, o)
	from.change(old, nil, o)
	return late
}

func (f *FS) Remove(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err, late := f.begin("remove", name, false)
	if err != nil {
		return err
	}
	dir, base := f.parent(name)
	if dir == nil || dir.names[base] == nil {
		return pathError("remove", name, fs.ErrNotExist)
	}
	if n := dir.names[base]; n.isDir && len(n.names) > 0 {
		return pathError("remove", name, syscall.ENOTEMPTY)
	}
	dir.change(base, nil, &op{})
	return late
}

func (f *FS) Mkdir(name string, _ fs.FileMode) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err, late := f.begin("mkdir", name, true)
	if err != nil {
		return err
	}
	dir, base := f.parent(name)
	if dir == nil {
		return pathError("mkdir", name, fs.ErrNotExist)
	}
	if dir.names[base] != nil {
		return pathError("mkdir", name, fs.ErrExist)
	}
	dir.change(base, newDir(), &op{})
	return late
}

func (f *FS) ReadDir(name string) ([]fs.DirEntry, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	err, late := f.begin("readdir", name, false)
	if err != nil {
		return nil, err
	}
	n := f.find(name)
	if n == nil || !n.isDir {
		return nil, pathError("readdir", name, fs.ErrNotExist)
	}
	var out []fs.DirEntry
	for _, base := range n.sorted() {
		out = append(out, fs.FileInfoToDirEntry(infoOf(base, n.names[base])))
	}
	return out, late
}

func (f *FS) Stat(name string) (fs.FileInfo, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	err, late := f.begin("stat", name, false)
	if err != nil {
		return nil, err
	}
	n := f.find(name)
	if n == nil {
		return nil, pathError("stat", name, fs.ErrNotExist)
	}
	return infoOf(filepath.Base(name), n), late
}

func (f *FS) SyncDir(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err, late := f.begin("syncdir", name, false)
	if err != nil {
		return err
	}
	n := f.find(name)
	if n == nil || !n.isDir {
		return pathError("syncdir", name, fs.ErrNotExist)
	}
	n.syncNames()
	return late
}

func (f *FS) SyncAll(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err, late := f.begin("syncall", name, false)
	if err != nil {
		f.root.each(func(n *node) { n.syncFailed() })
		return err
	}
	f.root.each(func(n *node) {
		if n.isDir {
			n.syncNames()
		} else {
			n.sync()
		}
	})
	return late
}

// Flip inverts one bit of a file, on the disk and in memory: rot.
func (f *FS) Flip(name string, bit int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.find(name)
	for _, data := range [][]byte{n.data, n.disk} {
		if bit/8 < int64(len(data)) {
			data[bit/8] ^= 1 << (bit % 8)
		}
	}
}

type info struct {
	name string
	size int64
	dir  bool
}

func infoOf(name string, n *node) info { return info{name, int64(len(n.data)), n.isDir} }

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) IsDir() bool        { return i.dir }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) Sys() any           { return nil }
func (i info) Mode() fs.FileMode {
	if i.dir {
		return fs.ModeDir | 0o750
	}
	return 0o640
}

// file is an open file.
type file struct {
	fs     *FS
	node   *node
	name   string
	flag   int
	pos    int64
	closed bool
}

func (f *file) begin(what string, writes bool) (err, late error) {
	if f.closed {
		return pathError(what, f.name, fs.ErrClosed), nil
	}
	if writes && f.flag&(os.O_WRONLY|os.O_RDWR) == 0 {
		return pathError(what, f.name, syscall.EBADF), nil
	}
	return f.fs.begin(what, f.name, writes)
}

func (f *file) Read(p []byte) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	n, err := f.readAt(p, f.pos)
	f.pos += int64(n)
	if n > 0 && err == io.EOF {
		err = nil
	}
	return n, err
}

func (f *file) ReadAt(p []byte, off int64) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	return f.readAt(p, off)
}

func (f *file) readAt(p []byte, off int64) (int, error) {
	err, late := f.begin("read", false)
	if err == nil {
		err = late
	}
	if err != nil {
		return 0, err
	}
	if len(p) == 0 {
		return 0, nil
	}
	if off >= int64(len(f.node.data)) {
		return 0, io.EOF
	}
	n := copy(p, f.node.data[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *file) Write(p []byte) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	err, late := f.begin("write", true)
	if err != nil {
		return 0, err
	}
	if late == errShort {
		p, late = p[:len(p)/2], pathError("write", f.name, syscall.ENOSPC)
	}
	if f.flag&os.O_APPEND != 0 {
		f.pos = int64(len(f.node.data))
	}
	f.node.writeAt(p, f.pos)
	f.pos += int64(len(p))
	return len(p), late
}

func (f *file) Seek(offset int64, whence int) (int64, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	err, late := f.begin("seek", false)
	if err != nil {
		return 0, err
	}
	switch whence {
	case io.SeekCurrent:
		offset += f.pos
	case io.SeekEnd:
		offset += int64(len(f.node.data))
	}
	if offset < 0 {
		return 0, pathError("seek", f.name, syscall.EINVAL)
	}
	f.pos = offset
	return offset, late
}

func (f *file) Truncate(size int64) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	err, late := f.begin("truncate", true)
	if err != nil {
		return err
	}
	f.node.truncate(size)
	return late
}

func (f *file) Sync() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	err, late := f.begin("sync", false)
	if err != nil {
		f.node.syncFailed()
		return err
	}
	f.node.sync()
	return late
}

func (f *file) Stat() (fs.FileInfo, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	err, late := f.begin("stat", false)
	if err != nil {
		return nil, err
	}
	return infoOf(filepath.Base(f.name), f.node), late
}

// Close closes the file even when it fails, as close(2) does.
func (f *file) Close() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	err, late := f.begin("close", false)
	f.closed = true
	if err == nil {
		err = late
	}
	return err
}
