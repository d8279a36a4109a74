package policy

import (
	"cmp"
	"strings"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/profile"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
)

// Around is what a platform wants to be told beside the record itself, as of the day on which a row is made.
type Around struct {
	Authority authority.State // that keeps the record
	Source    authority.State // that reports (数据来源单位); zero if it is the same
	Subject   roster.Subject  // the party on the roster; zero if it is not there
	// Name is the one on the platform's base record, where somebody chose it; else the record's own is told.
	Name                string
	LegalRepresentative string        // recorded since, where the record does not say it; that of the roster if none was
	PublicUntil         calendar.Date // last day on the platform's outlet, if there is one
	Withdrawn           bool
	Remark              string
}

// units fills who decided and who reports. The name is the one of the decision, the code that of who keeps the record.
func (a Around) units(f *profile.Facts, id domain.AuthorityID, name string) {
	f.Authority = profile.Unit{Name: cmp.Or(name, a.Authority.Name), USCC: codeOf(a.Authority, id)}
	f.Source, f.District = f.Authority, a.Authority.District
	if a.Source.ID != "" {
		f.Source = profile.Unit{Name: a.Source.Name, USCC: codeOf(a.Source, a.Source.ID)}
	}
	f.PublicUntil, f.Withdrawn, f.Remark = a.PublicUntil, a.Withdrawn, a.Remark
}

// codeOf is an authority's code: recorded as such, or its id, if that is one.
func codeOf(s authority.State, id domain.AuthorityID) string {
	if _, err := uscc.Parse(string(id)); s.Code == "" && err == nil {
		return string(id)
	}
	return s.Code
}

// party fills whom the record is about. That it has no 统一社会信用代码 is known where it is named by its 工商注册号 and the
// roster has no code for it either; of a party without any id nothing is known.
func (a Around) party(kind, name string, id domain.SubjectID, representative string, identified bool) profile.Party {
	p := profile.Party{
		Kind: kind, Name: cmp.Or(a.Name, name), HasIdentity: identified,
		LegalRepresentative: cmp.Or(representative, a.LegalRepresentative),
	}
	scheme, rest, other := strings.Cut(string(id), ":")
	if a.Subject.ID == id {
		p.USCC = a.Subject.Code
		p.LegalRepresentative = cmp.Or(p.LegalRepresentative, a.Subject.Representative)
	}
	switch {
	case !other:
		p.USCC = cmp.Or(p.USCC, string(id))
	case scheme == "reg":
		p.Registration = rest
		p.NoCode = p.USCC == ""
	}
	return p
}
