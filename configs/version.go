package configs

import (
	"cmp"
	"runtime/debug"
	"time"
)

// stamped is set by release builds with
// -ldflags "-X mingbai/configs.stamped=1.2.3".
var stamped string

// releaseKeys is set by release builds with
// -ldflags "-X mingbai/configs.releaseKeys=BASE64,BASE64": the keys of the people
// who sign programs.
var releaseKeys string

// Version is the version of the programs: what the release build stamped, or
// else the revision of the source that the program was built from.
var Version = cmp.Or(stamped, buildVersion())

func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision, modified := "", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value
		case "vcs.modified":
			if s.Value == "true" {
				modified = "+"
			}
		}
	}
	switch {
	case len(revision) >= 12:
		return "dev-" + revision[:12] + modified
	case info.Main.Version != "" && info.Main.Version != "(devel)": // not what packages may be called
		return info.Main.Version
	default:
		return "dev"
	}
}

// Built returns when the source that the program was built from was committed,
// the zero time when the build does not tell. The true time is surely later.
func Built() time.Time {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return time.Time{}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.time" {
			if t, err := time.Parse(time.RFC3339, s.Value); err == nil {
				return t
			}
		}
	}
	return time.Time{}
}
