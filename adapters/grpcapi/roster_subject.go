package grpcapi

import (
	"context"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
	mingjianv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/v1"
)

// RecordSubject registers a subject, or records what differs.
func (s RosterServer) RecordSubject(ctx context.Context, req *mingjianv1.RecordSubjectRequest) (*mingjianv1.RecordSubjectResponse, error) {
	row := req.GetSubject()
	id, err := roster.SubjectIDOf(row.GetId(), row.GetCode())
	if err != nil {
		return nil, err
	}
	cmd, err := s.subject(ctx, id, row, "")
	if err != nil {
		return nil, err
	}
	meta, err := s.metadata(ctx, req)
	if err != nil {
		return nil, err
	}
	res, _, err := decided(ctx, s.Base, roster.Subjects, string(id), meta, cmd)
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RecordSubjectResponse{Receipt: receiptOf(string(id), res), Warnings: subjectWarnings(res.State)}, nil
}

// RecordSubjects does so for many.
func (s RosterServer) RecordSubjects(ctx context.Context, req *mingjianv1.RecordSubjectsRequest) (*mingjianv1.RecordSubjectsResponse, error) {
	s.Base = s.checking(req.GetCheckOnly())
	results, receipt, err := batch[*mingjianv1.SubjectRow]{
		base: s.Base, kind: "subject", with: req.GetFileDigest(),
		id: func(row *mingjianv1.SubjectRow) (string, error) {
			id, err := roster.SubjectIDOf(row.GetId(), row.GetCode())
			return string(id), err
		},
		run: func(ctx context.Context, m es.Metadata, id string, row *mingjianv1.SubjectRow) (recorded, error) {
			cmd, err := s.subject(ctx, domain.SubjectID(id), row, req.GetFileDigest())
			if err != nil {
				return recorded{}, err
			}
			res, changed, err := decided(ctx, s.Base, roster.Subjects, id, m, cmd)
			return recorded{changed: changed, duplicate: res.Duplicate, position: res.Position, warnings: subjectWarnings(res.State)}, err
		},
	}.record(ctx, req, req.GetRows())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RecordSubjectsResponse{Receipt: receipt, Results: results}, nil
}

func (s RosterServer) subject(ctx context.Context, id domain.SubjectID, row *mingjianv1.SubjectRow, file string) (roster.SubjectCommand, error) {
	on, fault := civilDate("registered_on", row.GetRegisteredOn())
	if fault != nil {
		return nil, fault
	}
	return roster.RecordSubject{
		By: CallOf(ctx).Actor, Today: s.Today(), ID: id, Name: row.GetName(), Code: row.GetCode(), Kind: roster.Kind(row.GetKind()),
		District: row.GetDistrict(), Status: roster.Status(row.GetStatus()), RegisteredOn: on, Address: row.GetAddress(),
		Scope: row.GetScope(), Industry: row.GetIndustry(), RegistrationAuthority: row.GetRegistrationAuthority(), Representative: row.GetLegalRepresentative(),
		Class: row.GetRiskClass(), ClassSource: row.GetClassSource(), ClassMonth: row.GetClassMonth(),
		Source: roster.Source{FileDigest: file, Line: int(row.GetLine())},
	}, nil
}

// subjectWarnings tells what is odd about a subject as it stands.
func subjectWarnings(of roster.Subject) []*mingjianv1.RowRemark {
	var out []*mingjianv1.RowRemark
	for _, f := range of.CodeFindings {
		out = append(out, &mingjianv1.RowRemark{
			Code: "uscc." + string(f.Rule), Field: "code", MessageZh: codeFinding(f.Rule), MessageEn: f.String(),
		})
	}
	if of.District == "" {
		out = append(out, &mingjianv1.RowRemark{
			Code: "roster.subject.district.unknown", Field: "district",
			MessageZh: "所在区划不明，不会进入抽查对象范围", MessageEn: "the district is unknown, so the subject is in no pool",
		})
	}
	return out
}

func codeFinding(rule uscc.Rule) string {
	switch rule {
	case uscc.RuleLength:
		return "统一社会信用代码应为18位"
	case uscc.RuleAlphabet:
		return "统一社会信用代码含有不允许的字符（I、O、S、V、Z等）"
	case uscc.RuleRegion:
		return "统一社会信用代码第3至8位应为数字"
	case uscc.RuleCheck:
		return "统一社会信用代码校验位不符"
	case uscc.RuleOrganisation:
		return "统一社会信用代码中的主体标识码校验位不符"
	case uscc.RulePlaceholder, uscc.RuleResidentID, uscc.RuleDigits, uscc.RuleRegistration, uscc.RuleOldNumber:
	}
	return "统一社会信用代码不符合GB 32100"
}

// subjectStream is the id of a subject that a request names: a code in any width and case, or an id of a register.
func subjectStream(id string) (domain.SubjectID, error) { return domain.ParseSubjectID(subjectID(id)) }

// RenameSubject gives another name, from today unless another day is given.
func (s RosterServer) RenameSubject(ctx context.Context, req *mingjianv1.RenameSubjectRequest) (*mingjianv1.RenameSubjectResponse, error) {
	on, err := s.effective(req.GetEffectiveOn())
	if err != nil {
		return nil, err
	}
	receipt, err := s.onSubject(ctx, req, roster.RenameSubject{By: CallOf(ctx).Actor, Name: req.GetName(), EffectiveOn: on})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RenameSubjectResponse{Receipt: receipt}, nil
}

