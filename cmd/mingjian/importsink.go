package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"google.golang.org/grpc"

	"github.com/mingjian-ledger/mingjian/adapters/sheet"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// sender sends a batch of one kind of rows and returns the server's results, one a row.
type sender func(ctx context.Context, digest string, rows []sheet.Row, check bool) ([]*mingjianv1.RowResult, error)

// apiSink records rows through the API and, where the records were public already, adopts them.
type apiSink struct {
	send   sender
	record string // kind of the records for adoption; empty for rosters
	public string // where they were public; empty if they weren't
	on     string // since when, for rows that don't say
	adopt  mingjianv1.DisclosureServiceClient
}

func sinkFor(kind sheet.Kind, conn grpc.ClientConnInterface, o *importFlags) rowSink {
	s := &apiSink{public: o.wasPublic, on: o.publicOn, adopt: mingjianv1.NewDisclosureServiceClient(conn)}
	switch kind {
	case sheet.Subjects:
		s.send = sendSubjects(mingjianv1.NewRosterServiceClient(conn))
	case sheet.Classes:
		s.send = sendClasses(mingjianv1.NewRosterServiceClient(conn), o.month, o.classSource)
	case sheet.Profiles:
		s.send = sendProfiles(mingjianv1.NewRosterServiceClient(conn), o.month, o.classSource)
	case sheet.Inspectors:
		s.send = sendInspectors(mingjianv1.NewRosterServiceClient(conn))
	case sheet.Inspections:
		s.record, s.send = "inspection", sendInspections(mingjianv1.NewInspectionServiceClient(conn), o.source)
	case sheet.Licences:
		s.record, s.send = "licence", sendLicences(mingjianv1.NewLicenceServiceClient(conn), o.source)
	case sheet.Penalties:
		s.record, s.send = "penalty", sendPenalties(mingjianv1.NewPenaltyServiceClient(conn))
	}
	return s
}

func (s *apiSink) put(ctx context.Context, digest string, rows []sheet.Row, check bool) ([]rowAnswer, error) {
	results, err := s.send(ctx, digest, rows, check)
	if err != nil {
		return nil, err
	}
	if len(results) != len(rows) {
		return nil, fmt.Errorf("%d rows were sent and %d answered", len(rows), len(results))
	}
	answers := make([]rowAnswer, len(rows))
	for i, r := range results {
		answers[i] = answerOf(r)
	}
	if s.public == "" || s.record == "" || check {
		return answers, nil
	}
	return answers, s.adoptRows(ctx, rows, results, answers)
}

// adoptRows discloses what went in, now or at an earlier try: a crash between the two calls leaves nothing behind.
func (s *apiSink) adoptRows(ctx context.Context, rows []sheet.Row, results []*mingjianv1.RowResult, answers []rowAnswer) error {
	req := &mingjianv1.AdoptDisclosuresRequest{Source: s.public}
	var of []int
	for i, r := range results {
		if answers[i].outcome == sheet.Refused {
			continue
		}
		of = append(of, i)
		req.Rows = append(req.Rows, &mingjianv1.AdoptedRecord{
			RecordKind: s.record, RecordId: r.GetId(), PublishedOn: cmp.Or(rows[i].Text("published_on"), s.on),
		})
	}
	if len(of) == 0 {
		return nil
	}
	resp, err := s.adopt.AdoptDisclosures(ctx, req)
	if err != nil {
		return err
	}
	if len(resp.GetResults()) != len(of) {
		return fmt.Errorf("%d records were sent for adoption and %d answered", len(of), len(resp.GetResults()))
	}
	for j, r := range resp.GetResults() {
		a, adopted := &answers[of[j]], answerOf(r)
		a.problems = append(a.problems, adopted.problems...)
		if adopted.outcome != sheet.Duplicate {
			a.outcome = adopted.outcome
		}
	}
	return nil
}

func answerOf(r *mingjianv1.RowResult) rowAnswer {
	a := rowAnswer{outcome: map[mingjianv1.RowStatus]sheet.Outcome{
		mingjianv1.RowStatus_ROW_STATUS_ACCEPTED:  sheet.Accepted,
		mingjianv1.RowStatus_ROW_STATUS_UNCHANGED: sheet.Duplicate,
	}[r.GetStatus()]}
	if a.outcome == "" {
		a.outcome = sheet.Refused
	}
	for _, m := range r.GetRefusals() {
		a.problems = append(a.problems, problemOf(m, sheet.Refuse))
	}
	for _, m := range r.GetWarnings() {
		a.problems = append(a.problems, problemOf(m, sheet.Warn))
	}
	return a
}

func problemOf(m *mingjianv1.RowRemark, severity sheet.Severity) sheet.Problem {
	return sheet.Problem{Field: m.GetField(), Rule: m.GetCode(), Severity: severity, Text: sheet.Text{ZH: m.GetMessageZh(), EN: m.GetMessageEn()}}
}

