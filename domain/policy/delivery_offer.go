package policy

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain"
	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/calendar"
	"github.com/mingjian-ledger/mingjian/domain/delivery"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/licence"
	"github.com/mingjian-ledger/mingjian/domain/penalty"
	natural "github.com/mingjian-ledger/mingjian/domain/person"
	"github.com/mingjian-ledger/mingjian/domain/profile"
	"github.com/mingjian-ledger/mingjian/domain/roster"
	"github.com/mingjian-ledger/mingjian/domain/rule"
)

// platformOutlet is the outlet whose acts platforms are told of.
const platformOutlet = rule.CreditChina

// offer makes the content of a row from what the log told up to a position; without one from all of it.
type offer struct {
	es.Store
	profiles profile.Profiles
	until    es.Position
	today    calendar.Date
}

// upTo folds a stream as far as the offer may look.
func upTo[S, C any, E es.Event](ctx context.Context, o offer, d es.Decider[S, C, E], id string, each func(es.Record, E)) (S, error) {
	state := d.Initial
	for r, err := range o.Read(ctx, es.Stream{Category: d.Category, ID: id}, 0) {
		if err != nil {
			return state, fmt.Errorf("policy: load %s %s: %w", d.Category, id, err)
		}
		if o.until != (es.Position{}) && r.Position.Compare(o.until) > 0 {
			break
		}
		e, err := d.Decode(r.Type, r.Data)
		if err != nil {
			return state, fmt.Errorf("policy: load %s %s@%d: %w", d.Category, id, r.Revision, err)
		}
		if each != nil {
			each(r, e)
		}
		state = d.Evolve(state, e)
	}
	return state, nil
}

// toldOf is what a disclosure's acts come to for the platforms' outlet.
type toldOf struct {
	act             int         // number of the last act that touched it; 0 for none
	last            es.Revision // of that act's event
	adopted         bool        // it took over what was public before
	stood, standing bool        // the outlet showed the record before that act, and shows it after it
	document        disclosure.Raw
	until           calendar.Date // last day on the outlet, if there is one
}

func (t toldOf) touched() bool { return t.act > 0 }

func (o offer) told(ctx context.Context, disclosureID string) (t toldOf, err error) {
	before := disclosure.Showing{}
	shows := func(w disclosure.Showing) (bool, calendar.Date) {
		s, there := w.Outlets.On(platformOutlet)
		return there && s.Ended == "" && !s.Masked, s.Until
	}
	_, err = upTo(ctx, o, disclosure.Decider, disclosureID, func(r es.Record, e disclosure.Event) {
		after := before.After(e)
		if number := numberOf(e); number > 0 && before.Outlets.Touched(e, platformOutlet) {
			_, adopted := e.(disclosure.Adopted)
			t = toldOf{act: number, last: r.Revision, adopted: adopted, document: after.Document}
			t.stood, _ = shows(before)
			if t.standing, t.until = shows(after); !t.standing {
				t.document = before.Document
			}
		}
		before = after
	})
	return t, err
}

// numberOf is the number of a release, 0 for what is none.
func numberOf(e disclosure.Event) int {
	switch e := e.(type) {
	case disclosure.Published:
		return e.Number
	case disclosure.Corrected:
		return e.Number
	case disclosure.Withdrawn:
		return e.Number
	case disclosure.Adopted:
		return e.Number
	case disclosure.Masked:
		return e.Number
	case disclosure.Unmasked:
		return e.Number
	case disclosure.Ended:
		return e.Number
	case disclosure.Submitted, disclosure.Returned, disclosure.Reviewed, disclosure.LayerPassed, disclosure.Approved, disclosure.Withheld,
		disclosure.WithholdingReviewed, disclosure.WithholdingLifted, disclosure.RepairApplied, disclosure.RepairChecked, disclosure.RepairDecided:
	}
	return 0
}

// command is what a platform is to be given after the last act: the row in the form of its profile of the day, or the problems.
func (o offer) command(ctx context.Context, platform, disclosureID string, t toldOf) (delivery.Prepare, error) {
	var doc disclosure.Document
	if err := json.Unmarshal(t.document, &doc); err != nil {
		return delivery.Prepare{}, fmt.Errorf("policy: document of %s: %w", disclosureID, err)
	}
	facts, identity, err := o.facts(ctx, platform, doc, t)
	if err != nil {
		return delivery.Prepare{}, err
	}
	cmd := delivery.Prepare{
		Today: o.today, Act: t.act, Wanted: t.standing, Withdrawal: delivery.Delete,
		About: delivery.About{
			Platform: platform, Kind: kindOf(disclosureID), Disclosure: disclosureID, Record: doc.RecordID, Authority: doc.Authority.ID, Stood: t.stood,
			Match: delivery.Match{DocumentNo: facts.DocumentNo, Party: facts.Party.Name, DecidedOn: facts.DecidedOn},
		},
	}
	form, holds := o.profiles.At(platform, facts.Kind, o.today)
	if !holds {
		cmd.Problems = []delivery.Problem{{
			Field: "", Rule: "profile", ZH: "该平台当日没有适用的字段表", EN: "the platform has no profile that holds on the day",
		}}
		return cmd, nil
	}
	cmd.Withdrawal = delivery.Action(form.Withdrawal)
	row, problems := form.Row(facts, o.today)
	cmd.Content = delivery.Content{Version: form.Version, Party: facts.Party.Kind}
	for _, p := range problems {
		told := delivery.Problem{Field: p.Field, Rule: string(p.Rule), ZH: p.Chinese, EN: p.English}
		if p.Warning {
			cmd.Warnings = append(cmd.Warnings, told)
		} else {
			cmd.Problems = append(cmd.Problems, told)
		}
	}
	if len(cmd.Problems) > 0 {
		return cmd, nil
	}
	cmd.Content.Table, cmd.Content.Personal = row.Table, row.Personal
	for _, c := range row.Columns {
		cmd.Content.Columns = append(cmd.Content.Columns, delivery.Column{Key: c.Key, Value: c.Value})
	}
	if len(row.Personal) > 0 {
		cmd.Content.Identity = identity
	}
	return cmd, nil
}

