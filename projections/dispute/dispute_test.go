package dispute_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	events "github.com/mingjian-ledger/mingjian/domain/dispute"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/projections"
	"github.com/mingjian-ledger/mingjian/projections/dispute"
	"github.com/mingjian-ledger/mingjian/projections/projectionstest"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

var day = calendar.MustParse

// book collects records of several streams in one log.
type book struct {
	t       *testing.T
	records []es.Record
	next    map[es.Stream]es.Revision
}

func newBook(t *testing.T) *book { return &book{t: t, next: map[es.Stream]es.Revision{}} }

func add[E es.Event](b *book, category, id string, list ...E) {
	b.t.Helper()
	meta := es.Metadata{Command: es.DeriveID("", id, fmt.Sprint(len(b.records))), Actor: "wang", RecordedAt: time.Date(2026, 3, 20, 17, 0, 0, 0, time.UTC)}
	proposed, err := es.Propose(meta, list...)
	if err != nil {
		b.t.Fatal(err)
	}
	stream := es.Stream{Category: category, ID: id}
	for _, p := range proposed {
		b.records = append(b.records, es.Record{Proposed: p, Stream: stream, Revision: b.next[stream], Position: es.At(uint64(len(b.records)+1), 0)})
		b.next[stream]++
	}
}

func (b *book) live() projections.Reader {
	return projectionstest.Live(b.t, dispute.Projection(), b.records)
}

func requested(id, disclosure string, authority domain.AuthorityID, on string) events.Requested {
	return events.Requested{
		Request: id, Record: events.Record{Disclosure: disclosure, Authority: authority, Digest: "d1", Release: 2}, Requester: events.Party, Channel: events.InPerson,
		Points: []events.Point{"amount", "date"}, Statement: "秘密的陈述", Evidence: []string{"秘密的证据"}, ReceivedOn: day(on), By: "wang",
	}
}

var (
	verified = events.Verified{Findings: "秘密的核实", On: day("2026-03-03"), By: "li"}
	linked   = events.Linked{Disclosure: "penalty.p", Release: 3, Digest: "d2", By: "wang"}
)

func decided(o events.Outcome) events.Decided {
	return events.Decided{Outcome: o, Reason: "属实", On: day("2026-03-05"), By: "sun"}
}

