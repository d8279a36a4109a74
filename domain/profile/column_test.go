package profile_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/profile"
)

// texts are where the facts that are texts stand.
func texts(f *profile.Facts) map[profile.Fact]*string {
	return map[profile.Fact]*string{
		"party.name": &f.Party.Name, "party.uscc": &f.Party.USCC, "party.registration": &f.Party.Registration, "party.organisation": &f.Party.Organisation,
		"party.tax": &f.Party.Tax, "party.institution": &f.Party.Institution, "party.association": &f.Party.Association,
		"party.legal_representative": &f.Party.LegalRepresentative, "authority.name": &f.Authority.Name, "authority.uscc": &f.Authority.USCC,
		"authority.district": &f.District, "source.name": &f.Source.Name, "source.uscc": &f.Source.USCC, "title": &f.Title, "document_no": &f.DocumentNo,
		"document_or_licence_no": &f.DocumentNo, "content": &f.Content, "remark": &f.Remark, "penalty.violation": &f.Violation, "penalty.story": &f.Story,
		"penalty.basis": &f.Basis, "penalty.licence_affected": &f.LicenceAffected, "licence.certificate": &f.Certificate, "licence.no": &f.LicenceNo,
		"status": &f.Status.Code, "licence.category": &f.Category.Code,
	}
}

// days are where the facts that are days stand.
func days(f *profile.Facts) map[profile.Fact]*calendar.Date {
	return map[profile.Fact]*calendar.Date{
		"decided_on": &f.DecidedOn, "public_until": &f.PublicUntil, "penalty.effective_until": &f.EffectiveUntil, "licence.valid_from": &f.ValidFrom, "licence.valid_to": &f.ValidTo,
	}
}

// blank takes a fact away; false for one that can't be missing.
func blank(f *profile.Facts, fact profile.Fact) bool {
	if at := days(f)[fact]; at != nil {
		*at = calendar.Date{}
	} else if at := texts(f)[fact]; at != nil {
		*at = ""
	} else if fact == "penalty.kinds" {
		f.Kinds, f.Fine = nil, 0
	} else {
		return false
	}
	if fact == "document_or_licence_no" {
		f.LicenceNo = ""
	}
	return true
}

// saidOf are the rules that a column breaks.
func saidOf(problems []profile.Problem, key string) string {
	var out []string
	for _, p := range problems {
		if p.Field == key {
			out = append(out, string(p.Rule))
		}
	}
	return strings.Join(out, " ")
}

// TestEveryColumnIsHeldToWhatItSays takes the fact of each column of each profile away, and fills it to its length and one over.
// Lengths are in characters: those of the fillings have four bytes each.
func TestEveryColumnIsHeldToWhatItSays(t *testing.T) {
	for _, p := range profile.Embedded().All() {
		for _, c := range p.Fields {
			t.Run(p.ID()+"/"+c.Key, func(t *testing.T) {
				facts := func() profile.Facts {
					if p.Kind == profile.Licence {
						return licenceFacts()
					}
					return penaltyFacts()
				}
				f := facts()
				if blank(&f, c.Fact) {
					_, problems := p.Row(f, today)
					said := saidOf(problems, c.Key)
					if want, always := map[profile.Obligation]string{profile.Mandatory: "required", profile.Optional: ""}[c.Obligation]; always && said != want {
						t.Errorf("%s, and without its fact it says %q", c.Obligation, said)
					}
				} else if c.Obligation == profile.Mandatory && c.Fact != profile.PartyKind && c.Fact != "today" {
					t.Errorf("nobody can take %s away", c.Fact)
				}
				if c.Max == 0 || c.Type != profile.Text && c.Type != profile.Prose || c.Fact == "" {
					return
				}
				for more, want := range map[int]string{0: "", 1: "length"} {
					f := facts()
					at := texts(&f)[c.Fact]
					*at = strings.Repeat("𫖯", c.Max+more)
					row, problems := p.Row(f, today)
					if got := saidOf(problems, c.Key); got != want || want == "" && utf8.RuneCountInString(row.Value(c.Key)) != c.Max {
						t.Errorf("%d characters of %d: %s", c.Max+more, c.Max, told(problems))
					}
				}
			})
		}
	}
}

// Amounts in 万元 with six decimals, as templates have them.
func TestAmountsInTenThousands(t *testing.T) {
	for fen, want := range map[domain.Fen]string{
		1: "0.000001", 10: "0.000010", 1_00: "0.000100", 2000_00: "0.200000", 9999_99: "0.999999", 1_0000_00: "1.000000", 10_0000_00: "10.000000",
		123456_7890_12: "123456.789012", 9_007_199_254_740_993: "9007199254.740993", 1<<63 - 1: "9223372036854.775807",
	} {
		for _, platform := range profile.Embedded().Platforms() {
			f := penaltyFacts()
			f.Content = "见决定书"
			f.Kinds, f.Fine, f.Confiscated = []profile.Coded{fine, gains}, fen, fen
			row := rowOf(t, at(t, platform, profile.Penalty), f)
			if got := fmt.Sprint(row.Value("CF_NR_FK"), " ", row.Value("CF_NR_WFFF")); got != want+" "+want {
				t.Errorf("%s: %d 分 is %s, want %s", platform, fen, got, want)
			}
		}
	}
}
