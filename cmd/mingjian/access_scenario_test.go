package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/inspection"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// method finds the one that takes such a request.
func method(t *testing.T, req proto.Message) protoreflect.MethodDescriptor {
	t.Helper()
	services := req.ProtoReflect().Descriptor().ParentFile().Services()
	for i := range services.Len() {
		for j := range services.Get(i).Methods().Len() {
			if m := services.Get(i).Methods().Get(j); m.Input() == req.ProtoReflect().Descriptor() {
				return m
			}
		}
	}
	t.Fatalf("no method takes a %T", req)
	return nil
}

// assign gives an inspection to two inspectors of the own bureau and one of the other, as a joint draw does.
func (in *instance) assign(t *testing.T, ctx context.Context, id string) {
	t.Helper()
	by := domain.Actor{Account: "policy", Authority: homeBureau}
	_, err := es.Transact(ctx, in.store(), inspection.Decider, id, inspection.Command(inspection.Assign{By: by, Assigned: inspection.Assigned{
		Inspection: id, Draw: "xz-2026-01-1", Task: "xz-2026-01", Plan: "xz-2026", Authority: homeBureau,
		Subject: "reg:540300000000001", SubjectName: "第1商店", Items: []inspection.Item{{No: "1", Matter: "营业执照"}}, TaskTitle: "登记事项抽查",
		Teams: []inspection.Team{
			{Department: "市场监管", Inspectors: []domain.InspectorID{"XZ-001", "XZ-002"}},
			{Department: "消防", Authority: otherBureau, Inspectors: []domain.InspectorID{"NX-001"}},
		},
		DueOn: calendar.DateOf(time.Now()),
	}}), es.Metadata{Command: es.DeriveID("", "assign", id), RecordedAt: time.Now().UTC()})
	if err != nil {
		t.Fatal(err)
	}
}

// TestInspectorsWriteToOwnAssignments lets several people try to record the result of one inspection at each door.
func TestInspectorsWriteToOwnAssignments(t *testing.T) {
	t.Parallel()
	serving(t, func(ctx context.Context, in *instance, both []door) {
		for n, d := range both {
			id := fmt.Sprintf("xz-2026-01-1:reg:54030000000000%d", n+1)
			in.assign(t, ctx, id)
			in.tryToRecord(t, ctx, d, id)
		}
	})
}

func (in *instance) tryToRecord(t *testing.T, ctx context.Context, d door, id string) {
	t.Helper()
	day, began := calendar.DateOf(time.Now()).String(), time.Now().Add(-time.Minute)
	record := func(department string) proto.Message {
		return &mingjianv1.RecordResultRequest{
			InspectionId: id, Department: department, Manner: "on_site", StartedAt: timestamppb.New(began), EndedAt: timestamppb.New(began),
			Outcomes: []string{"no_problem"}, CompletedOn: day,
		}
	}
	confirm := &mingjianv1.ConfirmResultRequest{InspectionId: id, Department: "市场监管"}
	const foreign = "inspection.assignment.foreign"
	for _, try := range []struct {
		who       string
		role      domain.Role
		authority domain.AuthorityID
		inspector domain.InspectorID
		req       proto.Message
		told      string
	}{
		{"an inspector of the same authority", domain.Inspector, homeBureau, "XZ-003", record("市场监管"), foreign},
		{"an inspector of another authority", domain.Inspector, otherBureau, "NX-002", record("市场监管"), foreign},
		{"another authority's inspector of the same number", domain.Inspector, otherBureau, "XZ-001", record("市场监管"), foreign},
		{"the other department's inspector", domain.Inspector, otherBureau, "NX-001", record("市场监管"), foreign},
		{"an inspector of the team for the other department", domain.Inspector, homeBureau, "XZ-001", record("消防"), foreign},
		{"a planner", domain.Planner, homeBureau, "", record("市场监管"), "access.role"},
		{"one who confirms nothing", domain.Inspector, homeBureau, "XZ-002", confirm, "inspection.department.unrecorded"},
		{"an inspector of the team", domain.Inspector, homeBureau, "XZ-001", record("市场监管"), ""},
		{"a stranger who confirms", domain.Inspector, homeBureau, "XZ-003", confirm, foreign},
		{"the second inspector", domain.Inspector, homeBureau, "XZ-002", confirm, ""},
		{"the other department's inspector for its own", domain.Inspector, otherBureau, "NX-001", record("消防"), ""},
	} {
		before := in.head(t, ctx)
		got := d.call(t, method(t, try.req), try.req, in.token(t, try.role, try.authority, try.inspector))
		if got != try.told {
			t.Errorf("%s: %s is told %q, want %q", d.name(), try.who, got, try.told)
		}
		if wrote := in.head(t, ctx) != before; wrote != (try.told == "") {
			t.Errorf("%s: %s wrote: %t", d.name(), try.who, wrote)
		}
	}
}

