package profile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/profile"
)

var today = day("2026-05-06")

func day(s string) calendar.Date { return calendar.MustParse(s) }

// Firms and people are fictional; codes are sound and issued to nobody.
const (
	firmCode    = "91540902MA9X01006G"
	traderCode  = "92540902MA9X03968B"
	bureauCode  = "11540900MB9X00015L"
	centreCode  = "11540900MB9X00023F"
	residentID  = "11010519491231002X" // the example of GB 11643
	registerNo  = "540902600000014"
	placeholder = "00000000000000000X"
)

func firm() profile.Party {
	return profile.Party{Kind: "legal", Name: "子虚市望舒餐饮管理有限公司", USCC: firmCode, LegalRepresentative: "王望舒"}
}

func trader() profile.Party {
	return profile.Party{Kind: "individual_business", Name: "乌有区南柯小吃店", USCC: traderCode, LegalRepresentative: "李南柯"}
}

func person() profile.Party {
	return profile.Party{Kind: "natural", Name: "张三", HasIdentity: true}
}

// penaltyFacts are those of a fine that every profile takes.
func penaltyFacts() profile.Facts {
	return profile.Facts{
		Kind: profile.Penalty, Record: "p1", Party: firm(), Title: "行政处罚决定书", DocumentNo: "子市监处罚〔2026〕45号",
		Authority: profile.Unit{Name: "子虚市市场监督管理局", USCC: bureauCode}, Source: profile.Unit{Name: "子虚市市场监督管理局", USCC: bureauCode},
		District: "540900", Content: "罚款2000元", DecidedOn: day("2026-03-16"), Status: profile.Coded{Code: "in_force"}, PublicUntil: day("2027-03-16"),
		Violation: "使用超过保质期的食品原料", Story: "当事人于2026年2月使用过期面粉。", Basis: "《食品安全法》第一百二十四条",
		Kinds: []profile.Coded{{Code: "fine", Label: "罚款"}}, Fine: 2000_00, EffectiveUntil: day("2027-03-16"),
	}
}

// licenceFacts are those of a licence that every profile takes.
func licenceFacts() profile.Facts {
	return profile.Facts{
		Kind: profile.Licence, Record: "l1.0", Party: firm(), Title: "食品经营许可决定书", DocumentNo: "子市监许〔2026〕7号",
		Authority: profile.Unit{Name: "子虚市市场监督管理局", USCC: bureauCode}, Source: profile.Unit{Name: "子虚市信用中心", USCC: centreCode},
		District: "540900", Content: "热食类食品制售", DecidedOn: day("2026-04-01"),
		Status: profile.Coded{Code: "in_force"}, Action: profile.Coded{Code: "granted"}, Category: profile.Coded{Code: "ordinary", Label: "普通"},
		Certificate: "食品经营许可证", LicenceNo: "JY25409020000018", ValidFrom: day("2026-04-01"), ValidTo: day("2031-03-31"),
	}
}

// at is the embedded profile of a platform for a kind on the day of the tests.
func at(t testing.TB, platform string, kind profile.Kind) profile.Profile {
	t.Helper()
	p, ok := profile.Embedded().At(platform, kind, today)
	if !ok {
		t.Fatalf("no profile of %s for %s", platform, kind)
	}
	return p
}

// told is problems as text, a line each: a warning begins with ~.
func told(problems []profile.Problem) string {
	var out []string
	for _, p := range problems {
		mark := ""
		if p.Warning {
			mark = "~"
		}
		out = append(out, fmt.Sprintf("%s%s %s %s", mark, p.Field, p.Rule, p.Chinese))
	}
	return strings.Join(out, "\n")
}

// shared is a file of the real input beside the checkout. Without it the test is skipped, or fails where every test is
// required.
func shared(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", name))
	if err != nil {
		if os.Getenv("MINGJIAN_TEST_REQUIRE") == "1" {
			t.Fatalf("real input is required: %v", err)
		}
		t.Skipf("no real input here: %v", err)
	}
	return data
}