// facts are those of the record with what was released of it in the place of what it says itself: a platform is told what the
// public is.
func (o offer) facts(ctx context.Context, platform string, doc disclosure.Document, t toldOf) (f profile.Facts, identity *domain.Sealed, err error) {
	around := Around{PublicUntil: t.until, Withdrawn: !t.standing}
	if around.Authority, err = upTo(ctx, o, authority.Decider, string(doc.Authority.ID), nil); err != nil {
		return f, nil, err
	}
	if name, code := around.Authority.Source(); around.Authority.SourceName != "" {
		around.Source = authority.State{ID: domain.AuthorityID(code), Name: name, Code: code}
	}
	given, err := upTo(ctx, o, delivery.Decider, delivery.ID(platform, doc.Record().Disclosure()), nil)
	if err != nil {
		return f, nil, err
	}
	around.Name, around.LegalRepresentative = given.Name(), given.Representative
	if len(doc.Subjects) > 0 && doc.Subjects[0].ID != "" {
		if around.Subject, err = upTo(ctx, o, roster.Subjects, string(doc.Subjects[0].ID), nil); err != nil {
			return f, nil, err
		}
	}
	switch doc.Kind {
	case disclosure.Penalty:
		f, identity, err = o.penalty(ctx, doc, around)
	case disclosure.Licence:
		f, identity, err = o.licence(ctx, doc, around)
	case disclosure.Inspection, disclosure.Listing:
		err = fmt.Errorf("policy: no platform takes records of the kind %s", doc.Kind)
	}
	return f, identity, err
}

func (o offer) penalty(ctx context.Context, doc disclosure.Document, a Around) (profile.Facts, *domain.Sealed, error) {
	s, err := upTo(ctx, o, penalty.Decider, doc.RecordID, nil)
	if err != nil {
		return profile.Facts{}, nil, err
	}
	var identity *domain.Sealed
	if len(s.Decision.Parties) > 0 {
		identity = s.Decision.Parties[0].Identity
	}
	if identity, err = o.kept(ctx, identity); err != nil {
		return profile.Facts{}, nil, err
	}
	f := PenaltyFacts(s, a)
	o.released(&f, doc, a, identity)
	if b := doc.Penalty; b != nil {
		f.DocumentNo, f.Violation, f.Story, f.Basis, f.Content = b.DecisionNo, b.Violation, b.Facts, b.Basis, b.Content
		f.Fine, f.Confiscated, f.LicenceAffected, f.DecidedOn, f.EffectiveUntil = b.FineFen, b.ConfiscatedFen, b.LicenceAffected, b.DecidedOn, b.EffectiveUntil
		f.Status, f.Kinds = profile.Coded{Code: b.Status}, nil
		for _, k := range b.Kinds {
			f.Kinds = append(f.Kinds, profile.Coded{Code: k.Code, Label: k.Label})
		}
	}
	return f, identity, nil
}

func (o offer) licence(ctx context.Context, doc disclosure.Document, a Around) (profile.Facts, *domain.Sealed, error) {
	id, n, err := licence.ParseRecordID(doc.RecordID)
	if err != nil {
		return profile.Facts{}, nil, err
	}
	s, err := upTo(ctx, o, licence.Decider, id, nil)
	if err != nil {
		return profile.Facts{}, nil, err
	}
	var identity *domain.Sealed
	if n < es.Revision(len(s.Decisions)) {
		identity = s.Decisions[n].Holder.Identity
	}
	if identity, err = o.kept(ctx, identity); err != nil {
		return profile.Facts{}, nil, err
	}
	f := LicenceFacts(s, n, a)
	o.released(&f, doc, a, identity)
	if b := doc.Licence; b != nil {
		f.Title, f.DocumentNo, f.Content, f.DecidedOn = b.DocumentTitle, b.DocumentNo, b.Content, b.DecidedOn
		f.Certificate, f.LicenceNo, f.ValidFrom, f.ValidTo = b.CertificateName, b.LicenceNo, b.ValidFrom, b.ValidTo
	}
	return f, identity, nil
}

// released puts the names that were released into the facts, and takes an identity out that was destroyed.
func (o offer) released(f *profile.Facts, doc disclosure.Document, a Around, identity *domain.Sealed) {
	f.Kind, f.Record = profile.Kind(doc.Kind), doc.RecordID
	if doc.Authority.Name != "" {
		if f.Source.Name == f.Authority.Name {
			f.Source.Name = doc.Authority.Name
		}
		f.Authority.Name = doc.Authority.Name
	}
	if a.Name == "" && len(doc.Subjects) > 0 {
		f.Party.Name = doc.Subjects[0].Name
	}
	f.Party.HasIdentity = identity != nil
}

// kept is the identity, as long as its persons' data are not to be destroyed.
func (o offer) kept(ctx context.Context, identity *domain.Sealed) (*domain.Sealed, error) {
	if identity == nil {
		return nil, nil
	}
	for _, id := range slices.Compact(slices.Clone(identity.Persons)) {
		s, err := upTo(ctx, o, natural.Decider, id, nil)
		if err != nil || s.Shredded {
			return nil, err
		}
	}
	return identity, nil
}
