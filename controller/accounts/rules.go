package accounts

import (
	"fmt"
	"slices"

	"mingbai/controller/store"
	"mingbai/playlist"
)

// Role is what a person may do. One person may have several.
type Role string

// The roles.
const (
	Drafter        Role = "drafter"         // 起草: writes drafts
	FirstReviewer  Role = "first_reviewer"  // 初审
	SecondReviewer Role = "second_reviewer" // 复审
	Secrecy        Role = "secrecy"         // 保密审查
	Releaser       Role = "releaser"        // 发布: publishes, takes down, raises alerts
	Technician     Role = "technician"      // 运维: screens
	Auditor        Role = "auditor"         // 督查: reads everything, also the audit log
	Administrator  Role = "administrator"   // 管理: accounts and tokens; cannot publish
)

// Roles lists all roles. Nobody holds them all: see Lawful.
var Roles = []Role{Drafter, FirstReviewer, SecondReviewer, Secrecy, Releaser, Technician, Auditor, Administrator}

// Publishing lists the roles through which a notice goes on its way to screens.
var Publishing = []Role{Drafter, FirstReviewer, SecondReviewer, Secrecy, Releaser}

// The rules of who may not be two things at once (DOMAIN C10, C29, L24). All are
// ErrInvalid too.
var (
	// ErrAdministers: who hands out roles does not review or publish.
	ErrAdministers = fmt.Errorf("an administrator neither reviews nor publishes: %w", ErrInvalid)
	// ErrAudits: who reads the record of all has no hand in what it records.
	ErrAudits = fmt.Errorf("an auditor neither publishes nor administers: %w", ErrInvalid)
	// ErrContractor: people from outside draft and nothing else.
	ErrContractor = fmt.Errorf("a contractor drafts and does nothing else: %w", ErrInvalid)
	// ErrNoRole: somebody without a role can do nothing.
	ErrNoRole = fmt.Errorf("an account needs a role: %w", ErrInvalid)
	// ErrLastAdministrator: nobody would be left to undo the change.
	ErrLastAdministrator = fmt.Errorf("this is the last administrator of all sites: %w", ErrInvalid)
)

// Lawful returns nil if one person may hold the roles together: an error for a
// role that is none, or the rule that forbids it.
func Lawful(roles []Role, contractor bool) error {
	for _, r := range roles {
		if !slices.Contains(Roles, r) {
			return fmt.Errorf("role %q: %w", r, ErrInvalid)
		}
	}
	has := func(some ...Role) bool {
		return slices.ContainsFunc(some, func(r Role) bool { return slices.Contains(roles, r) })
	}
	switch {
	case contractor && slices.ContainsFunc(roles, func(r Role) bool { return r != Drafter }):
		return ErrContractor
	case has(Auditor) && (has(Publishing...) || has(Administrator)):
		return ErrAudits
	case has(Administrator) && has(Publishing[1:]...):
		return ErrAdministers
	}
	return nil
}

// kept returns the roles that a person really has: rows from before the rules,
// or written past them, give an administrator no part in publishing, who
// publishes no sight of the audit log, and a contractor nothing but drafting.
func kept(roles []Role, contractor bool) []Role {
	var out []Role
	for _, r := range roles {
		if Lawful(append(slices.Clone(out), r), contractor) == nil {
			out = append(out, r)
		}
	}
	if Lawful(roles, contractor) != nil && slices.Contains(roles, Administrator) && !contractor {
		out = slices.DeleteFunc(slices.Clone(roles), func(r Role) bool { return r != Administrator && r != Technician })
	}
	return out
}

// Has reports whether the person has one of the roles himself.
func (p Person) Has(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(p.Roles, r) })
}

// Reaches reports whether the person acts at a site, given the site's path from
// itself up to the root.
func (p Person) Reaches(path []playlist.SiteID) bool {
	return p.Site == "" || slices.Contains(path, p.Site)
}

func roleNames(roles []Role) []string {
	var names []string
	for _, r := range Roles { // in the fixed order, each once
		if slices.Contains(roles, r) {
			names = append(names, string(r))
		}
	}
	return names
}

func rolesOf(names []string) []Role {
	var roles []Role
	for _, n := range names {
		roles = append(roles, Role(n))
	}
	return roles
}

func personOf(a store.Account) Person {
	return Person{
		ID: a.ID, Login: a.Login, Name: a.Name, Site: a.Site, Roles: kept(rolesOf(a.Roles), a.Contractor),
		Department: a.Department, Contractor: a.Contractor, MustChange: a.MustChange,
	}
}