func sendSubjects(c mingjianv1.RosterServiceClient) sender {
	return func(ctx context.Context, digest string, rows []sheet.Row, check bool) ([]*mingjianv1.RowResult, error) {
		req := &mingjianv1.RecordSubjectsRequest{FileDigest: digest, CheckOnly: check}
		for _, r := range rows {
			req.Rows = append(req.Rows, &mingjianv1.SubjectRow{
				Id: registerID(r), Name: r.Text("name"), Code: uscc.Normalise(r.Text("code")), Kind: r.Text("kind"), District: r.Text("district"),
				Status: r.Text("status"), RegisteredOn: r.Text("registered_on"), Address: r.Text("address"), Scope: r.Text("scope"),
				Industry: r.Text("industry"), RegistrationAuthority: r.Text("registration_authority"), LegalRepresentative: r.Text("legal_representative"),
				RiskClass: r.Text("risk_class"), ClassSource: r.Text("risk_source"), ClassMonth: r.Text("risk_month"),
				Line: uint32(r.Line), //nolint:gosec // a line number
			})
		}
		resp, err := c.RecordSubjects(ctx, req)
		return resp.GetResults(), err
	}
}

// registerID is the id of a subject that has no code, or the one that stands for none: its number in a register.
func registerID(r sheet.Row) string {
	code := r.Text("code")
	switch {
	case code != "" && !uscc.IsPlaceholder(uscc.Normalise(code)):
	case r.Text("reg_no") != "":
		return "reg:" + r.Text("reg_no")
	case r.Text("ext") != "":
		return "ext:" + r.Text("ext")
	}
	return ""
}

func sendInspectors(c mingjianv1.RosterServiceClient) sender {
	return func(ctx context.Context, _ string, rows []sheet.Row, check bool) ([]*mingjianv1.RowResult, error) {
		req := &mingjianv1.EnrolInspectorsRequest{CheckOnly: check}
		for _, r := range rows {
			expert, _ := r.Values["expert"].Bool()
			req.Rows = append(req.Rows, &mingjianv1.InspectorRow{
				Id: r.Text("id"), Name: r.Text("name"), Department: r.Text("department"), LicenceNo: r.Text("licence_no"),
				LicenceValidUntil: r.Text("licence_valid_until"), Lines: r.Values["lines"].List(), Districts: r.Values["districts"].List(),
				Group: r.Text("group"), Expert: expert,
			})
		}
		resp, err := c.EnrolInspectors(ctx, req)
		return resp.GetResults(), err
	}
}

func sendInspections(c mingjianv1.InspectionServiceClient, source string) sender {
	return func(ctx context.Context, digest string, rows []sheet.Row, check bool) ([]*mingjianv1.RowResult, error) {
		req := &mingjianv1.TakeOverInspectionsRequest{Source: source, FileDigest: digest, CheckOnly: check}
		for _, r := range rows {
			req.Rows = append(req.Rows, &mingjianv1.TakenOverInspection{
				RecordNo: r.Text("record_no"), Line: int32(r.Line), //nolint:gosec // a line number
				SubjectId: subjectOf(r, "subject_code"), SubjectName: r.Text("subject_name"), Item: r.Text("item"), Manner: r.Text("manner"),
				CompletedOn: r.Text("completed_on"), Outcomes: outcomesOf(r), Note: inspectionNote(r),
			})
		}
		resp, err := c.TakeOverInspections(ctx, req)
		return resp.GetResults(), err
	}
}

// outcomesOf are the codes of a row: several with ";" between, as the mapping's table gives them.
func outcomesOf(r sheet.Row) []string {
	var codes []string
	for code := range strings.SplitSeq(r.Text("outcome"), ";") {
		if code = strings.TrimSpace(code); code != "" {
			codes = append(codes, code)
		}
	}
	return codes
}

// inspectionNote keeps what the older system says beyond the fields of a result, each with its name.
func inspectionNote(r sheet.Row) string {
	var parts []string
	for _, field := range []string{
		"risk", "findings", "findings_critical", "findings_serious", "findings_minor", "inspector_ref", "remarks",
	} {
		if v := r.Text(field); v != "" {
			parts = append(parts, field+": "+v)
		}
	}
	return strings.Join(parts, "; ")
}

func sendLicences(c mingjianv1.LicenceServiceClient, source string) sender {
	return func(ctx context.Context, digest string, rows []sheet.Row, check bool) ([]*mingjianv1.RowResult, error) {
		req := &mingjianv1.TakeOverTermsRequest{Register: source, FileDigest: digest, CheckOnly: check}
		for _, r := range rows {
			if req.GetAuthorityName() == "" {
				req.AuthorityName = r.Text("authority")
			}
			req.Rows = append(req.Rows, &mingjianv1.TakenOverTerm{
				Line:      int32(r.Line), //nolint:gosec // a line number
				LicenceNo: r.Text("licence_no"), RowNo: r.Text("record_no"),
				Holder: &mingjianv1.Holder{Name: r.Text("subject_name"), SubjectId: subjectOf(r, "subject_code")},
				Action: r.Text("action"), Title: r.Text("title"), Activity: r.Text("content"),
				ValidFrom: r.Text("valid_from"), ValidTo: r.Text("valid_to"), Status: r.Text("status"),
			})
		}
		resp, err := c.TakeOverTerms(ctx, req)
		return resp.GetResults(), err
	}
}

// subjectOf is the subject's id: its code, or its number in another register.
func subjectOf(r sheet.Row, code string) string {
	if c := r.Text(code); c != "" {
		return c
	}
	if ref := r.Text("subject_ref"); ref != "" {
		return "ext:" + ref
	}
	return ""
}
