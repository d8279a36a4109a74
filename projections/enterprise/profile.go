package enterprise

import (
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/domain/uscc"
	"github.com/mingjian-ledger/mingjian/projections"
	viewv1 "github.com/mingjian-ledger/mingjian/proto/mingjian/view/v1"
)

// maxNames bounds the former names kept, so that a record stays small whatever is renamed how often.
const maxNames = 100

func projectProfile(rec es.Record) (projections.Change, error) {
	event, err := roster.SubjectCodec().Decode(rec.Type, rec.Data)
	if err != nil {
		return projections.Change{}, err
	}
	meta, err := rec.Metadata()
	if err != nil {
		return projections.Change{}, err
	}
	id := rec.Stream.ID
	return projections.Change{
		Keys: []projections.Key{{Table: headTable, Key: headKey}, {Table: Table, Key: id}},
		Apply: func(rows *projections.Rows) error {
			r, err := load(rows, id)
			if err != nil {
				return err
			}
			at, err := beside(rows, meta.RecordedAt)
			if err != nil {
				return err
			}
			r.describe(event)
			return r.store(rows, at)
		},
	}, nil
}

func (r *record) describe(event roster.SubjectEvent) {
	switch e := event.(type) {
	case roster.SubjectRegistered:
		r.OnRoster, r.Name, r.namedOn, r.code = true, e.Name, "", e.Code
		r.District, r.Status = e.District, string(e.Status)
		r.Kind, r.RegisteredOn, r.RegistrationAuthority = string(e.Kind), e.RegisteredOn.String(), e.RegistrationAuthority
		r.CodeFindings = rules(e.CodeFindings)
	case roster.SubjectRedescribed:
		r.code = e.Code
		r.Kind, r.RegisteredOn, r.RegistrationAuthority = string(e.Kind), e.RegisteredOn.String(), e.RegistrationAuthority
		r.CodeFindings = rules(e.CodeFindings)
	case roster.SubjectRenamed:
		former := &viewv1.FormerName{Name: r.GetName(), Until: e.EffectiveOn.String()}
		r.FormerNames = append([]*viewv1.FormerName{former}, r.GetFormerNames()[:min(len(r.GetFormerNames()), maxNames-1)]...)
		r.Name = e.Name
	case roster.SubjectMoved:
		r.District = e.District
	case roster.SubjectStatusRecorded:
		r.Status = string(e.Status)
	case roster.SubjectReclassified, roster.SubjectProfiled: // how a subject is classed is not public
	case roster.SubjectRepresented: // platforms are told, the record names no persons
	case roster.SubjectSucceeded, roster.SubjectSuccessionRevoked: // of two subjects
	}
}

// rules names the rules that a code breaks; what it should have been is for the register to say.
func rules(findings []uscc.Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, string(f.Rule))
	}
	return out
}
