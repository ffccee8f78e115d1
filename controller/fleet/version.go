package fleet

import (
	"cmp"
	"maps"
	"strconv"
	"strings"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// programOf splits what a device says of its program: "touch 1.4.2".
func programOf(said string) (name, version string) {
	name, version, _ = strings.Cut(said, " ")
	return name, version
}

// olderVersion reports whether one version is older than another. Versions are
// numbers with dots (Semantic Versioning 2.0.0); of others, such as the builds
// of developers, nobody knows.
func olderVersion(a, b string) bool {
	x, okA := numbers(a)
	y, okB := numbers(b)
	if !okA || !okB {
		return false
	}
	for i := range max(len(x), len(y)) {
		var p, q int
		if i < len(x) {
			p = x[i]
		}
		if i < len(y) {
			q = y[i]
		}
		if c := cmp.Compare(p, q); c != 0 {
			return c < 0
		}
	}
	_, preA, _ := strings.Cut(a, "-")
	_, preB, _ := strings.Cut(b, "-")
	return preA != "" && preB == "" // 1.2.0-rc1 comes before 1.2.0
}

func numbers(version string) ([]int, bool) {
	core, _, _ := strings.Cut(strings.TrimPrefix(version, "v"), "+")
	core, _, _ = strings.Cut(core, "-")
	var out []int
	for part := range strings.SplitSeq(core, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return nil, false
		}
		out = append(out, n)
	}
	return out, len(out) > 1
}

// leastForMost is how many devices of a program there must be before what most
// of them run says anything.
const leastForMost = 4

// usual returns the version of every program that more than half of its devices
// run.
func usual(rows []*store.Screen) map[string]string {
	said := map[string]int{}
	for _, r := range rows {
		if r.Key != nil {
			said[r.Program]++
		}
	}
	count, of := map[[2]string]int{}, map[string]int{}
	for program, n := range said {
		if name, version := programOf(program); version != "" {
			count[[2]string{name, version}] += n
			of[name] += n
		}
	}
	most := map[string]string{}
	for k, n := range count {
		if of[k[0]] >= leastForMost && 2*n > of[k[0]] {
			most[k[0]] = k[1]
		}
	}
	return most
}

// Rolling says for which kinds of screens an update is under way, or was stopped: half
// of them run another version than the rest on purpose, so that what most of them run
// makes nobody old. A device that the update does not reach is named by the
// rollout. under must not be changed afterwards.
func (f *Fleet) Rolling(under map[playlist.ScreenKind]bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rolling = under
}

// newestOf returns what the devices of every program should run, by what most do.
func (f *Fleet) newestOf(usual map[string]string) map[string]string {
	m := maps.Clone(usual)
	f.mu.Lock()
	defer f.mu.Unlock()
	for kind := range f.rolling {
		delete(m, string(kind)) // as devices call their program
	}
	return m
}
