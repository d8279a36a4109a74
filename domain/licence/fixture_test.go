package licence_test

import (
	"errors"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es/estest"
	"github.com/mingjian-ledger/mingjian/domain/licence"
)

const bureau = domain.AuthorityID("11320100MB0000001X")

var (
	day      = calendar.MustParse
	today    = day("2026-03-20")
	scenario = estest.Of(licence.Decider)
	clerk    = domain.Actor{Account: "wang", Role: domain.Clerk, Authority: bureau}
	stranger = domain.Actor{Account: "wang", Role: domain.Clerk, Authority: "other"}
)

// grant is a food licence from 2026-01-10 to 2031-01-09.
func grant(changes ...func(*licence.Granted)) licence.Granted {
	g := licence.Granted{
		Authority: bureau, AuthorityName: "宁安市市场监督管理局",
		Holder:        licence.Holder{Kind: licence.Legal, Name: "宁安市惠民食品有限公司", Subject: "91320105780688132K"},
		DocumentTitle: "准予食品经营许可决定书", DocumentNo: "宁市监许〔2026〕7号", Category: licence.Ordinary, CertificateName: "食品经营许可证",
		LicenceNo: "JY13201050000001", Content: "预包装食品销售", DecidedOn: day("2026-01-08"), ValidFrom: day("2026-01-10"), ValidTo: day("2031-01-09"),
	}
	for _, c := range changes {
		c(&g)
	}
	return g
}

func granted(g licence.Granted) licence.Granted {
	g.Licence = licence.ID(g.Authority, g.LicenceNo, g.DocumentNo)
	return g
}

// row is a term of an older register.
func row(no, from, to string, status licence.Status) licence.TermTakenOver {
	return licence.TermTakenOver{
		Authority: bureau, AuthorityName: "宁安市市场监督管理局", Register: "old", LicenceNo: "30790", RowNo: no,
		Holder: licence.Holder{Name: "SEVEN STAR", Subject: "ext:old:30790"}, Action: licence.ActRenew, Title: "Retail Food Establishment",
		Activity: "Retail Sales of Perishable Foods", ValidFrom: day(from), ValidTo: day(to), Status: status,
		SourceRow: &licence.SourceRow{FileDigest: "ab12", Line: 2},
	}
}

func term(no, from, to string, status licence.Status) licence.TermTakenOver {
	t := row(no, from, to, status)
	t.Licence = licence.TakenOverID(t.Register, t.LicenceNo)
	return t
}

func fold(history ...licence.Event) licence.State {
	s := licence.Decider.Initial
	for _, e := range history {
		s = licence.Decider.Evolve(s, e)
	}
	return s
}

func faulty(code string) func(error) bool {
	return func(err error) bool { return hasCode(err, code) }
}

func hasCode(err error, code string) bool {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			if hasCode(e, code) {
				return true
			}
		}
		return false
	}
	f, ok := errors.AsType[*domain.Fault](err)
	return ok && f.Code == code
}

func examples() []licence.Event {
	whole := granted(grant(func(g *licence.Granted) { g.Category, g.CategoryName = licence.OtherCategory, "其他-备案" }))
	holder := licence.Holder{Kind: licence.Legal, Name: "宁安市惠民食品集团有限公司", Subject: "91320105780688132K"}
	old := term("30790-20110416", "2011-04-16", "2013-04-15", licence.StatusInForce)
	old.Holder.Kind = licence.Legal
	return []licence.Event{
		whole,
		licence.Amended{
			DocumentTitle: "准予变更决定书", DocumentNo: "宁市监许〔2026〕9号", DecidedOn: day("2026-02-01"), Reason: "名称变更",
			Holder: &holder, CertificateName: "食品经营许可证", Content: "预包装食品、散装食品销售",
		},
		licence.Renewed{DocumentNo: "宁市监许〔2030〕1号", DecidedOn: day("2030-12-01"), ValidFrom: day("2031-01-10"), ValidTo: day("2036-01-09")},
		licence.Suspended{DocumentNo: "宁市监罚〔2026〕3号", Reason: "违法经营", On: day("2026-02-10"), Until: day("2026-02-20")},
		licence.Resumed{DocumentNo: "宁市监许〔2026〕11号", On: day("2026-02-15"), Reason: "整改完成"},
		licence.Revoked{DocumentNo: "宁市监罚〔2026〕8号", Reason: "以欺骗手段取得", On: day("2026-03-01")},
		licence.Cancelled{DocumentNo: "宁市监许〔2026〕15号", Reason: "已被吊销", On: day("2026-03-05")},
		licence.Expired{On: day("2031-01-10")},
		old,
		licence.Revoked{DocumentNo: "宁市监罚〔2026〕8号", Reason: "以欺骗手段取得", On: day("2026-03-01"), Ground: licence.GroundAnnulled},
		licence.Reissued{DocumentNo: "宁市监许〔2026〕20号", Reason: "证书遗失", On: day("2026-02-20")},
	}
}

func TestGoldens(t *testing.T) {
	estest.Golden(t, "testdata/events", licence.Codec(), append(examples(), identified()...)...)
}

func TestFold(t *testing.T) { estest.Fold(t, licence.Decider, append(examples(), identified()...)...) }

func FuzzDecode(f *testing.F) {
	for _, typ := range licence.Codec().Types() {
		f.Add(typ, []byte(`{"licence":"x","holder":{"name":"甲"},"row_no":"1","on":"2026-01-02","valid_from":"2026-01-02","valid_to":"2099-12-31"}`))
	}
	f.Fuzz(func(t *testing.T, typ string, data []byte) {
		e, err := licence.Codec().Decode(typ, data)
		if err == nil {
			fold(e, e).ValidOn(today)
		}
	})
}