func TestARequest(t *testing.T) {
	b := newBook(t)
	add[events.Event](b, events.Category, "r1", requested("r1", "penalty.p", "b1", "2026-03-02"), verified, decided(events.Granted), linked)
	r := b.live()
	got, err := dispute.Get(t.Context(), r, "r1")
	if err != nil {
		t.Fatal(err)
	}
	want := &viewv1.CorrectionRequest{
		Id: "r1", AuthorityId: "b1", DisclosureId: "penalty.p", Release: 2, Digest: "d1", Requester: "party", Channel: "window", Points: []string{"amount", "date"},
		PointLabels: []string{"金额有误", "日期有误"}, Statement: "秘密的陈述", Evidence: []string{"秘密的证据"}, ReceivedOn: "2026-03-02", RegisteredBy: "wang",
		Stage: "closed", StageLabel: "已办结", Findings: "秘密的核实", VerifiedOn: "2026-03-03", VerifiedBy: "li", Outcome: "corrected", Reason: "属实",
		DecidedOn: "2026-03-05", DecidedBy: "sun", MadeGoodBy: 3, MadeGoodDigest: "d2",
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	state, err := dispute.State(t.Context(), r, "r1")
	if err != nil {
		t.Fatal(err)
	}
	shown := &viewv1.CorrectionRequestState{
		Id: "r1", DisclosureId: "penalty.p", Release: 2, Points: []string{"amount", "date"}, PointLabels: []string{"金额有误", "日期有误"}, ReceivedOn: "2026-03-02",
		Stage: "closed", StageLabel: "已办结", Outcome: "corrected", OutcomeLabel: "予以更正", Reason: "属实", DecidedOn: "2026-03-05", MadeGoodBy: 3, MadeGoodDigest: "d2",
	}
	if diff := cmp.Diff(shown, state, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	for _, hidden := range []string{"秘密", "wang", "sun", "party", "window"} {
		if text := protojson.Format(state); strings.Contains(text, hidden) {
			t.Errorf("everybody sees %q: %s", hidden, text)
		}
	}
	_, one := dispute.Get(t.Context(), r, "r2")
	_, two := dispute.State(t.Context(), r, "r2")
	_, three := dispute.Replies(t.Context(), r, "penalty.p")
	for _, err := range []error{one, two, three} {
		if domain.KindOf(err) != domain.NotFound {
			t.Error(err)
		}
	}
}

func TestRequestsAreFound(t *testing.T) {
	b := newBook(t)
	add[events.Event](b, events.Category, "r1", requested("r1", "penalty.p", "b1", "2026-03-02"), verified)
	add[events.Event](b, events.Category, "r2", requested("r2", "penalty.p", "b1", "2026-03-05"))
	add[events.Event](b, events.Category, "r3", requested("r3", "penalty.q", "b2", "2026-03-04"), verified, decided(events.Partly))
	add[events.Event](b, events.Category, "r4", requested("r4", "penalty.q", "b2", "2026-03-03"), verified, decided(events.Refused))
	add[events.Event](b, events.Category, "r5", requested("r5", "penalty.q", "b2", "2026-03-01"), events.Dropped{Reason: "已知悉", On: day("2026-03-06")})
	r := b.live()
	for want, f := range map[string]dispute.Filter{
		"r2 r3 r4 r1 r5": {}, "r2 r1": {Authority: "b1"}, "r3 r4 r5": {Disclosure: "penalty.q"}, "r2": {Stage: "received"}, "r1": {Stage: "verified"},
		"r3": {Stage: "decided"}, "r4": {Stage: "closed"}, "r5": {Authority: "b2", Stage: "dropped"}, "": {Authority: "b1", Stage: "dropped"},
	} {
		var got []string
		for f.PageSize = 2; ; {
			list, next, err := dispute.List(t.Context(), r, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range list {
				got = append(got, v.GetId())
			}
			if f.PageToken = next; next == "" {
				break
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%+v: %v, want %s", f, got, want)
		}
	}
}

func TestReplies(t *testing.T) {
	b := newBook(t)
	reply := func(n, replaces int, name, text string) events.ReplyReceived {
		return events.ReplyReceived{
			Record: events.Record{Disclosure: "penalty.p", Authority: "b1", Digest: "d1", Release: 2}, Reply: n, Party: events.Replier{Subject: "ext:r:1", Name: name},
			Text: text, Channel: events.Post, On: day("2026-03-02"), Evidence: []string{"ab"}, Replaces: replaces, By: "wang",
		}
	}
	add[events.ReplyEvent](b, events.ReplyCategory, "penalty.p", reply(1, 0, "甲", "一"), reply(2, 1, "甲", "二"), reply(3, 0, "乙", "三"),
		events.ReplyTakenBack{Reply: 3, ByParty: true, Reason: "无必要", On: day("2026-03-04"), By: "wang"})
	got, err := dispute.Replies(t.Context(), b.live(), "penalty.p")
	if err != nil {
		t.Fatal(err)
	}
	shown := func(n uint32, party, text, state string) *viewv1.PartyReply {
		return &viewv1.PartyReply{
			Number: n, SubjectId: "ext:r:1", Party: party, Text: text, Channel: "post", On: "2026-03-02", Evidence: []string{"ab"}, Release: 2, RecordedBy: "wang", State: state,
		}
	}
	want := &viewv1.Replies{DisclosureId: "penalty.p", AuthorityId: "b1", Replies: []*viewv1.PartyReply{
		shown(1, "甲", "一", "replaced"), shown(2, "甲", "二", "standing"), shown(3, "乙", "三", "taken_back"),
	}}
	want.Replies[0].ReplacedBy = 2
	want.Replies[2].ByParty, want.Replies[2].Reason, want.Replies[2].TakenBackOn = true, "无必要", "2026-03-04"
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}
