package policy

import (
	"context"
	"fmt"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	"github.com/mingjian-ledger/mingjian/domain/roster"
)

// KnownName tells whether this ledger knows the party of a record under a name: the record itself names it so, or the roster does,
// now or formerly. Brackets and other forms of one character make no difference.
func KnownName(ctx context.Context, store es.Store, kind delivery.Kind, record, name string) (bool, error) {
	o := offer{Store: store}
	names, subject, err := o.party(ctx, kind, record)
	if err != nil {
		return false, err
	}
	if subject != "" {
		_, err = upTo(ctx, o, roster.Subjects, string(subject), func(_ es.Record, e roster.SubjectEvent) {
			switch e := e.(type) {
			case roster.SubjectRegistered:
				names = append(names, e.Name)
			case roster.SubjectRenamed:
				names = append(names, e.Name)
			case roster.SubjectRedescribed, roster.SubjectMoved, roster.SubjectStatusRecorded, roster.SubjectReclassified, roster.SubjectSucceeded,
				roster.SubjectSuccessionRevoked, roster.SubjectProfiled, roster.SubjectRepresented:
			}
		})
	}
	for _, n := range names {
		if domain.NormalName(n) == domain.NormalName(name) {
			return true, err
		}
	}
	return false, err
}

// party is how a record names its party, and which subject that is; nothing where it has no code.
func (o offer) party(ctx context.Context, kind delivery.Kind, record string) (names []string, subject domain.SubjectID, err error) {
	switch kind {
	case delivery.Penalty:
		s, err := upTo(ctx, o, penalty.Decider, record, nil)
		if err != nil || len(s.Decision.Parties) == 0 {
			return nil, "", err
		}
		p := s.Decision.Parties[0]
		return []string{p.Name}, p.Subject, nil
	case delivery.Licence:
		id, n, err := licence.ParseRecordID(record)
		if err != nil {
			return nil, "", err
		}
		s, err := upTo(ctx, o, licence.Decider, id, nil)
		if err != nil || n >= es.Revision(len(s.Decisions)) {
			return nil, "", err
		}
		h := s.Decisions[n].Holder
		return []string{h.Name}, h.Subject, nil
	}
	return nil, "", fmt.Errorf("policy: no platform takes records of the kind %s", kind)
}
