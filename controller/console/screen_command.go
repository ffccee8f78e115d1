package console

import (
	"fmt"
	"strconv"
	"time"

	"mingbai/controller/fleet"
	"mingbai/controller/store"
	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// askedPart is what was asked of a screen and what came of it.
type askedPart struct {
	Screen   string
	Commands []commandRow
	Shot     string // address of the newest screenshot
	ShotAt   string
	Wide     bool // the picture is wider than high
}

func (v *visit) askedPart(s fleet.State) (askedPart, error) {
	p := askedPart{Screen: string(s.ID), Wide: s.Panel.Width > s.Panel.Height}
	commands, err := v.Store.Commands(v.ctx, s.ID, commandRows)
	if err != nil {
		return p, err
	}
	for _, c := range commands {
		p.Commands = append(p.Commands, v.commandRow(c))
	}
	if shot, err := v.Fleet.LatestShot(v.ctx, s.ID); err == nil {
		p.Shot, p.ShotAt = fmt.Sprintf("/screens/%s/shot.png?%s", s.ID, shot.Shot.Short()), v.clock(shot.Done)
	}
	return p, nil
}

// dangerous reports whether a command takes the picture away from people, so that
// it is asked for twice.
func dangerous(k wire.CommandKind) bool {
	return k == wire.CommandRestart || k == wire.CommandReboot || k == wire.CommandDark
}

type surePage struct {
	frame
	Screen, Name, Kind, Deed string
	Value                    int
	What                     string // what happens on the screen
	InUse                    string // somebody stands in front of it; empty if nobody does
	Online                   bool
}

// sureCommand asks once more before a command that interrupts.
func sureCommand(v *visit) error {
	row, err := v.tended()
	if err != nil {
		return err
	}
	kind := wire.CommandKind(v.query("kind"))
	value, _ := strconv.Atoi(v.query("value")) // what is no number is judged like 0
	if !dangerous(kind) || fleet.CheckCommand(kind, value) != nil {
		return store.ErrNotFound
	}
	s, err := v.Fleet.StateOf(v.ctx, row.ID)
	if err != nil {
		return err
	}
	p := surePage{Screen: string(row.ID), Name: row.Name, Kind: string(kind), Value: value, Deed: v.commandSays(kind, value), Online: s.Online}
	p.frame = v.page(v.t("%s：“%s”", p.Deed, row.Name))
	p.What = v.t("程序退出后马上重新启动，屏上约有几秒钟没有画面，然后接着播放。")
	switch kind {
	case wire.CommandDark:
		p.What = v.t("屏上全黑，到 %s 自己亮回来；点“亮屏”提前结束。红色和橙色预警照样亮出来。", v.clock(v.Now().Add(time.Duration(value)*time.Minute)))
	case wire.CommandReboot:
		p.What = v.t("机器重新启动，屏上有一两分钟没有画面，然后自己接着播放。机器起不来时，要有人到现场。")
	}
	if s.Report != nil {
		switch show := s.Report.Showing; show.Page {
		case "home", "column", "notice":
			p.InUse = v.t("现在有人正在用这块屏（%s 开始），他会被打断。", v.clock(show.Since))
		case "alert":
			p.InUse = v.t("屏上正在显示预警，会中断。")
		}
	}
	return v.show("sure", p)
}

// retiredInstead leads who asks for a screen that is out of service to the list of
// those; err is what is told of one that never was.
func (v *visit) retiredInstead(id playlist.ScreenID, err error) error {
	if _, gone := v.Store.RetiredScreen(v.ctx, id); gone != nil {
		return err
	}
	return v.to("/screens/retired", "q", string(id))
}
