package grpcapi_test

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/mingjian-ledger/mingjian/adapters/grpcapi"
	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/redaction"
	"github.com/mingjian-ledger/mingjian/projections/personal"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

const plantedProse = "联系电话" + plantedMobile + "，身份证" + plantedID + "，银行账号" + plantedCard + "，家住" + plantedHome + "。"

// planted adds personal data to each text of a request and answers the fields.
func planted(req proto.Message) (fields []string) {
	grpcapi.EachText(req, func(f redaction.Field, set func(string)) {
		fields = append(fields, f.Name)
		if f.Kind == redaction.Prose {
			set(f.Text + plantedProse)
		} else {
			set(f.Text + plantedMobile)
		}
	})
	return fields
}

func (w *matrixWorld) holdsNoneOf(texts ...string) {
	w.Helper()
	for _, r := range w.store.All() {
		for _, text := range texts {
			if strings.Contains(string(r.Data)+string(r.Meta), text) {
				w.Errorf("%q stands beside or in %s: %s %s", text, r.Type, r.Data, r.Meta)
			}
		}
	}
}

// opened are the texts of a record as they were given, which somebody with the right to has opened.
func (w *matrixWorld) opened(record string) string {
	w.Helper()
	list, _, err := personal.List(w.Context(), w.views, personal.Filter{Record: record, PageSize: 100})
	if err != nil {
		w.Fatal(err)
	}
	var all strings.Builder
	for _, v := range list {
		resp, err := w.send(reviewer, "", &mingjianv1.OpenPersonalRequest{Item: v.GetItem(), Purpose: "核对原文"})
		if err != nil {
			w.Fatal(err)
		}
		all.WriteString(resp.(*mingjianv1.OpenPersonalResponse).GetText())
	}
	return all.String()
}

// Whatever is planted into whichever text of a request, no event holds it, and it can be opened. Who sends it again gets the
// first answer, and nothing new is kept.
func TestPersonalDataInTextsAreTakenOut(t *testing.T) {
	t.Parallel()
	for method, c := range writeCases() {
		if !grpcapi.MasksTexts(method) {
			continue
		}
		t.Run(strings.TrimPrefix(method, "/mingjian.v1."), func(t *testing.T) {
			t.Parallel()
			w, by, req := c.world(t)
			fields := planted(req)
			if len(fields) == 0 {
				return // it has codes and days alone
			}
			before := len(w.store.All())
			if _, err := w.send(by, "k", req); err != nil {
				t.Fatal(err)
			}
			events := w.store.All()[before:]
			w.follow()
			w.holdsNoneOf(plantedMobile, plantedID, plantedCard, plantedHome)
			was := w.opened(events[0].Stream.ID)
			for _, field := range fields {
				if !strings.Contains(was, `"field":"`+field+`"`) {
					t.Errorf("%s can't be opened: %s", field, was)
				}
			}
			if strings.Count(was, plantedMobile) != len(fields) {
				t.Errorf("of %d planted numbers these can be opened: %s", len(fields), was)
			}
			after, kept := len(w.store.All()), w.named
			resp, err := w.send(by, "k", req)
			if err != nil || !receipt(resp).GetDuplicate() || len(w.store.All()) != after || w.named != kept {
				t.Errorf("sent again: %v, %v", resp, err)
			}
		})
	}
}

// Where masks would speak for the authority, the field and the rule are named instead, for each of the hard rules and homes.
func TestPersonalDataInReasonsAreRefused(t *testing.T) {
	t.Parallel()
	for method, c := range writeCases() {
		if !grpcapi.TurnsTextsDown(method) {
			continue
		}
		t.Run(strings.TrimPrefix(method, "/mingjian.v1."), func(t *testing.T) {
			t.Parallel()
			w, by, req := c.world(t)
			var prose []string
			grpcapi.EachText(req, func(f redaction.Field, _ func(string)) {
				if f.Kind == redaction.Prose {
					prose = append(prose, f.Name)
				}
			})
			before := len(w.store.All())
			for _, field := range prose {
				for rule, text := range map[string]string{
					"id.resident": "身份证" + plantedID, "bank.account": "银行账号" + plantedCard, "phone.mobile": plantedMobile, "address.home": "家住" + plantedHome,
				} {
					bad := proto.Clone(req)
					grpcapi.EachText(bad, func(f redaction.Field, set func(string)) {
						if f.Name == field {
							set(text)
						}
					})
					_, err := w.send(by, "", bad)
					if faultOf(err) != "redaction.personal_data" || !strings.Contains(err.Error(), field) || !strings.Contains(err.Error(), rule) || strings.Contains(err.Error(), text) {
						t.Errorf("%s with %s: %v", field, rule, err)
					}
				}
			}
			if len(w.store.All()) != before {
				t.Error("something was recorded")
			}
		})
	}
}

// The public reads the mask in what was ordered, of whom it names the registered name alone; a row of an older system is
// redacted by itself, and one that is only checked leaves nothing.
func TestThePublicReadsTheMask(t *testing.T) {
	t.Parallel()
	w := newMatrixWorld(t)
	concludedInspection(w)
	one := inspectorOf(ownBureau, w.ids["one"])
	w.do(one, &mingjianv1.OrderRectificationRequest{
		InspectionId: w.ids["inspection"], Demand: "向店员李四（电话13912345678）补发合格证", DueOn: "2026-12-01"})
	w.do(one, &mingjianv1.RecordRecheckRequest{
		InspectionId: w.ids["inspection"], Passed: true, On: "2026-11-20", Note: "已退款至银行账号" + plantedCard, Department: "市场监管"})
	doc := string(w.underWay("inspection." + w.ids["inspection"]).Draft.Document)
	if !strings.Contains(doc, "补发合格证") || strings.Contains(doc, "李四") || !strings.Contains(doc, "李某") || strings.Contains(doc, plantedMobile) {
		t.Error(doc)
	}
	w.holdsNoneOf(plantedMobile, plantedCard, "李四")
	if was := w.opened(w.ids["inspection"]); !strings.Contains(was, "李四") || !strings.Contains(was, plantedCard) {
		t.Error(was)
	}

	rows := takeOverRows()
	rows.Rows[0].Note, rows.CheckOnly = plantedProse, true
	before := w.named
	w.do(clerk, rows)
	if w.named != before {
		t.Error("a batch that is only checked is kept in the vault")
	}
	rows.CheckOnly = false
	w.do(clerk, rows)
	w.holdsNoneOf(plantedMobile, plantedID, plantedCard, plantedHome)
	var held []string
	for _, r := range w.store.All() {
		if found := domain.SealedIn(r.Meta); r.Type == "mingjian.inspection.taken_over.v1" && len(found) > 0 {
			held = append(held, w.opened(r.Stream.ID))
		}
	}
	if len(held) != 1 || !slices.ContainsFunc(held, func(was string) bool { return strings.Contains(was, plantedProse) }) {
		t.Error(held)
	}
}
