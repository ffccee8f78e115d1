package console

import (
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"mingbai/controller/fleet"
	"mingbai/controller/rollout"
	"mingbai/controller/store"
	"mingbai/playlist"
	packs "mingbai/playlist/release"
)

// updatesPage is the programs of screens: what is on its way, and what is here.
type updatesPage struct {
	frame
	Live     rolloutList
	Packages []packageRow
	Sites    []option
	Problem  string // beside the file
	Start    string // beside the packages
	Pinned   bool
	Most     int64 // MiB of a file
}

// rolloutList is the part that is refreshed.
type rolloutList struct{ Rollouts []rolloutCard }

type packageRow struct {
	store.Package
	Name, System, Notes, When, Who, Size string
	On                                   int  // screens that run it
	Newest                               bool // of its program
}

func showUpdates(v *visit) error { return v.updates(http.StatusOK, "", "") }

func liveUpdates(v *visit) error {
	list, err := v.rollouts()
	if err != nil {
		return err
	}
	return v.part("updates", "live", list)
}

func (v *visit) updates(status int, problem, start string) error {
	p := updatesPage{frame: v.page(v.t("程序更新")), Problem: problem, Start: start, Pinned: !v.Depot.Pinned().IsZero(), Most: v.Package >> 20}
	var err error
	if p.Live, err = v.rollouts(); err != nil {
		return err
	}
	if p.Packages, err = v.packages(); err != nil {
		return err
	}
	sites, err := v.own()
	if err != nil {
		return err
	}
	p.Sites = v.siteOptions(sites, playlist.SiteID(v.form("site")))
	return v.showAs(status, "updates", p)
}

func (v *visit) packages() ([]packageRow, error) {
	known, err := v.Store.Packages(v.ctx)
	if err != nil || len(known) == 0 {
		return nil, err
	}
	states, err := v.Fleet.List(v.ctx)
	if err != nil {
		return nil, err
	}
	on := map[string]int{}
	for _, s := range states {
		if s.Paired() {
			on[runsOf(s)+" "+rollout.Runs(s)]++
		}
	}
	seen := map[string]bool{}
	var out []packageRow
	for _, k := range known {
		name, system := v.programName(k.Program)
		out = append(out, packageRow{
			Package: k, Name: name, System: system, Notes: v.words(k.NotesZh, k.NotesEn), When: v.clock(k.Uploaded), Who: v.personName(k.Actor),
			Size: fmt.Sprintf("%.1f MB", float64(k.Size)/(1<<20)), On: on[k.Program+" "+k.Version], Newest: !seen[k.Program],
		})
		seen[k.Program] = true
	}
	return out, nil
}

// runsOf is the program of a screen's device, as packages name it.
func runsOf(s *fleet.State) string { return string(packs.Of(s.Kind)) + "/" + s.System }

// programName is what a program is called, and the machines that it is for.
func (v *visit) programName(program string) (name, system string) {
	kind, rest, _ := strings.Cut(program, "/")
	goos, arch, _ := strings.Cut(rest, "/")
	if known := map[string]string{"linux": "Linux", "windows": "Windows"}[goos]; known != "" {
		goos = known
	}
	if kind == string(packs.LEDBoard) {
		return v.t("LED 屏程序"), goos + " " + arch
	}
	return v.t("触摸屏程序"), goos + " " + arch
}

// personName is the name of an account, or its login when it is gone.
func (v *visit) personName(login string) string {
	if a, err := v.Store.AccountByLogin(v.ctx, login); err == nil {
		return a.Name
	}
	if token, ok := strings.CutPrefix(login, "token:"); ok {
		return v.t("接口令牌 %s", token)
	}
	return login
}

// bringPackage takes in the file that was uploaded.
func bringPackage(v *visit) error {
	if v.r.MultipartForm == nil || len(v.r.MultipartForm.File["file"]) == 0 || v.r.MultipartForm.File["file"][0].Size == 0 {
		return v.updates(http.StatusUnprocessableEntity, v.t("请选择程序包文件。"), "")
	}
	_, err := v.bring(v.r.MultipartForm.File["file"][0])
	if err == nil {
		return v.to("/updates", "done", "package")
	}
	say, known := v.packageTrouble(err)
	if !known {
		return err
	}
	return v.updates(http.StatusUnprocessableEntity, say, "")
}

func (v *visit) bring(h *multipart.FileHeader) (store.Package, error) {
	f, err := h.Open()
	if err != nil {
		return store.Package{}, fmt.Errorf("read a package file: %w", err)
	}
	defer f.Close()
	return v.Depot.Bring(v.ctx, v.person.Login, f, h.Size)
}

// packageTrouble says why a package file was not taken.
func (v *visit) packageTrouble(err error) (string, bool) {
	if r, ok := errors.AsType[*packs.Refusal](err); ok {
		zh, en := rollout.Refused(r.Reason)
		return sentence(v.words(zh+"。", en+".")), true
	}
	switch {
	case errors.Is(err, rollout.ErrFile):
		return v.t("这不是完整的程序包文件：可能没有传完，或者选错了文件。什么也没有保存。"), true
	case errors.Is(err, rollout.ErrUnpinned):
		return v.t("本总台还没有配置签名公钥，不能收程序包。请在总台配置 [updates] keys 中填写公钥，再重启总台。"), true
	case errors.Is(err, rollout.ErrKnown):
		return v.t("这个版本的程序包已经在这里了。"), true
	}
	return "", false
}

// startRollout begins to bring a package to screens.
func startRollout(v *visit) error {
	site := playlist.SiteID(v.form("site"))
	if site == "" {
		return v.updates(http.StatusUnprocessableEntity, "", v.t("请选择要更新哪里的屏。"))
	}
	if err := v.reach(site); err != nil {
		return err
	}
	ro, err := v.Depot.Start(v.ctx, v.person.Login, v.form("package"), site)
	if errors.Is(err, rollout.ErrBusy) {
		return v.updates(http.StatusConflict, "", v.t("这个程序正在更新，一次只能推一个版本。请先停下上面那一个。"))
	}
	if err != nil {
		return err
	}
	return v.to("/updates/"+ro.ID, "done", "rollout")
}

// changeRollout does what a person asks of one.
func changeRollout(v *visit) error {
	id := v.r.PathValue("rollout")
	p, err := v.Depot.Progress(v.ctx, id)
	if err != nil {
		return err
	}
	if err := v.reach(p.Rollout.Site); err != nil {
		return err
	}
	act := rollout.Act(v.form("act"))
	if !slices.Contains([]rollout.Act{rollout.Pause, rollout.Resume, rollout.Next, rollout.Stop, rollout.Back}, act) {
		return errForm
	}
	ro, err := v.Depot.Do(v.ctx, v.person.Login, id, act)
	if err != nil {
		return err
	}
	return v.to("/updates/"+ro.ID, "done", "rollout-"+string(act))
}