// MoveSubject gives another place.
func (s RosterServer) MoveSubject(ctx context.Context, req *mingjianv1.MoveSubjectRequest) (*mingjianv1.MoveSubjectResponse, error) {
	receipt, err := s.onSubject(ctx, req, roster.MoveSubject{By: CallOf(ctx).Actor, District: req.GetDistrict(), Address: req.GetAddress()})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.MoveSubjectResponse{Receipt: receipt}, nil
}

// RecordSubjectStatus gives another business status, from today unless another day is given.
func (s RosterServer) RecordSubjectStatus(ctx context.Context, req *mingjianv1.RecordSubjectStatusRequest) (*mingjianv1.RecordSubjectStatusResponse, error) {
	on, err := s.effective(req.GetEffectiveOn())
	if err != nil {
		return nil, err
	}
	receipt, err := s.onSubject(ctx, req, roster.RecordSubjectStatus{
		By: CallOf(ctx).Actor, Status: roster.Status(req.GetStatus()), Reason: req.GetReason(), EffectiveOn: on,
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RecordSubjectStatusResponse{Receipt: receipt}, nil
}

// SucceedSubject says that a subject goes on as another one, from today unless another day is given. What that one is is looked
// up first.
func (s RosterServer) SucceedSubject(ctx context.Context, req *mingjianv1.SucceedSubjectRequest) (*mingjianv1.SucceedSubjectResponse, error) {
	on, err := s.effective(req.GetEffectiveOn())
	if err != nil {
		return nil, err
	}
	successor, err := subjectStream(req.GetSuccessorId())
	if err != nil {
		return nil, err
	}
	heir, err := es.Load(ctx, s.Store, roster.Subjects, string(successor))
	if err != nil {
		return nil, err
	}
	receipt, err := s.onSubject(ctx, req, roster.SucceedSubject{
		By: CallOf(ctx).Actor, Today: s.Today(), Successor: successor, Manner: roster.Succession(req.GetManner()), Reason: req.GetReason(),
		EffectiveOn: on, Known: heir.Exists, Onward: heir.State.Succeeded.Successor,
	})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.SucceedSubjectResponse{Receipt: receipt}, nil
}

// RevokeSuccession says that a succession was recorded by mistake.
func (s RosterServer) RevokeSuccession(ctx context.Context, req *mingjianv1.RevokeSuccessionRequest) (*mingjianv1.RevokeSuccessionResponse, error) {
	receipt, err := s.onSubject(ctx, req, roster.RevokeSuccession{By: CallOf(ctx).Actor, Reason: req.GetReason()})
	if err != nil {
		return nil, err
	}
	return &mingjianv1.RevokeSuccessionResponse{Receipt: receipt}, nil
}

// ReclassifySubjects gives many subjects their class for a month.
func (s RosterServer) ReclassifySubjects(ctx context.Context, req *mingjianv1.ReclassifySubjectsRequest) (*mingjianv1.ReclassifySubjectsResponse, error) {
	s.Base = s.checking(req.GetCheckOnly())
	results, receipt, err := batch[*mingjianv1.ClassRow]{
		base: s.Base, kind: "class", with: req.GetMonth() + " " + req.GetSource(),
		id: func(row *mingjianv1.ClassRow) (string, error) {
			id, err := subjectStream(row.GetSubjectId())
			return string(id), err
		},
		run: func(ctx context.Context, m es.Metadata, id string, row *mingjianv1.ClassRow) (recorded, error) {
			res, changed, err := decided(ctx, s.Base, roster.Subjects, id, m, roster.SubjectCommand(roster.ReclassifySubject{
				By: CallOf(ctx).Actor, Class: row.GetRiskClass(), Source: req.GetSource(), Month: req.GetMonth(),
			}))
			return recorded{changed: changed, duplicate: res.Duplicate, position: res.Position, warnings: nil}, err
		},
	}.record(ctx, req, req.GetRows())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ReclassifySubjectsResponse{Receipt: receipt, Results: results}, nil
}

// ProfileSubjects states what many subjects are in a line.
func (s RosterServer) ProfileSubjects(ctx context.Context, req *mingjianv1.ProfileSubjectsRequest) (*mingjianv1.ProfileSubjectsResponse, error) {
	s.Base = s.checking(req.GetCheckOnly())
	results, receipt, err := batch[*mingjianv1.ProfileRow]{
		base: s.Base, kind: "profile", with: req.GetMonth() + " " + req.GetSource(),
		id: func(row *mingjianv1.ProfileRow) (string, error) {
			id, err := subjectStream(row.GetSubjectId())
			return string(id) + "#" + row.GetLine(), err
		},
		run: func(ctx context.Context, m es.Metadata, _ string, row *mingjianv1.ProfileRow) (recorded, error) {
			id, err := subjectStream(row.GetSubjectId())
			if err != nil {
				return recorded{}, err
			}
			res, changed, err := decided(ctx, s.Base, roster.Subjects, string(id), m, roster.SubjectCommand(roster.ProfileSubject{
				By: CallOf(ctx).Actor, Line: row.GetLine(), Class: row.GetLineClass(), KeyUnit: row.GetKeyUnit(), Licences: row.GetLicences(),
				Source: req.GetSource(), Month: req.GetMonth(),
			}))
			return recorded{changed: changed, duplicate: res.Duplicate, position: res.Position, warnings: nil}, err
		},
	}.record(ctx, req, req.GetRows())
	if err != nil {
		return nil, err
	}
	return &mingjianv1.ProfileSubjectsResponse{Receipt: receipt, Results: results}, nil
}
