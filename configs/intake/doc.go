// Package intake reads a county from files that a clerk keeps: TOML for texts,
// CSV as a spreadsheet saves it for tables, pictures beside them. The sample
// county is read by it, and so is whatever a real office brings along.
//
// It promises that a reader is told everything that is wrong in one go, in
// Chinese, with file, line and column; that CSV from Excel and WPS is
// understood as it comes (UTF-8 with or without its mark, UTF-16, GB 18030, any
// line ends, columns in any order, dates as a spreadsheet writes them); that an
// unknown column or key is refused, not skipped; and that no input makes it
// crash or read without bound. What values mean is left to playlist.Validate,
// whose findings it carries back to the cell they belong to; storing pictures
// and publishing are left to the controller.
//
// A folder holds:
//
//	county.toml            name, time zone, anchor
//	sites.csv              编号,上级,级别,名称,…
//	screens.toml           [[screen]], as in package playlist
//	columns.csv            编号,上级,名称,领域,…
//	holidays.csv           日期,类型,名称
//	playlists.toml         [[playlist]] with its site
//	rules.toml             [[rule]] with its site
//	guides/*.toml          办事指南, one file each; the file's name is the notice's ID
//	announcements/*.toml   公告 of every genre
//	funds/*.toml, *.csv    资金公示 and their tables
//	media/*.toml           图文
//	rosters/*.toml, *.csv  值班表 and their days
//	alerts/*.toml          templates of warnings, not published
//	pictures/*             PNG and JPEG that the notices name
package intake