// head is the end of the log of what people did: the policies' events after a conclusion are not counted.
func (in *instance) head(t *testing.T, ctx context.Context) int {
	t.Helper()
	n := 0
	head, err := in.events.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for batch, err := range in.events.Follow(ctx, es.Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range batch.Records {
			meta, err := r.Metadata()
			if err != nil {
				t.Fatal(err)
			}
			if meta.Actor != "policy" {
				n++
			}
		}
		if batch.Through.Compare(head) >= 0 {
			break
		}
	}
	return n
}

// TestAFormerTokenOpensNoReadyRecord holds the ready bytes of a public record to what the chain says of a token.
func TestAFormerTokenOpensNoReadyRecord(t *testing.T) {
	t.Parallel()
	serving(t, func(ctx context.Context, in *instance, both []door) {
		const id = "91540321MA6TCRT16N"
		_, err := es.Transact(ctx, in.store(), roster.Subjects, id, roster.SubjectCommand(roster.RecordSubject{
			By: domain.Actor{Account: "li", Authority: homeBureau}, Today: calendar.DateOf(time.Now()), ID: id, Name: "西藏某商店", District: "540321",
		}), es.Metadata{Command: es.DeriveID("", "subject"), RecordedAt: time.Now().UTC()})
		if err == nil {
			err = in.group.Settle(ctx)
		}
		if err != nil {
			t.Fatal(err)
		}
		req := &mingjianv1.GetEnterpriseRequest{Id: id}
		for _, d := range both {
			for range 3 { // the first makes the bytes ready
				if got := d.call(t, method(t, req), req, ""); got != "" {
					t.Errorf("%s: the public is told %q", d.name(), got)
				}
			}
			if got := d.call(t, method(t, req), req, in.token(t, domain.Clerk, homeBureau, "")); got != "" {
				t.Errorf("%s: a clerk is told %q", d.name(), got)
			}
			if got := d.call(t, method(t, req), req, "mj_former"); got != "identity.token.invalid" {
				t.Errorf("%s: a former token's owner is told %q", d.name(), got)
			}
		}
	})
}

// TestAKeyOverREST sends a command twice under one key, and another under the same.
func TestAKeyOverREST(t *testing.T) {
	t.Parallel()
	serving(t, func(ctx context.Context, in *instance, both []door) {
		token, base := in.token(t, domain.Admin, homeBureau, ""), string(both[1].(restDoor))
		post := func(name string) (int, string) {
			body := `{"id":"xz-bureau","name":"` + name + `","district":"540100","level":"city"}`
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/v1/authorities", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+token)
			req.Header.Set("Idempotency-Key", "one")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			answer, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			return resp.StatusCode, string(answer)
		}
		const receipt = `{"receipt":{"id":"xz-bureau","revision":"0","position":"1","duplicate":`
		for _, try := range []struct {
			name, said string
			status     int
		}{{"甲局", receipt + "false}}", 200}, {"甲局", receipt + "true}}", 200}, {"乙局", `"code":"command.reused"`, 409}} {
			if status, said := post(try.name); status != try.status || !strings.Contains(said, try.said) {
				t.Errorf("%s: %d %s, want %d %s", try.name, status, said, try.status, try.said)
			}
		}
		if n := in.head(t, ctx); n != 1 {
			t.Errorf("%d events", n)
		}
	})
}
