package airgap

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/mingjian-ledger/mingjian/domain/authority"
	"github.com/mingjian-ledger/mingjian/domain/disclosure"
	"github.com/mingjian-ledger/mingjian/domain/es"
	"github.com/mingjian-ledger/mingjian/domain/roster"
)

// Ward stands in the place of every account: who did a thing stays inside.
const Ward = "gap"

// row says what of an event goes out.
type row struct {
	keep []string // fields that go as they are
	ward string   // field that holds an account; none if empty
	// findings is a field of which the rules that were broken go, and not what was expected in their place.
	findings string
}

// going is what goes out of each type. What is not named here stays inside.
func going() map[string]row {
	shown := func(e disclosure.Event, keep ...string) (string, row) {
		return e.EventType(), row{keep: append(keep, "digest", "number"), ward: "by"}
	}
	all := map[string]row{}
	put := func(typ string, r row) { all[typ] = r }
	put(shown(disclosure.Published{}, "document", "on", "terms"))
	put(shown(disclosure.Corrected{}, "document", "former_digest", "reason", "on", "terms"))
	put(shown(disclosure.Adopted{}, "disclosure", "record", "authority", "document", "source", "published_on", "terms"))
	put(shown(disclosure.Unmasked{}, "outlets", "reason", "document", "on"))
	put(shown(disclosure.Withdrawn{}, "ground", "reason", "on", "tombstone", "tombstone_digest"))
	put(shown(disclosure.Masked{}, "outlets", "reason", "on", "tombstone", "tombstone_digest"))
	put(shown(disclosure.Ended{}, "outlets", "cause", "reason", "rule", "on", "tombstone", "tombstone_digest"))

	subject := []string{"code", "kind", "registered_on", "registration_authority"}
	put(roster.SubjectRegistered{}.EventType(), row{keep: append([]string{"id", "name", "district", "status"}, subject...), findings: "code_findings"})
	put(roster.SubjectRedescribed{}.EventType(), row{keep: subject, findings: "code_findings"})
	put(roster.SubjectRenamed{}.EventType(), row{keep: []string{"name", "effective_on"}})
	put(roster.SubjectMoved{}.EventType(), row{keep: []string{"district"}})
	put(roster.SubjectStatusRecorded{}.EventType(), row{keep: []string{"status", "effective_on"}})
	put(roster.SubjectSucceeded{}.EventType(), row{keep: []string{"successor", "manner", "effective_on"}})
	put(roster.SubjectSuccessionRevoked{}.EventType(), row{keep: []string{"successor"}})

	put(authority.Registered{}.EventType(), row{keep: []string{"id", "name", "code", "district", "level", "departments"}})
	put(authority.Renamed{}.EventType(), row{keep: []string{"name", "effective_on"}})
	put(authority.DepartmentOpened{}.EventType(), row{keep: []string{"name"}})
	put(authority.DepartmentClosed{}.EventType(), row{keep: []string{"name"}})
	put(authority.Succeeded{}.EventType(), row{keep: []string{"by", "reason", "effective_on", "document_no"}})
	put(authority.ReviewArranged{}.EventType(), row{keep: []string{"layers"}})
	put(authority.ReportingArranged{}.EventType(), row{keep: []string{"code", "source_name", "source_code"}})
	return all
}

// Carries tells whether streams of a category hold acts: those are the inner ledger's to write.
func Carries(category string) bool {
	return slices.Contains([]string{disclosure.Decider.Category, roster.Subjects.Category, authority.Decider.Category}, category)
}

// gate lets acts out and in.
type gate struct{ rows map[string]row }

func newGate() gate { return gate{rows: going()} }

// act is what of a record goes out under a number; not is if nothing does.
func (g gate) act(r es.Record, number uint64) (a act, is bool, err error) {
	row, is, err := g.row(r.Stream.Category, r.Type)
	if err != nil || !is {
		return act{}, false, err
	}
	meta, err := r.Metadata()
	if err != nil {
		return act{}, false, err
	}
	a = actOf(r, number)
	if a.Data, err = row.of(r.Data); err != nil {
		return act{}, false, fmt.Errorf("airgap: %s@%d: %w", r.Stream, r.Revision, err)
	}
	a.Meta, err = json.Marshal(es.Metadata{
		Command: meta.Command, Correlation: meta.Command, Causation: meta.Command, Actor: Ward, Authority: meta.Authority,
		RecordedAt: meta.RecordedAt, Schema: meta.Schema,
	})
	return a, true, err
}

// row is what goes of a type; not is for what stays inside. Of a type that it doesn't know it can't tell.
func (g gate) row(category, typ string) (row, bool, error) {
	known := true
	switch category {
	case disclosure.Decider.Category:
		known = disclosure.Codec().Knows(typ) && !disclosure.Releases(typ)
	case roster.Subjects.Category:
		switch roster.SubjectCodec().Today(typ) {
		case roster.SubjectReclassified{}.EventType(), roster.SubjectProfiled{}.EventType(), roster.SubjectRepresented{}.EventType():
		default:
			known = false
		}
	case authority.Decider.Category:
		known = false
	}
	row, is := g.rows[typ]
	switch {
	case !known && !is:
		return row, false, fmt.Errorf("airgap: %s: this program doesn't know what of it is public: use the version of it that recorded it", typ)
	case !Carries(category):
		return row, false, nil
	}
	return row, is, nil
}

// admits refuses what no inner ledger sends: an act of another kind, or one that the views could not read.
func (g gate) admits(a act) error {
	if _, is, err := g.row(a.Category, a.Type); err != nil || !is {
		return errors.Join(err, fmt.Errorf("%s of %s is no act", a.Type, a.Category))
	}
	if err := es.CheckAppend(a.stream(), es.NoStream{}, []es.Proposed{a.proposed()}); err != nil {
		return err
	}
	meta, err := es.Record{Proposed: a.proposed(), Stream: a.stream()}.Metadata()
	if err != nil {
		return err
	}
	if meta.Actor != Ward || meta.RecordedAt.IsZero() {
		return errors.New("its metadata are not those of an act")
	}
	switch a.Category {
	case disclosure.Decider.Category:
		_, err = disclosure.Codec().Decode(a.Type, a.Data)
	case roster.Subjects.Category:
		_, err = roster.SubjectCodec().Decode(a.Type, a.Data)
	default:
		_, err = authority.Codec().Decode(a.Type, a.Data)
	}
	return err
}

// of is the event with the fields that go, in their order and with the bytes of their values as they are.
func (r row) of(data []byte) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	out := []byte{'{'}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
		switch {
		case name == r.ward && r.ward != "":
			value = json.RawMessage(`"` + Ward + `"`)
		case name == r.findings && r.findings != "":
			value, err = rules(value)
		case !slices.Contains(r.keep, fmt.Sprint(name)):
			continue
		}
		if err != nil {
			return nil, err
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(fmt.Appendf(out, "%q", name), ':'), value...)
	}
	return append(out, '}'), nil
}

// rules are findings without what was found and what was expected.
func rules(findings json.RawMessage) (json.RawMessage, error) {
	var list []struct {
		Rule string `json:"rule"`
	}
	if err := json.Unmarshal(findings, &list); err != nil {
		return nil, err
	}
	return json.Marshal(list)
}
