package disclosure_test

import (
	"strings"
	"testing"

	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
)

func entry(changes ...func(*disclosure.Document)) disclosure.Document {
	on := calendar.MustParse("2026-03-10")
	d := disclosure.Document{
		Schema: disclosure.Schema, Kind: disclosure.Listing, RecordID: "l1.1", Authority: disclosure.Authority{ID: bureau, Name: "宁安市市场监督管理局"},
		Subjects: []disclosure.Subject{{ID: "91320105780688132K", Name: "宁安市惠民食品有限公司"}}, Date: on, Title: "列入经营异常名录 异1号",
		Listing: &disclosure.ListingBody{
			List: disclosure.Labelled{Code: "abnormal", Label: "经营异常名录"}, Status: "listed",
			Grounds: []disclosure.ListingGround{{
				Labelled: disclosure.Labelled{Code: "unreachable", Label: "无法联系"}, Basis: "第四条", Table: "abnormal-2014", AuthorityName: "宁安市市场监督管理局", DocumentNo: "异1号", DecidedOn: on,
			}},
		},
	}
	for _, change := range changes {
		change(&d)
	}
	return d
}

func TestAnEntryOnAListIsADocument(t *testing.T) {
	raw, _, err := disclosure.Canonical(entry())
	if err != nil || !strings.Contains(string(raw), `"grounds":[{"authority_name":"宁安市市场监督管理局","basis":"第四条","code":"unreachable",`) {
		t.Fatalf("%s, %v", raw, err)
	}
	const identity = "11010519491231002X"
	for name, c := range map[string]struct {
		change func(*disclosure.Document)
		code   string
	}{
		"no body":             {func(d *disclosure.Document) { d.Listing = nil }, "disclosure.document.body"},
		"another's body":      {func(d *disclosure.Document) { d.Kind = disclosure.Licence }, "disclosure.document.body"},
		"a number in a label": {func(d *disclosure.Document) { d.Listing.Grounds[0].Label = identity }, "disclosure.personal_data"},
		"a number in an end":  {func(d *disclosure.Document) { d.Listing.End = &disclosure.ListingEnd{Reason: identity} }, "disclosure.personal_data"},
		"a number in a reply": {func(d *disclosure.Document) {
			d.Replies = []disclosure.Reply{{Party: "甲", Text: "我是" + identity}}
		}, "disclosure.personal_data"},
		"a control character":  {func(d *disclosure.Document) { d.Replies = []disclosure.Reply{{Party: "甲", Text: "a\x00"}} }, "disclosure.text.control"},
		"a line feed in names": {func(d *disclosure.Document) { d.Replies = []disclosure.Reply{{Party: "甲\n乙"}} }, "disclosure.text.control"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := disclosure.Canonical(entry(c.change)); !hasCode(err, c.code) {
				t.Errorf("%v, want %s", err, c.code)
			}
		})
	}
	lines := entry(func(d *disclosure.Document) {
		d.Replies = []disclosure.Reply{{Party: "甲", Text: "一\n二", On: d.Date}}
	})
	if _, _, err := disclosure.Canonical(lines); err != nil {
		t.Error(err)
	}
}
